//! The files of the workspace, named by their paths below its root, and what is wrong with them.

use crate::error::Error;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The workspace, or a made-up one in tests.
pub(crate) struct Tree {
    root: PathBuf,
}

/// Something that is not as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    what: String,
}

impl Finding {
    /// `what` is wrong with the file at `path`, and how to mend it.
    pub(crate) fn new(path: impl Into<String>, what: impl Into<String>) -> Finding {
        Finding { path: path.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

impl Tree {
    /// The workspace that this program was built in.
    pub(crate) fn here() -> Tree {
        Tree::at(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
    }

    /// The tree below `root`.
    pub(crate) fn at(root: PathBuf) -> Tree {
        Tree { root: fs::canonicalize(&root).unwrap_or(root) }
    }

    /// Where `below` is.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// Whether there is a file or folder `below`.
    pub(crate) fn has(&self, below: &str) -> bool {
        self.path(below).exists()
    }

    /// A file's bytes; nothing if it is not there.
    pub(crate) fn read(&self, below: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path(below);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file(path)(error)),
        }
    }

    /// A file's text, empty if it is not there. What is not UTF-8 is replaced.
    pub(crate) fn text(&self, below: &str) -> Result<String, Error> {
        let bytes = self.read(below)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Writes a file and the folders it stands in.
    pub(crate) fn write(&self, below: &str, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let path = self.path(below);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        fs::write(&path, bytes).map_err(Error::file(path))
    }

    /// Makes a symbolic link in a folder that is there, in place of what has its name.
    pub(crate) fn link(&self, below: &str, target: &str) -> Result<(), Error> {
        self.remove(below)?;
        let path = self.path(below);
        symlink(target, &path).map_err(Error::file(path))
    }

    /// Removes a file, if it is there.
    pub(crate) fn remove(&self, below: &str) -> Result<(), Error> {
        let path = self.path(below);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file(path)(error)),
            _ => Ok(()),
        }
    }

    /// The names in a folder, sorted, folders with a slash behind; none if it is not there.
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

    /// The names of the folders in a folder.
    pub(crate) fn folders(&self, folder: &str) -> Result<Vec<String>, Error> {
        let names = self.names(folder)?;
        Ok(names.iter().filter_map(|name| name.strip_suffix('/')).map(str::to_owned).collect())
    }

    /// Every file below a folder, with its path below the root, sorted; what cargo builds is left
    /// out.
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

/// A tree made up for a test, gone at its end.
#[cfg(test)]
pub(crate) struct MadeUp(pub(crate) Tree);

#[cfg(test)]
impl MadeUp {
    /// A tree of these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> MadeUp {
        use std::sync::atomic::{AtomicU32, Ordering};
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("xtask-{}-{number}", std::process::id()));
        fs::create_dir_all(&root).expect("a temporary folder");
        let tree = Tree::at(root);
        for (below, text) in files {
            tree.write(below, text).expect("a file in it");
        }
        MadeUp(tree)
    }
}

#[cfg(test)]
impl Drop for MadeUp {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0.root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_but_for_built_ones() {
        let made_up =
            MadeUp::new(&[("a/b/c.rs", ""), ("a/b/target/d.rs", ""), ("a/e", ""), ("f", "")]);
        assert_eq!(made_up.0.files("a").expect("readable"), ["a/b/c.rs", "a/e"]);
        assert_eq!(made_up.0.names("a").expect("readable"), ["b/", "e"]);
        assert!(made_up.0.files("gone").expect("nothing").is_empty());
    }
}
