//! How a run ends: its exit status, its messages, and whether all of the output was written.
//!
//! A reader that has seen enough closes the pipe (`auditloginfo ... | head`); that is no error, so
//! the run ends at once, quietly, with status 0. Any other failure to write, the last flush
//! included, is told and ends the run: a report cut short must not pass for a whole one.

use crate::paint::Escape;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

/// An error that ends a run.
pub trait Fatal: Display {
    /// The exit status.
    fn status(&self) -> u8;
    /// The failed write, if that is what it was.
    fn write_error(&self) -> Option<&io::Error>;
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
        let mut line = Vec::new();
        for part in text.split('\n') {
            let _ = Escape::Tty.write(part.as_bytes(), &mut line);
            line.push(b'\n');
        }
        let _ = self.out.write_all(&line);
    }
}

/// Runs a command: `run` gets standard output, buffered, and the messages, and gives the status.
pub fn main<E: Fatal>(
    command: &'static str,
    run: impl FnOnce(&mut BufWriter<File>, &mut Messages<io::Stderr>) -> Result<u8, E>,
) -> ExitCode {
    let mut messages = Messages::new(command, io::stderr());
    let stdout = match stdout() {
        Ok(stdout) => stdout,
        Err(error) => {
            messages.tell(format_args!("standard output: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let mut out = BufWriter::with_capacity(1 << 16, stdout);
    let ended = run(&mut out, &mut messages);
    let flushed = out.flush();
    // What a failed write left in the buffer must not be tried once more on drop.
    let _ = out.into_parts();
    match (ended, flushed) {
        (Err(error), _) => match error.write_error() {
            Some(cause) if cause.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            _ => {
                messages.tell(&error);
                ExitCode::from(error.status())
            }
        },
        (Ok(_), Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
            messages.tell(format_args!("standard output: {error}"));
            ExitCode::FAILURE
        }
        (Ok(status), _) => ExitCode::from(status),
    }
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
