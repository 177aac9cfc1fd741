//! System calls of 31-bit s390 that differ from those of s390x.
//!
//! Linux no longer runs 31-bit programs on s390, and its headers no longer have their numbers. This
//! table compares `asm/unistd_32.h` with `asm/unistd_64.h` of Linux 6.12, which had both.

use super::Run;

#[rustfmt::skip]
pub(super) const S390: &[Run] = &[
    (13, &["time"]),
    (16, &["lchown"]),
    (23, &["setuid", "getuid", "stime"]),
    (46, &["setgid", "getgid"]),
    (49, &["geteuid", "getegid"]),
    (70, &["setreuid", "setregid"]),
    (76, &["getrlimit"]),
    (80, &["getgroups", "setgroups"]),
    (95, &["fchown"]),
    (101, &["ioperm"]),
    (138, &["setfsuid", "setfsgid", "_llseek"]),
    (142, &["_newselect"]),
    (164, &["setresuid", "getresuid"]),
    (170, &["setresgid", "getresgid"]),
    (182, &["chown"]),
    (191, &["ugetrlimit", "mmap2", "truncate64", "ftruncate64", "stat64", "lstat64", "fstat64",
        "lchown32", "getuid32", "getgid32", "geteuid32", "getegid32", "setreuid32", "setregid32",
        "getgroups32", "setgroups32", "fchown32", "setresuid32", "getresuid32", "setresgid32",
        "getresgid32", "chown32", "setuid32", "setgid32", "setfsuid32", "setfsgid32"]),
    (221, &["fcntl64"]),
    (223, &["sendfile64"]),
    (264, &["fadvise64_64"]),
    (293, &["fstatat64"]),
    (403, &["clock_gettime64", "clock_settime64", "clock_adjtime64", "clock_getres_time64",
        "clock_nanosleep_time64", "timer_gettime64", "timer_settime64", "timerfd_gettime64",
        "timerfd_settime64", "utimensat_time64", "pselect6_time64", "ppoll_time64"]),
    (416, &["io_pgetevents_time64", "recvmmsg_time64", "mq_timedsend_time64",
        "mq_timedreceive_time64", "semtimedop_time64", "rt_sigtimedwait_time64", "futex_time64",
        "sched_rr_get_interval_time64"]),
];
