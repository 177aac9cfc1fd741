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
mod user_names;

pub use call_counts::CallCounts;
pub use event_time::EventTime;
pub use name_counts::NameCounts;
pub use socket_families::SocketFamilies;

use crate::contents::Contents;
use crate::login_user::LoginUser;
use crate::section::Section;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use sysparse::audit::Stamp;
use user_names::UserNames;

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
    /// The names of users in the logs.
    names: Seeded<u32, UserNames>,
    /// The record types and hosts, if they were asked for.
    pub contents: Contents,
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
        match self.names.get_mut(&auid) {
            Some(names) => names.add(stamp, name),
            None => drop(self.names.insert(auid, UserNames::new(stamp, name))),
        }
    }

    /// The name that the logs give a login user.
    #[must_use]
    pub fn name(&self, auid: u32) -> Option<&[u8]> {
        self.names.get(&auid).map(UserNames::first)
    }

    /// All names that the logs give a login user, up to a limit.
    pub fn names(&self, auid: u32) -> impl Iterator<Item = &[u8]> {
        self.names.get(&auid).into_iter().flat_map(UserNames::iter)
    }

    /// The login users to whom the logs give that name.
    pub fn users_named(&self, name: &[u8]) -> impl Iterator<Item = u32> {
        let is_named = move |names: &UserNames| names.iter().any(|own| own == name);
        self.names.iter().filter(move |(_, names)| is_named(names)).map(|(auid, _)| *auid)
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, mut other: Tally) {
        other.contents.merge(&self.contents);
        if self.users.is_empty() && self.names.is_empty() {
            *self = other;
            return;
        }
        self.contents = other.contents;
        for (auid, names) in other.names {
            match self.names.get_mut(&auid) {
                Some(own) => own.merge(&names),
                None => drop(self.names.insert(auid, names)),
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A part of a log in which everything was done `count` times by the user, at one time.
    fn part(user: u32, count: u64, event: &[u8]) -> Tally {
        let mut tally = Tally::default();
        let counts = tally.counts_mut(user);
        for _ in 0..count {
            counts.add_event(EventTime::parse(event));
            counts.as_root += 1;
            counts.listed += 1;
            counts.socket_families.add(None);
            for section in Section::ALL {
                if let Some(names) = counts.names_mut(section) {
                    names.add(format!("{section:?}").as_bytes());
                }
            }
        }
        tally
    }

    #[test]
    fn everything_in_two_parts_of_a_log_adds_up() {
        let mut sum = Tally::default();
        for part in [part(7, 2, b"20.000:2"), part(8, 1, b"5.000:9"), part(7, 3, b"10.000:1")] {
            sum.merge(part);
        }
        let counts = sum.counts_mut(7);
        assert_eq!((counts.events, counts.as_root, counts.listed), (5, 5, 5));
        assert_eq!(counts.socket_families.missing, 5);
        let span = counts.span.map(|(first, last)| (first.seconds(), last.seconds()));
        assert_eq!(span, Some((10, 20)));
        for section in Section::ALL {
            let total = counts.names_mut(section).map(|names| names.total());
            assert_eq!(total, (section != Section::Calls).then_some(5), "{section:?}");
        }
        assert_eq!(sum.users().iter().map(|(_, it)| it.events).collect::<Vec<_>>(), [5, 1]);
    }

    #[test]
    fn the_name_in_the_first_record_counts_in_any_order() {
        let stamp = |seconds| Stamp { seconds, millis: 0, serial: 1 };
        let names = [(3, &b"first"[..]), (4, b"second"), (5, b"third")];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut sum = Tally::default();
            for (seconds, name) in order.map(|place: usize| names[place]) {
                let mut part = Tally::default();
                part.add_name(7, stamp(seconds), name);
                sum.merge(part);
            }
            assert_eq!(sum.name(7), Some(&b"first"[..]), "{order:?}");
            assert_eq!(sum.users_named(b"first").collect::<Vec<_>>(), [7]);
            assert_eq!(sum.users_named(b"second").collect::<Vec<_>>(), [7]);
            assert_eq!(sum.users_named(b"fourth").count(), 0);
            assert_eq!(sum.names(7).collect::<Vec<_>>(), [&b"first"[..], b"second", b"third"]);
            assert_eq!(sum.name(8), None);
        }
    }

    #[test]
    fn families_of_sockets_add_up() {
        let families = |numbers: &[Option<u32>]| {
            let mut families = SocketFamilies::default();
            assert!(families.is_empty());
            for number in numbers {
                families.add(*number);
            }
            families
        };
        let mut sum = families(&[Some(0), Some(63), Some(80), None]);
        sum.merge(families(&[Some(2), Some(63), Some(70), None, None]));
        assert_eq!(sum.iter().collect::<Vec<_>>(), [0, 2, 63]);
        assert_eq!((sum.others, sum.missing, sum.is_empty()), (Some(70), 3, false));
        let known = sum;
        sum.merge(families(&[]));
        assert_eq!(sum, known);
        sum.merge(families(&[Some(90)]));
        assert_eq!(sum.others, Some(70));
    }
}
