//! What programs print for people: decimals with a point or a comma, words in colour.

use super::number;
use memchr::memmem;

/// A decimal number with a point or a comma at the start of `input`, and what follows it.
#[must_use]
pub fn decimal(input: &[u8]) -> Option<(f64, &[u8])> {
    let (rest, whole) = number(input).ok()?;
    let [b'.' | b',', digits @ ..] = rest else {
        return Some((as_f64(whole), rest));
    };
    let (rest, fraction) = number(digits).ok()?;
    let scale = digits.iter().take(digits.len() - rest.len()).fold(1.0, |scale, _| scale * 10.0);
    Some((as_f64(whole) + as_f64(fraction) / scale, rest))
}

#[expect(clippy::cast_precision_loss, reason = "text has far fewer than the 15 digits that fit")]
fn as_f64(number: u64) -> f64 {
    number as f64
}

/// `word` without the escape sequences around it that set its colour.
#[must_use]
pub fn uncoloured(mut word: &[u8]) -> &[u8] {
    while let Some(rest) = word.strip_prefix(b"\x1b[") {
        let end = rest.iter().position(u8::is_ascii_alphabetic).map_or(rest.len(), |end| end + 1);
        word = rest.get(end..).unwrap_or_default();
    }
    while let Some(at) = memmem::rfind(word, b"\x1b[") {
        let (before, sequence) = word.split_at(at);
        let end = sequence.iter().skip(2).position(u8::is_ascii_alphabetic);
        if end != sequence.len().checked_sub(3) {
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
    fn decimals_have_a_point_or_a_comma() {
        assert_eq!(decimal(b"12.25%"), Some((12.25, &b"%"[..])));
        assert_eq!(decimal(b"0,05"), Some((0.05, &b""[..])));
        assert_eq!(decimal(b"7 "), Some((7.0, &b" "[..])));
        assert_eq!([decimal(b"-1"), decimal(b".5"), decimal(b"nan"), decimal(b"1.")], [None; 4]);
    }

    #[test]
    fn colours_are_taken_off() {
        for coloured in ["sda", "\x1b[1msda", "sda\x1b[0m", "\x1b[01;31m\x1b[Ksda\x1b[m\x1b[K"] {
            assert_eq!(uncoloured(coloured.as_bytes()), b"sda", "{coloured}");
        }
        assert_eq!(uncoloured(b"a\x1b[0mb"), b"a\x1b[0mb");
        assert_eq!(uncoloured(b"\x1b["), b"");
    }
}
