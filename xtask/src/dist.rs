//! `cargo xtask dist`: what a release consists of. The same commit gives the same files.
//!
//! The source archive has the files of the last commit and all crates that they need. Each binary
//! archive has what `make install` installs, with the notices of the crates in the binary; beside it
//! is a list of these crates, for programs. `SHA256SUMS` has the checksums of all of them.

mod archive;
mod binary;
mod linked_crates;
mod notices;
mod sbom;
mod source;

use crate::commands;
use crate::error::Error;
use crate::workspace::Workspace;
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// The name of the source archive and of the source packages made from it.
const NAME: &str = "linux-admin-commands";

/// The folder below the workspace that all files are written to.
const FOLDER: &str = "dist";

/// Writes all files to `dist`, and prints their names.
pub(crate) fn run(workspace: &Workspace, out: &mut impl Write) -> Result<bool, Error> {
    workspace.remove(&format!("{FOLDER}/SHA256SUMS"))?;
    let time = archive::time(workspace)?;
    let mut files = Vec::new();
    // A source archive that is unpacked has its crates already.
    if workspace.has("vendor") {
        write_binaries(workspace, ".", &time, &mut files)?;
    } else {
        let source = source::prepare(workspace)?;
        files.push(archive::pack(workspace, &release(NAME), &time)?);
        write_binaries(workspace, &source, &time, &mut files)?;
        workspace.remove_folder(&source)?;
    }
    files.push(archive::write_checksums(workspace, &files)?);
    for file in files {
        writeln!(out, "{FOLDER}/{file}")?;
    }
    Ok(true)
}

/// Writes what belongs to each command. `source` is the folder of the source archive.
fn write_binaries(
    workspace: &Workspace,
    source: &str,
    time: &str,
    files: &mut Vec<String>,
) -> Result<(), Error> {
    for command in commands::all() {
        files.extend(binary::write(workspace, command.name(), source, time)?);
    }
    Ok(())
}

/// The name of a release of `what`.
fn release(what: &str) -> String {
    format!("{what}-{}", env!("CARGO_PKG_VERSION"))
}

/// The output of a program in a folder; an error if it fails.
fn output(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let started = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let Output { status, stdout, .. } = started.map_err(Error::program(&program))?;
    if status.success() {
        Ok(String::from_utf8_lossy(&stdout).into_owned())
    } else {
        Err(Error::Invalid(format!("{program}: {status}")))
    }
}

#[cfg(test)]
mod tests;
