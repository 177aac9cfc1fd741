//! The paths that a source names.

/// A path, and whether it is imported.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedPath {
    pub(super) segments: Vec<String>,
    /// The name that a `use` binds it to.
    pub(super) binding: Option<String>,
    pub(super) line: usize,
}

impl NamedPath {
    /// Whether `use` binds the path to this name, and the path is more than the name itself.
    pub(super) fn binds(&self, name: Option<&String>) -> bool {
        name.is_some() && self.binding.as_ref() == name && self.segments.len() > 1
    }
}

/// A word or a character of code, and its line.
type Token<'a> = (&'a str, usize);

/// The paths of `use` declarations, and those in other code that begin with `crate`, `self` or
/// `super`. The code has no comments and literals.
pub(super) fn named_paths(code: &str) -> Vec<NamedPath> {
    let tokens = tokens(code);
    let mut rest = tokens.as_slice();
    let mut paths = Vec::new();
    while let Some((&(word, _), after)) = rest.split_first() {
        rest = match word {
            "use" => read_use_tree(after, &[], &mut paths),
            "crate" | "self" | "super" if after.first().is_some_and(|next| next.0 == "::") => {
                read_path(rest, &mut paths)
            }
            _ => after,
        };
    }
    paths
}

/// Splits code into words, `::` and single characters.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut tokens = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match rest.find(|letter| !is_word(letter)) {
                None => rest.len(),
                Some(0) if rest.starts_with("::") => 2,
                Some(0) => first.len_utf8(),
                Some(word) => word,
            };
            let (token, after) = rest.split_at(length);
            tokens.push((token, index + 1));
            rest = after.trim_start();
        }
    }
    tokens
}

/// Reads a path in code, up to the first token that is no part of it. Returns the rest.
fn read_path<'t, 'a>(tokens: &'t [Token<'a>], paths: &mut Vec<NamedPath>) -> &'t [Token<'a>] {
    let mut segments = Vec::new();
    let mut rest = tokens;
    let line = tokens.first().map_or(0, |token| token.1);
    while let [(segment, _), after @ ..] = rest {
        segments.push((*segment).to_owned());
        rest = after;
        match rest {
            [("::", _), next @ ..] if next.first().is_some_and(|next| is_name(next.0)) => {
                rest = next;
            }
            _ => break,
        }
    }
    paths.push(NamedPath { segments, binding: None, line });
    rest
}

fn is_name(token: &str) -> bool {
    token.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
}

/// Reads what follows `use` or a brace of it, with the segments before. Returns the rest.
fn read_use_tree<'t, 'a>(
    tokens: &'t [Token<'a>],
    before: &[String],
    paths: &mut Vec<NamedPath>,
) -> &'t [Token<'a>] {
    let mut segments = before.to_vec();
    let mut rest = tokens;
    let line = tokens.first().map_or(0, |token| token.1);
    loop {
        match rest {
            [("{", _), inner @ ..] => return read_use_list(inner, &segments, paths),
            [("::", _), after @ ..] => rest = after,
            [("as", _), (name, _), after @ ..] => {
                paths.push(NamedPath { segments, binding: Some((*name).to_owned()), line });
                return after;
            }
            [("self", _), after @ ..] if !segments.is_empty() => rest = after,
            [(name, _), after @ ..] if is_name(name) => {
                segments.push((*name).to_owned());
                rest = after;
            }
            // A glob import, or the end of the path.
            _ => {
                let is_glob = rest.first().is_some_and(|token| token.0 == "*");
                let binding = segments.last().filter(|_| !is_glob).cloned();
                if !segments.is_empty() {
                    paths.push(NamedPath { segments, binding, line });
                }
                return rest.get(usize::from(is_glob)..).unwrap_or_default();
            }
        }
    }
}

/// Reads the trees up to the closing brace. Returns the rest.
fn read_use_list<'t, 'a>(
    tokens: &'t [Token<'a>],
    before: &[String],
    paths: &mut Vec<NamedPath>,
) -> &'t [Token<'a>] {
    let mut rest = tokens;
    loop {
        match rest {
            [] => return rest,
            [("}", _), after @ ..] => return after,
            [(",", _), after @ ..] => rest = after,
            _ => {
                let after = read_use_tree(rest, before, paths);
                // Text that is no `use` tree must not stop the reader.
                rest = if after.len() < rest.len() { after } else { rest.get(1..).unwrap_or(&[]) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: &str) -> Vec<String> {
        let show = |path: NamedPath| {
            let binding = path.binding.map_or_else(String::new, |name| format!(" as {name}"));
            format!("{}: {}{binding}", path.line, path.segments.join("::"))
        };
        named_paths(code).into_iter().map(show).collect()
    }

    #[test]
    fn use_trees_are_read() {
        assert_eq!(
            read("use a;\npub(crate) use super::{b::C, d::{self, E as F}};\nuse self::g::*;\nh()"),
            [
                "1: a as a",
                "2: super::b::C as C",
                "2: super::d as d",
                "2: super::d::E as F",
                "3: self::g"
            ]
        );
        assert_eq!(read("use ::x::{\n    y,\n};"), ["2: x::y as y"]);
    }

    #[test]
    fn paths_in_code_are_read() {
        assert_eq!(
            read("fn f(x: &crate::a::B<u8>) {\n    super::super::c::<u8>(self, self.d)\n}"),
            ["1: crate::a::B", "2: super::super::c"]
        );
        assert_eq!(read("fn f() -> impl Fn() + use<'_> {\n    super::g()\n}"), ["2: super::g"]);
        assert_eq!(read("use {;,\nuse"), ["2: use as use"], "no code stops the reader");
    }
}
