//! Assembles records into events.
//!
//! The records of one event have the same node, time and serial number. Nothing tells how many there
//! are, and they can come in any order, mixed with the records of other events. This is the life of
//! an event:
//!
//! ```text
//!  absent
//!    |  its first record
//!    v
//!  open       records are added; those that cannot be counted yet are pending
//!    |  |
//!    |  +-- complete: the call has all its records ----------------+
//!    |                                                             v
//!    +-- evict: no record for the length of the reorder          recent   a late denial is still
//!    |          window, or too much is pending                     |      counted for the call
//!    +-- flush: end of input                                       |
//!    v                                                             |  the reorder window has passed
//!  gone <----------------------------------------------------------+
//!
//!  merge: what two chunks of a log hold of one event becomes one event
//! ```
//!
//! A record is counted as soon as everything is known that it depends on:
//!
//! - A SYSCALL record is a system call. It also says what the other records of its event mean.
//! - A PATH record is a file that was opened if the call opens files.
//! - The EXECVE records of an event are one command.
//! - A record such as AVC or `USER_LOGIN` is standalone: an event of its own, unless a SYSCALL record
//!   belongs to the same event.
//!
//! So an event adds the same counts in whatever order its records come, and chunks of a log can be
//! read in parallel: an assembler keeps the events that may continue in the chunks before and after
//! its own, and [`EventAssembler::merge`] puts them together.
//!
//! ```
//! use auditloginfo::event::{EventAssembler, Sink};
//! use auditloginfo::filter::Query;
//! use auditloginfo::section::{Collect, Sections};
//! use sysparse::audit;
//!
//! let collect = Collect { sections: Sections::ORIGINAL, ..Collect::default() };
//! let query = Query { collect, ..Query::default() };
//! let mut sink = Sink::new(collect);
//! let mut assembler = EventAssembler::new(&query, Default::default());
//! for line in [
//!     "type=PATH msg=audit(1795352893.420:99): item=0 name=\"/etc/motd\" nametype=NORMAL",
//!     "type=SYSCALL msg=audit(1795352893.420:99): arch=c000003e syscall=257 success=yes exit=3 \
//!      items=1 ppid=1 pid=2 auid=7005 uid=0",
//! ] {
//!     assembler.add_record(audit::header(line.as_bytes()).unwrap(), &mut sink).unwrap();
//! }
//! assert_eq!(assembler.flush(&mut sink), 0);
//! assert_eq!(sink.tally.counts(7005).unwrap().files.total(), 1);
//! ```

mod address;
mod call_context;
mod call_records;
mod dependent_records;
mod displaced_calls;
mod doubled;
mod event_id;
mod first_places;
mod listed_event;
mod listed_events;
mod listing;
mod logged_call;
mod merge;
mod open_event;
mod open_events;
mod possibly_doubled;
mod rare_state;
mod recent_calls;
mod seen_calls;
mod sink;
mod span;
mod standalone;
mod waiting_calls;

pub use listed_event::ListedEvent;
pub use listed_events::EventPrinter;
pub use sink::Sink;
pub use span::REORDER_WINDOW;

use crate::call_class::CallClasses;
use crate::filter::{Filter, Query};
use crate::found::AffectedEvents;
use crate::login_user::LoginUser;
use crate::section::Collect;
use doubled::StandaloneRecords;
use event_id::{EventId, NodeHasher};
use foldhash::fast::RandomState;
use open_event::OpenEvent;
use open_events::{CHUNK_PENDING_MAX, OpenEvents, PENDING_MAX};
use possibly_doubled::PossiblyDoubled;
use recent_calls::RecentCalls;
use seen_calls::SeenCalls;
use sysparse::ParseError;
use sysparse::audit::{Record, RecordHeader, RecordType};
use waiting_calls::WaitingCalls;

