//! Several records of one event in one line, as some log shippers join them.
//!
//! ```text
//! type=SYSCALL msg=audit(1.000:1): ... comm="cat" key=(null) type=CWD msg=audit(1.000:1): cwd="/"
//! ```
//!
//! Text inside quotes and inside `msg='...'` never starts a record: audited users choose it. A message
//! may hold its own closing quote, so it extends to the end of the line.

use super::stamp;
use super::start::{next_stamp, record_start};
use super::{RecordHeader, RecordType};
use crate::ParseError;
use crate::grammar::{Parsed, literal, no_match, up_to};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{take, take_while1};
use nom::combinator::{map, opt, rest, value};
use nom::sequence::preceded;

/// What follows a record in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Following<'a> {
    /// Nothing.
    Nothing,
    /// Another record of the same event.
    Record(RecordHeader<'a>),
    /// A stamp that does not belong there.
    Stamp(ParseError),
}

/// The length in bytes that few records exceed: a longer line is searched for a second record.
const USUAL_LENGTH: usize = 512;

impl<'a> RecordHeader<'a> {
    /// Whether the line ends with a field that ends a record of this type, so that no record of
    /// another type follows. This costs little; the answer no means that it is not known.
    #[must_use]
    #[inline]
    pub fn ends_line(&self) -> bool {
        let Some(at) = memchr::memrchr(b'=', self.line) else { return false };
        let Some((before, _)) = self.line.split_at_checked(at) else { return false };
        let Some(name) = before.last_chunk::<4>() else { return false };
        let is_last = match self.kind {
            RecordType::Syscall => matches!(name, b" key" | b"SGID"),
            RecordType::Path => matches!(name, b"type" | b"otid" | b"fver" | b"OGID"),
            RecordType::Cwd => name == b" cwd",
            RecordType::Detail => matches!(name, b"itle" | b"addr"),
            _ => false,
        };
        is_last && self.line.len() <= USUAL_LENGTH && !self.line.ends_with(b"\r")
    }

    /// The record without what follows it in its line, and what that is.
    ///
    /// ```
    /// use sysparse::audit::{self, Following, RecordType};
    ///
    /// let line = b"type=CWD msg=audit(1.000:1): cwd=\"/\" type=EOE msg=audit(1.000:1): ";
    /// let (cwd, following) = audit::header(line).expect("a record").split();
    /// assert_eq!(cwd.record().unwrap().body, b" cwd=\"/\"");
    /// let Following::Record(end) = following else { panic!() };
    /// assert_eq!(end.kind, RecordType::Detail);
    /// ```
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn split(self) -> (RecordHeader<'a>, Following<'a>) {
        let Ok(record) = self.record() else { return (self, Following::Nothing) };
        if next_stamp(record.body).is_none() {
            return (self, Following::Nothing);
        }
        let mut input = record.body;
        while let Ok((behind, part)) = part(input) {
            if part == Part::Stamp {
                return self.end_at(input, record.event);
            }
            if behind.is_empty() {
                break;
            }
            input = behind;
        }
        (self, Following::Nothing)
    }

    /// Ends the record before `rest`, which begins with a stamp or with another record.
    fn end_at(self, rest: &'a [u8], event: &[u8]) -> (RecordHeader<'a>, Following<'a>) {
        let end = self.line.len() - rest.len();
        let length = self.rest.len() - rest.len();
        let first = RecordHeader {
            kind: self.kind,
            line: self.line.get(..end).unwrap_or_default().trim_ascii_end(),
            rest: self.rest.get(..length).unwrap_or_default().trim_ascii_end(),
        };
        (first, self.following(rest, event))
    }

    fn following(self, rest: &'a [u8], event: &[u8]) -> Following<'a> {
        let blank = |input: &'a [u8]| opt(literal(b" ")).parse(input);
        if let Ok((rest, (node, kind))) = preceded(blank, record_start).parse(rest) {
            let next = RecordHeader { kind, line: self.line, rest };
            let is_same = next.record().is_ok_and(|next| {
                next.event == event && node.is_none_or(|node| next.node() == Some(node))
            });
            if is_same {
                return Following::Record(next);
            }
        }
        let at = self.line.len() - rest.len();
        Following::Stamp(ParseError { expected: "no second audit(...) in a line", at })
    }
}

/// A part of a record's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    /// A stamp, or a record that begins with one.
    Stamp,
}

