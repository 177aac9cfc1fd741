//! Several records of one event in one line, as some log shippers join them.
//!
//! ```text
//! type=SYSCALL msg=audit(1.000:1): ... comm="cat" key=(null) type=CWD msg=audit(1.000:1): cwd="/"
//! ```
//!
//! A tab or an escape of rsyslog (`#011`, `#012`) may stand in the place of the blank between two records.
//! Text inside quotes and inside `msg='...'` never starts a record: audited users choose it. A message
//! may hold its own closing quote, so it extends to the end of the line.

use super::message::ends_message;
use super::stamp;
use super::start::{next_stamp, record_start};
use super::{Record, RecordHeader, Rest};
use crate::ParseError;
use crate::grammar::{Parsed, literal, no_match, up_to};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take;
use nom::combinator::{map, opt, rest};
use nom::sequence::preceded;

/// What may follow a record in its line.
const END_OF_EVENT: &str = "another record of this event or the end of the line";

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

impl<'a> RecordHeader<'a> {
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
        let mut parts = Parts { rest: record.body };
        match parts.find(|(_, part)| *part == Part::Stamp) {
            Some((rest, _)) => self.end_at(rest, &record),
            None => (self, Following::Nothing),
        }
    }

    /// Whether the record ends inside quotes or inside `msg='...`, so that text that a user chose may
    /// go on in the next line.
    #[must_use]
    pub fn ends_in_quotes(&self) -> bool {
        let body = self.record().map_or(&[][..], |record| record.body);
        Parts { rest: body }.any(|(_, part)| part == Part::OpenText)
    }

    /// Ends the record before `rest`, which begins with a stamp or with another record.
    fn end_at(self, rest: &'a [u8], record: &Record<'a>) -> (RecordHeader<'a>, Following<'a>) {
        let end = self.line.len() - rest.len();
        let line = self.line.get(..end).unwrap_or_default().trim_ascii_end();
        let body = record.body.get(..record.body.len() - rest.len()).unwrap_or_default();
        let rest_of_first = Rest::Fields(record.event, body.trim_ascii_end());
        let first = RecordHeader { kind: self.kind, line, rest: rest_of_first };
        (first, self.following(rest, record.event))
    }

    fn following(self, rest: &'a [u8], event: &[u8]) -> Following<'a> {
        if let Ok((rest, (node, kind))) = preceded(opt(separator), record_start).parse(rest) {
            let next = RecordHeader { kind, line: self.line, rest: Rest::Opening(rest) };
            let is_same = next.record().is_ok_and(|next| {
                next.event == event && node.is_none_or(|node| next.node() == Some(node))
            });
            if is_same {
                return Following::Record(next);
            }
        }
        let at = self.line.len() - rest.len();
        Following::Stamp(ParseError { expected: END_OF_EVENT, at })
    }
}

/// A part of a record's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    /// A message without its last quote.
    OpenText,
    /// A stamp, or a record that begins with one, or a quoted value without its last quote that holds
    /// one.
    Stamp,
}

/// The parts of a record's body, each with the text from its start.
struct Parts<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Parts<'a> {
    type Item = (&'a [u8], Part);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.rest;
        let (rest, part) = part(start).ok()?;
        self.rest = rest;
        Some((start, part))
    }
}

fn part(input: &[u8]) -> Parsed<'_, Part> {
    let stamp = |input| map(stamp::event, |_| Part::Stamp).parse(input);
    match input.first() {
        Some(b' ') => alt((message, quoted, next_record, text)).parse(input),
        Some(b'\t' | b'#') => alt((next_record, text)).parse(input),
        Some(b'a' | b'm') => alt((stamp, text)).parse(input),
        None => Err(no_match(input)),
        _ => alt((quoted, text)).parse(input),
    }
}

/// At least one byte, up to one at which another part may begin.
fn text(input: &[u8]) -> Parsed<'_, Part> {
    const STAMP: &[u8] = b"audit";
    let begins = |(at, byte): (usize, &u8)| match byte {
        b' ' | b'\t' | b'#' => Some(at),
        b'"' => at.checked_sub(1),
        b'(' => input.get(..at)?.ends_with(STAMP).then(|| at - STAMP.len()),
        _ => None,
    };
    let mut places = input.iter().enumerate().filter_map(begins);
    let end = places.find(|at| *at > 0).unwrap_or(input.len());
    map(take(end), |_| Part::Text).parse(input)
}

