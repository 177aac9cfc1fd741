//! The part of a PATH record that every reader needs.
//!
//! ```text
//! item=1 name="/etc/motd" inode=90 dev=fe:00 mode=0100644 ouid=0 ogid=0 rdev=00:00
//! nametype=CREATE cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0
//! ```
//!
//! The kernel of RHEL 7 writes `objtype=` in the place of `nametype=`.
//!
//! Source: `audit_log_name` in `kernel/audit.c` of Linux.

use super::Record;
use super::fields::{anywhere, field_in};
use super::quotes::is_misread;
use super::value::{Value, bare, value};
use crate::ParseError;
use crate::grammar::{Parsed, digit, finish, literal, no_match, number, up_to};
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, verify};
use nom::error::context;
use nom::sequence::{preceded, terminated};

/// The bits of a mode that tell the type of a file, and their value for a directory: `S_IFMT` and
/// `S_IFDIR` of `include/uapi/linux/stat.h`.
const FILE_TYPE: u64 = 0o170_000;
const DIRECTORY: u64 = 0o040_000;

/// A file name that a call used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<'a> {
    /// The number of the record among those of its event, from 0; nothing if the record has none.
    pub item: Option<u64>,
    /// The name; `(null)` without quotes if the kernel knew none.
    pub name: Value<'a>,
    /// The record's fields, or those after the name.
    rest: &'a [u8],
}

impl<'a> Path<'a> {
    /// Reads the name of a PATH record.
    ///
    /// ```
    /// use sysparse::audit::{self, Path};
    ///
    /// let line = b"type=PATH msg=audit(1.000:1): item=0 name=\"/etc/\" inode=3 nametype=PARENT";
    /// let path = Path::parse(&audit::record(line)?.expect("a record"))?;
    /// assert_eq!((path.name.raw(), path.is_parent()), (&b"/etc/"[..], true));
    /// assert_eq!(path.item, Some(0));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// The record has none, or only a part of one, or its quotes are escaped or doubled: see
    /// [`Record::check_quotes`].
    #[inline(always)]
    pub fn parse(record: &Record<'a>) -> Result<Path<'a>, ParseError> {
        match in_kernel_order(record.body) {
            Ok((_, path)) => Ok(path),
            Err(_) => Path::parse_in_any_order(record),
        }
    }

    #[cold]
    #[inline(never)]
    fn parse_in_any_order(record: &Record<'a>) -> Result<Path<'a>, ParseError> {
        record.check_name()?;
        let (_, path) = finish(record.line, in_any_order(record.body))?;
        match path.name.cut_text() {
            Some(_) => Err(ParseError { expected: "the rest of the name", at: record.line.len() }),
            None => Ok(path),
        }
    }

    /// Whether it is the directory in which a file is created or deleted, not the file.
    #[must_use]
    #[inline]
    pub fn is_parent(&self) -> bool {
        match up_to(b'y', b" nametype=")(self.rest) {
            Ok((nametype, _)) => parent(nametype).is_ok(),
            Err(_) => self.is_parent_by_old_name(),
        }
    }

    /// The role of the file in its call: `PARENT`, `NORMAL`, `CREATE`, `DELETE`, `UNKNOWN`; empty if the
    /// record does not say.
    ///
    /// ```
    /// use sysparse::audit::{self, Path};
    ///
    /// let line = b"type=PATH msg=audit(1.000:1): item=1 name=\"/x\" inode=3 nametype=DELETE cap_fp=0";
    /// let path = Path::parse(&audit::record(line)?.expect("a record"))?;
    /// assert_eq!(path.nametype(), b"DELETE");
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    pub fn nametype(&self) -> &'a [u8] {
        let nametype = field_in(self.rest, b"nametype").or_else(|| field_in(self.rest, b"objtype"));
        nametype.map_or(b"", Value::raw)
    }

    /// Whether the file is a directory, as far as the record says.
    ///
    /// ```
    /// use sysparse::audit::{self, Path};
    ///
    /// let line = b"type=PATH msg=audit(1.000:1): item=0 name=\"/tmp\" inode=1 dev=fe:00 mode=041777 ouid=0";
    /// let path = Path::parse(&audit::record(line)?.expect("a record"))?;
    /// assert!(path.is_directory());
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    pub fn is_directory(&self) -> bool {
        let mode = field_in(self.rest, b"mode").and_then(Value::octal);
        mode.is_some_and(|mode| mode & FILE_TYPE == DIRECTORY)
    }

    /// The inode and the device of the file, which distinguish it from others; `None` if the record does
    /// not say both.
    ///
    /// ```
    /// use sysparse::audit::{self, Path};
    ///
    /// let line = b"type=PATH msg=audit(1.000:1): item=0 name=\"/x\" inode=31 dev=fe:00 mode=0100644";
    /// let path = Path::parse(&audit::record(line)?.expect("a record"))?;
    /// assert_eq!(path.file_id(), Some((&b"31"[..], &b"fe:00"[..])));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    pub fn file_id(&self) -> Option<(&'a [u8], &'a [u8])> {
        Some((field_in(self.rest, b"inode")?.raw(), field_in(self.rest, b"dev")?.raw()))
    }

