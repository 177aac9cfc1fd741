//! The SYSCALL records of the latest events, to recognise one that the log holds twice.

use super::event_id::EventId;
use super::span::{REORDER_WINDOW, Span};

/// A SYSCALL record: a hash of its event's id, its [`fingerprint`], and the lower half of its place,
/// from 1; all zero if there is none.
type SeenCall = [u32; 3];

/// What [`EventId::table_key`] returns.
pub(super) type CallKey = (u32, u32);

/// The SYSCALL records of the latest events, in a table whose index is the end of the serial number.
/// Events that follow each other are next to each other in it, so that to add one takes little time.
/// On a log of several hosts a record can be overwritten before the reorder window has passed.
#[derive(Debug)]
pub(super) struct SeenCalls {
    table: Vec<SeenCall>,
    /// The key, the hash and the place of each record that the chunk before this one may hold too.
    early: Vec<[u32; 3]>,
    follows_chunk: bool,
}

/// The size of the table, less under Miri. Nearly all keys are below 10,000: see [`EventId::table_key`].
const SIZE: usize = if cfg!(miri) { 1 << 8 } else { 1 << 14 };

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
    /// An empty table. `follows_chunk` tells whether there is a chunk before this one.
    pub(super) fn new(follows_chunk: bool) -> SeenCalls {
        SeenCalls { table: vec![[0; 3]; SIZE], early: Vec::new(), follows_chunk }
    }

    /// Adds the SYSCALL record at `place`. Returns whether an equal one is there already.
    #[inline]
    pub(super) fn add(&mut self, id: EventId, fingerprint: u32, place: u64) -> bool {
        let ((key, hash), is_early) = (id.table_key(), Span::start(place).starts_early());
        let place = fold_place(place);
        if self.follows_chunk && is_early {
            self.early.push([key, hash, place]);
        }
        let Some(latest) = self.table.get_mut(key as usize % SIZE) else { return false };
        let [known_hash, known_fingerprint, known_place] =
            std::mem::replace(latest, [hash, fingerprint, place]);
        let is_equal = known_hash == hash && known_fingerprint == fingerprint;
        is_equal && reaches(known_place, place)
    }

    /// Whether there is a SYSCALL record of that event to which a record at `place` can belong.
    pub(super) fn has(&self, id: EventId, place: u64) -> bool {
        let (key, hash) = id.table_key();
        self.has_event(key, hash, fold_place(place))
    }

    fn has_event(&self, key: u32, hash: u32, place: u32) -> bool {
        let [known_hash, _, known_place] =
            self.table.get(key as usize % SIZE).copied().unwrap_or_default();
        known_hash == hash && reaches(known_place, place)
    }

    /// Whether the latest SYSCALL record in its place of the table is of the event with that key.
    pub(super) fn holds(&self, (key, hash): CallKey) -> bool {
        self.table.get(key as usize % SIZE).is_some_and(|[known, ..]| *known == hash)
    }

    /// Whether the next chunk, which `offset` records precede, may hold a SYSCALL record of the same
    /// event as one of these.
    pub(super) fn conflicts_with(&self, next: &SeenCalls, offset: u64) -> bool {
        let offset = fold_place(offset);
        next.early
            .iter()
            .any(|[key, hash, place]| self.has_event(*key, *hash, place.wrapping_add(offset)))
    }

    /// Whether a SYSCALL record of one of these events, or of another one with the same hash, is early.
    pub(super) fn has_early(&self, ids: impl Iterator<Item = EventId>) -> bool {
        let mut ids: Vec<_> = ids.map(|id| id.table_key()).collect();
        ids.sort_unstable();
        let is_wanted = |[key, hash, _]: &[u32; 3]| ids.binary_search(&(*key, *hash)).is_ok();
        !ids.is_empty() && self.early.iter().any(is_wanted)
    }

    /// Adds the records of the next chunk, which `offset` records precede.
    pub(super) fn merge(&mut self, next: &SeenCalls, offset: u64) {
        let shift = |place: u32| place.wrapping_add(fold_place(offset));
        for (own, [hash, fingerprint, place]) in self.table.iter_mut().zip(&next.table) {
            if *place != 0 {
                *own = [*hash, *fingerprint, shift(*place)];
            }
        }
        let starts_early = |[.., place]: &&[u32; 3]| u64::from(*place) + offset <= REORDER_WINDOW;
        let early = next.early.iter().filter(|call| self.follows_chunk && starts_early(call));
        self.early.extend(early.map(|[key, hash, place]| [*key, *hash, shift(*place)]));
    }
}

#[inline]
fn fold(sum: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "the upper half is added before")]
    let sum = (sum ^ sum >> 32) as u32;
    sum
}

#[inline]
fn fold_place(place: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "places are compared by their distance")]
    let place = place as u32;
    place
}

/// Whether a record at `later` can belong to the event of the record at `place`.
#[inline]
fn reaches(place: u32, later: u32) -> bool {
    u64::from(later.wrapping_sub(place)) <= REORDER_WINDOW
}
