//! SYSCALL records within the reorder window whose places in the table of the calls seen others took.

use super::span::REORDER_WINDOW;

/// A SYSCALL record: the hash of its event; its fingerprint in the upper half and its place in the lower
/// one. All zero if there is none: memory full of zeros is cheap.
pub(super) type SeenCall = [u64; 2];

/// The records, in a hash table with chaining whose entries are in a ring buffer, so that the oldest
/// record makes room for a new one. Without records it takes no memory.
#[derive(Debug, Default)]
pub(super) struct DisplacedCalls {
    /// The ring buffer. Each record has the number of the record before it in the same chain. Numbers
    /// start at 1; a number outside the ring ends the chain.
    ring: Vec<(SeenCall, u64)>,
    /// For each chain the number of its latest record.
    chains: Vec<u64>,
    /// The number of records that were added.
    count: u64,
    /// The largest place of a record.
    latest: u32,
}

/// The number of records in the ring. A record is displaced once, and no more than the reorder window
/// after its place. So from then on until it cannot be doubled any more, only records are displaced
/// whose places are within the window before and after its own.
const RING_SIZE: u64 = 2 * REORDER_WINDOW + 1;

/// The number of chains, less under Miri.
const CHAINS: u64 = if cfg!(miri) { 1 << 5 } else { 1 << 14 };

impl DisplacedCalls {
    /// Whether a record at `place` can double one of these.
    #[inline]
    pub(super) fn reach(&self, place: u32) -> bool {
        reaches(self.latest, place)
    }

    /// Adds a record.
    pub(super) fn add(&mut self, call: SeenCall) {
        let ([hash, _], place) = (call, place_of(call));
        if self.chains.is_empty() {
            self.chains.resize(index(CHAINS), 0);
            self.latest = place;
        }
        let Some(chain) = self.chains.get_mut(index(hash % CHAINS)) else { return };
        let entry = (call, *chain);
        match self.ring.get_mut(index(self.count % RING_SIZE)) {
            Some(oldest) => *oldest = entry,
            None => self.ring.push(entry),
        }
        self.count += 1;
        *chain = self.count;
        if place.wrapping_sub(self.latest) < 1 << 31 {
            self.latest = place;
        }
    }

    /// The latest record of the event with that hash.
    #[inline]
    pub(super) fn latest_of(&self, hash: u64) -> Option<SeenCall> {
        if self.chains.is_empty() { None } else { self.of_event(hash).next() }
    }

    /// The records of the event with that hash, from the latest to the oldest.
    pub(super) fn of_event(&self, hash: u64) -> impl Iterator<Item = SeenCall> {
        let mut number = self.chains.get(index(hash % CHAINS)).copied().unwrap_or_default();
        let records = std::iter::from_fn(move || {
            let is_in_ring = number > self.count.saturating_sub(RING_SIZE);
            let at = number.checked_sub(1).filter(|_| is_in_ring)?;
            let (call, previous) = self.ring.get(index(at % RING_SIZE))?;
            number = *previous;
            Some(*call)
        });
        records.filter(move |[known, _]| *known == hash)
    }

    /// All records, from the oldest to the latest.
    pub(super) fn iter(&self) -> impl Iterator<Item = SeenCall> {
        let numbers = self.count.saturating_sub(RING_SIZE)..self.count;
        numbers.filter_map(|number| Some(self.ring.get(index(number % RING_SIZE))?.0))
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The folded place in a log in which `offset` records precede it.
#[inline]
pub(super) fn shift(place: u32, offset: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "places are compared by their distance")]
    let offset = offset as u32;
    place.wrapping_add(offset)
}

#[inline]
pub(super) fn place_of([_, rest]: SeenCall) -> u32 {
    shift(0, rest)
}

/// Whether a record at `later` can belong to the event of the record at `place`.
#[inline]
pub(super) fn reaches(place: u32, later: u32) -> bool {
    u64::from(later.wrapping_sub(place)) <= REORDER_WINDOW
}
