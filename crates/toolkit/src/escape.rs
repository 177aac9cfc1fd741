//! Escapes, so that no control character of the input reaches a terminal.
//!
//! ```
//! assert_eq!(toolkit::escape::escape_control(b"a\x1b[2J"), "a\\033[2J");
//! ```

use std::io::{self, Write};

/// How a name is escaped, in the words of ausearch(8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escape {
    /// Not at all.
    Raw,
    /// Control characters (below 0x20, 0x7f, U+0080 to U+009F) and bytes that are not UTF-8 become a
    /// backslash and three octal digits.
    #[default]
    Tty,
    /// As `Tty`, and a backslash precedes spaces and what a shell expands inside double quotes.
    Shell,
    /// As `Tty`, and a backslash precedes every character that is special to a shell.
    ShellQuote,
}

impl Escape {
    /// The values of `--escape`.
    pub const WORDS: &'static [(&'static str, Escape)] = &[
        ("raw", Escape::Raw),
        ("tty", Escape::Tty),
        ("shell", Escape::Shell),
        ("shell_quote", Escape::ShellQuote),
    ];

    /// Writes `name` with escapes.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, name: &[u8], out: &mut impl Write) -> io::Result<()> {
        if self.leaves_alone(name) {
            return out.write_all(name);
        }
        for chunk in name.utf8_chunks() {
            for character in chunk.valid().chars() {
                self.character(character, out)?;
            }
            octal(chunk.invalid(), out)?;
        }
        Ok(())
    }

    fn character(self, character: char, out: &mut impl Write) -> io::Result<()> {
        let mut buffer = [0; 4];
        let bytes = character.encode_utf8(&mut buffer).as_bytes();
        if character.is_control() {
            return octal(bytes, out);
        }
        if matches!(bytes, [byte] if self.is_special(*byte)) {
            out.write_all(b"\\")?;
        }
        out.write_all(bytes)
    }

    /// Whether the name needs no escape, as most names do.
    fn leaves_alone(self, name: &[u8]) -> bool {
        // Without an early return, the compiler vectorizes the loop.
        let has_odd = name.iter().fold(false, |odd, byte| odd | !matches!(byte, 0x20..=0x7e));
        let may_quote = matches!(self, Escape::Shell | Escape::ShellQuote);
        let is_quoted = || may_quote && name.iter().any(|byte| self.is_special(*byte));
        self == Escape::Raw || !(has_odd || is_quoted())
    }

    /// Whether a backslash must precede the byte.
    fn is_special(self, byte: u8) -> bool {
        match self {
            Escape::Raw | Escape::Tty => false,
            Escape::Shell => b" !\"$'()\\`|".contains(&byte),
            Escape::ShellQuote => b" !\"#$&'()*;<>?[\\]`{|}".contains(&byte),
        }
    }
}

/// A name with the escapes of [`Escape::Tty`].
#[must_use]
pub fn escape_control(name: &[u8]) -> String {
    let mut text = Vec::with_capacity(name.len());
    // Writing to a vector cannot fail.
    let _ = Escape::Tty.write(name, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

fn octal(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    bytes.iter().try_for_each(|byte| write!(out, "\\{byte:03o}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(escape: Escape, name: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        escape.write(name, &mut out).unwrap();
        out
    }

    #[test]
    fn tty_escapes_control_characters_and_bytes_that_are_not_utf8() {
        let name = b"a\x1b\t\x7f\xc2\x9b\xc3\xa9\xff\\ '";
        assert_eq!(escaped(Escape::Tty, name), b"a\\033\\011\\177\\302\\233\xc3\xa9\\377\\ '");
        assert_eq!(escaped(Escape::Raw, name), name);
    }

    #[test]
    fn characters_special_to_a_shell_get_a_backslash() {
        let special = |escape| {
            let doubled = |byte: &u8| escaped(escape, &[*byte]) == [b'\\', *byte];
            (0x20..0x7f).filter(doubled).map(char::from).collect::<String>()
        };
        assert_eq!(special(Escape::Shell), " !\"$'()\\`|");
        assert_eq!(special(Escape::ShellQuote), " !\"#$&'()*;<>?[\\]`{|}");
    }
}
