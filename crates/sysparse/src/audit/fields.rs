//! The fields of a record: `name=value`, found when asked for and decoded when used.

use super::{AUID_UNSET, Record};
use crate::text::{self, Text};
use memchr::memmem;

/// What stands behind the `=` of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Between double quotes: the bytes as they are.
    Quoted(&'a [u8]),
    /// Without quotes: a number, a word, or hexadecimal text; only the field's meaning tells.
    Bare(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The value at the start of `input`, and what follows it; nothing if a quote has no end.
    ///
    /// A bare value ends at a blank, and where an enriched record's second part begins: at 0x1d, or
    /// at `#035`, which syslog makes of it.
    #[inline]
    pub(super) fn split(input: &'a [u8]) -> Option<(Value<'a>, &'a [u8])> {
        if let [b'"', quoted @ ..] = input {
            let (value, rest) = quoted.split_at(memchr::memchr(b'"', quoted)?);
            return Some((Value::Quoted(value), rest.get(1..)?));
        }
        let (value, rest) = input.split_at(bare_end(input));
        Some((Value::Bare(value), rest))
    }

    /// The value as a user id; -1 and 4294967295 both stand for [`AUID_UNSET`].
    #[must_use]
    pub fn id(self) -> Option<u32> {
        match self {
            Value::Bare(b"-1") => Some(AUID_UNSET),
            other => u32::try_from(other.number()?).ok(),
        }
    }

    /// The value as a decimal number.
    #[must_use]
    pub fn number(self) -> Option<u64> {
        match self {
            Value::Bare(digits) => text::whole_number(digits),
            Value::Quoted(_) => None,
        }
    }

    /// The value as a decimal number with or without a minus.
    #[must_use]
    pub fn integer(self) -> Option<i64> {
        match self {
            Value::Bare([b'-', digits @ ..]) => {
                i64::try_from(text::whole_number(digits)?).ok().map(|number| -number)
            }
            other => i64::try_from(other.number()?).ok(),
        }
    }

    /// The value as an octal number, as the kernel prints flags of openat2.
    #[must_use]
    pub fn octal(self) -> Option<u64> {
        match self {
            Value::Bare(digits) => text::whole_octal(digits),
            Value::Quoted(_) => None,
        }
    }

    /// The value as a hexadecimal number without prefix, as the kernel prints call arguments.
    #[must_use]
    pub fn hex(self) -> Option<u64> {
        match self {
            Value::Bare(digits) => text::whole_hex(digits),
            Value::Quoted(_) => None,
        }
    }

    /// Text that the kernel did not trust: quoted as it is, bare as hexadecimal if it is that.
    #[must_use]
    #[inline]
    pub fn text(self) -> Text<'a> {
        match self {
            Value::Bare(digits) if Text::is_hex(digits) => Text::Hex(digits),
            Value::Quoted(bytes) | Value::Bare(bytes) => Text::Plain(bytes),
        }
    }

    /// The bytes as they are written, without quotes.
    #[must_use]
    pub fn raw(self) -> &'a [u8] {
        let (Value::Quoted(bytes) | Value::Bare(bytes)) = self;
        bytes
    }

    /// Whether the value stands for "none": `(null)` or `(none)` without quotes.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self, Value::Bare(b"(null)" | b"(none)"))
    }
}

/// Where a bare value ends.
#[inline]
fn bare_end(input: &[u8]) -> usize {
    // Most values are short; those that are not are worth a search by vectors.
    let near = input.get(..16).unwrap_or(input);
    match near.iter().position(|byte| matches!(byte, b' ' | 0x1d | b'#')) {
        Some(at) if near.get(at) != Some(&b'#') => at,
        _ => far_end(input),
    }
}

fn far_end(input: &[u8]) -> usize {
    let ends_at = |at: &usize| {
        let marked = input.get(*at..).unwrap_or_default();
        !marked.starts_with(b"#") || marked.starts_with(b"#035")
    };
    memchr::memchr3_iter(b' ', 0x1d, b'#', input).find(ends_at).unwrap_or(input.len())
}

/// The fields of a record in their order; words without `=` are passed over, and a quote without
/// its end ends them.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a [u8], Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.rest.iter().position(|byte| *byte != b' ')?;
            let field = self.rest.get(start..)?;
            let end = field.iter().position(|byte| matches!(byte, b'=' | b' '))?;
            let (name, rest) = field.split_at(end);
            if let Some(value) = rest.strip_prefix(b"=") {
                let (value, rest) = Value::split(value)?;
                self.rest = rest;
                return Some((name, value));
            }
            self.rest = rest;
        }
    }
}

