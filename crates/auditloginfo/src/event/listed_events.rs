//! Events whose items are listed one by one, until it is known in which order the events began.
//!
//! An item is known as soon as its record has come, but who acted is in the SYSCALL record and where
//! in the CWD record, and an event that began before can still be open. So the items are kept by
//! event. An event is printed when no record can belong to it any more, nor to any event that began
//! before it: its place in the output does not depend on how the records of events are mixed. What is
//! kept has a limit; beyond it the oldest events are printed early, and what comes of them later is
//! reported.

use super::event_id::{EventId, Owner};
use super::first_places::FirstPlaces;
use super::listed_event::ListedEvent;
use super::span::REORDER_WINDOW;
use crate::found::AffectedEvents;
use crate::section::Section;
use crate::tally::Seeded;
use sysparse::audit::{Record, RecordType};

/// The size of everything that is kept, in bytes, at most.
const KEPT_MAX: usize = 16 << 20;

/// The number of records from one search for events that can be printed to the next.
const RELEASE_PERIOD: u64 = REORDER_WINDOW / 4;

/// Prints events in the order in which they began.
pub trait EventPrinter: Send {
    /// Prints the items of an event.
    fn print(&mut self, event: &ListedEvent);

    /// Passes on what is printed. Returns false if there is nobody to read more.
    fn flush(&mut self) -> bool;
}

/// The latest events and their items.
#[derive(Default)]
pub(super) struct ListedEvents {
    /// The event of the latest record, apart from the others: most events have no item, and never get
    /// into the table.
    current: Option<ListedEvent>,
    others: Seeded<EventId, Box<ListedEvent>>,
    /// Events whose id came again when nothing could belong to them any more.
    expired: Vec<ListedEvent>,
    /// The size of the others, and of those that are expired, in bytes.
    bytes: usize,
    /// Records of events that may be listed later.
    first_places: FirstPlaces,
    /// The place from which events may be printed.
    release_place: u64,
    /// The place before which events were printed.
    printed: u64,
    /// Prints the events; `None` in a chunk, which is merged first.
    printer: Option<Box<dyn EventPrinter>>,
    /// Events of which something came after they were printed.
    in_parts: AffectedEvents,
    is_closed: bool,
}

impl ListedEvents {
    pub(super) fn set_printer(&mut self, printer: Box<dyn EventPrinter>) {
        self.printer = Some(printer);
    }

    /// Events of which something came after they were printed, so far.
    pub(super) fn in_parts(&self) -> AffectedEvents {
        self.in_parts
    }

    /// Whether there is nobody to read more.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Begins an event with the record at `place`, or adds this record to it.
    pub(super) fn begin(&mut self, owner: Owner<'_>, place: u64, record: &Record<'_>) {
        let place = self.first_places.get(*owner.id, place);
        let event = self.enter(*owner.id, place);
        let event = if event.latest + REORDER_WINDOW < place {
            self.expire_current();
            self.enter(*owner.id, place)
        } else {
            event
        };
        event.first = event.first.min(place);
        event.set_record(owner.user, record);
    }

    /// Adds a record of an event that may be listed later.
    pub(super) fn add_first_place(&mut self, id: EventId, place: u64) {
        self.first_places.add(id, place);
    }

    /// Adds an item.
    pub(super) fn add(&mut self, owner: Owner<'_>, section: Section, item: &[u8]) {
        let place = self.printed;
        let event = self.enter(*owner.id, place);
        if event.kind == RecordType::Detail {
            event.user = owner.user;
        }
        event.items.push_parts(&[section as u8], item);
    }

    /// Sets the working directory. Returns false if the event is not known.
    pub(super) fn set_cwd(&mut self, id: EventId, cwd: impl FnOnce(&mut Vec<u8>)) -> bool {
        let is_current = self.current.as_ref().is_some_and(|event| event.id == id);
        if !is_current && !self.others.contains_key(&id) {
            return false;
        }
        let event = self.enter(id, 0);
        if event.cwd.is_empty() {
            cwd(&mut event.cwd);
        }
        true
    }

    /// Sets whether what `io_uring` did for a call succeeded; the success of the call says only that it
    /// was asked to.
    pub(super) fn set_uring_success(&mut self, owner: Owner<'_>, success: bool) {
        let place = self.printed;
        self.enter(*owner.id, place).uring_success = Some(success);
    }

    /// Ends an event whose latest record is at `place`. If it has no item, it is forgotten, unless late
    /// denials count: see [`RecentCalls`](super::recent_calls::RecentCalls).
    pub(super) fn end(&mut self, id: EventId, place: u64, keeps_empty: bool) {
        let is_current = self.current.as_ref().is_some_and(|event| event.id == id);
        if !is_current && !self.others.contains_key(&id) {
            return;
        }
        let event = self.enter(id, place);
        event.latest = event.latest.max(place);
        if !keeps_empty && event.items.is_empty() {
            self.current = None;
        }
    }

