//! The records of one event, as far as they have come.

use super::counter::Counter;
use super::facts::Facts;
use super::file::{self, Place};
use super::held::Held;
use super::{REACH, denial};
use crate::names::{self, Flags, Opening, Purpose};
use crate::section::Section;
use sysparse::audit::{Kind, Path, Record, Stamp, Value};

/// What the records of one event have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Id {
    pub(super) stamp: Stamp,
    /// A hash of the host's name.
    pub(super) node: u64,
}

/// An event that is open: what is known of it, and the records that wait for more.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) id: Id,
    /// The place of its first record.
    pub(super) first: u64,
    /// The place of its latest record.
    pub(super) last: u64,
    facts: Option<Facts>,
    /// Who caused it, if that counts and a record other than SYSCALL says so.
    other: Option<u32>,
    paths: u64,
    commands: u64,
    /// How many files its call failed on.
    failures: u64,
    opens_by_uring: bool,
    /// The flags in its OPENAT2 record.
    flags: Option<u64>,
    cwd: Option<Box<[u8]>>,
    denials: Vec<Box<[u8]>>,
    held: Held,
    /// Nothing more will be known of it.
    closing: bool,
}

impl Group {
    pub(super) fn new(id: Id, position: u64) -> Group {
        Group { id, first: position, last: position, ..Group::default() }
    }

    /// Whether a record at that place is too far away to belong to the event.
    pub(super) fn is_beyond(&self, position: u64) -> bool {
        position > self.last + REACH
    }

    /// Whether every record of a call has come and is counted.
    #[inline]
    pub(super) fn is_complete(&self) -> bool {
        let Some(facts) = &self.facts else { return false };
        let has_command = match facts.purpose {
            Purpose::Open(_) | Purpose::Other => true,
            Purpose::Run => self.commands > 0,
            Purpose::Uring => false,
        };
        has_command && self.paths == facts.paths && self.held.len() == 0
    }