    /// The same for kernels that call the field objtype.
    #[cold]
    fn is_parent_by_old_name(&self) -> bool {
        up_to(b'y', b" objtype=")(self.rest).is_ok_and(|(objtype, _)| parent(objtype).is_ok())
    }
}

/// `PARENT `
#[inline]
fn parent(nametype: &[u8]) -> Parsed<'_, ()> {
    terminated(literal(b"PARENT"), verify(bare, <[u8]>::is_empty)).parse(nametype)
}

/// ` item=1 name="/etc/motd" `
#[inline(always)]
fn in_kernel_order(record: &[u8]) -> Parsed<'_, Path<'_>> {
    let one_digit = terminated(digit, literal(b" name="));
    let item = alt((one_digit, terminated(number, literal(b" name="))));
    let (input, item) = preceded(literal(b" item="), item).parse(record)?;
    let (rest, name) = value(input)?;
    if is_misread(name, rest) || name.cut_text().is_some() {
        return Err(no_match(input));
    }
    Ok((rest, Path { item: Some(item), name, rest }))
}

/// The same name, wherever it stands.
fn in_any_order(record: &[u8]) -> Parsed<'_, Path<'_>> {
    let item = opt(anywhere(b"item", Value::number));
    let name = context("name= and a file name", anywhere(b"name", Some));
    map((item, name), |(item, name)| Path { item, name, rest: record }).parse(record)
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use super::*;
    use std::format;
    use std::string::{String, ToString};

    fn read(body: &str) -> Option<(String, bool)> {
        let line = format!("type=PATH msg=audit(1.000:1): {body}");
        let path = Path::parse(&record(line.as_bytes()).expect("sound").expect("a record")).ok()?;
        Some((path.name.raw().escape_ascii().to_string(), path.is_parent()))
    }

    #[test]
    fn a_file_is_known_by_its_inode_and_device() {
        let file_id = |fields: &str| {
            let line = format!("type=PATH msg=audit(1.000:1): item=0 name=\"/x\"{fields}");
            let record = record(line.as_bytes()).expect("sound").expect("a record");
            let path = Path::parse(&record).expect("a name");
            let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
            path.file_id().map(|(inode, device)| text(inode) + " " + &text(device))
        };
        assert_eq!(file_id(" inode=31 dev=fe:00 mode=0100644").as_deref(), Some("31 fe:00"));
        assert_eq!([" inode=31", " dev=fe:00"].map(file_id), [None, None]);
    }

    #[test]
    fn the_type_of_a_file_is_in_its_mode() {
        let is_directory = |mode: &str| {
            let line = format!("type=PATH msg=audit(1.000:1): item=0 name=\"/x\"{mode} ouid=0");
            let record = record(line.as_bytes()).expect("sound").expect("a record");
            Path::parse(&record).expect("a name").is_directory()
        };
        assert!(is_directory(" mode=041777") && is_directory(" mode=40755"));
        assert!(!is_directory(" mode=0100644") && !is_directory(" mode=0140777"));
        assert!(!is_directory(" mode=0060660") && !is_directory(""));
    }

    #[test]
    fn names_and_parents_are_found_in_any_order_of_fields() {
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
            ("item=0 name=\"/z/\" inode=3 obj=a:b:c:s0 objtype=PARENT cap_fp=0", file("/z/", true)),
            (
                "item=1 name=\"/z/y\" inode=3 obj=a:b:c:s0 objtype=CREATE cap_fp=0",
                file("/z/y", false),
            ),
            ("objtype=PARENT name=\"a\" item=0", file("a", true)),
            ("nametype=PARENT name=\"a\" item=0", file("a", true)),
            ("item=0 name=\"a\" nametype=PARENT^]OUID=\"root\"", file("a", true)),
            ("name=\"nametype=PARENT\"", file("nametype=PARENT", false)),
            ("item=0 name=(null)", file("(null)", false)),
            ("item=0 inode=3", None),
            ("item=0 name=\"cut", None),
            ("item=0 name=2F746", None),
            ("inode=3 name=2F746", None),
            ("item=0 name=2F74 inode=3", file("2F74", false)),
        ] {
            assert_eq!(read(body), wanted, "{body}");
        }
    }
}
