//! Finds the ends of lines.

#[cfg(target_arch = "x86_64")]
use memchr::arch::x86_64::avx2::memchr::Two;
use sysparse::audit::StampByte;

/// The vector instructions that find the ends of lines. The functions of `memchr` select theirs in each
/// call, which takes 1.2 to 4.3 % more CPU time (docs/performance.md), because lines are short. These are
/// selected once.
#[cfg(target_arch = "x86_64")]
pub(super) struct Vectors {
    point: Two,
    bracket: Two,
}

#[cfg(target_arch = "x86_64")]
impl Vectors {
    /// The vector instructions, if the processor has them.
    pub(super) fn new() -> Option<Vectors> {
        let two = |byte| Two::new(b'\n', byte as u8);
        Some(Vectors { point: two(StampByte::Point)?, bracket: two(StampByte::Bracket)? })
    }

    /// The same as [`find`].
    #[inline(always)]
    pub(super) fn find(&self, byte: StampByte, bytes: &[u8]) -> Option<usize> {
        match byte {
            StampByte::Point => self.point.find(bytes),
            StampByte::Bracket => self.bracket.find(bytes),
        }
    }
}

/// The offset of the first newline or byte of a stamp.
#[inline]
pub(super) fn find(byte: StampByte, bytes: &[u8]) -> Option<usize> {
    memchr::memchr2(b'\n', byte as u8, bytes)
}

/// The first line without its newline, and what follows it; the last line may lack one.
pub(super) fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let (line, rest) = bytes.split_at_checked(end).unwrap_or_default();
    (line, rest.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds_newlines_and_stamp_bytes(find: impl Fn(StampByte, &[u8]) -> Option<usize>) {
        for length in 0..200 {
            let bytes = [vec![b'x'; length], b".(\n\r\0y\nz".to_vec()].concat();
            assert_eq!(find(StampByte::Point, &bytes), Some(length));
            assert_eq!(find(StampByte::Bracket, &bytes), Some(length + 1));
            assert_eq!(find(StampByte::Point, &bytes[length + 1..]), Some(1));
            assert_eq!(find(StampByte::Point, &bytes[length + 7..]), None);
        }
    }

    #[test]
    fn newlines_and_stamp_bytes_are_found() {
        finds_newlines_and_stamp_bytes(find);
        #[cfg(target_arch = "x86_64")]
        if let Some(vectors) = Vectors::new() {
            finds_newlines_and_stamp_bytes(|byte, bytes| vectors.find(byte, bytes));
        }
    }

    #[test]
    fn lines_are_split_at_newlines_only() {
        assert_eq!(split_line(b"a\r\0b\nc\n"), (&b"a\r\0b"[..], &b"c\n"[..]));
        assert_eq!(split_line(b"a"), (&b"a"[..], &b""[..]));
    }
}
