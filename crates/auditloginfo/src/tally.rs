//! The counts. Two tallies add up, so threads and files can be counted apart.

mod calls;
mod names;

pub use calls::Calls;
pub use names::Names;

use foldhash::fast::RandomState;
use std::collections::HashMap;
use sysparse::audit::Stamp;

/// A hash table whose hashes are seeded anew in each run: the names in a log are chosen by the
/// people being audited.
pub type Seeded<K, V> = HashMap<K, V, RandomState>;

/// What was counted, by login user id.
#[derive(Debug, Default)]
pub struct Tally {
    users: Vec<(u32, Counts)>,
    /// Where in `users` a user stands.
    index: Seeded<u32, usize>,
    /// Where the user stands that was asked for last: mostly the one who is asked for next.
    recent: usize,
}

/// What one login user did.
#[derive(Debug, Default)]
pub struct Counts {
    /// Events of any type.
    pub events: u64,
    /// System calls made with effective user id 0.
    pub as_root: u64,
    /// When the earliest and the latest event happened.
    pub span: Option<(Stamp, Stamp)>,
    /// System calls made.
    pub calls: Calls,
    /// Commands executed: each argument with a NUL behind it.
    pub commands: Names,
    /// Files opened, with how behind a NUL if that was asked for.
    pub files: Names,
    /// Commands executed as root by somebody who is not; as `commands`.
    pub privileged: Names,
    /// What calls failed on, with a NUL and the error behind it.
    pub errors: Names,
    /// What was refused, with a NUL and by whom behind it.
    pub denials: Names,
}

impl Counts {
    /// Counts an event that happened at `stamp`.
    pub fn event(&mut self, stamp: Stamp) {
        self.events += 1;
        self.widen(stamp, stamp);
    }

    fn widen(&mut self, first: Stamp, last: Stamp) {
        let (from, to) = self.span.unwrap_or((first, last));
        self.span = Some((from.min(first), to.max(last)));
    }

    fn absorb(&mut self, other: Counts) {
        self.events += other.events;
        self.as_root += other.as_root;
        if let Some((first, last)) = other.span {
            self.widen(first, last);
        }
        self.calls.absorb(&other.calls);
        self.commands.absorb(other.commands);
        self.files.absorb(other.files);
        self.privileged.absorb(other.privileged);
        self.errors.absorb(other.errors);
        self.denials.absorb(other.denials);
    }
}

impl Tally {
    /// The counts of one login user, to be added to.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "the index was just made to fit")]
    pub fn of(&mut self, auid: u32) -> &mut Counts {
        if self.users.get(self.recent).is_none_or(|(recent, _)| *recent != auid) {
            self.recent = self.place(auid);
        }
        &mut self.users[self.recent].1
    }

    /// Where a user stands, a new one too.
    #[cold]
    fn place(&mut self, auid: u32) -> usize {
        let place = *self.index.entry(auid).or_insert(self.users.len());
        if place == self.users.len() {
            self.users.push((auid, Counts::default()));
        }
        place
    }

    /// The counts of one login user, if there are any.
    #[must_use]
    pub fn get(&self, auid: u32) -> Option<&Counts> {
        self.users.get(*self.index.get(&auid)?).map(|(_, counts)| counts)
    }

    /// Adds what `other` counted.
    pub fn absorb(&mut self, other: Tally) {
        for (auid, counts) in other.users {
            self.of(auid).absorb(counts);
        }
    }

    /// The login users in ascending order; unset, the largest number, comes last.
    #[must_use]
    pub fn users(&self) -> Vec<(u32, &Counts)> {
        let mut users: Vec<_> = self.users.iter().map(|(auid, counts)| (*auid, counts)).collect();
        users.sort_unstable_by_key(|(auid, _)| *auid);
        users
    }
}
