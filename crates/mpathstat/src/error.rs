//! Why a run ends early.

use std::io;
use std::path::PathBuf;
use toolkit::cli::Usage;
use toolkit::escape::escape_path;
use toolkit::exit::ExitStatus;
use toolkit::messages::describe;
use toolkit::sampling;

/// Why a run ends early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is wrong.
    #[error(transparent)]
    Usage(#[from] Usage),
    /// The system or a text cannot be read.
    #[error(transparent)]
    Sampling(#[from] sampling::Error),
    /// A text does not contain what it should.
    #[error("{}: expected {expected}, found {found}", escape_path(path))]
    Kind {
        /// The name of the text.
        path: PathBuf,
        /// What it should contain.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// The report could not be written.
    #[error("standard output: {}", describe(.0))]
    Write(#[from] io::Error),
}

impl ExitStatus for Error {
    fn exit_status(&self) -> u8 {
        if matches!(self, Error::Usage(_)) { 2 } else { 1 }
    }

    fn write_error(&self) -> Option<&io::Error> {
        if let Error::Write(cause) = self { Some(cause) } else { None }
    }
}
