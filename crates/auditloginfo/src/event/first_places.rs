//! The first records of events whose items are listed, where a section needs only later ones.
//!
//! ```text
//! type=LOGIN msg=audit(1795352948.404:33129): pid=664 uid=0 old-auid=4294967295 auid=7005 ...
//! ... the records of other events
//! type=SYSCALL msg=audit(1795352948.404:33129): arch=c000003e syscall=1 success=yes ...
//! ```

use super::event_id::EventId;
use super::span::{REORDER_WINDOW, Span};
use crate::tally::Seeded;
use std::collections::VecDeque;

/// The places of records within the reorder window that may be the first ones of their events.
#[derive(Debug, Default)]
pub(super) struct FirstPlaces {
    places: Seeded<EventId, u64>,
    /// The ids and places in the order of the records.
    queue: VecDeque<(EventId, u64)>,
}

impl FirstPlaces {
    /// Adds a record. Only the first one of an event counts.
    pub(super) fn add(&mut self, id: EventId, place: u64) {
        self.forget_before(place.saturating_sub(REORDER_WINDOW));
        if let std::collections::hash_map::Entry::Vacant(entry) = self.places.entry(id) {
            entry.insert(place);
            self.queue.push_back((id, place));
        }
    }

    /// Forgets the records before `place`.
    fn forget_before(&mut self, place: u64) {
        while let Some((id, _)) = self.queue.front().filter(|(_, at)| *at < place) {
            self.places.remove(id);
            self.queue.pop_front();
        }
    }

    /// The place of the first record of an event that goes on at `place`.
    pub(super) fn get(&self, id: EventId, place: u64) -> u64 {
        let first = self.places.get(&id).filter(|first| Span::start(**first).reaches(place));
        first.map_or(place, |first| place.min(*first))
    }

    /// Adds the records of the next chunk, which `offset` records precede.
    pub(super) fn merge(&mut self, next: &FirstPlaces, offset: u64) {
        for (id, place) in &next.queue {
            self.add(*id, place + offset);
        }
    }
}
