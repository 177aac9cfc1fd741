//! Access to the files of the workspace by their paths below its root.

use crate::error::Error;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The workspace, or another folder that stands in for it.
pub(crate) struct Workspace {
    root: PathBuf,
}

/// One thing that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    place: String,
    problem: String,
}

impl Finding {
    /// A problem, with its remedy, at `place`: a path, or `PATH:LINE`.
    pub(crate) fn new(place: impl Into<String>, problem: impl Into<String>) -> Finding {
        Finding { place: place.into(), problem: problem.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl Workspace {
    /// The workspace that this program was built in.
    pub(crate) fn here() -> Workspace {
        Workspace::at(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
    }

    /// The folder `root` as a workspace.
    pub(crate) fn at(root: PathBuf) -> Workspace {
        Workspace { root: fs::canonicalize(&root).unwrap_or(root) }
    }

    /// The full path of a file or folder.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// Whether a file or folder exists.
    pub(crate) fn has(&self, below: &str) -> bool {
        self.path(below).exists()
    }

    /// Reads a file; `None` if it does not exist.
    pub(crate) fn read(&self, below: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path(below);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file(path)(error)),
        }
    }

    /// Reads a file as text; empty if it does not exist. Bytes that are not UTF-8 are replaced.
    pub(crate) fn text(&self, below: &str) -> Result<String, Error> {
        let bytes = self.read(below)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Writes a file, and creates its folder if needed.
    pub(crate) fn write(&self, below: &str, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let path = self.path(below);
        if let Some((folder, _)) = below.rsplit_once('/') {
            self.create_folder(folder)?;
        }
        fs::write(&path, bytes).map_err(Error::file(path))
    }

    /// Copies a file to a place whose folder exists.
    pub(crate) fn copy(&self, from: &str, to: &str) -> Result<(), Error> {
        let from = self.path(from);
        fs::copy(&from, self.path(to)).map_err(Error::file(from)).map(drop)
    }

    /// Creates a folder, and those above it.
    pub(crate) fn create_folder(&self, below: &str) -> Result<(), Error> {
        let path = self.path(below);
        fs::create_dir_all(&path).map_err(Error::file(path))
    }

    /// Creates a symbolic link in an existing folder, or replaces a file by one.
    pub(crate) fn link(&self, below: &str, target: &str) -> Result<(), Error> {
        self.remove(below)?;
        let path = self.path(below);
        symlink(target, &path).map_err(Error::file(path))
    }

    /// Removes a file, if it exists.
    pub(crate) fn remove(&self, below: &str) -> Result<(), Error> {
        let path = self.path(below);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file(path)(error)),
            _ => Ok(()),
        }
    }

    /// Removes a folder and everything in it, if it exists.
    pub(crate) fn remove_folder(&self, below: &str) -> Result<(), Error> {
        let path = self.path(below);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file(path)(error)),
            _ => Ok(()),
        }
    }

    /// The sorted names in a folder; those of folders end with a slash. Empty if there is no such
    /// folder.
    pub(crate) fn names(&self, folder: &str) -> Result<Vec<String>, Error> {
        let path = self.path(folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::file(path)(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(Error::file(&path))?;
            let is_folder = entry.file_type().map_err(Error::file(entry.path()))?.is_dir();
            let name = entry.file_name().to_string_lossy().into_owned();
            names.push(if is_folder { name + "/" } else { name });
        }
        names.sort();
        Ok(names)
    }

    /// The sorted names of the folders in a folder.
    pub(crate) fn folders(&self, folder: &str) -> Result<Vec<String>, Error> {
        let names = self.names(folder)?;
        Ok(names.iter().filter_map(|name| name.strip_suffix('/')).map(str::to_owned).collect())
    }

    /// The sorted paths of all files below a folder, except in folders `target`, where cargo builds.
    pub(crate) fn files(&self, folder: &str) -> Result<Vec<String>, Error> {
        let mut files = Vec::new();
        for name in self.names(folder)? {
            match name.strip_suffix('/') {
                Some("target") => {}
                Some(inner) => files.extend(self.files(&format!("{folder}/{inner}"))?),
                None => files.push(format!("{folder}/{name}")),
            }
        }
        Ok(files)
    }
}

/// A workspace of a test, in a temporary folder.
#[cfg(test)]
pub(crate) struct TempWorkspace {
    workspace: Workspace,
    _folder: test_support::TempDir,
}

#[cfg(test)]
impl TempWorkspace {
    /// A workspace with these files, each a path and its text.
    pub(crate) fn new(files: &[(&str, &str)]) -> TempWorkspace {
        let folder = test_support::temp_dir();
        let workspace = Workspace::at(folder.path().to_owned());
        for (below, text) in files {
            test_support::write(&workspace.path(below), text);
        }
        TempWorkspace { workspace, _folder: folder }
    }
}

#[cfg(test)]
impl std::ops::Deref for TempWorkspace {
    type Target = Workspace;

    fn deref(&self) -> &Workspace {
        &self.workspace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_except_built_ones() {
        let temp = TempWorkspace::new(&[
            ("a/b/c.rs", ""),
            ("a/b/target/d.rs", ""),
            ("a/e", ""),
            ("f", ""),
        ]);
        assert_eq!(temp.files("a").expect("readable"), ["a/b/c.rs", "a/e"]);
        assert_eq!(temp.names("a").expect("readable"), ["b/", "e"]);
        assert!(temp.files("gone").expect("nothing").is_empty());
    }
}
