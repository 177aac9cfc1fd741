//! The tables of options.

use super::{Args, day, text, time, user_number};
use crate::filter::FieldFilter;
use crate::report::Format;
use crate::section::Section;
use crate::times::End;
use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;
use toolkit::cli::{self, Opt, ValueHint, both, long, short};
use toolkit::escape::Escape;

/// How many bytes of the name of a process the kernel keeps: `TASK_COMM_LEN` without the NUL.
const COMM_MAX: usize = 15;

/// Which events count.
pub(super) const EVENTS: &[Opt<Args>] = &[
    Opt::value(
        long("uid").takes("UID", ValueHint::User(&["unset", "all", "unknown"])),
        "report on login user: number, name, unset, unknown, all; repeatable",
        "Report on login user `UID`: a number, a name, `unset` for processes without a login \
         session, such as daemons, `unknown` for events whose login user the log does not say, or \
         `all` for one report on each login user in the logs, in ascending order. You can give \
         this option more than once. Without it, print an overview with one line per login user; \
         if an option selects a section, the default is `all`.",
        Args::add_user,
    ),
    Opt::value(
        long("euid").takes("UID", ValueHint::User(&[])),
        "only events with this effective user: number or name",
        "Count only events of processes running as effective user `UID`. A name is looked up \
         in the records, and for records without names on this host. This and the other \
         filters can be given more than once. An event counts if it matches one value of every \
         filter given.",
        Args::add_effective_user,
    ),
    Opt::value(
        long("exe").takes("PATH", ValueHint::File),
        "only events of this program",
        "Count only events of the program with this path. Daemons have no login user, so use this \
         option with `--uid unset` to profile a service.",
        |args, word| {
            args.add_field_filter(FieldFilter::Text(b"exe", text(word)));
            Ok(())
        },
    ),
    Opt::value(
        long("comm").takes("NAME", ValueHint::None),
        "only events of processes with this name",
        "Count only events of processes with this name. The kernel keeps 15 bytes of it, so only these \
         are compared.",
        |args, word| {
            let names =
                text(word).into_iter().map(|name| name.into_iter().take(COMM_MAX).collect());
            args.add_field_filter(FieldFilter::Text(b"comm", names.collect()));
            Ok(())
        },
    ),
    Opt::value(
        long("pid").takes("PID", ValueHint::None),
        "only events of this process",
        "Count only events of the process `PID`.",
        |args, word| {
            args.add_field_filter(FieldFilter::Number(
                b"pid",
                BTreeSet::from([cli::number(word)?]),
            ));
            Ok(())
        },
    ),
    Opt::value(
        long("session").takes("ID", ValueHint::Words(&["unset"])),
        "only events of this login session",
        "Count only events of the login session `ID`: a number, or `unset`.",
        |args, word| {
            let session = user_number(word).ok_or("expected a number or unset")?;
            args.add_field_filter(FieldFilter::Number(b"ses", BTreeSet::from([session])));
            Ok(())
        },
    ),
    Opt::value(
        both('k', "key").takes("KEY", ValueHint::None),
        "only events recorded by a rule with this key",
        "Count only events recorded by an audit rule with the key `KEY`.",
        |args, word| {
            args.add_field_filter(FieldFilter::Key(text(word)));
            Ok(())
        },
    ),
    Opt::value(
        long("node").takes("HOST", ValueHint::None),
        "only events of this host, in a log of several",
        "Count only events recorded by `HOST`: the name after `node=` at the beginning of a record, or else the \
         host in the syslog header, the journal entry, or the JSON object (host.name, host, hostname, \
         Computer and the like).",
        |args, word| {
            args.add_field_filter(FieldFilter::Node(text(word)));
            Ok(())
        },
    ),
    Opt::value(
        long("tag").takes("TAG", ValueHint::None),
        "in syslog files, also trust records after this tag; repeatable",
        "In syslog files, and in JSON that names the tag of a message, also count records directly \
         after the tag `TAG`; `*` stands for any tag. By default records count after the tags of the programs that forward them: kernel, \
         auditd, audispd and those that begin with audisp-. Anybody on the host can write a line \
         under any tag with logger(1), so a file of syslog proves less than audit.log, which the \
         audited user cannot write. You can give this option more than once.",
        |args, word| {
            args.tags.add(word.as_bytes());
            Ok(())
        },
    ),
    Opt::flag(
        long("failed"),
        "only calls that failed",
        "Count only events whose system call failed. A call that never returns, such as exit, \
         neither fails nor succeeds. The files are then those that could not be opened, and are \
         listed under that title.",
        |args| args.filter.success = Some(false),
    ),
    Opt::flag(
        long("successful"),
        "only calls that succeeded",
        "Count only events whose system call succeeded. If both this option and `--failed` are \
         given, the last one wins.",
        |args| args.filter.success = Some(true),
    ),
    Opt::value(
        both('S', "start").takes("TIME", ValueHint::Words(TIMES)),
        "only events since TIME: today, recent, boot, 2026-11-22, ...",
        "Count only events from this time on. `TIME` is one of the words `now`, `recent` (ten \
         minutes ago), `this-hour`, `today`, `yesterday`, `this-week` (since Sunday), `week-ago`, \
         `this-month`, `this-year` and `boot`; a time of day such as `14:30`; a word and a time \
         of day in one argument; seconds since the epoch; or a date and time in ISO 8601 format, \
         with a time zone or in local time. Eight digits such as `20261122` are a date.",
        |args, word| {
            args.filter.start = Some(time(word, End::Start)?);
            Ok(())
        },
    ),
    Opt::value(
        both('E', "end").takes("TIME", ValueHint::Words(TIMES)),
        "only events up to TIME",
        "Count only events up to and including this second. `TIME` is as for `--start`, with two \
         exceptions: `today` means now, as in ausearch, and a date without a time means the end \
         of that day. Other words mean what they mean for `--start`, as in ausearch: `--end \
         yesterday` is the first second of yesterday. For the whole day use `--day yesterday`.",
        |args, word| {
            args.filter.end = Some(time(word, End::Last)?);
            Ok(())
        },
    ),
    Opt::value(
        long("day").takes("DAY", ValueHint::Words(&["today", "yesterday", "week-ago"])),
        "only events of this day: today, yesterday, 2026-11-22",
        "Count only events of this day, from midnight to midnight in local time. `DAY` is `today`, \
         `yesterday`, `week-ago` or a date in ISO 8601 format. This sets `--start` and `--end`. \
         It differs from `--start yesterday --end yesterday`, which selects one second.",
        |args, word| {
            let (start, end) = day(word)?;
            (args.filter.start, args.filter.end) = (Some(start), Some(end));
            Ok(())
        },
    ),
    Opt::flag(
        long("rotated"),
        "also read the rotated files of each log",
        "With each log, also read its rotated files, oldest first: `LOG.1`, `LOG.2` and so on, and \
         those with a date, such as `LOG-20261122`, compressed with gzip or not. All of them are \
         read, whatever `--start` and `--end` say: a copied log has the time of the copy. A log \
         without a rotated file is reported, and so is one that is not a regular file.",
        |args| args.rotated = true,
    ),
];

