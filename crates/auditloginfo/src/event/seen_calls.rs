//! The SYSCALL records of the latest events, to recognize one that the log holds twice.

use super::displaced_calls::{DisplacedCalls, SeenCall, place_of, reaches, shift};
use super::event_id::EventId;
use super::span::Span;
use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// The hash of an event, and its [`neighborhood`](EventId::neighborhood).
pub(super) type CallKey = (u64, u32);

/// The SYSCALL records of the latest events, in a table whose index is the end of the serial number.
/// Events that follow each other are next to each other in it, so that to add one takes little time.
/// None is forgotten within the reorder window: one whose place in the table another one takes is
/// displaced. Events are compared by their hashes alone. These have 64 bits and random seeds, so
/// no log can be made in which two events have the same one.
#[derive(Debug)]
pub(super) struct SeenCalls {
    seeds: [u64; 3],
    table: Vec<SeenCall>,
    displaced: DisplacedCalls,
    /// The key, in two parts, and the place of each record that the chunk before this one may hold too.
    early: Vec<(u64, u32, u32)>,
    follows_chunk: bool,
}

/// The size of the table, less under Miri: the reorder window, so that events of one host whose serial
/// numbers follow each other displace none, except where the fifth digit starts again.
const SIZE: usize = if cfg!(miri) { 1 << 8 } else { 1 << 15 };

/// With how many displaced SYSCALL records of its event one is compared, at most. The kernel writes one
/// for each event.
const COMPARED_MAX: usize = 16;

/// A number that is the same for equal SYSCALL records, enriched or not. It depends on the call, its
/// result and two of its arguments.
#[inline]
pub(super) fn fingerprint(body: &[u8]) -> u32 {
    match body.first_chunk() {
        Some(start) => fold_start(start),
        None => fold_short(body),
    }
}

#[inline]
fn fold_start(start: &[u8; 72]) -> u32 {
    let word = |at: usize| {
        let bytes = start.get(at..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    };
    fold([16, 32, 48, 64].into_iter().fold(0, |sum: u64, at| sum.rotate_left(21) ^ word(at)))
}

#[cold]
#[inline(never)]
fn fold_short(body: &[u8]) -> u32 {
    let mut start = [b' '; 72];
    for (to, from) in start.iter_mut().zip(body) {
        *to = *from;
    }
    fold_start(&start)
}

impl SeenCalls {
    /// An empty table. All chunks of a log need the same seed. `follows_chunk` tells whether there is a
    /// chunk before this one.
    pub(super) fn new(seed: &RandomState, follows_chunk: bool) -> SeenCalls {
        SeenCalls {
            seeds: [1_u64, 2, 3].map(|number| seed.hash_one(number)),
            table: vec![[0; 2]; SIZE],
            displaced: DisplacedCalls::default(),
            early: Vec::new(),
            follows_chunk,
        }
    }

    #[inline]
    pub(super) fn key(&self, id: EventId) -> CallKey {
        (id.hash_seeded(self.seeds), id.neighborhood())
    }

    /// Adds the SYSCALL record at `place`. Returns whether an equal one is there already.
    #[inline]
    pub(super) fn add(&mut self, id: EventId, fingerprint: u32, place: u64) -> bool {
        let ((hash, index), is_early) = (self.key(id), Span::start(place).starts_early());
        let place = fold_place(place);
        if self.follows_chunk && is_early {
            self.early.push((hash, index, place));
        }
        let latest = [hash, u64::from(fingerprint) << 32 | u64::from(place)];
        let Some(entry) = self.table.get_mut(index as usize % SIZE) else { return false };
        let known = std::mem::replace(entry, latest);
        // Whatever lost this place in the table before came before what is there now.
        reaches(place_of(known), place) && self.displace(known, latest)
    }

    /// Keeps the record whose place in the table the latest one took. Returns whether there is a record
    /// equal to the latest one.
    #[cold]
    #[inline(never)]
    fn displace(&mut self, known: SeenCall, latest: SeenCall) -> bool {
        let ([hash, own], now) = (latest, place_of(latest));
        let is_equal = |[known, rest]: SeenCall| known == hash && rest >> 32 == own >> 32;
        if is_equal(known) {
            return true;
        }
        let is_double = |call| is_equal(call) && reaches(place_of(call), now);
        let is_doubled = self.displaced.of_event(hash).take(COMPARED_MAX).any(is_double);
        self.displaced.add(known);
        is_doubled
    }

    /// Whether there is a SYSCALL record of that event to which a record at `place` can belong.
    pub(super) fn has(&self, id: EventId, place: u64) -> bool {
        self.has_event(self.key(id), fold_place(place))
    }

    fn has_event(&self, (hash, index): CallKey, place: u32) -> bool {
        let latest = match self.table.get(index as usize % SIZE) {
            Some(latest @ [known, _]) if *known == hash => Some(*latest),
            _ => self.displaced.latest_of(hash),
        };
        latest.is_some_and(|latest| reaches(place_of(latest), place))
    }

    /// Whether a SYSCALL record of the event with that key is among those that are kept.
    pub(super) fn holds(&self, (hash, index): CallKey) -> bool {
        self.table.get(index as usize % SIZE).is_some_and(|[known, _]| *known == hash)
            || self.displaced.latest_of(hash).is_some()
    }

    /// Whether the next chunk, which `offset` records precede, may hold a SYSCALL record of the same
    /// event as one of these.
    pub(super) fn conflicts_with(&self, next: &SeenCalls, offset: u64) -> bool {
        let mut early = next.early.iter();
        early.any(|(hash, index, place)| self.has_event((*hash, *index), shift(*place, offset)))
    }

    /// Whether a SYSCALL record of one of these events is early.
    pub(super) fn has_early(&self, ids: impl Iterator<Item = EventId>) -> bool {
        let mut keys: Vec<_> = ids.map(|id| self.key(id)).collect();
        keys.sort_unstable();
        let is_wanted =
            |(hash, index, _): &(u64, u32, u32)| keys.binary_search(&(*hash, *index)).is_ok();
        !keys.is_empty() && self.early.iter().any(is_wanted)
    }

    /// Adds the records of the next chunk, which `offset` records precede.
    pub(super) fn merge(&mut self, next: &SeenCalls, offset: u64) {
        for (own, next) in self.table.iter_mut().zip(&next.table) {
            let [hash, _] = *next;
            if hash != 0 {
                let known = std::mem::replace(own, shift_call(*next, offset));
                if reaches(place_of(known), place_of(*own)) {
                    self.displaced.add(known);
                }
            }
        }
        next.displaced.iter().for_each(|call| self.displaced.add(shift_call(call, offset)));
        let early =
            next.early.iter().map(|(hash, index, place)| (*hash, *index, shift(*place, offset)));
        let starts_early =
            |(.., place): &(u64, u32, u32)| self.follows_chunk && reaches(fold_place(0), *place);
        self.early.extend(early.filter(starts_early));
    }
}

#[inline]
fn fold(sum: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "the upper half is added before")]
    let sum = (sum ^ sum >> 32) as u32;
    sum
}

/// A number of which only the distance to that of another place counts. Nothing is near 0 at first: a
/// log has no two billion records within the reorder window.
#[inline]
fn fold_place(place: u64) -> u32 {
    shift(1 << 31, place)
}

fn shift_call(call: SeenCall, offset: u64) -> SeenCall {
    let [hash, rest] = call;
    [hash, rest >> 32 << 32 | u64::from(shift(place_of(call), offset))]
}
