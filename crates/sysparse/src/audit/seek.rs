//! Fields that stand where the kernel writes them, found without a look at those before.

/// What follows the first `mark` in `input`, found by a letter of it that is rare in such text.
#[inline]
pub(super) fn word_with<'a, const N: usize>(
    input: &'a [u8],
    rare: u8,
    mark: &[u8; N],
) -> Option<&'a [u8]> {
    let before = mark.iter().position(|letter| *letter == rare)?;
    let mut from = before;
    loop {
        let at = from + memchr::memchr(rare, input.get(from..)?)?;
        if let Some(rest) = input.get(at - before..)?.strip_prefix(mark) {
            return Some(rest);
        }
        from = at + 1;
    }
}

/// What stands before and behind the first `mark` from `least` on, if it is not far: what a call
/// to memchr costs is saved.
#[inline]
pub(super) fn split_near<'a, const N: usize>(
    input: &'a [u8],
    least: usize,
    rare: u8,
    mark: &[u8; N],
) -> Option<(&'a [u8], &'a [u8])> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let before = mark.iter().position(|letter| *letter == rare)?;
    let chunks = input.get(least..)?.chunks_exact(8);
    for (index, chunk) in chunks.enumerate() {
        let word = u64::from_le_bytes(chunk.try_into().ok()?) ^ (u64::from(rare) * ONES);
        // The high bit of the first byte that is zero, and perhaps of some behind it.
        let zeros = word.wrapping_sub(ONES) & !word & HIGHS;
        if zeros != 0 {
            let at = least + index * 8 + (zeros.trailing_zeros() / 8) as usize;
            let (start, rest) = input.split_at_checked(at.checked_sub(before)?)?;
            return Some((start, rest.strip_prefix(mark)?));
        }
    }
    None
}
