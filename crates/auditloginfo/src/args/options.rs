//! The tables of options.

use super::{Args, text, time, user};
use crate::filter::FieldFilter;
use crate::report::Format;
use crate::section::Section;
use crate::times::End;
use std::collections::BTreeSet;
use toolkit::cli::{self, Opt, ValueHint, both, long, short};
use toolkit::escape::Escape;

/// Which events.
pub(super) const EVENTS: &[Opt<Args>] = &[
    Opt::value(
        long("uid").takes("UID", ValueHint::User),
        "this login user: number, name, unset or all; repeatable",
        "Report on the login user `UID`: a number, a name, `unset` for daemons, whose processes \
         nobody logged in for, or `all` for one report for each that the logs hold, in ascending \
         order. May be given several times. Without it an overview with a line for each login user \
         is printed, whatever sections are asked for.",
        Args::add_user,
    ),
    Opt::value(
        long("euid").takes("UID", ValueHint::User),
        "with this effective user: number or name",
        "Count only what was done with the rights of the user `UID`. Like all that narrows, it may \
         be given several times; one of the values must fit, and other options must fit too.",
        |args, word| {
            let user = user(word).ok_or("expected a number or a user's name")?;
            args.add_field_filter(FieldFilter::Number(b"euid", BTreeSet::from([user])));
            Ok(())
        },
    ),
    Opt::value(
        long("exe").takes("PATH", ValueHint::File),
        "by this program",
        "Count only what the program with this path did. Daemons have no login user, so this and \
         `--uid unset` profile a service.",
        |args, word| {
            args.add_field_filter(FieldFilter::Text(b"exe", text(word)));
            Ok(())
        },
    ),
    Opt::value(
        long("comm").takes("NAME", ValueHint::None),
        "by processes of this name",
        "Count only what processes did whose name, of at most 15 bytes, is `NAME`.",
        |args, word| {
            args.add_field_filter(FieldFilter::Text(b"comm", text(word)));
            Ok(())
        },
    ),
    Opt::value(
        long("pid").takes("PID", ValueHint::None),
        "by this process",
        "Count only what the process `PID` did.",
        |args, word| {
            args.add_field_filter(FieldFilter::Number(
                b"pid",
                BTreeSet::from([cli::number(word)?]),
            ));
            Ok(())
        },
    ),
    Opt::value(
        long("session").takes("ID", ValueHint::None),
        "in this login session",
        "Count only what was done in the login session `ID`.",
        |args, word| {
            let session = user(word).ok_or("expected a number or unset")?;
            args.add_field_filter(FieldFilter::Number(b"ses", BTreeSet::from([session])));
            Ok(())
        },
    ),
    Opt::value(
        both('k', "key").takes("KEY", ValueHint::None),
        "recorded by rules with this key",
        "Count only what a rule with the key `KEY` recorded.",
        |args, word| {
            args.add_field_filter(FieldFilter::Key(text(word)));
            Ok(())
        },
    ),
    Opt::value(
        long("node").takes("HOST", ValueHint::None),
        "from this host, in a log of several",
        "Count only what the host `HOST` recorded, in logs whose records begin with `node=`.",
        |args, word| {
            args.add_field_filter(FieldFilter::Node(text(word)));
            Ok(())
        },
    ),
    Opt::flag(
        long("failed"),
        "only calls that failed",
        "Count only events whose call failed. A call that never returns, such as exit, neither \
         failed nor succeeded.",
        |args| args.filter.success = Some(false),
    ),
    Opt::flag(
        long("successful"),
        "only calls that succeeded",
        "Count only events whose call succeeded. The last of this and `--failed` holds.",
        |args| args.filter.success = Some(true),
    ),
    Opt::value(
        both('S', "start").takes("TIME", ValueHint::Words(TIMES)),
        "from then on: today, recent, boot, 2026-11-22, ...",
        "Count only events from this time on: `now`, `recent` (ten minutes ago), `this-hour`, \
         `today`, `yesterday`, `this-week` (since Sunday), `week-ago`, `this-month`, `this-year`, \
         `boot`; a time of day such as `14:30`; such a word and a time of day, as one argument; \
         seconds since the epoch; or a date and time of ISO 8601, with a time zone or in the local \
         one.",
        |args, word| {
            args.filter.start = Some(time(word, End::Start)?);
            Ok(())
        },
    ),
    Opt::value(
        both('E', "end").takes("TIME", ValueHint::Words(TIMES)),
        "up to then",
        "Count only events up to and in this second; `TIME` as for `--start`. As in ausearch, \
         `today` means now here, and other words the beginning of their day; a date means all of \
         its day.",
        |args, word| {
            args.filter.end = Some(time(word, End::Last)?);
            Ok(())
        },
    ),
    Opt::flag(
        long("rotated"),
        "read the rotated siblings of each log too",
        "Read with each log its rotated siblings, `LOG.1`, `LOG.2` and so on, compressed or not, \
         oldest first. Those that were last written before `--start`, and those that were begun \
         after `--end`, are not opened.",
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

/// What is counted.
pub(super) const COUNTED: &[Opt<Args>] = &[
    Opt::flag(long("syscalls"), "system calls made", SECTION, |args| {
        args.add_section(Section::Calls);
    }),
    Opt::flag(long("commands"), "commands executed", SECTION, |args| {
        args.add_section(Section::Commands);
    }),
    Opt::flag(long("files"), "files opened", SECTION, |args| args.add_section(Section::Files)),
    Opt::flag(
        long("privileged"),
        "commands executed as root by somebody else",
        "Print commands that ran with effective user id 0 and were executed by a login user other \
         than root.",
        |args| args.add_section(Section::Privileged),
    ),
    Opt::flag(
        long("errors"),
        "what calls failed on, by error",
        "Print what calls failed on: the error, the count, and the file, or the name of the call \
         where no file was involved.",
        |args| args.add_section(Section::Errors),
    ),
    Opt::flag(
        long("denials"),
        "what SELinux, AppArmor, seccomp, Landlock refused",
        "Print what access controls refused. SELinux: source and target context, class, \
         permissions, object. AppArmor: profile, operation, mask, object. seccomp: program and \
         system call. Landlock: the access, the object. Capabilities by name.",
        |args| args.add_section(Section::Denials),
    ),
    Opt::flag(
        both('m', "modes"),
        "files apart by how they were opened: r w rw c t a x",
        "Tell files apart by the flags they were opened with: `r`, `w` or `rw`; before it `c` if \
         the file would be created, behind it `t` if it would be truncated, `a` if appended to, \
         `x` if it must not exist. `?` if the log does not tell.",
        |args| args.modes = true,
    ),
    Opt::flag(
        both('a', "absolute"),
        "relative file names joined with the working directory",
        "Join relative names of files with the working directory of the process. Where the call \
         names a directory by its descriptor the log does not tell the place, and the name is \
         printed as `[fd 4]/name`.",
        |args| args.absolute = true,
    ),
];

const SECTION: &str =
    "Print only this section, or only those that are asked for if there are several.";

/// How it is printed.
pub(super) const PRINTED: &[Opt<Args>] = &[
    Opt::value(
        long("top").takes("N", ValueHint::None),
        "the first N of each section",
        "Print only the first `N` of each section.",
        |args, word| cli::number(word).map(|count| args.layout.top = Some(count)),
    ),
    Opt::value(
        short('o')
            .takes("FORMAT", ValueHint::Words(&["tsv", "jsonl", "JSON", "seccomp", "systemd"])),
        "tsv, jsonl or JSON; seccomp or systemd: a profile",
        "Print for machines. `tsv`: a line an item, with tabs between login user id, kind \
         (syscall, command, file, privileged, error, denial), count, name and detail; the detail \
         of a system call is its architecture, of a file its mode, of an error its name, of a \
         denial who refused. `jsonl`: the same items, a JSON object a line, a command with its \
         arguments as `argv`. `JSON`: one document. Counts of several hosts or files add up. \
         `seccomp`: the calls seen as a seccomp profile for OCI runtimes, docker and podman, \
         `systemd`: as a `SystemCallFilter=` line. A call whose name is not known is left out; \
         without any call there is no profile.",
        |args, word| cli::choice(Format::WORDS, word).map(|format| args.layout.format = format),
    ),
    Opt::value(
        long("escape").takes("HOW", ValueHint::Words(&["raw", "tty", "shell", "shell_quote"])),
        "names are printed raw, or safe for tty, shell, shell_quote",
        "How names are made safe: `raw` prints them as they are; `tty`, the default, prints \
         control characters and bytes that are not UTF-8 as a backslash and three octal digits; \
         `shell` and `shell_quote` also put a backslash before what a shell would take for its \
         own. JSON has escapes of its own.",
        |args, word| {
            cli::choice(Escape::WORDS, word).map(|escape| args.layout.escape = Some(escape))
        },
    ),
    Opt::flag(
        short('0'),
        "lines end with NUL, names are raw",
        "End each line with a NUL byte instead of a newline, and print names raw unless `--escape` \
         says otherwise.",
        |args| args.layout.nul = true,
    ),
    Opt::HELP,
    Opt::VERSION,
];
