//! The built commands, beside this program in the target folder.

use crate::commands;
use crate::error::Error;
use crate::tree::Tree;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The folder of the built commands. They are built if one is not there or older than a source.
pub(crate) fn built(tree: &Tree) -> Result<PathBuf, Error> {
    let folder = folder()?;
    // Together with all else, so that the crates we depend on keep the features they were built with.
    fresh(tree, &folder, &["--profile", profile(&folder), "--workspace", "--bins"])?;
    Ok(folder)
}

/// The folder of the commands as they are installed.
pub(crate) fn release(tree: &Tree) -> Result<PathBuf, Error> {
    let folder = folder()?.with_file_name("release");
    fresh(tree, &folder, &["--release"])?;
    Ok(folder)
}

/// Where cargo put this program; a test stands in `deps` below it.
pub(crate) fn folder() -> Result<PathBuf, Error> {
    let this = std::env::current_exe().map_err(Error::program("xtask"))?;
    let folder = this.parent().unwrap_or(Path::new("."));
    let outer = folder.parent().filter(|_| folder.ends_with("deps"));
    Ok(outer.unwrap_or(folder).to_owned())
}

/// The profile that a target folder is named after.
fn profile(folder: &Path) -> &str {
    match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    }
}

/// Runs `cargo build` unless every command in `folder` is fresh.
fn fresh(tree: &Tree, folder: &Path, arguments: &[&str]) -> Result<(), Error> {
    for command in commands::all() {
        if !is_fresh(tree, command.name(), &folder.join(command.name()))? {
            return build(tree, arguments);
        }
    }
    Ok(())
}

/// Whether a command's binary is no older than its own sources and those of our libraries.
fn is_fresh(tree: &Tree, command: &str, binary: &Path) -> Result<bool, Error> {
    let Ok(built) = modified(binary) else { return Ok(false) };
    let mut sources = vec!["Cargo.toml".to_owned(), "Cargo.lock".to_owned()];
    for name in [command, "sysparse", "toolkit"] {
        sources.push(format!("crates/{name}/Cargo.toml"));
        sources.extend(tree.files(&format!("crates/{name}/src"))?);
    }
    Ok(sources.iter().all(|source| modified(&tree.path(source)).is_ok_and(|time| time <= built)))
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

fn build(tree: &Tree, arguments: &[&str]) -> Result<(), Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet"]).args(arguments).current_dir(tree.path(""));
    match build.status().map_err(Error::program("cargo"))? {
        status if status.success() => Ok(()),
        status => Err(Error::Unfit(format!("cargo build: {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::MadeUp;
    use std::time::Duration;

    #[test]
    fn a_command_is_stale_when_a_source_is_younger() {
        let source = "crates/toolkit/src/cli/help.rs";
        let manifests = ["crates/hail", "crates/sysparse", "crates/toolkit", "."];
        let mut files: Vec<_> =
            manifests.iter().map(|folder| (format!("{folder}/Cargo.toml"), "")).collect();
        files.extend(["Cargo.lock", source, "hail"].map(|path| (path.to_owned(), "")));
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let made_up = MadeUp::new(&files);
        let is_fresh = |binary| {
            is_fresh(&made_up.0, "hail", &made_up.0.path(binary)).expect("the tree can be read")
        };
        assert!(is_fresh("hail"));
        assert!(!is_fresh("gone"));
        let file = fs::File::options().append(true).open(made_up.0.path(source));
        let later = SystemTime::now() + Duration::from_secs(60);
        file.and_then(|file| file.set_modified(later)).expect("its time can be set");
        assert!(!is_fresh("hail"));
    }
}
