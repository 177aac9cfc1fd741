//! Pieces of text that every format shares: lines, numbers, text that the kernel encodes.

mod encoded;

pub use encoded::Text;

use crate::grammar::{self, escape_sequence, hex, whole};
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

/// A text without what steers a terminal at both ends of it: sequences that set colors and modes, and
/// control characters besides the tab.
///
/// ```
/// assert_eq!(sysparse::text::strip_codes(b"\x1b[?2004l\r\x1b[1mmpatha\x1b[0m"), b"mpatha");
/// ```
#[must_use]
pub fn strip_codes(text: &[u8]) -> &[u8] {
    let leading = many0_count(escape_sequence).parse(text);
    let mut text = leading.map_or(text, |(rest, _)| rest);
    loop {
        // A sequence has no control character besides the one that begins it.
        let last = text.iter().rposition(u8::is_ascii_control);
        let (before, end) = text.split_at(last.unwrap_or(text.len()));
        if whole(escape_sequence, end).is_none() {
            return text;
        }
        text = before;
    }
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
    fn codes_for_the_terminal_are_taken_off() {
        for coded in [
            "sda",
            "\x1b[1msda",
            "sda\x1b[0m",
            "\x1b[01;31m\x1b[Ksda\x1b[m\x1b[K",
            "\x1b[?2004l\rsda\x1b[?2004h",
            "\x0csda\x07\0",
            "\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\rsda\x1b[>0 q",
            "\x1b(B\x1b[msda\x1b(B\x1b[m\x1b[0",
            "\x7f\x1b[1~sda\x1b7\x1b[200@\x1b[",
        ] {
            assert_eq!(strip_codes(coded.as_bytes()), b"sda", "{coded}");
        }
        for plain in ["a\x1b[0mb", "\tsda\t", "\x1b", "\x1bsda", "\x1b]0;sda", "\x1b(\x7fsda"] {
            assert_eq!(strip_codes(plain.as_bytes()), plain.as_bytes(), "{plain}");
        }
        assert_eq!(strip_codes(b"\x1b["), b"");
    }
}
