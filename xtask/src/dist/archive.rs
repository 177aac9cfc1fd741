//! Archives whose bytes depend on nothing but the files in them.

use super::{FOLDER, output};
use crate::error::Error;
use crate::workspace::Workspace;
use std::process::Command;

/// The modification time of all files in the archives, in seconds: `SOURCE_DATE_EPOCH`, or the time
/// of the last commit.
pub(super) fn time(workspace: &Workspace) -> Result<String, Error> {
    if let Ok(seconds) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(seconds);
    }
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct"]).current_dir(workspace.path(""));
    let seconds = output(&mut git).map_err(|_| {
        Error::Invalid("no commit to take the time from; set SOURCE_DATE_EPOCH".to_owned())
    })?;
    Ok(seconds.trim().to_owned())
}

/// Packs the folder `name` of `dist`, with a fixed order, owner, mode and time. Returns the name of
/// the archive.
pub(super) fn pack(workspace: &Workspace, name: &str, time: &str) -> Result<String, Error> {
    let archive = format!("{name}.tar.gz");
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"]);
    tar.args(["--mode=u=rwX,go=rX", "--use-compress-program=gzip -n9", "-cf", &archive]);
    tar.args([&format!("--mtime=@{time}"), name]);
    output(tar.current_dir(workspace.path(FOLDER)))?;
    Ok(archive)
}

/// Writes the checksums of files in `dist`, as `sha256sum --check` reads them.
pub(super) fn write_checksums(workspace: &Workspace, files: &[String]) -> Result<String, Error> {
    let name = "SHA256SUMS".to_owned();
    let mut sha256sum = Command::new("sha256sum");
    let checksums = output(sha256sum.arg("--").args(files).current_dir(workspace.path(FOLDER)))?;
    workspace.write(&format!("{FOLDER}/{name}"), checksums)?;
    Ok(name)
}
