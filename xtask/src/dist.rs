//! `cargo xtask dist`: an archive a command, of what `make install` installs below /usr/local and
//! of what a reader wants beside it. The same files give the same archive.

use crate::commands;
use crate::error::Error;
use crate::tree::Tree;
use std::fs;
use std::io::Write;
use std::process::Command;

/// What stands beside each command.
const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// Writes `dist/COMMAND-VERSION-MACHINE.tar.gz` for every command.
pub(crate) fn run(tree: &Tree, out: &mut impl Write) -> Result<bool, Error> {
    for command in commands::all() {
        let archive = archive(tree, command.name())?;
        writeln!(out, "{archive}")?;
    }
    Ok(true)
}

fn archive(tree: &Tree, command: &str) -> Result<String, Error> {
    let name = format!("{command}-{}-{}", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH);
    let staged = tree.path(&format!("dist/{name}"));
    // What an earlier run left would be packed too.
    if staged.exists() {
        fs::remove_dir_all(&staged).map_err(Error::file(&staged))?;
    }
    let mut make = Command::new("make");
    make.args(["--silent", command, &format!("install-{command}"), "PREFIX="]);
    make.arg(format!("DESTDIR={}", staged.display()));
    succeed(make.current_dir(tree.path("")).stdout(std::process::Stdio::null()))?;
    for document in DOCUMENTS {
        let to = staged.join(document);
        fs::copy(tree.path(document), &to).map_err(Error::file(tree.path(document)))?;
    }
    let archive = format!("dist/{name}.tar.gz");
    succeed(&mut tar(tree, &archive, &name)?)?;
    fs::remove_dir_all(&staged).map_err(Error::file(&staged))?;
    Ok(archive)
}

/// The time of all files in an archive: `SOURCE_DATE_EPOCH`, or that of the last commit.
fn seconds(tree: &Tree) -> Result<String, Error> {
    if let Ok(seconds) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(seconds);
    }
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct"]).current_dir(tree.path(""));
    let output = git.output().map_err(Error::program("git"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Packs the folder `name` of `dist`, in an order, with owners and modes that are always the same.
fn tar(tree: &Tree, archive: &str, name: &str) -> Result<Command, Error> {
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"]);
    tar.args(["--mode=u=rwX,go=rX", "--use-compress-program=gzip -n9", "-C", "dist", "-cf"]);
    tar.arg(tree.path(archive)).arg(format!("--mtime=@{}", seconds(tree)?));
    tar.arg(name).current_dir(tree.path(""));
    Ok(tar)
}

fn succeed(command: &mut Command) -> Result<(), Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status().map_err(Error::program(&program))? {
        status if status.success() => Ok(()),
        status => Err(Error::Unfit(format!("{program}: {status}"))),
    }
}
