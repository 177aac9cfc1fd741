//! Which fields of a denial are shown, and in which order.
//!
//! Sources: `security/lsm_audit.c`, `security/selinux/avc.c`, `security/apparmor/*.c`,
//! `security/smack/smack_access.c`, `security/ipe/audit.c`, `security/landlock/audit.c` and
//! `kernel/auditsc.c` of Linux for what the kernel writes; dbus-daemon, systemd, the X server and
//! Android for what programs write; capabilities(7).

use sysparse::audit::AccessControl;

/// The fields of a denial that are shown: words by their place, then facts with their names.
pub(super) struct Layout {
    pub(super) words: &'static [Word],
    pub(super) facts: &'static [&'static str],
}

/// A word of a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Word {
    /// The value of the first of these fields that the record has.
    Field(&'static [&'static str]),
    /// SELinux's permissions.
    Permissions,
    /// The name of a capability.
    Capability,
    /// The name of a system call, and its architecture.
    Call,
}

impl Layout {
    /// Whether a field of that name can be part of a line.
    pub(super) fn shows(&self, name: &[u8]) -> bool {
        let is_in = |names: &[&str]| names.iter().any(|each| each.as_bytes() == name);
        is_in(self.facts) || self.words.iter().any(|word| is_in(word.field_names()))
    }
}

impl Word {
    fn field_names(self) -> &'static [&'static str] {
        match self {
            Word::Field(names) => names,
            Word::Permissions => &[],
            Word::Capability => &["capability", "capname"],
            Word::Call => &["arch", "syscall"],
        }
    }
}

/// The layout for denials of one access control.
pub(super) fn get(access_control: AccessControl) -> &'static Layout {
    match access_control {
        AccessControl::Selinux => &SELINUX,
        AccessControl::Apparmor => &APPARMOR,
        AccessControl::Smack => &SMACK,
        AccessControl::Ipe => &IPE,
        AccessControl::Landlock => &LANDLOCK,
        AccessControl::Seccomp => &SECCOMP,
        AccessControl::Fanotify => &FANOTIFY,
    }
}

#[rustfmt::skip]
const SELINUX: Layout = Layout {
    words: &[
        Word::Field(&["scontext", "oldcontext"]), Word::Field(&["tcontext", "newcontext"]),
        Word::Field(&["tclass"]),
        Word::Permissions, Word::Field(&["path", "name"]), Word::Capability,
    ],
    facts: &[
        "ioctlcmd", "src", "dest", "saddr", "daddr", "laddr", "lport", "faddr", "fport", "netif",
        "msgtype", "interface", "member",
        "function", "property", "service", "request", "restype", "xdevice", "kmod", "key_desc",
        "anonclass", "lockdown_reason", "nl-msgtype", "pkey", "subnet_prefix", "device", "port_num",
        "srawcon", "trawcon", "app", "reason", "taskcontext",
    ],
};

#[rustfmt::skip]
const APPARMOR: Layout = Layout {
    words: &[
        Word::Field(&["profile", "label"]), Word::Field(&["operation"]),
        Word::Field(&["denied_mask", "denied", "mask"]), Word::Field(&["name"]), Word::Capability,
    ],
    facts: &[
        "target", "family", "sock_type", "protocol", "addr", "peer_addr", "laddr", "lport", "faddr",
        "fport", "signal", "peer", "fstype", "srcname", "flags", "rlimit", "value", "bus", "path",
        "interface", "member", "peer_label",
        "name2", "options", "trans", "namespace", "info",
    ],
};

const SMACK: Layout = Layout {
    words: &[
        Word::Field(&["subject"]),
        Word::Field(&["object"]),
        Word::Field(&["requested"]),
        Word::Field(&["path", "name"]),
    ],
    facts: &["fn", "opid", "ocomm", "saddr", "src", "daddr", "dest", "netif"],
};

const IPE: Layout = Layout {
    words: &[Word::Field(&["ipe_op"]), Word::Field(&["path"])],
    facts: &["ipe_hook", "rule"],
};

const LANDLOCK: Layout = Layout {
    words: &[Word::Field(&["blockers"]), Word::Field(&["path", "name"])],
    facts: &["saddr", "src", "daddr", "dest", "ocomm", "ioctlcmd"],
};

/// The record does not name the file; `fan_info` is the number of the rule.
const FANOTIFY: Layout =
    Layout { words: &[], facts: &["resp", "fan_type", "fan_info", "subj_trust", "obj_trust"] };

/// Kernels up to 3.16 write neither `exe=` nor `arch=`.
const SECCOMP: Layout = Layout { words: &[Word::Field(&["exe", "comm"]), Word::Call], facts: &[] };

/// Whether users choose the text of a field, so that the kernel writes it in hexadecimal where it
/// would be ambiguous.
pub(super) fn is_user_text(name: &str) -> bool {
    USER_TEXT.contains(&name)
}

#[rustfmt::skip]
const USER_TEXT: [&str; 23] = [
    "profile", "label", "peer", "peer_label", "namespace", "name", "name2", "path", "target", "srcname",
    "fstype", "options", "trans", "addr", "peer_addr", "exe", "comm", "ocomm", "kmod", "key_desc", "trawcon",
    "subject", "object",
];

/// The capabilities by number: `include/uapi/linux/capability.h`.
#[rustfmt::skip]
pub(super) const CAPABILITIES: [&str; 41] = [
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
    "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
    "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
    "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
    "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
    "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
];
