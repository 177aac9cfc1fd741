//! Calls whose events are complete. A late record may still belong to one of them.

use super::event_id::EventId;
use super::span::{REORDER_WINDOW, Span};
use crate::login_user::LoginUser;
use crate::tally::Seeded;
use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// A call whose event is complete.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecentCall {
    /// The hash of the event's id.
    hash: u64,
    /// The login user for whom the event counts; `None` if it does not count.
    pub(super) user: Option<LoginUser>,
    /// The place of a record of the event: of its latest one, or of its first one if the call is
    /// early.
    pub(super) place: u64,
}

/// The complete calls within the reorder window: a hash table with chaining whose entries are in a
/// ring buffer, so that the oldest call makes room for a new one.
///
/// Many calls are added and few are looked for. With a `HashMap` the overview takes 17 % more CPU
/// time. Calls are compared by the hash alone. It has 64 bits and a random seed, so no log can be
/// made in which two events have the same one.
#[derive(Debug)]
pub(super) struct RecentCalls {
    seed: RandomState,
    /// The ring buffer. Each call has the number of the call before it in the same chain. Numbers
    /// start at 1; a number outside the ring ends the chain.
    ring: Vec<(RecentCall, u64)>,
    /// For each chain the number of its latest call.
    chains: Vec<u64>,
    /// The number of calls that were added.
    count: u64,
    /// The calls whose event can have begun in the chunk before this one.
    early: Vec<RecentCall>,
    follows_chunk: bool,
}

/// The number of calls in the ring: each has at least one record in the reorder window.
const RING_SIZE: u64 = REORDER_WINDOW + 1;

/// The number of chains, less under Miri.
const CHAINS: u64 = if cfg!(miri) { 1 << 8 } else { 1 << 15 };

impl RecentCalls {
    /// An empty table. All chunks of a log need the same seed. `follows_chunk` tells whether there
    /// is a chunk before this one.
    pub(super) fn new(seed: RandomState, follows_chunk: bool) -> RecentCalls {
        // A chunk holds fewer calls than the reorder window can; if not, the ring grows.
        let calls = if follows_chunk { RING_SIZE / 4 } else { RING_SIZE };
        RecentCalls {
            seed,
            ring: Vec::with_capacity(index(calls)),
            chains: vec![0; index(CHAINS)],
            count: 0,
            early: Vec::new(),
            follows_chunk,
        }
    }

    /// Adds the call of a complete event.
    #[inline]
    pub(super) fn add(&mut self, id: EventId, user: Option<LoginUser>, span: Span) {
        let hash = self.seed.hash_one(id);
        if self.follows_chunk && span.starts_early() {
            self.early.push(RecentCall { hash, user, place: span.first });
        }
        self.push(RecentCall { hash, user, place: span.latest });
    }

    #[inline]
    fn push(&mut self, call: RecentCall) {
        let Some(chain) = self.chains.get_mut(index(call.hash % CHAINS)) else { return };
        let entry = (call, *chain);
        match self.ring.get_mut(index(self.count % RING_SIZE)) {
            Some(oldest) => *oldest = entry,
            None => self.ring.push(entry),
        }
        self.count += 1;
        *chain = self.count;
    }

    /// The complete call to which a record of that event at `place` belongs.
    pub(super) fn find(&self, id: EventId, place: u64) -> Option<RecentCall> {
        let hash = self.seed.hash_one(id);
        let mut number = *self.chains.get(index(hash % CHAINS))?;
        while number > self.count.saturating_sub(RING_SIZE) {
            let (call, previous) = self.ring.get(index((number - 1) % RING_SIZE))?;
            if call.hash == hash {
                return Some(*call).filter(|call| Span::start(call.place).reaches(place));
            }
            number = *previous;
        }
        None
    }

    /// The early calls of these events.
    pub(super) fn find_early(
        &self,
        ids: impl Iterator<Item = EventId>,
    ) -> Vec<(EventId, RecentCall)> {
        let ids: Seeded<u64, EventId> = ids.map(|id| (self.seed.hash_one(id), id)).collect();
        if ids.is_empty() {
            return Vec::new();
        }
        self.early.iter().filter_map(|call| Some((*ids.get(&call.hash)?, *call))).collect()
    }

    /// Adds the calls of the next chunk, which `offset` records precede.
    pub(super) fn merge(&mut self, next: &RecentCalls, offset: u64) {
        let oldest = next.count.saturating_sub(RING_SIZE);
        for number in oldest..next.count {
            if let Some((call, _)) = next.ring.get(index(number % RING_SIZE)) {
                self.push(RecentCall { place: call.place + offset, ..*call });
            }
        }
        let early =
            next.early.iter().map(|call| RecentCall { place: call.place + offset, ..*call });
        let starts_early = |call: &RecentCall| Span::start(call.place).starts_early();
        self.early.extend(early.filter(|call| self.follows_chunk && starts_early(call)));
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
