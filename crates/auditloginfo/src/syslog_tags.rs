//! Tags of syslog: behind which of them records count, and which records do not count because they
//! stand where any user can write them.

use std::collections::BTreeMap;
use sysparse::audit;

/// How many tags are kept. Anybody chooses the tag of a line, so they are bounded.
const TAGS_MAX: usize = 8;

/// The records that are not counted, by the tag before them.
///
/// ```
/// let mut elsewhere = auditloginfo::syslog_tags::Elsewhere::default();
/// elsewhere.add(b"eve");
/// elsewhere.add(b"eve");
/// assert_eq!(elsewhere.total(), 2);
/// assert!(elsewhere.tags().eq([(&b"eve"[..], 2)]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Elsewhere {
    total: u64,
    /// The tags that are first in byte order: so the counts do not depend on where chunks begin.
    tags: BTreeMap<Vec<u8>, u64>,
}

impl Elsewhere {
    /// Counts a line that mentions a record, behind this tag; no tag is empty.
    pub fn add(&mut self, tag: &[u8]) {
        self.total += 1;
        self.add_tag(tag, 1);
    }

    /// Adds the counts of another chunk or log.
    pub fn merge(&mut self, other: &Elsewhere) {
        self.total += other.total;
        for (tag, count) in &other.tags {
            self.add_tag(tag, *count);
        }
    }

    fn add_tag(&mut self, tag: &[u8], count: u64) {
        if let Some(known) = self.tags.get_mut(tag) {
            *known += count;
            return;
        }
        self.tags.insert(tag.to_vec(), count);
        if self.tags.len() > TAGS_MAX {
            self.tags.pop_last();
        }
    }

    /// The number of lines.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The first tags in byte order, with the number of lines behind each.
    pub fn tags(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.tags.iter().map(|(tag, count)| (tag.as_slice(), *count))
    }
}

/// The tags behind which records count, beside those of the programs that forward them.
///
/// ```
/// use auditloginfo::syslog_tags::TrustedTags;
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

    /// Whether records behind the tag count.
    #[must_use]
    pub fn contains(&self, tag: &[u8]) -> bool {
        audit::is_forwarding_tag(tag) || self.0.iter().any(|own| own == tag || own == b"*")
    }
}
