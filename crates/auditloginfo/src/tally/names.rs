//! Names that people chose, each with how often it was seen: a hash table of our own, for this is
//! where a log of many names is waited for.

use foldhash::fast::RandomState;
use std::hash::{BuildHasher, Hasher};

/// Names, each with how often it was seen.
///
/// A name is found by a slot and one place in the arena, so that it mostly costs two accesses of
/// memory, and no allocation of its own.
#[derive(Debug, Default)]
pub struct Names {
    /// Seeded anew in each run: the names are chosen by the people being audited.
    seed: RandomState,
    /// Zero, or a name's offset in the arena plus one below the high bits of its hash. At least a
    /// quarter of them is free, and their number is a power of two.
    slots: Vec<u64>,
    /// How many names there are.
    len: usize,
    /// One name after another: the count, the length, the bytes.
    arena: Vec<u8>,
}

/// Where in a slot the hash begins: a terabyte of names is enough.
const TAG: u32 = 40;

/// The size of the count and of the length before a name.
const HEAD: usize = 16;

/// How many slots there are at first.
const SLOTS: usize = 16;

impl Names {
    /// Counts `name` once more.
    #[inline]
    pub fn add(&mut self, name: &[u8]) {
        self.add_times(name, 1);
    }

    fn add_times(&mut self, name: &[u8], times: u64) {
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let hash = self.hash(name);
        let mut at = self.home(hash);
        loop {
            match self.slots.get(at).copied() {
                Some(slot) if slot != 0 => {
                    if slot >> TAG == hash >> TAG && self.count_at(slot, name, times) {
                        return;
                    }
                }
                _ => return self.insert(at, hash, name, times),
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Adds to the count of the slot's name, if that is `name`.
    #[inline]
    fn count_at(&mut self, slot: u64, name: &[u8], times: u64) -> bool {
        let entry =
            self.arena.get_mut(offset(slot)..).and_then(|tail| tail.split_first_chunk_mut());
        let Some((count, tail)) = entry else { return false };
        let is_same = tail.split_first_chunk().is_some_and(|(length, tail)| {
            u64::from_le_bytes(*length) == name.len() as u64 && tail.starts_with(name)
        });
        if is_same {
            *count = (u64::from_le_bytes(*count) + times).to_le_bytes();
        }
        is_same
    }

    #[cold]
    fn insert(&mut self, at: usize, hash: u64, name: &[u8], times: u64) {
        let offset = self.arena.len() as u64 + 1;
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = hash >> TAG << TAG | offset;
        }
        self.len += 1;
        self.arena.extend_from_slice(&times.to_le_bytes());
        self.arena.extend_from_slice(&(name.len() as u64).to_le_bytes());
        self.arena.extend_from_slice(name);
    }

    #[inline]
    fn hash(&self, name: &[u8]) -> u64 {
        let mut hasher = self.seed.build_hasher();
        hasher.write(name);
        hasher.finish()
    }

    /// The slot that a name of that hash has, or the next free one.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        // Which of the low bits count depends on the number of slots.
        usize::try_from(hash & (self.slots.len() as u64 - 1)).unwrap_or_default()
    }

    /// Doubles the slots.
    #[cold]
    fn grow(&mut self) {
        let count = (self.slots.len() * 2).max(SLOTS);
        let old = std::mem::replace(&mut self.slots, vec![0; count]);
        for slot in old.into_iter().filter(|slot| *slot != 0) {
            let hash = self.hash(entry(&self.arena, offset(slot)).map_or(&[], |(name, ..)| name));
            let mut at = self.home(hash);
            while self.slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (count - 1);
            }
            if let Some(place) = self.slots.get_mut(at) {
                *place = slot;
            }
        }
    }

    /// The names and their counts, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let (name, count, next) = entry(&self.arena, at)?;
            at = next;
            Some((name, count))
        })
    }

    /// How often any name was seen.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, count)| count).sum()
    }

    pub(super) fn absorb(&mut self, other: Names) {
        if self.len == 0 {
            *self = other;
            return;
        }
        for (name, times) in other.iter() {
            self.add_times(name, times);
        }
    }
}

/// The offset in a slot.
#[inline]
fn offset(slot: u64) -> usize {
    usize::try_from(slot & ((1 << TAG) - 1)).unwrap_or(usize::MAX) - 1
}

/// The name at an offset, its count, and the offset of the next.
fn entry(arena: &[u8], at: usize) -> Option<(&[u8], u64, usize)> {
    let (count, tail) = arena.get(at..)?.split_first_chunk()?;
    let (length, tail) = tail.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    Some((tail.get(..length)?, u64::from_le_bytes(*count), at + HEAD + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn names_are_counted_as_a_map_does() {
        let (mut names, mut wanted) = (Names::default(), HashMap::new());
        for number in 0u64..40_000 {
            let name = format!("{:x}", number * number % 12_007);
            *wanted.entry(name.clone()).or_insert(0) += 1;
            names.add(name.as_bytes());
        }
        names.add(b"");
        wanted.insert(String::new(), 1);
        let found: HashMap<_, _> =
            names.iter().map(|(name, n)| (String::from_utf8_lossy(name).into_owned(), n)).collect();
        assert_eq!(found, wanted);
        assert_eq!((names.total(), names.iter().count()), (40_001, wanted.len()));
    }

    #[test]
    fn two_add_up() {
        let count = |words: &[&str]| {
            let mut names = Names::default();
            for word in words {
                names.add(word.as_bytes());
            }
            names
        };
        let mut sum = Names::default();
        for part in [&["a", "b", "a"][..], &["b", "ab"], &[]] {
            sum.absorb(count(part));
        }
        let mut found: Vec<_> = sum.iter().collect();
        found.sort_unstable();
        assert_eq!(found, [(&b"a"[..], 2), (b"ab", 1), (b"b", 2)]);
    }
}
