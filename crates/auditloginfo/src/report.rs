//! The report: text, records, JSON or a profile. This module sorts, selects and prints the counts;
//! it adds up only calls of the same name.
//!
//! ```
//! use auditloginfo::report::{self, Layout, Scope};
//! use auditloginfo::section::{Section, Sections};
//! use auditloginfo::tally::Tally;
//!
//! let mut tally = Tally::default();
//! tally.counts_mut(7005).files.add(b"/etc/motd");
//! let layout = Layout {
//!     scope: Scope::AllUsers,
//!     sections: Sections::EMPTY.with(Section::Files),
//!     ..Layout::default()
//! };
//! let mut out = Vec::new();
//! report::write(&tally, &layout, &mut out).unwrap();
//! assert_eq!(out, b"Audit report for AUID 7005\n\nFiles opened:\n    /etc/motd 1\n");
//! ```

mod absence;
mod diagnostics;
mod each;
mod machine;
mod overview;
mod profile;
mod text;

use crate::login_user::LoginUser;
use crate::section::{Section, Sections};
use crate::syscall_names::Syscall;
use crate::tally::{Counts, NameCounts, Tally};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::{self, Write};
use toolkit::escape::Escape;

pub use absence::Absence;
pub use diagnostics::report_diagnostics;
pub use each::EachPrinter;

/// The form of the report.
#[derive(Debug, Clone, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each one is an option of its own")]
pub struct Layout {
    /// The login users to report on.
    pub scope: Scope,
    /// The sections to print.
    pub sections: Sections,
    /// Whether files are listed by how they were opened.
    pub modes: bool,
    /// Whether only calls that failed are counted.
    pub failed: bool,
    /// The largest number of items to print in each section.
    pub top: Option<usize>,
    /// The output format.
    pub format: Format,
    /// How names are escaped, if an option says so.
    pub escape: Option<Escape>,
    /// Whether the logs are this host's own, so that its users are theirs.
    pub is_own: bool,
    /// Whether lines end with NUL.
    pub nul: bool,
    /// Whether tab-separated values have no heading.
    pub no_heading: bool,
    /// Whether items are listed one by one instead of counted.
    pub each: bool,
}

/// The login users to report on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// One line for each login user in the logs.
    #[default]
    Overview,
    /// A report for each login user in the logs.
    AllUsers,
    /// A report for each of these login users, even if the logs do not hold them.
    Users(BTreeSet<LoginUser>),
}

/// The output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Text for people.
    #[default]
    Text,
    /// Tab-separated values, one item per line.
    Tsv,
    /// JSON, one object per line and item.
    Jsonl,
    /// One JSON document.
    Json,
    /// A seccomp profile for OCI runtimes.
    Seccomp,
    /// A systemd drop-in.
    Systemd,
    /// The skeleton of an AppArmor profile.
    Apparmor,
}

impl Format {
    /// The values of `-o`.
    pub const WORDS: &'static [(&'static str, Format)] = &[
        ("tsv", Format::Tsv),
        ("jsonl", Format::Jsonl),
        ("JSON", Format::Json),
        ("seccomp", Format::Seccomp),
        ("systemd", Format::Systemd),
        ("apparmor", Format::Apparmor),
    ];

    /// Whether the format is a profile: one for all selected login users.
    #[must_use]
    pub fn is_profile(self) -> bool {
        matches!(self, Format::Seccomp | Format::Systemd | Format::Apparmor)
    }
}

/// One line of a section.
#[derive(Debug)]
struct Item<'a> {
    count: u64,
    /// The bytes of the name. A command has a NUL after each argument.
    name: Cow<'a, [u8]>,
    /// The architecture of a call, the mode of a file, how it changed, the call of an address, the
    /// directory of a command, the name of an error, or who denied access.
    detail: Cow<'a, [u8]>,
}

