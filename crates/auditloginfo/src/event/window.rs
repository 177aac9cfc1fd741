//! The events that are open, found by their id and closed in the order in which they fell silent.

use super::counter::Counter;
use super::finished::{Call, Finished};
use super::group::Group;
use super::id::Id;
use super::{HELD_MAX, REORDER_WINDOW};
use crate::tally::Seeded;
use std::collections::VecDeque;

/// Open events over the latest [`REORDER_WINDOW`] places of the log.
///
/// Records of one event mostly stand together, so the latest event is kept apart, as `current`, and
/// goes into the table only if another event comes before it is complete: where records are in
/// order nothing is ever hashed.
///
/// `queue` names each slot in use once, with the place its latest record had when it was put in; a
/// slot that has had a record since is put in again when its turn comes. So an event may close
/// late, but never early, and a record further than the reach from the rest of its event finds it
/// closed.
#[derive(Debug, Default)]
pub(super) struct Window {
    position: u64,
    /// The place at which an event may have to be closed.
    due: u64,
    /// The latest event, if it `is_open`.
    current: Group,
    is_open: bool,
    slots: Vec<Option<Group>>,
    free: Vec<usize>,
    index: Seeded<Id, usize>,
    /// The marks of all ids in the index, and of some that were in it: few new events have one.
    marks: u64,
    queue: VecDeque<(usize, u64)>,
    /// Bytes held by the events in the slots.
    held: usize,
    /// Events that were silent for longer than the reach when their id came again.
    stale: Vec<Group>,
    /// The complete calls, if records that are no part of a call count too.
    finished: Option<Finished>,
}

impl Window {
    /// A window that remembers complete calls, if there is a place for them.
    pub(super) fn new(finished: Option<Finished>) -> Window {
        Window { finished, due: u64::MAX, ..Window::default() }
    }

    /// How many places have been passed.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Goes on to the next place.
    #[inline]
    pub(super) fn step(&mut self) {
        self.position += 1;
    }

    /// Goes on to a place further on.
    pub(super) fn advance_to(&mut self, position: u64) {
        self.position = position;
    }

    /// Whether an event may have to be closed.
    #[inline]
    pub(super) fn is_due(&self) -> bool {
        self.position >= self.due
    }

    /// Gives the record at this place to the event of that id, by `take`; gives the event out if it
    /// is complete now and has something left to count.
    #[inline]
    pub(super) fn with(&mut self, id: Id, take: impl FnOnce(&mut Group)) -> Option<Group> {
        if !self.is_current(id) {
            if let Some(slot) = self.find(id) {
                return self.with_slot(slot, self.position, take);
            }
            self.displace();
            self.current.begin(id, self.position);
            self.is_open = true;
        }
        self.with_current(take)
    }

    /// The id of the latest event, if that is open.
    #[inline]
    pub(super) fn current(&self) -> Option<&Id> {
        self.is_open.then_some(&self.current.id)
    }

    /// As [`Window::with`], for the latest event.
    #[inline]
    pub(super) fn with_current(&mut self, take: impl FnOnce(&mut Group)) -> Option<Group> {
        let group = &mut self.current;
        if group.is_beyond(self.position) {
            let fresh = Group::new(group.id, self.position);
            self.stale.push(std::mem::replace(group, fresh));
            self.due = 0;
        }
        group.last = self.position;
        take(group);
        if !group.is_complete() {
            if group.held() > HELD_MAX {
                self.displace();
            }
            return None;
        }
        self.is_open = false;
        if let Some(finished) = &mut self.finished {
            group.finish(finished);
        }
        // As most are over with their last record, they are not carried about.
        if group.is_over() { None } else { Some(std::mem::take(group)) }
    }

    /// Takes a call that is complete with its own record; false if other records of its event have
    /// come.
    #[inline]
    pub(super) fn pass(&mut self, id: Id, auid: Option<u32>) -> bool {
        let is_new = !self.has(id);
        if let Some(finished) = self.finished.as_mut().filter(|_| is_new) {
            finished.push(id, auid, (self.position, self.position));
        }
        is_new
    }

    /// The complete call that a record of that id at `position` belongs to.
    pub(super) fn finished(&self, id: Id, position: u64) -> Option<Call> {
        let finished = self.finished.as_ref().filter(|_| !self.has(id))?;
        finished.find(id, position)
    }

    fn has(&self, id: Id) -> bool {
        self.is_current(id) || self.find(id).is_some()
    }

    #[inline]
    fn is_current(&self, id: Id) -> bool {
        self.is_open && self.current.id == id
    }

    /// The complete calls, which leave the window.
    pub(super) fn take_finished(&mut self) -> Option<Finished> {
        self.finished.take()
    }

    /// Remembers the complete calls of the piece that began at `offset`.
    pub(super) fn remember(&mut self, theirs: &Finished, offset: u64) {
        if let Some(finished) = &mut self.finished {
            theirs.calls().for_each(|call| finished.remember(call.moved_by(offset)));
        }
    }

