//! The files that a profile names: those that the log shows to be opened or executed, each with how.
//!
//! Audited users choose the names. One that could end a line of a profile, or whose directory the log
//! does not tell, is left out and counted.

use crate::change::EXECUTED;
use crate::item::file::UNNAMED;
use crate::report::split_detail;
use crate::tally::Counts;
use std::collections::{BTreeMap, BTreeSet};
use toolkit::escape::escape_control;

/// What was done to a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each one is a use of its own")]
pub(super) struct Access {
    pub(super) reads: bool,
    pub(super) writes: bool,
    /// Whether it was executed, also as a script.
    pub(super) executes: bool,
    /// Whether it is the program that ran.
    pub(super) maps: bool,
    /// Whether it became another name of a file.
    pub(super) links: bool,
    /// Whether the directory that holds it was written to, because it was created, removed or renamed.
    pub(super) changes_entry: bool,
}

impl Access {
    /// Parses the mode of a file in a tally; `None` if it is unknown.
    fn parse(mode: &[u8]) -> Option<Access> {
        let has = |letters: &[u8]| mode.iter().any(|letter| letters.contains(letter));
        (!mode.is_empty()).then(|| Access {
            reads: has(b"r"),
            writes: has(b"wcta"),
            changes_entry: has(b"c"),
            ..Access::default()
        })
    }

    /// What a change needs.
    fn for_change(effect: &[u8]) -> Access {
        let default = Access::default();
        match effect {
            _ if effect == EXECUTED.as_bytes() => Access { executes: true, ..default },
            b"linked" => Access { links: true, changes_entry: true, ..default },
            // AppArmor asks whether what is moved may be read.
            b"moved-from" => Access { reads: true, writes: true, changes_entry: true, ..default },
            _ => Access { writes: true, changes_entry: !IN_PLACE.contains(&effect), ..default },
        }
    }

    fn add(&mut self, other: Access) {
        self.reads |= other.reads;
        self.writes |= other.writes;
        self.executes |= other.executes;
        self.maps |= other.maps;
        self.links |= other.links;
        self.changes_entry |= other.changes_entry;
    }
}

/// The files that were opened or executed, by their absolute names.
#[derive(Debug, Default)]
pub(super) struct Files<'a> {
    pub(super) opened: BTreeMap<String, Access>,
    /// The directories in which files without a name were created, each with a slash at its end, and how
    /// these files were opened.
    pub(super) unnamed: BTreeMap<String, Access>,
    /// Names that hold control characters or bytes that are not UTF-8, or are too long for a path.
    unprintable: BTreeSet<&'a [u8]>,
    /// Names whose directory is unknown.
    without_directory: BTreeSet<&'a [u8]>,
    /// Names of files of which it is unknown how they were opened.
    without_mode: BTreeSet<&'a [u8]>,
}

/// The changes of a place that write to no file.
const MOUNTS: [&[u8]; 2] = [b"mounted", b"unmounted"];

/// The changes that leave the directory of a file as it is.
const IN_PLACE: [&[u8]; 4] = [b"truncated", b"mode", b"owner", b"attributes"];

/// The size from which a name is too long for a path: `PATH_MAX` of `include/uapi/linux/limits.h`.
const PATH_MAX: usize = 4096;

