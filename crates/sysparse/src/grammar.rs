//! The nom parsers that the grammars of all formats share.
//!
//! nom's parsers of one character (`satisfy`, `none_of`, `anychar`) take a byte beyond ASCII for a
//! character of two bytes, and panic at the end of the input: use those of bytes.

use crate::ParseError;
use nom::branch::alt;
use nom::bytes::complete::{take_till, take_until, take_while, take_while_m_n};
use nom::character::complete::{digit1, oct_digit1, one_of};
use nom::combinator::{all_consuming, consumed, cut, eof, map, map_opt, opt, recognize, value};
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};
use nom::{Err, IResult, Parser};

/// What a parser of a grammar returns: what is left of the input, and what was read.
pub(crate) type Parsed<'a, T> = IResult<&'a [u8], T, ParseError>;

/// Parses the start of `line`.
#[inline]
pub(crate) fn parse<'a, T>(
    line: &'a [u8],
    mut grammar: impl Parser<&'a [u8], Output = T, Error = ParseError>,
) -> Result<T, ParseError> {
    finish(line, grammar.parse(line)).map(|(_, value)| value)
}

/// What is left and what was read by a grammar that parsed `line` or an end of it.
#[inline]
pub(crate) fn finish<'a, T>(
    line: &[u8],
    parsed: Parsed<'a, T>,
) -> Result<(&'a [u8], T), ParseError> {
    parsed.map_err(|error| match error {
        Err::Error(error) | Err::Failure(error) => error.in_line(line),
        Err::Incomplete(_) => ParseError { expected: "more input", at: line.len() },
    })
}

/// The whole of `input`, or nothing.
#[inline]
pub(crate) fn whole<'a, T>(
    grammar: impl Parser<&'a [u8], Output = T, Error = ParseError>,
    input: &'a [u8],
) -> Option<T> {
    all_consuming(grammar).parse(input).ok().map(|(_, value)| value)
}

/// Names what should begin here: an error of `parser` has this name and this place.
pub(crate) fn expect<'a, T>(
    expected: &'static str,
    mut parser: impl Parser<&'a [u8], Output = T, Error = ParseError>,
) -> impl Parser<&'a [u8], Output = T, Error = ParseError> {
    move |input: &'a [u8]| {
        parser.parse(input).map_err(|_| Err::Error(ParseError { expected, at: input.len() }))
    }
}

/// Bytes that must stand here. nom's `tag` compares byte by byte: +22 to 30 % on the hot paths.
pub(crate) fn literal<const N: usize>(bytes: &'static [u8; N]) -> impl Fn(&[u8]) -> Parsed<'_, ()> {
    move |input| match input.strip_prefix(bytes) {
        Some(rest) => Ok((rest, ())),
        None => Err(no_match(input)),
    }
}

/// The error of a parser that finds nothing at the start of `rest`.
#[inline]
pub(crate) fn no_match(rest: &[u8]) -> Err<ParseError> {
    Err::Error(ParseError { expected: "", at: rest.len() })
}

/// A number of one digit.
#[inline(always)]
pub(crate) fn digit(input: &[u8]) -> Parsed<'_, u64> {
    match input {
        [digit @ b'0'..=b'9', rest @ ..] => Ok((rest, u64::from(digit - b'0'))),
        _ => Err(no_match(input)),
    }
}

/// A decimal number without a sign that fits 64 bits.
#[inline(always)]
pub(crate) fn number(input: &[u8]) -> Parsed<'_, u64> {
    let mut value = 0u64;
    let mut length = 0;
    for byte in input {
        let digit = u64::from(*byte).wrapping_sub(u64::from(b'0'));
        if digit > 9 {
            break;
        }
        value = value.wrapping_mul(10).wrapping_add(digit);
        length += 1;
    }
    // Nineteen digits always fit.
    match input.get(length..) {
        Some(rest) if (1..=19).contains(&length) => Ok((rest, value)),
        _ => long_number(input),
    }
}

