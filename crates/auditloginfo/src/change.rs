//! Which files a call changed, and how: by the call and by the role that each PATH record has in it.
//!
//! ```text
//! rename("a", "b")   PARENT PARENT DELETE(a) DELETE(b) CREATE(b)   moved-from a, removed b, moved-to b
//! open("a", O_TRUNC) NORMAL(a)                                     truncated a
//! ```
//!
//! A call that failed before it found the directory of a name leaves that name's role `UNKNOWN`. Kernels
//! before 3.13 write no roles; the order of their records tells them.
//!
//! Source: `audit_inode` and `audit_inode_child` in `kernel/auditsc.c` of Linux, and their callers.

mod several;

pub(crate) use several::SeveralOperations;

use sysparse::audit;

/// What a call changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It creates files.
    Create,
    /// It may create a file or truncate one.
    Open,
    /// It removes files.
    Remove,
    /// It moves files.
    Rename,
    /// It gives a file another name.
    Link,
    /// It creates a symbolic link.
    Symlink,
    /// It mounts at its first file.
    Mount,
    /// It mounts at its last file.
    MoveMount,
    /// It unmounts.
    Unmount,
    /// It sets the size of a file.
    Truncate,
    /// It sets the permissions of a file.
    Mode,
    /// It sets the owner of a file.
    Owner,
    /// It sets or removes an extended attribute, or attributes of the file system.
    Attributes,
    /// It executes its first file, which a profile of AppArmor must allow.
    Execute,
}

/// The effect on a file that is executed.
pub(crate) const EXECUTED: &str = "executed";

impl Change {
    /// What the call of that name changes; `None` if it changes no file.
    pub(crate) fn for_call(name: &str) -> Option<Change> {
        Some(match name {
            "mkdir" | "mkdirat" | "mknod" | "mknodat" | "bind" => Change::Create,
            "open" | "openat" | "openat2" | "open_by_handle_at" | "creat" | "mq_open" => {
                Change::Open
            }
            "unlink" | "unlinkat" | "rmdir" | "mq_unlink" => Change::Remove,
            "rename" | "renameat" | "renameat2" => Change::Rename,
            "link" | "linkat" => Change::Link,
            "symlink" | "symlinkat" => Change::Symlink,
            "mount" => Change::Mount,
            "move_mount" => Change::MoveMount,
            "umount" | "umount2" => Change::Unmount,
            "truncate" | "truncate64" | "ftruncate" | "ftruncate64" => Change::Truncate,
            "chmod" | "fchmod" | "fchmodat" | "fchmodat2" => Change::Mode,
            "chown" | "chown32" | "lchown" | "lchown32" | "fchown" | "fchown32" | "fchownat" => {
                Change::Owner
            }
            "setxattr" | "lsetxattr" | "fsetxattr" | "setxattrat" | "removexattr"
            | "lremovexattr" | "fremovexattr" | "removexattrat" | "file_setattr" => {
                Change::Attributes
            }
            _ => return None,
        })
    }

