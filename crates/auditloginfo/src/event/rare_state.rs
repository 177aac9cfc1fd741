//! The state that only few events need, and copies of records that cannot be counted yet.

use super::call_context::CallContext;
use crate::call_class;
use crate::change::Descriptors;
use crate::item::command::Arguments;
use crate::item::file;
use crate::login_user::LoginUser;
use sysparse::audit::{Record, RecordType, Value};

/// The state that only few events need. It is apart from the rest of an event because events without
/// it are created and moved at less cost.
#[derive(Debug, Default)]
pub(super) struct RareState {
    /// For whom the event counts if it has no SYSCALL record, from its standalone records.
    pub(super) claim: Option<Claim>,
    /// What a URINGOP record says of an operation that no system call of the event carried out.
    pub(super) operation: Option<CallContext>,
    /// The files on which the call failed.
    pub(super) failures: PackedBytes,
    /// Whether an `io_uring` operation of the event opens a file.
    pub(super) uring_opens: bool,
    /// One bit for each `io_uring` operation of the event, by its number.
    pub(super) uring_operations: u64,
    /// The same for those that succeeded.
    pub(super) uring_successes: u64,
    /// The descriptors in the arguments of a call that changes files.
    pub(super) descriptors: Descriptors,
    /// PATH records of files that the call may have changed.
    pub(super) changes: PackedBytes,
    /// The decoded bytes of a socket address that cannot be counted yet.
    pub(super) address: Option<Box<[u8]>>,
    /// The flags in the OPENAT2 record.
    pub(super) flags: Option<u64>,
    /// The working directory.
    pub(super) cwd: Option<Box<[u8]>>,
    /// Denials that no SYSCALL record has claimed yet.
    pub(super) denials: PackedBytes,
    /// PATH records that cannot be counted yet.
    pub(super) paths: PackedBytes,
    /// The arguments of a command that cannot be counted yet.
    pub(super) arguments: Arguments,
    /// Whether the event ends, so that nothing more will be known.
    pub(super) is_ending: bool,
}

/// The number of files with which one on which a call failed is compared, at most.
const FAILURES_COMPARED: usize = 16;

/// The size of an open event with its rare state, about, in bytes.
const EVENT_SIZE: usize = 512;

impl RareState {
    /// Takes a record that tells how other records are meant. Returns whether pending records can count
    /// now. Files of `io_uring` operations count at the end of the event.
    pub(super) fn add_context(&mut self, record: &Record<'_>) -> bool {
        match record.kind {
            RecordType::Uringop => {
                let operation = record.field(b"uring_op").and_then(Value::number);
                let opens = operation.is_some_and(call_class::uring_operation_opens);
                self.add_operation(record, operation);
                self.uring_opens |= opens;
                false
            }
            RecordType::Openat2 if self.flags.is_none() => {
                self.flags = record.field(b"oflag").and_then(Value::octal);
                self.flags.is_some()
            }
            RecordType::Cwd if self.cwd.is_none() => {
                self.cwd = file::working_directory(record).map(|cwd| cwd.bytes().collect());
                self.cwd.is_some()
            }
            _ => false,
        }
    }

    /// Adds what a URINGOP record says.
    fn add_operation(&mut self, record: &Record<'_>, number: Option<u64>) {
        let bit = number.filter(|number| *number < 64).map_or(0, |number| 1 << number);
        self.uring_operations |= bit;
        if record.field(b"success").is_some_and(|success| success.raw() == b"yes") {
            self.uring_successes |= bit;
        }
    }