fn part(input: &[u8]) -> Parsed<'_, Part> {
    let text = || alt((take_while1(is_plain), take(1usize)));
    alt((
        map(message, |()| Part::Text),
        map(quoted, |()| Part::Text),
        map(preceded(literal(b" "), record), |()| Part::Stamp),
        map(stamp::event, |_| Part::Stamp),
        map(text(), |_| Part::Text),
    ))
    .parse(input)
}

/// ` msg='...` up to the end of the line.
fn message(input: &[u8]) -> Parsed<'_, ()> {
    value((), (literal(b" msg='"), rest)).parse(input)
}

/// `="/etc/motd"`: a quote opens a value only behind a delimiter.
fn quoted(input: &[u8]) -> Parsed<'_, ()> {
    let (rest, delimiter) = take(2usize).parse(input)?;
    if !matches!(delimiter, [b'=' | b'[' | b',' | b'(' | b'{' | b':' | b' ', b'"']) {
        return Err(no_match(input));
    }
    alt((map(up_to(b'"', b"\""), |_| ()), value((), nom::combinator::rest))).parse(rest)
}

fn record(input: &[u8]) -> Parsed<'_, ()> {
    value((), record_start).parse(input)
}

/// Bytes at which neither a quote, a message nor a record begins.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() && byte != b'a' && byte != b'm'
}

#[cfg(test)]
mod tests {
    use super::super::header;
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn bodies(line: &str) -> (Vec<String>, bool) {
        let mut found = Vec::new();
        let mut next = header(line.as_bytes());
        while let Some(header) = next {
            let (record, following) = header.split();
            let record = record.record().expect("a stamp");
            found.push(String::from_utf8_lossy(record.body.trim_ascii()).into_owned());
            next = match following {
                Following::Nothing => None,
                Following::Record(record) => Some(record),
                Following::Stamp(_) => return (found, true),
            };
        }
        (found, false)
    }

    #[test]
    fn records_of_one_event_are_found_one_after_another() {
        for (line, wanted, damaged) in [
            (
                "type=CWD msg=audit(1.0:1): cwd=\"/\" type=EOE msg=audit(1.0:1): ",
                &["cwd=\"/\"", ""][..],
                false,
            ),
            (
                "node=a type=CWD msg=audit(1.0:1): x=1 node=a type=EOE msg=audit(1.0:1): y",
                &["x=1", "y"],
                false,
            ),
            (
                "type=CWD msg=audit(1.0:1): x=1 audit: type=1320 audit(1.0:1): y",
                &["x=1", "y"],
                false,
            ),
            (
                "node=a type=CWD msg=audit(1.0:1): x=1 node=b type=EOE msg=audit(1.0:1): y",
                &["x=1"],
                true,
            ),
            ("type=CWD msg=audit(1.0:1): x=1 type=EOE msg=audit(1.0:2): y", &["x=1"], true),
            ("type=CWD msg=audit(1.0:1): x=1 y=audit(1.0:1): z", &["x=1 y="], true),
        ] {
            let wanted: Vec<_> = wanted.iter().map(|body| String::from(*body)).collect();
            assert_eq!(bodies(line), (wanted, damaged), "{line}");
        }
    }

    #[test]
    fn text_that_users_choose_starts_no_record() {
        const FORGED: &str = " type=SYSCALL msg=audit(1.0:1): auid=0";
        for body in [
            std::format!("name=\"{FORGED}\" x=1"),
            std::format!("name=\"{FORGED}"),
            std::format!("a0=\"x\" a1=\"{FORGED}\""),
            std::format!("msg='op=x acct=\"{FORGED}\" res=success'"),
            std::format!("pid=1 msg='op=x acct=\"'{FORGED}\" res=success'"),
            std::format!("pid=1 msg='op=x' {FORGED}"),
        ] {
            let line = std::format!("type=X msg=audit(1.0:1): {body}");
            assert_eq!(bodies(&line), (Vec::from([body]), false));
        }
    }
}
