//! JSON objects, one per line, as log shippers and `journalctl -o json` write them.
//!
//! ```text
//! {"host":{"name":"web7"},"message":"type=CWD msg=audit(1.000:1): cwd=\"/\"","bytes":[104,105]}
//! ```
//!
//! Source: RFC 8259. A string is returned as it is written; [`Text::pieces`] removes its escapes.

use crate::ParseError;
use crate::grammar::{Parsed, finish, literal, no_match, whole};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{take, take_while, take_while1};
use nom::character::complete::u8 as one_byte;
use nom::combinator::{map, opt, recognize, success, value as constant};
use nom::error::context;
use nom::sequence::{delimited, preceded, terminated};

/// A string, without its quotes, its escapes still in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a>(&'a [u8]);

/// The value of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A string.
    Text(Text<'a>),
    /// `null`.
    Null,
    /// An object, with its braces: see [`members`].
    Object(&'a [u8]),
    /// An array, with its brackets: see [`elements`] and [`bytes`].
    Array(&'a [u8]),
    /// A number, `true` or `false`.
    Word(&'a [u8]),
}

/// The members of an object in their order. An error is the last that is returned.
///
/// ```
/// use sysparse::json::{self, Value};
///
/// let mut members = json::members(br#"{"a": {"b": 1}, "message": "x"}"#).map(Result::unwrap);
/// assert!(matches!(members.next(), Some((_, Value::Object(br#"{"b": 1}"#)))));
/// let (name, value) = members.next().unwrap();
/// assert!(name.is(b"message") && matches!(value, Value::Text(text) if text.is(b"x")));
/// assert!(members.next().is_none());
/// ```
#[must_use]
pub fn members(object: &[u8]) -> Members<'_> {
    Members { object, rest: object, state: State::Start }
}

/// See [`members`].
#[derive(Debug, Clone)]
pub struct Members<'a> {
    object: &'a [u8],
    rest: &'a [u8],
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Inside,
    Ended,
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<(Text<'a>, Value<'a>), ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        let parsed = match self.state {
            State::Start => preceded((space, literal(b"{"), space), member_or_end).parse(self.rest),
            State::Inside => next_member(self.rest),
            State::Ended => return None,
        };
        match finish(self.object, parsed) {
            Ok((rest, found)) => {
                (self.rest, self.state) =
                    (rest, if found.is_some() { State::Inside } else { State::Ended });
                found.map(Ok)
            }
            Err(error) => {
                self.state = State::Ended;
                Some(Err(error))
            }
        }
    }
}

type Member<'a> = (Text<'a>, Value<'a>);

fn member_or_end(input: &[u8]) -> Parsed<'_, Option<Member<'_>>> {
    alt((constant(None, end), map(member, Some))).parse(input)
}

fn next_member(input: &[u8]) -> Parsed<'_, Option<Member<'_>>> {
    let comma = (literal(b","), space);
    alt((constant(None, end), map(preceded(comma, member), Some))).parse(input)
}

fn end(input: &[u8]) -> Parsed<'_, ()> {
    context("} and the end of the line", constant((), (literal(b"}"), space, at_end))).parse(input)
}

fn at_end(input: &[u8]) -> Parsed<'_, ()> {
    if input.is_empty() { Ok((input, ())) } else { Err(no_match(input)) }
}

/// `"message": "x" `
fn member(input: &[u8]) -> Parsed<'_, Member<'_>> {
    let name = context("a member's name in quotes", string);
    let colon = context(":", delimited(space, literal(b":"), space));
    let value = context("a JSON value", value);
    terminated((terminated(name, colon), value), space).parse(input)
}

fn value(input: &[u8]) -> Parsed<'_, Value<'_>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    alt((
        map(string, Value::Text),
        constant(Value::Null, literal(b"null")),
        map(nested, |nested| match nested {
            [b'{', ..] => Value::Object(nested),
            _ => Value::Array(nested),
        }),
        map(take_while1(is_word), Value::Word),
    ))
    .parse(input)
}

/// `"a \"b\""`
fn string(input: &[u8]) -> Parsed<'_, Text<'_>> {
    let (mut rest, ()) = literal(b"\"")(input)?;
    let text = rest;
    loop {
        let at = memchr::memchr2(b'"', b'\\', rest).ok_or(no_match(&[]))?;
        let (_, found) = rest.split_at_checked(at).unwrap_or_default();
        if let Ok((after, ())) = literal(b"\"")(found) {
            let length = text.len() - found.len();
            return Ok((after, Text(text.get(..length).unwrap_or_default())));
        }
        (rest, _) = take(2usize).parse(found)?;
    }
}

