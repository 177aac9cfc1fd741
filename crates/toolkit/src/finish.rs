//! How a run ends: its exit status, its messages, and whether all of the output was written.
//!
//! A reader that has seen enough closes the pipe (`auditloginfo ... | head`); that is no error, so
//! the run ends at once, quietly, with status 0. Any other failure to write, the last flush
//! included, is told and ends the run: a report cut short must not pass for a whole one.

use crate::paint::printable;
use crate::{cli, host};
use std::env::{self, ArgsOs};
use std::fmt::Display;
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

/// Messages to standard error, each led by the command's name.
pub struct Messages<W: Write> {
    command: &'static str,
    out: W,
}

impl<W: Write> Messages<W> {
    /// Messages of `command` to `out`.
    pub fn new(command: &'static str, out: W) -> Self {
        Messages { command, out }
    }

    /// Tells one message. Text from outside that it repeats cannot steer a terminal. There is
    /// nobody left to tell if standard error fails.
    pub fn tell(&mut self, message: impl Display) {
        let command = self.command;
        self.tell_bare(format_args!("{command}: {message}"));
    }

    /// Tells one message without the command's name, where programs expect it that way.
    pub fn tell_bare(&mut self, message: impl Display) {
        let text = message.to_string();
        let lines = text.split('\n').map(|line| printable(line.as_bytes()) + "\n");
        let _ = self.out.write_all(lines.collect::<String>().as_bytes());
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
            messages.tell(Error::Write(error));
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
            messages.tell(&error);
            ExitCode::from(status(&error))
        }
        (Ok(_), Err(cause)) if !is_closed_pipe(&cause) => {
            messages.tell(Error::Write(cause));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_steer_the_terminal() {
        let mut out = Vec::new();
        Messages::new("hail", &mut out).tell("a\x1b[2Jb\nTry 'hail --help'.");
        assert_eq!(out, b"hail: a\\033[2Jb\nTry 'hail --help'.\n");
    }
}
