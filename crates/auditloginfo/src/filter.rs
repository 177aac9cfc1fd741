//! Which events count: by login user, time, process, host and result.
//!
//! ```
//! use auditloginfo::filter::{Filter, UserFilter};
//!
//! let filter = Filter { users: UserFilter::Only(vec![1000.into(), 7005.into()]), ..Filter::default() };
//! assert!(filter.includes_user(7005.into()));
//! assert!(!filter.includes_user(0.into()));
//! ```

use crate::enriched;
use crate::item::sudo;
use crate::login_user::LoginUser;
use crate::section::{Collect, Section, Sections};
use crate::trust::TrustedTags;
use std::collections::BTreeSet;
use sysparse::audit::{self, Record, RecordType, Value};
use toolkit::escape::escape_control;

/// What to count in the logs.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Which events count.
    pub filter: Filter,
    /// What to collect from them.
    pub collect: Collect,
    /// The syslog tags after which records count.
    pub tags: TrustedTags,
}

impl Query {
    /// What is read to say why the report on a query is empty: everything.
    #[must_use]
    pub fn contents(&self) -> Query {
        let collect = Collect {
            sections: Sections::EMPTY.with(Section::Sudo).with(Section::Denials),
            overview: true,
            contents: true,
            ..Collect::default()
        };
        Query { filter: Filter::default(), collect, tags: self.tags.clone() }
    }

    /// The same for the time span and the hosts of the query only: refusals and commands given to sudo have
    /// none of the other fields.
    #[must_use]
    pub fn contents_of_span(&self) -> Query {
        let Filter { start, end, .. } = self.filter;
        let mut fields = self.filter.fields.clone();
        fields.retain(|field| matches!(field, FieldFilter::Node(_)));
        Query { filter: Filter { start, end, fields, ..Filter::default() }, ..self.contents() }
    }

    /// What is read to find out whether a record names that effective user.
    #[must_use]
    pub fn effective_user(&self, name: &[u8]) -> Query {
        let names = BTreeSet::from([name.to_vec()]);
        let users = NamedUsers { names, ..NamedUsers::default() };
        let fields = vec![FieldFilter::EffectiveUser(users)];
        Query { filter: Filter { fields, ..Filter::default() }, ..self.contents() }
    }
}

/// Which events count. An event must pass every part of the filter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The login users whose events count.
    pub users: UserFilter,
    /// If set, only calls that succeeded (`true`) or failed (`false`) count.
    pub success: Option<bool>,
    /// The first second that counts, since the epoch.
    pub start: Option<u64>,
    /// The last second that counts, since the epoch.
    pub end: Option<u64>,
    /// Conditions on fields of the record.
    pub fields: Vec<FieldFilter>,
}

/// The login users whose events count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum UserFilter {
    /// All login users.
    #[default]
    All,
    /// These login users, in ascending order.
    Only(Vec<LoginUser>),
}

/// A condition on one field of a record: the field has one of these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldFilter {
    /// The field of that name is one of these numbers.
    Number(&'static [u8], BTreeSet<u32>),
    /// The field of that name is one of these texts.
    Text(&'static [u8], BTreeSet<Vec<u8>>),
    /// One of the keys of the record is one of these.
    Key(BTreeSet<Vec<u8>>),
    /// One of these hosts wrote the record.
    Node(BTreeSet<Vec<u8>>),
    /// The login user is one of these: see [`NamedUsers`].
    LoginUser(NamedUsers),
    /// The effective user is one of these.
    EffectiveUser(NamedUsers),
}

/// Users of whom some are known by name only, while the numbers of these are not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamedUsers {
    /// Those that are known by their ids.
    pub users: BTreeSet<LoginUser>,
    /// The names of the others.
    pub names: BTreeSet<Vec<u8>>,
    /// The ids of these names on this host, which count for a record that names nobody.
    pub host_ids: BTreeSet<u32>,
}

