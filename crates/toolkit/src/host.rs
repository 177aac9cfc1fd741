//! The machine that a sample is of: the files below a root folder, those of the running system or
//! those saved from another.
//!
//! A saved machine is a folder with `proc/` and `sys/` in it. Numbered folders `1`, `2`, ... each of
//! that kind are one machine at several times: [`Host::next`] steps from one to the next instead of
//! waiting for the interval. A saved machine's clock is its `proc/uptime`; its wall clock is `btime`
//! of its `proc/stat` plus that.

use crate::messages::describe;
use crate::tick::Tick;
use nix::errno::Errno;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

mod kept;
mod machine;

pub use kept::{Kept, Uevents};
pub use machine::Machine;

/// A file that cannot be used, or a folder that is no saved machine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that cannot be read.
    #[error("{}: {}", path.display(), describe(cause))]
    Read {
        /// The file, its root included.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A file that does not hold what it is for.
    #[error("{}: expected {expected}", path.display())]
    ParseError {
        /// The file, its root included.
        path: PathBuf,
        /// What the file should hold.
        expected: &'static str,
    },
    /// A root folder with nothing to read below it.
    #[error("{}: neither proc/ and sys/ nor numbered folders with them are there", .0.display())]
    NoTree(PathBuf),
}

impl Error {
    /// Whether the file is not there, or its device went.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let Error::Read { cause, .. } = self else {
            return false;
        };
        let gone = [Errno::ENOENT, Errno::ENODEV, Errno::ENXIO].map(|errno| errno as i32);
        cause.raw_os_error().is_some_and(|errno| gone.contains(&errno))
    }
}

/// How the clock of a machine is read; this crate itself parses no system text.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The time since boot, out of `proc/uptime`.
    pub uptime: fn(&[u8]) -> Option<Duration>,
    /// When the machine was booted, in seconds since the epoch, out of `proc/stat`.
    pub btime: fn(&[u8]) -> Option<u64>,
}

/// When a sample was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// On a clock that never goes back: only the difference of two moments of one [`Host`] means
    /// anything. The running system's does not count the time that it was suspended.
    pub at: Duration,
    /// Wall clock.
    pub wall: SystemTime,
}

/// What comes after a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another sample.
    Sample,
    /// Nothing: the saved machine has no further tree.
    End,
    /// Nothing: SIGINT or SIGTERM came.
    Stopped,
}

/// A machine, running or saved.
#[derive(Debug)]
pub struct Host {
    root: PathBuf,
    /// What `path` is joined to: the root, or its numbered folder.
    tree: PathBuf,
    /// The numbered folder, 0 if there are none; `None` on the running system.
    number: Option<u32>,
    clock: Clock,
    started: Instant,
    kept_below: i32,
    buffer: Vec<u8>,
}

impl Host {
    /// The machine below `root`, or the running system.
    ///
    /// # Errors
    /// [`Error::NoTree`] if `root` holds no machine.
    pub fn open(root: Option<&Path>, clock: Clock) -> Result<Host, Error> {
        let number = root.map(first_tree).transpose()?;
        let root = root.unwrap_or(Path::new("/")).to_path_buf();
        Ok(Host {
            tree: tree(&root, number),
            root,
            number,
            clock,
            started: Instant::now(),
            kept_below: kept::descriptors(),
            buffer: vec![0; kept::ATTRIBUTE_MAX],
        })
    }

    /// Whether this is a saved machine.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.number.is_some()
    }

    /// Where `below` stands in the tree that is read now.
    #[must_use]
    pub fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.tree.join(below)
    }

    /// The time since boot.
    ///
    /// # Errors
    /// `proc/uptime` cannot be read or is no time.
    pub fn uptime(&mut self) -> Result<Duration, Error> {
        let parse = self.clock.uptime;
        let uptime = parse(self.read(UPTIME)?);
        let expected = "seconds since boot";
        uptime.ok_or_else(|| Error::ParseError { path: self.path(UPTIME), expected })
    }

    /// The time of a sample that is taken now.
    ///
    /// # Errors
    /// A saved machine's `proc/uptime` cannot be read or is no time.
    pub fn moment(&mut self) -> Result<Moment, Error> {
        if !self.is_saved() {
            return Ok(Moment { at: self.started.elapsed(), wall: SystemTime::now() });
        }
        let at = self.uptime()?;
        let parse = self.clock.btime;
        let booted = self.read("proc/stat").ok().and_then(parse);
        let wall = booted
            .and_then(|booted| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(booted)))
            .and_then(|booted| booted.checked_add(at));
        Ok(Moment { at, wall: wall.unwrap_or_else(SystemTime::now) })
    }

    /// Waits for the time of the next sample, or steps to the next tree of a saved machine.
    ///
    /// # Errors
    /// The system cannot wait.
    pub fn next(&mut self, tick: &mut Tick) -> io::Result<Next> {
        match self.number {
            None => Ok(if tick.wait()? { Next::Sample } else { Next::Stopped }),
            Some(_) if tick.is_stopped()? => Ok(Next::Stopped),
            Some(0) => Ok(Next::End),
            Some(number) => {
                let next = tree(&self.root, Some(number.saturating_add(1)));
                if !next.is_dir() {
                    return Ok(Next::End);
                }
                self.number = Some(number.saturating_add(1));
                self.tree = next;
                Ok(Next::Sample)
            }
        }
    }
}

const UPTIME: &str = "proc/uptime";

/// The tree to begin with: 0 for `root` itself, 1 for its first numbered folder.
fn first_tree(root: &Path) -> Result<u32, Error> {
    let is_tree = |folder: &Path| folder.join("proc").is_dir() || folder.join("sys").is_dir();
    match (is_tree(root), is_tree(&root.join("1"))) {
        (true, _) => Ok(0),
        (false, true) => Ok(1),
        (false, false) => Err(Error::NoTree(root.to_path_buf())),
    }
}

fn tree(root: &Path, number: Option<u32>) -> PathBuf {
    match number {
        None | Some(0) => root.to_path_buf(),
        Some(number) => root.join(number.to_string()),
    }
}

#[cfg(test)]
mod tests;
