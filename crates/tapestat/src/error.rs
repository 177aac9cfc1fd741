//! Why a run ends early.

use std::io;
use toolkit::cli::Usage;
use toolkit::exit::ExitStatus;
use toolkit::host;
use toolkit::messages::describe;

/// Why a run ends early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is wrong.
    #[error(transparent)]
    Usage(#[from] Usage),
    /// An operand that is not a drive: a clause that says so.
    #[error("{0}")]
    Drive(String),
    /// The system or a text cannot be read.
    #[error(transparent)]
    Host(#[from] host::Error),
    /// The system refuses to wait for the interval.
    #[error("cannot wait for the interval: {}", describe(.0))]
    Wait(io::Error),
    /// The report could not be written.
    #[error("standard output: {}", describe(.0))]
    Write(#[from] io::Error),
}

impl ExitStatus for Error {
    /// As with sysstat's command.
    fn exit_status(&self) -> u8 {
        if matches!(self, Error::Write(_)) { 6 } else { 1 }
    }

    fn write_error(&self) -> Option<&io::Error> {
        if let Error::Write(cause) = self { Some(cause) } else { None }
    }
}