/// An object or an array with all that is in it. Brackets are counted and not matched, so that no
/// depth exhausts the stack.
fn nested(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize(balanced).parse(input)
}

fn balanced(input: &[u8]) -> Parsed<'_, ()> {
    let mut depth = 0usize;
    let mut rest = input;
    loop {
        match rest {
            [b'{' | b'[', ..] => depth += 1,
            _ if depth == 0 => return Err(no_match(rest)),
            [b'}' | b']', ..] => depth -= 1,
            [b'"', ..] => {
                (rest, _) = string(rest)?;
                continue;
            }
            _ => {}
        }
        (rest, _) = take(1usize).parse(rest)?;
        if depth == 0 {
            return Ok((rest, ()));
        }
    }
}

fn space(input: &[u8]) -> Parsed<'_, ()> {
    constant((), take_while(|byte: u8| byte.is_ascii_whitespace())).parse(input)
}

/// The bytes of an array of numbers from 0 to 255, as which `journalctl -o json` prints what is no
/// text; an element that is no byte ends them with an error.
///
/// ```
/// assert!(sysparse::json::bytes(b"[104, 105]").eq([Some(104), Some(105)]));
/// assert!(sysparse::json::bytes(b"[1, 256, 2]").eq([Some(1), None]));
/// ```
pub fn bytes(array: &[u8]) -> impl Iterator<Item = Option<u8>> {
    elements_by(array, one_byte)
}

/// The elements of an array; what is no value ends them with an error.
///
/// ```
/// use sysparse::json::{self, Value};
///
/// let mut elements = json::elements(br#"["a", [1, 2], ?]"#);
/// assert!(matches!(elements.next(), Some(Some(Value::Text(text))) if text.is(b"a")));
/// assert!(elements.eq([Some(Value::Array(b"[1, 2]")), None]));
/// ```
pub fn elements(array: &[u8]) -> impl Iterator<Item = Option<Value<'_>>> {
    elements_by(array, value)
}

/// The elements of an array, each read by `element`.
fn elements_by<'a, T>(
    array: &'a [u8],
    element: impl Fn(&'a [u8]) -> Parsed<'a, T>,
) -> impl Iterator<Item = Option<T>> {
    let mut rest = array.strip_prefix(b"[");
    core::iter::from_fn(move || {
        let input = rest.take()?;
        if let Ok((_, ())) = preceded(space, literal(b"]")).parse(input) {
            return None;
        }
        let mut element = delimited(space, &element, (space, opt(literal(b","))));
        let Ok((after, found)) = element.parse(input) else { return Some(None) };
        rest = Some(after);
        Some(Some(found))
    })
}

/// A part of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes as they are.
    Bytes(&'a [u8]),
    /// What an escape stands for. Half a surrogate pair, which stands for nothing, is U+FFFD.
    Char(char),
}

impl<'a> Text<'a> {
    /// Whether the string is written as `text`, without escapes.
    #[must_use]
    pub fn is(self, text: &[u8]) -> bool {
        self.0 == text
    }

    /// The string as it is written, without its quotes.
    #[must_use]
    pub fn raw(self) -> &'a [u8] {
        self.0
    }

    /// The string without its escapes.
    ///
    /// ```
    /// use sysparse::json::{self, Piece, Value};
    ///
    /// let mut members = json::members(br#"{"a":"x\n\u00e9"}"#);
    /// let Some(Ok((_, Value::Text(text)))) = members.next() else { panic!() };
    /// let pieces = [Piece::Bytes(b"x"), Piece::Char('\n'), Piece::Char('\u{e9}')];
    /// assert!(text.pieces().eq(pieces));
    /// ```
    pub fn pieces(self) -> impl Iterator<Item = Piece<'a>> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (after, piece) = piece(rest).ok()?;
            rest = after;
            Some(piece)
        })
    }
}

fn piece(input: &[u8]) -> Parsed<'_, Piece<'_>> {
    let plain = take_while1(|byte| byte != b'\\');
    alt((map(plain, Piece::Bytes), map(escape, Piece::Char))).parse(input)
}

/// `\n`, `\u00e9`, `\ud83d\ude00`
fn escape(input: &[u8]) -> Parsed<'_, char> {
    let (rest, letter) = preceded(literal(b"\\"), take(1usize)).parse(input)?;
    let found = match letter {
        b"n" => '\n',
        b"t" => '\t',
        b"r" => '\r',
        b"b" => '\u{8}',
        b"f" => '\u{c}',
        b"u" => return alt((unicode, success(char::REPLACEMENT_CHARACTER))).parse(rest),
        [byte] => char::from(*byte),
        _ => return Err(no_match(input)),
    };
    Ok((rest, found))
}

