//! Finds the record in a line, if it starts where only its writer can put it.
//!
//! ```text
//! > type=EOE msg=audit(1.000:1):                  a quoted mail
//! /var/log/audit/audit.log:17:type=EOE msg=...    grep -n
//! /var/log/audit/audit.log-18-type=EOE msg=...    a line of context of grep -n -C
//! [   12.345678] audit: type=1320 audit(...):     dmesg, with any of its times
//! Nov 22 13:14:51 lab kernel: audit: type=1320 audit(...):
//! Nov 22 13:14:51 lab kernel: audit(1189200000.100:61): type=1503 operation="file_lock"
//! Nov 22 13:14:51 lab kernel: audit(1158060000.100:62): avc:  denied  { read }
//! ```
//!
//! Audited users choose parts of many lines: `logger` writes any message, and sshd logs the name of a
//! user who does not exist. So a record counts only at these places and, after the header of syslog,
//! only directly after the tag of a program that forwards records. The last two forms are those of
//! kernels of the years 2006 and 2007.

use super::kernel_log::{kernel_prefix, kernel_time};
use super::record_type::RecordType;
use super::stamp;
use super::{RecordHeader, Rest, node, typed};
use crate::grammar::{Parsed, blanks, literal};
use crate::syslog;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{take_till1, take_while, take_while1};
use nom::character::complete::digit1;
use nom::combinator::{map, not, opt, peek, recognize, value};
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};

/// The tags of the programs that forward records to syslog, and `audisp-` with anything after it.
pub const FORWARDING_TAGS: [&str; 4] = ["kernel", "auditd", "audispd", "audisp-*"];

/// Whether a tag is one of [`FORWARDING_TAGS`].
///
/// ```
/// use sysparse::audit::is_forwarding_tag;
///
/// assert!(is_forwarding_tag(b"kernel") && is_forwarding_tag(b"audisp-syslog"));
/// assert!(!is_forwarding_tag(b"sshd"));
/// ```
#[must_use]
pub fn is_forwarding_tag(tag: &[u8]) -> bool {
    matches!(tag, b"kernel" | b"auditd" | b"audispd") || tag.starts_with(b"audisp-")
}

/// Where a line may hold a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A record stands where anybody who can write the log may put it.
    Here(RecordHeader<'a>),
    /// The line has this header of syslog; the record stands directly after its tag, if at all.
    Tagged(syslog::Header<'a>, Option<RecordHeader<'a>>),
    /// No record stands where one may start.
    Nowhere,
}

/// Finds the place at which a line may hold a record.
///
/// ```
/// use sysparse::audit::{self, Place};
///
/// let line = b"Nov 22 13:14:51 lab eve: type=EOE msg=audit(1.000:1): ";
/// assert!(matches!(audit::place(line), Place::Tagged(header, Some(_)) if header.tag == b"eve"));
/// let line = b"Nov 22 13:14:51 lab sshd[9]: Invalid user type=EOE msg=audit(1.000:1): ";
/// assert!(matches!(audit::place(line), Place::Tagged(header, None) if header.tag == b"sshd"));
/// assert!(matches!(audit::place(b"> type=EOE msg=audit(1.000:1): "), Place::Here(_)));
/// assert_eq!(audit::place(b"x type=EOE msg=audit(1.000:1): "), Place::Nowhere);
/// ```
#[must_use]
pub fn place(line: &[u8]) -> Place<'_> {
    let start = find(line);
    let header = |(rest, (_, kind))| RecordHeader { kind, line, rest: Rest::Opening(rest) };
    let record = start.record.map(header);
    match (start.header, record) {
        (Some(header), record) => Place::Tagged(header, record),
        (None, Some(record)) => Place::Here(record),
        (None, None) => Place::Nowhere,
    }
}

/// Whether a line holds the stamp of a record anywhere, even where none may start.
///
/// ```
/// assert!(sysparse::audit::mentions_record(b"Invalid user type=EOE msg=audit(1.000:1):"));
/// assert!(!sysparse::audit::mentions_record(b"audit(8) type=type="));
/// ```
#[must_use]
pub fn mentions_record(line: &[u8]) -> bool {
    next_stamp(line).is_some()
}

