//! The fast path for the lines of auditd's log, nearly all of which are one record and nothing else.
//!
//! ```text
//! type=SYSCALL msg=audit(1477415593.489:57658): arch=c000003e syscall=2 ... key=(null)
//! node=lab type=CWD msg=audit(1477415593.489:57658): cwd="/"
//! ```
//!
//! A line can hold more than one record. To look for a second one in each line takes 9 % more
//! instructions; here one search finds the line's end and shows that there is none.

use super::stamp::fast_stamp;
use super::start::next_stamp;
use super::{RecordHeader, RecordType, Rest};
use crate::grammar::{Parsed, literal};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_while_m_n;
use nom::combinator::{map, opt, value};
use nom::sequence::delimited;

/// A byte of each stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StampByte {
    /// The point. It is rare in a call.
    Point = b'.' as isize,
    /// The first bracket. It is rare in other records: `(null)` ends most calls.
    Bracket = b'(' as isize,
}

/// The first line of `block`, if it is one record of auditd and nothing else, of at most `max` bytes, and
/// what follows the line. All other lines, and these too, are read by [`place`](super::place) and
/// [`RecordHeader::split`].
///
/// `find(byte, text)` finds the first newline or `byte` in a text.
///
/// ```
/// use sysparse::audit::{StampByte, fast_line};
///
/// let find = |byte, text: &[u8]| text.iter().position(|it| *it == b'\n' || *it == byte as u8);
/// let block = b"type=CWD msg=audit(1.000:1): cwd=\"/\"\nNov 22 13:14:51 lab kernel: x\n";
/// let (header, rest) = fast_line(block, 8192, find).expect("one record");
/// assert_eq!(header.record().expect("a stamp").body, b" cwd=\"/\"");
/// assert_eq!(fast_line(rest, 8192, find), None);
/// ```
#[must_use]
#[inline(always)]
pub fn fast_line(
    block: &[u8],
    max: usize,
    find: impl Fn(StampByte, &[u8]) -> Option<usize>,
) -> Option<(RecordHeader<'_>, &[u8])> {
    let (text, kind) = opening(block).ok()?;
    // What precedes the text that is searched holds no newline.
    let (rest, split) = if kind == RecordType::Syscall {
        let (body, event) = fast_stamp(text).ok()?;
        let split = Split::new(block, body, find(StampByte::Point, body)?)?;
        (Rest::Fields(event, split.text), split)
    } else {
        let split = Split::new(block, text, find(StampByte::Bracket, text)?)?;
        (Rest::Stamp(split.text), split)
    };
    let Split { line, after, .. } = split;
    (line.len() <= max).then_some((RecordHeader { kind, line, rest }, after))
}

/// The first line of a block.
struct Split<'a> {
    line: &'a [u8],
    /// The end of the line.
    text: &'a [u8],
    /// The other lines.
    after: &'a [u8],
}

impl<'a> Split<'a> {
    /// `text` ends `block` and begins in its first line. The newline is at `found`, or a
    /// [`StampByte`] before it.
    #[inline(always)]
    fn new(block: &'a [u8], text: &'a [u8], found: usize) -> Option<Split<'a>> {
        let (text, after) = match text.split_at_checked(found)? {
            (before, [b'\n', after @ ..]) => (before, after),
            _ => split_after_stamp_byte(text, found)?,
        };
        let line = block.get(..block.len() - after.len() - 1)?;
        if text.last() == Some(&b'\r') {
            return Some(Split { line: strip_return(line), text: strip_return(text), after });
        }
        Some(Split { line, text, after })
    }
}

