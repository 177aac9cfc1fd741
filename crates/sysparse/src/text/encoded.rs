//! Text that the kernel writes as it is or as hexadecimal digits.

/// Bytes as they stand, or as pairs of hexadecimal digits.
///
/// The kernel writes a string that holds a quote, a blank or a byte outside printable ASCII as
/// upper-case hexadecimal without quotes (`audit_log_untrustedstring` in `kernel/audit.c`).
///
/// ```
/// use sysparse::text::Text;
///
/// let mut name = Vec::new();
/// Text::Hex(b"2F746D702F6120").append_to(&mut name);
/// assert_eq!(name, b"/tmp/a ");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text<'a> {
    /// The bytes themselves.
    Plain(&'a [u8]),
    /// An even number of hexadecimal digits, two for each byte.
    Hex(&'a [u8]),
}

impl<'a> Text<'a> {
    /// Whether `digits` can be read as pairs of hexadecimal digits as the kernel writes them.
    #[must_use]
    #[inline(never)]
    pub fn is_hex(digits: &[u8]) -> bool {
        // No way out in the middle, so that the compiler looks at many bytes at once.
        let is_other = |other: u8, byte: &u8| {
            let (digit, letter) = (byte.wrapping_sub(b'0'), byte.wrapping_sub(b'A'));
            other | u8::from(digit > 9) & u8::from(letter > 5)
        };
        !digits.is_empty() && digits.len() % 2 == 0 && digits.iter().fold(0, is_other) == 0
    }

    /// Appends the decoded bytes to `out`.
    pub fn append_to(self, out: &mut impl Extend<u8>) {
        match self {
            Text::Plain(bytes) => out.extend(bytes.iter().copied()),
            Text::Hex(digits) => out.extend(digits.chunks_exact(2).map(pair)),
        }
    }

    /// The decoded bytes one by one.
    pub fn bytes(self) -> impl Iterator<Item = u8> + use<'a> {
        let (plain, hex): (&[u8], &[u8]) = match self {
            Text::Plain(bytes) => (bytes, &[]),
            Text::Hex(digits) => (&[], digits),
        };
        plain.iter().copied().chain(hex.chunks_exact(2).map(pair))
    }

    /// The number of decoded bytes.
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Text::Plain(bytes) => bytes.len(),
            Text::Hex(digits) => digits.len() / 2,
        }
    }

    /// Whether there is no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// The byte that two hexadecimal digits stand for.
fn pair(digits: &[u8]) -> u8 {
    match digits {
        [high, low] => nibble(*high) << 4 | nibble(*low),
        _ => 0,
    }
}

/// The value of one hexadecimal digit of either case: the low half of the byte, and nine more for
/// a letter.
fn nibble(digit: u8) -> u8 {
    (digit & 0xf) + 9 * (digit >> 6 & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_text_is_upper_case_pairs() {
        assert!(Text::is_hex(b"6C73"));
        assert!(!Text::is_hex(b"6c73") && !Text::is_hex(b"6C7") && !Text::is_hex(b""));
        assert!(Text::Hex(b"6C73").bytes().eq(*b"ls"));
        assert!(Text::Plain(b"6C73").bytes().eq(*b"6C73"));
    }

    #[test]
    fn every_digit_counts_and_no_other_byte_does() {
        for high in 0..=u8::MAX {
            let is_digit = b"0123456789ABCDEF".contains(&high);
            for digits in [[high, b'9'], [b'0', high], [high, high]] {
                assert_eq!(Text::is_hex(&digits), is_digit, "{}", digits.escape_ascii());
            }
        }
    }

    #[test]
    fn the_bytes_are_the_same_one_by_one_and_together() {
        for (text, wanted) in [
            (Text::Hex(b"2F09FF"), &b"/\t\xff"[..]),
            (Text::Plain(b"2F"), b"2F"),
            (Text::Plain(b""), b""),
            (Text::Hex(b""), b""),
        ] {
            let mut together = std::vec::Vec::new();
            text.append_to(&mut together);
            assert_eq!(together, wanted);
            assert!(text.bytes().eq(wanted.iter().copied()));
            assert_eq!((text.len(), text.is_empty()), (wanted.len(), wanted.is_empty()));
        }
    }
}
