//! Finds the ends of lines.

#[cfg(target_arch = "x86_64")]
use memchr::arch::x86_64::avx2::memchr::{One, Two};
use sysparse::audit::Mark;

/// Splits lines. `memchr::memchr` selects its vector instructions in each call, which takes 1.5 to 4 %
/// of a run because lines are short. This selects them once.
pub(super) struct Newlines {
    #[cfg(target_arch = "x86_64")]
    wide: Option<One>,
    #[cfg(target_arch = "x86_64")]
    point: Option<Two>,
    #[cfg(target_arch = "x86_64")]
    bracket: Option<Two>,
}

impl Newlines {
    pub(super) fn new() -> Newlines {
        Newlines {
            #[cfg(target_arch = "x86_64")]
            wide: One::new(b'\n'),
            #[cfg(target_arch = "x86_64")]
            point: Two::new(b'\n', b'.'),
            #[cfg(target_arch = "x86_64")]
            bracket: Two::new(b'\n', b'('),
        }
    }

    /// The first line without its newline, and what follows it; `None` if there is no newline.
    #[inline]
    pub(super) fn split<'a>(&self, bytes: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let (line, rest) = bytes.split_at_checked(self.find(bytes)?)?;
        Some((line, rest.get(1..)?))
    }

    /// The offset of the first newline or mark.
    #[inline]
    pub(super) fn find_mark(&self, mark: Mark, bytes: &[u8]) -> Option<usize> {
        #[cfg(target_arch = "x86_64")]
        if let (Some(point), Some(bracket)) = (&self.point, &self.bracket) {
            return match mark {
                Mark::Point => point.find(bytes),
                Mark::Bracket => bracket.find(bytes),
            };
        }
        memchr::memchr2(b'\n', mark as u8, bytes)
    }

    #[inline]
    fn find(&self, bytes: &[u8]) -> Option<usize> {
        #[cfg(target_arch = "x86_64")]
        if let Some(wide) = &self.wide {
            return wide.find(bytes);
        }
        memchr::memchr(b'\n', bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_at_newlines_only() {
        let newlines = Newlines::new();
        for length in 0..200 {
            let bytes = [vec![b'x'; length], b"\n\r\0y\nz".to_vec()].concat();
            let (line, rest) = newlines.split(&bytes).expect("a line");
            assert_eq!((line.len(), rest), (length, &b"\r\0y\nz"[..]));
            assert_eq!(newlines.split(line), None);
        }
    }
}
