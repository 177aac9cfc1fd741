//! The small parsers every format shares: numbers, words, quoted and hexadecimal values.
//!
//! Each takes the input first and gives back what is left of it, as nom's parsers do.

mod decimal;
mod eight;
mod encoded;

pub use decimal::{decimal, uncoloured};
pub use eight::{count_digits, eight_digits, fits, last_digits};
pub use encoded::Text;

use eight::leading_digits;
use nom::error::{Error, ErrorKind};
use nom::{Err, IResult};

/// A decimal number without a sign that fits 64 bits.
///
/// # Errors
/// No digit at the start, or a number beyond [`u64::MAX`].
#[inline(always)]
#[allow(clippy::inline_always, reason = "the hot path of every parser")]
pub fn number(input: &[u8]) -> IResult<&[u8], u64> {
    if let Some(chunk) = input.first_chunk::<8>() {
        let (digits, value) = leading_digits(*chunk);
        if (1..8).contains(&digits) {
            return Ok((input.get(digits..).unwrap_or_default(), value));
        }
    }
    long_number(input)
}

/// A number of eight digits or more, or one near the end of the input.
#[inline(never)]
fn long_number(input: &[u8]) -> IResult<&[u8], u64> {
    let Some((first, tail)) = input.split_first_chunk::<8>() else {
        return digit_by_digit(input, input, 0);
    };
    let (8, high) = leading_digits(*first) else { return digit_by_digit(input, input, 0) };
    match tail.first_chunk::<8>().map(|second| leading_digits(*second)) {
        Some((digits @ 0..8, low)) => {
            let scale = TENS.get(digits).copied().unwrap_or(1);
            Ok((tail.get(digits..).unwrap_or_default(), high * scale + low))
        }
        _ => digit_by_digit(input, tail, high),
    }
}

/// Goes on with a number of which `value` was read before `rest`, up to the last digit that fits.
fn digit_by_digit<'a>(
    input: &'a [u8],
    mut rest: &'a [u8],
    mut value: u64,
) -> IResult<&'a [u8], u64> {
    while let [digit @ b'0'..=b'9', tail @ ..] = rest {
        value = value
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(u64::from(digit - b'0')))
            .ok_or(Err::Error(Error::new(rest, ErrorKind::TooLarge)))?;
        rest = tail;
    }
    if rest.len() == input.len() {
        return Err(Err::Error(Error::new(input, ErrorKind::Digit)));
    }
    Ok((rest, value))
}

/// The powers of ten up to that of seven digits.
const TENS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Bytes that must stand here: as nom's `tag`, but compared as a whole.
#[inline]
pub fn literal<const N: usize>(mark: &[u8; N]) -> impl Fn(&[u8]) -> IResult<&[u8], ()> {
    move |input| match input.strip_prefix(mark) {
        Some(rest) => Ok((rest, ())),
        None => Err(Err::Error(Error::new(input, ErrorKind::Tag))),
    }
}

/// The whole of `input` as one decimal number, or nothing.
#[must_use]
#[inline]
pub fn whole_number(input: &[u8]) -> Option<u64> {
    // Nineteen digits always fit.
    if !(1..=19).contains(&input.len()) {
        return number(input).ok().filter(|(rest, _)| rest.is_empty()).map(|(_, value)| value);
    }
    input.iter().try_fold(0, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| value * 10 + u64::from(digit))
    })
}

/// The whole of `input` as one hexadecimal number of either case without a prefix, or nothing.
#[must_use]
#[inline]
pub fn whole_hex(input: &[u8]) -> Option<u64> {
    if !(1..=16).contains(&input.len()) {
        return None;
    }
    let mut value = 0;
    let mut all = 0;
    for byte in input {
        let digit = DIGITS.get(usize::from(*byte)).copied().unwrap_or(NO_DIGIT);
        value = value << 4 | u64::from(digit);
        all |= digit;
    }
    (all < NO_DIGIT).then_some(value)
}

/// The whole of `input` as one octal number, or nothing.
#[must_use]
pub fn whole_octal(input: &[u8]) -> Option<u64> {
    let value = input.iter().try_fold(0u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 8).then_some(value.checked_mul(8)? | u64::from(digit))
    });
    value.filter(|_| !input.is_empty())
}

/// What each byte is worth as a hexadecimal digit of either case.
const DIGITS: [u8; 256] = digits();

/// What a byte that is no digit is worth: more than all digits or-ed.
const NO_DIGIT: u8 = 0x10;

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn digits() -> [u8; 256] {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0u8;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    digits
}

/// What was left of the input where a parser failed.
#[must_use]
pub fn remaining<'a>(error: &Err<Error<&'a [u8]>>) -> &'a [u8] {
    match error {
        Err::Error(error) | Err::Failure(error) => error.input,
        Err::Incomplete(_) => &[],
    }
}

/// The text before the first of blank, tab or line end, and what follows it; the text may be empty.
#[must_use]
pub fn word(input: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr3(b' ', b'\t', b'\n', input).unwrap_or(input.len());
    input.split_at(end)
}

/// The first line of `input` without its end, and what follows; nothing if no line ends in it.
#[must_use]
#[inline]
pub fn split_line(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = input.split_at(memchr::memchr(b'\n', input)?);
    Some((line, rest.get(1..)?))
}

/// The lines of `input` without their ends; the last may lack one.
pub fn lines(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = input;
    core::iter::from_fn(move || {
        let (line, tail) = split_line(rest).unwrap_or((rest, &[]));
        let ended = rest.is_empty();
        rest = tail;
        (!ended).then_some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stop_at_the_first_other_byte_and_never_wrap() {
        assert_eq!(number(b"12:3"), Ok((&b":3"[..], 12)));
        assert!(number(b"").is_err());
        assert!(number(b"-1").is_err());
        assert_eq!(whole_number(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(whole_number(b"18446744073709551616"), None);
        assert_eq!(whole_number(b"7x"), None);
    }

    #[test]
    fn numbers_of_every_length_are_read_whatever_follows() {
        for length in 1..=19 {
            for tail in ["", " ", "/", ":", "x", "\u{7f}aaaaaaaaa", " 12345678"] {
                let digits = &"1234567890123456789"[..length];
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
    fn hexadecimal_numbers_take_both_cases() {
        assert_eq!(whole_hex(b"c000003e"), Some(0xc000_003e));
        assert_eq!(whole_hex(b"FFFFFFFFFFFFFFFF"), Some(u64::MAX));
        assert_eq!(whole_hex(b"10000000000000000"), None);
        assert_eq!(whole_hex(b""), None);
        assert_eq!(whole_hex(b"0x1"), None);
        assert_eq!(whole_octal(b"0101"), Some(0o101));
        assert_eq!(whole_octal(b"8"), None);
    }

    #[test]
    fn lines_have_no_empty_tail() {
        assert!(lines(b"a\n\nb\n").eq([&b"a"[..], b"", b"b"]));
        assert_eq!(lines(b"").count(), 0);
    }
}