impl<'a> Files<'a> {
    /// The files whose access is needed: those that were opened, and those that were changed.
    pub(super) fn collect<I: Iterator<Item = &'a Counts>>(
        counts: impl Fn() -> I,
        is_needed: impl Fn(Access) -> bool,
    ) -> Files<'a> {
        let mut files = Files::default();
        for (file, _) in counts().flat_map(|counts| counts.changes.iter()) {
            let (name, effect) = split_detail(file);
            let access = Access::for_change(effect);
            if !MOUNTS.contains(&effect) && is_needed(access) {
                files.add(name, access);
            }
        }
        for (file, _) in counts().flat_map(|counts| counts.files.iter()) {
            let (name, mode) = split_detail(file);
            match Access::parse(mode) {
                Some(access) if !is_needed(access) => {}
                Some(access) if mode.ends_with(&[UNNAMED]) => files.add_unnamed(name, access),
                Some(access) => files.add(name, access),
                None => drop(files.without_mode.insert(name)),
            }
        }
        files
    }

    pub(super) fn add(&mut self, name: &'a [u8], access: Access) {
        if let Some(path) = self.path(name) {
            self.opened.entry(path).or_default().add(access);
        }
    }

    fn add_unnamed(&mut self, directory: &'a [u8], access: Access) {
        if let Some(path) = self.path(directory) {
            self.unnamed.entry(path).or_default().add(access);
        }
    }

    /// The name as it can stand in a profile. Otherwise it is left out.
    fn path(&mut self, name: &'a [u8]) -> Option<String> {
        let Some(text) = printable(name) else {
            self.unprintable.insert(name);
            return None;
        };
        let path = normalize(text);
        if path.is_none() {
            self.without_directory.insert(name);
        }
        path
    }

    /// The number of files that are left out for each reason.
    pub(super) fn left_out(&self) -> [(usize, &'static str); 3] {
        [
            (
                self.unprintable.len(),
                "the name has control characters, is not UTF-8 or is too long",
            ),
            (self.without_directory.len(), "the log does not say in which directory"),
            (self.without_mode.len(), "the log does not say how they were opened"),
        ]
    }
}

/// The name as text, if it can stand in a profile.
pub(super) fn printable(name: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(name).ok().filter(|text| text.len() < PATH_MAX)?;
    (escape_control(name) == text).then_some(text)
}

/// The absolute name without empty components and `.`; `None` if it is relative or has `..`, which
/// leads out of a symbolic link to an unknown place. A slash at the end stays: it stands for a
/// directory.
fn normalize(name: &str) -> Option<String> {
    let components = name.strip_prefix('/')?.split('/');
    let mut path = String::with_capacity(name.len());
    for component in components.filter(|component| !matches!(*component, "" | ".")) {
        if component == ".." {
            return None;
        }
        path.push('/');
        path.push_str(component);
    }
    if name.ends_with('/') {
        path.push('/');
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_absolute_and_has_no_needless_components() {
        for (name, wanted) in [
            ("/", Some("/")),
            ("/a", Some("/a")),
            ("//a/./b/", Some("/a/b/")),
            ("/a/../b", None),
            ("a", None),
            ("", None),
            ("[fd 4]/a", None),
        ] {
            assert_eq!(normalize(name).as_deref(), wanted, "{name}");
        }
    }

    #[test]
    fn a_file_is_opened_in_all_ways_of_its_records() {
        let mut counts = Counts::default();
        for file in ["/a\0r", "/./a\0cwx", "/b\0rw", "c\0r", "/d\ne\0w", "/f\0", "/t/\0rwxu"] {
            counts.files.add(file.as_bytes());
        }
        counts.changes.add(b"/c/d\0created");
        counts.changes.add(b"/c/e/\0mode");
        counts.changes.add(b"/mnt\0mounted");
        counts.changes.add(b"/old\0moved-from");
        counts.changes.add(b"/new\0linked");
        counts.changes.add(b"/a.sh\0executed");
        let files = Files::collect(|| std::iter::once(&counts), |_| true);
        let default = Access::default();
        let access =
            |reads, changes_entry| Access { reads, writes: true, changes_entry, ..default };
        let wanted = [
            ("/a", access(true, true)),
            ("/a.sh", Access { executes: true, ..default }),
            ("/b", access(true, false)),
            ("/c/d", access(false, true)),
            ("/c/e/", access(false, false)),
            ("/new", Access { links: true, changes_entry: true, ..default }),
            ("/old", access(true, true)),
        ];
        assert_eq!(files.opened, wanted.map(|(name, access)| (name.to_owned(), access)).into());
        let unnamed = [("/t/".to_owned(), access(true, false))];
        assert_eq!(files.unnamed, unnamed.into());
        assert_eq!(files.left_out().map(|(count, _)| count), [1, 1, 1]);
    }

    #[test]
    fn a_name_that_could_end_a_line_cannot_stand_in_a_profile() {
        for name in
            [&b"/a\nb"[..], b"/a\x1b", b"/\xff", b"/\xc2\x85", b"/\xe2\x80\xae", &[b'/'; 4096]]
        {
            assert_eq!(printable(name), None);
        }
        assert_eq!(printable("/ä %\"\\".as_bytes()), Some("/ä %\"\\"));
    }
}
