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
mod kind;
mod path;
mod seek;
mod stamp;

pub use call::Call;
pub use fields::{Argument, Fields, Value};
pub use kind::Kind;
pub use path::Path;
pub use stamp::Stamp;

use crate::Malformed;
use crate::text;
use memchr::memmem;

/// The login user id of a process that nobody logged in for: -1 as an unsigned number.
pub const UNSET: u32 = u32::MAX;

/// One record: what kind it is, the event it belongs to, and its fields, unread as yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The record's type.
    pub kind: Kind,
    /// The event that the record belongs to, as it is written: see [`Record::stamp`].
    pub event: &'a [u8],
    /// All that follows `audit(...):`.
    pub body: &'a [u8],
    /// What stands before the record in its line.
    pub prefix: &'a [u8],
    /// The length of the line.
    pub length: usize,
}

const STAMP: &str = "audit(SECONDS.MILLIS:SERIAL):";
const INTERPRETED: &str = "audit(SECONDS.MILLIS:SERIAL): (which ausearch prints with --raw)";

/// The start of a record, found but not read: enough to know whether it is worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start<'a> {
    /// The record's type.
    pub kind: Kind,
    line: &'a [u8],
    /// Offset of `type=` in the line.
    from: usize,
    /// Offset of what follows the type and one blank: `msg=audit(...)` or `audit(...)`.
    to: usize,
}

/// Reads the record of a line, wherever it starts in it; `None` if the line holds none.
///
/// # Errors
/// The record has no well-formed `audit(SECONDS.MILLIS:SERIAL):`.
pub fn record(line: &[u8]) -> Result<Option<Record<'_>>, Malformed> {
    start(line).map(Start::record).transpose()
}

/// Finds where a record starts: at the line's start, after `node=`, or behind a syslog prefix.
#[must_use]
#[inline]
pub fn start(line: &[u8]) -> Option<Start<'_>> {
    typed(line, 0).or_else(|| start_elsewhere(line))
}

#[cold]
fn start_elsewhere(line: &[u8]) -> Option<Start<'_>> {
    if line.starts_with(b"node=") {
        let from = memchr::memchr(b' ', line)? + 1;
        typed(line, from).or_else(|| start_within(line))
    } else {
        start_within(line)
    }
}

/// Finds a record behind a prefix: the first `type=WORD` that `audit(` follows at once.
fn start_within(line: &[u8]) -> Option<Start<'_>> {
    memmem::find_iter(line, b"type=").find_map(|from| {
        let before = line.get(..from)?.last();
        let apart = before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
        typed(line, from).filter(|start| apart && is_stamped(start.rest()))
    })
}

/// A record whose `type=WORD ` begins at `from`.
#[inline]
fn typed(line: &[u8], from: usize) -> Option<Start<'_>> {
    let (kind, length) = Kind::leading(line.get(from..)?.strip_prefix(b"type=")?);
    Some(Start { kind, line, from, to: from + b"type=".len() + length })
}

fn is_stamped(rest: &[u8]) -> bool {
    rest.starts_with(b"msg=audit(") || rest.starts_with(b"audit(")
}

impl<'a> Start<'a> {
    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.line.get(self.to..).unwrap_or_default()
    }

    /// Finds the stamp's end and so the record.
    ///
    /// # Errors
    /// The stamp is not `audit(SECONDS.MILLIS:SERIAL):`.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the record is taken apart at once")]
    pub fn record(self) -> Result<Record<'a>, Malformed> {
        let (event, body) = match stamp::usual(self.rest()) {
            Some(parts) => parts,
            None => self.any_stamp()?,
        };
        let prefix = self.line.get(..self.from).unwrap_or_default();
        Ok(Record { kind: self.kind, event, body, prefix, length: self.line.len() })
    }

    #[cold]
    fn any_stamp(self) -> Result<(&'a [u8], &'a [u8]), Malformed> {
        stamp::any(self.rest()).map_err(|error| {
            let left = text::left(&error);
            // A date instead of seconds: 11/22/26 13:08:13.368:22.
            let is_interpreted = left.starts_with(b"/");
            let expected = if is_interpreted { INTERPRETED } else { STAMP };
            Malformed { expected, at: self.line.len() - left.len() }
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
        if self.prefix.is_empty() { None } else { node_before(self.prefix) }
    }

    /// Offset of the body in the line.
    #[must_use]
    pub fn at(&self) -> usize {
        self.length - self.body.len()
    }
}

/// The name in a `node=NAME ` that ends `before`.
fn node_before(before: &[u8]) -> Option<&[u8]> {
    before.strip_suffix(b" ")?.rsplit(|&byte| byte == b' ').next()?.strip_prefix(b"node=")
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
                (Kind::Cwd, stamp, node),
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
        assert_eq!(missing, Malformed { expected: "audit(SECONDS.MILLIS:SERIAL):", at: 33 });
        assert_eq!(at("type=SYSCALL msg=audit(15064871x1.009:1):").at, 31);
        assert_eq!(
            at("type=SYSCALL msg=audit(11/22/26 13:08:13.368:22) : a").expected,
            INTERPRETED
        );
        assert_eq!(at("type=SYSCALL").at, 12);
        assert_eq!(at("node=x type=AVC msg=audit(15a").at, 28);
    }
}