    /// The first `io_uring` operation, in the order of their numbers, for whose name `find` finds
    /// something, and whether it succeeded.
    pub(super) fn find_operation<T>(
        &self,
        find: impl Fn(&'static str) -> Option<T>,
    ) -> Option<(T, bool)> {
        self.operations().find_map(|(name, success)| Some((find(name)?, success)))
    }

    /// The `io_uring` operations that change files or have a socket address, in the order of their
    /// numbers, and whether they succeeded.
    pub(super) fn operations(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let (made, succeeded) = (self.uring_operations, self.uring_successes);
        let numbers = (0..64).filter(move |number| made >> number & 1 == 1);
        numbers.filter_map(move |number| {
            let name = call_class::uring_operation_name(number)?;
            Some((name, succeeded >> number & 1 == 1))
        })
    }

    /// Adds what another standalone record of the event says.
    pub(super) fn add_claim(&mut self, other: Claim) {
        let claim = self.claim.get_or_insert(other);
        let is_refusal = claim.is_refusal || other.is_refusal;
        if other.rank() > claim.rank() {
            *claim = other;
        }
        claim.is_refusal = is_refusal;
    }

    /// Adds a file on which the call failed. Returns false for one that is there already: an execve(2)
    /// of a file in an unknown format has two PATH records of it.
    pub(super) fn add_failure(&mut self, name: &[u8]) -> bool {
        let is_new = self.failures.iter().take(FAILURES_COMPARED).all(|known| known != name);
        if is_new {
            self.failures.push(name);
        }
        is_new
    }

    /// Adds the state of another part of the same event.
    pub(super) fn merge(&mut self, other: RareState) {
        if let Some(claim) = other.claim {
            self.add_claim(claim);
        }
        self.operation = self.operation.or(other.operation);
        self.failures.append(&other.failures);
        self.uring_opens |= other.uring_opens;
        self.uring_operations |= other.uring_operations;
        self.uring_successes |= other.uring_successes;
        if self.descriptors == Descriptors::default() {
            self.descriptors = other.descriptors;
        }
        self.changes.append(&other.changes);
        self.address = self.address.take().or(other.address);
        self.flags = self.flags.or(other.flags);
        self.cwd = self.cwd.take().or(other.cwd);
        self.denials.append(&other.denials);
        self.paths.append(&other.paths);
        self.arguments.merge(other.arguments);
    }

    /// Whether a record waits for another record of the event.
    pub(super) fn has_pending(&self) -> bool {
        !self.paths.is_empty() || !self.arguments.is_empty()
    }

    /// Whether a file that changed or a socket address waits for another record.
    pub(super) fn has_pending_effects(&self) -> bool {
        !self.changes.is_empty() || self.address.is_some()
    }

    /// The size of everything that is held for the event, in bytes.
    pub(super) fn pending_bytes(&self) -> usize {
        let cwd = self.cwd.as_ref().map_or(0, |cwd| cwd.len());
        let address = self.address.as_ref().map_or(0, |address| EVENT_SIZE + address.len());
        let packed = [&self.paths, &self.denials, &self.changes, &self.failures];
        let packed = packed.map(PackedBytes::size);
        cwd + address + packed.iter().sum::<usize>() + self.arguments.size()
    }
}

/// For whom an event without a SYSCALL record counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub(super) user: LoginUser,
    /// Whether the record passes the filter.
    pub(super) counts: bool,
    /// Whether the record is of a type that access controls write.
    pub(super) is_refusal: bool,
}

impl Claim {
    /// Whether the event counts. Of an event whose SYSCALL record is missing, a refusal counts, or a
    /// record that says who the login user is.
    pub(super) fn is_event(self, lacks_call: bool) -> bool {
        self.counts && (!lacks_call || self.is_refusal || self.user != LoginUser::Unknown)
    }

    /// A record with a login user id speaks for one without.
    fn rank(self) -> (bool, bool) {
        (self.user != LoginUser::Unknown, self.counts)
    }
}

/// Byte strings, each after its length in four bytes.
#[derive(Debug, Default)]
pub(super) struct PackedBytes {
    bytes: Vec<u8>,
}

impl PackedBytes {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The size of all of them in bytes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.push_parts(&[], bytes);
    }

    /// Pushes one byte string that has two parts.
    pub(super) fn push_parts(&mut self, first: &[u8], second: &[u8]) {
        let length = u32::try_from(first.len() + second.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend(first.iter().chain(second).take(length as usize));
    }

    pub(super) fn append(&mut self, other: &PackedBytes) {
        self.bytes.extend_from_slice(&other.bytes);
    }

    /// The byte strings in the order in which they were pushed.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &*self.bytes;
        std::iter::from_fn(move || {
            let (length, tail) = rest.split_first_chunk()?;
            let (bytes, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = tail;
            Some(bytes)
        })
    }
}
