//! Tables of calls that the `syscalls` crate lacks.
//!
//! Sources: `arch/s390/kernel/syscalls/syscall.tbl` and `arch/x86/entry/syscalls/syscall_64.tbl` of
//! Linux.

/// The call of that number of 31-bit s390: where its table differs from that of s390x.
pub(super) fn s390(number: usize) -> Option<&'static str> {
    let own = S390.binary_search_by_key(&number, |(own, _)| *own);
    match own {
        Ok(at) => S390.get(at).map(|(_, name)| *name),
        Err(_) => syscalls::s390x::Sysno::new(number).map(|call| call.name()),
    }
}

/// The call of that number of x32, without the mark: from 512 on its own, below that those of `x86_64`.
pub(super) fn x32(number: usize) -> Option<&'static str> {
    match number.checked_sub(512) {
        Some(own) => X32.get(own).copied(),
        None => syscalls::x86_64::Sysno::new(number).map(|call| call.name()),
    }
}

#[rustfmt::skip]
const S390: &[(usize, &str)] = &[
    (13, "time"), (16, "lchown"), (23, "setuid"), (24, "getuid"), (25, "stime"), (46, "setgid"),
    (47, "getgid"), (49, "geteuid"), (50, "getegid"), (70, "setreuid"), (71, "setregid"),
    (76, "getrlimit"), (80, "getgroups"), (81, "setgroups"), (95, "fchown"), (101, "ioperm"),
    (138, "setfsuid"), (139, "setfsgid"), (140, "_llseek"), (142, "_newselect"), (164, "setresuid"),
    (165, "getresuid"), (170, "setresgid"), (171, "getresgid"), (182, "chown"), (191, "ugetrlimit"),
    (192, "mmap2"), (193, "truncate64"), (194, "ftruncate64"), (195, "stat64"), (196, "lstat64"),
    (197, "fstat64"), (198, "lchown32"), (199, "getuid32"), (200, "getgid32"), (201, "geteuid32"),
    (202, "getegid32"), (203, "setreuid32"), (204, "setregid32"), (205, "getgroups32"),
    (206, "setgroups32"), (207, "fchown32"), (208, "setresuid32"), (209, "getresuid32"),
    (210, "setresgid32"), (211, "getresgid32"), (212, "chown32"), (213, "setuid32"),
    (214, "setgid32"), (215, "setfsuid32"), (216, "setfsgid32"), (220, "getdents64"),
    (221, "fcntl64"), (223, "sendfile64"), (264, "fadvise64_64"), (293, "fstatat64"),
];

#[rustfmt::skip]
const X32: &[&str] = &[
    "rt_sigaction", "rt_sigreturn", "ioctl", "readv", "writev", "recvfrom", "sendmsg", "recvmsg",
    "execve", "ptrace", "rt_sigpending", "rt_sigtimedwait", "rt_sigqueueinfo", "sigaltstack",
    "timer_create", "mq_notify", "kexec_load", "waitid", "set_robust_list", "get_robust_list",
    "vmsplice", "move_pages", "preadv", "pwritev", "rt_tgsigqueueinfo", "recvmmsg", "sendmmsg",
    "process_vm_readv", "process_vm_writev", "setsockopt", "getsockopt", "io_setup", "io_submit",
    "execveat", "preadv2", "pwritev2",
];
