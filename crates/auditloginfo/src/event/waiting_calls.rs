//! Calls whose events are complete except for a socket address, which may never come.
//!
//! Many calls that send and receive have no address, and no record says so. To keep their events open
//! for the length of the reorder window would take ten times the memory.

use super::event_id::EventId;
use super::span::Span;
use crate::login_user::LoginUser;
use crate::tally::Seeded;
use foldhash::fast::RandomState;
use std::collections::VecDeque;
use std::hash::BuildHasher;
use sysparse::sockaddr::ByteOrder;

/// A call that waits for its socket address.
#[derive(Debug, Clone, Copy)]
pub(super) struct WaitingCall {
    /// The login user for whom it counts.
    pub(super) user: LoginUser,
    /// Its name.
    pub(super) name: &'static str,
    /// The order of bytes in its address.
    pub(super) order: ByteOrder,
    /// The place of its SYSCALL record.
    pub(super) place: u64,
}

/// The calls within the reorder window that wait for their addresses, by the hashes of their events'
/// ids. These have 64 bits and a random seed, so no log can be made in which two events have the same
/// one.
#[derive(Debug)]
pub(super) struct WaitingCalls {
    seed: RandomState,
    calls: Seeded<u64, WaitingCall>,
    /// The hashes and places in the order of the records.
    queue: VecDeque<(u64, u64)>,
}

impl WaitingCalls {
    /// No calls. All chunks of a log need the same seed.
    pub(super) fn new(seed: RandomState) -> WaitingCalls {
        WaitingCalls { seed, calls: Seeded::default(), queue: VecDeque::new() }
    }

    /// Adds the call of an event.
    pub(super) fn add(&mut self, id: EventId, call: WaitingCall) {
        self.add_hashed(self.seed.hash_one(id), call);
    }

    fn add_hashed(&mut self, hash: u64, call: WaitingCall) {
        while let Some((oldest, place)) = self.queue.front().copied() {
            if Span::start(place).reaches(call.place) {
                break;
            }
            self.queue.pop_front();
            if self.calls.get(&oldest).is_some_and(|call| call.place == place) {
                self.calls.remove(&oldest);
            }
        }
        self.queue.push_back((hash, call.place));
        self.calls.insert(hash, call);
    }

    /// Takes the call to which an address at `place` belongs.
    pub(super) fn take(&mut self, id: EventId, place: u64) -> Option<WaitingCall> {
        if self.calls.is_empty() {
            return None;
        }
        let call = self.calls.remove(&self.seed.hash_one(id))?;
        Span::start(call.place).reaches(place).then_some(call)
    }

    /// Adds the calls of the next chunk, which `offset` records precede.
    pub(super) fn merge(&mut self, next: &WaitingCalls, offset: u64) {
        for (hash, place) in &next.queue {
            if let Some(call) = next.calls.get(hash).filter(|call| call.place == *place) {
                self.add_hashed(*hash, WaitingCall { place: place + offset, ..*call });
            }
        }
    }
}