    /// Gives out the open events whose call is complete in the piece that began at `offset`, with
    /// who made it.
    pub(super) fn take_others(
        &mut self,
        theirs: &Finished,
        offset: u64,
    ) -> Vec<(Group, Option<u32>)> {
        self.displace();
        let mut taken = Vec::new();
        let open: Seeded<u64, Id> = self.index.keys().map(|id| (theirs.hash(*id), *id)).collect();
        for call in theirs.early.iter().filter(|_| !open.is_empty()) {
            let id = open.get(&call.hash);
            let group = id.and_then(|id| self.take_other(*id, call.place + offset));
            taken.extend(group.map(|group| (group, call.auid)));
        }
        taken
    }

    /// Gives out an open event that has no part of a call as yet and is near enough to `position`.
    fn take_other(&mut self, id: Id, position: u64) -> Option<Group> {
        let place = self.slots.get_mut(self.index.get(&id).copied()?)?;
        let group = place.take_if(|group| group.has_no_part() && !group.is_beyond(position))?;
        self.held -= group.held();
        self.index.remove(&group.id);
        Some(group)
    }

    /// Joins an event of another piece with the open one of the same id, if that is near enough.
    pub(super) fn unite(&mut self, group: Group, counter: &mut Counter<'_>) -> Option<Group> {
        self.displace();
        let Some(slot) = self.find(group.id) else {
            self.open(group);
            return None;
        };
        self.with_slot(slot, group.first, |own| own.unite(group, counter))
    }

    #[inline]
    fn find(&self, id: Id) -> Option<usize> {
        if self.marks & id.mark() == 0 { None } else { self.look_up(id) }
    }

    /// The same by the index. It takes the id by value: one that is lent must be in memory.
    #[inline(never)]
    fn look_up(&self, id: Id) -> Option<usize> {
        self.index.get(&id).copied()
    }

    /// Gives a record at `position` to the event in a slot; gives the event out if it is complete.
    fn with_slot(
        &mut self,
        slot: usize,
        position: u64,
        take: impl FnOnce(&mut Group),
    ) -> Option<Group> {
        let place = self.slots.get_mut(slot)?;
        let group = place.as_mut()?;
        if group.is_beyond(position) {
            let fresh = Group::new(group.id, position);
            let old = std::mem::replace(group, fresh);
            self.held -= old.held();
            self.stale.push(old);
            self.due = 0;
        }
        self.held -= group.held();
        group.last = position;
        take(group);
        if !group.is_complete() {
            self.held += group.held();
            self.hurry();
            return None;
        }
        if let Some(finished) = &mut self.finished {
            group.finish(finished);
        }
        // The slot is free again when its turn in the queue comes.
        self.index.remove(&group.id);
        place.take()
    }

    /// Sees to it that an event is closed if too much is held.
    fn hurry(&mut self) {
        if self.held > HELD_MAX {
            self.due = 0;
        }
    }

    /// Puts the current event into the table.
    fn displace(&mut self) {
        if std::mem::take(&mut self.is_open) {
            let group = std::mem::take(&mut self.current);
            self.open(group);
        }
    }

    fn open(&mut self, group: Group) {
        let slot = self.free.pop().unwrap_or(self.slots.len());
        self.held += group.held();
        self.marks = if self.index.is_empty() { 0 } else { self.marks } | group.id.mark();
        self.index.insert(group.id, slot);
        self.queue.push_back((slot, group.last));
        self.due = self.due.min(group.last + REORDER_WINDOW + 1);
        match self.slots.get_mut(slot) {
            Some(place) => *place = Some(group),
            None => self.slots.push(Some(group)),
        }
        self.hurry();
    }

    /// Closes and gives out an event that no record can belong to any more, or the one that has
    /// been silent longest while too much is held.
    pub(super) fn pop_distant(&mut self) -> Option<Group> {
        if let Some(group) = self.stale.pop() {
            return Some(group);
        }
        while let Some((slot, last)) = self.queue.front().copied() {
            if last + REORDER_WINDOW >= self.position && self.held <= HELD_MAX {
                self.due = last + REORDER_WINDOW + 1;
                return None;
            }
            self.queue.pop_front();
            let place = self.slots.get_mut(slot)?;
            match place {
                Some(group) if group.last > last => self.queue.push_back((slot, group.last)),
                _ => {
                    self.free.push(slot);
                    if let Some(group) = place.take() {
                        self.held -= group.held();
                        self.index.remove(&group.id);
                        return Some(group);
                    }
                }
            }
        }
        self.due = u64::MAX;
        None
    }

    /// All open events, in no order.
    pub(super) fn into_groups(self) -> impl Iterator<Item = Group> {
        let current = self.is_open.then_some(self.current);
        self.slots.into_iter().flatten().chain(current).chain(self.stale)
    }
}