/// The offset of the first `audit(1.000:1):`.
pub(super) fn next_stamp(text: &[u8]) -> Option<usize> {
    const WORD: &[u8] = b"audit";
    memchr::memchr_iter(b'(', text)
        .filter_map(|at| text.get(..at)?.strip_suffix(WORD))
        .map(<[u8]>::len)
        .find(|at| text.get(*at..).is_some_and(|rest| stamp::event(rest).is_ok()))
}

/// The host of the record of a line, whatever its tag.
#[cold]
#[inline(never)]
pub(super) fn host(line: &[u8]) -> Option<&[u8]> {
    let start = find(line);
    let (_, (node, _)) = start.record?;
    node.or(start.header.and_then(|header| header.host))
}

/// What precedes a record, and the record: what follows its type, its node and its type.
struct Start<'a> {
    header: Option<syslog::Header<'a>>,
    record: Option<Found<'a>>,
}

type Found<'a> = (&'a [u8], (Option<&'a [u8]>, RecordType));

/// Tries the places in the line one after another. A record comes first: dmesg's uptime before one
/// looks like the time of a header.
fn find(line: &[u8]) -> Start<'_> {
    let places = places(line);
    let places = || places.into_iter().flatten();
    let record =
        places().find_map(|place| preceded(opt(kernel_prefix), record_start).parse(place).ok());
    if record.is_some() {
        return Start { header: None, record };
    }
    let header = places().find_map(syslog::header);
    if header.is_none() {
        return find_in_context(line);
    }
    Start { header, record: header.and_then(after_tag) }
}

/// Tries the places after each dash of the first word: grep writes `FILE-17-` before a line of context, and
/// names of files have dashes too.
fn find_in_context(line: &[u8]) -> Start<'_> {
    let start = quoting(line).map_or(line, |(rest, ())| rest);
    let end = start.iter().position(|byte| is_name_end(*byte)).unwrap_or(start.len());
    let dashes = || memchr::memchr_iter(b'-', start.get(..end).unwrap_or_default());
    let places = || dashes().filter(|at| *at > 0).filter_map(|at| start.get(at + 1..));
    let record =
        places().find_map(|place| preceded(opt(kernel_prefix), record_start).parse(place).ok());
    let header = if record.is_some() { None } else { places().find_map(syslog::header) };
    Start { header, record: record.or_else(|| header.and_then(after_tag)) }
}

fn after_tag(header: syslog::Header<'_>) -> Option<Found<'_>> {
    let time = opt(kernel_time).parse(header.message);
    let message = match time {
        // The other programs that forward records have none from the kernel's log.
        Ok((rest, _)) if header.tag == b"kernel" || !is_forwarding_tag(header.tag) => rest,
        _ => header.message,
    };
    record_start(message).ok()
}

/// The places after blanks, after `FILE:`, after a line number, and after both.
fn places(line: &[u8]) -> [Option<&[u8]>; 4] {
    let start = quoting(line).map_or(line, |(rest, ())| rest);
    let (number, file) = (line_number(start).ok(), file_name(start).ok());
    let both = file.and_then(|(rest, ())| line_number(rest).ok());
    let rest = |parsed: Option<(_, ())>| parsed.map(|(rest, ())| rest);
    [Some(start), rest(file), rest(both), rest(number)]
}

/// A byte order mark, blanks, the `>` of a quoted mail, and the NUL bytes of a log whose end was not
/// written before a crash.
fn quoting(input: &[u8]) -> Parsed<'_, ()> {
    let space = || take_while1(|byte| matches!(byte, b' ' | b'\t' | 0));
    let mark = recognize((literal(b">"), opt(literal(b" "))));
    let order = literal(b"\xef\xbb\xbf");
    value((), (opt(order), many0_count(alt((space(), mark))))).parse(input)
}

/// `/var/log/audit/audit.log:`, as grep writes it. A blank follows a tag, and none follows this.
fn file_name(input: &[u8]) -> Parsed<'_, ()> {
    let colon = terminated(literal(b":"), peek(not(space_or_end)));
    value((), (take_till1(is_name_end), colon)).parse(input)
}

fn is_name_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b':' | b'"' | b'\'' | b'=')
}

