//! The command line. No other module names an option.

mod options;

use crate::filter::{FieldFilter, Filter, Query, UserFilter};
use crate::logs::Logs;
use crate::manual::MANUAL;
use crate::report::{Format, Layout, Scope};
use crate::section::{Collect, Section, Sections};
use crate::syslog_tags::TrustedTags;
use crate::times::{self, End};
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
    check: |_| Ok(()),
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
        let users = match &self.layout.scope {
            Scope::Users(users) => UserFilter::Only(users.iter().copied().collect()),
            Scope::Overview | Scope::AllUsers => UserFilter::All,
        };
        let collect = Collect {
            sections: self.sections(),
            absolute: self.absolute,
            modes: self.modes,
            overview: self.counts_all_events(),
        };
        let filter = Filter { users, ..self.filter.clone() };
        Query { filter, collect, tags: self.tags.clone() }
    }

    /// Whether events without an item count. The overview counts them, and a report for each login
    /// user of the logs needs them to know the users. In tsv and jsonl a user without an item has
    /// no line.
    fn counts_all_events(&self) -> bool {
        let is_list = matches!(self.layout.format, Format::Tsv | Format::Jsonl);
        match self.layout.scope {
            _ if self.layout.format.is_profile() => false,
            Scope::Overview => true,
            Scope::AllUsers => !is_list,
            Scope::Users(_) => false,
        }
    }

    /// The form of the report.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout { sections: self.sections(), modes: self.modes, ..self.layout.clone() }
    }

    /// The sections to collect: those of the original command by default and for the overview, which
    /// has columns for them; a profile needs the calls.
    fn sections(&self) -> Sections {
        match self.sections {
            _ if self.layout.format.is_profile() => Sections::EMPTY.with(Section::Calls),
            _ if self.layout.scope == Scope::Overview => Sections::ORIGINAL,
            Sections::EMPTY => Sections::ORIGINAL,
            asked => asked,
        }
    }

    fn add_user(&mut self, word: &OsStr) -> Result<(), String> {
        if word == OsStr::new("all") {
            self.layout.scope = Scope::AllUsers;
            return Ok(());
        }
        let user = user(word).ok_or("expected a number, a user's name, unset or all")?;
        match &mut self.layout.scope {
            Scope::AllUsers => {}
            Scope::Users(users) => drop(users.insert(user)),
            Scope::Overview => self.layout.scope = Scope::Users(BTreeSet::from([user])),
        }
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

/// Parses a user id: a number, -1, `unset`, or the name of a user of this host.
fn user(word: &OsStr) -> Option<u32> {
    match word.to_str()? {
        "unset" | "-1" => Some(AUID_UNSET),
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok(),
        name => User::from_name(name).ok()?.map(|user| user.uid.as_raw()),
    }
}

fn time(word: &OsStr, end: End) -> Result<u64, String> {
    let seconds = word.to_str().and_then(|text| times::parse(text, end, Local::now()));
    seconds.ok_or_else(|| {
        "expected now, recent, this-hour, today, yesterday, this-week, week-ago, this-month, \
         this-year, boot, seconds since the epoch, or a time such as 2026-11-22T13:08:05Z"
            .to_owned()
    })
}
