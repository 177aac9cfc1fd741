//! Joins records into events and counts them.
//!
//! The records of one event carry the same node, time and serial, but nothing says how many there
//! are or that they stand together: the kernel's records of one event come interleaved with those
//! of others, late, in any order. So an event stays open until no record within [`REACH`] places
//! has belonged to it, and each record counts as soon as what it needs is known:
//!
//! - a SYSCALL record is a call made, by itself, and says what the rest of its event means;
//! - a PATH record is a file opened if its event's call opens files;
//! - an EXECVE record is a command executed, several of one event are one command.
//!
//! A record that comes before what it needs is held as a copy. Whatever the order, an event adds
//! the same to the tally, so a log can be cut in pieces that are read side by side: a piece keeps
//! the events that may go on beyond its ends, and [`Joiner::absorb`] joins them.

mod command;
mod counter;
mod denial;
mod facts;
mod file;
mod finished;
mod group;
mod held;
mod hosts;
mod id;
mod more;
mod window;

use crate::section::{Detail, Section};
use crate::subject::{Query, Subject};
use crate::syscall_names::{Arch, Call, Purposes};
use crate::tally::Tally;
use counter::Counter;
use finished::Finished;
use foldhash::fast::RandomState;
use group::Group;
use hosts::Hosts;
use id::Id;
use sysparse::ParseError;
use sysparse::audit::{self, Path, Record, RecordHeader, RecordType};
use window::Window;

/// How many places apart two records of one event may stand in the log, with no record of it in
/// between: enough for real logs (643 seen) in which every record is moved by up to 10,000 places.
pub const REACH: u64 = 1 << 15;

/// How many bytes of records may be held for events that are not complete, in one piece of a log;
/// beyond that the oldest are settled with what they have.
const HELD_MAX: usize = 8 << 20;

/// Joins the records of one piece of a log and counts what is asked for.
pub struct Joiner<'a> {
    subject: &'a Subject,
    detail: Detail,
    /// A bit for each type of record, set if records of that type are of use.
    useful: u32,
    window: Window,
    /// Closed events that may belong to one which the piece before this began.
    early: Vec<Group>,
    /// Bytes held by them.
    early_held: usize,
    /// Whether a piece comes before this one.
    continues: bool,
    incomplete: u64,
    hosts: Hosts,
    purposes: Purposes,
    scratch: Vec<u8>,
}

impl<'a> Joiner<'a> {
    /// A joiner for a piece of a log; `continues` says that another piece comes before it. All
    /// pieces of a log need the same `nodes`, which hash the names of hosts.
    #[must_use]
    pub fn new(query: &'a Query, nodes: RandomState, continues: bool) -> Self {
        let Query { subject, detail } = query;
        let finished = || Finished::new(nodes.clone(), continues);
        let finished = detail.needs_others().then(finished);
        Joiner {
            subject,
            detail: *detail,
            useful: detail.useful(),
            window: Window::new(finished),
            early: Vec::new(),
            early_held: 0,
            continues,
            incomplete: 0,
            hosts: Hosts::new(nodes),
            purposes: Purposes::default(),
            scratch: Vec::new(),
        }
    }

    /// Goes on to the next record; true if records of that type are of no use.
    #[inline]
    pub fn passes(&mut self, kind: RecordType) -> bool {
        self.window.step();
        self.useful >> kind as u32 & 1 == 0
    }

    /// Takes the record that was gone on to and adds to `tally` what can be counted now.
    ///
    /// # Errors
    /// The record is damaged; it counts for nothing.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "it is called from one hot place")]
    pub fn record(&mut self, start: RecordHeader<'_>, tally: &mut Tally) -> Result<(), ParseError> {
        match start.kind {
            RecordType::Syscall => self.syscall(&start.record()?, tally)?,
            RecordType::Path
            | RecordType::Execve
            | RecordType::Uringop
            | RecordType::Cwd
            | RecordType::Openat2 => {
                self.part(start, tally)?;
            }
            _ => self.other(&start.record()?, tally),
        }
        if self.window.is_due() {
            self.close_distant(tally);
        }
        Ok(())
    }

