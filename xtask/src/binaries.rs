//! The built commands, in the target folder that this program is in.

use crate::commands;
use crate::error::Error;
use crate::workspace::Workspace;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Builds the commands with the profile of this program, and returns their folder.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf, Error> {
    let folder = target_folder()?;
    // With the whole workspace: a build of less would give our dependencies fewer features, and
    // rebuild them.
    let arguments = ["--profile", profile(&folder), "--workspace", "--bins"];
    build_if_stale(workspace, &folder, &arguments)?;
    Ok(folder)
}

/// Builds the commands as `make install` installs them, and returns their folder.
pub(crate) fn build_release(workspace: &Workspace) -> Result<PathBuf, Error> {
    let folder = target_folder()?.with_file_name("release");
    build_if_stale(workspace, &folder, &["--release"])?;
    Ok(folder)
}

/// The folder where cargo put this program. Cargo puts tests in `deps` below it.
pub(crate) fn target_folder() -> Result<PathBuf, Error> {
    let this = std::env::current_exe().map_err(Error::program("xtask"))?;
    let folder = this.parent().unwrap_or(Path::new("."));
    let outer = folder.parent().filter(|_| folder.ends_with("deps"));
    Ok(outer.unwrap_or(folder).to_owned())
}

/// The profile whose builds are in this target folder.
fn profile(folder: &Path) -> &str {
    match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    }
}

/// Runs `cargo build` if a command in `folder` is missing or stale.
fn build_if_stale(workspace: &Workspace, folder: &Path, arguments: &[&str]) -> Result<(), Error> {
    for command in commands::all() {
        if !is_fresh(workspace, command.name(), &folder.join(command.name()))? {
            return cargo_build(workspace, arguments);
        }
    }
    Ok(())
}

/// Whether a command's binary is no older than its own sources and those of our libraries.
fn is_fresh(workspace: &Workspace, command: &str, binary: &Path) -> Result<bool, Error> {
    let Ok(built) = modified(binary) else { return Ok(false) };
    let mut sources = vec!["Cargo.toml".to_owned(), "Cargo.lock".to_owned()];
    for name in [command, "sysparse", "toolkit"] {
        sources.push(format!("crates/{name}/Cargo.toml"));
        sources.extend(workspace.files(&format!("crates/{name}/src"))?);
    }
    Ok(sources
        .iter()
        .all(|source| modified(&workspace.path(source)).is_ok_and(|time| time <= built)))
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

fn cargo_build(workspace: &Workspace, arguments: &[&str]) -> Result<(), Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet"]).args(arguments).current_dir(workspace.path(""));
    match build.status().map_err(Error::program("cargo"))? {
        status if status.success() => Ok(()),
        status => Err(Error::Invalid(format!("cargo build: {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::TempWorkspace;
    use std::time::Duration;

    #[test]
    fn a_command_is_stale_if_a_source_is_newer() {
        let source = "crates/toolkit/src/cli/help.rs";
        let temp = TempWorkspace::new(
            &[
                "crates/hail/Cargo.toml",
                "crates/sysparse/Cargo.toml",
                "crates/toolkit/Cargo.toml",
                "Cargo.toml",
                "Cargo.lock",
                source,
                "hail",
            ]
            .map(|path| (path, "")),
        );
        let is_fresh =
            |binary| is_fresh(&temp, "hail", &temp.path(binary)).expect("readable sources");
        assert!(is_fresh("hail"));
        assert!(!is_fresh("gone"));
        let file = fs::File::options().append(true).open(temp.path(source));
        let later = SystemTime::now() + Duration::from_secs(60);
        file.and_then(|file| file.set_modified(later)).expect("its time can be set");
        assert!(!is_fresh("hail"));
    }
}
