//! Finds the ends of lines.

#[cfg(target_arch = "x86_64")]
use memchr::arch::x86_64::avx2::memchr::Two;
use sysparse::audit::Mark;

/// Finds the ends of lines. The functions of `memchr` select their vector instructions in each call,
/// which takes 1.5 to 4 % of a run because lines are short. This selects them once.
pub(super) struct Newlines {
    #[cfg(target_arch = "x86_64")]
    wide: Option<(Two, Two)>,
}

impl Newlines {
    pub(super) fn new() -> Newlines {
        #[cfg(target_arch = "x86_64")]
        let find = |mark| Two::new(b'\n', mark as u8);
        Newlines {
            #[cfg(target_arch = "x86_64")]
            wide: find(Mark::Point).zip(find(Mark::Bracket)),
        }
    }

    /// The offset of the first newline or mark.
    #[inline]
    pub(super) fn find(&self, mark: Mark, bytes: &[u8]) -> Option<usize> {
        #[cfg(target_arch = "x86_64")]
        if let Some((point, bracket)) = &self.wide {
            let wide = if mark == Mark::Point { point } else { bracket };
            return wide.find(bytes);
        }
        memchr::memchr2(b'\n', mark as u8, bytes)
    }
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

    #[test]
    fn newlines_and_marks_are_found() {
        let newlines = Newlines::new();
        for length in 0..200 {
            let bytes = [vec![b'x'; length], b".(\n\r\0y\nz".to_vec()].concat();
            assert_eq!(newlines.find(Mark::Point, &bytes), Some(length));
            assert_eq!(newlines.find(Mark::Bracket, &bytes), Some(length + 1));
            assert_eq!(newlines.find(Mark::Point, &bytes[length + 1..]), Some(1));
            assert_eq!(newlines.find(Mark::Point, &bytes[length + 7..]), None);
        }
    }

    #[test]
    fn lines_are_split_at_newlines_only() {
        assert_eq!(split_line(b"a\r\0b\nc\n"), (&b"a\r\0b"[..], &b"c\n"[..]));
        assert_eq!(split_line(b"a"), (&b"a"[..], &b""[..]));
    }
}
