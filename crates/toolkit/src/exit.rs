//! How a run ends: its exit status, its messages, and whether all of the output was written.
//!
//! A reader that has seen enough closes the pipe (`auditloginfo ... | head`); that is no error, so
//! the run ends at once, quietly, with status 0. Any other failure to write, the last flush
//! included, is told and ends the run: a report cut short must not pass for a whole one.

use crate::messages::Messages;
use crate::{cli, host};
use std::env::{self, ArgsOs};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is wrong.
    #[error(transparent)]
    Usage(#[from] cli::Usage),
    /// An operand that leads to nothing on this machine: a clause about it.
    #[error("{0}")]
    Operand(String),
    /// The machine or a file cannot be read.
    #[error(transparent)]
    Host(#[from] host::Error),
    /// The system refuses to wait for the interval.
    #[error("cannot wait for the interval: {0}")]
    Wait(io::Error),
    /// The report could not be written.
    #[error("standard output: {0}")]
    Write(#[from] io::Error),
}

impl Error {
    /// The usual exit status: 2 if the command line is wrong, else 1.
    #[must_use]
    pub fn status(&self) -> u8 {
        if matches!(self, Error::Usage(_)) { 2 } else { 1 }
    }
}

/// Runs a command: `run` gets the words behind its name, standard output, buffered, and the messages,
/// and gives the exit status; `status` is that of an error.
pub fn main(
    command: &'static str,
    status: fn(&Error) -> u8,
    run: impl FnOnce(ArgsOs, &mut BufWriter<File>, &mut Messages<io::Stderr>) -> Result<u8, Error>,
) -> ExitCode {
    let mut messages = Messages::new(command, io::stderr());
    let stdout = match stdout() {
        Ok(stdout) => stdout,
        Err(error) => {
            messages.warn(Error::Write(error));
            return ExitCode::FAILURE;
        }
    };
    let mut out = BufWriter::with_capacity(1 << 16, stdout);
    let mut words = env::args_os();
    words.next();
    let ended = run(words, &mut out, &mut messages);
    let flushed = out.flush();
    // What a failed write left in the buffer must not be tried once more on drop.
    let _ = out.into_parts();
    match (ended, flushed) {
        (Err(Error::Write(cause)), _) if is_closed_pipe(&cause) => ExitCode::SUCCESS,
        (Err(error), _) => {
            messages.warn(&error);
            ExitCode::from(status(&error))
        }
        (Ok(_), Err(cause)) if !is_closed_pipe(&cause) => {
            messages.warn(Error::Write(cause));
            ExitCode::FAILURE
        }
        (Ok(status), _) => ExitCode::from(status),
    }
}

fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Standard output as a plain file: std's own handle takes a descriptor that cannot be written for
/// one that takes everything.
fn stdout() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}
