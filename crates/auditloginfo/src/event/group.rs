//! The records of one event, as far as they have come.

mod settle;

use super::REACH;
use super::counter::Counter;
use super::facts::Facts;
use super::file::{self, Place};
use super::finished::Finished;
use super::held::Held;
use super::id::Id;
use super::more::More;
use crate::section::Detail;
use crate::syscall_names::{Call, Purpose};
use sysparse::audit::{self, Path, Record, RecordType};

/// An event that is open: what is known of it, and the records that wait for more.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) id: Id,
    /// The place of its first record.
    pub(super) first: u64,
    /// The place of its latest record.
    pub(super) last: u64,
    facts: Option<Facts>,
    paths: u64,
    commands: u64,
    more: Option<Box<More>>,
}

impl Group {
    pub(super) fn new(id: Id, position: u64) -> Group {
        Group { id, first: position, last: position, ..Group::default() }
    }

    /// Becomes another event, in its place: one that is moved there would be waited for.
    #[inline]
    pub(super) fn begin(&mut self, id: Id, position: u64) {
        self.id = id;
        self.first = position;
        self.last = position;
        self.facts = None;
        self.paths = 0;
        self.commands = 0;
        self.more = None;
    }

    /// Whether a record at that place is too far away to belong to the event.
    pub(super) fn is_beyond(&self, position: u64) -> bool {
        position > self.last + REACH
    }

    /// Whether no record of a call has come.
    pub(super) fn has_no_part(&self) -> bool {
        self.facts.is_none() && self.paths == 0 && self.commands == 0
    }

    /// Whether every record of a call has come and is counted.
    #[inline]
    pub(super) fn is_complete(&self) -> bool {
        let Some(facts) = &self.facts else { return false };
        let holds = self.more.as_ref().is_some_and(|more| more.held.len() > 0);
        let lacks_command = facts.purpose == Purpose::Run && self.commands == 0;
        let is_open = facts.purpose == Purpose::Uring || lacks_command || holds;
        self.paths == facts.paths && !is_open
    }

