//! Warnings and errors on standard error, each preceded by the name of the command.
//!
//! ```
//! use toolkit::messages::Messages;
//!
//! let mut out = Vec::new();
//! let mut messages = Messages::new("hail", &mut out);
//! messages.warn("nobody is here");
//! messages.warn_once("it rains");
//! messages.warn_once("it rains");
//! assert_eq!(out, b"hail: nobody is here\nhail: it rains\n");
//! ```

use crate::escape::escape_control;
use nix::errno::Errno;
use std::collections::HashSet;
use std::fmt::Display;
use std::io::{self, Write};

/// Messages to standard error, each preceded by the name of the command.
///
/// A failure to write them is ignored: there is no other place to report it.
pub struct Messages<W: Write> {
    command: &'static str,
    out: W,
    warned: HashSet<String>,
}

/// How many different messages [`Messages::warn_once`] prints: a damaged file can have many thousand
/// damaged lines.
const WARN_ONCE_MAX: usize = 100;

impl<W: Write> Messages<W> {
    /// Messages of `command` to `out`.
    pub fn new(command: &'static str, out: W) -> Self {
        Messages { command, out, warned: HashSet::new() }
    }

    /// Prints a message. Control characters in it are escaped, so text of the input can neither
    /// steer a terminal nor begin a message of its own.
    pub fn warn(&mut self, message: impl Display) {
        let text = format!("{}: {message}", self.command);
        let _ = writeln!(self.out, "{}", escape_control(text.as_bytes()));
    }

    /// Prints a message of several lines. Names in it must be escaped already: a newline of a name
    /// would begin a line.
    pub fn warn_lines(&mut self, message: impl Display) {
        let command = self.command;
        self.print_raw(format_args!("{command}: {message}"));
    }

    /// Prints a message unless it was printed before: most problems persist for many reports.
    pub fn warn_once(&mut self, message: impl Display) {
        let text = message.to_string();
        self.warn_once_about(&text, &text);
    }

    /// Prints a message unless one about this subject was printed before: each tree of a saved system
    /// has the same problem in a file of its own.
    pub fn warn_once_about(&mut self, subject: &str, message: impl Display) {
        if self.warned.len() >= WARN_ONCE_MAX || self.warned.contains(subject) {
            return;
        }
        self.warn(message);
        self.warned.insert(subject.to_owned());
        if self.warned.len() == WARN_ONCE_MAX {
            self.warn("further messages are not shown");
        }
    }

    /// Prints a message without the name of the command, where other programs expect that.
    pub fn print_raw(&mut self, message: impl Display) {
        let text = message.to_string();
        let lines = text.split('\n').map(|line| escape_control(line.as_bytes()) + "\n");
        let _ = self.out.write_all(lines.collect::<String>().as_bytes());
    }
}

/// An error of the system in words, without its number.
///
/// ```
/// use std::io;
/// use toolkit::messages::describe;
///
/// assert_eq!(describe(&io::Error::from_raw_os_error(2)), "No such file or directory");
/// assert_eq!(describe(&io::Error::other("not a pipe")), "not a pipe");
/// ```
#[must_use]
pub fn describe(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => Errno::from_raw(number).desc().to_owned(),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_steer_the_terminal() {
        let mut out = Vec::new();
        Messages::new("hail", &mut out).warn_lines("a\x1b[2Jb\nTry 'hail --help'.");
        assert_eq!(out, b"hail: a\\033[2Jb\nTry 'hail --help'.\n");
    }

    #[test]
    fn a_newline_in_a_name_begins_no_message() {
        let mut out = Vec::new();
        Messages::new("hail", &mut out).warn("/x\nhail: all is well: No such file");
        assert_eq!(out, b"hail: /x\\012hail: all is well: No such file\n");
    }

    #[test]
    fn a_flood_of_messages_is_cut_off() {
        let mut out = Vec::new();
        let mut messages = Messages::new("hail", &mut out);
        (0..10_000).for_each(|line| messages.warn_once(format_args!("line {line}")));
        messages.warn("the end");
        let text = String::from_utf8(out).expect("text");
        let last: Vec<_> = text.lines().skip(WARN_ONCE_MAX).collect();
        assert_eq!(last, ["hail: further messages are not shown", "hail: the end"]);
    }
}
