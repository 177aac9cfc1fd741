//! The text of the man page, except for the options.

use toolkit::cli::{Manual, ValueHint};

/// The man page of `auditloginfo`.
pub(crate) const MANUAL: Manual = Manual {
    name: "auditloginfo",
    summary: "report what login users did, from Linux audit logs",
    synopsis: &["[options] [LOG...]"],
    operand: ValueHint::File,
    description: &[
        "`auditloginfo` reads Linux audit logs and reports what a login user did: the system \
         calls made, the commands executed and the files opened, each with its count. The login \
         user ID (AUID) is set at login and does not change with su(1) or sudo(8), so the report \
         shows who acted, even if a command ran as root.",
        "Logs are read in the order given. `-` stands for standard input. Files compressed with gzip \
         are decompressed. Without an operand, the log of auditd on this machine is read: the \
         `log_file` of `/etc/audit/auditd.conf`, or `/var/log/audit/audit.log`. Records are recognized \
         in raw and enriched logs, after the prefixes that syslog, dmesg, grep and auditd add (dmesg \
         with any of its time formats), in the output of ausearch without -i, of `journalctl -o \
         export` and of `journalctl -o json`, and in lines of JSON. A line may hold several records of \
         one event. The records of an event may be in any order and may be mixed with those of other \
         events.",
    ],
    sections: &[
        (
            "WHAT COUNTS",
            &[
                "A system call is counted for each SYSCALL record of the login user. A command is \
                 counted with all its arguments, also if the kernel logged it and then failed to execute it, \
                 unless `--successful` is given. A file is counted if open, creat, openat, \
                 openat2, open_by_handle_at or io_uring opened it or tried to open it. The \
                 directory in which a new file is created does not count as opened.",
                "Only what the audit rules record can be counted. The following rules record \
                 every system call of login user 7005:",
                "    auditctl -a always,exit -F arch=b64 -S all -F auid=7005\n    \
                 auditctl -a always,exit -F arch=b32 -S all -F auid=7005",
            ],
        ),
        (
            "TRUST",
            &[
                "An audited user cannot forge a record in audit.log: text that users choose, such as names \
                 in quotes and the text in `msg='...'`, never starts a record. The same holds for the \
                 entries of the journal with the transport audit or kernel; others are not counted.",
                "A syslog file proves less. There a record counts only directly after the tag of a \
                 program that forwards records (kernel, auditd, audispd, `audisp-*`), or after a tag given \
                 with `--tag`. So a message of sshd with a hostile user name counts for nothing, but any \
                 user can write a line with any tag: see logger(1). Prefer audit.log or the journal to \
                 syslog where it matters who did what.",
                "In JSON, only strings of the keys message, MESSAGE, msg, log, event.original, \
                 SyslogMessage and RecordText of the outermost object are read; event.original may be an \
                 array of strings, or the key original of an object event. Where the object also names the \
                 tag of a syslog message (syslogtag, programname, app-name, PROGRAM, ident, tag, ProcessName, \
                 SYSLOG_IDENTIFIER, log.syslog.identifier, process.program and the like), a record counts only if \
                 it would count after that tag, or after each of them if there are several, and not if one is empty. Where the object is a \
                 journal entry, as a field such as `__CURSOR` or `_BOOT_ID` or the key systemd or journald shows, a \
                 record counts only if `_TRANSPORT` or systemd.transport is audit or kernel. These keys may be in \
                 upper or lower case, contain dots, or be in nested objects. A program that writes what \
                 users tell it under a key whose strings are read lets them write records.",
                "Lines that hold a record in any other place are not counted, and reported on stderr. \
                 If no user can write there, extract the records: `cut -d' ' -f2- LOG | auditloginfo \
                 -` from lines that begin with a time, such as those of `docker logs -t`, and `jq -r \
                 .full_log LOG | auditloginfo -` from JSON with another key.",
            ],
        ),
        (
            "PROFILES",
            &[
                "A profile allows what the log holds. Record whole runs: from the start of the program, \
                 before its execve, to its end, with everything that it ever does, such as reload, log \
                 rotation, errors and the rare request. For a daemon, that is days rather than minutes. \
                 Record on the kernel, the C library and the architecture on which the program will run: \
                 after an update it may make other calls.",
                "A seccomp profile also allows execve, exit, exit_group, restart_syscall, rt_sigreturn and \
                 sigreturn, without which no program starts or ends, and the calls of SECCOMP records that \
                 a filter let through (`code=0x7ffc0000`). A container whose default action is SCMP_ACT_LOG \
                 writes such records without any audit rule. Any other call fails with ENOSYS, after which \
                 a C library tries an older call.",
                "Containers take the profile as `podman run --security-opt seccomp=FILE` and `docker \
                 run --security-opt no-new-privileges --security-opt seccomp=FILE`. docker starts \
                 containers with runc, which makes calls of its own under the profile: recipes.md of \
                 the documentation adds them. For a service, put the output of `-o systemd` in a file \
                 `/etc/systemd/system/UNIT.service.d/calls.conf`, and run `systemctl daemon-reload` \
                 and `systemctl restart UNIT`.",
                "A systemd drop-in allows the same system calls (SystemCallFilter), on \
                 the architectures seen (SystemCallArchitectures), and makes the file system read-only \
                 (ProtectSystem) except for the directories in which files were opened for writing or \
                 changed (ReadWritePaths). A directory whose own mode, owner or attributes changed, or in \
                 which a file without a name was created (O_TMPFILE), is listed itself. If the log names \
                 no file, the file system stays as it is. \
                 Sockets may have the address families with which socket(2) and socketpair(2) were \
                 called (RestrictAddressFamilies); systemd does not restrict those of socketcall(2), \
                 which 32-bit x86 has. A SECCOMP record does not say the family: then none is \
                 restricted, and stderr says so. Socket addresses are not restricted. A file is left \
                 out, and reported, if its name could end a line or if its directory is unknown.",
                "An AppArmor profile is a skeleton: files as they were opened or changed, programs and \
                 scripts, which run under the same profile, libraries by their names, and the capabilities and \
                 sockets that SELinux or AppArmor denied or, in permissive or complain mode, would \
                 have denied. It includes AppArmor's abstraction base. A directory ends with a \
                 slash if its PATH record says what it is, and a file without a name (O_TMPFILE) is \
                 `#` and a number in its directory. Load the skeleton in complain \
                 mode, and complete it with aa-logprof(8).",
                "A profile cannot know what was not recorded: code that did not run, calls that the audit \
                 rules excluded, records that the kernel lost, calls answered by the vDSO, which become real \
                 calls where it is missing, and what the container runtime itself calls before it starts the \
                 program. It says nothing about the arguments of calls. Test a profile before you rely on it.",
            ],
        ),
        (
            "DIAGNOSTICS",
            &[
                "Problems are reported on stderr: files that cannot be read or that are no audit logs, \
                 with what they are and what to do; files that are given twice, which are read once, and copies of another one, such as `LOG.1` \
                 beside `LOG.1.gz`, which are left out; \
                 rotated files that are missing or no regular files; empty logs; damaged records, and \
                 those whose quotes another program escaped or doubled, which are left out; records \
                 that journalctl printed without serial numbers, and events in JSON of laurel or go-audit, which are \
                 not counted; records that \
                 the logs hold twice, which count once; records of one event with and without the name \
                 of a host, all of which count; incomplete events, which are counted with the records \
                 that they have, also where the kernel or syslog cut the end of a long record; a filter that no \
                 event can match; system calls of an unknown architecture, which are listed by number; \
                 and system calls that a profile omits because their names are unknown. Everything \
                 else is counted.",
                "If nothing matched, one line says what the logs hold instead: which login users, in \
               which time, or only which types of records. For this line, regular files are read \
               again.",
            ],
        ),
        (
            "OVERVIEW AND TSV COLUMNS",
            &[
                "The overview has one line per login user. `AUID`, `USER`: the login user ID and its \
                 name; `auid=` of SYSCALL and other records, `AUID=` of enriched logs. `EVENTS`: \
                 events with a record of the user. `CALLS`: SYSCALL records. `COMMANDS`, `FILES`: what \
                 `--commands` and `--files` count. `AS-ROOT`: SYSCALL records with `euid=0`. `FIRST`, \
                 `LAST`: the times of the first and the last event, in local time.",
                "With `-o tsv`, these are `auid`, `user`, `events`, `calls`, `commands`, `files`, \
                 `as_root`, `first` and `last`, and the times are in ISO 8601 format. With `--uid` or \
                 a section, the columns are `auid`, `kind`, `count`, `name` and `detail`: see `-o`.",
            ],
        ),
        (
            "NOTES",
            &[
                "The login user ID is set by PAM (pam_loginuid) at each login, also by cron for the \
                 jobs of a user. Daemons that were started at boot have none, and count for `unset`; \
                 what they do for a user, such as a file server, is not in the user's report. A \
                 service restarted from a login session by systemctl(1) is a child of systemd, and \
                 does not have the user's ID either.",
                "If auditd or the kernel falls behind, records are lost, and the counts are too low: \
                 `lost` in the output of `auditctl -s` says how many since boot. A syslog file, the journal \
                 or dmesg may itself say that records are missing: the kernel prints few records in a short time \
                 if auditd does not run (`callbacks suppressed`), and rsyslog and the journal limit the messages \
                 of a program. One line on stderr adds up what the logs say.",
                "Enriched logs contain the names of login users; the overview shows them, and `--uid` \
               accepts them. The users of this machine name those of a log only if the log is read \
               where auditd writes it: in `/var/log/audit` or at `log_file`; the first 1,000 are looked \
               up. For any other log, \
               which may come from another machine, they only resolve a name given with `--uid` \
               that the log does not contain. The name may stand in events that the other filters leave \
               out: to find it there, regular files are read again.",
                "The kernel names no file for ftruncate(2), and no login user for what io_uring(7) does in a \
                 kernel thread; that counts for `unknown`. If one call submits several operations of io_uring(7), their files are \
                 in one event, and the role of each file says which operation used it; what may be a change is \
                 listed as one.",
            ],
        ),
        (
            "ENVIRONMENT",
            &[
                "`TZ`: the time zone of times on the command line and in reports; by default that of \
                 the machine.",
            ],
        ),
        (
            "FILES",
            &[
                "`/etc/audit/auditd.conf`: its `log_file` is the log that is read without an operand.",
                "`/var/log/audit/audit.log`: the log, if that does not say another one. Root can read \
                 it, and the group `log_group` of auditd.conf, which is `adm` on Debian.",
                "`/etc/audit/rules.d`: the rules that decide what the log holds. An example is with the \
               documentation of the package, or in `packaging/audit` of the source.",
            ],
        ),
        (
            "COMPATIBILITY",
            &[
                "The report with `--uid` is that of auditloginfo.py of 2016, byte for byte, where that \
                 is right: it crashes on some records, names system calls of other architectures \
                 wrongly, and leaves out files and arguments. docs/compatibility.md of the source \
                 lists each difference. Words for times are those of ausearch(8).",
            ],
        ),
        (
            "EXIT STATUS",
            &[
                "0: success, even if nothing matched. 1: some of the input could not be read or is no \
                 audit log (the rest is reported), the report could not be written, or there was no \
                 system call for a profile. 2: the command line is wrong, or nothing knows the name \
                 given with `--uid` or `--euid`.",
            ],
        ),
    ],
    examples: EXAMPLES,
    see_also: &["auditctl(8)", "ausearch(8)", "aureport(8)", "auditd(8)"],
};

