//! Escapes, so that no control character of the input reaches a terminal.
//!
//! ```
//! assert_eq!(toolkit::escape::escape_control(b"a\x1b[2J"), "a\\033[2J");
//! ```

use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// How a name is escaped, in the words of ausearch(8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escape {
    /// Not at all.
    Raw,
    /// Control characters (below 0x20, 0x7f, U+0080 to U+009F), the controls of bidirectional text
    /// (U+202A to U+202E, U+2066 to U+2069) and bytes that are not UTF-8 become a backslash and
    /// three octal digits per byte.
    #[default]
    Tty,
    /// As `Tty`, and a backslash precedes spaces and what a shell expands inside double quotes.
    Shell,
    /// One word for sh, bash, zsh and fish, which none of them expands: in single quotes where it
    /// needs them. The bytes that `Tty` escapes become `$'\012'`, which only bash and zsh read.
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
        match self {
            Escape::Raw => out.write_all(name),
            Escape::Tty => escape(name, |_| false, out),
            Escape::Shell => escape(name, |byte| b" !\"$'()\\`|".contains(&byte), out),
            Escape::ShellQuote => shell_quote(name, out),
        }
    }

    /// Writes `name` as one field of tab-separated values: a backslash of the name becomes `\134`,
    /// so that the escapes of `Tty` can be undone. Even `Raw` escapes what would end the field or the
    /// line.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_field(self, name: &[u8], end: u8, out: &mut impl Write) -> io::Result<()> {
        let is_special = |byte: &u8| match self {
            Escape::Raw => [b'\t', end].contains(byte),
            Escape::Tty => *byte == b'\\',
            Escape::Shell | Escape::ShellQuote => false,
        };
        let mut rest = name;
        while let Some(at) = rest.iter().position(is_special) {
            let (before, special) = rest.split_at(at);
            self.write(before, out)?;
            octal(special.get(..1).unwrap_or_default(), out)?;
            rest = special.get(1..).unwrap_or_default();
        }
        self.write(rest, out)
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

/// The name of a file with the escapes of [`Escape::Tty`], for a message.
#[must_use]
pub fn escape_path(path: &Path) -> String {
    escape_control(path.as_os_str().as_bytes())
}

/// Whether every byte is a printable ASCII character, as in most names.
fn is_plain(name: &[u8]) -> bool {
    // Without an early return, the compiler vectorizes the loop.
    !name.iter().fold(false, |odd, byte| odd | !matches!(byte, 0x20..=0x7e))
}

/// Whether a terminal may obey the character instead of printing it.
pub(crate) fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes `name` with octal escapes, and a backslash before each ASCII byte that `is_special`.
fn escape(name: &[u8], is_special: impl Fn(u8) -> bool, out: &mut impl Write) -> io::Result<()> {
    if is_plain(name) && !name.iter().any(|byte| is_special(*byte)) {
        return out.write_all(name);
    }
    for chunk in name.utf8_chunks() {
        for character in chunk.valid().chars() {
            let mut buffer = [0; 4];
            let bytes = character.encode_utf8(&mut buffer).as_bytes();
            match bytes {
                _ if is_control(character) => octal(bytes, out)?,
                [byte] if is_special(*byte) => out.write_all(&[b'\\', *byte])?,
                _ => out.write_all(bytes)?,
            }
        }
        octal(chunk.invalid(), out)?;
    }
    Ok(())
}

/// How a part of a name is quoted for a shell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// Outside quotes, each byte after a backslash: `'` and `\`, which fish reads even inside
    /// single quotes.
    Backslash,
    /// `'...'`
    Single,
    /// `$'...'`, where each byte is a backslash and three octal digits.
    Octal,
}

impl Quoting {
    fn for_character(character: char) -> Quoting {
        match character {
            '\'' | '\\' => Quoting::Backslash,
            _ if is_control(character) => Quoting::Octal,
            _ => Quoting::Single,
        }
    }

    fn opening(self) -> &'static [u8] {
        match self {
            Quoting::Backslash => b"",
            Quoting::Single => b"'",
            Quoting::Octal => b"$'",
        }
    }

    fn closing(self) -> &'static [u8] {
        if self == Quoting::Backslash { b"" } else { b"'" }
    }

    fn write(self, bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
        match self {
            Quoting::Backslash => out.write_all(b"\\").and_then(|()| out.write_all(bytes)),
            Quoting::Single => out.write_all(bytes),
            Quoting::Octal => octal(bytes, out),
        }
    }
}

fn shell_quote(name: &[u8], out: &mut impl Write) -> io::Result<()> {
    let is_safe = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./:,+-@".contains(byte);
    if !name.is_empty() && name.iter().all(is_safe) {
        return out.write_all(name);
    }
    if name.is_empty() {
        return out.write_all(b"''");
    }
    let mut quoting = Quoting::Backslash;
    for chunk in name.utf8_chunks() {
        for character in chunk.valid().chars() {
            quoting = requote(quoting, Quoting::for_character(character), out)?;
            quoting.write(character.encode_utf8(&mut [0; 4]).as_bytes(), out)?;
        }
        if !chunk.invalid().is_empty() {
            quoting = requote(quoting, Quoting::Octal, out)?;
            quoting.write(chunk.invalid(), out)?;
        }
    }
    out.write_all(quoting.closing())
}

/// Goes from one quoting to the next, which it returns.
fn requote(old: Quoting, new: Quoting, out: &mut impl Write) -> io::Result<Quoting> {
    if old != new {
        out.write_all(old.closing())?;
        out.write_all(new.opening())?;
    }
    Ok(new)
}

fn octal(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    bytes.iter().try_for_each(|byte| write!(out, "\\{byte:03o}"))
}

#[cfg(test)]
mod tests;