#[cold]
#[inline(never)]
fn strip_return(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// The type of a record, and what precedes it and its stamp.
#[inline(always)]
fn opening(block: &[u8]) -> Parsed<'_, RecordType> {
    alt((
        value(RecordType::Syscall, (literal(b"type=SYS"), literal(b"CALL msg=audit("))),
        value(RecordType::Detail, (literal(b"type=PRO"), literal(b"CTITLE msg=audit("))),
        value(RecordType::Path, (literal(b"type=PAT"), literal(b"H msg=audit("))),
        value(RecordType::Cwd, (literal(b"type=CWD"), literal(b" msg=audit("))),
        value(RecordType::Detail, (literal(b"type=MMA"), literal(b"P msg=audit("))),
        any_opening,
    ))
    .parse(block)
}

/// `node=lab type=EOE msg=audit(`
#[inline(never)]
fn any_opening(block: &[u8]) -> Parsed<'_, RecordType> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'[' | b']');
    let name = map(take_while_m_n(1, 32, is_name), RecordType::from_name);
    let host = take_while_m_n(1, 255, |byte: u8| byte.is_ascii_graphic());
    let node = delimited(literal(b"node="), host, literal(b" "));
    delimited((opt(node), literal(b"type=")), name, (literal(b" "), literal(b"msg=audit(")))
        .parse(block)
}

/// Splits at the end of the line, which is after a [`StampByte`], unless the line holds a second
/// stamp.
#[cold]
#[inline(never)]
fn split_after_stamp_byte(text: &[u8], found: usize) -> Option<(&[u8], &[u8])> {
    let end = found + memchr::memchr(b'\n', text.get(found..)?)?;
    let (text, after) = text.split_at_checked(end)?;
    next_stamp(text).is_none().then_some((text, after.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::super::{Following, Place, place};
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    const PIECES: [&str; 24] = [
        "type=SYSCALL ",
        "type=CWD ",
        "type=PATH ",
        "type=EOE ",
        "node=a ",
        "msg=audit(1477415593.489:57658):",
        "msg=audit(1477415593.489:57659):",
        "msg=audit(1.0:1):",
        "audit(1.0:1):",
        " arch=c000003e",
        " key=(null)",
        " exe=\"/bin/python3.11\"",
        " msg='op=x (y) 1.5'",
        "\"",
        "'",
        " ",
        "\n",
        "\r",
        ".",
        "(",
        "audit(",
        "audit(1",
        "Nov 22 13:14:51 lab kernel: ",
        "\0",
    ];

    /// Numbers that are the same in each run.
    fn numbers() -> impl Iterator<Item = usize> {
        let mut state = 1u64;
        core::iter::from_fn(move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).ok()
        })
    }

    #[test]
    fn the_fast_path_agrees_with_the_grammars() {
        let find = |byte, text: &[u8]| text.iter().position(|it| *it == b'\n' || *it == byte as u8);
        let mut numbers = numbers();
        let mut next = |below: usize| numbers.next().expect("a number") % below;
        let (mut agreed, mut refused) = (0, 0);
        for _ in 0..test_support::rounds(200_000) {
            let start = ["type=SYSCALL msg=audit(1477415593.489:57658):", ""][next(2)];
            let tail: Vec<_> = (0..next(8)).map(|_| PIECES[next(PIECES.len())]).collect();
            let block = String::from(start) + &tail.concat() + "\nrest\n";
            let line = block.split('\n').next().expect("a line");
            match fast_line(block.as_bytes(), 8192, find) {
                Some((header, rest)) => {
                    assert_eq!(rest, &block.as_bytes()[line.len() + 1..], "{block:?}");
                    let line = line.strip_suffix('\r').unwrap_or(line);
                    let Place::Here(slow) = place(line.as_bytes()) else { panic!("{block:?}") };
                    assert_eq!(slow.split().1, Following::Nothing, "{block:?}");
                    assert_eq!(header.record(), slow.record(), "{block:?}");
                    agreed += 1;
                }
                None => refused += 1,
            }
        }
        let each = if cfg!(miri) { 0 } else { 10_000 };
        assert!(agreed > each && refused > each, "{agreed} {refused}");
    }
}
