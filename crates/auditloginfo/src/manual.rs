//! What the manual page says beside the options.

use toolkit::cli::{Manual, ValueHint};

/// The manual page of `auditloginfo`.
pub(crate) const MANUAL: Manual = Manual {
    name: "auditloginfo",
    summary: "what a login user did, from Linux audit logs",
    synopsis: &["[options] [LOG...]"],
    operand: ValueHint::File,
    description: &[
        "`auditloginfo` reads logs of the Linux audit system and prints what a login user did: \
         the system calls made, the commands executed and the files opened, each with its count. \
         The login user id (AUID) is set when somebody logs in and survives su and sudo, so the \
         report says who, even for what ran as root.",
        "Logs are read in the order given; `-` is standard input, and a file compressed by gzip is \
         read as it is. Without an operand `/var/log/audit/audit.log` is read. Records are found \
         in raw and enriched logs, behind the prefixes that syslog and auditd put before them, and \
         in the output of ausearch. The records of one event are joined in whatever order they \
         come.",
    ],
    sections: &[
        (
            "WHAT COUNTS",
            &[
                "A system call counts if a SYSCALL record of the login user tells of it. A command \
                 counts with all its arguments. A file counts if open, creat, openat, openat2, \
                 open_by_handle_at or io_uring opened it or tried to; the directory that a new \
                 file is created in does not count as opened.",
                "Only what the audit rules record can be counted. Rules such as these record all \
                 that the login user 7005 does:",
                "    auditctl -a always,exit -F arch=b64 -S all -F auid=7005\n    \
                 auditctl -a always,exit -F arch=b32 -S all -F auid=7005",
            ],
        ),
        (
            "DIAGNOSTICS",
            &["Damaged records, events that lack a record and calls of unknown architectures are \
                 told on standard error; all else is counted. So are calls that a profile leaves out \
                 because their names are not known."],
        ),
        (
            "EXIT STATUS",
            &[
                "0 also when nothing matched; 1 if some of the input could not be read (the rest is \
                 reported), the report not be written, or no call was found to make a profile of; \
                 2 if the command line is wrong.",
            ],
        ),
    ],
    examples: EXAMPLES,
    see_also: &["auditctl(8)", "ausearch(8)", "aureport(8)", "auditd(8)"],
};

const EXAMPLES: &[(&str, &str)] = &[
    ("Who did how much:", "overview"),
    ("What one login user did most:", "top"),
    ("What ran as root, and who had logged in:", "privileged"),
    ("Which files a login user opened with the rights of root:", "by-effective-user"),
    ("Which files could not be opened:", "failed-opens"),
    ("What a program failed on, here env, which looks for a command along PATH:", "errors"),
    ("What was executed in one second of a day:", "between-times"),
    ("The latest log and its rotated siblings as one:", "rotated"),
    (
        "What one process did; the login session tells it from others that had the same number:",
        "by-process",
    ),
    ("What a rule with a key recorded:", "by-key"),
    (
        "Raw material for an SELinux or AppArmor policy of a daemon, for which nobody logged in: its \
         files and how they were opened, and what was refused:",
        "daemon-files-and-denials",
    ),
    ("Its system calls as a setting of its unit:", "daemon-filter"),
    (
        "A seccomp profile for docker or podman, of what a program called in one day, whoever ran \
         it:",
        "seccomp-profile",
    ),
    ("What cat was told to print, and by whom; in JSON arguments stay apart:", "commands-for-jq"),
    (
        "Checksums of the files that were opened; no name can be mistaken, whatever is in it:",
        "files-for-xargs",
    ),
    ("A script that copies them, in which names are words of a shell:", "files-for-a-script"),
    ("What one host recorded, of a log that several write to:", "one-of-two-hosts"),
    ("Logs of two hosts added up, as those of a fleet would be:", "counts-add-up"),
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