fn space_or_end(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while1(|byte: u8| byte.is_ascii_whitespace()).parse(input)
}

/// `17:` of grep, or `   17` and a tab of cat.
fn line_number(input: &[u8]) -> Parsed<'_, ()> {
    let space = || take_while(|byte| matches!(byte, b' ' | b'\t'));
    let end = alt((literal(b":"), literal(b"\t"), literal(b" ")));
    value((), (space(), digit1, end, space())).parse(input)
}

/// `node=lab type=CWD msg=audit(`, `audit: type=1307 audit(`, and what kernels of 2006 wrote.
pub(super) fn record_start(input: &[u8]) -> Parsed<'_, (Option<&[u8]>, RecordType)> {
    let audit = opt((literal(b"audit:"), blanks));
    let record = alt((terminated(typed, peek(stamp::opening)), early_kernel));
    (opt(terminated(node, blanks)), preceded(audit, record)).parse(input)
}

/// `audit(1189200000.100:61): type=1503 `; nothing is passed, since the stamp comes first.
fn early_kernel(input: &[u8]) -> Parsed<'_, RecordType> {
    let avc = map(literal(b"avc:"), |()| RecordType::Avc);
    let kind = alt((preceded(literal(b"type="), map(digit1, RecordType::from_name)), avc));
    peek(preceded((stamp::event, blanks), kind)).parse(input)
}

#[cfg(test)]
mod tests {
    use super::super::header;
    use super::*;
    use std::format;

    const RECORD: &str = "type=CWD msg=audit(1795353291.280:7): cwd=\"/\"";

    #[test]
    fn a_record_may_start_after_what_tools_write() {
        for prefix in [
            "",
            " \t",
            "> ",
            "> > ",
            "\u{feff}",
            "17:",
            "    17\t",
            "audit.log:",
            "17-",
            "audit.log-",
            "audit.log-20261122-17-",
            "> 17-",
            "17-[   12.345678] ",
            "messages-20261122-Nov 22 13:14:51 lab kernel: ",
            "17-2026-11-22T13:14:51Z lab auditd[9]: ",
            "/var/log/audit/audit.log:17:",
            "[   12.345678] ",
            "<5>[   12.345678] ",
            "[   12.345678][    T1] ",
            "[   12.345678] [    C0] ",
            "kernel.log:[   12.345678] ",
            "Nov 22 13:14:51 lab kernel: ",
            "Nov 22 13:14:51 lab kernel: [   12.345678] ",
            "Nov 22 13:14:51 lab auditd[9]: ",
            "messages:Nov 22 13:14:51 lab audispd: ",
            "Nov 22 13:14:51 lab audisp-syslog: ",
            "<13>1 2026-11-22T13:14:51Z lab audispd - - - ",
        ] {
            for record in [RECORD, "audit: type=1307 audit(1.000:7): cwd=\"/\""] {
                for node in ["", "node=a "] {
                    let line = format!("{prefix}{node}{record}");
                    assert_eq!(
                        header(line.as_bytes()).map(|h| h.kind),
                        Some(RecordType::Cwd),
                        "{line}"
                    );
                }
            }
        }
    }

    const DMESG: [&str; 10] = [
        "[   12.345678 <    0.000001>] ",
        "[Mon Nov 23 02:13:20 2026] ",
        "[Mo Nov  3 02:13:20 2026 <    0.000001>] ",
        "[Nov23 02:13] ",
        "[  +0.000010] ",
        "2026-11-23T02:13:20,100000+00:00 ",
        "kern  :notice: [   12.345678] ",
        "kern  :notice: [Mon Nov 23 02:13:20 2026][    T1] ",
        "kern  :notice: [   12.345678] [  T4711] ",
        "2026-11-23T02:13:20,100000+00:00 [    C0] ",
    ];

