//! Counts of system calls.

use super::Seeded;
use crate::syscall_names::Call;

/// The number of times that each system call was made.
#[derive(Debug, Default)]
pub struct CallCounts {
    counts: Seeded<Call, u64>,
}

impl CallCounts {
    /// Counts `call` once.
    #[inline]
    pub fn add(&mut self, call: Call) {
        match self.counts.get_mut(&call) {
            Some(c) => *c += 1,
            None => self.insert(call),
        }
    }
    #[cold]
    fn insert(&mut self, call: Call) {
        self.counts.insert(call, 1);
    }

    /// The calls and their counts, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Call, u64)> + '_ {
        self.counts.iter().map(|(call, count)| (*call, *count))
    }

    /// The number of calls.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(super) fn merge(&mut self, other: &CallCounts) {
        for (call, count) in other.iter() {
            *self.counts.entry(call).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscall_names::Arch;

    #[test]
    fn calls_of_the_same_number_are_counted_by_architecture() {
        let call = |arch, number| Call { arch: Arch::new(arch), number };
        let (open, wait, unknown) = (call(0xc000_003e, 2), call(0x4000_0003, 2), call(1, -1));
        let mut sum = CallCounts::default();
        for calls in [vec![open, wait, open], vec![unknown, open]] {
            let mut counts = CallCounts::default();
            for call in calls {
                counts.add(call);
            }
            sum.merge(&counts);
        }
        let mut found: Vec<_> = sum.iter().collect();
        found.sort_unstable();
        assert_eq!(found, [(unknown, 1), (wait, 1), (open, 3)]);
        assert_eq!(sum.total(), 5);
    }
}
