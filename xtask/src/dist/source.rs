//! The source archive: the files of the last commit, the crates that they need in `vendor`, and the
//! notices of these crates.

use super::notices::{self, NOTICES};
use super::{FOLDER, NAME, linked_crates, output, release};
use crate::commands;
use crate::error::Error;
use crate::workspace::Workspace;
use std::process::Command;

/// Tells cargo to take crates from `vendor`.
const VENDORED: &str = "\n[source.crates-io]\nreplace-with = \"vendored\"\n\n\
                        [source.vendored]\ndirectory = \"vendor\"\n";

/// Fills the folder of the archive, and returns its path.
pub(super) fn prepare(workspace: &Workspace) -> Result<String, Error> {
    let folder = format!("{FOLDER}/{}", release(NAME));
    workspace.remove_folder(&folder)?;
    workspace.create_folder(&folder)?;
    export(workspace, &folder)?;
    let mut cargo = Command::new("cargo");
    cargo.args(["vendor", "--quiet", "--locked", "--versioned-dirs", "vendor"]);
    output(cargo.current_dir(workspace.path(&folder)))?;
    let config = format!("{folder}/.cargo/config.toml");
    workspace.write(&config, workspace.text(&config)? + VENDORED)?;
    for command in commands::all() {
        let linked = linked_crates::list(workspace, command.name())?;
        let text = notices::text(workspace, &linked, &format!("{folder}/vendor"))?;
        let notices = notices_folder(command.name());
        workspace.write(&format!("{folder}/{notices}/{NOTICES}"), text)?;
    }
    Ok(folder)
}

/// The folder of the source archive with the notices of the crates in a command.
pub(super) fn notices_folder(command: &str) -> String {
    format!("packaging/notices/{command}")
}

/// Copies the files of the last commit to a folder.
fn export(workspace: &Workspace, folder: &str) -> Result<(), Error> {
    let packed = workspace.path(&format!("{folder}.tar"));
    let mut git = Command::new("git");
    git.args(["archive", "--format=tar", "HEAD", "--output"]).arg(&packed);
    output(git.current_dir(workspace.path("")))?;
    let mut tar = Command::new("tar");
    output(tar.arg("-xf").arg(&packed).current_dir(workspace.path(folder)))?;
    workspace.remove(&format!("{folder}.tar"))
}
