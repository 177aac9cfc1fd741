//! The part of a PATH record that every reader needs, read in one go.
//!
//! ```text
//! item=1 name="/etc/motd" inode=90 dev=fe:00 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=CREATE cap_fp=0
//! ```
//!
//! Source: `audit_log_name` in `kernel/audit.c` of Linux.

use super::Record;
use super::fields::Value;
use super::seek::word_with;
use crate::{ParseError, text};

/// A file name that a call used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<'a> {
    /// The name; `(null)` without quotes if the kernel knew none.
    pub name: Value<'a>,
    /// The record's fields, or those behind the name.
    rest: &'a [u8],
}

impl<'a> Path<'a> {
    /// Reads the name of a PATH record.
    ///
    /// # Errors
    /// The record has none.
    #[inline]
    pub fn of(record: &Record<'a>) -> Result<Path<'a>, ParseError> {
        Path::usual(record.body).map_or_else(|| Path::any(record), Ok)
    }

    /// Reads a name that follows the item's number.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a path that is returned in memory is waited for")]
    fn usual(body: &'a [u8]) -> Option<Path<'a>> {
        let (rest, _) = text::number(body.strip_prefix(b" item=")?).ok()?;
        let (name, rest) = Value::split(rest.strip_prefix(b" name=")?)?;
        Some(Path { name, rest })
    }

    #[cold]
    fn any(record: &Record<'a>) -> Result<Path<'a>, ParseError> {
        let at = record.line.len();
        let name = record.field(b"name");
        let name = name.ok_or(ParseError { expected: "name= and a file name", at })?;
        Ok(Path { name, rest: record.body })
    }

    /// Whether it is the directory in which a file is created or deleted, not the file.
    #[must_use]
    #[inline]
    pub fn is_parent(&self) -> bool {
        let usual = self.rest.strip_suffix(NO_CAPABILITIES);
        !usual.is_some_and(is_usual_file) && self.is_any_parent()
    }

    fn is_any_parent(&self) -> bool {
        let kind =
            word_with(self.rest, b'y', b" nametype=").and_then(|rest| rest.strip_prefix(b"PARENT"));
        kind.is_some_and(|rest| Value::split(rest).is_some_and(|(value, _)| value.raw().is_empty()))
    }
}

/// What follows the type of a name, of most files: they have no capabilities.
const NO_CAPABILITIES: &[u8; 52] = b" cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0";

/// Whether the fields before that end with a type that most files have.
#[inline]
fn is_usual_file(fields: &[u8]) -> bool {
    fields.ends_with(b" nametype=NORMAL") || fields.ends_with(b" nametype=UNKNOWN")
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use super::*;
    use std::format;
    use std::string::{String, ToString};

    fn read(body: &str) -> Option<(String, bool)> {
        let line = format!("type=PATH msg=audit(1.000:1): {body}");
        let path = Path::of(&record(line.as_bytes()).expect("sound").expect("a record")).ok()?;
        assert_eq!(path.is_parent(), path.is_any_parent(), "both ways tell the same: {body}");
        Some((path.name.raw().escape_ascii().to_string(), path.is_parent()))
    }

    #[test]
    fn names_and_parents_are_told_in_any_order_of_fields() {
        let file = |name: &str, is_parent| Some((name.to_string(), is_parent));
        for (body, wanted) in [
            (
                "item=0 name=\"/etc/\" inode=3 dev=fe:00 mode=040755 nametype=PARENT cap_fp=0",
                file("/etc/", true),
            ),
            ("item=1 name=\"/y\" inode=3 dev=fe:00 nametype=CREATE", file("/y", false)),
            (
                "item=0 name=\"/z\" nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0",
                file("/z", false),
            ),
            (
                "item=0 name=\"/z\" nametype=PARENT cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0",
                file("/z", true),
            ),
            (
                "item=0 name=\"/z\" nametype=UNKNOWN cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0",
                file("/z", false),
            ),
            ("nametype=PARENT name=\"a\" item=0", file("a", true)),
            ("name=\"nametype=PARENT\"", file("nametype=PARENT", false)),
            ("item=0 name=(null)", file("(null)", false)),
            ("item=0 inode=3", None),
            ("item=0 name=\"cut", None),
        ] {
            assert_eq!(read(body), wanted, "{body}");
        }
    }
}
