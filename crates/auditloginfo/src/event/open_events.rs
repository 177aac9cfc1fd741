//! The events that are open, found by their ids and evicted in the order of their latest records.

use super::event_id::EventId;
use super::open_event::OpenEvent;
use super::span::{REORDER_WINDOW, Span};
use crate::tally::Seeded;
use std::collections::VecDeque;

/// The size in bytes of everything pending for open events, at most. Beyond it the oldest events are
/// evicted. Under Miri it is small enough for tests.
pub(super) const PENDING_MAX: usize = if cfg!(miri) { 16 << 10 } else { 8 << 20 };

/// The same for one of several chunks. Beyond it the log is read again in one chunk.
pub(super) const CHUNK_PENDING_MAX: usize = PENDING_MAX / 4;

/// The events that are open.
///
/// The event of the latest record is apart from the others. Where the records of each event follow
/// each other, as in most logs, no event is ever looked up in a table.
#[derive(Debug, Default)]
pub(super) struct OpenEvents {
    /// The number of records so far, which is the place of the latest record.
    place: u64,
    /// The place from which an event may have to be evicted.
    eviction_place: u64,
    /// The event of the latest record that was added, if `is_current_open`.
    current: OpenEvent,
    is_current_open: bool,
    others: Seeded<EventId, Box<OpenEvent>>,
    /// For each of the other events its id and the place of its latest record, in the order in which
    /// they are evicted. An entry with another place is out of date.
    eviction_queue: VecDeque<(EventId, u64)>,
    /// Events that were still open when their id came again beyond the reorder window.
    expired: Vec<OpenEvent>,
    /// The size of everything pending for the other events.
    pending_bytes: usize,
    /// The largest such size, [`PENDING_MAX`] or less.
    pending_max: usize,
}

impl OpenEvents {
    pub(super) fn new(pending_max: usize) -> OpenEvents {
        OpenEvents { eviction_place: u64::MAX, pending_max, ..OpenEvents::default() }
    }

    /// The place of the latest record.
    #[inline]
    pub(super) fn place(&self) -> u64 {
        self.place
    }

    /// Moves on to the record at `place`.
    #[inline]
    pub(super) fn move_to(&mut self, place: u64) {
        self.place = place;
    }

    /// Whether the event is open.
    #[inline]
    pub(super) fn contains(&self, id: EventId) -> bool {
        self.is_current(id) || !self.others.is_empty() && self.others.contains_key(&id)
    }

    /// The event, if it is open.
    pub(super) fn get(&self, id: EventId) -> Option<&OpenEvent> {
        if self.is_current(id) {
            return Some(&self.current);
        }
        self.others.get(&id).map(|event| &**event)
    }

    #[inline]
    pub(super) fn is_current(&self, id: EventId) -> bool {
        self.is_current_open && self.current.id == id
    }

