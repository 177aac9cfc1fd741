//! Pieces of text that every format shares: lines, numbers, text that the kernel encodes.

mod encoded;

pub use encoded::Text;

use crate::grammar::{self, escape_sequence, hex, whole};
use memchr::memmem;
use nom::Parser;
use nom::multi::many0_count;

/// The whole of `input` as one decimal number, or nothing.
///
/// ```
/// assert_eq!(sysparse::text::whole_number(b"1853"), Some(1853));
/// assert_eq!(sysparse::text::whole_number(b"1853 "), None);
/// ```
#[must_use]
#[inline]
pub fn whole_number(input: &[u8]) -> Option<u64> {
    whole(grammar::number, input)
}

/// The whole of `input` as one hexadecimal number of either case without a prefix, or nothing.
///
/// ```
/// assert_eq!(sysparse::text::whole_hex(b"c000003e"), Some(0xc000_003e));
/// ```
#[must_use]
#[inline]
pub fn whole_hex(input: &[u8]) -> Option<u64> {
    whole(hex, input)
}

/// A decimal number with a point or a comma at the start of `input`, and what follows it.
///
/// ```
/// assert_eq!(sysparse::text::decimal(b"12,25%"), Some((12.25, &b"%"[..])));
/// ```
#[must_use]
pub fn decimal(input: &[u8]) -> Option<(f64, &[u8])> {
    grammar::decimal(input).ok().map(|(rest, number)| (number, rest))
}

/// The lines of `input` without their ends; the last may lack one.
///
/// ```
/// assert!(sysparse::text::lines(b"a\n\nb").eq([&b"a"[..], b"", b"b"]));
/// ```
pub fn lines(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = input;
    core::iter::from_fn(move || {
        let (tail, line) = grammar::line(rest).unwrap_or((&[], rest));
        let is_end = rest.is_empty();
        rest = tail;
        (!is_end).then_some(line)
    })
}

/// `word` without the escape sequences around it that set its colour.
pub(crate) fn strip_color(word: &[u8]) -> &[u8] {
    let leading = many0_count(escape_sequence).parse(word);
    let mut word = leading.map_or(word, |(rest, _)| rest);
    while let Some(at) = memmem::rfind(word, b"\x1b[") {
        let (before, sequence) = word.split_at(at);
        if whole(escape_sequence, sequence).is_none() {
            break;
        }
        word = before;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_never_wrap() {
        assert_eq!(whole_number(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(whole_number(b"18446744073709551616"), None);
        assert_eq!([whole_number(b"7x"), whole_number(b""), whole_number(b"-1")], [None; 3]);
    }

    #[test]
    fn hexadecimal_numbers_take_both_cases() {
        assert_eq!(whole_hex(b"c000003e"), Some(0xc000_003e));
        assert_eq!(whole_hex(b"FFFFFFFFFFFFFFFF"), Some(u64::MAX));
        for bad in [&b"10000000000000000"[..], b"", b"0x1", b"1 "] {
            assert_eq!(whole_hex(bad), None);
        }
    }

    #[test]
    fn decimals_have_a_point_or_a_comma() {
        assert_eq!(decimal(b"12.25%"), Some((12.25, &b"%"[..])));
        assert_eq!(decimal(b"0,05"), Some((0.05, &b""[..])));
        assert_eq!(decimal(b"7 "), Some((7.0, &b" "[..])));
        assert_eq!([decimal(b"-1"), decimal(b".5"), decimal(b"nan"), decimal(b"1.")], [None; 4]);
    }

    #[test]
    fn lines_have_no_empty_tail() {
        assert!(lines(b"a\n\nb\n").eq([&b"a"[..], b"", b"b"]));
        assert_eq!(lines(b"").count(), 0);
    }

    #[test]
    fn colours_are_taken_off() {
        for coloured in ["sda", "\x1b[1msda", "sda\x1b[0m", "\x1b[01;31m\x1b[Ksda\x1b[m\x1b[K"] {
            assert_eq!(strip_color(coloured.as_bytes()), b"sda", "{coloured}");
        }
        assert_eq!(strip_color(b"a\x1b[0mb"), b"a\x1b[0mb");
        assert_eq!(strip_color(b"\x1b["), b"");
    }
}
