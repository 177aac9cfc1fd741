//! Copies of records that wait for another record of their event.

use sysparse::audit::{Record, RecordType};

/// What is read again of a held record: its kind and its fields. One after another: a byte for the
/// kind, four for the length, the body.
#[derive(Debug, Default)]
pub(super) struct Held {
    bytes: Vec<u8>,
}

/// The kinds of record that are ever held.
const KINDS: [RecordType; 2] = [RecordType::Path, RecordType::Execve];

impl Held {
    pub(super) fn push(&mut self, record: &Record<'_>) {
        let kind = KINDS.iter().position(|kind| *kind == record.kind).unwrap_or_default();
        let length = u32::try_from(record.body.len()).unwrap_or(u32::MAX);
        self.bytes.push(u8::try_from(kind).unwrap_or_default());
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend(record.body.iter().take(length as usize));
    }

    /// The size in bytes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Appends what `other` holds.
    pub(super) fn append(&mut self, other: &Held) {
        self.bytes.extend_from_slice(&other.bytes);
    }

    /// The records, oldest first; their stamps are lost.
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> + Clone {
        let mut rest = &*self.bytes;
        std::iter::from_fn(move || {
            let (kind, tail) = rest.split_first()?;
            let (length, tail) = tail.split_first_chunk()?;
            let (body, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = tail;
            let kind = *KINDS.get(usize::from(*kind))?;
            Some(Record { kind, event: b"", body, line: body })
        })
    }
}
