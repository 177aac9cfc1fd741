//! What a log holds, for the message that says why a report is empty.

use memchr::memmem;
use std::collections::{BTreeMap, BTreeSet};
use sysparse::audit::Record;

/// How many different names are kept of each sort. A hostile log may hold any number.
pub(crate) const NAMES_MAX: usize = 64;

/// The record types and the hosts of a log.
#[derive(Debug, Default)]
pub struct Contents {
    /// The names of the record types, as they are written, each with its number of records.
    pub types: BTreeMap<Vec<u8>, u64>,
    /// The hosts that wrote records with `node=`.
    pub nodes: BTreeSet<Vec<u8>>,
}

impl Contents {
    /// Adds a record.
    pub(crate) fn add(&mut self, record: &Record<'_>) {
        self.add_type(type_name(record), 1);
        self.add_node(record.node().unwrap_or_default());
    }

    /// Adds the contents of another part of the logs.
    pub(crate) fn merge(&mut self, other: &Contents) {
        for (name, count) in &other.types {
            self.add_type(name, *count);
        }
        for node in &other.nodes {
            self.add_node(node);
        }
    }

    fn add_type(&mut self, name: &[u8], records: u64) {
        if let Some(count) = self.types.get_mut(name) {
            *count += records;
        } else if self.types.len() < NAMES_MAX {
            self.types.insert(name.to_vec(), records);
        }
    }

    fn add_node(&mut self, node: &[u8]) {
        if !node.is_empty() && !self.nodes.contains(node) && self.nodes.len() < NAMES_MAX {
            self.nodes.insert(node.to_vec());
        }
    }
}

/// The name after `type=`, which stands before the stamp, or after it in records of kernels of 2006
/// and 2007.
fn type_name<'a>(record: &Record<'a>) -> &'a [u8] {
    let (before, body) = record.line.split_at(record.body_offset());
    let name = memmem::rfind(before, b"type=").and_then(|at| before.get(at + b"type=".len()..));
    let name = name.or(body.strip_prefix(b" type=")).unwrap_or(b"AVC");
    name.split(|byte| *byte == b' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    #[test]
    fn types_and_hosts_are_counted_up_to_a_limit() {
        let mut contents = Contents::default();
        let mut add = |line: String| {
            contents.add(&audit::record(line.as_bytes()).expect("well-formed").expect("a record"));
        };
        add("Nov 22 13:14:51 lab kernel: audit: type=1307 audit(1.000:1): cwd=\"/\"".into());
        for number in 0..1000 {
            add(format!("node=n{number} type=T{number} msg=audit(1.000:1): x"));
        }
        add("type=T0 msg=audit(1.000:1): type=CWD".into());
        assert_eq!((contents.types.len(), contents.nodes.len()), (NAMES_MAX, NAMES_MAX));
        assert_eq!(contents.types.get(&b"T0"[..]), Some(&2));
        assert_eq!(contents.types.get(&b"1307"[..]), Some(&1));
        let mut sum = Contents::default();
        sum.merge(&contents);
        sum.merge(&contents);
        assert_eq!(sum.types.get(&b"T0"[..]), Some(&4));
    }
}
