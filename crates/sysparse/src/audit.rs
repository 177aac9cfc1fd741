//! Records of the Linux audit system, one on each line, as auditd, syslog and ausearch write them.
//!
//! ```text
//! type=SYSCALL msg=audit(1477415593.489:57658): arch=c000003e syscall=2 success=yes exit=3 ...
//! node=lab type=PATH msg=audit(1795353291.280:182100): item=0 name="/etc/passwd" nametype=NORMAL
//! Nov 22 13:14:51 lab kernel: audit: type=1307 audit(1795353291.280:182100): cwd="/"
//! ```
//!
//! Sources: `kernel/auditsc.c` and `kernel/audit.c` of Linux, auditd.conf(5), and the field
//! dictionary of the Linux audit documentation project.

mod cut;
mod denial;
mod execve;
mod fast_line;
mod fields;
mod kernel_log;
mod loss;
mod message;
mod path;
mod quotes;
mod record_type;
mod several;
mod stamp;
mod start;
mod syscall;
mod value;

pub use denial::{AccessControl, Denial};
pub use execve::Argument;
pub use fast_line::{StampByte, fast_line};
pub use fields::Fields;
pub use loss::{Loss, loss};
pub use path::Path;
pub use record_type::RecordType;
pub use several::Following;
pub use stamp::Stamp;
pub use start::{FORWARDING_TAGS, Place, is_forwarding_tag, mentions_record, place};
pub use syscall::SyscallRecord;
pub use value::{NAME_SEPARATORS, Value};

use crate::ParseError;
use crate::grammar::{Parsed, finish, literal};
use nom::Parser;
use nom::bytes::complete::take_until;
use nom::sequence::{delimited, preceded};
use record_type::record_type;

/// The login user id of a process without a login session, such as a daemon: -1 as an unsigned
/// number.
pub const AUID_UNSET: u32 = u32::MAX;

/// One record: its type, the event that it belongs to, and its fields, not yet read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The record's type.
    pub kind: RecordType,
    /// The event that the record belongs to, as it is written: see [`Record::stamp`].
    pub event: &'a [u8],
    /// What follows `audit(...):`.
    pub body: &'a [u8],
    /// The line up to the end of the record, which `body` ends.
    pub line: &'a [u8],
}

/// The start of a record: enough to know whether the record is worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHeader<'a> {
    /// The record's type.
    pub kind: RecordType,
    line: &'a [u8],
    rest: Rest<'a>,
}

/// What follows the type of a record and one blank, as far as it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest<'a> {
    /// `msg=audit(1.000:1): cwd="/"` or `audit(1.000:1): cwd="/"`
    Opening(&'a [u8]),
    /// `1.000:1): cwd="/"`
    Stamp(&'a [u8]),
    /// `1.000:1` and ` cwd="/"`
    Fields(&'a [u8], &'a [u8]),
}

/// Reads the record of a line, wherever it starts in it; `None` if the line holds none.
///
/// ```
/// use sysparse::audit::{self, RecordType};
///
/// let line = br#"node=lab type=CWD msg=audit(1477415593.489:57658): cwd="/""#;
/// let record = audit::record(line)?.expect("the line holds a record");
/// assert_eq!((record.kind, record.node()), (RecordType::Cwd, Some(&b"lab"[..])));
/// assert_eq!(audit::record(b"time->Tue Oct 25 17:46:33 2016")?, None);
/// # Ok::<(), sysparse::ParseError>(())
/// ```
///
/// # Errors
/// The record has no well-formed `audit(SECONDS.MILLIS:SERIAL):`.
pub fn record(line: &[u8]) -> Result<Option<Record<'_>>, ParseError> {
    header(line).map(RecordHeader::record).transpose()
}

