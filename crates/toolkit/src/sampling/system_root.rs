//! The system that is sampled: the running one, or one that was saved below a root folder.
//!
//! A saved system is a folder with `proc/` and `sys/`. Numbered folders `1`, `2`, ... with these are
//! one system at several times: [`SystemRoot::next_sample`] proceeds to the one with the next higher
//! number instead of waiting. The time of a sample of a saved system is in its file `clock`,
//! which [`SystemRoot::save_to`] writes, or else in its `proc/uptime` and `proc/stat`.

use super::error::Error;
use super::interval::IntervalTimer;
use super::moment::Moment;
use super::open_file::{OpenFile, Reader};
use super::recording::Recording;
use super::tree::Tree;
use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};
use std::{fs, vec};

/// What follows a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextSample {
    /// The next sample is due.
    Due,
    /// There is none, because the saved system has no further tree.
    End,
    /// There is none, because SIGHUP, SIGINT or SIGTERM arrived.
    Stopped,
}

/// The root folder of the system that is sampled. It opens files and returns their bytes; it parses
/// none of them.
#[derive(Debug)]
pub struct SystemRoot {
    tree: Tree,
    /// The trees that follow.
    later: vec::IntoIter<Tree>,
    is_saved: bool,
    started: Instant,
    reader: Reader,
    recording: RefCell<Option<Recording>>,
}

/// The file with the time of a sample of a saved system.
const CLOCK: &str = "clock";

const UPTIME: &str = "proc/uptime";

impl SystemRoot {
    /// The system saved below `root`, or the running system.
    ///
    /// # Errors
    /// [`Error::NoTree`] if there is no system below `root`.
    pub fn open(root: Option<&Path>) -> Result<SystemRoot, Error> {
        let (tree, later) = match root {
            Some(root) => saved_trees(root)?,
            None => (Tree::running(), Vec::new().into_iter()),
        };
        Ok(SystemRoot {
            tree,
            later,
            is_saved: root.is_some(),
            started: Instant::now(),
            reader: Reader::new(),
            recording: RefCell::new(None),
        })
    }

    /// Saves what is read from now on in `folder`: one numbered tree per sample, which
    /// [`SystemRoot::open`] can read.
    ///
    /// # Errors
    /// [`Error::Save`] if the folder cannot be made or is not empty.
    pub fn save_to(&mut self, folder: &Path) -> Result<(), Error> {
        *self.recording.get_mut() = Some(Recording::create(folder)?);
        Ok(())
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

    /// The moment now. For a saved system, the moment in its file `clock`; `None` if it has none, see
    /// [`Moment::after_boot`].
    #[must_use]
    pub fn now(&mut self) -> Option<Moment> {
        if self.is_saved {
            return Moment::from_clock(self.read(CLOCK).ok()?);
        }
        let (monotonic, wall) = (self.started.elapsed(), Some(SystemTime::now()));
        let now = Moment { monotonic, wall };
        self.save_file(CLOCK, now.to_clock().as_bytes());
        Some(now)
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
        self.read_by(file, Reader::read_file)
    }

    /// A sysfs attribute as it is now, read with one system call. The file stays open.
    ///
    /// # Errors
    /// The file cannot be opened or read; `ENODEV` if its device was removed. It is opened again the
    /// next time.
    pub fn read_attribute(&mut self, file: &mut OpenFile) -> Result<&[u8], Error> {
        self.read_by(file, Reader::read_attribute)
    }

    fn read_by(
        &mut self,
        file: &mut OpenFile,
        read: for<'a> fn(&'a mut Reader, &mut OpenFile, &Tree) -> io::Result<&'a [u8]>,
    ) -> Result<&[u8], Error> {
        let bytes = read(&mut self.reader, file, &self.tree);
        if let Some(recording) = self.recording.get_mut() {
            recording.file(file.path(), bytes.as_ref().ok().copied());
        }
        bytes.map_err(|cause| Error::Read { path: self.tree.folder.join(file.path()), cause })
    }

