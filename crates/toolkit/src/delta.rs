//! Two samples: which devices are in both, and how much a counter grew.

use std::cmp::Ordering;

/// What became of a device between two samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a, T> {
    /// It is in both: before, now.
    Stayed(&'a T, &'a T),
    /// It is only in the later one.
    Came(&'a T),
    /// It is only in the earlier one.
    Went(&'a T),
}

/// Walks two samples together, both sorted by `key` and each key in them once.
///
/// Give a key that holds the device's identity beside its name, and a device that was made anew under
/// an old name is one that went and one that came.
///
/// ```
/// use toolkit::delta::{Change, changes};
///
/// let found: Vec<_> = changes(&[1, 3], &[1, 2], |&number| number).collect();
/// assert_eq!(found, [Change::Stayed(&1, &1), Change::Came(&2), Change::Went(&3)]);
/// ```
pub fn changes<'a, T, K: Ord>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> impl Iterator<Item = Change<'a, T>> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (old.peek(), new.peek()) {
            (Some(before), Some(now)) => key(before).cmp(&key(now)),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        match order {
            Ordering::Equal => {
                old.next().zip(new.next()).map(|(old, new)| Change::Stayed(old, new))
            }
            Ordering::Less => old.next().map(Change::Went),
            Ordering::Greater => new.next().map(Change::Came),
        }
    })
}

/// How much a counter grew; nothing if it went back, for then it began anew.
///
/// `wrap_max` is the most by which a counter of 32 bits can have grown in the time between: one that
/// went back by running over the end of 32 bits then grew by no more than that. It is 0 for counters
/// of 64 bits, which never run over.
#[must_use]
pub fn grown(old: u64, new: u64, wrap_max: u64) -> Option<u64> {
    new.checked_sub(old).or_else(|| {
        let wrapped = new.checked_add(1 << 32)?.checked_sub(old)?;
        (wrapped <= wrap_max).then_some(wrapped)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_made_anew_is_another() {
        let (old, new) = ([("sda", 1), ("sdb", 2)], [("sda", 3), ("sdb", 2)]);
        let found: Vec<_> = changes(&old, &new, |&device| device).collect();
        let wanted = [
            Change::Went(&("sda", 1)),
            Change::Came(&("sda", 3)),
            Change::Stayed(&("sdb", 2), &("sdb", 2)),
        ];
        assert_eq!(found, wanted);
        assert_eq!(changes(&[], &new, |&device| device).count(), 2);
        assert_eq!(changes(&old, &[], |&device| device).count(), 2);
    }

    #[test]
    fn a_counter_that_went_back_began_anew_unless_it_ran_over() {
        assert_eq!(grown(5, 7, 0), Some(2));
        assert_eq!(grown(7, 5, 0), None);
        assert_eq!(grown(u64::MAX, 0, 5000), None);
        assert_eq!(grown(u64::MAX, u64::MAX - 1, 5000), None);
        let last = u64::from(u32::MAX);
        assert_eq!(grown(last, 9, 10), Some(10));
        assert_eq!(grown(last, 10, 10), None);
        assert_eq!(grown(last, 9, 0), None);
    }
}
