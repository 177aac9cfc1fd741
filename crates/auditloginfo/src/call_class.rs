//! Classes of system calls: which calls open a file or execute a command.

use crate::syscall_names::{Arch, Syscall};
use std::ops::Range;

/// What a call does with the other records of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallClass {
    /// The call opens a file, which a PATH record names.
    Open(OpenCall),
    /// The call executes a command, which EXECVE records hold.
    Execute,
    /// The call submits `io_uring` operations. URINGOP records tell whether one opens a file.
    IoUring,
    /// A call without a known name. It may execute a command.
    Unknown,
    /// Any other call.
    Other,
}

/// The arguments of a call that opens a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenCall {
    /// Whether the first argument is a `dirfd`: the directory at which relative names start.
    pub(crate) has_dirfd: bool,
    /// Where the open flags are.
    pub(crate) flags: OpenFlags,
}

/// Where the flags of a call that opens a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenFlags {
    /// In the argument of that number, from 0.
    Argument(u8),
    /// The call is creat(2), which has no flags argument.
    Creat,
    /// In the OPENAT2 record of the event.
    Openat2Record,
}

impl CallClass {
    /// The class of a call, by the name of the call.
    pub(crate) fn for_call(call: Syscall) -> CallClass {
        let open = |has_dirfd, flags| CallClass::Open(OpenCall { has_dirfd, flags });
        match call.known_name() {
            Some("open") => open(false, OpenFlags::Argument(1)),
            Some("creat") => open(false, OpenFlags::Creat),
            Some("openat" | "open_by_handle_at") => open(true, OpenFlags::Argument(2)),
            Some("openat2") => open(true, OpenFlags::Openat2Record),
            Some("execve" | "execveat") => CallClass::Execute,
            Some("io_uring_enter") => CallClass::IoUring,
            Some(_) => CallClass::Other,
            None => CallClass::Unknown,
        }
    }

    /// Whether other records than PATH belong to the call.
    #[inline]
    pub(crate) fn is_open_without_path(self) -> bool {
        matches!(self, CallClass::Execute | CallClass::IoUring | CallClass::Unknown)
    }

    /// How the call opens a file, if it does.
    pub(crate) fn open_call(self) -> Option<OpenCall> {
        match self {
            CallClass::Open(open_call) => Some(open_call),
            _ => None,
        }
    }
}

/// The classes of calls in tables: the names need not be compared for each call.
#[derive(Debug, Default)]
pub(crate) struct CallClasses {
    /// For each architecture of the log the classes by the number of the call.
    tables: Vec<(Arch, Vec<CallClass>)>,
}

/// The numbers in a table, fewer under Miri. Only mips and x32 have calls with larger numbers.
const TABLE_NUMBERS: Range<i64> = 0..if cfg!(miri) { 4 } else { 512 };

impl CallClasses {
    /// The class of a call.
    #[inline]
    pub(crate) fn get(&mut self, call: Syscall) -> CallClass {
        let table = self.tables.iter().find(|(arch, _)| *arch == call.arch);
        let class = table.and_then(|(_, classes)| classes.get(usize::try_from(call.number).ok()?));
        class.copied().unwrap_or_else(|| self.look_up(call))
    }

    #[cold]
    fn look_up(&mut self, call: Syscall) -> CallClass {
        let is_new = self.tables.iter().all(|(arch, _)| *arch != call.arch);
        if is_new && call.is_arch_known() {
            let calls = TABLE_NUMBERS.map(|number| Syscall { number, ..call });
            self.tables.push((call.arch, calls.map(CallClass::for_call).collect()));
        }
        CallClass::for_call(call)
    }
}

/// Whether the `io_uring` operation of that number opens a file: `IORING_OP_OPENAT` and
/// `IORING_OP_OPENAT2` of `include/uapi/linux/io_uring.h`.
pub(crate) fn uring_operation_opens(operation: u64) -> bool {
    matches!(operation, 18 | 28)
}

/// The call that does the same as the `io_uring` operation of that number, if the operation changes a
/// file or has a socket address.
pub(crate) fn uring_operation_name(operation: u64) -> Option<&'static str> {
    Some(match operation {
        9 => "sendmsg",
        10 => "recvmsg",
        13 => "accept",
        16 => "connect",
        18 => "openat",
        28 => "openat2",
        35 => "renameat",
        36 => "unlinkat",
        37 => "mkdirat",
        38 => "symlinkat",
        39 => "linkat",
        41 => "fsetxattr",
        42 => "setxattr",
        55 => "ftruncate",
        56 => "bind",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arch: u64, number: i64) -> Syscall {
        Syscall { arch: Arch::new(arch), number }
    }

    #[test]
    fn the_class_follows_from_the_name_on_each_architecture() {
        let open = |has_dirfd, flags| CallClass::Open(OpenCall { has_dirfd, flags });
        let mut classes = CallClasses::default();
        for (arch, number, class) in [
            (0xc000_003e, 257, open(true, OpenFlags::Argument(2))),
            (0x4000_0003, 5, open(false, OpenFlags::Argument(1))),
            (0x4000_0003, 8, open(false, OpenFlags::Creat)),
            (0xc000_00b7, 437, open(true, OpenFlags::Openat2Record)),
            (0xc000_003e, 322, CallClass::Execute),
            (0xc000_003e, 426, CallClass::IoUring),
            (0xc000_003e, 3, CallClass::Other),
            (0xc000_003e, 5, CallClass::Other),
        ] {
            let call = call(arch, number);
            assert_eq!((CallClass::for_call(call), classes.get(call)), (class, class));
        }
    }
}
