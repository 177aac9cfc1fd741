//! Why a sample cannot be taken.

use crate::escape::escape_path;
use crate::messages::{Messages, describe};
use nix::errno::Errno;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a sample cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("{}: {}{}", escape_path(path), describe(cause), advice(cause))]
    Read {
        /// The file, including the root.
        path: PathBuf,
        /// The error of the system.
        cause: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{}: expected {expected}", escape_path(path))]
    Malformed {
        /// The file, including the root.
        path: PathBuf,
        /// What the file should hold.
        expected: &'static str,
    },
    /// There is nothing to read below the root.
    #[error("{}: expected proc/ and sys/, or numbered folders with them", escape_path(.0))]
    NoTree(PathBuf),
    /// A sample cannot be saved.
    #[error("{}: {}", escape_path(path), describe(cause))]
    Save {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        cause: io::Error,
    },
    /// The system refuses to wait for the interval.
    #[error("cannot wait for the interval: {}", describe(.0))]
    Wait(io::Error),
}

/// What to do about a file that cannot be read.
fn advice(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::PermissionDenied => "; run as root, or as a user who may read it",
        _ => "",
    }
}

impl Error {
    /// Whether the file does not exist, or its device was removed.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let Error::Read { cause, .. } = self else {
            return false;
        };
        let gone = [Errno::ENOENT, Errno::ENODEV, Errno::ENXIO].map(|errno| errno as i32);
        cause.raw_os_error().is_some_and(|errno| gone.contains(&errno))
    }

    /// Reports that the number in `file` counts as unknown, once. A file that does not exist is not
    /// reported: older kernels and some saved systems lack it.
    pub fn report_unknown(&self, file: &Path, messages: &mut Messages<impl Write>) {
        if !self.is_gone() {
            messages.warn_once_about(
                &file.to_string_lossy(),
                format_args!("{self}; it counts as unknown"),
            );
        }
    }
}
