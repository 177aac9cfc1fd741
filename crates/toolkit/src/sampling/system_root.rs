//! The system that is sampled: the running one, or one that was saved below a root folder.
//!
//! A saved system is a folder with `proc/` and `sys/`. Numbered folders `1`, `2`, ... with these are
//! one system at several times: [`SystemRoot::next_sample`] proceeds to the next one instead of
//! waiting. The clock of a saved system is in its `proc/uptime` and `proc/stat`.

use super::error::Error;
use super::interval::IntervalTimer;
use super::open_file::{OpenFile, Reader, Tree};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// When a sample was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time on a clock that is never set back. Only the difference of two moments of the same
    /// system means anything. On the running system it excludes the time of a suspend.
    pub monotonic: Duration,
    /// The time of day.
    pub wall: SystemTime,
}

impl Moment {
    /// The moment `uptime` after boot, which was `btime` seconds after the epoch.
    #[must_use]
    pub fn after_boot(uptime: Duration, btime: Option<u64>) -> Moment {
        let wall = btime
            .and_then(|btime| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(btime)))
            .and_then(|booted| booted.checked_add(uptime));
        Moment { monotonic: uptime, wall: wall.unwrap_or_else(SystemTime::now) }
    }
}

/// What follows a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextSample {
    /// The next sample is due.
    Due,
    /// There is none, because the saved system has no further tree.
    End,
    /// There is none, because SIGINT or SIGTERM arrived.
    Stopped,
}

/// The root folder of the system that is sampled. It opens files and returns their bytes; it parses
/// none of them.
#[derive(Debug)]
pub struct SystemRoot {
    root: PathBuf,
    tree: Tree,
    is_saved: bool,
    started: Instant,
    reader: Reader,
}

impl SystemRoot {
    /// The system saved below `root`, or the running system.
    ///
    /// # Errors
    /// [`Error::NoTree`] if there is no system below `root`.
    pub fn open(root: Option<&Path>) -> Result<SystemRoot, Error> {
        let number = root.map(first_tree).transpose()?;
        let root = root.unwrap_or(Path::new("/")).to_path_buf();
        Ok(SystemRoot {
            tree: tree(&root, number.unwrap_or(0)),
            root,
            is_saved: number.is_some(),
            started: Instant::now(),
            reader: Reader::new(),
        })
    }

    /// Whether the system is a saved one.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.is_saved
    }

    /// The path of `below` in the current tree.
    #[must_use]
    pub fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.tree.folder.join(below)
    }

    /// The moment now; `None` for a saved system, see [`Moment::after_boot`].
    #[must_use]
    pub fn now(&self) -> Option<Moment> {
        let now = || Moment { monotonic: self.started.elapsed(), wall: SystemTime::now() };
        (!self.is_saved).then(now)
    }

    /// The whole of a file.
    ///
    /// # Errors
    /// The file cannot be opened or read, or is larger than 64 MiB.
    pub fn read(&mut self, below: impl AsRef<Path>) -> Result<&[u8], Error> {
        self.reread(&mut OpenFile::new(below.as_ref()))
    }

    /// The whole of a file of any size as it is now. The file stays open.
    ///
    /// # Errors
    /// The file cannot be opened or read, or is larger than 64 MiB. It is opened again the next time.
    pub fn reread(&mut self, file: &mut OpenFile) -> Result<&[u8], Error> {
        let bytes = self.reader.read_file(file, &self.tree);
        bytes.map_err(|cause| Error::Read { path: self.tree.folder.join(file.path()), cause })
    }

    /// A sysfs attribute as it is now, read with one system call. The file stays open.
    ///
    /// # Errors
    /// The file cannot be opened or read; `ENODEV` if its device was removed. It is opened again the
    /// next time.
    pub fn read_attribute(&mut self, file: &mut OpenFile) -> Result<&[u8], Error> {
        let bytes = self.reader.read_attribute(file, &self.tree);
        bytes.map_err(|cause| Error::Read { path: self.tree.folder.join(file.path()), cause })
    }

    /// The names in a folder, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self, below: impl AsRef<Path>) -> Result<Vec<Vec<u8>>, Error> {
        let path = self.path(below);
        let names = fs::read_dir(&path).and_then(|entries| {
            let name = |entry: fs::DirEntry| entry.file_name().into_encoded_bytes();
            let mut names = entries.map(|entry| entry.map(name)).collect::<io::Result<Vec<_>>>()?;
            names.sort_unstable();
            Ok(names)
        });
        names.map_err(|cause| Error::Read { path, cause })
    }

    /// The target of a symbolic link; `None` if there is no such link.
    #[must_use]
    pub fn read_link(&self, below: impl AsRef<Path>) -> Option<PathBuf> {
        fs::read_link(self.path(below)).ok()
    }

    /// Whether there is a folder.
    #[must_use]
    pub fn has_folder(&self, below: impl AsRef<Path>) -> bool {
        self.path(below).is_dir()
    }

    /// The error about a file that does not hold what is `expected`.
    #[must_use]
    pub fn malformed(&self, below: impl AsRef<Path>, expected: &'static str) -> Error {
        Error::Malformed { path: self.path(below), expected }
    }

    /// Waits until the next sample is due, or proceeds to the next tree of a saved system.
    ///
    /// # Errors
    /// [`Error::Wait`] if the system refuses to wait.
    pub fn next_sample(&mut self, timer: &mut IntervalTimer) -> Result<NextSample, Error> {
        let is_stopped = if self.is_saved { timer.is_stopped()? } else { !timer.wait()? };
        Ok(match is_stopped {
            true => NextSample::Stopped,
            false if self.is_saved && !self.next_tree() => NextSample::End,
            false => NextSample::Due,
        })
    }

    /// Proceeds to the next tree of a saved system, if there is one.
    pub fn next_tree(&mut self) -> bool {
        let next = tree(&self.root, self.tree.number.saturating_add(1));
        let has_next = self.tree.number > 0 && next.folder.is_dir();
        if has_next {
            self.tree = next;
        }
        has_next
    }
}

/// The number of the first tree: 0 for `root` itself, 1 for its first numbered folder.
fn first_tree(root: &Path) -> Result<u32, Error> {
    let is_tree = |folder: &Path| folder.join("proc").is_dir() || folder.join("sys").is_dir();
    match (is_tree(root), is_tree(&root.join("1"))) {
        (true, _) => Ok(0),
        (false, true) => Ok(1),
        (false, false) => Err(Error::NoTree(root.to_path_buf())),
    }
}

fn tree(root: &Path, number: u32) -> Tree {
    let folder = if number == 0 { root.to_path_buf() } else { root.join(number.to_string()) };
    Tree { folder, number }
}