    /// Whether a complete event has nothing left to count.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.more.as_ref().is_none_or(|more| more.denials.is_empty())
            && self.facts.is_none_or(|facts| facts.error.is_none())
    }

    /// The same event `offset` places further on.
    pub(super) fn moved_by(self, offset: u64) -> Group {
        Group { first: self.first + offset, last: self.last + offset, ..self }
    }

    /// How many bytes are held.
    pub(super) fn held(&self) -> usize {
        self.more.as_ref().map_or(0, |more| {
            more.held.len() + more.denials.iter().map(|denial| denial.len()).sum::<usize>()
        })
    }

    /// Remembers the call that the event is, once it is complete.
    #[inline]
    pub(super) fn finish(&self, finished: &mut Finished) {
        let auid = self.facts.and_then(|facts| facts.counted);
        finished.push(self.id, auid, (self.first, self.last));
    }

    /// Counts what records that are no part of a call have told, for the call that they belong to
    /// after all.
    pub(super) fn join(self, auid: Option<u32>, counter: &mut Counter<'_>) {
        if let (Some(auid), Some(more)) = (auid, self.more) {
            counter.denials(auid, &more.denials);
        }
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// Adds what another piece of the log has of the same event.
    pub(super) fn unite(&mut self, other: Group, counter: &mut Counter<'_>) {
        self.last = self.last.max(other.last);
        self.facts = self.facts.or(other.facts);
        self.paths += other.paths;
        self.commands += other.commands;
        if let Some(theirs) = other.more {
            self.more().unite(*theirs);
        }
        self.resume(counter);
    }

    /// Learns what the SYSCALL record says, of a call that counts for `auid`; a second one tells
    /// nothing new.
    #[inline]
    pub(super) fn learn(
        &mut self,
        read: audit::Call<'_>,
        call: (Call, Purpose),
        auid: Option<u32>,
        counter: &mut Counter<'_>,
    ) {
        if self.facts.is_some() {
            return;
        }
        let facts = self.facts.insert(Facts::of(read, call, auid));
        if auid.is_some() && counter.detail.is_close() {
            facts.look_at(read, counter.detail);
        }
        if self.more.is_some() {
            self.recount(counter);
            self.join_command(counter);
        }
    }

    /// Takes a record that is no part of a call; `auid` caused it, if that counts.
    pub(super) fn take_other(
        &mut self,
        record: &Record<'_>,
        auid: Option<u32>,
        counter: &mut Counter<'_>,
    ) {
        let more = self.more();
        more.other = more.other.or(auid);
        if counter.denial_in(record) {
            more.denials.push(counter.scratch.as_slice().into());
        }
    }

    /// Takes a record that belongs to a call: counts it if that can be done now, drops it if it
    /// means nothing, else holds a copy.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as for the path itself")]
    pub(super) fn take(
        &mut self,
        record: &Record<'_>,
        path: Option<Path<'_>>,
        counter: &mut Counter<'_>,
    ) {
        match record.kind {
            RecordType::Path => self.paths += 1,
            RecordType::Execve => self.commands += 1,
            _ => {
                if self.more().take_context(record) {
                    self.resume(counter);
                }
                return;
            }
        }
        if !self.count(record, path, counter) {
            self.more().held.push(record);
        }
        if record.kind == RecordType::Path && self.more.is_some() {
            self.join_command(counter);
        }
    }

    /// Counts a command that came in several records once the last path tells that all are there:
    /// it may hold megabytes.
    fn join_command(&mut self, counter: &mut Counter<'_>) {
        let (Some(facts), Some(more)) = (&self.facts, &mut self.more) else { return };
        if facts.purpose == Purpose::Run && self.paths == facts.paths && self.commands > 1 {
            let is_done = counter.whole_joined(facts, more.held.records());
            more.held = if is_done { Held::default() } else { std::mem::take(&mut more.held) };
        }
    }

    /// Tries once more to count what is held.
    #[inline]
    fn resume(&mut self, counter: &mut Counter<'_>) {
        if self.more.is_some() && self.facts.is_some() {
            self.recount(counter);
        }
    }

    fn recount(&mut self, counter: &mut Counter<'_>) {
        let held = std::mem::take(&mut self.more().held);
        for record in held.records() {
            let path = Path::of(&record).ok();
            if !self.count(&record, path, counter) {
                self.more().held.push(&record);
            }
        }
    }

    /// Counts a PATH record, which is `path`, or an EXECVE record, if what it needs is known; true
    /// if it is done with.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a path that is lent is waited for")]
    fn count(
        &mut self,
        record: &Record<'_>,
        path: Option<Path<'_>>,
        counter: &mut Counter<'_>,
    ) -> bool {
        let Some(facts) = &self.facts else { return false };
        if record.kind == RecordType::Execve {
            return counter.whole_command(facts, record);
        }
        let Some(auid) = facts.counted else { return true };
        let Some(opens) = self.opens(facts) else { return false };
        if !opens && facts.error.is_none() {
            return true;
        }
        let Some(name) = path.and_then(file::opened) else { return true };
        let Some((place, flags)) = self.context(facts, counter.detail) else { return false };
        if opens {
            counter.file(auid, facts, (name, place), flags);
        }
        if let Some(error) = facts.error {
            counter.failure(auid, facts, error, (name, place));
            self.more().failures += 1;
        }
        true
    }

    /// Whether the call opens files; nothing if a URINGOP record may yet tell.
    fn opens(&self, facts: &Facts) -> Option<bool> {
        let more = self.more.as_deref();
        match facts.purpose {
            Purpose::Open(_) => Some(true),
            Purpose::Uring if more.is_some_and(|more| more.opens_by_uring) => Some(true),
            Purpose::Uring if !more.is_some_and(|more| more.closing) => None,
            _ => Some(false),
        }
    }

    /// Where the names of the call start from and how it opens, as far as that is asked for;
    /// nothing if a record may yet tell.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as above")]
    fn context(&self, facts: &Facts, detail: Detail) -> Option<(Place<'_>, Option<u64>)> {
        let more = self.more.as_deref();
        let flags = facts.flags.or(more.and_then(|more| more.flags));
        let cwd = more.and_then(|more| more.cwd.as_deref());
        let needs_cwd = detail.absolute && facts.directory.is_none();
        let needs_flags = detail.modes && facts.has_flags_elsewhere();
        let lacks = needs_cwd && cwd.is_none() || needs_flags && flags.is_none();
        if lacks && !more.is_some_and(|more| more.closing) {
            return None;
        }
        let place = match facts.directory {
            _ if needs_cwd => Place::Directory(cwd.unwrap_or_default()),
            Some(descriptor) => Place::Descriptor(descriptor),
            None => Place::AsWritten,
        };
        Some((place, flags))
    }
}
