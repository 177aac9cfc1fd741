//! Eight characters at once, as one word: the short numbers that most are.

/// How many of eight characters are digits before the first other one, and their value.
#[inline]
pub(super) fn leading_digits(chunk: [u8; 8]) -> (usize, u64) {
    let digits = count_digits(chunk);
    let word = u64::from_le_bytes(chunk) ^ ZEROS;
    // A shift by all the bits in two halves, for one of 64 would be none.
    let half = 32 - 4 * (digits & 15);
    (digits, joined(word << half << half))
}

/// How many of eight characters are digits before the first other one.
#[must_use]
#[inline]
pub fn count_digits(chunk: [u8; 8]) -> usize {
    (others(u64::from_le_bytes(chunk) ^ ZEROS).trailing_zeros() / 8) as usize
}

/// Eight times the digit 0.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The high bit of each byte that is more than 9; above the first of them others may be set too.
///
/// All eight are looked at in one word: a digit's byte, less `0`, stays below 0x80 when 0x76 is
/// added.
#[inline]
fn others(word: u64) -> u64 {
    (word.wrapping_add(0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
}

/// The number of eight digits, a byte each, the first one lowest: neighbours are joined to pairs,
/// fours and eight.
#[inline]
fn joined(ones: u64) -> u64 {
    let tens = ones.wrapping_mul(10).wrapping_add(ones >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = tens.wrapping_mul(100).wrapping_add(tens >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff
}

/// The value of eight digits.
#[must_use]
#[inline]
pub fn eight_digits(digits: [u8; 8]) -> Option<u64> {
    let word = u64::from_le_bytes(digits) ^ ZEROS;
    (others(word) == 0).then(|| joined(word))
}

/// The value of the last `count` of eight characters, one to eight, if they are digits.
#[must_use]
#[inline]
pub fn last_digits(chunk: [u8; 8], count: usize) -> Option<u64> {
    let others_bits = 8 * 8usize.checked_sub(count).filter(|left| *left < 8)?;
    let word = (u64::from_le_bytes(chunk) ^ ZEROS) >> others_bits << others_bits;
    (others(word) == 0).then(|| joined(word))
}

/// Whether eight characters are digits where `form` has a zero, and those of `form` elsewhere.
#[must_use]
#[inline]
pub fn fits(chunk: [u8; 8], form: &[u8; 8]) -> bool {
    let form = u64::from_le_bytes(*form);
    let word = u64::from_le_bytes(chunk) ^ form;
    // A byte that is set where another character than a zero stands in the form.
    let fixed = (others(form ^ ZEROS) >> 7) * 0xff;
    others(word) | word & fixed == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_digits_are_read_whatever_stands_before() {
        assert_eq!(last_digits(*b"x.489:57", 2), Some(57));
        assert_eq!(last_digits(*b"12345678", 8), Some(12_345_678));
        assert_eq!(last_digits(*b"x.489:57", 3), None);
        assert_eq!(last_digits(*b"12345678", 0), None);
        assert_eq!(last_digits(*b"12345678", 9), None);
    }

    #[test]
    fn a_form_tells_where_digits_stand() {
        assert!(fits(*b"593.489:", b"000.000:") && fits(*b"000.999:", b"000.000:"));
        for other in [b"593.489;", b"593,489:", b"59a.489:", b"593.4/9:", b"593.\xff89:"] {
            assert!(!fits(*other, b"000.000:"), "{other:?}");
        }
    }
}
