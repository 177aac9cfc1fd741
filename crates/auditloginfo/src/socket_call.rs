//! System calls whose event holds a socket address.
//!
//! Sources: the callers of `move_addr_to_kernel` and `move_addr_to_user` in `net/socket.c` of Linux, and
//! `include/uapi/linux/net.h` for the numbers of socketcall(2).

use crate::call_class::CallClass;
use crate::syscall_names::Syscall;
use sysparse::audit;

/// The call that makes the calls of [`MULTIPLEXED`].
pub(crate) const MULTIPLEXER: &str = "socketcall";

/// The calls that socketcall(2) makes, by its first argument, from 1.
const MULTIPLEXED: [&str; 20] = [
    "socket",
    "bind",
    "connect",
    "listen",
    "accept",
    "getsockname",
    "getpeername",
    "socketpair",
    "send",
    "recv",
    "sendto",
    "recvfrom",
    "shutdown",
    "setsockopt",
    "getsockopt",
    "sendmsg",
    "recvmsg",
    "accept4",
    "recvmmsg",
    "sendmmsg",
];

/// The call that socketcall(2) makes, by its number.
pub(crate) fn multiplexed_name(number: u8) -> Option<&'static str> {
    MULTIPLEXED.get(usize::from(number.checked_sub(1)?)).copied()
}

/// The number of the call that socketcall(2) makes, its first argument; 0 if there is none.
pub(crate) fn multiplexed_number(record: &audit::SyscallRecord<'_>) -> u8 {
    record.argument(0).and_then(|number| u8::try_from(number).ok()).unwrap_or_default()
}

/// The name of the call, or of that which socketcall(2) makes, if it is known.
pub(crate) fn address_call(
    call: Syscall,
    record: &audit::SyscallRecord<'_>,
) -> Option<&'static str> {
    match call.known_name() {
        Some(MULTIPLEXER) => multiplexed_name(multiplexed_number(record)).or(Some(MULTIPLEXER)),
        name => name,
    }
}

/// Whether the event of a call can hold a socket address; also that of a call without a known name.
#[inline(never)]
pub(crate) fn may_have_address(call: Syscall, class: CallClass) -> bool {
    match class {
        CallClass::IoUring | CallClass::Unknown => true,
        CallClass::Open(_) | CallClass::Execute => false,
        CallClass::Other => {
            call.known_name().is_some_and(|name| name == MULTIPLEXER || has_address(name))
        }
    }
}

/// Whether the call creates sockets of the family in its first argument. The arguments of socketcall(2)
/// are in memory.
pub(crate) fn creates_socket(call: Syscall) -> bool {
    matches!(call.known_name(), Some("socket" | "socketpair"))
}

/// Whether the event of the call of that name can hold a socket address.
pub(crate) fn has_address(name: &str) -> bool {
    matches!(
        name,
        "bind"
            | "connect"
            | "accept"
            | "accept4"
            | "getsockname"
            | "getpeername"
            | "sendto"
            | "recvfrom"
            | "sendmsg"
            | "recvmsg"
            | "sendmmsg"
            | "recvmmsg"
            | "recvmmsg_time64"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socketcall_makes_the_call_that_its_argument_says() {
        assert_eq!(multiplexed_name(3), Some("connect"));
        assert_eq!(multiplexed_name(20), Some("sendmmsg"));
        assert_eq!([0, 21, u8::MAX].map(multiplexed_name), [None; 3]);
    }
}