    /// Makes an event the current one.
    fn enter(&mut self, id: EventId, place: u64) -> &mut ListedEvent {
        if self.current.as_ref().is_none_or(|event| event.id != id) {
            self.leave_current();
            let known = self.others.remove(&id).map(|event| *event);
            self.bytes -= known.as_ref().map_or(0, ListedEvent::size);
            self.current = known;
        }
        self.current.get_or_insert_with(|| ListedEvent::new(id, place))
    }

    fn leave_current(&mut self) {
        if let Some(event) = self.current.take() {
            self.bytes += event.size();
            self.others.insert(event.id, Box::new(event));
        }
    }

    fn expire_current(&mut self) {
        if let Some(event) = self.current.take() {
            self.bytes += event.size();
            self.expired.push(event);
        }
    }

    /// Whether events may have to be printed when so many records have come.
    pub(super) fn is_due(&self, place: u64) -> bool {
        self.printer.is_some() && (place >= self.release_place || self.bytes > KEPT_MAX)
    }

    /// Prints the events to which no record after `place` can belong, and that began before each of the
    /// others. The open events began at `open` or later.
    pub(super) fn release(&mut self, place: u64, open: Option<u64>) {
        self.release_place = place + RELEASE_PERIOD;
        self.leave_current();
        let growing = self.others.values().filter(|event| event.latest + REORDER_WINDOW >= place);
        let growing = growing.map(|event| event.first);
        let end = growing.chain(open).min();
        self.print_before(end.unwrap_or(place));
        while self.bytes > KEPT_MAX && !(self.others.is_empty() && self.expired.is_empty()) {
            self.print_older_half();
        }
    }

    /// Prints the half of the events that began first. Records of the others can still come.
    fn print_older_half(&mut self) {
        let events = self.others.values().map(|event| &**event).chain(&self.expired);
        let mut places: Vec<_> = events.map(|event| event.first).collect();
        let middle = places.len() / 2;
        let middle = places.select_nth_unstable(middle).1;
        self.print_before(*middle + 1);
    }

    /// Prints the events that began before `end`.
    fn print_before(&mut self, end: u64) {
        let Some(printer) = &mut self.printer else { return };
        let mut events = Vec::new();
        let mut take = |event: &mut ListedEvent| {
            let is_kept = event.first >= end;
            if !is_kept {
                self.bytes -= event.size();
                events.push(std::mem::replace(event, ListedEvent::new(event.id, 0)));
            }
            is_kept
        };
        self.others.retain(|_, event| take(event));
        self.expired.retain_mut(take);
        events.sort_unstable_by_key(|event| (event.first, event.stamp().serial));
        for event in events.iter().filter(|event| !event.items.is_empty()) {
            if event.kind == RecordType::Detail {
                self.in_parts.add(event.stamp());
            }
            printer.print(event);
        }
        self.printed = self.printed.max(end);
        self.is_closed |= !printer.flush();
    }

    /// Prints what is left at the end of the input.
    pub(super) fn finish(&mut self) {
        self.leave_current();
        self.print_before(u64::MAX);
    }

    /// Whether these events and those of the next chunk can be kept together.
    pub(super) fn fits(&self, next: &ListedEvents) -> bool {
        self.bytes + next.bytes <= KEPT_MAX
    }

    /// Adds the events of the next chunk, which `offset` records precede. `open` returns where an event
    /// began that is open in this chunk, and its working directory.
    pub(super) fn merge<'e>(
        &mut self,
        mut next: ListedEvents,
        offset: u64,
        open: impl Fn(EventId) -> Option<(u64, &'e [u8])>,
    ) {
        next.leave_current();
        self.bytes += next.expired.iter().map(ListedEvent::size).sum::<usize>();
        self.expired.extend(next.expired.into_iter().map(|event| event.shift(offset)));
        for (id, event) in next.others {
            let mut event = event.shift(offset);
            if let Some((first, cwd)) = open(id) {
                event.first = event.first.min(first);
                if event.cwd.is_empty() {
                    event.cwd.extend_from_slice(cwd);
                }
            }
            event.first = self.first_places.get(id, event.first);
            let first = event.first;
            let own = self.enter(id, first);
            if own.latest + REORDER_WINDOW < first {
                self.expire_current();
                *self.enter(id, first) = event;
            } else {
                own.merge(event);
            }
        }
        self.first_places.merge(&next.first_places, offset);
    }
}

#[cfg(test)]
mod tests;
