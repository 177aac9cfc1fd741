//! The calls that are complete, and may yet have a record that is no part of a call.

use super::REORDER_WINDOW;
use super::id::Id;
use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// A complete call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call {
    /// A hash of its id: it is one of tens of thousands, and has 64 bits that nobody can foresee.
    pub(super) hash: u64,
    /// Who made it, if it counts.
    pub(super) auid: Option<u32>,
    /// The place of its first record or its latest.
    pub(super) place: u64,
}

impl Call {
    /// The same call `offset` places further on.
    pub(super) fn moved_by(self, offset: u64) -> Call {
        Call { place: self.place + offset, ..self }
    }
}

/// The complete calls of the latest [`REORDER_WINDOW`] places.
///
/// Each is put in without a search, for hardly one is ever looked for: `latest` has the last one put
/// in for each slot that a hash can tell, and a call the one of the same slot before it.
#[derive(Debug)]
pub(super) struct Finished {
    hashes: RandomState,
    /// A ring; the number of a call, from 1, tells its place in it.
    calls: Vec<(Call, u64)>,
    latest: Vec<u64>,
    count: u64,
    /// The calls that may belong to an event which the piece before this began, with the places of
    /// their first records.
    pub(super) early: Vec<Call>,
    /// Whether a piece comes before this one.
    continues: bool,
}

/// How many calls the ring holds: each takes a place at least.
const SIZE: u64 = REORDER_WINDOW + 1;

/// How many slots a hash can tell.
const SLOTS: u64 = 1 << 15;

impl Finished {
    /// No calls as yet; `continues` says that another piece comes before this one. All pieces of a
    /// log need the same `hashes`.
    pub(super) fn new(hashes: RandomState, continues: bool) -> Finished {
        Finished {
            hashes,
            calls: Vec::with_capacity(index(SIZE)),
            latest: vec![0; index(SLOTS)],
            count: 0,
            early: Vec::with_capacity(if continues { index(SIZE) } else { 0 }),
            continues,
        }
    }

    /// A hash of an event's id.
    #[inline]
    pub(super) fn hash(&self, id: Id) -> u64 {
        self.hashes.hash_one(id)
    }

    /// Adds a call whose first and latest records stand at these places.
    #[inline]
    pub(super) fn push(&mut self, id: Id, auid: Option<u32>, (first, last): (u64, u64)) {
        let hash = self.hash(id);
        if self.continues && first <= REORDER_WINDOW {
            self.early.push(Call { hash, auid, place: first });
        }
        self.remember(Call { hash, auid, place: last });
    }

    /// Adds a call with the place of its latest record.
    #[inline]
    pub(super) fn remember(&mut self, call: Call) {
        let Some(latest) = self.latest.get_mut(index(call.hash % SLOTS)) else { return };
        let entry = (call, *latest);
        match self.calls.get_mut(index(self.count % SIZE)) {
            Some(oldest) => *oldest = entry,
            None => self.calls.push(entry),
        }
        self.count += 1;
        *latest = self.count;
    }

    /// The latest call of that id, if it is near enough to `position`.
    pub(super) fn find(&self, id: Id, position: u64) -> Option<Call> {
        let hash = self.hash(id);
        let mut number = *self.latest.get(index(hash % SLOTS))?;
        while number > self.count.saturating_sub(SIZE) {
            let (call, before) = self.calls.get(index((number - 1) % SIZE))?;
            if call.hash == hash {
                return Some(*call).filter(|call| position <= call.place + REORDER_WINDOW);
            }
            number = *before;
        }
        None
    }

    /// The calls, oldest first.
    pub(super) fn calls(&self) -> impl Iterator<Item = Call> {
        let oldest = self.count.saturating_sub(SIZE);
        (oldest..self.count).filter_map(|number| Some(self.calls.get(index(number % SIZE))?.0))
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