    /// How the call changed each of its files, given their roles in the order of their PATH records;
    /// `None` for a file that it did not change. `truncates` tells whether an open truncates.
    pub(crate) fn effects(self, roles: &[&[u8]], truncates: bool) -> Vec<Option<&'static str>> {
        let is_target = |role: &&&[u8]| **role != b"PARENT";
        match self {
            Change::Rename => renamed(roles),
            Change::Mount | Change::MoveMount | Change::Execute => {
                let mut targets = roles.iter().enumerate().filter(|(_, role)| is_target(role));
                let target =
                    if self == Change::MoveMount { targets.next_back() } else { targets.next() };
                let target = target.map(|(place, _)| place);
                let name = if self == Change::Execute { EXECUTED } else { "mounted" };
                let effect = |place| (Some(place) == target).then_some(name);
                (0..roles.len()).map(effect).collect()
            }
            _ => roles.iter().map(|role| self.effect(role, truncates)).collect(),
        }
    }

    /// How the call changed one file.
    fn effect(self, role: &[u8], truncates: bool) -> Option<&'static str> {
        match (self, role) {
            (_, b"PARENT") => None,
            (Change::Create | Change::Open, b"CREATE") => Some("created"),
            (Change::Open, b"NORMAL") => truncates.then_some("truncated"),
            (Change::Remove, b"DELETE") => Some("removed"),
            (Change::Link | Change::Symlink, b"CREATE") => Some("linked"),
            (Change::Unmount, _) => Some("unmounted"),
            (Change::Truncate, _) => Some("truncated"),
            (Change::Mode, _) => Some("mode"),
            (Change::Owner, _) => Some("owner"),
            (Change::Attributes, _) => Some("attributes"),
            _ => None,
        }
    }

    /// What the call failed to do with each of its files: as [`Change::effects`], and where a name has
    /// no role, what the call does with a name at that place.
    pub(crate) fn attempts(self, roles: &[&[u8]], truncates: bool) -> Vec<Option<&'static str>> {
        let mut effects = self.effects(roles, truncates);
        for (place, effect) in effects.iter_mut().enumerate() {
            let is_unknown = roles.get(place).is_some_and(|role| *role == UNKNOWN);
            if effect.is_none() && is_unknown {
                *effect = self.attempt(place);
            }
        }
        effects
    }

    /// What the call does with the name that it has at that place.
    fn attempt(self, place: usize) -> Option<&'static str> {
        match (self, place) {
            (Change::Create, 0) => Some("created"),
            (Change::Remove, 0) => Some("removed"),
            (Change::Rename, 0) => Some("moved-from"),
            (Change::Rename, 1) => Some("moved-to"),
            (Change::Link | Change::Symlink, 1) => Some("linked"),
            _ => None,
        }
    }

    /// The roles of the files in `count` PATH records without roles. Kernels before 3.13 write the
    /// directories first, then what is deleted, and last what is created.
    pub(crate) fn roles_by_order(self, count: usize) -> Vec<&'static [u8]> {
        let last: &[&'static [u8]] = match self {
            // With a name that is overwritten, or without.
            Change::Rename if count > 4 => &[b"DELETE", b"DELETE", b"CREATE"],
            Change::Rename => &[b"DELETE", b"CREATE"],
            Change::Remove => &[b"DELETE"],
            Change::Open if count < 2 => &[b"NORMAL"],
            Change::Create | Change::Open | Change::Link | Change::Symlink => &[b"CREATE"],
            _ => return vec![b"NORMAL"; count],
        };
        let parents = std::iter::repeat_n(&b"PARENT"[..], count.saturating_sub(last.len()));
        parents.chain(last.iter().copied()).take(count).collect()
    }

    /// Whether a file with that role can be changed, for an open that may truncate and a call that may
    /// have failed.
    pub(crate) fn may_change(self, role: &[u8]) -> bool {
        use Change::{Execute, Link, Mount, MoveMount, Rename, Symlink};
        matches!(self, Rename | Mount | MoveMount | Link | Symlink | Execute)
            || self.effect(role, true).is_some()
            || role == UNKNOWN && self.attempt(0).is_some()
            || role.is_empty()
    }
}

/// The role of a name whose directory the call did not find.
const UNKNOWN: &[u8] = b"UNKNOWN";

/// How a rename changed its files. It deletes the old name and creates the new one. A further name that
/// it deletes is overwritten; if it creates two, it exchanged them.
fn renamed(roles: &[&[u8]]) -> Vec<Option<&'static str>> {
    let moved = roles.iter().filter(|role| **role == b"CREATE").count().max(1);
    let mut deleted = 0;
    let effect = |role: &&[u8]| match *role {
        b"CREATE" => Some("moved-to"),
        b"DELETE" => {
            deleted += 1;
            Some(if deleted <= moved { "moved-from" } else { "removed" })
        }
        _ => None,
    };
    roles.iter().map(effect).collect()
}

/// The descriptors in the arguments of a call: those of the directories at which its names start, or
/// that of the file itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Descriptors {
    /// For the old name of a rename.
    pub(crate) old: Option<i32>,
    /// For every other name.
    pub(crate) new: Option<i32>,
    /// Whether the descriptor is that of the file.
    pub(crate) is_file: bool,
    /// Whether the name is that of a message queue, which is in no directory of the process.
    pub(crate) is_queue: bool,
}

impl Descriptors {
    /// Those of the call of that name.
    pub(crate) fn for_call(name: &str, record: &audit::SyscallRecord<'_>) -> Descriptors {
        let at = |index| descriptor(record, index);
        let default = Descriptors::default();
        let both = |descriptor| Descriptors { old: descriptor, new: descriptor, ..default };
        match name {
            "renameat" | "renameat2" => Descriptors { old: at(0), new: at(2), ..default },
            "symlinkat" => both(at(1)),
            "linkat" | "move_mount" => both(at(2)),
            "openat" | "openat2" | "open_by_handle_at" | "mkdirat" | "mknodat" | "unlinkat"
            | "fchmodat" | "fchmodat2" | "fchownat" | "setxattrat" | "removexattrat"
            | "file_setattr" | "execveat" => both(at(0)),
            "ftruncate" | "ftruncate64" | "fchmod" | "fchown" | "fchown32" | "fsetxattr"
            | "fremovexattr" => Descriptors { is_file: true, ..both(at(0)) },
            "mq_open" | "mq_unlink" => Descriptors { is_queue: true, ..default },
            _ => default,
        }
    }

    /// The descriptor for a file that is changed in that way.
    pub(crate) fn get(self, effect: &str) -> Option<i32> {
        if effect == "moved-from" { self.old } else { self.new }
    }
}

/// The `dirfd` that stands for the working directory, from `fcntl.h`.
const AT_FDCWD: i32 = -100;

