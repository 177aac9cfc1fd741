//! The report: text, tab-separated values or JSON. Nothing is computed here but the order.

mod doubts;
mod machine;
mod overview;
mod profile;
mod text;

use crate::section::{Section, Sections};
use crate::syscall_names::Call;
use crate::tally::{Counts, Names, Tally};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::{self, Write};
use toolkit::escape::Escape;

pub use doubts::tell_doubts;

/// What is reported, and how it looks.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// Whose report it is.
    pub what: What,
    /// The sections, in whatever order they were asked for.
    pub sections: Sections,
    /// Files are told apart by how they were opened.
    pub modes: bool,
    /// How many items of each section at most.
    pub top: Option<usize>,
    /// The form.
    pub format: Format,
    /// How names are made safe, if that was asked for.
    pub escape: Option<Escape>,
    /// Lines end with NUL.
    pub nul: bool,
}

/// Whose report it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum What {
    /// A line for each login user.
    #[default]
    Overview,
    /// A report for each login user that the logs hold.
    Everybody,
    /// A report for each of these, whether the logs hold them or not.
    Users(BTreeSet<u32>),
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// Tab-separated values, an item a line.
    Tsv,
    /// A JSON object an item, one a line.
    Jsonl,
    /// One JSON document.
    Json,
    /// The calls as a seccomp profile of OCI runtimes.
    Seccomp,
    /// The calls as a setting of systemd.
    Systemd,
}

impl Format {
    /// The words for `-o`.
    pub const WORDS: &'static [(&'static str, Format)] = &[
        ("tsv", Format::Tsv),
        ("jsonl", Format::Jsonl),
        ("JSON", Format::Json),
        ("seccomp", Format::Seccomp),
        ("systemd", Format::Systemd),
    ];

    /// Whether it is made of the calls of everybody asked for together.
    #[must_use]
    pub fn is_profile(self) -> bool {
        matches!(self, Format::Seccomp | Format::Systemd)
    }
}

/// One line of a section.
#[derive(Debug)]
struct Item<'a> {
    count: u64,
    /// The name's own bytes; of a command each argument with a NUL behind it.
    name: Cow<'a, [u8]>,
    /// The architecture of a call, where calls are told apart by it.
    detail: Cow<'a, str>,
}

impl Item<'_> {
    /// A command's arguments.
    fn argv(&self) -> Vec<&[u8]> {
        self.name
            .split_inclusive(|byte| *byte == 0)
            .map(|arg| arg.split_last().map_or(arg, |(_, arg)| arg))
            .collect()
    }

    /// The order of a report: most first, and then names from the last byte to the first.
    fn order(&self, other: &Item<'_>) -> Ordering {
        (other.count.cmp(&self.count))
            .then_with(|| other.name.cmp(&self.name))
            .then_with(|| self.detail.cmp(&other.detail))
    }

    /// The same of commands: they are compared as they are printed, with blanks between arguments.
    fn order_of_commands(&self, other: &Item<'_>) -> Ordering {
        fn printed(item: &Item<'_>) -> impl Iterator<Item = u8> {
            item.name.iter().map(|byte| if *byte == 0 { b' ' } else { *byte })
        }
        (other.count.cmp(&self.count))
            .then_with(|| printed(other).cmp(printed(self)))
            .then_with(|| self.order(other))
    }
}

impl Layout {
    fn escape(&self) -> Escape {
        self.escape.unwrap_or(if self.nul { Escape::Raw } else { Escape::Tty })
    }

    /// What ends a line.
    fn end(&self) -> u8 {
        if self.nul { 0 } else { b'\n' }
    }

    fn sections(&self) -> impl Iterator<Item = Section> {
        Section::ALL.into_iter().filter(|section| self.sections.has(*section))
    }

    /// The login users to report on, ascending, with what they did.
    fn users<'t>(&self, tally: &'t Tally) -> Vec<(u32, Option<&'t Counts>)> {
        match &self.what {
            What::Users(users) => users.iter().map(|auid| (*auid, tally.get(*auid))).collect(),
            _ => tally.users().into_iter().map(|(auid, counts)| (auid, Some(counts))).collect(),
        }
    }

    /// The items of a section in order. Text tells calls of the same name and other architectures
    /// as one, as the original does; machine output tells them apart.
    fn items<'c>(&self, section: Section, counts: Option<&'c Counts>) -> Vec<Item<'c>> {
        let Some(counts) = counts else { return Vec::new() };
        let mut items = match section {
            Section::Calls if self.format == Format::Text => merged(calls(counts)),
            Section::Calls => calls(counts),
            Section::Commands => commands(&counts.commands),
            Section::Privileged => commands(&counts.privileged),
            Section::Files => detailed(&counts.files),
            Section::Errors => detailed(&counts.errors),
            Section::Denials => detailed(&counts.denials),
        };
        if section.has_arguments() {
            items.sort_unstable_by(Item::order_of_commands);
        } else {
            items.sort_unstable_by(Item::order);
        }
        items.truncate(self.top.unwrap_or(usize::MAX));
        items
    }
}

fn calls(counts: &Counts) -> Vec<Item<'_>> {
    let item = |(call, count): (Call, u64)| {
        let name = match call.name() {
            Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
            Cow::Owned(name) => Cow::Owned(name.into_bytes()),
        };
        Item { count, name, detail: call.arch_name() }
    };
    counts.calls.iter().map(item).collect()
}

/// Adds up items of the same name.
fn merged(mut items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    items.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    items.dedup_by(|item, kept| {
        let is_same = item.name == kept.name;
        kept.count += if is_same { item.count } else { 0 };
        is_same
    });
    items
}

fn commands(names: &Names) -> Vec<Item<'_>> {
    let item = |(name, count)| Item { count, name: Cow::Borrowed(name), detail: Cow::Borrowed("") };
    names.iter().map(item).collect()
}

/// Names behind which a NUL and a detail may stand.
fn detailed(names: &Names) -> Vec<Item<'_>> {
    let split = |name| match memchr::memrchr(0, name) {
        Some(at) => (name.get(..at).unwrap_or(name), name.get(at + 1..).unwrap_or_default()),
        None => (name, &[][..]),
    };
    let items = names.iter().map(|(name, count)| {
        let (name, detail) = split(name);
        Item { count, name: Cow::Borrowed(name), detail: String::from_utf8_lossy(detail) }
    });
    items.collect()
}

/// Whether a profile was asked for and there is none, because there is no call that it would allow.
#[must_use]
pub fn lacks_profile(tally: &Tally, layout: &Layout) -> bool {
    layout.format.is_profile() && profile::is_empty(tally, layout)
}

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub fn write(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    match (&layout.what, layout.format) {
        _ if lacks_profile(tally, layout) => Ok(()),
        (_, Format::Seccomp) => profile::seccomp(tally, layout, out),
        (_, Format::Systemd) => profile::systemd(tally, layout, out),
        (What::Overview, _) => overview::write(tally, layout, out),
        (_, Format::Text) => text::write(tally, layout, out),
        (_, Format::Json) => machine::document(tally, layout, out),
        (_, Format::Tsv | Format::Jsonl) => machine::lines(tally, layout, out),
    }
}
