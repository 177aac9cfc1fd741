//! The value of a field: `"/etc/motd"`, `0100644`, `2F746D702F6120`, `(null)`.

use super::AUID_UNSET;
use crate::grammar::{Parsed, hex, integer, literal, no_match, number, octal, whole};
use crate::text::Text;
use nom::Parser;
use nom::bytes::complete::{take, take_until, take_while_m_n};
use nom::combinator::{map, not, recognize};
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};

/// What stands after the `=` of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Between double quotes: the bytes as they are.
    Quoted(&'a [u8]),
    /// Without quotes: a number, a word, or hexadecimal text; which of these depends on the field.
    Bare(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The value as a user id; -1 and 4294967295 both stand for [`AUID_UNSET`].
    #[must_use]
    pub fn id(self) -> Option<u32> {
        match self {
            Value::Bare(b"-1") => Some(AUID_UNSET),
            other => u32::try_from(other.number()?).ok(),
        }
    }

    /// The value as a decimal number.
    ///
    /// ```
    /// use sysparse::audit::Value;
    ///
    /// assert_eq!(Value::Bare(b"1853").number(), Some(1853));
    /// assert_eq!(Value::Quoted(b"1853").number(), None);
    /// ```
    #[must_use]
    pub fn number(self) -> Option<u64> {
        whole(number, self.bare()?)
    }

    /// The value as a decimal number with or without a minus.
    #[must_use]
    pub fn integer(self) -> Option<i64> {
        whole(integer, self.bare()?)
    }

    /// The value as an octal number, as the kernel prints flags of openat2.
    #[must_use]
    pub fn octal(self) -> Option<u64> {
        whole(octal, self.bare()?)
    }

    /// The value as a hexadecimal number without prefix, as the kernel prints call arguments.
    #[must_use]
    pub fn hex(self) -> Option<u64> {
        whole(hex, self.bare()?)
    }

    fn bare(self) -> Option<&'a [u8]> {
        match self {
            Value::Bare(bytes) => Some(bytes),
            Value::Quoted(_) => None,
        }
    }

    /// Text that the kernel did not trust: quoted as it is, bare as hexadecimal if it is that.
    ///
    /// ```
    /// use sysparse::audit::Value;
    /// use sysparse::text::Text;
    ///
    /// assert_eq!(Value::Bare(b"6C73").text(), Text::Hex(b"6C73"));
    /// assert_eq!(Value::Quoted(b"6C73").text(), Text::Plain(b"6C73"));
    /// ```
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

/// A quoted or a bare value; a quote without an end is neither.
#[inline(always)]
pub(super) fn value(input: &[u8]) -> Parsed<'_, Value<'_>> {
    match literal(b"\"")(input) {
        Ok((input, ())) => {
            map(terminated(take_until("\""), literal(b"\"")), Value::Quoted).parse(input)
        }
        Err(_) => map(bare, Value::Bare).parse(input),
    }
}

/// `0100644`, up to a blank or to where the second part of an enriched record begins.
#[inline]
pub(super) fn bare(input: &[u8]) -> Parsed<'_, &[u8]> {
    let hash = terminated(literal(b"#"), not(literal(b"035")));
    let (rest, bare) = recognize((text, many0_count((hash, text)))).parse(input)?;
    let is_followed_by_names = matches!(rest, [] | [b' ', b'A'..=b'Z', ..]) || bare.ends_with(b"{");
    Ok(if is_followed_by_names { before_names(input, bare) } else { (rest, bare) })
}

/// The part of a bare value before the first of the names that auditd added, which can look like a part
/// of the value.
#[inline(never)]
fn before_names<'a>(input: &'a [u8], bare: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let is_name = |at: &usize| {
        let name = preceded(separator, take_while_m_n(1, 1, |byte: u8| byte.is_ascii_uppercase()));
        bare.get(*at..).is_some_and(|text| recognize(name).parse(text).is_ok())
    };
    let end = memchr::memchr2_iter(b'^', b'\\', bare).find(is_name).unwrap_or(bare.len());
    (input.get(end..).unwrap_or_default(), bare.get(..end).unwrap_or(bare))
}

/// What stands before the names that auditd added, unless it is a blank: the byte 0x1d, or what syslog,
/// cat(1) and others make of it.
pub const NAME_SEPARATORS: [&[u8]; 4] = [b"\x1d", b"#035", b"^]", b"\\035"];

/// One of [`NAME_SEPARATORS`].
pub(super) fn separator(input: &[u8]) -> Parsed<'_, ()> {
    let mut rests = NAME_SEPARATORS.iter().filter_map(|separator| input.strip_prefix(*separator));
    rests.next().map(|rest| (rest, ())).ok_or(no_match(input))
}

/// Bytes up to one at which a bare value may end.
fn text(input: &[u8]) -> Parsed<'_, &[u8]> {
    take(memchr::memchr3(b' ', 0x1d, b'#', input).unwrap_or(input.len())).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_value_ends_where_the_enriched_part_begins() {
        for end in [
            "",
            " x=1",
            "\x1dARCH=x86_64",
            "#035ARCH=x86_64",
            "^]A=1 B=2",
            "\\035A=\"b\"",
            "^]SADDR={ fam=x }",
        ] {
            for text in [
                "a#b",
                "#",
                "",
                "a",
                "0123456789abcdefghijk#0351x",
                "##03",
                "a^b=",
                "^]a=",
                "\\03=5",
            ] {
                let input = std::format!("{text}{end}");
                let text = text.split("#035").next().expect("text");
                let found = value(input.as_bytes()).map(|(_, value)| value);
                assert_eq!(found, Ok(Value::Bare(text.as_bytes())), "{input}");
            }
        }
    }

    #[test]
    fn a_quoted_value_needs_its_end() {
        assert_eq!(value(b"\"a b\" c"), Ok((&b" c"[..], Value::Quoted(b"a b"))));
        assert!(value(b"\"a b").is_err());
    }

    #[test]
    fn a_number_is_bare_and_in_its_base() {
        let value = Value::Bare(b"0100644");
        assert_eq!(
            (value.octal(), value.number(), value.hex()),
            (Some(33188), Some(100_644), Some(0x0010_0644))
        );
        assert_eq!(
            [Value::Quoted(b"7"), Value::Bare(b"8"), Value::Bare(b"")].map(Value::octal),
            [None; 3]
        );
        assert_eq!(Value::Bare(b"(null)").text(), Text::Plain(b"(null)"));
        assert_eq!(Value::Bare(b"6C73").text(), Text::Hex(b"6C73"));
        assert_eq!(Value::Quoted(b"6C73").text(), Text::Plain(b"6C73"));
    }
}