    #[inline]
    fn syscall(&mut self, record: &Record<'_>, tally: &mut Tally) -> Result<(), ParseError> {
        let read = audit::Call::of(record)?;
        let call = Call { arch: Arch::new(read.arch), number: read.number };
        let counts = self.subject.counts(record, &read);
        if counts {
            let counts = tally.of(read.auid);
            counts.calls.add(call);
            if self.detail.overview {
                counts.event(record.stamp());
                counts.as_root += u64::from(read.euid() == Some(0));
            }
        }
        let has_parts = read.items > 0 && self.detail.needs_parts();
        let failed = read.success == Some(false) && self.detail.sections.has(Section::Errors);
        // Nothing else belongs to a call without a path, so its event need not be remembered.
        if has_parts || failed || self.detail.needs_others() && !self.is_done(record, &read, counts)
        {
            let purpose = self.purposes.of(call);
            let auid = counts.then_some(read.auid);
            let take = |group: &mut Group, counter: &mut Counter<'_>| {
                group.learn(read, (call, purpose), auid, counter);
            };
            self.give(record, tally, take);
        }
        Ok(())
    }

    /// Whether nothing is known or to come of the call's event but records that are no part of it.
    fn is_done(&mut self, record: &Record<'_>, read: &audit::Call<'_>, counts: bool) -> bool {
        let id = self.id(record);
        self.window.pass(id, counts.then_some(read.auid))
    }

    /// Takes a record that means nothing without the SYSCALL record of its event.
    #[inline]
    fn part(&mut self, start: RecordHeader<'_>, tally: &mut Tally) -> Result<(), ParseError> {
        let host = |record: &Record<'_>| self.hosts.hash(record);
        if let Some(record) = self.window.current().and_then(|id| id.record(start, host)) {
            let path = Joiner::path(&record)?;
            let mut counter = Counter { detail: self.detail, tally, scratch: &mut self.scratch };
            let take = |group: &mut Group| group.take(&record, path, &mut counter);
            if let Some(group) = self.window.with_current(take) {
                self.settle(group, tally);
            }
            return Ok(());
        }
        self.part_of_any(&start.record()?, tally)
    }

    #[cold]
    fn part_of_any(&mut self, record: &Record<'_>, tally: &mut Tally) -> Result<(), ParseError> {
        let path = Joiner::path(record)?;
        self.give(record, tally, |group, counter| group.take(record, path, counter));
        Ok(())
    }

    /// The name in a record, if it is a PATH record.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as for the path itself")]
    fn path<'r>(record: &Record<'r>) -> Result<Option<Path<'r>>, ParseError> {
        match record.kind {
            RecordType::Path => Ok(Some(Path::of(record)?)),
            RecordType::Execve if record.arguments().next().is_none() => {
                let at = record.line.len();
                Err(ParseError { expected: "argc= or an argument", at })
            }
            _ => Ok(None),
        }
    }

    /// Takes a record that is an event of its own, unless a SYSCALL record belongs to it.
    fn other(&mut self, record: &Record<'_>, tally: &mut Tally) {
        let id = self.id(record);
        if let Some(call) = self.window.finished(id, self.window.position()) {
            return self.counter(tally).denied(call.auid, record);
        }
        let auid = self.subject.counts_other(record);
        self.give(record, tally, |group, counter| group.take_other(record, auid, counter));
    }

    /// Gives a record to its event, by `take`.
    #[inline]
    fn give(
        &mut self,
        record: &Record<'_>,
        tally: &mut Tally,
        take: impl FnOnce(&mut Group, &mut Counter<'_>),
    ) {
        let id = self.id(record);
        let mut counter = Counter { detail: self.detail, tally, scratch: &mut self.scratch };
        let complete = self.window.with(id, |group| take(group, &mut counter));
        if let Some(group) = complete {
            self.settle(group, tally);
        }
    }

    fn counter<'c>(&'c mut self, tally: &'c mut Tally) -> Counter<'c> {
        Counter { detail: self.detail, tally, scratch: &mut self.scratch }
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as for the id itself")]
    fn id(&mut self, record: &Record<'_>) -> Id {
        Id::new(record, self.hosts.hash(record))
    }

    /// Closes the events that no further record can belong to.
    fn close_distant(&mut self, tally: &mut Tally) {
        while let Some(group) = self.window.pop_distant() {
            let held = self.early_held + group.held();
            if self.continues && group.first <= REACH && held <= HELD_MAX {
                self.early_held = held;
                self.early.push(group);
            } else {
                self.settle(group, tally);
            }
        }
    }

    fn settle(&mut self, group: Group, tally: &mut Tally) {
        let is_complete = group.settle(&mut self.counter(tally));
        self.incomplete += u64::from(!is_complete);
    }

    /// Takes over the open events of the piece that follows this one.
    pub fn absorb(&mut self, mut piece: Joiner<'_>, tally: &mut Tally) {
        let offset = self.window.position();
        let end = offset + piece.window.position();
        self.incomplete += piece.incomplete;
        let finished = piece.window.take_finished();
        let others = finished.as_ref().map(|theirs| self.window.take_others(theirs, offset));
        for (group, auid) in others.into_iter().flatten() {
            group.join(auid, &mut self.counter(tally));
        }
        let mut groups = piece.early;
        groups.extend(piece.window.into_groups());
        groups.sort_unstable_by_key(|group| group.first);
        for group in groups {
            self.unite(group.moved_by(offset), tally);
        }
        if let Some(theirs) = finished {
            self.window.remember(&theirs, offset);
        }
        self.window.advance_to(end);
        self.close_distant(tally);
    }

    fn unite(&mut self, group: Group, tally: &mut Tally) {
        let call = self.window.finished(group.id, group.first).filter(|_| group.has_no_part());
        if let Some(call) = call {
            return group.join(call.auid, &mut self.counter(tally));
        }
        let mut counter = Counter { detail: self.detail, tally, scratch: &mut self.scratch };
        if let Some(group) = self.window.unite(group, &mut counter) {
            self.settle(group, tally);
        }
    }

    /// Closes every event; gives the number of those that lack a record.
    pub fn finish(mut self, tally: &mut Tally) -> u64 {
        for group in std::mem::take(&mut self.window).into_groups() {
            self.settle(group, tally);
        }
        self.incomplete
    }
}

#[cfg(test)]
mod tests;
