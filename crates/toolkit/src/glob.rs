//! Patterns for names, as in a shell: `*`, `?` and `[...]`.
//!
//! ```
//! use toolkit::glob;
//!
//! assert!(glob::matches(b"scsi-3[0-9]*", b"scsi-35000e111c0"));
//! assert!(!glob::matches(b"st?", b"st10"));
//! ```

/// Whether a word is a pattern rather than a name.
#[must_use]
pub fn is_pattern(word: &[u8]) -> bool {
    word.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
}

/// Whether the whole of `name` matches `pattern`. A `[` that is not closed is an ordinary character.
/// Takes a time of at most the product of the lengths.
#[must_use]
pub fn matches(mut pattern: &[u8], mut name: &[u8]) -> bool {
    // What follows the last `*`, and the name from where it was tried.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', rest @ ..] = pattern {
            (pattern, retry) = (rest, Some((rest, name)));
        } else if let Some(rest) = name.first().and_then(|byte| match_one(pattern, *byte)) {
            (pattern, name) = (rest, name.get(1..).unwrap_or_default());
        } else if name.is_empty() && pattern.is_empty() {
            return true;
        } else {
            let Some((after_star, [_, from @ ..])) = retry else { return false };
            (pattern, name, retry) = (after_star, from, Some((after_star, from)));
        }
    }
}

/// The rest of a pattern whose first item matches `byte`.
fn match_one(pattern: &[u8], byte: u8) -> Option<&[u8]> {
    match pattern {
        [b'?', rest @ ..] => Some(rest),
        [b'[', rest @ ..] => match set(rest) {
            Some((items, rest)) => matches_set(items, byte).then_some(rest),
            None => (byte == b'[').then_some(rest),
        },
        [first, rest @ ..] => (*first == byte).then_some(rest),
        [] => None,
    }
}

/// The items of a set, and what follows it. A `]` that is the first item does not end the set.
fn set(pattern: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = usize::from(matches!(pattern.first(), Some(b'!' | b'^'))) + 1;
    let end = first + pattern.get(first..)?.iter().position(|byte| *byte == b']')?;
    Some((pattern.get(..end)?, pattern.get(end + 1..)?))
}

fn matches_set(items: &[u8], byte: u8) -> bool {
    let (is_negated, mut items) = match items {
        [b'!' | b'^', rest @ ..] => (true, rest),
        items => (false, items),
    };
    let mut is_in = false;
    loop {
        items = match items {
            [low, b'-', high, rest @ ..] => {
                is_in |= (*low..=*high).contains(&byte);
                rest
            }
            [item, rest @ ..] => {
                is_in |= *item == byte;
                rest
            }
            [] => return is_in != is_negated,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, yes, no) in [
            ("st*", "st10", "nst1"),
            ("*a*b", "xaabab", "xaaba"),
            ("st?", "st1", "st"),
            ("st[0-25]", "st5", "st3"),
            ("st[!0-2]", "st3", "st1"),
            ("[]a]", "]", "b"),
            ("[^]]", "a", "]"),
            ("[a-]", "-", "b"),
            ("a[b", "a[b", "ab"),
            ("7:0:*:0", "7:0:12:0", "7:0:12:1"),
        ] {
            assert!(matches(pattern.as_bytes(), yes.as_bytes()), "{pattern} {yes}");
            assert!(!matches(pattern.as_bytes(), no.as_bytes()), "{pattern} {no}");
        }
        assert!(matches(b"*", b"") && matches(b"**", b"a"));
        assert!(matches(b"", b"") && !matches(b"", b"a") && !matches(b"a", b""));
        assert!(is_pattern(b"a[") && !is_pattern(b"7:0:0:0"));
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = b"*a".repeat(2000);
        assert!(!matches(&[&pattern[..], b"b"].concat(), &b"a".repeat(4000)));
    }
}
