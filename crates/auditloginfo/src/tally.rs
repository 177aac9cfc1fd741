//! The counts for each login user. Tallies of parts of a log add up to the tally of the whole.
//!
//! ```
//! use auditloginfo::tally::Tally;
//!
//! let mut tally = Tally::default();
//! for _ in 0..2 {
//!     let mut part = Tally::default();
//!     part.counts_mut(7005).files.add(b"/etc/motd");
//!     tally.merge(part);
//! }
//! assert_eq!(tally.counts(7005).unwrap().files.total(), 2);
//! ```

mod call_counts;
mod event_time;
mod name_counts;
mod socket_families;

pub use call_counts::CallCounts;
pub use event_time::EventTime;
pub use name_counts::NameCounts;
pub use socket_families::SocketFamilies;

use crate::login_user::LoginUser;
use crate::section::Section;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use sysparse::audit::Stamp;

/// A hash table with a new random seed in each run: audited users choose much of what a log holds.
pub(crate) type Seeded<K, V> = HashMap<K, V, RandomState>;

/// The counts by login user.
#[derive(Debug, Default)]
pub struct Tally {
    users: Vec<(LoginUser, Counts)>,
    /// The place of each user in `users`.
    places: Seeded<LoginUser, usize>,
    /// The place of the latest user. The next record mostly counts for the same one.
    latest: usize,
    /// The names of users in the logs, each with the time of the record that has it.
    names: Seeded<u32, (Stamp, Box<[u8]>)>,
}

/// The counts of one login user.
#[derive(Debug, Default)]
pub struct Counts {
    /// Events of all types.
    pub events: u64,
    /// System calls with effective user id 0.
    pub as_root: u64,
    /// The times of the first and the last event.
    pub span: Option<(EventTime, EventTime)>,
    /// System calls made.
    pub calls: CallCounts,
    /// Commands executed. Each argument is followed by a NUL.
    pub commands: NameCounts,
    /// Files opened. A NUL and the mode follow the name if modes are collected.
    pub files: NameCounts,
    /// Programs that made system calls.
    pub programs: NameCounts,
    /// Files changed, each followed by a NUL and how it changed.
    pub changes: NameCounts,
    /// Socket addresses, each followed by a NUL and the name of the call.
    pub addresses: NameCounts,
    /// Commands given to sudo, each followed by a NUL and its directory.
    pub sudo: NameCounts,
    /// Commands executed as root by another login user, in the form of `commands`.
    pub privileged: NameCounts,
    /// Files or calls that failed, each followed by a NUL and the name of the error.
    pub errors: NameCounts,
    /// Denied accesses, each followed by a NUL and the name of the access control.
    pub denials: NameCounts,
    /// The address families of sockets that were created.
    pub socket_families: SocketFamilies,
    /// Items that were listed one by one instead.
    pub listed: u64,
}

impl Counts {
    /// Counts an event.
    #[inline]
    pub fn add_event(&mut self, time: EventTime) {
        self.events += 1;
        self.extend_span(time, time);
    }

    #[inline]
    fn extend_span(&mut self, first: EventTime, last: EventTime) {
        let (start, end) = self.span.unwrap_or((first, last));
        self.span = Some((start.min(first), end.max(last)));
    }

    /// The names of a section; `None` for calls, which are no names.
    #[inline]
    pub(crate) fn names_mut(&mut self, section: Section) -> Option<&mut NameCounts> {
        Some(match section {
            Section::Calls => return None,
            Section::Commands => &mut self.commands,
            Section::Files => &mut self.files,
            Section::Programs => &mut self.programs,
            Section::Changes => &mut self.changes,
            Section::Addresses => &mut self.addresses,
            Section::Sudo => &mut self.sudo,
            Section::Privileged => &mut self.privileged,
            Section::Errors => &mut self.errors,
            Section::Denials => &mut self.denials,
        })
    }

    fn merge(&mut self, other: Counts) {
        self.events += other.events;
        self.as_root += other.as_root;
        if let Some((first, last)) = other.span {
            self.extend_span(first, last);
        }
        self.calls.merge(&other.calls);
        self.commands.merge(other.commands);
        self.files.merge(other.files);
        self.programs.merge(other.programs);
        self.changes.merge(other.changes);
        self.addresses.merge(other.addresses);
        self.sudo.merge(other.sudo);
        self.privileged.merge(other.privileged);
        self.errors.merge(other.errors);
        self.denials.merge(other.denials);
        self.socket_families.merge(other.socket_families);
        self.listed += other.listed;
    }
}

impl Tally {
    /// The counts of one login user, to add to.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "`latest` is the place of a user from here on")]
    pub fn counts_mut(&mut self, user: impl Into<LoginUser>) -> &mut Counts {
        let user = user.into();
        if self.users.get(self.latest).is_none_or(|(latest, _)| *latest != user) {
            self.latest = self.find_or_insert(user);
        }
        &mut self.users[self.latest].1
    }

    #[cold]
    fn find_or_insert(&mut self, user: LoginUser) -> usize {
        let place = *self.places.entry(user).or_insert(self.users.len());
        if place == self.users.len() {
            self.users.push((user, Counts::default()));
        }
        place
    }

    /// The counts of one login user, if it has any.
    #[must_use]
    pub fn counts(&self, user: impl Into<LoginUser>) -> Option<&Counts> {
        self.users.get(*self.places.get(&user.into())?).map(|(_, counts)| counts)
    }

    /// Adds the name that a record gives a login user. The name of the first record counts, whatever
    /// the order in which records are added.
    pub fn add_name(&mut self, auid: u32, stamp: Stamp, name: &[u8]) {
        let is_first = match self.names.get(&auid) {
            Some((known_stamp, known)) => (stamp, name) < (*known_stamp, known),
            None => true,
        };
        if is_first {
            self.names.insert(auid, (stamp, name.into()));
        }
    }

    /// The name that the logs give a login user.
    #[must_use]
    pub fn name(&self, auid: u32) -> Option<&[u8]> {
        self.names.get(&auid).map(|(_, name)| &**name)
    }

    /// The login users to whom the logs give that name.
    pub fn users_named(&self, name: &[u8]) -> impl Iterator<Item = u32> {
        self.names.iter().filter(move |(_, (_, own))| **own == *name).map(|(auid, _)| *auid)
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, other: Tally) {
        if self.users.is_empty() && self.names.is_empty() {
            *self = other;
            return;
        }
        for (auid, (stamp, name)) in other.names {
            self.add_name(auid, stamp, &name);
        }
        for (user, counts) in other.users {
            self.counts_mut(user).merge(counts);
        }
    }

    /// The login users in ascending order. Unset, which is the largest number, comes before unknown,
    /// which comes last.
    #[must_use]
    pub fn users(&self) -> Vec<(LoginUser, &Counts)> {
        let mut users: Vec<_> = self.users.iter().map(|(user, counts)| (*user, counts)).collect();
        users.sort_unstable_by_key(|(user, _)| *user);
        users
    }
}