const TIMES: &[&str] = &[
    "now",
    "recent",
    "this-hour",
    "today",
    "yesterday",
    "this-week",
    "week-ago",
    "this-month",
    "this-year",
    "boot",
];

/// What is counted of them.
pub(super) const COUNTED: &[Opt<Args>] = &[
    Opt::flag(
        long("syscalls"),
        "list the system calls made",
        "List the system calls made. Options that select sections can be combined; without any of \
         them, `--syscalls`, `--commands` and `--files` are the default.",
        |args| args.add_section(Section::Calls),
    ),
    Opt::flag(long("commands"), "list the commands executed", "", |args| {
        args.add_section(Section::Commands);
    }),
    Opt::flag(long("files"), "list the files opened", "", |args| {
        args.add_section(Section::Files);
    }),
    Opt::flag(
        long("programs"),
        "list the programs that made system calls",
        "List the executables, each with the number of its system calls. Threads of the kernel have \
         none; their calls are listed under `(null)`.",
        |args| args.add_section(Section::Programs),
    ),
    Opt::flag(
        long("changes"),
        "list the files created, removed, renamed or otherwise changed",
        "List the files that successful system calls changed, and how: `created`, `removed`, \
         `moved-from` and `moved-to` by a rename, which makes two entries, `removed` also if a rename \
         overwrites the file, `truncated`, `linked` for the new name, `mounted`, `unmounted`, `mode`, \
         `owner` and `attributes`. Writing to a file and ftruncate(2) are not listed: the log does not \
         name the file, see `--files --modes`. A message queue is listed by its name, without a \
         directory. The times of a file and the root of a process (pivot_root) are not listed. A file \
         without a name in the log is listed as `[fd 3]`, by its descriptor. With `--failed`, list \
         what the calls failed to do.",
        |args| args.add_section(Section::Changes),
    ),
    Opt::flag(
        long("addresses"),
        "list the socket addresses of connect, bind, accept, sendto, ...",
        "List the socket addresses that system calls such as connect, bind, accept, sendto, recvfrom \
         and getpeername were given or returned, each with the name of the call, whether it succeeded \
         or not: `192.0.2.7:443`, `[2001:db8::1]:443`, the path of a unix socket, `unix` for one \
         without a name, `@NAME` for an abstract name, `netlink:PORT`, `vsock:CONTEXT:PORT`. An \
         address of another family is listed by the family's number, such as `family-17` for packet \
         sockets.",
        |args| args.add_section(Section::Addresses),
    ),
    Opt::flag(
        long("sudo"),
        "list the commands given to sudo, with the directory",
        "List the command lines that users gave to sudo(8), each with the directory in brackets. sudo \
         logs them itself, so they are in the log even if no audit rule records execve; what these \
         commands execute in turn is not. A command that sudo refused is listed too: `--successful` \
         and `--failed` separate them.",
        |args| args.add_section(Section::Sudo),
    ),
    Opt::flag(
        long("privileged"),
        "list the commands that non-root users executed as root",
        "List the commands that ran with effective user ID 0 although the login user was not \
         root. This includes the commands of daemons that run as root.",
        |args| args.add_section(Section::Privileged),
    ),
    Opt::flag(
        long("errors"),
        "list the errors that calls returned, and the files",
        "List the errors that system calls returned, each with its count and the file involved, \
         or with the name of the system call if no file was involved.",
        |args| args.add_section(Section::Errors),
    ),
    Opt::flag(
        long("denials"),
        "list what SELinux, AppArmor, seccomp and others denied",
        "List what access controls denied. SELinux: source context, target context, class, \
         permissions, object. AppArmor: profile, operation, mask, object. seccomp: program, \
         system call, architecture. Landlock: access, object. Smack: subject, object, access, name. IPE: \
         operation, file. fanotify(7), as fapolicyd uses it: the rule and the trust; `--errors` lists the file. Capabilities are listed by name. Further facts \
         that a rule may need, such as ports, peers and mount flags, follow as name=value. What \
         was only logged is marked: permissive=1 for SELinux and IPE, apparmor-complain for AppArmor.",
        |args| args.add_section(Section::Denials),
    ),
    Opt::flag(
        both('m', "modes"),
        "show how files were opened: r w rw c t a x",
        "Show how each file was opened, and count each way separately. The letters stand for the \
         flags of the call: `r`, `w` or `rw`, preceded by `c` if the call creates the file, and \
         followed by `t` if it truncates the file, `a` if it appends to it, and `x` if the file \
         must not exist. Files opened by creat are listed as `cw`. `?` means that the log does \
         not contain the flags.",
        |args| args.modes = true,
    ),
    Opt::flag(
        both('a', "absolute"),
        "join relative file names with the working directory",
        "Join relative file names with the working directory of the process. If the call refers \
         to a directory by its file descriptor, the log does not say which directory that is, and \
         the name is printed as `[fd 4]/name`. Nothing else is resolved: `/tmp/../etc/hosts` stays as it is.",
        |args| args.absolute = true,
    ),
];