    /// Whether a complete event has nothing left to count.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.denials.is_empty() && self.facts.is_none_or(|facts| facts.error.is_none())
    }

    /// The same event `offset` places further on.
    pub(super) fn moved_by(self, offset: u64) -> Group {
        Group { first: self.first + offset, last: self.last + offset, ..self }
    }

    /// How many bytes are held.
    pub(super) fn held(&self) -> usize {
        self.held.len() + self.denials.iter().map(|denial| denial.len()).sum::<usize>()
    }

    /// Adds what another piece of the log has of the same event.
    pub(super) fn unite(&mut self, other: Group, counter: &mut Counter<'_>) {
        self.last = self.last.max(other.last);
        self.facts = self.facts.or(other.facts);
        self.other = self.other.or(other.other);
        self.paths += other.paths;
        self.commands += other.commands;
        self.failures += other.failures;
        self.opens_by_uring |= other.opens_by_uring;
        self.flags = self.flags.or(other.flags);
        self.cwd = self.cwd.take().or(other.cwd);
        self.denials.extend(other.denials);
        self.held.append(&other.held);
        self.resume(counter);
    }

    /// Learns what the SYSCALL record says.
    pub(super) fn learn(&mut self, facts: Facts, counter: &mut Counter<'_>) {
        self.facts = Some(facts);
        self.resume(counter);
    }

    /// Takes a record that is no part of a call; `auid` caused it, if that counts.
    pub(super) fn take_other(
        &mut self,
        record: &Record<'_>,
        auid: Option<u32>,
        counter: &mut Counter<'_>,
    ) {
        self.other = self.other.or(auid);
        let denials = counter.detail.sections.has(Section::Denials);
        if denials && denial::put(record, counter.scratch) {
            self.denials.push(counter.scratch.as_slice().into());
        }
    }

    /// Takes a record that belongs to a call: counts it if that can be done now, drops it if it
    /// means nothing, else holds a copy.
    pub(super) fn take(
        &mut self,
        record: &Record<'_>,
        path: Option<Path<'_>>,
        counter: &mut Counter<'_>,
    ) {
        match record.kind {
            Kind::Path => self.paths += 1,
            Kind::Execve => self.commands += 1,
            _ => {
                self.take_context(record);
                return self.resume(counter);
            }
        }
        if !self.count(record, path, counter) {
            self.held.push(record);
        }
    }

    /// Takes a record that tells how others are meant.
    fn take_context(&mut self, record: &Record<'_>) {
        match record.kind {
            Kind::Uringop => {
                let operation = record.field(b"uring_op").and_then(Value::number);
                self.opens_by_uring |= operation.is_some_and(names::opens_by_uring);
            }
            Kind::Openat2 => {
                let flags = record.field(b"oflag").and_then(Value::octal);
                self.flags = self.flags.or(flags);
            }
            _ => {
                let cwd = record.field(b"cwd").map(|cwd| cwd.text().bytes().collect());
                self.cwd = self.cwd.take().or(cwd);
            }
        }
    }

    /// Tries once more to count what is held.
    fn resume(&mut self, counter: &mut Counter<'_>) {
        let held = std::mem::take(&mut self.held);
        for record in held.records() {
            let path = Path::of(&record).ok();
            if !self.count(&record, path, counter) {
                self.held.push(&record);
            }
        }
    }

    /// Counts a PATH record, which is `path`, or an EXECVE record, if what it needs is known; true
    /// if it is done with.
    fn count(
        &mut self,
        record: &Record<'_>,
        path: Option<Path<'_>>,
        counter: &mut Counter<'_>,
    ) -> bool {
        let Some(facts) = self.facts else { return false };
        let Some(auid) = facts.counted else { return true };
        if record.kind == Kind::Execve {
            return counter.whole_command(auid, facts, record);
        }
        let opens = match facts.purpose {
            Purpose::Open(_) => true,
            Purpose::Uring if self.opens_by_uring || self.closing => self.opens_by_uring,
            Purpose::Uring => return false,
            Purpose::Run | Purpose::Other => false,
        };
        if !opens && facts.error.is_none() {
            return true;
        }
        let Some(name) = path.and_then(file::opened) else { return true };
        let needs_cwd = counter.detail.absolute && facts.directory.is_none();
        let lacks =
            needs_cwd && self.cwd.is_none() || counter.detail.modes && self.lacks_flags(facts);
        if lacks && !self.closing {
            return false;
        }
        let place = match (needs_cwd, facts.directory) {
            (true, _) => Place::Directory(self.cwd.as_deref().unwrap_or_default()),
            (false, Some(descriptor)) => Place::Descriptor(descriptor),
            (false, None) => Place::AsWritten,
        };
        if opens {
            counter.file(auid, facts, (name, place), facts.flags.or(self.flags));
        }
        if let Some(error) = facts.error {
            self.failures += 1;
            counter.failure(auid, facts, error, (name, place));
        }
        true
    }

    /// Whether the flags are still to come, in an OPENAT2 record.
    fn lacks_flags(&self, facts: Facts) -> bool {
        let elsewhere = Purpose::Open(Opening { at: true, flags: Flags::Openat2 });
        facts.purpose == elsewhere && self.flags.is_none()
    }

    /// Counts what is still held, for nothing more will be known; true if nothing was missing.
    pub(super) fn settle(mut self, counter: &mut Counter<'_>) -> bool {
        self.closing = true;
        let Some(facts) = self.facts else {
            if let Some(auid) = self.other {
                counter.tally.of(auid).event(self.id.stamp);
                self.denials.iter().for_each(|denial| counter.denial(auid, denial));
            }
            return self.held.len() == 0;
        };
        let Some(auid) = facts.counted else { return true };
        self.resume(counter);
        self.denials.iter().for_each(|denial| counter.denial(auid, denial));
        if let Some(error) = facts.error.filter(|_| self.failures == 0) {
            counter.failed_call(auid, facts, error);
        }
        let commands = self.held.records().filter(|record| record.kind == Kind::Execve);
        let has_command = counter.joined_command(auid, facts, commands);
        !counter.detail.needs_parts() || has_command && self.has_all(facts)
    }

    /// Whether as many records came as the call's own record promises.
    fn has_all(&self, facts: Facts) -> bool {
        match facts.purpose {
            Purpose::Open(_) => self.paths >= facts.paths,
            Purpose::Run => self.commands > 0 || facts.success != Some(true),
            Purpose::Uring | Purpose::Other => true,
        }
    }
}
