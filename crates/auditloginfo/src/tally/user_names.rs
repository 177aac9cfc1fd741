//! The names that the logs give one login user. In a log of several hosts there can be several.

use std::collections::BTreeSet;
use sysparse::audit::Stamp;

/// How many different names are kept: those that come first in the order of their bytes, so that it does
/// not depend on the order of the records which ones these are.
const NAMES_MAX: usize = 64;

/// The names of one login user.
#[derive(Debug)]
pub(super) struct UserNames {
    /// The time of the first record with a name, and this name.
    stamp: Stamp,
    first: Box<[u8]>,
    /// The names, if there is more than one.
    all: BTreeSet<Box<[u8]>>,
}

impl UserNames {
    pub(super) fn new(stamp: Stamp, name: &[u8]) -> UserNames {
        UserNames { stamp, first: name.into(), all: BTreeSet::new() }
    }

    /// The name in the first record that has one.
    pub(super) fn first(&self) -> &[u8] {
        &self.first
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let only = Some(&self.first).filter(|_| self.all.is_empty());
        only.into_iter().chain(&self.all).map(|name| &**name)
    }

    /// Adds the name in a record.
    #[inline]
    pub(super) fn add(&mut self, stamp: Stamp, name: &[u8]) {
        if *self.first != *name {
            self.add_other(stamp, name);
        } else if stamp < self.stamp {
            self.stamp = stamp;
        }
    }

    #[inline(never)]
    fn add_other(&mut self, stamp: Stamp, name: &[u8]) {
        if self.all.is_empty() {
            self.all.insert(self.first.clone());
        }
        self.keep(name);
        if (stamp, name) < (self.stamp, &self.first) {
            (self.stamp, self.first) = (stamp, name.into());
        }
    }

    fn keep(&mut self, name: &[u8]) {
        let is_full = self.all.len() >= NAMES_MAX;
        let is_kept = !is_full || self.all.last().is_none_or(|last| *name < **last);
        if is_kept && !self.all.contains(name) {
            self.all.insert(name.into());
            if is_full {
                self.all.pop_last();
            }
        }
    }

    /// Adds the names in another part of the logs.
    pub(super) fn merge(&mut self, other: &UserNames) {
        self.add(other.stamp, &other.first);
        if !other.all.is_empty() {
            self.add_other(self.stamp, &self.first.clone());
            other.all.iter().for_each(|name| self.keep(name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(seconds: u64) -> Stamp {
        Stamp { seconds, millis: 0, serial: 1 }
    }

    #[test]
    fn the_first_name_is_that_of_the_earliest_record() {
        let mut names = UserNames::new(stamp(5), b"mira");
        for (seconds, name) in [(1, "mira"), (3, "eva")] {
            names.add(stamp(seconds), name.as_bytes());
        }
        assert_eq!(names.first(), b"mira");
    }

    #[test]
    fn the_names_do_not_depend_on_the_order_of_the_records() {
        test_support::random_cases(200, |random| {
            let names: Vec<_> = (0..random.u64(1..200))
                .map(|_| (stamp(random.u64(..9)), format!("{:03}", random.u32(..100))))
                .collect();
            let build = |names: &[(Stamp, String)]| {
                let mut names = names.iter().map(|(stamp, name)| (*stamp, name.as_bytes()));
                let (stamp, name) = names.next().unwrap();
                let mut all = UserNames::new(stamp, name);
                names.for_each(|(stamp, name)| all.add(stamp, name));
                all
            };
            let whole = build(&names);
            let mut mixed = names.clone();
            random.shuffle(&mut mixed);
            let at = random.usize(1..=names.len());
            let mut sum = build(&mixed[..at]);
            if at < names.len() {
                sum.merge(&build(&mixed[at..]));
            }
            let (first, _) = names
                .iter()
                .map(|(stamp, name)| (name, (stamp, name)))
                .min_by_key(|(_, order)| *order)
                .unwrap();
            let wanted: BTreeSet<_> = names.iter().map(|(_, name)| name.as_bytes()).collect();
            let wanted: Vec<_> = wanted.into_iter().take(NAMES_MAX).collect();
            for names in [&whole, &sum] {
                assert_eq!(names.first(), first.as_bytes());
                assert_eq!(names.iter().collect::<Vec<_>>(), wanted);
            }
        });
    }
}
