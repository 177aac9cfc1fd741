//! Why a run ends early.

use std::io;
use toolkit::cli::Usage;
use toolkit::exit::ExitStatus;
use toolkit::messages::describe;

/// Why a run ends early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is wrong.
    #[error(transparent)]
    Usage(#[from] Usage),
    /// The report could not be written.
    #[error("standard output: {}", describe(.0))]
    Write(#[from] io::Error),
    /// The system refuses the thread that reads while another one prints.
    #[error("--each: no second thread: {}; raise the limit of processes (ulimit -u)", describe(.0))]
    Thread(io::Error),
}

impl ExitStatus for Error {
    fn exit_status(&self) -> u8 {
        if matches!(self, Error::Usage(_)) { 2 } else { 1 }
    }

    fn write_error(&self) -> Option<&io::Error> {
        match self {
            Error::Write(cause) => Some(cause),
            Error::Usage(_) | Error::Thread(_) => None,
        }
    }
}
