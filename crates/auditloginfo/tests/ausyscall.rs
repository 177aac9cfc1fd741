//! Names of system calls beside those that `ausyscall` of auditd prints.

#![allow(clippy::expect_used, reason = "a failed test panics")]

use auditloginfo::syscall_names::{Arch, Syscall};
use test_support::{command, stdout, works};

/// Our value and name of an architecture, and the name of ausyscall's table if it is another.
const ARCHITECTURES: [(u64, &str, Option<&str>); 12] = [
    (0xc000_003e, "x86_64", None),
    (0x4000_0003, "i386", None),
    (0x4000_0028, "arm", Some("armeb")),
    (0xc000_00b7, "aarch64", None),
    (0x14, "ppc", None),
    (0x8000_0015, "ppc64", None),
    (0xc000_0015, "ppc64le", None),
    (0x16, "s390", None),
    (0x8000_0016, "s390x", None),
    (0x4000_00f3, "riscv32", None),
    (0xc000_00f3, "riscv64", None),
    (0xc000_0102, "loongarch64", None),
];

/// What ausyscall prints, and the name in the kernel's headers.
const DIFFERENCES: [(&str, &str); 14] = [
    // Names that glibc gives to its functions.
    ("pread", "pread64"),
    ("pwrite", "pwrite64"),
    ("llseek", "_llseek"),
    ("newselect", "_newselect"),
    ("sysctl", "_sysctl"),
    // Names that the kernel changed, or has for its own functions.
    ("perf_counter_open", "perf_event_open"),
    ("timerfd", "timerfd_create"),
    ("newfstat", "fstat"),
    ("sys_kexec_load", "kexec_load"),
    // arm has another order of arguments, and names of its own for these calls.
    ("fadvise64_64", "arm_fadvise64_64"),
    ("sync_file_range", "arm_sync_file_range"),
    // Errors: aarch64 has no getdents, ppc64 no fstatat64, and no architecture the last one.
    ("getdents", "getdents64"),
    ("fstatat64", "newfstatat"),
    ("sched_rr_get_interval64", "sched_rr_get_interval_time64"),
];

#[test]
fn ausyscall_gives_the_same_names() {
    if !works(command("ausyscall").args(["x86_64", "read"])) {
        return;
    }
    let mut compared = 0;
    for (arch, name, table) in ARCHITECTURES {
        let dump = stdout(command("ausyscall").args([name, "--dump"]));
        let dump = String::from_utf8(dump).expect("ausyscall prints ASCII");
        // An ausyscall that does not know the architecture prints the calls of this machine.
        let heading = format!("Using {} syscall table:\n", table.unwrap_or(name));
        let Some(calls) = dump.strip_prefix(&heading) else {
            continue;
        };
        let calls = calls.lines().filter_map(|line| line.split_once('\t'));
        for (number, theirs) in calls {
            let number = number.parse().expect("a number");
            if let Some(ours) = (Syscall { arch: Arch::new(arch), number }).known_name() {
                let is_known = DIFFERENCES.contains(&(theirs, ours));
                assert!(ours == theirs || is_known, "{name} {number}: {theirs}, {ours}");
                compared += 1;
            }
        }
    }
    assert!(compared > 3000, "{compared} calls were compared");
}
