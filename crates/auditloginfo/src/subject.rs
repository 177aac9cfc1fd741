//! Which events count: whose they are, when they happened, what process they come from, and
//! whether the call succeeded.

use crate::section::Detail;
use std::collections::BTreeSet;
use sysparse::audit::{self, Record, Value};

/// What is asked of the logs.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Which events count.
    pub subject: Subject,
    /// What is counted of them.
    pub detail: Detail,
}

/// Which events count.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// Whose.
    pub who: Who,
    /// Only calls that succeeded, or only those that failed.
    pub success: Option<bool>,
    /// Only events from this second on, in seconds since the epoch.
    pub start: Option<u64>,
    /// Only events up to and in this second.
    pub end: Option<u64>,
    /// What else must hold, all of it.
    pub tests: Vec<Test>,
}

/// Whose events count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Who {
    /// Everybody's.
    #[default]
    Everybody,
    /// Those of these login user ids, in ascending order.
    These(Vec<u32>),
}

/// A condition on one field of a record: it has one of some values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// The field of that name is one of these numbers.
    Number(&'static [u8], BTreeSet<u32>),
    /// The field of that name is one of these texts.
    Text(&'static [u8], BTreeSet<Vec<u8>>),
    /// The event was recorded because of a rule with one of these keys.
    Key(BTreeSet<Vec<u8>>),
    /// The record was written by one of these hosts.
    Node(BTreeSet<Vec<u8>>),
}

/// What separates the keys of a record: `AUDIT_KEY_SEPARATOR` of `include/uapi/linux/audit.h`.
const KEY_SEPARATOR: u8 = 1;

impl Subject {
    /// Whether the events of that login user count.
    #[must_use]
    #[inline]
    pub fn includes(&self, auid: u32) -> bool {
        match &self.who {
            Who::Everybody => true,
            Who::These(users) => users.binary_search(&auid).is_ok(),
        }
    }

    /// Whether a call counts.
    #[must_use]
    #[inline]
    pub fn counts(&self, record: &Record<'_>, call: &audit::Call) -> bool {
        self.includes(call.auid)
            && self.success.is_none_or(|only| call.success == Some(only))
            && self.admits(record)
    }

    /// Whether a record that is no part of a call counts, and for whom.
    #[must_use]
    pub fn counts_other(&self, record: &Record<'_>) -> Option<u32> {
        let auid = record.auid().filter(|auid| self.includes(*auid))?;
        (self.success.is_none() && self.admits(record)).then_some(auid)
    }

    /// Whether the record is of the time asked for and meets every test.
    #[inline]
    fn admits(&self, record: &Record<'_>) -> bool {
        let admits_all = self.start.is_none() && self.end.is_none() && self.tests.is_empty();
        admits_all || self.admits_one(record)
    }

    #[inline(never)]
    fn admits_one(&self, record: &Record<'_>) -> bool {
        let seconds = record.stamp().seconds;
        self.start.is_none_or(|start| start <= seconds)
            && self.end.is_none_or(|end| seconds <= end)
            && self.tests.iter().all(|test| test.holds(record))
    }
}

impl Test {
    /// Takes over the values of a test of the same thing; false if `other` tests another.
    pub fn absorb(&mut self, other: &mut Test) -> bool {
        match (self, other) {
            (Test::Number(field, values), Test::Number(name, more)) if field == name => {
                values.append(more);
            }
            (Test::Text(field, values), Test::Text(name, more)) if field == name => {
                values.append(more);
            }
            (Test::Key(values), Test::Key(more)) | (Test::Node(values), Test::Node(more)) => {
                values.append(more);
            }
            _ => return false,
        }
        true
    }

    fn holds(&self, record: &Record<'_>) -> bool {
        match self {
            Test::Number(field, wanted) => {
                let number = record.field_named(field).and_then(Value::id);
                number.is_some_and(|number| wanted.contains(&number))
            }
            Test::Text(field, wanted) => {
                let text = record.field_named(field).map(decoded);
                text.is_some_and(|text| wanted.contains(&text))
            }
            Test::Key(wanted) => record.field(b"key").is_some_and(|key| {
                !key.is_null()
                    && decoded(key)
                        .split(|byte| *byte == KEY_SEPARATOR)
                        .any(|key| wanted.contains(key))
            }),
            Test::Node(wanted) => record.node().is_some_and(|node| wanted.contains(node)),
        }
    }
}

fn decoded(value: Value<'_>) -> Vec<u8> {
    value.text().bytes().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "arch=c000003e syscall=2 success=yes items=1 pid=9 auid=7 euid=0 ses=-1 \
                        comm=\"a\" exe=2F62696E2F612062 key=6B31016B32";

    fn counts(subject: &Subject) -> bool {
        let line = format!("node=lab type=SYSCALL msg=audit(100.000:1): {BODY}");
        let record = audit::record(line.as_bytes()).expect("sound").expect("a record");
        let call = audit::Call::parse(&record).expect("a call");
        subject.counts(&record, &call)
    }

    #[test]
    fn success_is_asked_for_or_not() {
        for (success, wanted) in [(None, true), (Some(true), true), (Some(false), false)] {
            assert_eq!(counts(&Subject { success, ..Subject::default() }), wanted);
        }
    }

    #[test]
    fn the_login_user_is_asked_for_or_not() {
        let these = |users| Subject { who: Who::These(users), ..Subject::default() };
        assert!(counts(&these(vec![6, 7])));
        assert!(!counts(&these(vec![6])));
    }

    #[test]
    fn times_include_both_ends() {
        let between = |start, end| Subject { start, end, ..Subject::default() };
        assert!(counts(&between(Some(100), Some(100))));
        assert!(!counts(&between(Some(101), None)));
        assert!(!counts(&between(None, Some(99))));
    }

    #[test]
    fn every_test_must_hold_with_one_of_its_values() {
        let texts = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        let unset = BTreeSet::from([audit::AUID_UNSET]);
        let good = [
            Test::Number(b"euid", BTreeSet::from([0, 5])),
            Test::Number(b"ses", unset.clone()),
            Test::Text(b"exe", texts(&["/bin/a b", "/bin/c"])),
            Test::Key(texts(&["k2"])),
            Test::Node(texts(&["lab"])),
        ];
        let bad = [
            Test::Number(b"pid", unset),
            Test::Text(b"comm", texts(&["b"])),
            Test::Text(b"missing", texts(&[""])),
            Test::Key(texts(&["k"])),
            Test::Node(texts(&["la"])),
        ];
        let with = |tests: &[Test]| Subject { tests: tests.to_vec(), ..Subject::default() };
        assert!(counts(&with(&good)));
        for test in bad {
            let mut all = good.to_vec();
            all.push(test);
            assert!(!counts(&with(&all)), "{:?}", all.last());
        }
    }
}