    /// The open events, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &OpenEvent> {
        let current = self.is_current_open.then_some(&self.current);
        self.others.values().map(|event| &**event).chain(current).chain(&self.expired)
    }

    /// The ids of the open events.
    pub(super) fn ids(&self) -> impl Iterator<Item = EventId> {
        self.iter().map(|event| event.id)
    }

    /// Makes the event of the latest record the current one, and returns it.
    #[inline(always)]
    pub(super) fn enter(&mut self, id: EventId) -> &mut OpenEvent {
        self.enter_if(id, || true);
        &mut self.current
    }

    /// The same, but returns `None` if the event is not open and `may_begin` does not hold.
    #[inline(always)]
    pub(super) fn enter_if(
        &mut self,
        id: EventId,
        may_begin: impl FnOnce() -> bool,
    ) -> Option<&mut OpenEvent> {
        if !self.is_current(id) {
            self.leave_current();
            match self.remove(id) {
                Some(event) => self.current = event,
                None if !may_begin() => return None,
                None => self.current.reset(id, Span::start(self.place)),
            }
            self.is_current_open = true;
        }
        if !self.current.span.reaches(self.place) {
            self.expire_current();
        }
        self.current.span.latest = self.place;
        Some(&mut self.current)
    }

    /// The event that was entered last.
    #[inline]
    pub(super) fn current(&self) -> &OpenEvent {
        &self.current
    }

    /// Keeps the current event open. An event for which too much is pending is evicted soon.
    #[inline]
    pub(super) fn keep_current(&mut self) {
        if self.current.pending_bytes() > self.pending_max {
            self.leave_current();
        }
    }

    /// Closes the current event. Its value stays there until the next event is entered.
    #[inline]
    pub(super) fn close_current(&mut self) -> &mut OpenEvent {
        self.is_current_open = false;
        &mut self.current
    }

    /// Moves the current event to the others if it is open.
    #[inline]
    fn leave_current(&mut self) {
        if self.is_current_open {
            self.is_current_open = false;
            let event = std::mem::take(&mut self.current);
            self.insert(event);
        }
    }

    #[inline(never)]
    fn insert(&mut self, event: OpenEvent) {
        let latest = event.span.latest;
        self.eviction_queue.push_back((event.id, latest));
        self.eviction_place = self.eviction_place.min(latest + REORDER_WINDOW + 1);
        self.pending_bytes += event.pending_bytes();
        if self.pending_bytes > self.pending_max {
            self.eviction_place = 0;
        }
        self.others.insert(event.id, Box::new(event));
    }

    /// Replaces the current event, which is too old for the latest record, by a new one.
    #[cold]
    fn expire_current(&mut self) {
        let new = OpenEvent::new(self.current.id, Span::start(self.place));
        self.expired.push(std::mem::replace(&mut self.current, new));
        self.eviction_place = 0;
    }

    /// Takes an event from the others.
    #[inline]
    fn remove(&mut self, id: EventId) -> Option<OpenEvent> {
        if self.others.is_empty() { None } else { self.remove_other(id) }
    }

    #[inline(never)]
    fn remove_other(&mut self, id: EventId) -> Option<OpenEvent> {
        let event = self.others.remove(&id)?;
        self.pending_bytes -= event.pending_bytes();
        Some(*event)
    }

    /// Takes an event that has only standalone records, if a record at `place` can belong to it.
    pub(super) fn take_standalone(&mut self, id: EventId, place: u64) -> Option<OpenEvent> {
        self.leave_current();
        let event = self.others.get(&id)?;
        let can_belong = event.has_only_standalone() && event.span.reaches(place);
        can_belong.then(|| self.remove(id)).flatten()
    }

    /// The size of everything pending, in bytes.
    pub(super) fn pending_bytes(&self) -> usize {
        self.pending_bytes + self.current.pending_bytes()
    }

    /// Whether an event may have to be evicted.
    #[inline]
    pub(super) fn needs_eviction(&self) -> bool {
        self.place >= self.eviction_place
    }

    /// Takes an event to which no record can belong any more, or the oldest one while too much is
    /// pending. Also returns whether records can still belong to it.
    pub(super) fn evict(&mut self) -> Option<(OpenEvent, bool)> {
        if let Some(event) = self.expired.pop() {
            return Some((event, false));
        }
        while let Some((id, latest)) = self.eviction_queue.front().copied() {
            let is_early = Span::start(latest).reaches(self.place);
            if is_early && self.pending_bytes <= self.pending_max {
                self.eviction_place = latest + REORDER_WINDOW + 1;
                return None;
            }
            self.eviction_queue.pop_front();
            if self.others.get(&id).is_some_and(|event| event.span.latest == latest) {
                return self.remove(id).map(|event| (event, is_early));
            }
        }
        self.eviction_place = u64::MAX;
        None
    }

    /// Takes all events, in no particular order.
    pub(super) fn into_events(self) -> impl Iterator<Item = OpenEvent> {
        let current = self.is_current_open.then_some(self.current);
        self.others.into_values().map(|event| *event).chain(current).chain(self.expired)
    }
}