impl Item<'_> {
    /// The arguments of a command.
    fn argv(&self) -> Vec<&[u8]> {
        self.name
            .split_inclusive(|byte| *byte == 0)
            .map(|arg| arg.split_last().map_or(arg, |(_, arg)| arg))
            .collect()
    }

    /// The order of a report: descending by count, then descending by name, as the original sorts.
    fn cmp_names(&self, other: &Item<'_>) -> Ordering {
        (other.count.cmp(&self.count))
            .then_with(|| other.name.cmp(&self.name))
            .then_with(|| self.detail.cmp(&other.detail))
    }

    /// The same for commands, which are compared as they are printed: with blanks between their
    /// arguments.
    fn cmp_commands(&self, other: &Item<'_>) -> Ordering {
        (other.count.cmp(&self.count))
            .then_with(|| cmp_printed(&other.name, &self.name))
            .then_with(|| self.cmp_names(other))
    }
}

/// The order of two commands as they are printed. Long ones often differ at their ends only, so equal
/// pieces are compared as a whole.
fn cmp_printed(one: &[u8], other: &[u8]) -> Ordering {
    fn printed(piece: &[u8]) -> impl Iterator<Item = u8> {
        piece.iter().map(|byte| if *byte == 0 { b' ' } else { *byte })
    }
    let mut pieces = one.chunks(64).zip(other.chunks(64)).filter(|(one, other)| one != other);
    let order = pieces.find_map(|(one, other)| {
        Some(printed(one).cmp(printed(other))).filter(|order| order.is_ne())
    });
    order.unwrap_or(one.len().cmp(&other.len()))
}

impl Layout {
    fn escape(&self) -> Escape {
        self.escape.unwrap_or(if self.nul { Escape::Raw } else { Escape::Tty })
    }

    /// Writes the heading of tab-separated values, unless it is switched off.
    fn write_heading(&self, columns: &[&str], out: &mut impl Write) -> io::Result<()> {
        if self.format != Format::Tsv || self.no_heading {
            return Ok(());
        }
        out.write_all(columns.join("\t").as_bytes())?;
        out.write_all(&[self.line_end()])
    }

    /// The byte that ends a line.
    fn line_end(&self) -> u8 {
        if self.nul { 0 } else { b'\n' }
    }

    fn sections(&self) -> impl Iterator<Item = Section> {
        Section::ALL.into_iter().filter(|section| self.sections.has(*section))
    }

    /// The login users to report on in ascending order, each with its counts.
    fn users<'t>(&self, tally: &'t Tally) -> Vec<(LoginUser, Option<&'t Counts>)> {
        match &self.scope {
            Scope::Users(users) => users.iter().map(|user| (*user, tally.counts(*user))).collect(),
            _ => tally.users().into_iter().map(|(user, counts)| (user, Some(counts))).collect(),
        }
    }

    /// The items of a section in order. Text adds up calls of the same name on different
    /// architectures, as the original does; the formats for programs list them separately.
    fn items<'c>(&self, section: Section, counts: Option<&'c Counts>) -> Vec<Item<'c>> {
        let Some(counts) = counts else { return Vec::new() };
        let mut items = match section {
            Section::Calls if self.format == Format::Text => add_up(calls(counts)),
            Section::Calls => calls(counts),
            Section::Commands => commands(&counts.commands),
            Section::Privileged => commands(&counts.privileged),
            Section::Files => names(&counts.files),
            Section::Programs => commands(&counts.programs),
            Section::Changes => names(&counts.changes),
            Section::Addresses => names(&counts.addresses),
            Section::Sudo => names(&counts.sudo),
            Section::Errors => names(&counts.errors),
            Section::Denials => names(&counts.denials),
        };
        if section.has_arguments() {
            items.sort_unstable_by(Item::cmp_commands);
        } else {
            items.sort_unstable_by(Item::cmp_names);
        }
        items.truncate(self.top.unwrap_or(usize::MAX));
        items
    }
}