#[cold]
#[inline(never)]
fn long_number(input: &[u8]) -> Parsed<'_, u64> {
    let (rest, digits) = digit1(input)?;
    let mut value = 0u64;
    for (index, digit) in digits.iter().enumerate() {
        value = value
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(u64::from(digit - b'0')))
            .ok_or_else(|| no_match(input.get(index..).unwrap_or_default()))?;
    }
    Ok((rest, value))
}

/// A decimal number with or without a minus.
#[inline]
pub(crate) fn integer(input: &[u8]) -> Parsed<'_, i64> {
    let signed = |(minus, number): (Option<()>, u64)| {
        let number = i64::try_from(number).ok()?;
        Some(if minus.is_some() { -number } else { number })
    };
    map_opt((opt(literal(b"-")), number), signed).parse(input)
}

/// A hexadecimal number of either case, without a prefix, that fits 64 bits.
pub(crate) fn hex(input: &[u8]) -> Parsed<'_, u64> {
    let mut value = 0;
    let mut length = 0;
    while let Some(digit) = input.get(length).and_then(|byte| char::from(*byte).to_digit(16)) {
        value = value << 4 | u64::from(digit);
        length += 1;
    }
    match input.get(length..) {
        Some(rest) if (1..=16).contains(&length) => Ok((rest, value)),
        _ => Err(no_match(input)),
    }
}

/// An octal number that fits 64 bits.
pub(crate) fn octal(input: &[u8]) -> Parsed<'_, u64> {
    let push = |value: u64, digit: &u8| Some(value.checked_mul(8)? | u64::from(digit - b'0'));
    map_opt(oct_digit1, |digits: &[u8]| digits.iter().try_fold(0, push)).parse(input)
}

/// A decimal number with a point or, as some locales have it, a comma: `12.25`, `0,05`, `7`.
pub(crate) fn decimal(input: &[u8]) -> Parsed<'_, f64> {
    let fraction = preceded(one_of(".,"), cut(consumed(number)));
    let sum = |(whole, fraction): (u64, Option<(&[u8], u64)>)| {
        fraction.map_or(as_f64(whole), |(digits, fraction)| {
            let scale = digits.iter().fold(1.0, |scale, _| scale * 10.0);
            as_f64(whole) + as_f64(fraction) / scale
        })
    };
    map((number, opt(fraction)), sum).parse(input)
}

#[expect(clippy::cast_precision_loss, reason = "text has far fewer than the 15 digits that fit")]
fn as_f64(number: u64) -> f64 {
    number as f64
}

/// Text without a blank, a tab or a line end; it may be empty.
pub(crate) fn word(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_till(is_blank).parse(input)
}

/// Whether a word ends at this byte.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

/// Blanks, if any.
#[inline]
pub(crate) fn blanks(input: &[u8]) -> Parsed<'_, ()> {
    value((), many0_count(literal(b" "))).parse(input)
}

/// A line and its newline.
#[inline]
pub(crate) fn line(input: &[u8]) -> Parsed<'_, &[u8]> {
    terminated(take_until("\n"), literal(b"\n")).parse(input)
}

/// What steers a terminal: a sequence that sets a color or a mode, such as `\x1b[01;31m` and
/// `\x1b[?2004l`, one that selects a character set or a keypad, such as `\x1b(B` and `\x1b=`, or a
/// control character besides the tab. A sequence at the end may be cut off.
pub(crate) fn escape_sequence(input: &[u8]) -> Parsed<'_, &[u8]> {
    let one = |is_end: fn(u8) -> bool| take_while_m_n(1, 1, is_end);
    let control = (
        literal(b"["),
        take_while(|byte| matches!(byte, b'0'..=b'?')),
        take_while(is_intermediate),
        alt((one(|byte| matches!(byte, b'@'..=b'~')), eof)),
    );
    let charset = (one(is_intermediate), one(|byte| matches!(byte, b'0'..=b'~')));
    let keypad = one(|byte| matches!(byte, b'0'..=b'?'));
    let sequence =
        (literal(b"\x1b"), alt((value((), control), value((), charset), value((), keypad))));
    alt((recognize(sequence), one(is_lone_control))).parse(input)
}