impl NamedUsers {
    /// Whether the user with that id is one of these. `key`, such as `AUID="`, precedes the name that the
    /// record gives the user.
    fn includes(&self, id: Option<u32>, record: &Record<'_>, key: &[u8]) -> bool {
        let user = id.map_or(LoginUser::Unknown, LoginUser::Id);
        let has_name = || match enriched::name(record.line, key) {
            Some(name) => self.names.contains(name),
            None => id.is_some_and(|id| self.host_ids.contains(&id)),
        };
        self.users.contains(&user) || !self.names.is_empty() && has_name()
    }
}

/// What separates the keys of a record: `AUDIT_KEY_SEPARATOR` of `include/uapi/linux/audit.h`.
const KEY_SEPARATOR: u8 = 1;

/// Times from here on are taken for milliseconds: as seconds, this is the year 5138.
const MILLISECONDS_MIN: u64 = 100_000_000_000;

impl Filter {
    /// Whether the events of that login user count.
    #[must_use]
    #[inline]
    pub fn includes_user(&self, user: LoginUser) -> bool {
        match &self.users {
            UserFilter::All => true,
            UserFilter::Only(users) => users.binary_search(&user).is_ok(),
        }
    }

    /// The login user whose events count, if there is one and no other condition.
    #[must_use]
    pub fn only_user(&self) -> Option<LoginUser> {
        match self {
            Filter {
                users: UserFilter::Only(users),
                success: None,
                start: None,
                end: None,
                fields,
            } => users.first().copied().filter(|_| users.len() == 1 && fields.is_empty()),
            _ => None,
        }
    }

    /// What is wrong with the filter if no event can match it.
    #[must_use]
    pub fn mistake(&self) -> Option<String> {
        let times = [self.start, self.end].into_iter().flatten();
        if let Some(time) = times.max().filter(|time| *time >= MILLISECONDS_MIN) {
            return Some(format!("{time} is a time in milliseconds; give seconds"));
        }
        if self.start.zip(self.end).is_some_and(|(start, end)| start > end) {
            return Some("the end of the time span is before its start".to_owned());
        }
        let programs = self.fields.iter().find_map(|field| match field {
            FieldFilter::Text(b"exe", programs) => Some(programs),
            _ => None,
        });
        let name = programs?.iter().find(|program| !program.starts_with(b"/"))?;
        let name = escape_control(name);
        Some(format!("--exe {name} is no path; give the path, or --comm {name}"))
    }

    /// Whether there is a condition besides the login user.
    #[must_use]
    pub fn has_condition(&self) -> bool {
        let Filter { users: _, success, start, end, fields } = self;
        success.is_some() || start.is_some() || end.is_some() || !fields.is_empty()
    }

    /// Whether a call counts; `record` is its SYSCALL record.
    #[must_use]
    #[inline]
    pub fn includes_call(&self, record: &Record<'_>, call: &audit::SyscallRecord<'_>) -> bool {
        self.includes_user(call.auid.into())
            && self.success.is_none_or(|success| call.success == Some(success))
            && self.includes_record(record)
    }

    /// The login user of a record that can be an event of its own, and whether the record counts. Only
    /// a command given to sudo succeeds or fails.
    #[must_use]
    pub fn standalone_user(&self, record: &Record<'_>) -> (LoginUser, bool) {
        let user = record.auid().map_or(LoginUser::Unknown, LoginUser::Id);
        let counts = self.success.is_none_or(|success| {
            record.kind == RecordType::UserCmd && sudo::succeeded(record) == Some(success)
        });
        let counts = counts && self.includes_user(user);
        (user, counts && self.includes_record(record))
    }

    /// Whether an `io_uring` operation counts if its event has no SYSCALL record. `record` is its
    /// URINGOP record, which holds no login user id.
    #[must_use]
    pub fn includes_operation(&self, record: &Record<'_>, success: Option<bool>) -> bool {
        self.includes_user(LoginUser::Unknown)
            && self.success.is_none_or(|wanted| success == Some(wanted))
            && self.includes_record(record)
    }

