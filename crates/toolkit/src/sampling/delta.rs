//! Two samples: which devices are in both, and by how much a counter increased.

use std::cmp::Ordering;

/// A device in two samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pair<'a, T> {
    /// It is in both: the older state and the newer one.
    Both(&'a T, &'a T),
    /// It is only in the newer sample.
    Added(&'a T),
    /// It is only in the older sample.
    Removed(&'a T),
}

/// Pairs the devices of two samples. Each sample is sorted by `key` and has each key once.
///
/// If the key includes the identity of a device, a device that replaced another one of the same name
/// is an added one, and the other is removed.
///
/// ```
/// use toolkit::sampling::{Pair, pairs};
///
/// let found: Vec<_> = pairs(&[1, 3], &[1, 2], |&number| number).collect();
/// assert_eq!(found, [Pair::Both(&1, &1), Pair::Added(&2), Pair::Removed(&3)]);
/// ```
pub fn pairs<'a, T, K: Ord>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> impl Iterator<Item = Pair<'a, T>> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (old.peek(), new.peek()) {
            (Some(before), Some(now)) => key(before).cmp(&key(now)),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        match order {
            Ordering::Equal => old.next().zip(new.next()).map(|(old, new)| Pair::Both(old, new)),
            Ordering::Less => old.next().map(Pair::Removed),
            Ordering::Greater => new.next().map(Pair::Added),
        }
    })
}

/// The increase of a counter; `None` if it decreased, because then it was reset.
///
/// `wrap_max` is the largest possible increase of a 32-bit counter in the time between the samples: a
/// counter that decreased wrapped, if that makes its increase no larger. It is 0 for a 64-bit
/// counter, which never wraps.
///
/// ```
/// use toolkit::sampling::counter_delta;
///
/// assert_eq!(counter_delta(5, 7, 0), Some(2));
/// assert_eq!(counter_delta(7, 5, 0), None);
/// assert_eq!(counter_delta(u64::from(u32::MAX), 9, 10), Some(10));
/// ```
#[must_use]
pub fn counter_delta(old: u64, new: u64, wrap_max: u64) -> Option<u64> {
    new.checked_sub(old).or_else(|| {
        let wrapped = new.checked_add(1 << 32)?.checked_sub(old)?;
        (wrapped <= wrap_max).then_some(wrapped)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_replaced_another_is_a_different_one() {
        let (old, new) = ([("sda", 1), ("sdb", 2)], [("sda", 3), ("sdb", 2)]);
        let found: Vec<_> = pairs(&old, &new, |&device| device).collect();
        let wanted = [
            Pair::Removed(&("sda", 1)),
            Pair::Added(&("sda", 3)),
            Pair::Both(&("sdb", 2), &("sdb", 2)),
        ];
        assert_eq!(found, wanted);
        assert_eq!(pairs(&[], &new, |&device| device).count(), 2);
        assert_eq!(pairs(&old, &[], |&device| device).count(), 2);
    }

    #[test]
    fn a_counter_that_decreased_was_reset_or_wrapped() {
        assert_eq!(counter_delta(u64::MAX, 0, 5000), None);
        assert_eq!(counter_delta(u64::MAX, u64::MAX - 1, 5000), None);
        let last = u64::from(u32::MAX);
        assert_eq!(counter_delta(last, 9, 10), Some(10));
        assert_eq!(counter_delta(last, 10, 10), None);
        assert_eq!(counter_delta(last, 9, 0), None);
    }
}
