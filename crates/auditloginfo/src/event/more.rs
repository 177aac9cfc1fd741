//! What few events have.

use super::held::Held;
use crate::syscall_names;
use sysparse::audit::{Record, RecordType, Value};

/// What few events have: apart from the rest, because every event is made and moved about.
#[derive(Debug, Default)]
pub(super) struct More {
    /// Who caused it, if that counts and a record other than SYSCALL says so.
    pub(super) other: Option<u32>,
    /// How many files its call failed on.
    pub(super) failures: u64,
    pub(super) opens_by_uring: bool,
    /// The flags in its OPENAT2 record.
    pub(super) flags: Option<u64>,
    pub(super) cwd: Option<Box<[u8]>>,
    pub(super) denials: Vec<Box<[u8]>>,
    pub(super) held: Held,
    /// Nothing more will be known of it.
    pub(super) closing: bool,
}

impl More {
    /// Takes a record that tells how others are meant; true if it tells something new.
    pub(super) fn take_context(&mut self, record: &Record<'_>) -> bool {
        match record.kind {
            RecordType::Uringop => {
                let operation = record.field(b"uring_op").and_then(Value::number);
                let opens = operation.is_some_and(syscall_names::opens_by_uring);
                opens && !std::mem::replace(&mut self.opens_by_uring, true)
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

    /// Adds what another piece of the log has of the same event.
    pub(super) fn unite(&mut self, other: More) {
        self.other = self.other.or(other.other);
        self.failures += other.failures;
        self.opens_by_uring |= other.opens_by_uring;
        self.flags = self.flags.or(other.flags);
        self.cwd = self.cwd.take().or(other.cwd);
        self.denials.extend(other.denials);
        self.held.append(&other.held);
    }
}