    /// Whether the record lies in the time span and passes every field filter.
    #[inline]
    fn includes_record(&self, record: &Record<'_>) -> bool {
        let has_no_condition = self.start.is_none() && self.end.is_none() && self.fields.is_empty();
        has_no_condition || self.meets_conditions(record)
    }

    #[inline(never)]
    fn meets_conditions(&self, record: &Record<'_>) -> bool {
        let seconds = record.stamp().seconds;
        self.start.is_none_or(|start| start <= seconds)
            && self.end.is_none_or(|end| seconds <= end)
            && self.fields.iter().all(|field| field.matches(record))
    }
}

impl FieldFilter {
    /// Moves the values of `other` into this filter if both are about the same field. Returns
    /// whether they are.
    pub fn merge(&mut self, other: &mut FieldFilter) -> bool {
        match (self, other) {
            (FieldFilter::Number(field, values), FieldFilter::Number(name, more))
                if field == name =>
            {
                values.append(more);
            }
            (FieldFilter::Text(field, values), FieldFilter::Text(name, more)) if field == name => {
                values.append(more);
            }
            (FieldFilter::Key(values), FieldFilter::Key(more))
            | (FieldFilter::Node(values), FieldFilter::Node(more)) => values.append(more),
            (FieldFilter::EffectiveUser(users), FieldFilter::EffectiveUser(more)) => {
                users.users.append(&mut more.users);
                users.names.append(&mut more.names);
                users.host_ids.append(&mut more.host_ids);
            }
            _ => return false,
        }
        true
    }

    fn matches(&self, record: &Record<'_>) -> bool {
        match self {
            FieldFilter::Number(name, wanted) => {
                let number = record.field_named(name).and_then(Value::id);
                number.is_some_and(|number| wanted.contains(&number))
            }
            FieldFilter::Text(name, wanted) => {
                let is_sudo = record.kind == RecordType::UserCmd;
                let of_sudo = || sudo::field(record, name).filter(|_| is_sudo);
                let text = record.field_named(name).or_else(of_sudo).map(decode);
                text.is_some_and(|text| wanted.contains(&text))
            }
            FieldFilter::Key(wanted) => {
                let keys = record.field(b"key").filter(|keys| !keys.is_null()).map(decode);
                keys.is_some_and(|keys| {
                    keys.split(|byte| *byte == KEY_SEPARATOR).any(|key| wanted.contains(key))
                })
            }
            FieldFilter::LoginUser(wanted) => wanted.includes(record.auid(), record, b"AUID=\""),
            FieldFilter::EffectiveUser(wanted) => {
                let id = record.field(b"euid").and_then(Value::id);
                id.is_some() && wanted.includes(id, record, b"EUID=\"")
            }
            FieldFilter::Node(wanted) => record.node().is_some_and(|node| wanted.contains(node)),
        }
    }
}

