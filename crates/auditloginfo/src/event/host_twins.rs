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
pub(super) struct HostTwins {
    calls: VecDeque<CallKey>,
    /// The hashes of standalone records.
    standalone: VecDeque<u64>,
    has_found: bool,
    /// Whether a filter selects a host, so that records without one do not count.
    is_off: bool,
}

impl HostTwins {
    pub(super) fn new(filter: &Filter) -> HostTwins {
        let is_off = filter.fields.iter().any(|field| matches!(field, FieldFilter::Node(_)));
        HostTwins { is_off, ..HostTwins::default() }
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
        if !self.twins.is_off {
            let key = id.table_key();
            self.twins.has_found |= self.seen.holds(key);
            push(&mut self.twins.calls, key);
        }
    }

    /// The same for a standalone record.
    #[inline(never)]
    pub(super) fn note_standalone_of_host(&mut self, record: (EventId, RecordType, &[u8])) {
        if !self.twins.is_off {
            let hash = self.standalone.hash(record);
            self.twins.has_found |= self.standalone.holds(hash);
            push(&mut self.twins.standalone, hash);
        }
    }

    /// Whether an event has records with the name of a host and records without one.
    #[must_use]
    pub fn has_host_twins(&self) -> bool {
        self.twins.has_found || self.holds_any(&self.twins)
    }

    fn holds_any(&self, twins: &HostTwins) -> bool {
        twins.calls.iter().any(|key| self.seen.holds(*key))
            || twins.standalone.iter().any(|hash| self.standalone.holds(*hash))
    }

    /// Adds those of the next chunk, whose records are not merged yet.
    pub(super) fn merge_host_twins(&mut self, next: &EventAssembler<'_>) {
        self.twins.has_found = self.has_host_twins()
            || next.has_host_twins()
            || self.holds_any(&next.twins)
            || next.holds_any(&self.twins);
        next.twins.calls.iter().for_each(|key| push(&mut self.twins.calls, *key));
        next.twins.standalone.iter().for_each(|hash| push(&mut self.twins.standalone, *hash));
    }
}
