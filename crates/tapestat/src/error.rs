//! Why a run ends early.

use std::io;
use toolkit::cli::Usage;
use toolkit::exit::ExitStatus;
use toolkit::messages::describe;
use toolkit::sampling;

/// Why a run ends early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is wrong.
    #[error(transparent)]
    Usage(#[from] Usage),
    /// The system cannot be read.
    #[error(transparent)]
    Sampling(#[from] sampling::Error),
    /// The report could not be written.
    #[error("standard output: {}", describe(.0))]
    Write(#[from] io::Error),
}

impl ExitStatus for Error {
    /// The exit status of sysstat's command.
    fn exit_status(&self) -> u8 {
        if matches!(self, Error::Write(_)) { 6 } else { 1 }
    }

    fn write_error(&self) -> Option<&io::Error> {
        if let Error::Write(cause) = self { Some(cause) } else { None }
    }
}
