//! The skeleton of an AppArmor profile.
//!
//! ```text
//! #include <tunables/global>
//!
//! profile /usr/sbin/maild {
//!   #include <abstractions/base>
//!
//!   capability net_bind_service,
//!
//!   "/tmp/#[0-9]*" rw,
//!   /etc/maild.conf r,
//!   /usr/sbin/maild mrix,
//!   "/var/spool/my mail/box" w,
//! }
//! ```
//!
//! See apparmor.d(5).

use super::files::{Access, Files};
use crate::tally::Counts;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// What a profile allows.
#[derive(Debug)]
pub(super) struct Rules<'a> {
    /// Files with their permissions.
    pub(super) files: Files<'a>,
    /// Capabilities and sockets.
    others: BTreeSet<&'a str>,
}

impl<'a> Rules<'a> {
    pub(super) fn collect<I: Iterator<Item = &'a Counts>>(counts: impl Fn() -> I) -> Rules<'a> {
        let mut files = Files::collect(&counts, |_| true);
        for (program, _) in counts().flat_map(|counts| counts.programs.iter()) {
            files.add(program, Access { executes: true, maps: true, ..Access::default() });
        }
        let others = counts().flat_map(|counts| counts.denials.iter());
        let others = others.filter_map(|(rule, _)| std::str::from_utf8(rule).ok()).collect();
        Rules { files, others }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.opened.is_empty() && self.files.unnamed.is_empty() && self.others.is_empty()
    }

    /// The name of the profile: the program, if it is the only one. The profile then applies to it.
    fn name(&self) -> &str {
        let mut programs = self.files.opened.iter().filter(|(_, access)| access.maps);
        match (programs.next(), programs.next()) {
            (Some((program, _)), None) if is_plain(program) => program,
            _ => "auditloginfo",
        }
    }

    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "#include <tunables/global>\n\nprofile {} {{", self.name())?;
        writeln!(out, "  #include <abstractions/base>\n")?;
        for rule in &self.others {
            writeln!(out, "  {rule},")?;
        }
        let has_files = !self.files.opened.is_empty() || !self.files.unnamed.is_empty();
        if !self.others.is_empty() && has_files {
            writeln!(out)?;
        }
        for (directory, access) in &self.files.unnamed {
            let name = quote_word(directory, UNNAMED_FILE);
            writeln!(out, "  {name} {},", permissions(directory, *access))?;
        }
        for (name, access) in &self.files.opened {
            writeln!(out, "  {} {},", quote(name), permissions(name, *access))?;
        }
        writeln!(out, "}}")
    }
}

/// What AppArmor calls a file without a name in its directory: `#` and the number of the inode.
const UNNAMED_FILE: &str = "#[0-9]*";

/// The permissions of a file. A program or script runs under the same profile (`ix`); a program and what
/// is loaded as a library are also mapped (`m`).
fn permissions(name: &str, access: Access) -> String {
    let is_library = name.as_bytes().ends_with(b".so") || name.contains(".so.");
    let letters = [
        (access.maps || access.reads && is_library, "m"),
        (access.executes || access.reads, "r"),
        (access.writes, "w"),
        (access.links, "l"),
        (access.executes, "ix"),
    ];
    letters.into_iter().filter(|(has, _)| *has).map(|(_, letter)| letter).collect()
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._+-".contains(&byte))
}

/// The name as one word that matches nothing else. A backslash before a quote would end the word
/// later, so both become octal numbers.
fn quote(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { quote_word(name, "") }
}

/// The name and a pattern in quotes.
fn quote_word(name: &str, pattern: &str) -> String {
    let mut word = String::from("\"");
    for character in name.chars() {
        match character {
            '\\' => word.push_str("\\134"),
            '"' => word.push_str("\\042"),
            '*' | '?' | '[' | ']' | '{' | '}' => word.extend(['\\', character]),
            _ => word.push(character),
        }
    }
    word.push_str(pattern);
    word.push('"');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_so_that_it_matches_only_itself() {
        assert_eq!(quote("/lib/libstdc++.so.6"), "/lib/libstdc++.so.6");
        assert_eq!(quote("/a b,"), "\"/a b,\"");
        assert_eq!(quote("/@{A}*?[x]"), "\"/@\\{A\\}\\*\\?\\[x\\]\"");
        assert_eq!(quote_word("/a*/", UNNAMED_FILE), "\"/a\\*/#[0-9]*\"");
        assert_eq!(quote("/a\"\\"), "\"/a\\042\\134\"");
    }

    #[test]
    fn permissions_follow_from_how_a_file_was_used() {
        let default = Access::default();
        let reads = Access { reads: true, ..default };
        let executes = Access { executes: true, ..default };
        assert_eq!(permissions("/etc/a", reads), "r");
        assert_eq!(permissions("/etc/a", Access { writes: true, ..reads }), "rw");
        assert_eq!(permissions("/etc/a", Access { links: true, ..default }), "l");
        assert_eq!(permissions("/lib/a.so.1", reads), "mr");
        assert_eq!(permissions("/bin/a", Access { maps: true, ..executes }), "mrix");
        assert_eq!(permissions("/bin/a.sh", executes), "rix");
    }
}
