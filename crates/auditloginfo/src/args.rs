//! The command line. No other module names an option.

mod options;

use crate::filter::{FieldFilter, Filter, NamedUsers, Query, UserFilter};
use crate::login_user::LoginUser;
use crate::logs::Logs;
use crate::manual::MANUAL;
use crate::report::{Format, Layout, Scope};
use crate::section::{Collect, Section, Sections};
use crate::times::{self, End};
use crate::trust::TrustedTags;
use chrono::Local;
use nix::unistd::User;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use sysparse::audit::AUID_UNSET;
use toolkit::cli::{Command, OptionGroup};

/// A parsed command line.
#[derive(Debug, Default)]
pub struct Args {
    logs: Vec<PathBuf>,
    rotated: bool,
    /// Names of login users that are not resolved to numbers yet.
    user_names: BTreeSet<Vec<u8>>,
    /// Names of effective users that this host does not know.
    foreign_user_names: BTreeSet<Vec<u8>>,
    filter: Filter,
    tags: TrustedTags,
    sections: Sections,
    absolute: bool,
    modes: bool,
    layout: Layout,
}

/// The command and its options.
pub const COMMAND: Command<Args> = Command {
    about: MANUAL,
    groups: &[
        OptionGroup { title: "Which events", options: options::EVENTS },
        OptionGroup { title: "What is counted", options: options::COUNTED },
        OptionGroup { title: "How it is printed", options: options::PRINTED },
    ],
    operand: |args, word| {
        args.logs.push(word.into());
        Ok(())
    },
    check: |args| match args.layout.format {
        Format::Text | Format::Tsv | Format::Jsonl => Ok(()),
        _ if !args.layout.each => Ok(()),
        _ => Err("--each prints text, tsv or jsonl, not another format".to_owned()),
    },
};

impl Args {
    /// The logs to read.
    #[must_use]
    pub fn logs(&self) -> Logs {
        Logs { operands: self.logs.clone(), rotated: self.rotated }
    }

    /// What to count in the logs.
    #[must_use]
    pub fn query(&self) -> Query {
        let users = match &self.scope() {
            // Which users they are is known at the end of the logs.
            _ if !self.user_names.is_empty() => UserFilter::All,
            Scope::Users(users) => UserFilter::Only(users.iter().copied().collect()),
            Scope::Overview | Scope::AllUsers => UserFilter::All,
        };
        let format = self.layout.format;
        let names_files = matches!(format, Format::Systemd | Format::Apparmor);
        let collect = Collect {
            sections: self.sections(),
            absolute: self.absolute || names_files,
            modes: self.modes || names_files,
            failed: self.filter.success == Some(false),
            overview: self.counts_all_events(),
            contents: false,
            logged_calls: format.is_profile(),
            profile_names: names_files,
            apparmor: format == Format::Apparmor,
            socket_families: format == Format::Systemd,
            each: self.layout.each,
        };
        let filter = Filter { users, ..self.filter.clone() };
        Query { filter, collect, tags: self.tags.clone() }
    }

    /// The same, where login users that are known by name only are to be found by the names in the
    /// records. `find` returns the ids that a name has on this host.
    #[must_use]
    pub fn query_by_name(&self, find: impl Fn(&[u8]) -> Vec<u32>) -> Query {
        let mut query = self.query();
        if self.user_names.is_empty() {
            return query;
        }
        let users = match self.scope() {
            Scope::Users(users) => users,
            Scope::Overview | Scope::AllUsers => return query,
        };
        let names = self.user_names.clone();
        let host_ids = names.iter().flat_map(|name| find(name)).collect();
        let users = NamedUsers { users, names, host_ids };
        query.filter.fields.push(FieldFilter::LoginUser(users));
        // So the names are known at the end.
        query.collect.overview = true;
        query
    }

    /// Whether events without an item count. The overview counts them, and a report for each login
    /// user of the logs needs them to know the users. In tsv and jsonl a user without an item has
    /// no line.
    fn counts_all_events(&self) -> bool {
        let is_list = matches!(self.layout.format, Format::Tsv | Format::Jsonl);
        match self.scope() {
            _ if self.layout.each => false,
            // Only events of all types tell all names.
            Scope::Users(_) => !self.user_names.is_empty(),
            _ if self.layout.format.is_profile() => false,
            Scope::Overview => true,
            Scope::AllUsers => !is_list,
        }
    }

