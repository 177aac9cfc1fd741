//! The calls that are complete, and may yet have a record that is no part of a call.

use super::REACH;
use super::id::Id;
use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// A complete call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) id: Id,
    /// Who made it, if it counts.
    pub(super) auid: Option<u32>,
    /// The place of its first record.
    pub(super) first: u64,
    /// The place of its latest record.
    pub(super) last: u64,
}

impl Call {
    /// The same call `offset` places further on.
    pub(super) fn moved_by(self, offset: u64) -> Call {
        Call { first: self.first + offset, last: self.last + offset, ..self }
    }
}

/// The complete calls of the latest [`REACH`] places.
///
/// Each is put in without a search, for hardly one is ever looked for: `latest` has the last one put
/// in for each place that a hash can tell, and a call the one of the same place before it.
#[derive(Debug)]
pub(super) struct Finished {
    hashes: RandomState,
    /// A ring; the number of a call, from 1, tells its place.
    calls: Vec<(Call, u64)>,
    latest: Vec<u64>,
    count: u64,
    /// The calls that may belong to an event which the piece before this began.
    pub(super) early: Vec<Call>,
    /// Whether a piece comes before this one.
    continues: bool,
}

/// How many calls the ring holds: each takes a place at least.
const SIZE: u64 = REACH + 1;

/// How many places a hash can tell.
const PLACES: u64 = 1 << 15;

impl Finished {
    /// No calls as yet; `continues` says that another piece comes before this one.
    pub(super) fn new(continues: bool) -> Finished {
        Finished {
            hashes: RandomState::default(),
            calls: Vec::new(),
            latest: vec![0; index(PLACES)],
            count: 0,
            early: Vec::new(),
            continues,
        }
    }

    /// Adds a call that is complete now.
    #[inline]
    pub(super) fn push(&mut self, call: Call) {
        if self.continues && call.first <= REACH {
            self.early.push(call);
        }
        let place = self.place(call.id);
        let Some(latest) = self.latest.get_mut(place) else { return };
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
        let mut number = *self.latest.get(self.place(id))?;
        while number > self.count.saturating_sub(SIZE) {
            let (call, before) = self.calls.get(index((number - 1) % SIZE))?;
            if call.id == id {
                return Some(*call).filter(|call| position <= call.last + REACH);
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

    #[inline]
    fn place(&self, id: Id) -> usize {
        index(self.hashes.hash_one(id) % PLACES)
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
