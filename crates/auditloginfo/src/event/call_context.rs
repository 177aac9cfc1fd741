//! What the SYSCALL record of an event says about the other records of the event.

use crate::call_class::{CallClass, OpenCall, OpenFlags};
use crate::change::{self, Change};
use crate::filter::Filter;
use crate::login_user::LoginUser;
use crate::section::{Collect, Section};
use crate::socket_call;
use crate::syscall_names::{Arch, Syscall};
use std::borrow::Cow;
use sysparse::audit::{self, Record, Value};

/// What the SYSCALL record of an event says about the other records of the event. Fields that
/// nothing needs are not read and stay empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallContext {
    /// The login user for whom the event counts; `None` if it does not count.
    pub(super) user: Option<LoginUser>,
    pub(super) call: Syscall,
    pub(super) class: CallClass,
    /// The number of PATH records of the event.
    pub(super) paths: u64,
    /// Whether the call succeeded; `None` if it never returned, as exit(2).
    pub(super) success: Option<bool>,
    /// The file descriptor of the directory at which relative names start, unless that is the working
    /// directory.
    pub(super) dirfd: Option<i32>,
    /// The flags with which a file was opened, if they are an argument of the call.
    pub(super) flags: Option<u64>,
    /// The number of the error that the call returned.
    pub(super) error: Option<i64>,
    /// Whether another login user than root made the call with effective user id 0.
    pub(super) is_privileged: bool,
    /// What the call changes.
    pub(super) change: Option<Change>,
    /// Whether the event has a socket address.
    pub(super) address: AddressState,
    /// The first argument of socketcall(2), which says what it does.
    pub(super) socket_call: u8,
    /// The fingerprint of the SYSCALL record.
    pub(super) fingerprint: u32,
}

/// Whether an event has a SOCKADDR record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressState {
    /// It has none that counts.
    None,
    /// It can have one.
    Awaited,
    /// It has one, which is counted.
    Counted,
}

/// The call that stands for an operation of the kernel. A URINGOP record holds no architecture; the
/// names of errors are nearly the same on all.
const OPERATION: Syscall = Syscall { arch: Arch::new(0xc000_003e), number: 426 };

/// `O_CREAT | O_WRONLY`: the flags of creat(2). It also truncates, but that need not be printed.
const CREAT_FLAGS: u64 = 0o101;

impl CallContext {
    /// The context without the details.
    #[inline]
    pub(super) fn new(
        record: &audit::SyscallRecord<'_>,
        call: Syscall,
        class: CallClass,
        user: Option<LoginUser>,
        fingerprint: u32,
    ) -> CallContext {
        CallContext {
            user,
            call,
            class,
            paths: record.items,
            success: record.success,
            dirfd: None,
            flags: None,
            error: None,
            is_privileged: false,
            change: None,
            address: AddressState::None,
            socket_call: 0,
            fingerprint,
        }
    }

    /// The context of an `io_uring` operation that no system call carried out, from its URINGOP
    /// record.
    pub(super) fn for_operation(record: &Record<'_>, filter: &Filter, collect: Collect) -> Self {
        let success = record.field(b"success").and_then(|word| match word.raw() {
            b"yes" => Some(true),
            b"no" => Some(false),
            _ => None,
        });
        let failed = success == Some(false) && collect.sections.has(Section::Errors);
        let exit = || record.field(b"exit").and_then(Value::integer);
        CallContext {
            user: filter.includes_operation(record, success).then_some(LoginUser::Unknown),
            call: OPERATION,
            class: CallClass::IoUring,
            paths: 0,
            success,
            dirfd: None,
            flags: None,
            error: failed.then(exit).flatten().map(i64::wrapping_neg),
            is_privileged: false,
            change: None,
            address: AddressState::Awaited,
            socket_call: 0,
            fingerprint: 0,
        }
    }

