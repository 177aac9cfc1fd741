//! A systemd drop-in.
//!
//! ```text
//! [Service]
//! SystemCallArchitectures=x86-64
//! SystemCallErrorNumber=ENOSYS
//! SystemCallFilter=close execve exit exit_group openat read restart_syscall rt_sigreturn sigreturn socket
//! RestrictAddressFamilies=AF_INET AF_UNIX
//! ProtectSystem=strict
//! ReadWritePaths="-/var/spool/my mail"
//! ```
//!
//! See systemd.exec(5) for the settings and systemd.syntax(7) for quotes.

use super::files::{Access, Files};
use crate::item::address_families;
use crate::syscall_names::Syscall;
use crate::tally::{Counts, SocketFamilies};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

/// The directories that `ProtectSystem=strict` leaves writable.
const ALWAYS_WRITABLE: [&str; 3] = ["/dev", "/proc", "/sys"];

/// The files that were opened for writing or changed.
pub(super) fn written_files<'a, I: Iterator<Item = &'a Counts>>(
    counts: impl Fn() -> I,
) -> Files<'a> {
    Files::collect(counts, |access: Access| access.writes || access.changes_entry)
}

/// Writes the drop-in. `files` are the written ones; `None` if the log names no file at all.
pub(super) fn write(
    calls: &BTreeSet<Syscall>,
    families: SocketFamilies,
    files: Option<&Files<'_>>,
    out: &mut impl Write,
) -> io::Result<()> {
    let architectures: BTreeSet<_> = calls.iter().filter_map(|call| call.systemd_arch()).collect();
    let names = super::allowed_names(calls);
    writeln!(out, "[Service]")?;
    if !architectures.is_empty() {
        writeln!(out, "SystemCallArchitectures={}", join(architectures))?;
    }
    writeln!(out, "SystemCallErrorNumber=ENOSYS\nSystemCallFilter={}", join(names))?;
    if let Some(families) = allowed_families(families) {
        writeln!(out, "RestrictAddressFamilies={}", join(families))?;
    }
    let Some(files) = files else { return Ok(()) };
    writeln!(out, "ProtectSystem=strict")?;
    for directory in directories(files) {
        writeln!(out, "ReadWritePaths={}", quote(directory))?;
    }
    Ok(())
}

/// The families that sockets may have; `None` if the log does not say all of them, or if there was no
/// socket: then the filter allows no call that creates one.
fn allowed_families(families: SocketFamilies) -> Option<BTreeSet<&'static str>> {
    let is_known = !families.is_empty() && families.missing == 0;
    let names: BTreeSet<_> = families.iter().filter_map(address_families::name).collect();
    let names = if names.is_empty() { BTreeSet::from(["none"]) } else { names };
    is_known.then_some(names)
}

fn join(words: BTreeSet<&str>) -> String {
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// The directory of a file. A directory whose own entry stays as it is stands for itself.
fn directory(name: &str, access: Access) -> &str {
    let path = name.trim_end_matches('/');
    let is_itself = path.len() < name.len() && !access.changes_entry;
    let directory =
        if is_itself { path } else { path.rsplit_once('/').map_or("", |(above, _)| above) };
    if directory.is_empty() { "/" } else { directory }
}

/// The directory of each file, and the file.
fn pairs<'f>(files: &'f Files<'_>) -> impl Iterator<Item = (&'f str, &'f str)> {
    let opened = files.opened.iter().chain(&files.unnamed);
    opened.map(|(name, access)| (directory(name, *access), &**name))
}

/// A file because of which the whole file system is writable.
pub(super) fn file_in_root<'f>(files: &'f Files<'_>) -> Option<&'f str> {
    pairs(files).find(|(directory, _)| *directory == "/").map(|(_, name)| name)
}

/// The directories of the files, without those below another one.
fn directories<'f>(files: &'f Files<'_>) -> BTreeSet<&'f str> {
    let all: BTreeSet<_> = pairs(files).map(|(directory, _)| directory).collect();
    let is_covered = |directory: &&str| {
        ALWAYS_WRITABLE.contains(directory)
            || ancestors(directory)
                .any(|above| all.contains(above) || ALWAYS_WRITABLE.contains(&above))
    };
    all.iter().copied().filter(|directory| !is_covered(directory)).collect()
}

/// The directories above an absolute one.
fn ancestors(directory: &str) -> impl Iterator<Item = &str> {
    Path::new(directory).ancestors().skip(1).filter_map(Path::to_str)
}

/// One word of a setting: `-` lets the directory be missing, and `%` would begin a specifier.
fn quote(directory: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if directory.bytes().all(is_plain) {
        return format!("-{directory}");
    }
    let escaped = directory.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    format!("\"-{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_quoted_so_that_it_stays_one_word() {
        assert_eq!(quote("/var/lib/a-b"), "-/var/lib/a-b");
        assert_eq!(quote("/a b"), "\"-/a b\"");
        assert_eq!(quote("/%n \"\\"), "\"-/%%n \\\"\\\\\"");
    }

    #[test]
    fn a_directory_stands_for_itself_unless_its_own_entry_changes() {
        let mut counts = Counts::default();
        counts.files.add(b"/tmp/\0rwxu");
        counts.changes.add(b"/srv/a/\0mode");
        counts.changes.add(b"/srv/b/c/\0created");
        let files = written_files(|| std::iter::once(&counts));
        assert_eq!(Vec::from_iter(directories(&files)), ["/srv/a", "/srv/b", "/tmp"]);
        assert_eq!(file_in_root(&files), None);
        counts.changes.add(b"/new/\0created");
        let files = written_files(|| std::iter::once(&counts));
        assert_eq!(Vec::from_iter(directories(&files)), ["/"]);
        assert_eq!(file_in_root(&files), Some("/new/"));
        assert_eq!(directory("/", Access::default()), "/");
        assert_eq!(directory("/x", Access::default()), "/");
    }

    #[test]
    fn a_directory_below_another_one_is_not_listed() {
        let mut counts = Counts::default();
        for name in [
            "/srv/a/x",
            "/srv/a/b/",
            "/srv/a/b/c/y",
            "/srv/a-b/z",
            "/dev/null",
            "/dev/shm/s",
            "/proc/1/x",
        ] {
            counts.files.add(format!("{name}\0w").as_bytes());
        }
        let directories_of = |counts: &Counts| {
            let files = written_files(|| std::iter::once(counts));
            directories(&files).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(directories_of(&counts), ["/srv/a", "/srv/a-b"]);
        counts.files.add(b"/new\0cw");
        assert_eq!(directories_of(&counts), ["/"]);
    }
}
