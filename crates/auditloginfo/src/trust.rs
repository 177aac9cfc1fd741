//! Trust in records: after which tags of syslog they count, and which do not count because they stand
//! where any user can write them.

use std::collections::BTreeMap;
use sysparse::audit;

/// How many origins are kept. Anybody chooses the tag of a line, so they are bounded.
const ORIGINS_MAX: usize = 8;

/// Where a record stands that does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// After other text.
    Text,
    /// In a string of JSON under a key that is not read.
    Json,
    /// In the text of a message of syslog with this tag.
    Message(Vec<u8>),
    /// Directly after this tag of syslog.
    Tag(Vec<u8>),
    /// In a journal entry with this transport.
    Transport(Vec<u8>),
}

/// The records that are not counted, by the place where they stand.
///
/// ```
/// use auditloginfo::trust::{UntrustedRecords, Origin};
///
/// let mut untrusted = UntrustedRecords::default();
/// untrusted.add(Origin::Tag(b"eve".to_vec()));
/// untrusted.add(Origin::Tag(b"eve".to_vec()));
/// assert_eq!(untrusted.total(), 2);
/// assert!(untrusted.origins().eq([(&Origin::Tag(b"eve".to_vec()), 2)]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct UntrustedRecords {
    total: u64,
    /// The origins that are first in order. Another one never comes back, so the counts do not depend
    /// on where chunks begin.
    origins: BTreeMap<Origin, u64>,
}

impl UntrustedRecords {
    /// Counts a line that mentions a record.
    pub fn add(&mut self, origin: Origin) {
        self.total += 1;
        self.add_lines(origin, 1);
    }

    /// Adds the counts of another chunk or log.
    pub fn merge(&mut self, other: &UntrustedRecords) {
        self.total += other.total;
        for (origin, count) in &other.origins {
            self.add_lines(origin.clone(), *count);
        }
    }

    fn add_lines(&mut self, origin: Origin, lines: u64) {
        *self.origins.entry(origin).or_default() += lines;
        if self.origins.len() > ORIGINS_MAX {
            self.origins.pop_last();
        }
    }

    /// The number of lines.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The first origins, with the number of lines of each.
    pub fn origins(&self) -> impl Iterator<Item = (&Origin, u64)> {
        self.origins.iter().map(|(origin, count)| (origin, *count))
    }
}

/// The tags after which records count, besides those of the programs that forward them.
///
/// ```
/// use auditloginfo::trust::TrustedTags;
///
/// let mut tags = TrustedTags::default();
/// assert!(tags.contains(b"kernel") && !tags.contains(b"eve"));
/// tags.add(b"eve");
/// assert!(tags.contains(b"eve"));
/// tags.add(b"*");
/// assert!(tags.contains(b"anything"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct TrustedTags(Vec<Vec<u8>>);

impl TrustedTags {
    /// Adds a tag; `*` stands for all.
    pub fn add(&mut self, tag: &[u8]) {
        self.0.push(tag.to_vec());
    }

    /// Whether records after the tag count.
    #[must_use]
    pub fn contains(&self, tag: &[u8]) -> bool {
        audit::is_forwarding_tag(tag) || self.0.iter().any(|own| own == tag || own == b"*")
    }
}

/// Whether this can be the name of a program, and not the beginning of some other text with a colon.
#[must_use]
pub fn is_program_name(tag: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./@+".contains(byte);
    !tag.is_empty() && tag.iter().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_tags_are_kept_and_all_lines_are_counted_whatever_their_order() {
        test_support::random_cases(50, |random| {
            let tags: Vec<_> = (0..200).map(|_| vec![random.u8(b'a'..=b'z')]).collect();
            let count = |tags: &[Vec<u8>]| {
                let mut untrusted = UntrustedRecords::default();
                for tag in tags {
                    untrusted.add(Origin::Tag(tag.clone()));
                }
                untrusted
            };
            let whole = count(&tags);
            let (first, second) = tags.split_at(random.usize(..tags.len()));
            let mut merged = count(second);
            merged.merge(&count(first));
            assert!(merged.origins().eq(whole.origins()));
            assert_eq!(merged.total(), 200);
            for (origin, count) in whole.origins() {
                let Origin::Tag(tag) = origin else { panic!("{origin:?}") };
                assert_eq!(tags.iter().filter(|other| *other == tag).count() as u64, count);
            }
        });
    }
}
