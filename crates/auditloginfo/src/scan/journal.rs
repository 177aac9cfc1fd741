//! Entries of the systemd journal, as `journalctl -o export` and `-o json` print them.
//!
//! ```text
//! __CURSOR=s=...
//! _TRANSPORT=audit
//! _HOSTNAME=lab
//! _AUDIT_TYPE=1307
//! _AUDIT_ID=100
//! _SOURCE_REALTIME_TIMESTAMP=1795400000100000
//! MESSAGE=CWD cwd="/home/mira"
//! ```
//!
//! Source: <https://systemd.io/JOURNAL_EXPORT_FORMATS/>. Any program can write entries, but none can
//! give them the transport audit or kernel. A value that is no text follows its name as a newline,
//! its length in 64 bits and its bytes.

use super::limits::LINE_MAX;
use std::io::{self, BufRead, Read};

/// The fields that are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field {
    Transport,
    Message,
    Type,
    TypeName,
    Serial,
    Time,
    Host,
}

impl Field {
    /// The field of that name.
    pub(super) fn from_name(name: &[u8]) -> Option<Field> {
        Some(match name {
            b"_TRANSPORT" => Field::Transport,
            b"MESSAGE" => Field::Message,
            b"_AUDIT_TYPE" => Field::Type,
            b"_AUDIT_TYPE_NAME" => Field::TypeName,
            b"_AUDIT_ID" => Field::Serial,
            b"_SOURCE_REALTIME_TIMESTAMP" => Field::Time,
            b"_HOSTNAME" => Field::Host,
            _ => return None,
        })
    }
}

/// The number of fields that are read.
const FIELDS: usize = 7;

/// One entry. Its buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Entry {
    fields: [Vec<u8>; FIELDS],
    /// Takes the values of all other fields.
    unused: Vec<u8>,
    /// Whether the message was left out because it is too long.
    pub(super) lacks_message: bool,
    /// Whether the input ends inside the entry.
    pub(super) is_cut: bool,
}

impl Entry {
    pub(super) fn clear(&mut self) {
        self.fields.iter_mut().for_each(Vec::clear);
        self.lacks_message = false;
        self.is_cut = false;
    }

    /// The value of a field; empty if the entry has none.
    pub(super) fn get(&self, field: Field) -> &[u8] {
        self.fields.get(field as usize).map_or(&[], Vec::as_slice)
    }

    /// The buffer for the value of a field, emptied.
    pub(super) fn reset(&mut self, field: Option<Field>) -> &mut Vec<u8> {
        let value = field.and_then(|field| self.fields.get_mut(field as usize));
        let value = value.unwrap_or(&mut self.unused);
        value.clear();
        value
    }

    /// Writes the record as a line of auditd; `None` if the entry lacks a number.
    pub(super) fn write_record(&self, line: &mut Vec<u8>) -> Option<()> {
        let [kind, serial, time] = [Field::Type, Field::Serial, Field::Time].map(|f| self.get(f));
        let is_number =
            |digits: &&[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        if ![kind, serial, time].iter().all(is_number) {
            return None;
        }
        let (seconds, micros) = time.split_at_checked(time.len().checked_sub(6)?)?;
        let millis = micros.get(..3)?;
        self.write_node(line);
        for part in
            [&b"type="[..], kind, b" msg=audit(", seconds, b".", millis, b":", serial, b"): "]
        {
            line.extend_from_slice(part);
        }
        line.extend_from_slice(self.body());
        Some(())
    }

    /// Writes `node=HOST `, unless the host would be more than a word.
    pub(super) fn write_node(&self, line: &mut Vec<u8>) {
        let host = self.get(Field::Host);
        if !host.is_empty() && host.iter().all(u8::is_ascii_graphic) {
            for part in [b"node=", host, b" "] {
                line.extend_from_slice(part);
            }
        }
    }

    /// The message without the type that journald puts before it: `SYSCALL `, or `<audit-1300> ` of
    /// old versions.
    fn body(&self) -> &[u8] {
        let message = self.get(Field::Message);
        let Some(blank) = memchr::memchr(b' ', message) else { return message };
        let (first, rest) = message.split_at(blank);
        let number = self.get(Field::Type);
        let between = |start: &[u8], end: &[u8]| {
            first.strip_prefix(start).and_then(|first| first.strip_suffix(end)) == Some(number)
        };
        let is_type = first == self.get(Field::TypeName)
            || between(b"<audit-", b">")
            || between(b"AUDIT", b"")
            || between(b"UNKNOWN[", b"]");
        if is_type { rest.trim_ascii_start() } else { message }
    }
}

/// Whether a log begins as `journalctl -o export` does.
pub(super) fn is_export(start: &[u8]) -> bool {
    start.starts_with(b"__CURSOR=") || start.starts_with(b"__REALTIME_TIMESTAMP=")
}

/// Reads the next entry of an export, and adds the number of its lines to `lines`. Returns false at
/// the end of the input.
pub(super) fn read_export(
    reader: &mut impl BufRead,
    name: &mut Vec<u8>,
    entry: &mut Entry,
    lines: &mut u64,
) -> io::Result<bool> {
    entry.clear();
    let mut has_fields = false;
    loop {
        let end = read_until(reader, name, b"=\n")?;
        if end.is_none() {
            // An empty line ends each entry, but the last one may lack it.
            entry.is_cut |= !name.is_empty() || has_fields && entry.get(Field::Message).is_empty();
            return Ok(entry.is_cut || has_fields);
        }
        *lines += 1;
        if end == Some(b'\n') && name.is_empty() {
            if has_fields {
                return Ok(true);
            }
            continue;
        }
        has_fields = true;
        let value = entry.reset(Field::from_name(name));
        let newline = match end {
            Some(b'=') => read_until(reader, value, b"\n")?,
            _ => read_sized(reader, value)?,
        };
        entry.is_cut |= newline.is_none();
    }
}

/// Reads up to one of the bytes in `ends` and passes it; `None` at the end of the input. Of a longer
/// text, `LINE_MAX` bytes and one more are kept.
fn read_until(
    reader: &mut impl BufRead,
    text: &mut Vec<u8>,
    ends: &[u8],
) -> io::Result<Option<u8>> {
    text.clear();
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(None);
        }
        let at = buffer.iter().position(|byte| ends.contains(byte));
        let part = buffer.get(..at.unwrap_or(buffer.len())).unwrap_or_default();
        let left = (LINE_MAX + 1).saturating_sub(text.len());
        text.extend_from_slice(part.get(..left).unwrap_or(part));
        let (end, used) = (at.and_then(|at| buffer.get(at)).copied(), part.len());
        reader.consume(used + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(end);
        }
    }
}

/// Reads the length, the value and the newline after it, which is returned if it is there.
fn read_sized(reader: &mut impl BufRead, value: &mut Vec<u8>) -> io::Result<Option<u8>> {
    let mut length = Vec::new();
    reader.by_ref().take(8).read_to_end(&mut length)?;
    let length = length.try_into().map_or(0, u64::from_le_bytes);
    let kept = length.min(LINE_MAX as u64 + 1);
    reader.by_ref().take(kept).read_to_end(value)?;
    io::copy(&mut reader.by_ref().take(length - kept), &mut io::sink())?;
    read_until(reader, &mut Vec::new(), b"\n")
}
