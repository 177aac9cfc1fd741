//! Records in the strings of JSON objects, as log shippers and `journalctl -o json` write them.

mod provenance;

pub(super) use provenance::Provenance;

use super::journal::{Entry, Field};
use crate::trust::TrustedTags;
use memchr::memmem;
use std::iter;
use sysparse::ParseError;
use sysparse::json::{self, Piece, Text, Value};

/// The keys whose strings may hold records, in the order in which they are tried. Under any other key
/// an audited user may have chosen the text.
const KEYS: [&[u8]; 7] =
    [b"message", b"MESSAGE", b"msg", b"log", b"event.original", b"SyslogMessage", b"RecordText"];

const ORIGINAL: usize = 4;

/// The values of an object that may hold records: strings, and an array of strings for `event.original`.
#[derive(Debug, Default)]
pub(super) struct Strings<'a> {
    values: [Option<Value<'a>>; KEYS.len()],
}

impl<'a> Strings<'a> {
    /// The strings of each key, in the order of the keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = impl Iterator<Item = Text<'a>>> {
        self.values.into_iter().flatten().map(|value| {
            let array = if let Value::Array(array) = value { array } else { &[] };
            let elements = json::elements(array).map_while(|element| element);
            iter::once(value).chain(elements).filter_map(|value| match value {
                Value::Text(text) => Some(text),
                _ => None,
            })
        })
    }

    /// The value of a key.
    fn get(&self, wanted: &[u8]) -> Option<Value<'a>> {
        let mut values = KEYS.iter().zip(self.values);
        values.find(|(key, _)| **key == wanted).and_then(|(_, value)| value)
    }

    /// Keeps a value that may hold records.
    fn set(&mut self, key: usize, value: Value<'a>) {
        let is_kept = match value {
            Value::Text(_) => true,
            Value::Array(array) => {
                key == ORIGINAL && json::elements(array).all(|element| element.is_some())
            }
            _ => false,
        };
        if let Some(place) = self.values.get_mut(key).filter(|_| is_kept) {
            *place = Some(value);
        }
    }
}

/// Whether a line begins as an object.
pub(super) fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{")
}

/// Whether a line looks like a part of JSON in several lines, or of JSON in a string, that holds a record in
/// a string.
pub(super) fn may_hold_record(line: &[u8]) -> bool {
    let starts = [&b"\"type="[..], b"\"node="];
    let mut places = starts.iter().flat_map(|start| memmem::find_iter(line, start));
    let is_value = |at| line.get(..at).unwrap_or_default().trim_ascii_end().ends_with(b"\":");
    matches!(line.trim_ascii_start(), [b'{' | b'[' | b'"', ..]) && places.any(is_value)
}

/// Reads an object: the fields of the journal into `entry`, what it says about its message into
/// `provenance`; the strings that may hold records are returned.
pub(super) fn read<'a>(
    line: &'a [u8],
    tags: &TrustedTags,
    entry: &mut Entry,
    provenance: &mut Provenance,
) -> Result<Strings<'a>, ParseError> {
    entry.clear();
    *provenance = Provenance::default();
    let mut strings = Strings::default();
    for member in json::members(line) {
        let (name, value) = member?;
        provenance.add(name, value, tags);
        if let Some(field) = field(name.raw()) {
            read_field(field, value, entry);
        }
        if let Some(key) = KEYS.iter().position(|key| name.is(key)) {
            strings.set(key, value);
        } else if let Value::Object(event) = value {
            if name.is(b"event") {
                read_event(event, &mut strings)?;
            }
        }
    }
    if let Some(host) = provenance.host().filter(|_| entry.get(Field::Host).is_empty()) {
        entry.reset(Some(Field::Host)).extend_from_slice(host);
    }
    // Vector writes the journal's MESSAGE in lower case.
    let is_entry = !entry.get(Field::Transport).is_empty();
    let lacks_message = entry.get(Field::Message).is_empty() && !entry.lacks_message;
    if let Some(message) = strings.get(b"message").filter(|_| is_entry && lacks_message) {
        read_field(Field::Message, message, entry);
    }
    Ok(strings)
}

/// The field of that name. Fluent Bit can write the names in lower case; the name of no field that a user
/// sends begins with an underscore.
fn field(name: &[u8]) -> Option<Field> {
    match name {
        [b'_', ..] => Field::from_name(&name.to_ascii_uppercase()),
        _ => Field::from_name(name),
    }
}

/// Reads the value `original` of the object `event`.
fn read_event<'a>(event: &'a [u8], strings: &mut Strings<'a>) -> Result<(), ParseError> {
    for member in json::members(event) {
        let (name, value) = member?;
        if name.is(b"original") {
            strings.set(ORIGINAL, value);
        }
    }
    Ok(())
}

fn read_field(field: Field, value: Value<'_>, entry: &mut Entry) {
    if let (Field::Message, Value::Null) = (field, value) {
        entry.lacks_message = true;
    }
    let bytes = entry.reset(Some(field));
    match value {
        Value::Text(text) => unescape(text, bytes),
        Value::Array(array) => bytes.extend(json::bytes(array).map_while(|byte| byte)),
        Value::Word(word) => bytes.extend_from_slice(word),
        Value::Null | Value::Object(_) => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_json_is_told_from_other_text() {
        for (line, wanted) in [
            ("  \"message\": \"type=CWD msg=audit(1.000:1):\"", true),
            ("[{\"message\":\"node=a type=CWD msg=audit(1.000:1):\"}]", true),
            ("  \"message\": \"x type=CWD msg=audit(1.000:1):\"", false),
            ("  \"type=CWD msg=audit(1.000:1):\"", false),
            ("12:00 {\"message\": \"type=CWD msg=audit(1.000:1):\"}", false),
        ] {
            assert_eq!(may_hold_record(line.as_bytes()), wanted, "{line}");
        }
    }
}
