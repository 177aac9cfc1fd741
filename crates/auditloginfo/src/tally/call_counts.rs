//! Counts of system calls.

use super::Seeded;
use crate::syscall_names::{Arch, Syscall};

/// The number of times that each system call was made.
///
/// Nearly all calls of a user are of one architecture and have small numbers. Those are counted in a
/// table, which is three times as fast as to hash each call. The table has pages, because a log can
/// have very many login users with few calls each.
#[derive(Debug, Default)]
pub struct CallCounts {
    /// The architecture of the first call.
    arch: Option<Arch>,
    /// For each [`PAGE`] numbers of its calls their page in `pages`, from 1; 0 if there is none.
    directory: [u8; 32],
    pages: Vec<[u64; PAGE]>,
    /// The counts of all other calls.
    others: Seeded<Syscall, u64>,
}

/// The number of counts in a page.
const PAGE: usize = 16;

impl CallCounts {
    /// Counts `call` once.
    #[inline]
    pub fn add(&mut self, call: Syscall) {
        match self.in_table(call) {
            Some(count) => *count += 1,
            None => self.insert(call, 1),
        }
    }

    #[inline]
    fn in_table(&mut self, call: Syscall) -> Option<&mut u64> {
        if self.arch != Some(call.arch) {
            return None;
        }
        let number = usize::try_from(call.number).ok()?;
        let page = usize::from(*self.directory.get(number / PAGE)?).checked_sub(1)?;
        self.pages.get_mut(page)?.get_mut(number % PAGE)
    }

    /// Counts a call `count` times, for the first time or outside of the table.
    #[cold]
    fn insert(&mut self, call: Syscall, count: u64) {
        let is_in_arch = *self.arch.get_or_insert(call.arch) == call.arch;
        let number = usize::try_from(call.number).ok().filter(|_| is_in_arch);
        let entry = number.and_then(|number| self.directory.get_mut(number / PAGE));
        if let Some(entry @ 0) = entry {
            self.pages.reserve_exact(1);
            self.pages.push([0; PAGE]);
            *entry = u8::try_from(self.pages.len()).unwrap_or_default();
        }
        match self.in_table(call) {
            Some(sum) => *sum += count,
            None => *self.others.entry(call).or_default() += count,
        }
    }

    /// The calls and their counts, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Syscall, u64)> + '_ {
        let pages = (0..).step_by(PAGE).zip(self.directory).filter_map(|(first, page)| {
            Some((first, self.pages.get(usize::from(page).checked_sub(1)?)?))
        });
        let counts = pages.flat_map(|(first, page)| (first..).zip(page.iter().copied()));
        let call = |number| self.arch.map(|arch| Syscall { arch, number });
        let in_table = counts.filter_map(move |(number, count)| Some((call(number)?, count)));
        let others = self.others.iter().map(|(call, count)| (*call, *count));
        in_table.filter(|(_, count)| *count > 0).chain(others)
    }

    /// The number of calls.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, count)| count).sum()
    }

    pub(super) fn merge(&mut self, other: &CallCounts) {
        for (call, count) in other.iter() {
            self.insert(call, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_the_same_number_are_counted_by_architecture() {
        let call = |arch, number| Syscall { arch: Arch::new(arch), number };
        let calls = [
            call(0xc000_003e, 0),
            call(0xc000_003e, 2),
            call(0xc000_003e, 15),
            call(0xc000_003e, 16),
            call(0xc000_003e, 511),
            call(0xc000_003e, 512),
            call(0xc000_003e, 0x4000_0002),
            call(0xc000_003e, -1),
            call(0x4000_0003, 2),
            call(1, i64::MAX),
        ];
        // Each call one time more than the one before, in chunks that begin with each of them.
        let mut sum = CallCounts::default();
        for first in 0..calls.len() {
            let mut counts = CallCounts::default();
            for call in &calls[first..] {
                counts.add(*call);
            }
            sum.merge(&counts);
        }
        let found: std::collections::BTreeMap<_, _> = sum.iter().collect();
        assert_eq!(found, calls.into_iter().zip(1..).collect());
        assert_eq!((sum.iter().count(), sum.total()), (10, 55));
    }
}