    /// Adds the details that are collected.
    #[inline(never)]
    pub(super) fn add_details(&mut self, record: &audit::SyscallRecord<'_>, collect: Collect) {
        let open_call = self.class.open_call();
        let failed = self.success == Some(false) && collect.sections.has(Section::Errors);
        self.dirfd =
            open_call.filter(|_| collect.absolute).and_then(|open_call| dirfd(record, open_call));
        self.flags = open_call
            .filter(|_| collect.needs_flags())
            .and_then(|open_call| flags(record, open_call));
        self.error = failed.then(|| record.exit()).flatten().map(i64::wrapping_neg);
        if collect.sections.has(Section::Changes) {
            self.change = socket_call::address_call(self.call, record).and_then(Change::for_call);
            if collect.apparmor && self.class == CallClass::Execute {
                self.change = Some(Change::Execute);
            }
        }
        self.is_privileged = collect.sections.has(Section::Privileged)
            && record.auid != 0
            && record.euid() == Some(0);
    }

    /// Sets that the event can have a socket address.
    #[inline(never)]
    pub(super) fn expect_address(&mut self, record: &audit::SyscallRecord<'_>) {
        self.address = AddressState::Awaited;
        if self.call.known_name() == Some(socket_call::MULTIPLEXER) {
            self.socket_call = socket_call::multiplexed_number(record);
        }
    }

    /// The name of the call that has the address.
    pub(super) fn address_call(&self) -> Cow<'static, str> {
        let multiplexed = socket_call::multiplexed_name(self.socket_call);
        multiplexed.map_or_else(|| self.call.name(), Cow::Borrowed)
    }

    /// Whether EXECVE records of the event are a command of the call.
    pub(super) fn may_execute(&self) -> bool {
        matches!(self.class, CallClass::Execute | CallClass::Unknown)
    }

    /// Whether the flags are in an OPENAT2 record.
    pub(super) fn has_flags_in_record(&self) -> bool {
        self.class.open_call().is_some_and(|open_call| open_call.flags == OpenFlags::Openat2Record)
    }
}

/// The descriptor in the first argument of a call that takes one.
fn dirfd(record: &audit::SyscallRecord<'_>, open_call: OpenCall) -> Option<i32> {
    open_call.has_dirfd.then(|| change::descriptor(record, 0)).flatten()
}

fn flags(record: &audit::SyscallRecord<'_>, open_call: OpenCall) -> Option<u64> {
    match open_call.flags {
        OpenFlags::Argument(number) => record.argument(number),
        OpenFlags::Creat => Some(CREAT_FLAGS),
        OpenFlags::Openat2Record => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::section::Sections;

    fn context(body: &str, number: i64) -> CallContext {
        let line = format!(
            "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall={number} success=no {body} \
             items=1 ppid=1 pid=2 auid=7 euid=0"
        );
        let record = audit::record(line.as_bytes()).expect("well-formed").expect("a record");
        let record = audit::SyscallRecord::parse(&record).expect("a call");
        let call = Syscall { arch: Arch::new(record.arch), number: record.number };
        let collect =
            Collect { sections: Sections::ALL, absolute: true, modes: true, ..Collect::default() };
        let mut context =
            CallContext::new(&record, call, CallClass::for_call(call), Some(LoginUser::Id(7)), 0);
        context.add_details(&record, collect);
        context
    }

    #[test]
    fn a_dirfd_counts_unless_it_stands_for_the_working_directory() {
        assert_eq!(context("a0=4", 257).dirfd, Some(4));
        assert_eq!(context("a0=ffffff9c", 257).dirfd, None);
        assert_eq!(context("a0=ffffffffffffff9c", 257).dirfd, None);
        assert_eq!(context("a0=4", 2).dirfd, None);
    }

    #[test]
    fn the_flags_are_in_the_argument_that_the_call_defines() {
        assert_eq!(context("a0=1 a1=2 a2=3", 2).flags, Some(2));
        assert_eq!(context("a0=1 a1=2 a2=3", 257).flags, Some(3));
        assert_eq!(context("a0=1 a1=2 a2=3", 304).flags, Some(3));
        assert_eq!(context("a0=1 a1=2 a2=3", 85).flags, Some(0o101));
        assert_eq!(context("a0=1 a1=2 a2=3", 437).flags, None);
    }

    #[test]
    fn the_error_is_the_negated_result() {
        assert_eq!(context("exit=-13", 2).error, Some(13));
        assert!(context("exit=-13", 2).is_privileged);
    }
}