fn is_intermediate(byte: u8) -> bool {
    matches!(byte, b' '..=b'/')
}

/// Whether this is a control character that begins no sequence and separates no words.
fn is_lone_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\x1b')
}

/// What stands before the first `literal`, which is passed. The literal is found by a byte that is
/// `rare` in such text: nom's `take_until` stops at every byte like the first of the literal.
#[inline(always)]
pub(crate) fn up_to<const N: usize>(
    rare: u8,
    literal: &'static [u8; N],
) -> impl Fn(&[u8]) -> Parsed<'_, &[u8]> {
    up_to_after_at_least(0, rare, literal)
}

/// The same where at least `shortest` bytes stand before the literal.
#[inline(always)]
pub(crate) fn up_to_after_at_least<const N: usize>(
    shortest: usize,
    rare: u8,
    literal: &'static [u8; N],
) -> impl Fn(&[u8]) -> Parsed<'_, &[u8]> {
    move |input| {
        let before = literal.iter().position(|byte| *byte == rare).unwrap_or(0);
        let after = input.get(before..).unwrap_or_default();
        let mut at = shortest;
        while let Some(found) = find_near(rare, after.get(at..).unwrap_or_default()) {
            let (text, rest) = input.split_at_checked(at + found).unwrap_or_default();
            if let Some(rest) = rest.strip_prefix(literal) {
                return Ok((rest, text));
            }
            at += found + 1;
        }
        Err(no_match(input))
    }
}

/// The first place of a byte in a text that has it near its start. On `x86_64` this is inlined: calls
/// take 4 % more of the time in which a log is read.
#[inline(always)]
fn find_near(byte: u8, text: &[u8]) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    if let Some(one) = memchr::arch::x86_64::sse2::memchr::One::new(byte) {
        return one.find(text);
    }
    memchr::memchr(byte, text)
}

/// What stands before the first place where `parser` matches, and what it finds there.
pub(crate) fn first<'a, T>(
    mut parser: impl Parser<&'a [u8], Output = T, Error = ParseError>,
) -> impl Parser<&'a [u8], Output = (&'a [u8], T), Error = ParseError> {
    move |input: &'a [u8]| {
        let mut places = (0..=input.len()).filter_map(|at| input.split_at_checked(at));
        let found = places.find_map(|(before, rest)| {
            let (rest, found) = parser.parse(rest).ok()?;
            Some((rest, (before, found)))
        });
        found.ok_or(no_match(input))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_are_read_whatever_follows() {
        for length in 1..=20 {
            for tail in ["", " ", "/", ":", "x", "\u{7f}aaaaaaaaa", " 12345678"] {
                let digits = &"12345678901234567890"[..length];
                let text = std::format!("{digits}{tail}");
                let wanted = Ok((tail.as_bytes(), digits.parse().expect("a number")));
                assert_eq!(number(text.as_bytes()), wanted, "{text}");
            }
        }
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
            let text = [b'4', b'2', byte, b'5', b'5', b'5', b'5', b'5', b'5'];
            assert_eq!(number(&text), Ok((&text[2..], 42)));
            assert!(number(&text[2..]).is_err());
        }
    }

    #[test]
    fn a_digit_is_one_byte() {
        for (text, value) in [("0", 0), ("7 ", 7), ("91", 9)] {
            assert_eq!(digit(text.as_bytes()), Ok((&text.as_bytes()[1..], value)));
        }
        for bad in ["", "x", "/", ":"] {
            assert!(digit(bad.as_bytes()).is_err());
        }
    }

    #[test]
    fn octal_numbers_have_no_other_digits() {
        assert_eq!(whole(octal, b"0101"), Some(0o101));
        for bad in [&b"8"[..], b"", b"7777777777777777777777"] {
            assert_eq!(whole(octal, bad), None);
        }
    }
}