fn calls(counts: &Counts) -> Vec<Item<'_>> {
    let item = |(call, count): (Syscall, u64)| Item {
        count,
        name: bytes(call.name()),
        detail: bytes(call.arch_name()),
    };
    counts.calls.iter().map(item).collect()
}

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// Adds up items of the same name.
fn add_up(mut items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    items.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    items.dedup_by(|item, kept| {
        let is_same = item.name == kept.name;
        kept.count += if is_same { item.count } else { 0 };
        is_same
    });
    items
}

/// Items without a detail.
fn commands(names: &NameCounts) -> Vec<Item<'_>> {
    let item =
        |(name, count)| Item { count, name: Cow::Borrowed(name), detail: Cow::Borrowed(b"") };
    names.iter().map(item).collect()
}

/// Items whose name may be followed by a NUL and a detail.
fn names(names: &NameCounts) -> Vec<Item<'_>> {
    let items = names.iter().map(|(name, count)| {
        let (name, detail) = split_detail(name);
        Item { count, name: Cow::Borrowed(name), detail: Cow::Borrowed(detail) }
    });
    items.collect()
}

/// The name and the detail after its last NUL.
fn split_detail(item: &[u8]) -> (&[u8], &[u8]) {
    let (name, detail) = item.split_at(memchr::memrchr(0, item).unwrap_or(item.len()));
    (name, detail.get(1..).unwrap_or_default())
}

/// Whether the format is a profile and there is none, because no call was found that it would allow.
#[must_use]
pub fn lacks_profile(tally: &Tally, layout: &Layout) -> bool {
    layout.format.is_profile() && profile::is_empty(tally, layout)
}

/// Writes the report.
///
/// # Errors
/// The errors of `out`.
pub fn write(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    match (&layout.scope, layout.format) {
        _ if lacks_profile(tally, layout) => Ok(()),
        (_, Format::Seccomp) => profile::write_seccomp(tally, layout, out),
        (_, Format::Systemd) => profile::write_systemd(tally, layout, out),
        (_, Format::Apparmor) => profile::write_apparmor(tally, layout, out),
        (Scope::Overview, _) => overview::write(tally, layout, out),
        (_, Format::Text) => text::write(tally, layout, out),
        (_, Format::Json) => machine::write_document(tally, layout, out),
        (_, Format::Tsv | Format::Jsonl) => machine::write_lines(tally, layout, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formats_are_documented() {
        let path = test_support::repository("docs/formats.md");
        let text = std::fs::read_to_string(path).expect("the document");
        let text = text.split("\n## ").find(|part| part.starts_with("auditloginfo -o tsv"));
        let rows: Vec<_> = text.expect("a section").lines().collect();
        let is_listed = |cells: &str| rows.iter().any(|row| row.starts_with(cells));
        for section in Section::ALL {
            let cells = format!("| `{}` | `{}` |", section.kind(), section.key());
            assert!(is_listed(&cells), "{cells}");
        }
        let columns = rows.iter().filter_map(|row| row.strip_prefix("| ")?.split_once(" | "));
        let columns: Vec<_> = columns.flat_map(|(names, _)| names.split(", ")).collect();
        let all = [&machine::COLUMNS[..], &overview::COLUMNS, &each::COLUMNS];
        for column in all.into_iter().flatten() {
            assert!(columns.contains(&&*format!("`{column}`")), "{column}");
        }
    }

    #[test]
    fn commands_are_compared_as_they_are_printed() {
        let printed = |name: &[u8]| {
            name.iter().map(|byte| if *byte == 0 { b' ' } else { *byte }).collect::<Vec<_>>()
        };
        test_support::random_cases(200, |random| {
            let stem = vec![b'x'; random.usize(..200)];
            let mut name = || {
                let end =
                    std::iter::repeat_with(|| [0, b' ', b'!', b'x'][random.usize(..4)]).take(3);
                [stem.clone(), end.collect()].concat()
            };
            let (one, mut other) = (name(), name());
            other.truncate(random.usize(..=other.len()));
            for (one, other) in [(&one, &other), (&other, &one)] {
                assert_eq!(cmp_printed(one, other), printed(one).cmp(&printed(other)));
            }
        });
    }
}
