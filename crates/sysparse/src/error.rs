//! Where input is not what its format says.

use core::fmt;
use nom::error::{ContextError, ErrorKind};

/// Input that is not what its format says: what was expected, and where it was not found.
///
/// ```
/// let error = sysparse::diskstats::disk(b"   8      16 sdb 219 0 x").unwrap_err();
/// assert_eq!((error.expected, error.at), ("a number of sectors", 23));
/// assert_eq!(error.to_string(), "expected a number of sectors at byte 24");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    /// What the format has at this place, such as `a number of sectors`.
    pub expected: &'static str,
    /// Offset in bytes from the start of the parsed line or file.
    pub at: usize,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.at + 1)
    }
}

impl core::error::Error for ParseError {}

impl ParseError {
    /// The error of a grammar, with its place as an offset from the start of `line`.
    ///
    /// A nom parser sees what is left of a line, not where it starts. So while a grammar runs,
    /// `at` counts the bytes from the place to the end of the line.
    #[cold]
    pub(crate) fn in_line(self, line: &[u8]) -> ParseError {
        ParseError { at: line.len().saturating_sub(self.at), ..self }
    }
}

impl nom::error::ParseError<&[u8]> for ParseError {
    #[inline]
    fn from_error_kind(rest: &[u8], _: ErrorKind) -> Self {
        ParseError { expected: "", at: rest.len() }
    }

    #[inline]
    fn append(_: &[u8], _: ErrorKind, inner: Self) -> Self {
        inner
    }

    /// Of two alternatives, the one that got further; of two that got as far, the one with a name.
    #[inline]
    fn or(self, other: Self) -> Self {
        let is_unnamed = self.at == other.at && self.expected.is_empty();
        if other.at < self.at || is_unnamed { other } else { self }
    }
}

/// [`context`](nom::error::context) names what was expected and keeps the place; the innermost name
/// holds.
impl ContextError<&[u8]> for ParseError {
    #[inline]
    fn add_context(_: &[u8], expected: &'static str, inner: Self) -> Self {
        if inner.expected.is_empty() { ParseError { expected, ..inner } } else { inner }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_place_is_counted_from_1() {
        let error = ParseError { expected: "a number of sectors", at: 23 };
        assert_eq!(error.to_string(), "expected a number of sectors at byte 24");
    }
}
