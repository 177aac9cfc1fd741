//! What the records of one event have in common.

use sysparse::audit::{Record, RecordHeader, Stamp};

/// Which event a record belongs to: the host, the time and the serial.
///
/// Time and serial stay as they are written, for they are compared with each record and hardly ever
/// read. The usual ones have 16 to 24 bytes, so that the first 16, the last 8 and the length hold
/// all of them; of others, of length 0 then, the words are the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Id {
    words: [u64; 3],
    length: usize,
    /// A hash of the host's name.
    node: u64,
}

impl Id {
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "an id that is returned in memory is waited for")]
    pub(super) fn new(record: &Record<'_>, node: u64) -> Id {
        match Id::usual(record.event, node) {
            Some(id) => id,
            // Taken apart, so that the usual id need not be in memory too.
            None => Id { ..Id::unusual(record, node) },
        }
    }

    /// The record, if it is sure to be one of this event; `host` hashes the name of its host.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as for a new id")]
    pub(super) fn record<'r>(
        &self,
        start: RecordHeader<'r>,
        host: impl FnOnce(&Record<'r>) -> u64,
    ) -> Option<Record<'r>> {
        let is_event = |event: &[u8]| Id::usual(event, self.node).as_ref() == Some(self);
        start.record_if(self.length, is_event).filter(|record| host(record) == self.node)
    }

    #[cold]
    #[inline(never)]
    fn unusual(record: &Record<'_>, node: u64) -> Id {
        let Stamp { seconds, millis, serial } = record.stamp();
        Id { words: [seconds, millis, serial], length: 0, node }
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as above")]
    fn usual(event: &[u8], node: u64) -> Option<Id> {
        let (first, rest) = event.split_first_chunk()?;
        let words = [first, rest.first_chunk()?, event.last_chunk()?];
        let length = event.len();
        (length <= 24).then_some(Id {
            words: words.map(|word| u64::from_le_bytes(*word)),
            length,
            node,
        })
    }

    /// One bit, by the serial's last two digits: different ids mostly have different ones.
    #[inline]
    pub(super) fn mark(&self) -> u64 {
        let [_, _, serial] = self.words;
        1 << (serial >> 56 & 15 | serial >> 44 & 0x30)
    }

    /// When the event happened, and its number.
    pub(super) fn stamp(&self) -> Stamp {
        let [seconds, millis, serial] = self.words;
        let Some(last) = self.length.checked_sub(8) else {
            return Stamp { seconds, millis, serial };
        };
        let mut event = [0; 24];
        for (at, word) in [0, 8, last].into_iter().zip(self.words) {
            if let Some(bytes) = event.get_mut(at..at + 8) {
                bytes.copy_from_slice(&word.to_le_bytes());
            }
        }
        Stamp::parse(event.get(..self.length).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    fn line(event: &str) -> String {
        format!("type=CWD msg=audit({event}): cwd=\"/\"")
    }

    fn id(event: &str) -> Id {
        Id::new(&audit::record(line(event).as_bytes()).expect("sound").expect("a record"), 1)
    }

    /// Whether a record of the event `text`, written by that host, is known as one of `event`.
    fn knows(event: &str, text: &str, node: u64) -> bool {
        let line = line(text);
        let record = id(event).record(audit::header(line.as_bytes()).expect("a record"), |_| node);
        record.is_some_and(|record| Ok(Some(record)) == audit::record(line.as_bytes()))
    }

    #[test]
    fn a_record_is_known_by_all_of_its_event() {
        let events = ["1477415593.489:5", "1477415593.489:57", "1477415593.489:123456789"];
        for event in events {
            assert!(knows(event, event, 1) && !knows(event, event, 2), "{event}");
            for at in 0..event.len() {
                let mut other = event.to_owned();
                let digit = if other.as_bytes()[at] == b'8' { "7" } else { "8" };
                other.replace_range(at..=at, digit);
                assert!(!knows(event, &other, 1), "{other}");
            }
            for other in [format!("{event}0"), event[..event.len() - 1].to_owned()] {
                assert!(!knows(event, &other, 1), "{other}");
            }
        }
        // An event that an id does not hold as it is written is looked at the long way.
        assert!(!knows("9.1:1", "9.1:1", 1));
    }

    #[test]
    fn an_id_holds_all_that_is_written() {
        let events = [
            "1477415593.489:5",
            "1477415593.489:57",
            "1477415593.488:57",
            "1477415593.489:57658",
            "1477415593.489:57659",
            "1477415594.489:57658",
            "1477415593.489:123456789",
            "1477415593.489:1234567890",
            "1477415593.489:18446744073709551615",
            "9.1:1",
            "9.1:2",
        ];
        for (at, event) in events.iter().enumerate() {
            assert!(
                events
                    .iter()
                    .enumerate()
                    .all(|(other, text)| (id(text) == id(event)) == (at == other))
            );
            let Stamp { seconds, millis, serial } = id(event).stamp();
            assert_eq!(format!("{seconds}.{millis}:{serial}"), **event);
        }
    }
}
