//! The types of record that are read here, by name and by number.

use crate::grammar::{Parsed, literal, whole};
use nom::Parser;
use nom::bytes::complete::take_till;
use nom::combinator::{map, opt};
use nom::sequence::{delimited, terminated};

/// A record's type; the numbers are those of `include/uapi/linux/audit.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordType {
    /// 1300: a system call, with the user and process that made it.
    Syscall,
    /// 1302: a file name that a system call used.
    Path,
    /// 1307: the working directory of a system call.
    Cwd,
    /// 1306: the socket address that a system call was given or returned.
    Sockaddr,
    /// 1309: the arguments of a command.
    Execve,
    /// 1326: a call that a seccomp filter acted on.
    Seccomp,
    /// 1336: an operation that `io_uring` carried out.
    Uringop,
    /// 1337: the flags that openat2 was called with.
    Openat2,
    /// 1400: an access that SELinux, AppArmor or Smack refused or noted.
    Avc,
    /// 1123: a command that sudo(8) was asked to run.
    UserCmd,
    /// 1107: an access that a program refused by SELinux's rules.
    UserAvc,
    /// 1502: an access that AppArmor's policy refuses, and that complain mode permitted; in logs of
    /// kernels up to 2.6.28.
    ApparmorAllowed,
    /// 1503: an access that AppArmor refused, in logs of the same kernels.
    ApparmorDenied,
    /// 1423: an access that Landlock refused.
    Landlock,
    /// 1420: a program or a file that IPE did not let run, or one that it let run and logs.
    Ipe,
    /// 1401: an error of SELinux, such as a change of domain that it refused.
    SelinuxErr,
    /// 1331: what a program that listens to fanotify(7), such as fapolicyd, decided about an access.
    Fanotify,
    /// Records that only add details to a system call, none of which is read here: process titles,
    /// descriptors, mappings, message queues, clocks, modules, the end mark.
    Detail,
    /// Every other type.
    Other,
}

impl RecordType {
    /// Every type.
    pub const ALL: [RecordType; 19] = [
        RecordType::Syscall,
        RecordType::Path,
        RecordType::Cwd,
        RecordType::Sockaddr,
        RecordType::Execve,
        RecordType::Seccomp,
        RecordType::Uringop,
        RecordType::Openat2,
        RecordType::Avc,
        RecordType::UserCmd,
        RecordType::UserAvc,
        RecordType::ApparmorAllowed,
        RecordType::ApparmorDenied,
        RecordType::Landlock,
        RecordType::Ipe,
        RecordType::SelinuxErr,
        RecordType::Fanotify,
        RecordType::Detail,
        RecordType::Other,
    ];

    /// The type of that name or number; `UNKNOWN[1336]` is a number too, written by an auditd that
    /// is older than the type.
    ///
    /// ```
    /// use sysparse::audit::RecordType;
    ///
    /// for name in ["URINGOP", "1336", "UNKNOWN[1336]"] {
    ///     assert_eq!(RecordType::from_name(name.as_bytes()), RecordType::Uringop);
    /// }
    /// assert_eq!(RecordType::from_name(b"USER_LOGIN"), RecordType::Other);
    /// ```
    #[must_use]
    pub fn from_name(name: &[u8]) -> Self {
        let number = delimited(literal(b"UNKNOWN["), take_till(|byte| byte == b']'), literal(b"]"));
        match whole(number, name).unwrap_or(name) {
            b"SYSCALL" | b"1300" => RecordType::Syscall,
            b"PATH" | b"1302" => RecordType::Path,
            b"CWD" | b"1307" => RecordType::Cwd,
            b"SOCKADDR" | b"1306" => RecordType::Sockaddr,
            b"EXECVE" | b"1309" => RecordType::Execve,
            b"SECCOMP" | b"1326" => RecordType::Seccomp,
            b"URINGOP" | b"1336" => RecordType::Uringop,
            b"OPENAT2" | b"1337" => RecordType::Openat2,
            b"AVC" | b"1400" => RecordType::Avc,
            b"USER_CMD" | b"1123" => RecordType::UserCmd,
            b"USER_AVC" | b"1107" => RecordType::UserAvc,
            b"APPARMOR_ALLOWED" | b"1502" => RecordType::ApparmorAllowed,
            b"APPARMOR_DENIED" | b"1503" => RecordType::ApparmorDenied,
            b"LANDLOCK_ACCESS" | b"1423" => RecordType::Landlock,
            b"IPE_ACCESS" | b"1420" => RecordType::Ipe,
            b"SELINUX_ERR" | b"1401" => RecordType::SelinuxErr,
            b"FANOTIFY" | b"1331" => RecordType::Fanotify,
            other if is_detail(other) => RecordType::Detail,
            _ => RecordType::Other,
        }
    }
}