    #[test]
    fn only_a_record_of_the_kernel_may_follow_the_other_times_of_dmesg() {
        for prefix in DMESG {
            for (text, is_record) in [
                ("audit: type=1307 audit(1.000:7): cwd=\"/\"", true),
                ("audit(1.000:62): avc:  denied  { read } for", true),
                (RECORD, false),
                ("node=a audit: type=1307 audit(1.000:7): cwd=\"/\"", false),
                ("x audit: type=1307 audit(1.000:7): cwd=\"/\"", false),
                ("usb 1-1: Product: audit: type=1307 audit(1.000:7): cwd=\"/\"", false),
                ("[error] audit: type=1307 audit(1.000:7): cwd=\"/\"", false),
                ("lab eve: audit: type=1307 audit(1.000:7): cwd=\"/\"", false),
            ] {
                let line = format!("{prefix}{text}");
                assert_eq!(header(line.as_bytes()).is_some(), is_record, "{line}");
            }
        }
    }

    #[test]
    fn the_uptime_follows_the_tag_of_the_kernel_whatever_its_name() {
        for (tag, wanted) in [("kernel", true), ("vmunix", true), ("auditd", false)] {
            let line = format!("Nov 22 13:14:51 lab {tag}: [   12.345678] {RECORD}");
            let Place::Tagged(_, record) = place(line.as_bytes()) else { panic!("{line}") };
            assert_eq!(record.is_some(), wanted, "{line}");
        }
    }

    #[test]
    fn times_that_other_programs_write_precede_no_record() {
        for prefix in [
            "user  :notice: [   12.345678] ",
            "kern  :notice: ",
            "2026-11-23T02:13:20.100000+00:00 ",
            "2026-11-23 02:13:20,100000+00:00 ",
            "2026-11-23T02:13:20,100+00:00 ",
            "2026-11-23T02:13:20,100000Z ",
            "[Mon Nov 23 02:13:20.123456 2026] ",
            "[23/Nov/2026:02:13:20 +0000] ",
            "[   12.345678] [eve] ",
            "[   12.345678][Tom] ",
            "[eve] ",
        ] {
            let line = format!("{prefix}audit: type=1307 audit(1.000:7): cwd=\"/\"");
            assert_eq!(header(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn what_others_may_have_written_is_no_record() {
        for prefix in [
            "Nov 22 13:14:51 lab sshd[9]: Invalid user ",
            "Nov 22 13:14:51 lab sshd[9]: ",
            "Nov 22 13:14:51 lab eve: ",
            "Nov 22 13:14:51 lab kernel: x ",
            "Nov 22 13:14:51 lab kernel: kernel: ",
            "Nov 22 13:14:51 lab eve: kernel: ",
            "Nov 22 13:14:51 lab eve: Nov 22 13:14:51 lab kernel: ",
            "Nov 22 13:14:51 lab auditd: op=x ",
            "Nov 22 13:14:51 lab auditd[9]: [   12.345678] ",
            "Nov 22 13:14:51 lab my-kernel: ",
            "<13>1 2026-11-22T13:14:51Z lab eve - - - ",
            "<13>1 2026-11-22T13:14:51Z lab eve - - [a b=\"kernel: \"] ",
            "eve: ",
            "x ",
            "\"",
            "a:b:",
            "type",
            "-",
            "x- ",
            "a-b c-",
            "a=b-",
            "\"a\"-",
            "messages-Nov 22 13:14:51 lab eve: ",
            "17-2026-11-22T13:14:51Z lab sshd[9]: Invalid user ",
            "Nov 22 13:14:51 kernel: ",
        ] {
            let line = format!("{prefix}{RECORD}");
            assert_eq!(header(line.as_bytes()), None, "{line}");
            assert!(mentions_record(line.as_bytes()));
        }
    }

    #[test]
    fn a_line_without_a_stamp_mentions_no_record() {
        for line in ["", "audit(8) type=type=", "type=CWD msg=audit(1.000:x): cwd=\"/\""] {
            assert!(!mentions_record(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn kernels_of_2006_write_the_stamp_first() {
        let header = |text: &str| {
            let line = format!("Jan  3 07:00:01 lab1 kernel: {text}");
            let header = header(line.as_bytes())?;
            Some((header.kind, header.record().ok()?.stamp().serial))
        };
        assert_eq!(
            header("audit(1.000:61): type=1503 operation=\"x\""),
            Some((RecordType::from_name(b"1503"), 61))
        );
        assert_eq!(
            header("audit(1.000:62): avc:  denied  { read } for"),
            Some((RecordType::Avc, 62))
        );
        assert_eq!(header("audit(1.000:62): other"), None);
    }
}
