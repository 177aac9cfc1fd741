//! The source archive: the files of the last commit, and the crates that they need in `vendor`.

use super::{FOLDER, NAME, archive, output, release};
use crate::error::Error;
use crate::workspace::Workspace;
use std::process::Command;

/// Tells cargo to take crates from `vendor`.
const VENDORED: &str = "\n[source.crates-io]\nreplace-with = \"vendored\"\n\n\
                        [source.vendored]\ndirectory = \"vendor\"\n";

/// Writes the archive, and leaves its contents beside it.
pub(super) fn write(workspace: &Workspace, time: &str) -> Result<String, Error> {
    let name = release(NAME);
    let folder = format!("{FOLDER}/{name}");
    workspace.remove_folder(&folder)?;
    workspace.create_folder(&folder)?;
    export(workspace, &folder)?;
    let mut cargo = Command::new("cargo");
    cargo.args(["vendor", "--quiet", "--locked", "--versioned-dirs", "vendor"]);
    output(cargo.current_dir(workspace.path(&folder)))?;
    let config = format!("{folder}/.cargo/config.toml");
    workspace.write(&config, workspace.text(&config)? + VENDORED)?;
    archive::pack(workspace, &name, time)
}

/// The folder with the sources of all crates.
pub(super) fn crates_folder(workspace: &Workspace) -> String {
    if workspace.has("vendor") {
        return "vendor".to_owned();
    }
    format!("{FOLDER}/{}/vendor", release(NAME))
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
