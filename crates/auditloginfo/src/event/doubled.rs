//! Records that a log holds twice: two programs wrote it, or it was copied into itself.
//!
//! A record counts once. The second one is recognized
//!
//! - in an open event by what the event holds: a SYSCALL record, a PATH record with the same number,
//!   the same arguments;
//! - in a complete event by its type alone, because no record of the event was missing;
//! - for standalone records by their text.
//!
//! The first of two records may be in the chunk before. Then it is too late not to count the second
//! one, and the caller reads the log again in one chunk: see [`EventAssembler::conflicts_with`].

use super::event_id::EventId;
use super::open_event::OpenEvent;
use super::span::{REORDER_WINDOW, Span};
use super::{EventAssembler, RecordType};
use crate::enriched;
use foldhash::fast::RandomState;
use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;
use sysparse::audit::Record;

impl EventAssembler<'_> {
    /// Whether the log already held this standalone record.
    pub(super) fn is_doubled_standalone(&mut self, id: EventId, record: &Record<'_>) -> bool {
        let body = enriched::without_names(record.body);
        if let Some(id) = id.without_node() {
            self.note_standalone_of_host((id, record.kind, body));
        }
        self.standalone.is_known((id, record.kind, body), self.open.place())
    }

    /// Whether a record of the next chunk may double one of this chunk, so that it must not be
    /// counted, or whether the next chunk ended events early because too much was pending.
    #[must_use]
    pub fn conflicts_with(&self, next: &EventAssembler<'_>) -> bool {
        let offset = self.open.place();
        next.is_overfull
            || self.standalone.conflicts_with(&next.standalone, offset)
            || self.seen.conflicts_with(&next.seen, offset)
            || next.seen.has_early(self.open.ids().filter(|id| self.depends(*id)))
            || next.open_events().any(|event| self.conflicts_with_event(event, offset))
    }

    /// Whether the event is open and has more than standalone records.
    fn depends(&self, id: EventId) -> bool {
        let depends =
            |event: &OpenEvent| !event.has_only_standalone() || event.has_pending_address();
        self.open.get(id).is_some_and(depends)
    }

    fn conflicts_with_event(&self, next: &OpenEvent, offset: u64) -> bool {
        let first = next.span.first + offset;
        match self.open.get(next.id) {
            Some(event) => event.conflicts_with(next),
            None => !next.has_only_standalone() && self.seen.has(next.id, first),
        }
    }

    /// The events that may continue events of the chunk before.
    fn open_events(&self) -> impl Iterator<Item = &OpenEvent> {
        self.early.iter().chain(self.open.iter())
    }
}

/// The hashes of the standalone records within the reorder window.
#[derive(Debug)]
pub(super) struct StandaloneRecords {
    seed: RandomState,
    /// The place of the latest record with each hash.
    places: HashMap<u64, u64, RandomState>,
    /// The hashes and places in the order of the records.
    queue: VecDeque<(u64, u64)>,
    /// The hashes and places of those that may double a record of the chunk before.
    early: Vec<(u64, u64)>,
}

impl StandaloneRecords {
    /// No records. All chunks of a log need the same seed.
    pub(super) fn new(seed: RandomState) -> StandaloneRecords {
        let places = HashMap::with_hasher(seed.clone());
        StandaloneRecords { seed, places, queue: VecDeque::new(), early: Vec::new() }
    }

    pub(super) fn hash(&self, record: (EventId, RecordType, &[u8])) -> u64 {
        self.seed.hash_one(record)
    }

    /// Whether there is a record with that hash.
    pub(super) fn holds(&self, hash: u64) -> bool {
        self.places.contains_key(&hash)
    }

    /// Adds a record. Returns whether it was there already.
    fn is_known(&mut self, record: (EventId, RecordType, &[u8]), place: u64) -> bool {
        let hash = self.hash(record);
        if Span::start(place).starts_early() {
            self.early.push((hash, place));
        }
        self.add(hash, place)
    }

    fn add(&mut self, hash: u64, place: u64) -> bool {
        while let Some((oldest, latest)) = self.queue.front().copied() {
            if Span::start(latest).reaches(place) {
                break;
            }
            self.queue.pop_front();
            if self.places.get(&oldest) == Some(&latest) {
                self.places.remove(&oldest);
            }
        }
        self.queue.push_back((hash, place));
        self.places.insert(hash, place).is_some()
    }

    fn conflicts_with(&self, next: &StandaloneRecords, offset: u64) -> bool {
        let known = |(hash, place): &(u64, u64)| {
            let latest = self.places.get(hash);
            latest.is_some_and(|latest| place + offset <= latest + REORDER_WINDOW)
        };
        !self.places.is_empty() && next.early.iter().any(known)
    }

    /// Adds the records of the next chunk, which `offset` records precede.
    pub(super) fn merge(&mut self, next: &StandaloneRecords, offset: u64) {
        for (hash, place) in &next.queue {
            self.add(*hash, place + offset);
        }
        let shifted = next.early.iter().map(|(hash, place)| (*hash, place + offset));
        self.early.extend(shifted.filter(|(_, place)| Span::start(*place).starts_early()));
    }
}