/// Finds where a record starts: at the line's start, or after one of the prefixes of [`place`].
///
/// ```
/// use sysparse::audit::{self, RecordType};
///
/// let line = b"Nov 22 13:14:51 lab kernel: audit: type=1307 audit(1477415593.489:57658): a=1";
/// let header = audit::header(line).expect("the line holds a record");
/// assert_eq!(header.kind, RecordType::Cwd);
/// assert_eq!(header.record()?.event, b"1477415593.489:57658");
/// # Ok::<(), sysparse::ParseError>(())
/// ```
#[must_use]
#[inline(always)]
pub fn header(line: &[u8]) -> Option<RecordHeader<'_>> {
    plain_header(line).or_else(|| after_prefix(line))
}

/// The same for a line of auditd, which begins with `type=` or `node=`.
#[must_use]
#[inline(always)]
pub fn plain_header(line: &[u8]) -> Option<RecordHeader<'_>> {
    let (rest, kind) = match typed(line) {
        Ok(found) => found,
        Err(_) => after_node(line).map(|(rest, (_, kind))| (rest, kind)).ok()?,
    };
    Some(RecordHeader { kind, line, rest: Rest::Opening(rest) })
}

#[cold]
#[inline(never)]
fn after_prefix(line: &[u8]) -> Option<RecordHeader<'_>> {
    match place(line) {
        Place::Here(header) => Some(header),
        Place::Tagged(header, record) => record.filter(|_| is_forwarding_tag(header.tag)),
        Place::Nowhere => None,
    }
}

/// `type=SYSCALL `
#[inline(always)]
fn typed(input: &[u8]) -> Parsed<'_, RecordType> {
    preceded(literal(b"type="), record_type).parse(input)
}

/// `node=lab type=SYSCALL `: the host and the type.
#[inline(never)]
fn after_node(input: &[u8]) -> Parsed<'_, (&[u8], RecordType)> {
    (node, typed).parse(input)
}

/// `node=lab `
fn node(input: &[u8]) -> Parsed<'_, &[u8]> {
    delimited(literal(b"node="), take_until(" "), literal(b" ")).parse(input)
}

impl<'a> RecordHeader<'a> {
    /// The line from `type=` on, without what precedes the record; from the stamp on if the type follows it.
    ///
    /// ```
    /// use sysparse::audit;
    ///
    /// let line = b"17:node=lab type=CWD msg=audit(1.000:7): cwd=\"/\"";
    /// let text = audit::header(line).expect("a record").text();
    /// assert_eq!(text, b"type=CWD msg=audit(1.000:7): cwd=\"/\"");
    /// let line = b"Nov 22 13:14:51 lab kernel: audit(1.000:62): avc:  denied  { read } for";
    /// let text = audit::header(line).expect("a record").text();
    /// assert_eq!(text, b"audit(1.000:62): avc:  denied  { read } for");
    /// ```
    #[must_use]
    pub fn text(self) -> &'a [u8] {
        let (Rest::Opening(rest) | Rest::Stamp(rest) | Rest::Fields(rest, _)) = self.rest;
        let at = self.line.len().saturating_sub(rest.len());
        let before = self.line.get(..at).unwrap_or_default().trim_ascii_end();
        let word = before.iter().rposition(u8::is_ascii_whitespace).unwrap_or_default();
        let prefix = before.get(word..).unwrap_or_default();
        let start = memchr::memmem::rfind(prefix, b"type=").map_or(at, |offset| word + offset);
        self.line.get(start..).unwrap_or_default()
    }

    /// Reads the stamp, and so finds the record's fields.
    ///
    /// # Errors
    /// The stamp is not `audit(SECONDS.MILLIS:SERIAL):`.
    #[inline(always)]
    pub fn record(self) -> Result<Record<'a>, ParseError> {
        let RecordHeader { kind, line, rest } = self;
        let (body, event) = match rest {
            Rest::Fields(event, body) => (body, event),
            Rest::Stamp(text) => {
                finish(line, stamp::fast_stamp(text).or_else(|_| stamp::stamp_and_end(text)))?
            }
            Rest::Opening(text) => finish(line, stamp::event(text))?,
        };
        Ok(Record { kind, event, body, line })
    }
}

