//! System calls, each with how often it was made.

use super::Seeded;
use crate::syscall_names::Call;

/// System calls, each with how often it was made: mostly found by its number alone.
#[derive(Debug, Default)]
pub struct Calls {
    /// By [`Call::remainder`]; a place with a count of zero is free.
    slots: Vec<(Call, u64)>,
    /// Those whose place another has, as where programs of two architectures run.
    others: Seeded<Call, u64>,
}

impl Calls {
    /// Counts `call` once more.
    #[inline]
    pub fn add(&mut self, call: Call) {
        self.add_times(call, 1);
    }

    #[inline]
    fn add_times(&mut self, call: Call, times: u64) {
        match self.slots.get_mut(call.remainder()) {
            Some((known, count)) if *known == call => *count += times,
            _ => self.add_elsewhere(call, times),
        }
    }

    #[cold]
    fn add_elsewhere(&mut self, call: Call, times: u64) {
        let at = call.remainder();
        self.slots.resize(self.slots.len().max(at + 1), (call, 0));
        match self.slots.get_mut(at) {
            Some(slot) if slot.1 == 0 => *slot = (call, times),
            _ => *self.others.entry(call).or_default() += times,
        }
    }

    /// The calls in no order, each with how often it was made.
    pub fn iter(&self) -> impl Iterator<Item = (Call, u64)> + '_ {
        let others = self.others.iter().map(|(call, count)| (*call, *count));
        self.slots.iter().copied().filter(|(_, count)| *count > 0).chain(others)
    }

    /// How often any call was made.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, count)| count).sum()
    }

    pub(super) fn absorb(&mut self, other: &Calls) {
        other.iter().for_each(|(call, times)| self.add_times(call, times));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscall_names::Arch;
    use std::collections::HashMap;

    #[test]
    fn calls_are_counted_as_a_map_does() {
        let (mut sum, mut wanted) = (Calls::default(), HashMap::new());
        for part in 0..3u64 {
            let mut calls = Calls::default();
            for step in 0..4_000u64 {
                let number = i64::try_from(step * step % 1_201).expect("small") - 2;
                let call = Call { arch: Arch::new(step % (part + 1)), number };
                calls.add(call);
                *wanted.entry(call).or_insert(0) += 1;
            }
            sum.absorb(&calls);
        }
        assert_eq!(sum.iter().collect::<HashMap<_, _>>(), wanted);
        assert_eq!((sum.total(), sum.iter().count()), (12_000, wanted.len()));
    }
}