    /// The names in a folder, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self, below: impl AsRef<Path>) -> Result<Vec<Vec<u8>>, Error> {
        let entries = self.tree.list(below.as_ref());
        self.record(|recording| match &entries {
            Ok(entries) => recording.list(below.as_ref(), entries),
            Err(_) => recording.folder(below.as_ref(), false),
        });
        match entries {
            Ok(entries) => Ok(entries.into_iter().map(|(name, _)| name).collect()),
            Err(cause) => Err(Error::Read { path: self.path(below), cause }),
        }
    }

    /// The target of a symbolic link; `None` if there is no such link.
    #[must_use]
    pub fn read_link(&self, below: impl AsRef<Path>) -> Option<PathBuf> {
        let target = self.tree.read_link(below.as_ref());
        if target.is_some() {
            self.record(|recording| recording.link(below.as_ref(), target.as_deref()));
        }
        target
    }

    /// Whether there is a folder.
    #[must_use]
    pub fn has_folder(&self, below: impl AsRef<Path>) -> bool {
        let exists = self.tree.has_folder(below.as_ref());
        self.record(|recording| recording.folder(below.as_ref(), exists));
        exists
    }

    /// Saves `bytes` as a file of the current sample, if samples are saved: what a command learned
    /// in another way than from a file.
    pub fn save_file(&self, below: impl AsRef<Path>, bytes: &[u8]) {
        self.record(|recording| recording.file(below.as_ref(), Some(bytes)));
    }

    fn record(&self, record: impl FnOnce(&mut Recording)) {
        if let Some(recording) = &mut *self.recording.borrow_mut() {
            record(recording);
        }
    }

    /// Writes the tree of the current sample, if samples are saved and there is one that is not
    /// written yet.
    ///
    /// # Errors
    /// [`Error::Save`] if it cannot be written.
    pub fn save_sample(&mut self) -> Result<(), Error> {
        let has_sample = self.recording.get_mut().as_ref().is_some_and(Recording::has_sample);
        let is_fresh = |recording: &Recording| recording.is_fresh(Path::new(UPTIME));
        if has_sample && !self.recording.get_mut().as_ref().is_some_and(is_fresh) {
            // The time since boot belongs to each sample, even if only the first report needs it.
            let _ = self.read(UPTIME);
        }
        match self.recording.get_mut() {
            Some(recording) if has_sample => recording.write_sample(),
            _ => Ok(()),
        }
    }

    /// The error about a file that does not hold what is `expected`.
    #[must_use]
    pub fn malformed(&self, below: impl AsRef<Path>, expected: &'static str) -> Error {
        Error::Malformed { path: self.path(below), expected }
    }

    /// Waits until the next sample is due, or proceeds to the next tree of a saved system. The
    /// current sample is saved, if samples are.
    ///
    /// # Errors
    /// [`Error::Wait`] if the system refuses to wait, [`Error::Save`] if the sample cannot be saved.
    pub fn next_sample(&mut self, timer: &mut IntervalTimer) -> Result<NextSample, Error> {
        self.save_sample()?;
        let is_stopped = if self.is_saved { timer.is_stopped()? } else { !timer.wait()? };
        Ok(match is_stopped {
            true => NextSample::Stopped,
            false if self.is_saved && !self.next_tree() => {
                // What is read for the last report belongs to the sample that was just saved.
                *self.recording.get_mut() = None;
                NextSample::End
            }
            false => NextSample::Due,
        })
    }

    /// Like [`SystemRoot::next_sample`], and calls `observe` every `step` in the meantime. There is
    /// nothing to observe between the trees of a saved system, and what `observe` reads is not saved.
    ///
    /// # Errors
    /// Those of [`SystemRoot::next_sample`].
    pub fn next_sample_and_observe(
        &mut self,
        timer: &mut IntervalTimer,
        step: Duration,
        mut observe: impl FnMut(&mut SystemRoot),
    ) -> Result<NextSample, Error> {
        if self.is_saved {
            return self.next_sample(timer);
        }
        self.save_sample()?;
        let recording = self.recording.take();
        let is_due = timer.wait_and_observe(step, || observe(self));
        self.recording = RefCell::new(recording);
        Ok(if is_due? { NextSample::Due } else { NextSample::Stopped })
    }

    /// Proceeds to the next tree of a saved system, if there is one.
    pub fn next_tree(&mut self) -> bool {
        let next = self.later.next().map(|next| self.tree = next);
        next.is_some()
    }
}

/// The first tree and the ones that follow: `root` itself, or its numbered folders.
fn saved_trees(root: &Path) -> Result<(Tree, vec::IntoIter<Tree>), Error> {
    let is_tree = |folder: &Path| folder.join("proc").is_dir() || folder.join("sys").is_dir();
    if is_tree(root) {
        return Ok((Tree::saved(root.to_path_buf(), 0), Vec::new().into_iter()));
    }
    let mut numbers = folder_numbers(root);
    numbers.sort_unstable();
    let tree = |number: u64| Tree::saved(root.join(number.to_string()), number);
    let mut trees = numbers.into_iter().map(tree).collect::<Vec<_>>().into_iter();
    let first = trees.next().filter(|first| is_tree(&first.folder));
    first.map(|first| (first, trees)).ok_or_else(|| Error::NoTree(root.to_path_buf()))
}

/// The numbers of the numbered folders in `root`.
fn folder_numbers(root: &Path) -> Vec<u64> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let number = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let number = name.parse::<u64>().ok().filter(|number| number.to_string() == name)?;
        entry.path().is_dir().then_some(number)
    };
    entries.filter_map(number).collect()
}