fn decode(value: Value<'_>) -> Vec<u8> {
    value.text().bytes().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "arch=c000003e syscall=2 success=yes items=1 pid=9 auid=7 euid=0 ses=-1 \
                        comm=\"a\" exe=2F62696E2F612062 key=6B31016B32";

    fn includes(filter: &Filter) -> bool {
        let line = format!("node=lab type=SYSCALL msg=audit(100.000:1): {BODY}");
        let record = audit::record(line.as_bytes()).expect("well-formed").expect("a record");
        let call = audit::SyscallRecord::parse(&record).expect("a call");
        filter.includes_call(&record, &call)
    }

    #[test]
    fn calls_can_be_filtered_by_success() {
        for (success, wanted) in [(None, true), (Some(true), true), (Some(false), false)] {
            assert_eq!(includes(&Filter { success, ..Filter::default() }), wanted);
        }
    }

    #[test]
    fn calls_can_be_filtered_by_login_user() {
        let only = |users: Vec<u32>| {
            let users = users.into_iter().map(LoginUser::Id).collect();
            Filter { users: UserFilter::Only(users), ..Filter::default() }
        };
        assert!(includes(&only(vec![6, 7])));
        assert!(!includes(&only(vec![6])));
    }

    #[test]
    fn a_time_span_includes_both_ends() {
        let between = |start, end| Filter { start, end, ..Filter::default() };
        assert!(includes(&between(Some(100), Some(100))));
        assert!(!includes(&between(Some(101), None)));
        assert!(!includes(&between(None, Some(99))));
    }

    #[test]
    fn a_filter_that_no_event_can_match_is_a_mistake() {
        let mistake = |filter: Filter| filter.mistake().unwrap_or_default();
        let between = |start, end| mistake(Filter { start, end, ..Filter::default() });
        assert_eq!(between(Some(5), Some(5)), "");
        assert_eq!(between(Some(99_999_999_999), None), "");
        assert_eq!(between(Some(6), Some(5)), "the end of the time span is before its start");
        let wanted = "100000000000 is a time in milliseconds; give seconds";
        assert_eq!(between(Some(100_000_000_000), Some(1)), wanted);
        assert_eq!(between(None, Some(100_000_000_000)), wanted);
        let programs = |name: &'static [u8], words: &[&str]| {
            let words = words.iter().map(|word| word.as_bytes().to_vec()).collect();
            mistake(Filter { fields: vec![FieldFilter::Text(name, words)], ..Filter::default() })
        };
        assert_eq!(programs(b"exe", &["/bin/cat"]) + &programs(b"comm", &["cat"]), "");
        let wanted = "--exe cat is no path; give the path, or --comm cat";
        assert_eq!(programs(b"exe", &["/bin/cat", "cat"]), wanted);
    }

    #[test]
    fn every_field_filter_must_match_with_one_of_its_values() {
        let texts = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        let unset = BTreeSet::from([audit::AUID_UNSET]);
        let matching = [
            FieldFilter::EffectiveUser(NamedUsers {
                users: BTreeSet::from([LoginUser::Id(0), LoginUser::Id(5)]),
                ..NamedUsers::default()
            }),
            FieldFilter::Number(b"ses", unset.clone()),
            FieldFilter::Text(b"exe", texts(&["/bin/a b", "/bin/c"])),
            FieldFilter::Key(texts(&["k2"])),
            FieldFilter::Node(texts(&["lab"])),
        ];
        let failing = [
            FieldFilter::Number(b"pid", unset),
            FieldFilter::Text(b"comm", texts(&["b"])),
            FieldFilter::Text(b"missing", texts(&[""])),
            FieldFilter::Key(texts(&["k"])),
            FieldFilter::Node(texts(&["la"])),
        ];
        let with = |fields: &[FieldFilter]| Filter { fields: fields.to_vec(), ..Filter::default() };
        assert!(includes(&with(&matching)));
        for field in failing {
            let mut fields = matching.to_vec();
            fields.push(field);
            assert!(!includes(&with(&fields)), "{:?}", fields.last());
        }
    }

    #[test]
    fn a_login_user_is_known_by_id_by_the_name_in_the_record_or_by_the_id_of_this_host() {
        let users = NamedUsers {
            users: BTreeSet::from([LoginUser::Id(5), LoginUser::Unknown]),
            names: BTreeSet::from([b"mira".to_vec()]),
            host_ids: BTreeSet::from([7]),
        };
        for (body, wanted) in [
            ("auid=5 uid=0", true),
            ("auid=9 uid=0\x1dAUID=\"mira\"", true),
            ("auid=7 uid=0\x1dAUID=\"eve\"", false),
            ("auid=7 uid=0", true),
            ("auid=8 uid=0", false),
            ("pid=1", true),
        ] {
            let line = format!("type=USER_LOGIN msg=audit(100.000:1): {body}");
            let record = audit::record(line.as_bytes()).expect("well-formed").expect("a record");
            assert_eq!(users.includes(record.auid(), &record, b"AUID=\""), wanted, "{body}");
        }
    }
}
