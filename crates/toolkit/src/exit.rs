//! How a run ends: its exit status, the message about an error, and the last flush.
//!
//! A reader that has seen enough closes the pipe, as in `auditloginfo ... | head`. That is no error:
//! the run ends at once, without a message, with status 0. Any other failure to write, including the
//! last flush, is reported and ends the run, because a truncated report must not pass for a whole
//! one.
//!
//! ```no_run
//! use std::process::ExitCode;
//! use std::io::{self, Write};
//! use toolkit::exit::{self, ExitStatus};
//!
//! #[derive(Debug, thiserror::Error)]
//! #[error("standard output: {0}")]
//! struct Error(#[from] io::Error);
//!
//! impl ExitStatus for Error {
//!     fn exit_status(&self) -> u8 {
//!         1
//!     }
//!
//!     fn write_error(&self) -> Option<&io::Error> {
//!         Some(&self.0)
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     exit::main("hail", |_, out, _| {
//!         out.write_all(b"hello\n")?;
//!         Ok::<u8, Error>(0)
//!     })
//! }
//! ```

use crate::messages::Messages;
use std::env::{self, ArgsOs};
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

/// An error that ends a run. Its text is the message, in which names are escaped; an [`io::Error`]
/// that is converted into it is a failure to write to standard output.
pub trait ExitStatus: Display + From<io::Error> {
    /// The exit status of the command.
    fn exit_status(&self) -> u8;

    /// The cause, if standard output could not be written.
    fn write_error(&self) -> Option<&io::Error>;
}

/// Runs a command. `run` gets the words after its name, standard output with a buffer, and the
/// messages, and returns the exit status.
pub fn main<E: ExitStatus>(
    command: &'static str,
    run: impl FnOnce(ArgsOs, &mut BufWriter<File>, &mut Messages<io::Stderr>) -> Result<u8, E>,
) -> ExitCode {
    let mut messages = Messages::new(command, io::stderr());
    let mut words = env::args_os();
    words.next();
    let ended = stdout().map_err(E::from).and_then(|stdout| {
        let mut out = BufWriter::with_capacity(1 << 16, stdout);
        let ended = run(words, &mut out, &mut messages);
        let flushed = out.flush();
        // Dropping the writer would write again what a failed write left in the buffer.
        let _ = out.into_parts();
        ended.and_then(|status| Ok(flushed.map(|()| status)?))
    });
    match ended {
        Ok(status) => ExitCode::from(status),
        Err(error) if error.write_error().is_some_and(is_closed_pipe) => ExitCode::SUCCESS,
        Err(error) => {
            messages.warn_lines(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Standard output as a plain file. The handle of the standard library ignores a failure to write
/// to a descriptor that is closed or not open for writing.
fn stdout() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}