/// ` node=lab type=EOE msg=audit(`
fn next_record(input: &[u8]) -> Parsed<'_, Part> {
    map(preceded(separator, record_start), |_| Part::Stamp).parse(input)
}

/// What stands between two records.
fn separator(input: &[u8]) -> Parsed<'_, ()> {
    alt((literal(b" "), literal(b"\t"), literal(b"#011"), literal(b"#012"))).parse(input)
}

/// ` msg='...` up to the end of the line.
fn message(input: &[u8]) -> Parsed<'_, Part> {
    let is_closed = |text: &[u8]| if ends_message(text) { Part::Text } else { Part::OpenText };
    preceded(literal(b" msg='"), map(rest, is_closed)).parse(input)
}

/// `="/etc/motd"`: a quote opens a value only after a delimiter.
fn quoted(input: &[u8]) -> Parsed<'_, Part> {
    let (text, delimiter) = take(2usize).parse(input)?;
    if !matches!(delimiter, [b'=' | b'[' | b',' | b'(' | b'{' | b':' | b' ', b'"']) {
        return Err(no_match(input));
    }
    let open = |text| if next_stamp(text).is_some() { Part::Stamp } else { Part::OpenText };
    alt((map(up_to(b'"', b"\""), |_| Part::Text), map(rest, open))).parse(text)
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
            (
                "type=CWD msg=audit(1.0:1): x=\"a\"\ttype=EOE msg=audit(1.0:1): #1",
                &["x=\"a\"", "#1"],
                false,
            ),
            (
                "type=CWD msg=audit(1.0:1): x=1#012type=EOE msg=audit(1.0:1): #011y#=\"#\"",
                &["x=1", "#011y#=\"#\""],
                false,
            ),
            ("type=CWD msg=audit(1.0:1): x=1\ttype=EOE msg=audit(1.0:2): y", &["x=1"], true),
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
        let after = |separator: &str| FORGED.replacen(' ', separator, 1);
        for body in [
            std::format!("name=\"{}\" x=1", after("\t")),
            std::format!("name=\"#012{}\" x=1", after("#012")),
            std::format!("pid=1 msg='op=x' {}", after("#012")),
            std::format!("name=\"{FORGED}\" x=1"),
            std::format!("a0=\"x\" a1=\"{FORGED}\""),
            std::format!("msg='op=x acct=\"{FORGED}\" res=success'"),
            std::format!("pid=1 msg='op=x acct=\"'{FORGED}\" res=success'"),
            std::format!("pid=1 msg='op=x' {FORGED}"),
        ] {
            let line = std::format!("type=X msg=audit(1.0:1): {body}");
            assert_eq!(bodies(&line), (Vec::from([body]), false));
        }
    }

    #[test]
    fn the_place_of_another_stamp_and_the_end_of_a_record_are_known() {
        let line = "node=a type=CWD msg=audit(1.0:1): x=1 type=EOE msg=audit(1.0:2): y";
        let (first, following) = header(line.as_bytes()).expect("a record").split();
        assert_eq!(first.line, b"node=a type=CWD msg=audit(1.0:1): x=1");
        let error = ParseError { expected: END_OF_EVENT, at: 37 };
        assert_eq!(following, Following::Stamp(error));
    }

    #[test]
    fn a_quote_without_an_end_leaves_a_record_open() {
        let is_open = |body: &str| {
            let line = std::format!("type=USER_CMD msg=audit(1.0:1): {body}");
            header(line.as_bytes()).expect("a record").ends_in_quotes()
        };
        for body in
            ["x=1", "x=\"a\" y=\"b\"", "pid=1 msg='a=1'", "pid=1 msg='a=1' UID=\"root\"", ""]
        {
            assert!(!is_open(body), "{body}");
        }
        for body in ["x=\"a", "x=\"a\" y=\"b", "pid=1 msg='a=1", "pid=1 msg='it's so"] {
            assert!(is_open(body), "{body}");
        }
    }
}