const EXAMPLES: &[(&str, &str)] = &[
    ("Show how active each login user was, here without the last column:", "page-overview"),
    ("Show what one login user did most often:", "top"),
    (
        "List what a login user ran, in order, as whom, where, and whether it worked:",
        "page-what-alice-ran",
    ),
    ("Who became root? List the commands that a login user ran as root:", "privileged"),
    ("List the files that a login user opened while running as root:", "by-effective-user"),
    ("List the files that a login user failed to open:", "failed-opens"),
    ("List the files that a login user changed, and the network addresses used:", "changes"),
    (
        "Find who opened or changed a file, or tried to. Compare only the end of the name: a user may \
         also have written `/tmp/../etc/shadow` or `/etc//shadow`. A link to the file has a name of \
         its own, which this misses:",
        "recipe-who-used-a-file",
    ),
    ("List the commands that users gave to sudo, on a host without rules for execve:", "sudo"),
    ("Find the programs that made most of a login user's system calls:", "programs"),
    (
        "List the errors that a program ran into, here env(1), which searches PATH for a command:",
        "errors",
    ),
    ("List the commands that were executed in one second of a day:", "between-times"),
    (
        "What happened yesterday? List the commands of a day, which could also be `yesterday`:",
        "one-day",
    ),
    ("Read the current log and its rotated files as one log:", "rotated"),
    (
        "Show what one process did. The login session distinguishes it from other processes that \
         had the same PID:",
        "by-process",
    ),
    ("List the commands that a rule with a certain key recorded:", "by-key"),
    (
        "Collect the raw material for an SELinux or AppArmor policy of a daemon, which has no \
         login user: the files it opened, how it opened them, and what it was denied:",
        "page-daemon",
    ),
    ("Make a drop-in for the systemd unit of the daemon:", "page-daemon-filter"),
    ("Make the skeleton of an AppArmor profile for it:", "apparmor-profile"),
    (
        "Make a seccomp profile for docker or podman of the system calls that a program made from its \
         start to its end in one day, whoever ran it:",
        "seccomp-profile",
    ),
    (
        "Compare such a profile with the one in force: at the start of a line what that one would \
         refuse, after a tab what it allows without need:",
        "recipe-profile-in-force",
    ),
    (
        "Show what cat(1) was asked to print, and by whom. In JSON, arguments stay separate:",
        "commands-for-jq",
    ),
    (
        "Compute checksums of the files that were opened. With NUL as the line end, names are printed \
         as they are, except that a tab in a name becomes `\\011` here; JSON has no such exception:",
        "files-for-xargs",
    ),
    (
        "Write a script that copies these files, with each name escaped for the shell:",
        "files-for-a-script",
    ),
    ("Report on one host, from a log that several hosts write to:", "one-of-two-hosts"),
    (
        "Read a file of syslog in which a program named relay forwards the records. Anybody can \
         choose what sshd logs, so that does not count:",
        "trusted-tag",
    ),
    ("Add up the counts of two hosts, as for a whole fleet:", "counts-add-up"),
];

#[cfg(test)]
mod tests {
    use super::EXAMPLES;
    use crate::args::COMMAND;

    #[test]
    fn every_option_is_shown_in_an_example() {
        let line = |(_, case): &(&str, &str)| {
            let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/auditloginfo");
            std::fs::read_to_string(format!("{fixtures}/{case}/cmd")).expect("a fixture")
        };
        let lines: String = EXAMPLES.iter().map(line).collect();
        let options = COMMAND.groups.iter().flat_map(|group| group.options);
        for name in options.map(|option| option.about.name()) {
            let is_shown = lines.split_whitespace().any(|word| word == name);
            assert!(is_shown || ["--help", "--version"].contains(&&*name), "{name} is not shown");
        }
    }
}
