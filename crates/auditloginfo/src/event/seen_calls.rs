//! The SYSCALL records of the latest events, to recognise one that the log holds twice.

use super::event_id::EventId;
use super::span::{REORDER_WINDOW, Span};

/// A SYSCALL record: a hash of its event's id, its [`fingerprint`], and its place from 1, without the
/// upper bits. All zero if there is none.
type SeenCall = [u32; 3];

/// The SYSCALL records of the latest events, in a table whose index is the end of the serial number.
/// Events that follow each other are next to each other in it, so that to add one takes little time.
/// On a log of several hosts a record can be overwritten before the reorder window has passed.
#[derive(Debug)]
pub(super) struct SeenCalls {
    table: Vec<SeenCall>,
    /// The records, with their index, that the chunk before this one may hold too.
    early: Vec<(usize, SeenCall)>,
    follows_chunk: bool,
}

/// The size of the table: one entry for each [`EventId::table_key`].
const SIZE: usize = 1 << 16;

/// A number that is the same for equal SYSCALL records, enriched or not. It depends on the call, its
/// result and two of its arguments.
#[inline]
pub(super) fn fingerprint(body: &[u8]) -> u32 {
    let word = |at: usize| {
        let rest = body.get(at..).unwrap_or_default();
        rest.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    };
    let sum = [16, 32, 48, 64].into_iter().fold(0, |sum: u64, at| sum.rotate_left(21) ^ word(at));
    fold(sum)
}

impl SeenCalls {
    /// An empty table. `follows_chunk` tells whether there is a chunk before this one.
    pub(super) fn new(follows_chunk: bool) -> SeenCalls {
        SeenCalls { table: vec![[0; 3]; SIZE], early: Vec::new(), follows_chunk }
    }

    /// Adds the SYSCALL record at `place`. Returns whether an equal one is there already.
    #[inline]
    pub(super) fn add(&mut self, id: EventId, fingerprint: u32, place: u64) -> bool {
        let (index, hash) = id.table_key();
        let call = [hash, fingerprint, fold_place(place)];
        if self.follows_chunk && Span::start(place).starts_early() {
            self.early.push((index, call));
        }
        let Some(latest) = self.table.get_mut(index % SIZE) else { return false };
        let before = std::mem::replace(latest, call);
        before[0] == hash && before[1] == fingerprint && reaches(before, call)
    }

    /// Whether there is a SYSCALL record of that event to which a record at `place` can belong.
    pub(super) fn has(&self, id: EventId, place: u64) -> bool {
        let (index, hash) = id.table_key();
        self.has_event(index, [hash, 0, fold_place(place)])
    }

    fn has_event(&self, index: usize, call: SeenCall) -> bool {
        let latest = self.table.get(index % SIZE).copied().unwrap_or_default();
        latest[0] == call[0] && reaches(latest, call)
    }

    /// Whether the next chunk, which `offset` records precede, may hold a SYSCALL record of the same
    /// event as one of these.
    pub(super) fn conflicts_with(&self, next: &SeenCalls, offset: u64) -> bool {
        next.early.iter().any(|(index, call)| self.has_event(*index, shift(*call, offset)))
    }

    /// Whether a SYSCALL record of one of these events, or of another one with the same hash, is early.
    pub(super) fn has_early(&self, ids: impl Iterator<Item = EventId>) -> bool {
        let mut ids: Vec<_> = ids.map(|id| id.table_key()).collect();
        ids.sort_unstable();
        let is_wanted =
            |(index, call): &(usize, SeenCall)| ids.binary_search(&(*index, call[0])).is_ok();
        !ids.is_empty() && self.early.iter().any(is_wanted)
    }

    /// Adds the records of the next chunk, which `offset` records precede.
    pub(super) fn merge(&mut self, next: &SeenCalls, offset: u64) {
        for (own, call) in self.table.iter_mut().zip(&next.table) {
            if *call != SeenCall::default() {
                *own = shift(*call, offset);
            }
        }
        let starts_early = |call: &SeenCall| u64::from(call[2]) + offset <= REORDER_WINDOW;
        let early = next.early.iter().filter(|(_, call)| self.follows_chunk && starts_early(call));
        self.early.extend(early.map(|(index, call)| (*index, shift(*call, offset))));
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

fn shift(call: SeenCall, offset: u64) -> SeenCall {
    [call[0], call[1], call[2].wrapping_add(fold_place(offset))]
}

#[inline]
fn reaches(call: SeenCall, later: SeenCall) -> bool {
    u64::from(later[2].wrapping_sub(call[2])) <= REORDER_WINDOW
}
