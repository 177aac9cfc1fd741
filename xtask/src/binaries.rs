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
    fresh(tree, folder()?)
}

/// The folder of the commands as they are installed.
pub(crate) fn release(tree: &Tree) -> Result<PathBuf, Error> {
    fresh(tree, folder()?.with_file_name("release"))
}

fn fresh(tree: &Tree, folder: PathBuf) -> Result<PathBuf, Error> {
    if !commands::all().iter().all(|command| is_fresh(&folder.join(command.name()))) {
        build(tree, &folder)?;
    }
    Ok(folder)
}

/// Where cargo put this program; a test stands in `deps` below it.
pub(crate) fn folder() -> Result<PathBuf, Error> {
    let this = std::env::current_exe().map_err(Error::program("xtask"))?;
    let folder = this.parent().unwrap_or(Path::new("."));
    let outer = folder.parent().filter(|_| folder.ends_with("deps"));
    Ok(outer.unwrap_or(folder).to_owned())
}

/// Whether a binary is younger than all the sources that cargo lists in the `.d` file beside it.
fn is_fresh(binary: &Path) -> bool {
    let Ok(listed) = fs::read_to_string(binary.with_extension("d")) else { return false };
    let Ok(built) = modified(binary) else { return false };
    let sources = listed.split_once(": ").map_or("", |(_, sources)| sources);
    // Cargo writes a blank in a path as a backslash and a blank.
    let sources = sources.trim_end().replace("\\ ", "\0");
    let is_older = |source: &str| modified(Path::new(source)).is_ok_and(|time| time <= built);
    sources.split(' ').all(|source| is_older(&source.replace('\0', " ")))
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

/// Builds the commands with the profile that `folder` is named after.
fn build(tree: &Tree, folder: &Path) -> Result<(), Error> {
    let profile = folder.file_name().unwrap_or_default();
    let profile = if profile == "debug" { "dev".as_ref() } else { profile };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--profile"]).arg(profile).current_dir(tree.path(""));
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
    fn a_command_is_stale_when_a_source_is_younger_or_gone() {
        let made_up = MadeUp::new(&[("a source.rs", ""), ("lib.rs", ""), ("hail", "")]);
        let path = |name: &str| made_up.0.path(name).display().to_string();
        let list = |sources: [&str; 2]| {
            let sources = sources.map(|name| path(name).replace(' ', "\\ ")).join(" ");
            let list = format!("{}: {sources}\n", path("hail"));
            made_up.0.write("hail.d", list.as_bytes()).expect("it can be written");
        };
        let hail = made_up.0.path("hail");
        assert!(!is_fresh(&hail), "nothing says what it was made of");
        list(["a source.rs", "lib.rs"]);
        assert!(is_fresh(&hail));
        list(["a source.rs", "gone.rs"]);
        assert!(!is_fresh(&hail));
        list(["a source.rs", "lib.rs"]);
        let source = fs::File::options().append(true).open(made_up.0.path("a source.rs"));
        let later = SystemTime::now() + Duration::from_secs(60);
        source.and_then(|source| source.set_modified(later)).expect("its time can be set");
        assert!(!is_fresh(&hail));
    }
}
