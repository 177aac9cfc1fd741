//! `--save`: writes what a run reads as a saved system, one numbered tree per sample.
//!
//! A command reads some files only when devices have changed. Each tree is complete nevertheless: it
//! also holds what was read for earlier samples and still applies. Links that the command read are
//! links in the tree, all other links are folders.

use super::error::Error;
use super::tree::Entry;
use nix::dir::Type;
use std::collections::{BTreeMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::ops::Bound;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

/// What a run has read, and the folder in which it is saved.
#[derive(Debug)]
pub(super) struct Recording {
    folder: PathBuf,
    /// The number of the tree of the current sample.
    number: u32,
    /// By path below the root.
    found: BTreeMap<PathBuf, Saved>,
    /// What was read for the current sample.
    fresh: HashSet<PathBuf>,
}

#[derive(Debug)]
enum Saved {
    File(Vec<u8>),
    Folder,
    Link(PathBuf),
}

impl Recording {
    /// A recording in `folder`, which is made if it does not exist.
    pub(super) fn create(folder: &Path) -> Result<Recording, Error> {
        let error = |cause| Error::Save { path: folder.to_path_buf(), cause };
        fs::create_dir_all(folder).map_err(error)?;
        if fs::read_dir(folder).map_err(error)?.next().is_some() {
            let problem = "the folder is not empty; save to a new one";
            return Err(error(io::Error::new(io::ErrorKind::AlreadyExists, problem)));
        }
        Ok(Recording {
            folder: folder.to_path_buf(),
            number: 1,
            found: BTreeMap::new(),
            fresh: HashSet::new(),
        })
    }

    pub(super) fn file(&mut self, below: &Path, bytes: Option<&[u8]>) {
        self.set(below, bytes.map(|bytes| Saved::File(bytes.to_vec())));
    }

    pub(super) fn link(&mut self, below: &Path, target: Option<&Path>) {
        self.set(below, target.map(|target| Saved::Link(target.to_path_buf())));
    }

    pub(super) fn folder(&mut self, below: &Path, exists: bool) {
        self.set(below, exists.then_some(Saved::Folder));
    }

    /// Records the entries of a folder. What was found below other entries of it no longer exists.
    pub(super) fn list(&mut self, below: &Path, entries: &[Entry]) {
        let names: HashSet<&OsStr> =
            entries.iter().map(|(name, _)| OsStr::from_bytes(name)).collect();
        let inside = (Bound::Excluded(below), Bound::Unbounded);
        let inside = self.found.range::<Path, _>(inside).map(|(path, _)| path);
        let inside = inside.take_while(|path| path.starts_with(below));
        let is_gone = |path: &&PathBuf| {
            let entry = path.strip_prefix(below).ok().and_then(|path| path.components().next());
            entry.is_some_and(|entry| !names.contains(entry.as_os_str()))
        };
        let gone: Vec<_> = inside.filter(is_gone).cloned().collect();
        for path in gone {
            self.found.remove(&path);
        }
        self.set(below, Some(Saved::Folder));
        for (name, kind) in entries {
            let path = below.join(OsStr::from_bytes(name));
            let saved = match kind {
                Some(Type::Directory | Type::Symlink) | None => Saved::Folder,
                // Only the name matters of a device or a file that was listed and not read. A saved
                // system has an empty file in its place.
                _ => Saved::File(Vec::new()),
            };
            self.found.entry(path).or_insert(saved);
        }
    }

    fn set(&mut self, below: &Path, saved: Option<Saved>) {
        match saved {
            Some(saved) => self.found.insert(below.to_path_buf(), saved),
            None => self.found.remove(below),
        };
        self.fresh.insert(below.to_path_buf());
    }

    /// Whether this was read for the current sample.
    pub(super) fn is_fresh(&self, below: &Path) -> bool {
        self.fresh.contains(below)
    }

    /// Whether anything was read for the current sample.
    pub(super) fn has_sample(&self) -> bool {
        !self.fresh.is_empty()
    }

    /// Writes the tree of the current sample. The next one begins. The tree gets its number when it
    /// is whole, so that a run that is killed leaves no part of a tree behind that `--root` would read.
    pub(super) fn write_sample(&mut self) -> Result<(), Error> {
        let error = |(path, cause)| Error::Save { path, cause };
        let unfinished = self.folder.join(".unfinished");
        let mut writer = TreeWriter { folder: unfinished.clone(), links: BTreeMap::new() };
        writer.write(&self.found).map_err(error)?;
        let folder = self.folder.join(self.number.to_string());
        fs::rename(unfinished, &folder).map_err(|cause| error((folder, cause)))?;
        self.fresh.clear();
        self.number = self.number.saturating_add(1);
        Ok(())
    }
}

/// Writes a tree. Nothing is written through a link: each path is resolved first.
struct TreeWriter {
    folder: PathBuf,
    /// The targets of the links in the tree, by their places.
    links: BTreeMap<PathBuf, PathBuf>,
}

/// A path that cannot be written, and why.
type WriteError = (PathBuf, io::Error);

impl TreeWriter {
    fn write(&mut self, found: &BTreeMap<PathBuf, Saved>) -> Result<(), WriteError> {
        // `proc` and `sys` mark a tree, whatever was found.
        for top in ["proc", "sys"] {
            self.make_folder(Path::new(top))?;
        }
        for (path, saved) in found {
            if let Saved::Link(target) = saved {
                self.make_link(path, target)?;
            }
        }
        for (path, saved) in found {
            let place = self.resolve(path);
            match saved {
                Saved::Link(_) => {}
                Saved::Folder => self.make_folder(&place)?,
                Saved::File(bytes) => {
                    self.make_folder(place.parent().unwrap_or(Path::new("")))?;
                    let file = self.folder.join(place);
                    fs::write(&file, bytes).map_err(|cause| (file, cause))?;
                }
            }
        }
        Ok(())
    }

    fn make_folder(&self, place: &Path) -> Result<(), WriteError> {
        let folder = self.folder.join(place);
        fs::create_dir_all(&folder).map_err(|cause| (folder, cause))
    }

    fn make_link(&mut self, path: &Path, target: &Path) -> Result<(), WriteError> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
        let parent = self.resolve(parent);
        let place = parent.join(name);
        if self.links.contains_key(&place) {
            return Ok(());
        }
        self.make_folder(&parent)?;
        let link = self.folder.join(&place);
        symlink(target, &link).map_err(|cause| (link, cause))?;
        self.links.insert(place, target.to_path_buf());
        Ok(())
    }

    /// The place of a path in the tree, without links in it. No link leads out of `proc`, `sys` and
    /// so on, as when the tree is read.
    fn resolve(&self, path: &Path) -> PathBuf {
        let mut place = PathBuf::new();
        let mut pending = Vec::new();
        push_parts(&mut pending, path);
        let mut links_left = LINKS_MAX;
        while let Some(part) = pending.pop() {
            if part == ".." {
                if place.components().count() > 1 {
                    place.pop();
                }
                continue;
            }
            place.push(part);
            let target = self.links.get(&place).filter(|_| links_left > 0);
            if let Some(target) = target {
                links_left -= 1;
                place = if target.is_absolute() { top(&place) } else { parent(&place) };
                push_parts(&mut pending, target);
            }
        }
        place
    }
}

/// The number of links that are followed in a path, as in the kernel.
const LINKS_MAX: usize = 40;

/// Adds the parts of a path in reverse order.
fn push_parts(pending: &mut Vec<OsString>, path: &Path) {
    let parts = path.components().rev();
    let parts = parts.filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    pending.extend(parts.map(|part| part.as_os_str().to_owned()));
}

fn top(place: &Path) -> PathBuf {
    place.components().take(1).collect()
}

fn parent(place: &Path) -> PathBuf {
    place.parent().unwrap_or(place).to_path_buf()
}
