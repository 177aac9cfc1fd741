//! Records in the strings of JSON objects, as log shippers and `journalctl -o json` write them.

use super::journal::{Entry, Field};
use sysparse::ParseError;
use sysparse::json::{self, Piece, Text, Value};

/// The keys whose strings may hold records, in the order in which they are tried. Under any other key
/// an audited user may have chosen the text.
const KEYS: [&[u8]; 7] =
    [b"message", b"MESSAGE", b"msg", b"log", b"event.original", b"SyslogMessage", b"RecordText"];

const ORIGINAL: usize = 4;

/// The strings of an object that may hold records.
#[derive(Debug, Default)]
pub(super) struct Strings<'a>([Option<Text<'a>>; KEYS.len()]);

impl<'a> Strings<'a> {
    /// The strings in the order of their keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = Text<'a>> {
        self.0.into_iter().flatten()
    }

    fn set(&mut self, key: usize, text: Text<'a>) {
        if let Some(place) = self.0.get_mut(key) {
            *place = Some(text);
        }
    }
}

/// Whether a line begins as an object.
pub(super) fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{")
}

/// Reads an object: the fields of the journal into `entry`, the strings that may hold records are
/// returned.
pub(super) fn read<'a>(line: &'a [u8], entry: &mut Entry) -> Result<Strings<'a>, ParseError> {
    entry.clear();
    let mut strings = Strings::default();
    for member in json::members(line) {
        let (name, value) = member?;
        if let Some(field) = Field::from_name(name.raw()) {
            read_field(field, value, entry);
        }
        match value {
            Value::Text(text) => {
                if let Some(key) = KEYS.iter().position(|key| name.is(key)) {
                    strings.set(key, text);
                }
            }
            Value::Object(event) if name.is(b"event") => {
                if let Some(text) = original(event)? {
                    strings.set(ORIGINAL, text);
                }
            }
            _ => {}
        }
    }
    Ok(strings)
}

/// The string `original` of the object `event`.
fn original(event: &[u8]) -> Result<Option<Text<'_>>, ParseError> {
    let mut found = None;
    for member in json::members(event) {
        if let (name, Value::Text(text)) = member? {
            found = Some(text).filter(|_| name.is(b"original")).or(found);
        }
    }
    Ok(found)
}

fn read_field(field: Field, value: Value<'_>, entry: &mut Entry) {
    if let (Field::Message, Value::Null) = (field, value) {
        entry.lacks_message = true;
    }
    let bytes = entry.reset(Some(field));
    match value {
        Value::Text(text) => unescape(text, bytes),
        Value::Array(array) => bytes.extend(json::bytes(array).map_while(|byte| byte)),
        _ => {}
    }
}

/// Appends the string without its escapes.
pub(super) fn unescape(text: Text<'_>, bytes: &mut Vec<u8>) {
    for piece in text.pieces() {
        match piece {
            Piece::Bytes(plain) => bytes.extend_from_slice(plain),
            Piece::Char(char) => {
                bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}
