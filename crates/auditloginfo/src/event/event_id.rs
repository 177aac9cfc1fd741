//! What the records of one event have in common: the node, the time and the serial number.

use crate::login_user::LoginUser;
use foldhash::fast::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use sysparse::audit::{Record, Stamp};

/// The identity of an event: its node, time and serial number.
///
/// Nearly all stamps, such as `1477415593.489:57658`, are 16 to 24 bytes long. Such a stamp is kept
/// as text, which is cheaper to compare than to parse: its first 16 bytes, its last 8 and its length
/// determine it. Any other stamp is kept as its seconds, its milliseconds and its serial number, of
/// which the last eight digits are kept as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct EventId {
    /// The first 8, the next 8 and the last 8 bytes of the stamp; or the seconds, the milliseconds and
    /// the last eight digits of the serial number.
    words: [u64; 3],
    /// The length of the stamp in bytes; or [`NUMBERS`] and what precedes these digits.
    length: u64,
    /// The hash of the node, from [`NodeHasher`].
    node: u64,
}

/// The longest stamp that is kept as text, in bytes.
const TEXT_MAX: u64 = 24;

/// The least `length` of an [`EventId`] that holds the numbers of its stamp.
const NUMBERS: u64 = TEXT_MAX + 1;

/// Word by word: an array would be hashed as bytes, which takes longer.
impl Hash for EventId {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        for word in self.words {
            word.hash(state);
        }
        self.length.hash(state);
        self.node.hash(state);
    }
}

/// An event and the login user for whom it counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'e> {
    pub(super) user: LoginUser,
    pub(super) id: &'e EventId,
}

impl EventId {
    /// The event of a record, on the node with that hash.
    #[inline]
    pub(super) fn new(record: &Record<'_>, node: u64) -> EventId {
        EventId::from_text(record.event, node)
            .unwrap_or_else(|| EventId::from_numbers(record.stamp(), node))
    }

    #[cold]
    fn from_numbers(Stamp { seconds, millis, serial }: Stamp, node: u64) -> EventId {
        let (mut digits, mut rest) = ([b'0'; 8], serial);
        for digit in digits.iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        let words = [seconds, millis, u64::from_le_bytes(digits)];
        EventId { words, length: NUMBERS + rest, node }
    }

    #[inline]
    fn from_text(stamp: &[u8], node: u64) -> Option<EventId> {
        let (first, rest) = stamp.split_first_chunk()?;
        let words = [first, rest.first_chunk()?, stamp.last_chunk()?];
        let words = words.map(|word| u64::from_le_bytes(*word));
        let length = stamp.len() as u64;
        (length <= TEXT_MAX).then_some(EventId { words, length, node })
    }

    /// The same event without the name of a host; `None` if it has none.
    #[inline]
    pub(super) fn without_node(self) -> Option<EventId> {
        (self.node != 0).then_some(EventId { node: 0, ..self })
    }

    /// The number that the last five digits of the serial number make, plus a number of the node: so
    /// events of one host that follow each other are neighbors, and those of several hosts are mostly
    /// apart. If the serial number has fewer digits, other bytes of the stamp stand for them.
    #[inline]
    pub(super) fn neighborhood(&self) -> u32 {
        let [.., last] = self.words;
        // Two pairs of digits side by side, and then both.
        let digits = low_half(last >> 32) & 0x0f0f_0f0f;
        let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff;
        let four = pairs.wrapping_mul(100 << 16 | 1) >> 16;
        let fifth = low_half(last >> 24) & 0x0f;
        (four + 10_000 * fifth).wrapping_add(low_half(self.node))
    }

    /// A hash of all of it. With random seeds no log can be made in which two events have the same one.
    #[inline]
    pub(super) fn hash_seeded(&self, seeds: [u64; 3]) -> u64 {
        let ([first, second, last], [seed, other_seed, last_seed]) = (self.words, seeds);
        let start = fold_product(first ^ seed, second ^ other_seed);
        fold_product(start ^ last, self.node.wrapping_add(self.length) ^ last_seed)
    }

    /// The time and the serial number.
    pub(super) fn stamp(&self) -> Stamp {
        let [seconds, millis, last] = self.words;
        if let Some(rest) = self.length.checked_sub(NUMBERS) {
            let digits = last.to_le_bytes().map(|digit| u64::from(digit - b'0'));
            let serial = digits.iter().fold(rest, |serial, digit| serial * 10 + digit);
            return Stamp { seconds, millis, serial };
        }
        let (mut stamp, length) = ([0; 24], usize::try_from(self.length).unwrap_or_default());
        for (at, word) in [0, 8, length.saturating_sub(8)].into_iter().zip(self.words) {
            if let Some(bytes) = stamp.get_mut(at..at + 8) {
                bytes.copy_from_slice(&word.to_le_bytes());
            }
        }
        Stamp::parse(stamp.get(..length).unwrap_or_default())
    }
}

