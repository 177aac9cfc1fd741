//! `cargo xtask dist`: one archive per command, with what `make install` installs below /usr/local
//! and the documents that belong to it. The same files give the same archive.

use crate::commands;
use crate::error::Error;
use crate::workspace::Workspace;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

/// The documents in every archive.
const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// Writes `dist/COMMAND-VERSION-MACHINE.tar.gz` for every command, and prints the names.
pub(crate) fn run(workspace: &Workspace, out: &mut impl Write) -> Result<bool, Error> {
    for command in commands::all() {
        let archive = write_archive(workspace, command.name())?;
        writeln!(out, "{archive}")?;
    }
    Ok(true)
}

fn write_archive(workspace: &Workspace, command: &str) -> Result<String, Error> {
    let name = format!("{command}-{}-{}", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH);
    let staged = workspace.path(&format!("dist/{name}"));
    // Files that an earlier run left here would be packed too.
    if staged.exists() {
        fs::remove_dir_all(&staged).map_err(Error::file(&staged))?;
    }
    let mut make = Command::new("make");
    make.args(["--silent", command, &format!("install-{command}"), "PREFIX="]);
    make.arg(format!("DESTDIR={}", staged.display()));
    run_program(make.current_dir(workspace.path("")).stdout(Stdio::null()))?;
    for document in DOCUMENTS {
        let source = workspace.path(document);
        fs::copy(&source, staged.join(document)).map_err(Error::file(&source))?;
    }
    let archive = format!("dist/{name}.tar.gz");
    run_program(&mut tar(workspace, &archive, &name)?)?;
    fs::remove_dir_all(&staged).map_err(Error::file(&staged))?;
    Ok(archive)
}

/// The modification time of all files in an archive: `SOURCE_DATE_EPOCH`, or the time of the last
/// commit.
fn archive_time(workspace: &Workspace) -> Result<String, Error> {
    if let Ok(seconds) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(seconds);
    }
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct"]).current_dir(workspace.path(""));
    let output = git.output().map_err(Error::program("git"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command that packs the folder `name` of `dist`, with a fixed order, owner and mode.
fn tar(workspace: &Workspace, archive: &str, name: &str) -> Result<Command, Error> {
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"]);
    tar.args(["--mode=u=rwX,go=rX", "--use-compress-program=gzip -n9", "-C", "dist", "-cf"]);
    tar.arg(workspace.path(archive)).arg(format!("--mtime=@{}", archive_time(workspace)?));
    tar.arg(name).current_dir(workspace.path(""));
    Ok(tar)
}

/// Runs a program; an error if it fails.
fn run_program(command: &mut Command) -> Result<(), Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status().map_err(Error::program(&program))? {
        status if status.success() => Ok(()),
        status => Err(Error::Invalid(format!("{program}: {status}"))),
    }
}