/// One piece of a command line, of an EXECVE record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument<'a> {
    /// `argc=3`: how many arguments the command has.
    Count(u64),
    /// `a1="-l"`: an argument in one piece.
    Whole(u64, Value<'a>),
    /// `a1_len=4`: how long an argument in parts is written, all of them together.
    Length(u64, u64),
    /// `a1[0]=6C73`: a part of an argument too long for one piece; its number, the part's number.
    Part(u64, u64, Value<'a>),
}

impl<'a> Argument<'a> {
    fn of(name: &[u8], value: Value<'a>) -> Option<Argument<'a>> {
        if name == b"argc" {
            return Some(Argument::Count(text::whole_number(value.raw())?));
        }
        let (rest, index) = text::number(name.strip_prefix(b"a")?).ok()?;
        if rest.is_empty() {
            return Some(Argument::Whole(index, value));
        }
        if let Some(part) = rest.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")) {
            return Some(Argument::Part(index, text::whole_number(part)?, value));
        }
        (rest == b"_len").then_some(Argument::Length(index, value.number()?))
    }
}

impl<'a> Record<'a> {
    /// The record's fields in their order.
    #[must_use]
    pub fn fields(&self) -> Fields<'a> {
        Fields { rest: self.body }
    }

    /// The first field of that name that is the record's own: one inside `msg='...'` is not.
    #[must_use]
    #[inline]
    pub fn field<const N: usize>(&self, name: &[u8; N]) -> Option<Value<'a>> {
        field_in(self.body, name)
    }

    /// As [`Record::field`], for a name whose length is not known before the run.
    #[must_use]
    pub fn field_named(&self, name: &[u8]) -> Option<Value<'a>> {
        find(self.body, name, |_| true)
    }

    /// What a program says of itself, of a record that programs write: the fields in `msg='...'`.
    #[must_use]
    pub fn message(&self) -> Option<Fields<'a>> {
        const MARK: &[u8] = b" msg='";
        let inner = self.body.get(memmem::find(self.body, MARK)? + MARK.len()..)?;
        Some(Fields { rest: inner.get(..memchr::memrchr(b'\'', inner)?)? })
    }

    /// The login user id of whoever caused the record; [`AUID_UNSET`] for daemons.
    ///
    /// `old auid=`, `by auid=` and `sending auid=` are other people's.
    #[must_use]
    #[inline]
    pub fn auid(&self) -> Option<u32> {
        let others = [&b"old "[..], b"by ", b"sending "];
        let own = |before: &[u8]| !others.iter().any(|word| before.ends_with(word));
        find(self.body, b"auid", own).and_then(Value::id)
    }

    /// The arguments of a command, of an EXECVE record.
    pub fn arguments(&self) -> impl Iterator<Item = Argument<'a>> + use<'a> {
        self.fields().filter_map(|(name, value)| Argument::of(name, value))
    }
}

/// The first field of that name in a part of a record.
#[inline]
pub(super) fn field_in<'a, const N: usize>(part: &'a [u8], name: &[u8; N]) -> Option<Value<'a>> {
    find(part, name, |_| true)
}

/// The first field of that name for which `own`, given the bytes before it, holds.
#[inline(always)]
#[allow(clippy::inline_always, reason = "a name of known length is compared without a call")]
fn find<'a>(body: &'a [u8], name: &[u8], own: impl Fn(&[u8]) -> bool) -> Option<Value<'a>> {
    for at in memchr::memchr_iter(b'=', body) {
        let (before, rest) = body.split_at(at);
        if let Some(before) = before.strip_suffix(name) {
            if matches!(before.last(), None | Some(b' ')) && own(before) {
                return Some(Value::split(rest.get(1..)?)?.0);
            }
        } else if rest.starts_with(b"='") && before.ends_with(b" msg") {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use super::*;
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
        assert_eq!(of("AUID=\"root\""), None);
        assert_eq!(of("auid=x"), None);
    }

    #[test]
    fn a_bare_value_ends_where_the_enriched_part_begins() {
        for end in ["", " x=1", "\x1dARCH=x86_64", "#035ARCH=x86_64"] {
            let line = format!("type=SYSCALL msg=audit(1.2:3): key=a#b{end}");
            assert_eq!(read(&line).field(b"key"), Some(Value::Bare(b"a#b")), "{end}");
        }
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
    fn arguments_come_whole_and_in_parts() {
        let record =
            read("type=EXECVE msg=audit(1.2:3): argc=3 a0=\"ls\" a1_len=4 a1[0]=6C a1[1]=73");
        assert!(record.arguments().eq([
            Argument::Count(3),
            Argument::Whole(0, Value::Quoted(b"ls")),
            Argument::Length(1, 4),
            Argument::Part(1, 0, Value::Bare(b"6C")),
            Argument::Part(1, 1, Value::Bare(b"73")),
        ]));
    }
}