/// `SYSCALL `: the type that a record begins with, and a blank.
pub(super) fn record_type(input: &[u8]) -> Parsed<'_, RecordType> {
    let name = map(take_till(|byte| byte == b' '), RecordType::from_name);
    terminated(name, opt(literal(b" "))).parse(input)
}

/// Whether the kernel writes records of that type only after a SYSCALL record.
fn is_detail(word: &[u8]) -> bool {
    matches!(
        word,
        b"PROCTITLE"
            | b"1327"
            | b"MMAP"
            | b"1323"
            | b"EOE"
            | b"1320"
            | b"FD_PAIR"
            | b"1317"
            | b"SOCKETCALL"
            | b"1304"
            | b"IPC"
            | b"1303"
            | b"IPC_SET_PERM"
            | b"1311"
            | b"MQ_OPEN"
            | b"1312"
            | b"MQ_SENDRECV"
            | b"1313"
            | b"MQ_NOTIFY"
            | b"1314"
            | b"MQ_GETSETATTR"
            | b"1315"
            | b"OBJ_PID"
            | b"1318"
            | b"BPRM_FCAPS"
            | b"1321"
            | b"CAPSET"
            | b"1322"
            | b"KERN_MODULE"
            | b"1330"
            | b"TIME_INJOFFSET"
            | b"1332"
            | b"TIME_ADJNTPVAL"
            | b"1333"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_ends_before_a_blank() {
        for word in ["SYSCALL", "PATH", "CWD", "PROCTITLE", "SYSCALL2", ""] {
            let kind = RecordType::from_name(word.as_bytes());
            for rest in [&b"msg=audit(1.2:3): a"[..], b""] {
                let sample = [word.as_bytes(), b" ", rest].concat();
                assert_eq!(record_type(&sample), Ok((rest, kind)));
            }
            assert_eq!(record_type(word.as_bytes()), Ok((&b""[..], kind)));
        }
    }

    #[test]
    fn every_type_has_a_name_and_a_number() {
        for (name, number, kind) in [
            ("SYSCALL", 1300, RecordType::Syscall),
            ("PATH", 1302, RecordType::Path),
            ("CWD", 1307, RecordType::Cwd),
            ("SOCKADDR", 1306, RecordType::Sockaddr),
            ("EXECVE", 1309, RecordType::Execve),
            ("SECCOMP", 1326, RecordType::Seccomp),
            ("URINGOP", 1336, RecordType::Uringop),
            ("OPENAT2", 1337, RecordType::Openat2),
            ("AVC", 1400, RecordType::Avc),
            ("USER_CMD", 1123, RecordType::UserCmd),
            ("USER_AVC", 1107, RecordType::UserAvc),
            ("APPARMOR_ALLOWED", 1502, RecordType::ApparmorAllowed),
            ("APPARMOR_DENIED", 1503, RecordType::ApparmorDenied),
            ("LANDLOCK_ACCESS", 1423, RecordType::Landlock),
            ("IPE_ACCESS", 1420, RecordType::Ipe),
            ("SELINUX_ERR", 1401, RecordType::SelinuxErr),
            ("FANOTIFY", 1331, RecordType::Fanotify),
            ("PROCTITLE", 1327, RecordType::Detail),
            ("USER_LOGIN", 1112, RecordType::Other),
        ] {
            let number = std::format!("{number}");
            let unknown = std::format!("UNKNOWN[{number}]");
            for name in [name, &number, &unknown] {
                assert_eq!(RecordType::from_name(name.as_bytes()), kind, "{name}");
            }
        }
    }

    #[test]
    fn numbers_stand_for_names() {
        assert_eq!(RecordType::from_name(b"1300"), RecordType::Syscall);
        assert_eq!(RecordType::from_name(b"UNKNOWN[1336]"), RecordType::Uringop);
        assert_eq!(RecordType::from_name(b"UNKNOWN[1]"), RecordType::Other);
    }
}
