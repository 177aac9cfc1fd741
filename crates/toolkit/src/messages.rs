//! Warnings and errors on standard error, each led by the command's name.

use crate::escape::escape_control;
use std::fmt::Display;
use std::io::Write;

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
    pub fn warn(&mut self, message: impl Display) {
        let command = self.command;
        self.print_raw(format_args!("{command}: {message}"));
    }

    /// Tells one message without the command's name, where programs expect it that way.
    pub fn print_raw(&mut self, message: impl Display) {
        let text = message.to_string();
        let lines = text.split('\n').map(|line| escape_control(line.as_bytes()) + "\n");
        let _ = self.out.write_all(lines.collect::<String>().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_steer_the_terminal() {
        let mut out = Vec::new();
        Messages::new("hail", &mut out).warn("a\x1b[2Jb\nTry 'hail --help'.");
        assert_eq!(out, b"hail: a\\033[2Jb\nTry 'hail --help'.\n");
    }
}
