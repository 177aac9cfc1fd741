//! Records of the Linux audit system, one a line, as auditd, syslog and ausearch write them.
//!
//! ```text
//! type=SYSCALL msg=audit(1477415593.489:57658): arch=c000003e syscall=2 success=yes exit=3 ...
//! node=lab type=PATH msg=audit(1795353291.280:182100): item=0 name="/etc/passwd" nametype=NORMAL
//! Nov 22 13:14:51 lab kernel: audit: type=1307 audit(1795353291.280:182100): cwd="/"
//! ```
//!
//! Sources: `kernel/auditsc.c` and `kernel/audit.c` of Linux, auditd.conf(5), and the field
//! dictionary of the Linux audit documentation project.

mod call;
mod fields;
mod path;
mod record_type;
mod seek;
mod stamp;

pub use call::Call;
pub use fields::{Argument, Fields, Value};
pub use path::Path;
pub use record_type::RecordType;
pub use stamp::Stamp;

use crate::ParseError;
use crate::text;
use memchr::memmem;

/// The login user id of a process that nobody logged in for: -1 as an unsigned number.
pub const AUID_UNSET: u32 = u32::MAX;

/// One record: what kind it is, the event it belongs to, and its fields, unread as yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The record's type.
    pub kind: RecordType,
    /// The event that the record belongs to, as it is written: see [`Record::stamp`].
    pub event: &'a [u8],
    /// All that follows `audit(...):`.
    pub body: &'a [u8],
    /// The line, which `body` ends.
    pub line: &'a [u8],
}

const STAMP: &str = "audit(SECONDS.MILLIS:SERIAL):";
const INTERPRETED: &str = "audit(SECONDS.MILLIS:SERIAL): (which ausearch prints with --raw)";

/// The start of a record, found but not read: enough to know whether it is worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHeader<'a> {
    /// The record's type.
    pub kind: RecordType,
    line: &'a [u8],
    /// What follows the type and one blank: `msg=audit(...)` or `audit(...)`.
    rest: &'a [u8],
}

/// Reads the record of a line, wherever it starts in it; `None` if the line holds none.
///
/// # Errors
/// The record has no well-formed `audit(SECONDS.MILLIS:SERIAL):`.
pub fn record(line: &[u8]) -> Result<Option<Record<'_>>, ParseError> {
    start(line).map(RecordHeader::record).transpose()
}

/// Finds where a record starts: at the line's start, after `node=`, or behind a syslog prefix.
#[must_use]
#[inline(always)]
#[allow(clippy::inline_always, reason = "every line of a log is looked at")]
pub fn start(line: &[u8]) -> Option<RecordHeader<'_>> {
    match line.strip_prefix(b"type=") {
        Some(record) => Some(RecordHeader::of(line, record)),
        None => start_elsewhere(line),
    }
}

#[cold]
fn start_elsewhere(line: &[u8]) -> Option<RecordHeader<'_>> {
    if let Some(node) = line.strip_prefix(b"node=") {
        let record = node.get(memchr::memchr(b' ', node)?..)?.strip_prefix(b" type=");
        record.map(|record| RecordHeader::of(line, record)).or_else(|| start_within(line))
    } else {
        start_within(line)
    }
}

/// Finds a record behind a prefix: the first `type=WORD` that `audit(` follows at once.
fn start_within(line: &[u8]) -> Option<RecordHeader<'_>> {
    memmem::find_iter(line, b"type=").find_map(|from| {
        let (before, record) = line.split_at_checked(from)?;
        let last = before.last();
        let apart = last.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
        let start = RecordHeader::of(line, record.strip_prefix(b"type=")?);
        (apart && is_stamped(start.rest)).then_some(start)
    })
}

fn is_stamped(rest: &[u8]) -> bool {
    rest.starts_with(b"msg=audit(") || rest.starts_with(b"audit(")
}

impl<'a> RecordHeader<'a> {
    /// The start of a record of which `record` is what follows `type=`.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "every line of a log is looked at")]
    fn of(line: &'a [u8], record: &'a [u8]) -> RecordHeader<'a> {
        let (kind, rest) = RecordType::leading(record);
        RecordHeader { kind, line, rest }
    }

    /// Finds the stamp's end and so the record.
    ///
    /// # Errors
    /// The stamp is not `audit(SECONDS.MILLIS:SERIAL):`.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the record is taken apart at once")]
    pub fn record(self) -> Result<Record<'a>, ParseError> {
        let (event, body) = match stamp::usual(self.rest) {
            Some(parts) => parts,
            None => self.any_stamp()?,
        };
        Ok(Record { kind: self.kind, event, body, line: self.line })
    }

    /// The record, if its event is one that `is_event` knows and that is written with `length`
    /// bytes: what is known needs no second look.
    #[must_use]
    #[inline]
    pub fn record_of(
        self,
        length: usize,
        is_event: impl FnOnce(&[u8]) -> bool,
    ) -> Option<Record<'a>> {
        let (event, rest) = self.rest.strip_prefix(b"msg=audit(")?.split_at_checked(length)?;
        let body = rest.strip_prefix(b"):").filter(|_| is_event(event))?;
        Some(Record { kind: self.kind, event, body, line: self.line })
    }

    #[cold]
    fn any_stamp(self) -> Result<(&'a [u8], &'a [u8]), ParseError> {
        stamp::any(self.rest).map_err(|error| {
            let left = text::remaining(&error);
            // A date instead of seconds: 11/22/26 13:08:13.368:22.
            let is_interpreted = left.starts_with(b"/");
            let expected = if is_interpreted { INTERPRETED } else { STAMP };
            ParseError { expected, at: self.line.len() - left.len() }
        })
    }
}

impl<'a> Record<'a> {
    /// The event that the record belongs to.
    #[must_use]
    #[inline]
    pub fn stamp(&self) -> Stamp {
        Stamp::of(self.event)
    }

    /// The host that wrote the record, where `node=` before it names one.
    #[must_use]
    #[inline]
    pub fn node(&self) -> Option<&'a [u8]> {
        if self.line.starts_with(b"type=") { None } else { self.node_before() }
    }

    /// The name in `node=NAME type=TYPE msg=audit(`.
    fn node_before(&self) -> Option<&'a [u8]> {
        let stamp = b"audit(".len() + self.event.len() + b"):".len();
        let before = self.line.get(..self.at().checked_sub(stamp)?)?;
        let mut words = before.strip_suffix(b"msg=").unwrap_or(before).rsplit(|&byte| byte == b' ');
        // Behind the name there are the type, a blank, and nothing.
        words.nth(2)?.strip_prefix(b"node=")
    }

    /// Offset of the body in the line.
    #[must_use]
    pub fn at(&self) -> usize {
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
    fn a_record_is_found_behind_every_known_prefix() {
        let stamp = Stamp { seconds: 1_795_353_291, millis: 280, serial: 7 };
        for (line, node) in [
            ("type=CWD msg=audit(1795353291.280:7): cwd=\"/\"", None),
            ("node=lab type=CWD msg=audit(1795353291.280:7): cwd=\"/\"", Some(&b"lab"[..])),
            (
                "Nov 22 13:14:51 lab kernel: audit: type=1307 audit(1795353291.280:7): cwd=\"/\"",
                None,
            ),
            (
                "<13>h audispd: node=a.b type=CWD msg=audit(1795353291.280:7): cwd=\"/\"",
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
            INTERPRETED
        );
        assert_eq!(at("type=SYSCALL").at, 12);
        assert_eq!(at("node=x type=AVC msg=audit(15a").at, 28);
    }
}
