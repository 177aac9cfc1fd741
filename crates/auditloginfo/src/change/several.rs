//! Which files the `io_uring` operations of one event changed, if there are several.
//!
//! A program can submit several operations with one `io_uring_enter(2)`. The PATH records of all of them
//! follow its SYSCALL record, and nothing says to which operation a PATH record belongs. Its role and the
//! set of operations do, and where a rename or a link is among them, the inode: that of its old name is
//! that of its new one.
//!
//! ```text
//! openat unlinkat     NORMAL(a) PARENT DELETE(b)                a opened, b removed
//! renameat unlinkat   PARENT DELETE(a) CREATE(b) DELETE(c)      a moved-from, b moved-to, c removed
//! ```
//!
//! Source: `__audit_uring_exit` in `kernel/auditsc.c` of Linux.

use super::{Change, UNKNOWN};
use std::collections::BTreeSet;
use sysparse::audit::Path;

/// The files in the PATH records of an event with several operations.
pub(crate) struct SeveralOperations<'a> {
    /// The calls that do the same as the operations.
    operations: &'a [&'static str],
    /// The inodes and devices of files with the roles `CREATE`, `DELETE` and `NORMAL`.
    created: BTreeSet<FileId<'a>>,
    deleted: BTreeSet<FileId<'a>>,
    normal: BTreeSet<FileId<'a>>,
}

type FileId<'a> = (&'a [u8], &'a [u8]);

impl<'a> SeveralOperations<'a> {
    pub(crate) fn new(operations: &'a [&'static str], paths: &[Path<'a>]) -> Self {
        let with_role = |role: &[u8]| {
            let paths = paths.iter().filter(|path| path.nametype() == role);
            paths.filter_map(Path::file_id).collect()
        };
        SeveralOperations {
            operations,
            created: with_role(b"CREATE"),
            deleted: with_role(b"DELETE"),
            normal: with_role(b"NORMAL"),
        }
    }

    fn has(&self, change: Change) -> bool {
        self.operations.iter().any(|name| Change::for_call(name) == Some(change))
    }