    /// The form of the report.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout {
            scope: self.scope(),
            sections: self.sections(),
            modes: self.modes,
            failed: self.filter.success == Some(false),
            ..self.layout.clone()
        }
    }

    /// The login users to report on. An option that selects or changes a section asks for a report on
    /// each.
    fn scope(&self) -> Scope {
        let has_section = self.sections != Sections::EMPTY || self.absolute || self.modes;
        let has_section = has_section || self.layout.each;
        match &self.layout.scope {
            Scope::Overview if has_section => Scope::AllUsers,
            scope => scope.clone(),
        }
    }

    /// The sections to collect: those of the original command by default and for the overview, which
    /// has columns for them; a profile needs the calls, and the files if it names them.
    fn sections(&self) -> Sections {
        let calls = Sections::EMPTY.with(Section::Calls);
        match self.sections {
            _ if self.layout.format == Format::Systemd => {
                calls.with(Section::Files).with(Section::Changes)
            }
            _ if self.layout.format == Format::Apparmor => Sections::EMPTY
                .with(Section::Files)
                .with(Section::Programs)
                .with(Section::Changes)
                .with(Section::Denials),
            _ if self.layout.format.is_profile() => calls,
            _ if self.scope() == Scope::Overview => Sections::ORIGINAL,
            Sections::EMPTY => Sections::ORIGINAL,
            asked => asked,
        }
    }

    fn add_user(&mut self, word: &OsStr) -> Result<(), String> {
        if word == OsStr::new("all") {
            self.layout.scope = Scope::AllUsers;
            return Ok(());
        }
        if self.layout.scope == Scope::Overview {
            self.layout.scope = Scope::Users(BTreeSet::new());
        }
        match login_user(word) {
            Some(user) => self.add_login_user(user),
            None if is_user_name(word) => drop(self.user_names.insert(word.as_bytes().to_vec())),
            None => {
                return Err("expected a number, a user's name, unset, unknown or all".to_owned());
            }
        }
        Ok(())
    }

    fn add_login_user(&mut self, user: LoginUser) {
        if let Scope::Users(users) = &mut self.layout.scope {
            users.insert(user);
        }
    }

    /// Replaces the names of login users by the numbers that `find` returns for them. A name without
    /// a number stays.
    pub fn resolve_user_names(&mut self, mut find: impl FnMut(&[u8]) -> Vec<u32>) {
        for name in std::mem::take(&mut self.user_names) {
            let users = find(&name);
            for user in &users {
                self.add_login_user((*user).into());
            }
            if users.is_empty() {
                self.user_names.insert(name);
            }
        }
    }

    /// Whether the names of login users are still to be resolved.
    #[must_use]
    pub fn has_user_names(&self) -> bool {
        !self.user_names.is_empty()
    }

    /// The names of login users that are not resolved.
    #[must_use]
    pub fn unresolved_user_names(&self) -> &BTreeSet<Vec<u8>> {
        &self.user_names
    }

    /// The names of effective users that this host does not know.
    #[must_use]
    pub fn foreign_user_names(&self) -> &BTreeSet<Vec<u8>> {
        &self.foreign_user_names
    }

    /// Adds a filter on the effective user. A name is that in the records; this host is asked for
    /// records without names.
    fn add_effective_user(&mut self, word: &OsStr) -> Result<(), String> {
        let mut wanted = NamedUsers::default();
        match user_number(word) {
            Some(id) => drop(wanted.users.insert(id.into())),
            None if is_user_name(word) => {
                let name = word.as_bytes().to_vec();
                wanted.host_ids.extend(host_user(&name));
                if wanted.host_ids.is_empty() {
                    self.foreign_user_names.insert(name.clone());
                }
                wanted.names.insert(name);
            }
            None => return Err("expected a number or a user's name".to_owned()),
        }
        self.add_field_filter(FieldFilter::EffectiveUser(wanted));
        Ok(())
    }

    fn add_section(&mut self, section: Section) {
        self.sections = self.sections.with(section);
    }

    /// Adds a field filter. The values of filters on the same field are alternatives.
    fn add_field_filter(&mut self, mut filter: FieldFilter) {
        if !self.filter.fields.iter_mut().any(|own| own.merge(&mut filter)) {
            self.filter.fields.push(filter);
        }
    }
}

/// A set of one text, for a field filter.
fn text(word: &OsStr) -> BTreeSet<Vec<u8>> {
    BTreeSet::from([word.as_bytes().to_vec()])
}

/// Parses a login user without a look-up: a user id, or `unknown`.
fn login_user(word: &OsStr) -> Option<LoginUser> {
    if word == OsStr::new(LoginUser::UNKNOWN) {
        return Some(LoginUser::Unknown);
    }
    user_number(word).map(LoginUser::Id)
}

/// The users of this host with that name: one or none.
#[must_use]
pub fn host_user(name: &[u8]) -> Vec<u32> {
    let user = std::str::from_utf8(name).ok().and_then(|name| User::from_name(name).ok()?);
    user.map(|user| user.uid.as_raw()).into_iter().collect()
}

/// Parses a user id without a look-up: a number, -1 or `unset`.
fn user_number(word: &OsStr) -> Option<u32> {
    match word.to_str()? {
        "unset" | "-1" => Some(AUID_UNSET),
        number if is_digits(number.as_bytes()) => number.parse().ok(),
        _ => None,
    }
}

/// Whether the word can be the name of a user: anything but a number.
fn is_user_name(word: &OsStr) -> bool {
    let digits = word.as_bytes().strip_prefix(b"-").unwrap_or(word.as_bytes());
    !is_digits(digits)
}

fn is_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

fn day(word: &OsStr) -> Result<(u64, u64), String> {
    let day = word.to_str().and_then(|text| times::parse_day(text, Local::now()));
    day.ok_or_else(|| {
        "expected today, yesterday, week-ago, or a date such as 2026-11-22".to_owned()
    })
}

fn time(word: &OsStr, end: End) -> Result<u64, String> {
    let seconds = word.to_str().and_then(|text| times::parse(text, end, Local::now()));
    seconds.ok_or_else(|| {
        "expected now, recent, this-hour, today, yesterday, this-week, week-ago, this-month, \
         this-year, boot, seconds since the epoch, or a time such as 2026-11-22T13:08:05Z"
            .to_owned()
    })
}