impl<'a> Record<'a> {
    /// The event that the record belongs to.
    ///
    /// ```
    /// let line = b"type=EOE msg=audit(1477415593.489:57658): ";
    /// let stamp = sysparse::audit::record(line)?.expect("a record").stamp();
    /// assert_eq!((stamp.seconds, stamp.millis, stamp.serial), (1_477_415_593, 489, 57658));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn stamp(&self) -> Stamp {
        Stamp::parse(self.event)
    }

    /// The host that wrote the record, where `node=` before it or the header of syslog names one.
    #[must_use]
    #[inline]
    pub fn node(&self) -> Option<&'a [u8]> {
        if self.line.starts_with(b"type=") { None } else { start::host(self.line) }
    }

    /// Offset of the body in the line.
    #[must_use]
    pub fn body_offset(&self) -> usize {
        self.line.len() - self.body.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Record<'_> {
        record(line.as_bytes()).expect("well-formed").expect("a record")
    }

    #[test]
    fn the_text_of_a_record_begins_with_its_type_or_its_stamp() {
        for (line, start) in [
            ("type=CWD msg=audit(1.000:7): cwd=\"/\"", 0),
            ("17:node=lab type=CWD msg=audit(1.000:7): cwd=\"/\"", 12),
            ("Nov 22 13:14:51 lab kernel: audit(1.000:62): avc:  denied  { read } for", 28),
        ] {
            let text = header(line.as_bytes()).expect("a record").text();
            assert_eq!(text, &line.as_bytes()[start..]);
        }
    }

    #[test]
    fn a_record_is_found_after_every_known_prefix() {
        let stamp = Stamp { seconds: 1_795_353_291, millis: 280, serial: 7 };
        for (line, node) in [
            ("type=CWD msg=audit(1795353291.280:7): cwd=\"/\"", None),
            ("node=lab type=CWD msg=audit(1795353291.280:7): cwd=\"/\"", Some(&b"lab"[..])),
            (
                "Nov 22 13:14:51 lab kernel: audit: type=1307 audit(1795353291.280:7): cwd=\"/\"",
                Some(b"lab"),
            ),
            (
                "<13>Nov 22 13:14:51 h audispd: node=a.b type=CWD msg=audit(1795353291.280:7): cwd=\"/\"",
                Some(b"a.b"),
            ),
            ("\0\0\0type=CWD msg=audit(1795353291.280:7): cwd=\"/\"", None),
        ] {
            let record = read(line);
            assert_eq!(
                (record.kind, record.stamp(), record.node()),
                (RecordType::Cwd, stamp, node),
                "{line}"
            );
            assert_eq!(record.field(b"cwd"), Some(Value::Quoted(b"/")), "{line}");
            assert_eq!(Some(record.body_offset()), line.find(" cwd="), "{line}");
        }
    }

    #[test]
    fn other_lines_hold_no_record() {
        for line in ["", "----", "time->Thu Nov 22 13:14:51 2026", "subtype=x msg=audit(1.2:3): y"]
        {
            assert_eq!(record(line.as_bytes()), Ok(None), "{line}");
        }
    }

    #[test]
    fn a_damaged_stamp_says_where() {
        let at = |line: &str| record(line.as_bytes()).expect_err(line);
        let missing = at("type=AVC msg=audit(1506487181.009): avc:");
        assert_eq!(missing, ParseError { expected: "audit(SECONDS.MILLIS:SERIAL):", at: 33 });
        assert_eq!(at("type=SYSCALL msg=audit(15064871x1.009:1):").at, 31);
        assert_eq!(
            at("type=SYSCALL msg=audit(11/22/26 13:08:13.368:22) : a").expected,
            stamp::INTERPRETED
        );
        assert_eq!(at("type=SYSCALL").at, 12);
        assert_eq!(at("node=x type=AVC msg=audit(15a").at, 28);
    }
}