    /// How the operations changed a file; `None` if they did not. What may be a change counts as one.
    pub(crate) fn effect(&self, path: &Path<'_>, truncates: bool) -> Option<&'static str> {
        match path.nametype() {
            b"PARENT" | UNKNOWN => None,
            b"DELETE" => self.deletion(path),
            b"CREATE" => self.creation(path),
            _ if is_unnamed(path) => self.change_by_descriptor(),
            _ if self.has(Change::Open) && truncates => Some("truncated"),
            _ => self.operations.contains(&"setxattr").then_some("attributes"),
        }
    }

    /// The same for operations that failed.
    pub(crate) fn attempt(&self, path: &Path<'_>, truncates: bool) -> Option<&'static str> {
        if path.nametype() != UNKNOWN {
            return self.effect(path, truncates);
        }
        let mut changes = self.operations.iter().filter_map(|name| Change::for_call(name));
        changes.find_map(|change| change.attempt(0))
    }

    fn deletion(&self, path: &Path<'_>) -> Option<&'static str> {
        let is_moved = path.file_id().is_some_and(|id| self.created.contains(&id));
        let (moves, removes) = (self.has(Change::Rename), self.has(Change::Remove));
        // A rename that failed created no name.
        let is_only_name = !removes && self.deleted.is_disjoint(&self.created);
        if moves && (is_moved || is_only_name) {
            return Some("moved-from");
        }
        (moves || removes).then_some("removed")
    }

    fn creation(&self, path: &Path<'_>) -> Option<&'static str> {
        let is_in =
            |files: &BTreeSet<FileId<'_>>| path.file_id().is_some_and(|id| files.contains(&id));
        let moves = self.has(Change::Rename);
        let links = self.has(Change::Link) || self.has(Change::Symlink);
        let creates = self.has(Change::Create) || self.has(Change::Open);
        if moves && is_in(&self.deleted) {
            return Some("moved-to");
        }
        if links && (is_in(&self.normal) || !creates) {
            return Some("linked");
        }
        if creates { Some("created") } else { moves.then_some("moved-to") }
    }

    /// What the operations did to a file of which they had the descriptor.
    fn change_by_descriptor(&self) -> Option<&'static str> {
        let is_set = self.operations.contains(&"fsetxattr").then_some("attributes");
        if self.has(Change::Truncate) { Some("truncated") } else { is_set }
    }

    /// Whether an operation may have opened the file: not one that was deleted, moved or linked, nor a
    /// directory that was created.
    pub(crate) fn may_have_opened(&self, path: &Path<'_>) -> bool {
        match path.nametype() {
            b"PARENT" | b"DELETE" => false,
            b"CREATE" => !path.is_directory() && self.creation(path) == Some("created"),
            _ => true,
        }
    }
}

/// Whether a call had the descriptor of the file instead of a name.
fn is_unnamed(path: &Path<'_>) -> bool {
    path.name.is_null() || path.name.text().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    /// The effect on each file in `files`: its role, and its inode or `?`; `*` if it may have been opened.
    fn effects(operations: &[&'static str], files: &str, failed: bool) -> String {
        let lines = files.split(' ').map(|file| {
            let (role, inode) = file.split_once(':').unwrap_or((file, "?"));
            let (inode, mode) = inode.strip_suffix('d').map_or((inode, "0100644"), |id| (id, "040755"));
            let (role, name) = role.strip_prefix('-').map_or((role, "\"x\""), |role| (role, "(null)"));
            let inode = if inode == "?" { String::new() } else { format!(" inode={inode} dev=fe:00") };
            format!(
                "type=PATH msg=audit(1.000:1): item=0 name={name}{inode} mode={mode} nametype={role}"
            )
        });
        let lines: Vec<_> = lines.collect();
        let records = lines.iter().map(|line| audit::record(line.as_bytes()));
        let records = records.map(|record| record.expect("sound").expect("a record"));
        let paths: Vec<_> = records.map(|record| Path::parse(&record).expect("a name")).collect();
        let several = SeveralOperations::new(operations, &paths);
        let effect = |path: &Path<'_>| {
            let effect =
                if failed { several.attempt(path, false) } else { several.effect(path, false) };
            let opened = if several.may_have_opened(path) { "*" } else { "" };
            format!("{}{opened}", effect.unwrap_or("-"))
        };
        paths.iter().map(effect).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_role_of_a_file_and_the_operations_say_what_changed() {
        for (operations, files, wanted) in [
            (&["openat", "unlinkat"][..], "NORMAL:1 PARENT:2 DELETE:3", "-* - removed"),
            (&["openat", "unlinkat"], "PARENT:1 CREATE:2 DELETE:3", "- created* removed"),
            (&["openat", "mkdirat"], "CREATE:1 CREATE:2d", "created* created"),
            (&["openat", "setxattr"], "NORMAL:1 -NORMAL:2", "attributes* -*"),
            (&["openat", "fsetxattr"], "NORMAL:1 -NORMAL:2", "-* attributes*"),
            (&["fsetxattr", "ftruncate"], "-NORMAL:2", "truncated*"),
            (&["openat", "renameat"], "DELETE:1 CREATE:1 CREATE:2", "moved-from moved-to created*"),
            (&["openat", "renameat"], "DELETE:1 DELETE:2 CREATE:1", "moved-from removed moved-to"),
            (
                &["renameat", "unlinkat"],
                "DELETE:1 CREATE:1 DELETE:2",
                "moved-from moved-to removed",
            ),
            (&["renameat", "unlinkat"], "DELETE CREATE DELETE", "removed moved-to removed"),
            (&["openat", "linkat"], "NORMAL:1 CREATE:1 CREATE:2", "-* linked created*"),
            (&["linkat", "unlinkat"], "NORMAL:1 CREATE:2 DELETE:3", "-* linked removed"),
            (&["openat", "ftruncate"], "NORMAL:1 DELETE:2 CREATE:3", "-* - created*"),
            (&["ftruncate", "setxattr"], "DELETE:2 CREATE:3", "- -"),
        ] {
            assert_eq!(effects(operations, files, false), wanted, "{operations:?} {files}");
        }
    }

    #[test]
    fn operations_that_failed_were_to_change_files() {
        for (operations, files, wanted) in [
            (&["openat", "unlinkat"][..], "UNKNOWN DELETE:1", "removed* removed"),
            (&["openat", "renameat"], "DELETE:1", "moved-from"),
            (&["openat", "ftruncate"], "UNKNOWN", "-*"),
        ] {
            assert_eq!(effects(operations, files, true), wanted, "{operations:?} {files}");
        }
        assert_eq!(effects(&["openat", "unlinkat"], "UNKNOWN", false), "-*");
    }

    #[test]
    fn an_open_that_truncates_does_so_with_the_files_that_were_there() {
        let line = b"type=PATH msg=audit(1.000:1): item=0 name=\"x\" nametype=NORMAL";
        let record = audit::record(line).expect("sound").expect("a record");
        let path = Path::parse(&record).expect("a name");
        let effect = |operations| SeveralOperations::new(operations, &[path]).effect(&path, true);
        assert_eq!(effect(&["openat2", "unlinkat"]), Some("truncated"));
        assert_eq!(effect(&["mkdirat", "unlinkat"]), None);
    }
}