#[inline]
fn low_half(word: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
    let half = word as u32;
    half
}

/// The two halves of the product, one over the other: each bit depends on all bits of both factors.
#[inline]
fn fold_product(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[expect(clippy::cast_possible_truncation, reason = "the upper half is added")]
    let folded = (product ^ product >> 64) as u64;
    folded
}

/// Hashes the names of nodes, the hosts that write a log.
#[derive(Debug)]
pub(super) struct NodeHasher {
    seed: RandomState,
    /// The start of the latest line with a node, up to `type=`: the next line mostly has the same.
    latest_prefix: Vec<u8>,
    latest_hash: u64,
}

/// What a record begins with.
const TYPE: &[u8] = b"type=";

impl NodeHasher {
    pub(super) fn new(seed: RandomState) -> NodeHasher {
        NodeHasher { seed, latest_prefix: Vec::new(), latest_hash: 0 }
    }

    /// The hash of the node of a record; 0 if the record has none.
    #[inline]
    pub(super) fn hash(&mut self, record: &Record<'_>) -> u64 {
        let has_latest =
            |line: &[u8]| !self.latest_prefix.is_empty() && line.starts_with(&self.latest_prefix);
        match record.line {
            line if line.starts_with(TYPE) => 0,
            line if has_latest(line) => self.latest_hash,
            _ => self.hash_new(record),
        }
    }

    #[inline(never)]
    fn hash_new(&mut self, record: &Record<'_>) -> u64 {
        let Some(name) = record.node() else { return 0 };
        self.latest_hash = self.seed.hash_one(name);
        self.latest_prefix.clear();
        let before = record.line.get(..record.body_offset()).unwrap_or_default();
        if let Some(at) = memchr::memmem::rfind(before, TYPE) {
            self.latest_prefix.extend_from_slice(before.get(..at + TYPE.len()).unwrap_or_default());
        }
        self.latest_hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    fn line(stamp: &str) -> String {
        format!("type=CWD msg=audit({stamp}): cwd=\"/\"")
    }

    fn record(line: &str) -> Record<'_> {
        audit::record(line.as_bytes()).expect("well-formed").expect("a record")
    }

    fn id(stamp: &str) -> EventId {
        EventId::new(&record(&line(stamp)), 1)
    }

    #[test]
    fn every_digit_of_the_stamp_and_the_node_tell_events_apart() {
        for stamp in ["1477415593.489:5", "1477415593.489:57", "1477415593.489:123456789", "9.1:1"]
        {
            assert_ne!(EventId::new(&record(&line(stamp)), 2), id(stamp), "{stamp}");
            for at in 0..stamp.len() {
                let mut other = stamp.to_owned();
                let digit = if other.as_bytes()[at] == b'8' { "7" } else { "8" };
                if other.as_bytes()[at].is_ascii_digit() {
                    other.replace_range(at..=at, digit);
                    assert_ne!(id(&other), id(stamp));
                }
            }
            assert_ne!(id(&format!("{stamp}0")), id(stamp), "{stamp}");
        }
    }

    #[test]
    fn an_id_determines_its_stamp() {
        let stamps = [
            "1477415593.489:5",
            "1477415593.489:57",
            "1477415593.488:57",
            "1477415593.489:57658",
            "1477415593.489:57659",
            "1477415594.489:57658",
            "1477415593.489:123456789",
            "1477415593.489:1234567890",
            "1477415593.489:4234567890",
            "1477415593.489:4200000000",
            "1477415593.489:18446744073709551615",
            "9.1:1",
            "9.1:2",
        ];
        let ids = stamps.map(id);
        for (stamp, id) in stamps.iter().zip(&ids) {
            assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{stamp}");
            let Stamp { seconds, millis, serial } = id.stamp();
            assert_eq!(format!("{seconds}.{millis}:{serial}"), *stamp);
        }
    }

    #[test]
    fn the_hash_of_a_node_does_not_depend_on_the_lines_before() {
        let mut nodes = NodeHasher::new(RandomState::default());
        let mut hash = |prefix: &str| nodes.hash(&record(&format!("{prefix}{}", line("1.000:5"))));
        let syslog = "Nov 22 13:14:51 a kernel: ";
        let prefixes = ["", "node=a ", "node=ab ", syslog, "node=b ", "> ", "> node=b "];
        let names = ["", "a", "ab", "a", "b", "", "b"];
        let all: Vec<_> = prefixes.iter().zip(names).cycle().take(20).collect();
        let hashes: Vec<_> = all.iter().map(|(prefix, _)| hash(prefix)).collect();
        for ((_, name), found) in all.iter().zip(&hashes) {
            for ((_, other), hash) in all.iter().zip(&hashes) {
                assert_eq!(name == other, found == hash, "{name} {other}");
            }
        }
    }
}
