//! A folder with `proc/` and `sys/`: that of the running system, or a saved one.
//!
//! A saved tree can come from anywhere. Its links are followed as if each of `proc`, `sys` and so on
//! were a file system of its own, so that no link leads to a file of the running system.

use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2, readlinkat};
use nix::sys::stat::Mode;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::iter;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

/// How often a file is opened while others change file systems.
const ATTEMPTS: usize = 1_000;

/// A folder with `proc/` and `sys/`.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) folder: PathBuf,
    /// What distinguishes the trees of a saved system.
    pub(super) number: u64,
    is_saved: bool,
    /// The folders `proc`, `sys` and so on of a saved tree that were opened.
    tops: RefCell<BTreeMap<OsString, Rc<OwnedFd>>>,
}

/// An entry of a folder: its name and, if the file system says so, its type.
pub(super) type Entry = (Vec<u8>, Option<Type>);

const TO_READ: OFlag = OFlag::O_CLOEXEC.union(OFlag::O_NONBLOCK);
const FOLDER: OFlag = OFlag::O_CLOEXEC.union(OFlag::O_DIRECTORY);

impl Tree {
    /// The running system.
    pub(super) fn running() -> Tree {
        Tree::new(PathBuf::from("/"), 0, false)
    }

    /// A saved tree.
    pub(super) fn saved(folder: PathBuf, number: u64) -> Tree {
        Tree::new(folder, number, true)
    }

    fn new(folder: PathBuf, number: u64, is_saved: bool) -> Tree {
        Tree { folder, number, is_saved, tops: RefCell::default() }
    }

    /// Opens a file to read. A pipe in a saved tree cannot block: the file is opened with
    /// `O_NONBLOCK`.
    pub(super) fn open(&self, below: &Path) -> io::Result<File> {
        Ok(self.open_with(below, TO_READ)?.into())
    }

    /// The entries of a folder, sorted by name, without `.` and `..`.
    pub(super) fn list(&self, below: &Path) -> io::Result<Vec<Entry>> {
        let folder = Dir::from_fd(self.open_with(below, FOLDER)?)?;
        let mut entries = Vec::new();
        for entry in folder {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if !matches!(name, b"." | b"..") {
                entries.push((name.to_vec(), entry.file_type()));
            }
        }
        entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Ok(entries)
    }

    /// The target of a symbolic link; `None` if there is no such link.
    pub(super) fn read_link(&self, below: &Path) -> Option<PathBuf> {
        let (parent, name) = (below.parent()?, below.file_name()?);
        let is_top = parent == Path::new("");
        if !self.is_saved || is_top {
            return std::fs::read_link(self.folder.join(below)).ok();
        }
        let parent = self.open_with(parent, FOLDER | OFlag::O_PATH).ok()?;
        readlinkat(&parent, name).ok().map(PathBuf::from)
    }

    /// Whether there is a folder.
    pub(super) fn has_folder(&self, below: &Path) -> bool {
        self.open_with(below, FOLDER | OFlag::O_PATH).is_ok()
    }

    fn open_with(&self, below: &Path, flags: OFlag) -> io::Result<OwnedFd> {
        let open_directly = || open(&self.folder.join(below), flags, Mode::empty());
        let mut parts = below.components();
        let (Some(Component::Normal(top)), true) = (parts.next(), self.is_saved) else {
            return Ok(open_directly()?);
        };
        if parts.as_path() == Path::new("") {
            return Ok(open_directly()?);
        }
        let top = self.top(top)?;
        let how = OpenHow::new().flags(flags).resolve(ResolveFlag::RESOLVE_IN_ROOT);
        // The kernel gives up if a file system is changed anywhere while it follows `..`: see openat2(2).
        let mut attempts =
            iter::repeat_with(|| openat2(&*top, parts.as_path(), how)).take(ATTEMPTS);
        let is_final = |opened: &nix::Result<_>| !matches!(opened, Err(Errno::EAGAIN));
        match attempts.find(is_final).unwrap_or(Err(Errno::EAGAIN)) {
            // Linux before 5.6, or a sandbox that does not know the call.
            Err(Errno::ENOSYS | Errno::EPERM) => Ok(open_directly()?),
            opened => Ok(opened?),
        }
    }

    fn top(&self, name: &OsStr) -> io::Result<Rc<OwnedFd>> {
        if let Some(top) = self.tops.borrow().get(name) {
            return Ok(Rc::clone(top));
        }
        let path = self.folder.join(name);
        let top = Rc::new(open(&path, FOLDER | OFlag::O_PATH, Mode::empty())?);
        self.tops.borrow_mut().insert(name.to_owned(), Rc::clone(&top));
        Ok(top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use test_support::{temp_dir, write};

    #[test]
    fn no_link_leads_out_of_a_saved_tree() {
        let folder = temp_dir();
        let path = folder.path();
        write(&path.join("secret"), "this machine's");
        write(&path.join("1/sys/devices/7:0:0:0/serial"), "saved");
        let up = "../".repeat(40) + "devices/7:0:0:0";
        for (link, target) in [("near", "devices/7:0:0:0"), ("far", &up), ("out", "../../secret")] {
            symlink(target, path.join("1/sys").join(link)).unwrap();
        }
        symlink(path.join("secret"), path.join("1/sys/absolute")).unwrap();
        symlink("/devices/7:0:0:0", path.join("1/sys/within")).unwrap();
        symlink("../1/sys", {
            std::fs::create_dir(path.join("2")).unwrap();
            path.join("2/sys")
        })
        .unwrap();
        for number in [1, 2] {
            let tree = Tree::saved(path.join(number.to_string()), number);
            for near in ["near", "far", "within"] {
                assert!(tree.open(&Path::new("sys").join(near).join("serial")).is_ok(), "{near}");
                assert!(tree.has_folder(&Path::new("sys").join(near)), "{near}");
            }
            assert!(tree.open(Path::new("sys/out")).is_err());
            assert!(tree.open(Path::new("sys/absolute")).is_err());
            assert_eq!(tree.read_link(Path::new("sys/out")), Some("../../secret".into()));
            assert_eq!(tree.list(Path::new("sys/far")).unwrap().len(), 1);
        }
    }
}
