//! The fields of a record: `name=value`, found when asked for and decoded when used.
//!
//! ```text
//! avc:  denied  { read } for  pid=1234 comm="cat" name="shadow" dev="vda1" ino=42
//! old auid=4294967295 new auid=0 msg='op=login acct="root" res=success'
//! ```

use super::Record;
use super::value::{Value, value};
use crate::ParseError;
use crate::grammar::{Parsed, literal, no_match};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_till;
use nom::combinator::{map, value as constant};
use nom::sequence::preceded;

/// The fields of a record in their order; words without `=` are left out, and a quote without its
/// end ends them.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Fields<'a> {
        Fields { rest }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a [u8], Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (rest, field) = field_or_word(self.rest).ok()?;
            self.rest = rest;
            if field.is_some() {
                return field;
            }
        }
    }
}

/// `comm="cat"`, or a word without `=` such as `avc:` and the blank after it.
#[inline]
pub(super) fn field_or_word(input: &[u8]) -> Parsed<'_, Option<(&[u8], Value<'_>)>> {
    let (input, name) = take_till(|byte| matches!(byte, b'=' | b' ')).parse(input)?;
    let field = map(preceded(literal(b"="), value), |value| Some((name, value)));
    alt((field, constant(None, literal(b" ")))).parse(input)
}

impl<'a> Record<'a> {
    /// The record's fields in their order.
    ///
    /// ```
    /// use sysparse::audit::{self, Value};
    ///
    /// let line = b"type=AVC msg=audit(1.000:1): avc:  denied for  pid=7 comm=\"cat\"";
    /// let record = audit::record(line)?.expect("a record");
    /// assert!(record.fields().eq([
    ///     (&b"pid"[..], Value::Bare(b"7")),
    ///     (b"comm", Value::Quoted(b"cat")),
    /// ]));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    pub fn fields(&self) -> Fields<'a> {
        Fields { rest: self.body }
    }

    /// The first field of that name that is the record's own: one inside `msg='...'` is not.
    ///
    /// ```
    /// let line = b"type=CWD msg=audit(1.000:1): cwd=\"/\"";
    /// let record = sysparse::audit::record(line)?.expect("a record");
    /// assert_eq!(record.field(b"cwd").map(|cwd| cwd.raw()), Some(&b"/"[..]));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn field<const N: usize>(&self, name: &[u8; N]) -> Option<Value<'a>> {
        field_in(self.body, name)
    }

    /// As [`Record::field`], for a name whose length is not known before the run.
    #[must_use]
    pub fn field_named(&self, name: &[u8]) -> Option<Value<'a>> {
        field_in(self.body, name)
    }

    /// The login user id of whoever caused the record; [`AUID_UNSET`](super::AUID_UNSET) for
    /// daemons.
    ///
    /// `old auid=`, `by auid=` and `sending auid=` are other people's.
    ///
    /// ```
    /// let line = b"type=LOGIN msg=audit(1.000:1): pid=7 old auid=4294967295 auid=7005";
    /// assert_eq!(sysparse::audit::record(line)?.expect("a record").auid(), Some(7005));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn auid(&self) -> Option<u32> {
        auid_anywhere(self.body).ok().map(|(_, auid)| auid)
    }
}

/// A field of that name, wherever it stands; nothing is passed.
pub(super) fn anywhere<'a, T>(
    name: &'static [u8],
    read: impl Fn(Value<'a>) -> Option<T>,
) -> impl Parser<&'a [u8], Output = T, Error = ParseError> {
    move |record: &'a [u8]| match field_in(record, name).and_then(&read) {
        Some(value) => Ok((record, value)),
        None => Err(no_match(&[])),
    }
}

/// The field `auid` that is the record's own.
#[inline]
pub(super) fn auid_anywhere(record: &[u8]) -> Parsed<'_, u32> {
    let others = [&b"old "[..], b"by ", b"sending "];
    let own = |before: &[u8]| !others.iter().any(|word| before.ends_with(word));
    let auid = find(record, b"auid", own).and_then(Value::id).ok_or(no_match(&[]))?;
    Ok((record, auid))
}

/// The first field of that name in a part of a record.
#[inline(always)]
pub(super) fn field_in<'a>(part: &'a [u8], name: &[u8]) -> Option<Value<'a>> {
    find(part, name, |_| true)
}

/// The first field of that name for which `own`, given the bytes before it, holds.
///
/// Only the `=` are looked at: reading every value before the one that is asked for costs more.
#[inline(always)]
fn find<'a>(body: &'a [u8], name: &[u8], own: impl Fn(&[u8]) -> bool) -> Option<Value<'a>> {
    for at in memchr::memchr_iter(b'=', body) {
        let (before, rest) = body.split_at(at);
        if let Some(before) = before.strip_suffix(name) {
            if matches!(before.last(), None | Some(b' ')) && own(before) {
                return preceded(literal(b"="), value).parse(rest).ok().map(|(_, value)| value);
            }
        } else if rest.starts_with(b"='") && before.ends_with(b" msg") {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{AUID_UNSET, record};
    use super::*;
    use crate::text::Text;
    use std::format;

    fn read(line: &str) -> Record<'_> {
        record(line.as_bytes()).expect("well-formed").expect("a record")
    }

    #[test]
    fn a_field_is_the_records_own() {
        let of = |body: &str| read(&format!("type=X msg=audit(1.2:3): {body}")).auid();
        assert_eq!(of("pid=1 auid=7005 ses=1"), Some(7005));
        assert_eq!(of("auid=-1"), Some(AUID_UNSET));
        assert_eq!(of("auid=4294967295\x1dAUID=\"unset\""), Some(AUID_UNSET));
        assert_eq!(of("old-auid=1 auid=2"), Some(2));
        assert_eq!(of("old auid=4294967295 new auid=0"), Some(0));
        assert_eq!(of("audit_pid=0 old=0 by auid=500"), None);
        assert_eq!(of("auditd normal halt, sending auid=0 pid=1"), None);
        assert_eq!(of("pid=1 msg='op=x auid=5'"), None);
        assert_eq!(of("pid=1 op='x auid=5"), Some(5), "only msg holds fields of others");
        assert_eq!(of("pid=1 msg=x auid=5"), Some(5), "only in quotes");
        assert_eq!(of("AUID=\"root\""), None);
        assert_eq!(of("auid=x"), None);
    }

    #[test]
    fn only_unquoted_values_are_hexadecimal() {
        let record =
            read("type=PATH msg=audit(1.2:3): a=\"DEADBEEF\" b=DEADBEEF c=(null) d=\"(null)\"");
        let text = |name: &[u8; 1]| record.field(name).expect("a field").text();
        assert_eq!(text(b"a"), Text::Plain(b"DEADBEEF"));
        assert_eq!(text(b"b"), Text::Hex(b"DEADBEEF"));
        assert!(record.field(b"c").expect("a field").is_null());
        assert!(!record.field(b"d").expect("a field").is_null());
    }

    #[test]
    fn a_field_is_found_by_a_name_of_any_length() {
        let record = read("type=PATH msg=audit(1.2:3): item=0 name=\"/a\"");
        for (name, wanted) in [("item", Some(&b"0"[..])), ("name", Some(b"/a")), ("nam", None)] {
            assert_eq!(record.field_named(name.as_bytes()).map(Value::raw), wanted, "{name}");
        }
    }
}
