//! The command line: the only place that names an option.

mod options;

use crate::logs::Logs;
use crate::manual::MANUAL;
use crate::report::{Format, Layout, What};
use crate::section::{Detail, Section, Sections};
use crate::subject::{Query, Subject, Test, Who};
use crate::times::{self, End};
use chrono::Local;
use nix::unistd::User;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use sysparse::audit::AUID_UNSET;
use toolkit::cli::{Command, OptionGroup};

/// What a command line asks for.
#[derive(Debug, Default)]
pub struct Args {
    logs: Vec<PathBuf>,
    rotated: bool,
    subject: Subject,
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
        Logs { named: self.logs.clone(), rotated: self.rotated }
    }

    /// Which events count, and what is counted of them.
    #[must_use]
    pub fn query(&self) -> Query {
        let who = match &self.layout.what {
            What::Users(users) => Who::These(users.iter().copied().collect()),
            What::Overview | What::Everybody => Who::Everybody,
        };
        // Items of nobody are no lines, so for those it does not matter who else is in the logs.
        let lists_items = matches!(self.layout.format, Format::Tsv | Format::Jsonl);
        let overview = match self.layout.what {
            What::Overview => !self.layout.format.is_profile(),
            What::Everybody => !self.layout.format.is_profile() && !lists_items,
            What::Users(_) => false,
        };
        let detail = Detail {
            sections: self.sections(),
            absolute: self.absolute,
            modes: self.modes,
            overview,
        };
        Query { subject: Subject { who, ..self.subject.clone() }, detail }
    }

    /// How the report looks.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout { sections: self.sections(), modes: self.modes, ..self.layout.clone() }
    }

    /// The sections asked for; those of the original command if none is, and for the overview, whose
    /// columns they are.
    fn sections(&self) -> Sections {
        match self.sections {
            _ if self.layout.format.is_profile() => Sections::EMPTY.with(Section::Calls),
            _ if self.layout.what == What::Overview => Sections::ORIGINAL,
            Sections::EMPTY => Sections::ORIGINAL,
            asked => asked,
        }
    }

    fn add_user(&mut self, word: &OsStr) -> Result<(), String> {
        if word == OsStr::new("all") {
            self.layout.what = What::Everybody;
            return Ok(());
        }
        let user = user(word).ok_or("expected a number, a user's name, unset or all")?;
        match &mut self.layout.what {
            What::Everybody => {}
            What::Users(users) => drop(users.insert(user)),
            What::Overview => self.layout.what = What::Users(BTreeSet::from([user])),
        }
        Ok(())
    }

    fn add_section(&mut self, section: Section) {
        self.sections = self.sections.with(section);
    }

    /// Adds a test, or its value to the one there is of the same thing.
    fn add_test(&mut self, mut test: Test) {
        if !self.subject.tests.iter_mut().any(|own| own.absorb(&mut test)) {
            self.subject.tests.push(test);
        }
    }
}

/// The one value of a test that is a text.
fn text(word: &OsStr) -> BTreeSet<Vec<u8>> {
    BTreeSet::from([word.as_bytes().to_vec()])
}

/// The user id that a word stands for: a number, -1, `unset`, or a name that this machine knows.
fn user(word: &OsStr) -> Option<u32> {
    match word.to_str()? {
        "unset" | "-1" => Some(AUID_UNSET),
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok(),
        name => User::from_name(name).ok()?.map(|user| user.uid.as_raw()),
    }
}

fn time(word: &OsStr, end: End) -> Result<u64, String> {
    let seconds = word.to_str().and_then(|text| times::seconds(text, end, Local::now()));
    seconds.ok_or_else(|| {
        "expected now, recent, this-hour, today, yesterday, this-week, week-ago, this-month, \
         this-year, boot, seconds since the epoch, or a time such as 2026-11-22T13:08:05Z"
            .to_owned()
    })
}
