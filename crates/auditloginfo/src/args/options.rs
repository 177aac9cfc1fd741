//! The tables of options.

use super::{Args, text, time, user};
use crate::report::Format;
use crate::section::Section;
use crate::subject::Test;
use crate::times::End;
use std::collections::BTreeSet;
use toolkit::cli::{self, About, Action, Hint, Opt};
use toolkit::paint::Escape;

/// Which events.
pub(super) const EVENTS: &[Opt<Args>] = &[
    Opt {
        about: About {
            long: Some("uid"),
            value: "UID",
            hint: Hint::User,
            help: "this login user: number, name, unset or all; repeatable",
            doc: "Report on the login user `UID`: a number, a name, `unset` for daemons, whose \
                  processes nobody logged in for, or `all` for one report for each that the logs \
                  hold, in ascending order. May be given several times. Without it an overview \
                  with a line for each login user is printed, whatever sections are asked for.",
            ..About::EMPTY
        },
        action: Action::Value(Args::add_user),
    },
    Opt {
        about: About {
            long: Some("euid"),
            value: "UID",
            hint: Hint::User,
            help: "with this effective user: number or name",
            doc: "Count only what was done with the rights of the user `UID`. Like all that \
                  narrows, it may be given several times; one of the values must fit, and other \
                  options must fit too.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            let user = user(word).ok_or("expected a number or a user's name")?;
            args.add_test(Test::Number(b"euid", BTreeSet::from([user])));
            Ok(())
        }),
    },
    Opt {
        about: About {
            long: Some("exe"),
            value: "PATH",
            hint: Hint::File,
            help: "by this program",
            doc: "Count only what the program with this path did. Daemons have no login user, so \
                  this and `--uid unset` profile a service.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            args.add_test(Test::Text(b"exe", text(word)));
            Ok(())
        }),
    },
    Opt {
        about: About {
            long: Some("comm"),
            value: "NAME",
            help: "by processes of this name",
            doc: "Count only what processes did whose name, of at most 15 bytes, is `NAME`.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            args.add_test(Test::Text(b"comm", text(word)));
            Ok(())
        }),
    },
    Opt {
        about: About {
            long: Some("pid"),
            value: "PID",
            help: "by this process",
            doc: "Count only what the process `PID` did.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            args.add_test(Test::Number(b"pid", BTreeSet::from([cli::number(word)?])));
            Ok(())
        }),
    },
    Opt {
        about: About {
            long: Some("session"),
            value: "ID",
            help: "in this login session",
            doc: "Count only what was done in the login session `ID`.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            let session = user(word).ok_or("expected a number or unset")?;
            args.add_test(Test::Number(b"ses", BTreeSet::from([session])));
            Ok(())
        }),
    },
    Opt {
        about: About {
            short: Some('k'),
            long: Some("key"),
            value: "KEY",
            help: "recorded by rules with this key",
            doc: "Count only what a rule with the key `KEY` recorded.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            args.add_test(Test::Key(text(word)));
            Ok(())
        }),
    },
    Opt {
        about: About {
            long: Some("node"),
            value: "HOST",
            help: "from this host, in a log of several",
            doc: "Count only what the host `HOST` recorded, in logs whose records begin with \
                  `node=`.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            args.add_test(Test::Node(text(word)));
            Ok(())
        }),
    },
    Opt {
        about: About {
            long: Some("failed"),
            help: "only calls that failed",
            doc: "Count only events whose call failed. A call that never returns, such as exit, \
                  neither failed nor succeeded.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.subject.success = Some(false)),
    },
    Opt {
        about: About {
            long: Some("successful"),
            help: "only calls that succeeded",
            doc: "Count only events whose call succeeded. The last of this and `--failed` holds.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.subject.success = Some(true)),
    },
    Opt {
        about: About {
            short: Some('S'),
            long: Some("start"),
            value: "TIME",
            hint: Hint::Words(TIMES),
            help: "from then on: today, recent, boot, 2026-11-22, ...",
            doc: "Count only events from this time on: `now`, `recent` (ten minutes ago), \
                  `this-hour`, `today`, `yesterday`, `this-week` (since Sunday), `week-ago`, \
                  `this-month`, `this-year`, `boot`; a time of day such as `14:30`; such a word \
                  and a time of day, as one argument; seconds since the epoch; or a date and time \
                  of ISO 8601, with a time zone or in the local one.",
        },
        action: Action::Value(|args, word| {
            args.subject.start = Some(time(word, End::Start)?);
            Ok(())
        }),
    },
    Opt {
        about: About {
            short: Some('E'),
            long: Some("end"),
            value: "TIME",
            hint: Hint::Words(TIMES),
            help: "up to then",
            doc: "Count only events up to and in this second; `TIME` as for `--start`. As in \
                  ausearch, `today` means now here, and other words the beginning of their day; \
                  a date means all of its day.",
        },
        action: Action::Value(|args, word| {
            args.subject.end = Some(time(word, End::Last)?);
            Ok(())
        }),
    },
    Opt {
        about: About {
            long: Some("rotated"),
            help: "read the rotated siblings of each log too",
            doc: "Read with each log its rotated siblings, `LOG.1`, `LOG.2` and so on, compressed \
                  or not, oldest first. Those that were last written before `--start`, and those \
                  that were begun after `--end`, are not opened.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.rotated = true),
    },
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
    Opt {
        about: About {
            long: Some("syscalls"),
            help: "system calls made",
            doc: SECTION,
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.add_section(Section::Calls)),
    },
    Opt {
        about: About {
            long: Some("commands"),
            help: "commands executed",
            doc: SECTION,
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.add_section(Section::Commands)),
    },
    Opt {
        about: About { long: Some("files"), help: "files opened", doc: SECTION, ..About::EMPTY },
        action: Action::Flag(|args| args.add_section(Section::Files)),
    },
    Opt {
        about: About {
            long: Some("privileged"),
            help: "commands executed as root by somebody else",
            doc: "Print commands that ran with effective user id 0 and were executed by a login \
                  user other than root.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.add_section(Section::Privileged)),
    },
    Opt {
        about: About {
            long: Some("errors"),
            help: "what calls failed on, by error",
            doc: "Print what calls failed on: the error, the count, and the file, or the name of \
                  the call where no file was involved.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.add_section(Section::Errors)),
    },
    Opt {
        about: About {
            long: Some("denials"),
            help: "what SELinux, AppArmor, seccomp, Landlock refused",
            doc: "Print what access controls refused. SELinux: source and target context, class, \
                  permissions, object. AppArmor: profile, operation, mask, object. seccomp: \
                  program and system call. Landlock: the access, the object. Capabilities by name.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.add_section(Section::Denials)),
    },
    Opt {
        about: About {
            short: Some('m'),
            long: Some("modes"),
            help: "files apart by how they were opened: r w rw c t a x",
            doc: "Tell files apart by the flags they were opened with: `r`, `w` or `rw`; before it \
                  `c` if the file would be created, behind it `t` if it would be truncated, `a` if \
                  appended to, `x` if it must not exist. `?` if the log does not tell.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.modes = true),
    },
    Opt {
        about: About {
            short: Some('a'),
            long: Some("absolute"),
            help: "relative file names joined with the working directory",
            doc: "Join relative names of files with the working directory of the process. Where \
                  the call names a directory by its descriptor the log does not tell the place, \
                  and the name is printed as `[fd 4]/name`.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.absolute = true),
    },
];

const SECTION: &str =
    "Print only this section, or only those that are asked for if there are several.";

/// How it is printed.
pub(super) const PRINTED: &[Opt<Args>] = &[
    Opt {
        about: About {
            long: Some("top"),
            value: "N",
            help: "the first N of each section",
            doc: "Print only the first `N` of each section.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            cli::number(word).map(|count| args.layout.top = Some(count))
        }),
    },
    Opt {
        about: About {
            short: Some('o'),
            value: "FORMAT",
            hint: Hint::Words(&["tsv", "jsonl", "JSON", "seccomp", "systemd"]),
            help: "tsv, jsonl or JSON; seccomp or systemd: a profile",
            doc: "Print for machines. `tsv`: a line an item, with tabs between login user id, kind \
                  (syscall, command, file, privileged, error, denial), count, name and detail; the \
                  detail of a system call is its architecture, of a file its mode, of an error \
                  its name, of a denial who refused. `jsonl`: the same items, a JSON object a \
                  line, a command with its arguments as `argv`. `JSON`: one document. Counts of \
                  several hosts or files add up. `seccomp`: the calls seen as a seccomp profile \
                  for OCI runtimes, docker and podman, `systemd`: as a `SystemCallFilter=` line. A call \
                  whose name is not known is left out; without any call there is no profile.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            cli::choice(Format::WORDS, word).map(|format| args.layout.format = format)
        }),
    },
    Opt {
        about: About {
            long: Some("escape"),
            value: "HOW",
            hint: Hint::Words(&["raw", "tty", "shell", "shell_quote"]),
            help: "names are printed raw, or safe for tty, shell, shell_quote",
            doc: "How names are made safe: `raw` prints them as they are; `tty`, the default, \
                  prints control characters and bytes that are not UTF-8 as a backslash and \
                  three octal digits; `shell` and `shell_quote` also put a backslash before what \
                  a shell would take for its own. JSON has escapes of its own.",
            ..About::EMPTY
        },
        action: Action::Value(|args, word| {
            cli::choice(Escape::WORDS, word).map(|escape| args.layout.escape = Some(escape))
        }),
    },
    Opt {
        about: About {
            short: Some('0'),
            help: "lines end with NUL, names are raw",
            doc: "End each line with a NUL byte instead of a newline, and print names raw unless \
                  `--escape` says otherwise.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.layout.nul = true),
    },
    Opt::HELP,
    Opt::VERSION,
];
