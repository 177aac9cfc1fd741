//! The tokens of JSON that multipathd and `iostat -o JSON` print.
//!
//! ```text
//! "name" : "mpath7",
//! "path_groups": [{
//!    "pri" : 50,
//! ```
//!
//! No token contains the end of a line, so a text can be read line by line. multipathd does not escape
//! quotes in names, so a string ends only at a quote before `,`, `:`, `}`, `]` or the end of the line.
//! Sources: `libmultipath/print.h` of multipath-tools, iostat(1).

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// One of `{`, `}`, `[`, `]`, `:` and `,`.
    Punctuation(u8),
    /// A string without its quotes, its escapes still in it.
    Text(&'a [u8]),
    /// A number, `true`, `false`, `null`, or anything else without blanks and punctuation.
    Word(&'a [u8]),
}

/// The tokens of a line.
///
/// ```
/// use sysparse::json_token::{Token, tokens};
///
/// let found = tokens(b"\"pri\" : 50,");
/// let (text, word, sign) = (Token::Text, Token::Word, Token::Punctuation);
/// assert!(found.eq([text(b"pri"), sign(b':'), word(b"50"), sign(b',')]));
/// ```
pub fn tokens(line: &[u8]) -> impl Iterator<Item = Token<'_>> {
    let mut rest = line;
    core::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let (token, length) = match rest {
            [] => return None,
            [b'"', text @ ..] => {
                let end = end_of_text(text);
                (Token::Text(text.get(..end).unwrap_or_default()), end + 2)
            }
            [byte, ..] if is_punctuation(*byte) => (Token::Punctuation(*byte), 1),
            word => {
                let is_end = |byte: &u8| byte.is_ascii_whitespace() || is_punctuation(*byte);
                let end = word.iter().position(is_end).unwrap_or(word.len());
                (Token::Word(word.get(..end).unwrap_or_default()), end)
            }
        };
        rest = rest.get(length..).unwrap_or_default();
        Some(token)
    })
}

fn is_punctuation(byte: u8) -> bool {
    matches!(byte, b'{' | b'}' | b'[' | b']' | b':' | b',')
}

/// The length of a text whose opening quote was passed.
fn end_of_text(text: &[u8]) -> usize {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        let at = from + at;
        let (_, found) = text.split_at(at);
        if found.first() == Some(&b'\\') {
            from = at + 2;
            continue;
        }
        let after = found.get(1..).unwrap_or_default();
        let blanks = after.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if after.get(blanks).is_none_or(|byte| matches!(byte, b',' | b':' | b'}' | b']')) {
            return at;
        }
        from = at + 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn a_quote_inside_a_name_does_not_end_it() {
        let line = br#""name" : "odd "q" name", "x": "a\"b\\" }"#;
        let texts: Vec<_> = tokens(line)
            .filter_map(|token| if let Token::Text(text) = token { Some(text) } else { None })
            .collect();
        assert_eq!(texts, [&b"name"[..], br#"odd "q" name"#, b"x", br#"a\"b\\"#]);
        assert_eq!(tokens(line).last(), Some(Token::Punctuation(b'}')));
    }

    #[test]
    fn every_prefix_and_every_changed_byte_is_read_without_panic() {
        let sample = br#"{"maps": [{ "name" : "a\"b", "pri" : -50, "x":null}]}"#;
        for end in test_support::places(sample.len() + 1) {
            let mut changed = Vec::from(&sample[..end]);
            for at in test_support::places(end) {
                for byte in test_support::every_byte() {
                    changed[at] = byte;
                    assert!(tokens(&changed).count() <= end);
                }
                changed[at] = sample[at];
            }
        }
    }

    #[test]
    fn words_end_at_blanks_and_marks() {
        let found: Vec<_> = tokens(b" [null,-1.5 true]").collect();
        let (word, sign) = (Token::Word, Token::Punctuation);
        let wanted =
            [sign(b'['), word(b"null"), sign(b','), word(b"-1.5"), word(b"true"), sign(b']')];
        assert_eq!(found, wanted);
    }
}