/// Assembles the records of a log, or of one chunk of it, into events.
pub struct EventAssembler<'a> {
    filter: &'a Filter,
    /// The login user whose events count, if that is the whole filter.
    only_user: Option<LoginUser>,
    needs: Needs,
    open: OpenEvents,
    /// The complete calls, if standalone records are needed.
    recent: Option<RecentCalls>,
    seen: SeenCalls,
    standalone: StandaloneRecords,
    waiting: WaitingCalls,
    possibly_doubled: PossiblyDoubled,
    /// Evicted events that may continue an event of the chunk before this one.
    early: Vec<OpenEvent>,
    /// The size of everything pending for them, in bytes.
    early_bytes: usize,
    follows_chunk: bool,
    /// Whether too much was pending for one of several chunks.
    is_overfull: bool,
    /// The number of records that the log holds twice.
    doubled: u64,
    /// The number of events that ended with records missing.
    incomplete: u64,
    /// The events that ended before their records can have come, because too much was pending.
    ended_early: AffectedEvents,
    /// The event of the latest call that is needed for nothing, if items are listed.
    unlisted: EventId,
    nodes: NodeHasher,
    classes: CallClasses,
}

/// What is needed of a log.
struct Needs {
    /// One bit for each record type: whether records of that type are needed.
    types: u32,
    /// Whether the records of the other types are looked at too.
    others: bool,
    /// Whether records are needed that depend on the SYSCALL record of their event.
    dependents: bool,
    /// Whether a call without such records is needed for more than its count.
    single_calls: bool,
}

impl Needs {
    fn new(collect: Collect) -> Needs {
        let types = RecordType::ALL.into_iter().filter(|kind| collect.needs_type(*kind));
        Needs {
            types: types.fold(0, |bits, kind| bits | 1 << kind as u32),
            others: collect.each || collect.contents,
            dependents: collect.needs_dependent_records(),
            single_calls: collect.needs_single_calls(),
        }
    }
}

impl<'a> EventAssembler<'a> {
    /// An assembler for a log or for the first chunk of one. All chunks of a log need the same seed.
    #[must_use]
    pub fn new(query: &'a Query, node_seed: RandomState) -> Self {
        EventAssembler::create(query, node_seed, false)
    }

    /// An assembler for a chunk that follows another one.
    #[must_use]
    pub fn for_next_chunk(query: &'a Query, node_seed: RandomState) -> Self {
        EventAssembler::create(query, node_seed, true)
    }

    fn create(query: &'a Query, seed: RandomState, follows_chunk: bool) -> Self {
        let Query { filter, collect, .. } = query;
        let recent = || RecentCalls::new(seed.clone(), follows_chunk);
        let pending_max = if follows_chunk { CHUNK_PENDING_MAX } else { PENDING_MAX };
        EventAssembler {
            filter,
            only_user: filter.only_user(),
            needs: Needs::new(*collect),
            open: OpenEvents::new(pending_max),
            recent: collect.needs_standalone_records().then(recent),
            seen: SeenCalls::new(&seed, follows_chunk),
            standalone: StandaloneRecords::new(seed.clone()),
            waiting: WaitingCalls::new(seed.clone()),
            possibly_doubled: PossiblyDoubled::new(filter),
            early: Vec::new(),
            early_bytes: 0,
            follows_chunk,
            is_overfull: false,
            doubled: 0,
            incomplete: 0,
            ended_early: AffectedEvents::default(),
            unlisted: EventId::default(),
            nodes: NodeHasher::new(seed),
            classes: CallClasses::default(),
        }
    }

    /// The number of records so far.
    #[must_use]
    pub fn place(&self) -> u64 {
        self.open.place()
    }

    /// Adds the next record of the log, and counts what can be counted now.
    ///
    /// # Errors
    /// The record is damaged. It counts for nothing.
    #[inline(always)]
    pub fn add_record(
        &mut self,
        header: RecordHeader<'_>,
        sink: &mut Sink,
    ) -> Result<(), ParseError> {
        self.open.move_to(self.open.place() + 1);
        if self.needs.types >> header.kind as u32 & 1 == 0 {
            if self.needs.others {
                header.record().iter().for_each(|record| self.add_other(record, sink));
            }
            return Ok(());
        }
        let record = header.record()?;
        match record.kind {
            RecordType::Syscall => self.add_syscall(&record, sink)?,
            RecordType::Path => self.add_path(&record, sink)?,
            _ => self.add_rare(&record, sink)?,
        }
        if self.needs.others && sink.collect.contents {
            sink.tally.contents.add(&record);
        }
        if self.open.needs_eviction() {
            self.evict(sink);
        }
        Ok(())
    }

