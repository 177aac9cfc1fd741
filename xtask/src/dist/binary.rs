//! The binary archive of a command, and the list of the crates in it.

use super::notices::NOTICES;
use super::{FOLDER, archive, linked_crates, output, release, sbom, source};
use crate::error::Error;
use crate::workspace::Workspace;
use std::path::Path;
use std::process::Command;

/// The documents in every archive.
const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// The notices of Rust's standard library, below the folder of the toolchain.
const STANDARD_LIBRARY: &str = "share/doc/rust/COPYRIGHT-library.html";

/// Writes the archive of a command and the list of its crates. `source` is the folder of the source
/// archive.
pub(super) fn write(
    workspace: &Workspace,
    command: &str,
    source: &str,
    time: &str,
) -> Result<[String; 2], Error> {
    let name = format!("{}-{}", release(command), std::env::consts::ARCH);
    let folder = format!("{FOLDER}/{name}");
    // Files that an earlier run left here would be packed too.
    workspace.remove_folder(&folder)?;
    install(workspace, command, &folder)?;
    for document in DOCUMENTS {
        workspace.copy(document, &format!("{folder}/{document}"))?;
    }
    let notices = format!("{source}/{}/{NOTICES}", source::notices_folder(command));
    workspace.copy(&notices, &format!("{folder}/{NOTICES}"))?;
    add_standard_library(workspace, &folder)?;
    let archive = archive::pack(workspace, &name, time)?;
    workspace.remove_folder(&folder)?;
    let sbom = format!("{name}.cdx.json");
    let linked = linked_crates::list(workspace, command)?;
    workspace.write(&format!("{FOLDER}/{sbom}"), sbom::text(&linked))?;
    Ok([archive, sbom])
}

/// Builds a command, and installs it in a folder.
fn install(workspace: &Workspace, command: &str, folder: &str) -> Result<(), Error> {
    let mut make = Command::new("make");
    make.args(["--silent", command, &format!("install-{command}"), "PREFIX=", "COMPAT="]);
    make.args(["CARGOFLAGS=--locked", &format!("DESTDIR={}", workspace.path(folder).display())]);
    // If make runs this program, its flags must not apply here.
    output(make.env_remove("MAKEFLAGS").current_dir(workspace.path(""))).map(drop)
}

/// Adds the notices of Rust's standard library, which is in each binary.
fn add_standard_library(workspace: &Workspace, folder: &str) -> Result<(), Error> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let source = Path::new(sysroot.trim()).join(STANDARD_LIBRARY);
    let bytes = std::fs::read(&source).map_err(Error::file(&source))?;
    workspace.write(&format!("{folder}/RUST-NOTICES.html"), bytes)
}
