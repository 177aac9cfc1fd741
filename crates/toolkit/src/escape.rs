//! What reaches a terminal. No escape sequence of the input ever does.

use std::io::{self, Write};

/// How the bytes of a name are made safe to print; the words are those of ausearch(8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escape {
    /// As they are.
    Raw,
    /// Control characters (below 0x20, 0x7f, U+0080 to U+009F) and bytes that are not UTF-8 as a
    /// backslash and three octal digits.
    #[default]
    Tty,
    /// And a backslash before what a shell expands inside double quotes, and before blanks.
    Shell,
    /// And a backslash before every character with a meaning to a shell.
    ShellQuote,
}

impl Escape {
    /// The words for `--escape`.
    pub const WORDS: &'static [(&'static str, Escape)] = &[
        ("raw", Escape::Raw),
        ("tty", Escape::Tty),
        ("shell", Escape::Shell),
        ("shell_quote", Escape::ShellQuote),
    ];

    /// Writes `name`, escaped.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, name: &[u8], out: &mut impl Write) -> io::Result<()> {
        if self.leaves(name) {
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

    /// Whether all of the name prints as itself, as most names do.
    fn leaves(self, name: &[u8]) -> bool {
        // No way out in the middle, so that the compiler looks at many bytes at once.
        let has_odd = name.iter().fold(false, |odd, byte| odd | !matches!(byte, 0x20..=0x7e));
        let may_quote = matches!(self, Escape::Shell | Escape::ShellQuote);
        let is_quoted = || may_quote && name.iter().any(|byte| self.is_special(*byte));
        self == Escape::Raw || !(has_odd || is_quoted())
    }

    /// Whether the byte wants a backslash.
    fn is_special(self, byte: u8) -> bool {
        match self {
            Escape::Raw | Escape::Tty => false,
            Escape::Shell => b" !\"$'()\\`|".contains(&byte),
            Escape::ShellQuote => b" !\"#$&'()*;<>?[\\]`{|}".contains(&byte),
        }
    }
}

/// A name as it may go to a terminal, escaped by [`Escape::Tty`].
#[must_use]
pub fn escape_control(name: &[u8]) -> String {
    let mut text = Vec::with_capacity(name.len());
    // A vector takes all.
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
        escape.write(name, &mut out).expect("a vector takes all");
        out
    }

    #[test]
    fn tty_escapes_controls_and_what_is_not_utf8() {
        let name = b"a\x1b\t\x7f\xc2\x9b\xc3\xa9\xff\\ '";
        assert_eq!(escaped(Escape::Tty, name), b"a\\033\\011\\177\\302\\233\xc3\xa9\\377\\ '");
        assert_eq!(escaped(Escape::Raw, name), name);
    }

    #[test]
    fn shells_get_backslashes() {
        let special = |escape| {
            let doubled = |byte: &u8| escaped(escape, &[*byte]) == [b'\\', *byte];
            (0x20..0x7f).filter(doubled).map(char::from).collect::<String>()
        };
        assert_eq!(special(Escape::Shell), " !\"$'()\\`|");
        assert_eq!(special(Escape::ShellQuote), " !\"#$&'()*;<>?[\\]`{|}");
    }
}