    /// Adds a record of a type that few records of a log have.
    #[inline(never)]
    fn add_rare(&mut self, record: &Record<'_>, sink: &mut Sink) -> Result<(), ParseError> {
        let has_names = !matches!(
            record.kind,
            RecordType::Cwd | RecordType::Sockaddr | RecordType::Uringop | RecordType::Openat2
        );
        // The directory in a CWD record counts only with the name in another one.
        if has_names {
            record.check_quotes()?;
        }
        // A quote closes the last value of most of these records.
        if record.kind != RecordType::Execve && !record.line.ends_with(b"\"") {
            record.check_end()?;
        }
        match record.kind {
            RecordType::Execve => self.add_command(record, sink)?,
            RecordType::Sockaddr => self.add_address(record, sink)?,
            RecordType::Cwd if sink.listed.is_some() => self.add_listed_cwd(record, sink),
            RecordType::Uringop | RecordType::Cwd | RecordType::Openat2 => {
                self.add_context(record, sink);
            }
            RecordType::Seccomp if sink.collect.logged_calls => self.add_logged_call(record, sink),
            _ => self.add_standalone(record, sink),
        }
        Ok(())
    }

    /// Adds a record that is needed only for the order of a list, or for what the log holds.
    #[inline(never)]
    fn add_other(&mut self, record: &Record<'_>, sink: &mut Sink) {
        if sink.is_listing() {
            self.add_first_place(record, sink);
        }
        if sink.collect.contents {
            sink.tally.contents.add(record);
        }
    }

    #[inline]
    fn id(&mut self, record: &Record<'_>) -> EventId {
        EventId::new(record, self.nodes.hash(record))
    }

    /// Completes the current event if all its records have come.
    #[inline(always)]
    fn complete_current(&mut self, sink: &mut Sink) {
        let event = self.open.current();
        if !event.is_complete() {
            return self.open.keep_current();
        }
        if let Some(recent) = &mut self.recent {
            recent.add(event.id, event.user(), event.span);
        }
        let event = self.open.close_current();
        if event.has_uncounted() {
            event.end(sink);
        }
        if sink.is_listing() {
            let (id, latest) = (event.id, event.span.latest);
            self.end_listed(id, latest, sink);
        }
    }

    /// Evicts the events to which no record can belong any more.
    fn evict(&mut self, sink: &mut Sink) {
        while let Some((event, is_early)) = self.open.evict() {
            self.is_overfull |= is_early && self.follows_chunk;
            let early_bytes = self.early_bytes + event.pending_bytes();
            if self.follows_chunk && event.span.starts_early() && early_bytes <= CHUNK_PENDING_MAX {
                self.early_bytes = early_bytes;
                self.early.push(event);
            } else {
                self.is_overfull |= self.follows_chunk && event.span.starts_early();
                if is_early && event.pending_bytes() > 0 {
                    self.ended_early.add(event.id.stamp());
                }
                self.end(event, sink);
            }
        }
    }

    fn end(&mut self, mut event: OpenEvent, sink: &mut Sink) {
        self.incomplete += u64::from(!event.end(sink));
    }

    /// The number of records that the log holds twice, so far. Each counts once.
    #[must_use]
    pub fn doubled(&self) -> u64 {
        self.doubled
    }

    /// Whether so much is pending that the next log must be read in one chunk.
    #[must_use]
    pub fn is_half_full(&self) -> bool {
        self.open.pending_bytes() > PENDING_MAX / 2
    }

    /// Counts the event of a record that counts although its end is missing.
    pub fn add_cut_record(&mut self) {
        self.incomplete += 1;
    }

    /// The events that ended early, so far.
    #[must_use]
    pub fn ended_early(&self) -> AffectedEvents {
        self.ended_early
    }

    /// Ends the input and all open events. Returns the number of events that lack a record.
    pub fn flush(mut self, sink: &mut Sink) -> u64 {
        for event in std::mem::take(&mut self.open).into_events() {
            self.end(event, sink);
        }
        if let Some(listed) = &mut sink.listed {
            listed.finish();
        }
        self.incomplete
    }
}

#[cfg(test)]
mod tests;
