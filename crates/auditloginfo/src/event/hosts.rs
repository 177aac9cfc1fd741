//! Which host wrote a record.

use foldhash::fast::RandomState;
use std::hash::BuildHasher;
use sysparse::audit::Record;

/// The hosts that write a log, by a hash of their names.
#[derive(Debug)]
pub(super) struct Hosts {
    seed: RandomState,
    /// How the latest line began that a host's name leads, `node=NAME type=`: many begin so.
    lead: Vec<u8>,
    /// The hash of that name.
    latest: u64,
}

impl Hosts {
    pub(super) fn new(seed: RandomState) -> Hosts {
        Hosts { seed, lead: Vec::new(), latest: 0 }
    }

    /// A hash of the name of the host that wrote the record; zero if it has none.
    #[inline]
    pub(super) fn hash(&mut self, record: &Record<'_>) -> u64 {
        match record.line {
            [b't', b'y', b'p', b'e', b'=', ..] => 0,
            line if !self.lead.is_empty() && line.starts_with(&self.lead) => self.latest,
            _ => self.look_up(record),
        }
    }

    #[inline(never)]
    fn look_up(&mut self, record: &Record<'_>) -> u64 {
        let Some(name) = record.node() else { return 0 };
        self.latest = self.seed.hash_one(name);
        self.lead.clear();
        for part in [b"node=", name, b" type="] {
            self.lead.extend_from_slice(part);
        }
        self.latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    #[test]
    fn hosts_are_told_apart_whatever_came_before() {
        let mut hosts = Hosts::new(RandomState::default());
        let mut hash = |lead: &str| {
            let line = format!("{lead}type=CWD msg=audit(1477415593.489:5): cwd=\"/\"");
            hosts.hash(&audit::record(line.as_bytes()).expect("sound").expect("a record"))
        };
        let leads = ["", "node=a ", "node=ab ", "node=a x node=b ", "node=b ", "x ", "node= "];
        let names = ["", "a", "ab", "b", "b", "", "node="];
        let all: Vec<_> = leads.iter().zip(names).cycle().take(50).collect();
        let hashes: Vec<_> = all.iter().map(|(lead, _)| hash(lead)).collect();
        for ((_, name), found) in all.iter().zip(&hashes) {
            for ((_, other), hash) in all.iter().zip(&hashes) {
                assert_eq!(name == other, found == hash, "{name} {other}");
            }
        }
    }
}
