//! The state that only few events need, and copies of records that cannot be counted yet.

use crate::call_class;
use sysparse::audit::{Record, RecordType, Value};

/// The state that only few events need. It is apart from the rest of an event because events without
/// it are created and moved at less cost.
#[derive(Debug, Default)]
pub(super) struct RareState {
    /// The login user for whom a standalone record of the event counts.
    pub(super) standalone_auid: Option<u32>,
    /// The number of files on which the call failed.
    pub(super) failures: u64,
    /// Whether an `io_uring` operation of the event opens a file.
    pub(super) uring_opens: bool,
    /// The flags in the OPENAT2 record.
    pub(super) flags: Option<u64>,
    /// The working directory.
    pub(super) cwd: Option<Box<[u8]>>,
    /// Denials that no SYSCALL record has claimed yet.
    pub(super) denials: Vec<Box<[u8]>>,
    /// The size of the denials in bytes. It is asked for after each record, so it is not added up then.
    denial_bytes: usize,
    /// PATH records that cannot be counted yet.
    pub(super) paths: PendingRecords,
    /// EXECVE records that cannot be counted yet.
    pub(super) commands: PendingRecords,
    /// Whether the event ends, so that nothing more will be known.
    pub(super) is_ending: bool,
}

impl RareState {
    /// Takes a record that tells how other records are meant. Returns whether it says anything new.
    pub(super) fn add_context(&mut self, record: &Record<'_>) -> bool {
        match record.kind {
            RecordType::Uringop => {
                let operation = record.field(b"uring_op").and_then(Value::number);
                let opens = operation.is_some_and(call_class::uring_operation_opens);
                opens && !std::mem::replace(&mut self.uring_opens, true)
            }
            RecordType::Openat2 if self.flags.is_none() => {
                self.flags = record.field(b"oflag").and_then(Value::octal);
                self.flags.is_some()
            }
            RecordType::Cwd if self.cwd.is_none() => {
                self.cwd = record.field(b"cwd").map(|cwd| cwd.text().bytes().collect());
                self.cwd.is_some()
            }
            _ => false,
        }
    }

    /// Keeps a denial until it is known for which login user it counts.
    pub(super) fn add_denial(&mut self, denial: Box<[u8]>) {
        self.denial_bytes += denial.len();
        self.denials.push(denial);
    }

    /// Adds the state of another part of the same event.
    pub(super) fn merge(&mut self, other: RareState) {
        self.standalone_auid = self.standalone_auid.or(other.standalone_auid);
        self.failures += other.failures;
        self.uring_opens |= other.uring_opens;
        self.flags = self.flags.or(other.flags);
        self.cwd = self.cwd.take().or(other.cwd);
        self.denials.extend(other.denials);
        self.denial_bytes += other.denial_bytes;
        self.paths.append(&other.paths);
        self.commands.append(&other.commands);
    }

    /// Whether a record waits for another record of the event.
    pub(super) fn has_pending(&self) -> bool {
        !self.paths.is_empty() || !self.commands.is_empty()
    }

    /// The size of the pending records and denials in bytes.
    pub(super) fn pending_bytes(&self) -> usize {
        self.paths.bytes.len() + self.commands.bytes.len() + self.denial_bytes
    }
}

/// Copies of the bodies of records of one type, each after its length in four bytes.
#[derive(Debug, Default)]
pub(super) struct PendingRecords {
    bytes: Vec<u8>,
}

impl PendingRecords {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn push(&mut self, record: &Record<'_>) {
        let length = u32::try_from(record.body.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend(record.body.iter().take(length as usize));
    }

    fn append(&mut self, other: &PendingRecords) {
        self.bytes.extend_from_slice(&other.bytes);
    }

    /// The records, which are all of type `kind`, in the order in which they were pushed. They have
    /// no stamp and no line.
    pub(super) fn records(&self, kind: RecordType) -> impl Iterator<Item = Record<'_>> {
        let mut rest = &*self.bytes;
        std::iter::from_fn(move || {
            let (length, tail) = rest.split_first_chunk()?;
            let (body, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = tail;
            Some(Record { kind, event: b"", body, line: body })
        })
    }
}