/// What follows `\u`.
fn unicode(input: &[u8]) -> Parsed<'_, char> {
    let (rest, first) = unit(input)?;
    if let (0xd800..0xdc00, Ok((after, second @ 0xdc00..0xe000))) =
        (first, preceded(literal(b"\\u"), unit).parse(rest))
    {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Ok((after, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)));
    }
    Ok((rest, char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)))
}

fn unit(input: &[u8]) -> Parsed<'_, u32> {
    let (rest, digits) = take(4usize).parse(input)?;
    let number = whole(crate::grammar::hex, digits).and_then(|unit| u32::try_from(unit).ok());
    number.map(|unit| (rest, unit)).ok_or(no_match(input))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    const LINES: [&str; 4] = [
        r#"{"host":{"name":"we\"}b7"},"message":"type=CWD cwd=\"/\"","a":[104,105], "n":null}"#,
        r#" { "x" : "\u00e9\ud83d\ude00\n\\" , "y" : -1.5e3 } "#,
        r#"{"a":[[{"b":"]"}]],"c":true}"#,
        "{}",
    ];

    fn text(value: Value<'_>) -> Vec<u8> {
        let Value::Text(text) = value else { return Vec::new() };
        let mut bytes = Vec::new();
        for piece in text.pieces() {
            match piece {
                Piece::Bytes(plain) => bytes.extend_from_slice(plain),
                Piece::Char(char) => bytes.extend_from_slice(String::from(char).as_bytes()),
            }
        }
        bytes
    }

    #[test]
    fn the_elements_of_an_array_end_with_it_or_with_an_error() {
        let texts = |array: &'static [u8]| elements(array).map(|it| it.map(text));
        let a = || Some(b"a".to_vec());
        assert!(texts(br#"["a" , "a"]"#).eq([a(), a()]) && texts(b"[]").eq([]));
        assert!(texts(br#"["a", ?, "a"]"#).eq([a(), None]));
        assert!(bytes(b"[1, 255]").eq([Some(1), Some(255)]) && bytes(b"1]").eq([]));
        assert!(bytes(b"[1, 256, 2]").eq([Some(1), None]));
    }

    #[test]
    fn strings_lose_their_escapes() {
        for (json, wanted) in [
            (r#""a\"b\\c\/""#, "a\"b\\c/"),
            (r#""\u00e9\ud83d\ude00""#, "é😀"),
            (r#""\ud83dx\ude00""#, "\u{fffd}x\u{fffd}"),
            (r#""\n\t\r\b\f""#, "\n\t\r\u{8}\u{c}"),
            (r#""\uzzzz""#, "\u{fffd}zzzz"),
        ] {
            let value = whole(value, json.as_bytes()).expect(json);
            assert_eq!(text(value), wanted.as_bytes(), "{json}");
        }
    }

    #[test]
    fn every_prefix_of_an_object_is_an_error() {
        for line in LINES {
            let line = line.trim_end().as_bytes();
            assert!(members(line).all(|member| member.is_ok()));
            for end in test_support::places(line.len()) {
                assert!(members(&line[..end]).any(|member| member.is_err()), "{end}");
            }
        }
        assert!(members(b"{} x").any(|member| member.is_err()));
    }

    #[test]
    fn every_one_byte_change_is_read_without_a_panic() {
        for line in LINES {
            let mut changed = line.as_bytes().to_vec();
            for at in test_support::places(changed.len()) {
                for byte in test_support::every_byte() {
                    changed[at] = byte;
                    for (_, value) in members(&changed).flatten() {
                        let _ = text(value);
                        if let Value::Array(array) = value {
                            let _ = (bytes(array).count(), elements(array).count());
                        }
                    }
                }
                changed[at] = line.as_bytes()[at];
            }
        }
    }

    #[test]
    fn a_value_is_what_its_first_byte_says() {
        let kind = |json: &'static str| match whole(value, json.as_bytes()) {
            Some(Value::Text(text)) if text.is(b"a") => "the text a",
            Some(Value::Text(_)) => "text",
            Some(Value::Null) => "null",
            Some(Value::Object(_)) => "object",
            Some(Value::Array(_)) => "array",
            Some(Value::Word(_)) => "word",
            None => "nothing",
        };
        let values = ["\"a\"", "\"ab\"", "\"\\u0061\"", "null", "{\"a\":1}", "[1]", "-1.5", ""];
        let kinds = ["the text a", "text", "text", "null", "object", "array", "word", "nothing"];
        assert_eq!(values.map(kind), kinds);
    }
}