/// How the report is printed.
pub(super) const PRINTED: &[Opt<Args>] = &[
    Opt::flag(
        long("each"),
        "list each item as it happened, instead of counts",
        "List each item as it happened, instead of counts: in the order of the logs, by the first \
         record of each event, as sentences that say when, who, as whom, where, with which program, \
         what, and whether it failed. The name comes last in its line, because users choose it. With \
         `-o tsv` and `-o jsonl`, a line has the columns time, node, auid, euid, session, pid, ppid, \
         exe, cwd, success, kind, name and detail. This works with all sections and filters. It needs \
         the same memory for a log of any size, and prints while it reads, but about 30,000 records \
         later, because the records of an event can be that far apart. A name given with `--uid` is \
         looked for in the logs first; where they cannot be read twice, in each record, and a record \
         without names, as before a log was enriched, counts only if the user of that name on this \
         host has its login user ID. With `--top`, the first entries of each section are listed for \
         each login user.",
        |args| args.layout.each = true,
    ),
    Opt::value(
        long("top").takes("N", ValueHint::None),
        "list only the first N entries of each section",
        "List only the first `N` entries of each section.",
        |args, word| cli::number(word).map(|count| args.layout.top = Some(count)),
    ),
    Opt::value(
        short('o').takes(
            "FORMAT",
            ValueHint::Words(&["tsv", "jsonl", "JSON", "seccomp", "systemd", "apparmor"]),
        ),
        "tsv, jsonl, JSON; a profile: seccomp, systemd, apparmor",
        "Print a format for other programs. `tsv`: below a heading one entry per line, with tabs \
         between login user ID, kind (syscall, command, file, program, change, address, sudo, \
         privileged, error or denial), count, name and detail; the detail is the architecture of a \
         system call, the mode of a file, how a file changed, the call that used an address, the \
         directory in which sudo was called, the name of an error, or the access control that denied \
         access. `jsonl`: the same entries, one JSON object per line; the arguments of a command are \
         the array `argv`. `JSON`: one JSON document. Counts of several hosts or logs can be added up. \
         `seccomp`: the system calls made, as a seccomp profile for container runtimes such as docker \
         and podman; see PROFILES. `systemd`: a drop-in for a unit, with the system calls and the \
         directories written to. `apparmor`: the skeleton of an AppArmor profile, with files, \
         programs, and the capabilities and sockets that were denied. A profile covers all login users \
         if there is no `--uid`; it omits system calls whose names are unknown; and it is not printed \
         if it would allow nothing.",
        |args, word| cli::choice(Format::WORDS, word).map(|format| args.layout.format = format),
    ),
    Opt::flag(
        long("no-heading"),
        "print no heading with -o tsv",
        "With `-o tsv`, leave out the first line, which names the columns.",
        |args| args.layout.no_heading = true,
    ),
    Opt::value(
        long("escape").takes("HOW", ValueHint::Words(&["raw", "tty", "shell", "shell_quote"])),
        "how to escape names: raw, tty, shell or shell_quote",
        "Choose how names are escaped. `raw` prints names as they are. `tty`, the default, prints \
         control characters, the controls of bidirectional text and bytes that are not UTF-8 as a \
         backslash and three octal digits. `shell_quote` prints one word that sh, dash, bash, zsh and \
         fish read back as the name and do not expand; control characters become `$'\\012'`, which \
         only bash and zsh read back. `shell` puts a backslash before the characters that ausearch(8) \
         escapes for text inside double quotes; it does not protect a name outside quotes. In `tsv`, \
         `tty` prints a backslash of a name as `\\134`, and a tab never stays a tab. JSON has its own \
         escapes, whatever this option says.",
        |args, word| {
            cli::choice(Escape::WORDS, word).map(|escape| args.layout.escape = Some(escape))
        },
    ),
    Opt::flag(
        short('0'),
        "end lines with NUL, and print names raw",
        "End each line with a NUL byte instead of a newline, and print names raw unless \
         `--escape` is given.",
        |args| args.layout.nul = true,
    ),
    Opt::SHORT_HELP,
    Opt::VERSION,
];
