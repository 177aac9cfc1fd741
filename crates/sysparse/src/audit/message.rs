//! The message in a record that a program wrote.
//!
//! ```text
//! pid=7 uid=0 auid=7005 ses=1 msg='op=login acct="root" exe="/usr/bin/login" res=success'
//! ```
//!
//! The kernel's own log ends the line at a newline in the message, so the second quote can be missing
//! there, and the last quote of the line can be part of the message.
//!
//! Source: `audit_receive_msg` in `kernel/audit.c` of Linux.

use super::value::separator;
use super::{Fields, Record};
use crate::grammar::{Parsed, blanks, literal, whole};
use memchr::memmem;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_while_m_n;
use nom::combinator::{eof, rest, value};
use nom::sequence::preceded;

impl<'a> Record<'a> {
    /// The fields in `msg='...'`, which the program that wrote the record chose.
    ///
    /// ```
    /// let line = b"type=USER_LOGIN msg=audit(1.000:1): pid=7 auid=0 msg='op=login res=success'";
    /// let record = sysparse::audit::record(line)?.expect("a record");
    /// let names = record.message().expect("a message").map(|(name, _)| name);
    /// assert!(names.eq([&b"op"[..], b"res"]));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    pub fn message(&self) -> Option<Fields<'a>> {
        self.message_text().map(Fields::new)
    }

    /// The text of the message.
    pub(super) fn message_text(&self) -> Option<&'a [u8]> {
        const OPENING: &[u8] = b" msg='";
        let text = self.body.get(memmem::find(self.body, OPENING)? + OPENING.len()..)?;
        Some(closed(text).unwrap_or(text))
    }
}

/// The message that the last quote of `text` ends, if it does.
fn closed(text: &[u8]) -> Option<&[u8]> {
    let (message, after) = text.split_at_checked(memchr::memrchr(b'\'', text)?)?;
    whole(closing, after).map(|()| message)
}

/// Whether what follows `msg='` ends with the quote of a message.
pub(super) fn ends_message(text: &[u8]) -> bool {
    closed(text).is_some()
}

/// The quote after a message, and what can follow it: blanks, or the second part of an enriched
/// record.
fn closing(input: &[u8]) -> Parsed<'_, ()> {
    let separator = alt((separator, literal(b" ")));
    let upper = take_while_m_n(1, 1, |byte: u8| byte.is_ascii_uppercase());
    let enriched = (separator, upper, rest);
    let nothing = (blanks, eof);
    preceded(literal(b"'"), alt((value((), enriched), value((), nothing)))).parse(input)
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use std::format;

    #[test]
    fn a_message_ends_at_its_quote_or_with_the_line() {
        for (text, wanted) in [
            ("a=1'", "a=1"),
            ("a=1' ", "a=1"),
            ("a=1'\x1dUID=\"root\"", "a=1"),
            ("a=1'#035UID=\"root\"", "a=1"),
            ("a=1'^]UID=\"root\"", "a=1"),
            ("a=1'\\035UID=\"root\"", "a=1"),
            ("a=1' UID=\"root\"", "a=1"),
            ("a=1", "a=1"),
            ("a=it's b=1", "a=it's b=1"),
            ("a=it's b=1'", "a=it's b=1"),
            ("", ""),
            ("'", ""),
        ] {
            let line = format!("type=USER_AVC msg=audit(1.000:1): pid=1 msg='{text}");
            let record = record(line.as_bytes()).expect("well-formed").expect("a record");
            assert_eq!(record.message_text(), Some(wanted.as_bytes()), "{text}");
            let fields = record.message().expect("a message").map(|(name, _)| name);
            let names = wanted.split(' ').filter_map(|field| field.split_once('='));
            assert!(fields.eq(names.map(|(name, _)| name.as_bytes())), "{text}");
        }
        let record = record(b"type=CWD msg=audit(1.000:1): cwd=\"/\"").expect("well-formed");
        assert!(record.expect("a record").message().is_none());
    }
}
