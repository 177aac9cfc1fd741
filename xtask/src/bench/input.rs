//! Folders of input, made once in the target folder.

use crate::binaries;
use crate::error::Error;
use crate::workspace::Workspace;
use std::fs;
use std::path::PathBuf;

/// The folder `name` of the target folder. On first use `write_files` fills it.
pub(super) fn make_folder(
    name: &str,
    write_files: impl FnOnce(&Workspace) -> Result<(), Error>,
) -> Result<PathBuf, Error> {
    let folder = binaries::target_folder()?.join(name);
    if !folder.exists() {
        let unfinished = folder.with_extension("part");
        write_files(&Workspace::at(unfinished.clone()))?;
        fs::rename(&unfinished, &folder).map_err(Error::file(&folder))?;
    }
    Ok(folder)
}