/// The descriptor in an argument; `None` for the working directory.
pub(crate) fn descriptor(record: &audit::SyscallRecord<'_>, argument: u8) -> Option<i32> {
    // A descriptor is an int, so the upper half of the register has no meaning.
    let [a, b, c, d, ..] = record.argument(argument)?.to_le_bytes();
    Some(i32::from_le_bytes([a, b, c, d])).filter(|descriptor| *descriptor != AT_FDCWD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(call: &str, roles: &str, truncates: bool) -> String {
        let roles: Vec<_> = roles.split(' ').map(str::as_bytes).collect();
        let change = Change::for_call(call).expect("a call that changes files");
        let effects = change.effects(&roles, truncates);
        effects.iter().map(|effect| effect.unwrap_or("-")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_call_and_the_roles_of_its_files_say_what_changed() {
        for (call, roles, wanted) in [
            ("mkdir", "PARENT CREATE", "- created"),
            ("openat", "PARENT CREATE", "- created"),
            ("openat", "NORMAL", "truncated"),
            ("bind", "PARENT CREATE", "- created"),
            ("unlinkat", "PARENT DELETE", "- removed"),
            ("unlink", "PARENT UNKNOWN", "- -"),
            ("rename", "PARENT PARENT DELETE CREATE", "- - moved-from moved-to"),
            ("rename", "PARENT PARENT DELETE DELETE CREATE", "- - moved-from removed moved-to"),
            ("renameat2", "DELETE DELETE CREATE CREATE", "moved-from moved-from moved-to moved-to"),
            ("link", "NORMAL PARENT CREATE", "- - linked"),
            ("symlinkat", "UNKNOWN PARENT CREATE", "- - linked"),
            ("mount", "NORMAL NORMAL", "mounted -"),
            ("move_mount", "NORMAL NORMAL", "- mounted"),
            ("umount2", "NORMAL", "unmounted"),
            ("ftruncate", "NORMAL", "truncated"),
            ("fchmodat2", "NORMAL", "mode"),
            ("lchown", "NORMAL", "owner"),
            ("removexattrat", "NORMAL", "attributes"),
        ] {
            assert_eq!(effects(call, roles, true), wanted, "{call}");
        }
        assert_eq!(effects("open", "NORMAL", false), "-");
        assert_eq!([Change::for_call("read"), Change::for_call("stat")], [None; 2]);
    }

    #[test]
    fn a_call_that_failed_at_the_directory_names_what_it_was_to_change() {
        for (call, roles, wanted) in [
            ("unlink", "UNKNOWN", "removed"),
            ("unlinkat", "PARENT DELETE", "- removed"),
            ("mkdir", "UNKNOWN", "created"),
            ("rename", "UNKNOWN UNKNOWN", "moved-from moved-to"),
            ("renameat2", "PARENT UNKNOWN", "- moved-to"),
            ("link", "UNKNOWN", "-"),
            ("linkat", "UNKNOWN UNKNOWN", "- linked"),
            ("symlink", "UNKNOWN PARENT", "- -"),
            ("mq_open", "UNKNOWN", "-"),
            ("openat", "UNKNOWN", "-"),
            ("chmod", "UNKNOWN", "mode"),
        ] {
            let roles: Vec<_> = roles.split(' ').map(str::as_bytes).collect();
            let change = Change::for_call(call).expect("a call that changes files");
            let attempts = change.attempts(&roles, true);
            let attempts: Vec<_> = attempts.iter().map(|effect| effect.unwrap_or("-")).collect();
            assert_eq!(attempts.join(" "), wanted, "{call}");
        }
    }

    #[test]
    fn the_order_of_records_without_roles_tells_them() {
        for (call, count, wanted) in [
            ("mkdir", 2, "PARENT CREATE"),
            ("open", 2, "PARENT CREATE"),
            ("open", 1, "NORMAL"),
            ("unlink", 2, "PARENT DELETE"),
            ("unlink", 1, "DELETE"),
            ("rename", 4, "PARENT PARENT DELETE CREATE"),
            ("rename", 5, "PARENT PARENT DELETE DELETE CREATE"),
            ("rename", 2, "DELETE CREATE"),
            ("rename", 1, "DELETE"),
            ("link", 3, "PARENT PARENT CREATE"),
            ("symlink", 3, "PARENT PARENT CREATE"),
            ("mount", 2, "NORMAL NORMAL"),
        ] {
            let change = Change::for_call(call).expect("a call that changes files");
            let roles: Vec<_> =
                change.roles_by_order(count).into_iter().map(std::str::from_utf8).collect();
            let roles: Vec<_> = roles.into_iter().map(|role| role.expect("ASCII")).collect();
            assert_eq!(roles.join(" "), wanted, "{call}");
        }
    }

    #[test]
    fn a_file_whose_role_rules_a_change_out_is_never_changed() {
        let roles = [&b"PARENT"[..], b"NORMAL", b"CREATE", b"DELETE", b"UNKNOWN", b""];
        for call in ["mkdir", "open", "rmdir", "rename", "link", "mount", "chmod"] {
            let change = Change::for_call(call).expect("a call that changes files");
            for role in roles.into_iter().filter(|role| !change.may_change(role)) {
                assert_eq!(change.attempts(&[role], true), [None], "{call}");
            }
        }
    }
}
