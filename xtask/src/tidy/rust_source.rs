//! As much of Rust's syntax as the checks of sources need.

/// Whether all of a file is test code.
pub(super) fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "tests" | "tests.rs"))
}

/// The code of a file: comments and literals are replaced by spaces, line breaks stay.
pub(super) fn code(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while !rest.is_empty() {
        if let Some((text, after)) = split_text(rest) {
            code.extend(text.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
            rest = after;
        } else {
            let (token, after) = split_word(rest);
            code.push_str(token);
            rest = after;
        }
    }
    code
}

/// For each line of code, whether it belongs to an item with `#[cfg(test)]`. Relies on the layout of
/// rustfmt: an item ends on its first line, or at the first line with the same indentation that
/// begins with `}`.
pub(super) fn test_lines(code: &str) -> Vec<bool> {
    let mut item = None;
    let mark = |line: &str| {
        if let Some(indentation) = item {
            if ends_item(line, indentation) {
                item = None;
            }
            return true;
        }
        let text = line.trim_start();
        item = (text.trim_end() == "#[cfg(test)]").then_some(line.len() - text.len());
        item.is_some()
    };
    code.lines().map(mark).collect()
}

/// Whether a line is the last of an item with this indentation.
fn ends_item(line: &str, indentation: usize) -> bool {
    let text = line.trim_start();
    let is_outermost = line.len() - text.len() == indentation;
    let is_attribute = text.starts_with("#[");
    is_outermost
        && !is_attribute
        && (text.starts_with('}') || text.trim_end().ends_with([';', ',', '}']))
}

/// Splits off a comment or a literal of a string or character.
fn split_text(rest: &str) -> Option<(&str, &str)> {
    let length = if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        end_after(rest, 2, "*/")
    } else if rest.starts_with('"') {
        quoted_length(rest, '"')
    } else if rest.starts_with('\'') {
        character_length(rest)?
    } else {
        raw_string_length(rest)?
    };
    rest.split_at_checked(length)
}

/// Splits off a word, or one character.
fn split_word(rest: &str) -> (&str, &str) {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let word = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
    let length = if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) };
    rest.split_at(length)
}

/// The position after `end`, which is looked for from `from`.
fn end_after(text: &str, from: usize, end: &str) -> usize {
    let found = text.get(from..).and_then(|after| after.find(end));
    found.map_or(text.len(), |at| from + at + end.len())
}

/// The length of a literal with escapes, up to the closing quote.
fn quoted_length(rest: &str, quote: char) -> usize {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter == quote {
            return at + 1;
        }
    }
    rest.len()
}

/// The length of a literal of a character; `None` for a lifetime.
fn character_length(rest: &str) -> Option<usize> {
    let mut letters = rest.chars().skip(1);
    let is_literal = letters.next()? == '\\' || letters.next()? == '\'';
    is_literal.then(|| quoted_length(rest, '\''))
}

/// The length of a literal such as `r"..."` or `br#"..."#`.
fn raw_string_length(rest: &str) -> Option<usize> {
    let after_prefix = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let after_hashes = after_prefix.trim_start_matches('#');
    let hashes = after_prefix.len() - after_hashes.len();
    let start = rest.len() - after_hashes.strip_prefix('"')?.len();
    Some(end_after(rest, start, &format!("\"{}", "#".repeat(hashes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_not_code() {
        for (source, expected) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b\n */ c", "a     \n    c"),
            (r#"f("x \" // y", 'a')"#, "f(             ,    )"),
            ("f(b'\\'', '\"', x)", "f(b    ,    , x)"),
            ("fn f<'a, 'b>(x: &'a str)", "fn f<'a, 'b>(x: &'a str)"),
            ("(r\"\\\", r#\"a \" b\"#, br\"c\")", "(     ,           ,      )"),
            ("r#type, for_r", "r#type, for_r"),
            ("\"é\" é", "    é"),
        ] {
            let found = code(source);
            let is_equal = found.replace(' ', "") == expected.replace(' ', "");
            assert!(is_equal && found.lines().count() == source.lines().count(), "{found:?}");
        }
    }

    #[test]
    fn items_of_tests_are_marked() {
        let source = "use a;\n#[cfg(test)]\nmod tests;\nfn a() {\n    #[cfg(test)]\n    b();\n}\n\
                      #[cfg(test)]\n#[derive(C)]\nmod tests {\n    fn c() {\n    }\n}\nfn d() {}\n";
        let marked: Vec<_> = source.lines().zip(test_lines(source)).collect();
        let code: Vec<_> = marked.iter().filter(|(_, test)| !test).map(|(line, _)| *line).collect();
        assert_eq!(code, ["use a;", "fn a() {", "}", "fn d() {}"]);
        assert_eq!(marked.len(), source.lines().count());
    }

    #[test]
    fn tests_are_known_by_their_path() {
        assert!(is_test_file("crates/a/tests/b.rs") && is_test_file("crates/a/src/c/tests.rs"));
        assert!(
            !is_test_file("crates/test-support/src/lib.rs") && !is_test_file("xtask/src/test.rs")
        );
    }
}
