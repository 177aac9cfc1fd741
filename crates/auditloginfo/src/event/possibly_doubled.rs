//! Events of which the logs hold records with the name of a host and records without one.
//!
//! ```text
//! type=AVC msg=audit(1795400000.100:1): apparmor="DENIED" ...
//! Nov 23 02:13:20 web7 kernel: audit: type=1400 audit(1795400000.100:1): apparmor="DENIED" ...
//! ```
//!
//! Two programs of one host wrote them, or two hosts: the logs do not tell. So each of them counts, and
//! the caller reports it. They are found where one of the two is among the latest records.

use super::EventAssembler;
use super::event_id::EventId;
use super::seen_calls::CallKey;
use crate::filter::{FieldFilter, Filter};
use std::collections::VecDeque;
use sysparse::audit::RecordType;

/// How many of the latest records with the name of a host are kept, of calls and of others.
const LATEST_MAX: usize = 256;

/// The latest records with the name of a host, as they were without it.
#[derive(Debug, Default)]
pub(super) struct PossiblyDoubled {
    calls: VecDeque<CallKey>,
    /// The hashes of standalone records.
    standalone: VecDeque<u64>,
    has_found: bool,
    /// Whether a filter selects a host, so that records without one do not count.
    is_off: bool,
}

impl PossiblyDoubled {
    pub(super) fn new(filter: &Filter) -> PossiblyDoubled {
        let is_off = filter.fields.iter().any(|field| matches!(field, FieldFilter::Node(_)));
        PossiblyDoubled { is_off, ..PossiblyDoubled::default() }
    }
}

fn push<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == LATEST_MAX {
        queue.pop_front();
    }
    queue.push_back(item);
}

impl EventAssembler<'_> {
    /// Notes the SYSCALL record of a host, before it is seen: it takes the place of one without the host in
    /// the table. `id` is its event without the host.
    #[inline(never)]
    pub(super) fn note_call_of_host(&mut self, id: EventId) {
        if !self.possibly_doubled.is_off {
            let key = self.seen.key(id);
            self.possibly_doubled.has_found |= self.seen.holds(key);
            push(&mut self.possibly_doubled.calls, key);
        }
    }

    /// The same for a standalone record.
    #[inline(never)]
    pub(super) fn note_standalone_of_host(&mut self, record: (EventId, RecordType, &[u8])) {
        if !self.possibly_doubled.is_off {
            let hash = self.standalone.hash(record);
            self.possibly_doubled.has_found |= self.standalone.holds(hash);
            push(&mut self.possibly_doubled.standalone, hash);
        }
    }

    /// Whether an event has records with the name of a host and records without one.
    #[must_use]
    pub fn has_possibly_doubled(&self) -> bool {
        self.possibly_doubled.has_found || self.holds_any(&self.possibly_doubled)
    }

    fn holds_any(&self, possibly_doubled: &PossiblyDoubled) -> bool {
        possibly_doubled.calls.iter().any(|key| self.seen.holds(*key))
            || possibly_doubled.standalone.iter().any(|hash| self.standalone.holds(*hash))
    }

    /// Adds those of the next chunk, whose records are not merged yet.
    pub(super) fn merge_possibly_doubled(&mut self, next: &EventAssembler<'_>) {
        self.possibly_doubled.has_found = self.has_possibly_doubled()
            || next.has_possibly_doubled()
            || self.holds_any(&next.possibly_doubled)
            || next.holds_any(&self.possibly_doubled);
        next.possibly_doubled
            .calls
            .iter()
            .for_each(|key| push(&mut self.possibly_doubled.calls, *key));
        next.possibly_doubled
            .standalone
            .iter()
            .for_each(|hash| push(&mut self.possibly_doubled.standalone, *hash));
    }
}
