//! The command line: the only place that names an option.

use crate::manual::MANUAL;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;
use toolkit::cli::{self, About, Action, Command, Group, Hint, Opt};

/// What a command line asks for.
#[derive(Debug, Default)]
pub struct Args {
    /// How the report looks.
    pub layout: Layout,
    /// When reports are made.
    pub course: Course,
    /// Only these drives; all if empty.
    pub drives: Vec<OsString>,
    /// Where a drive's name comes from, unless it is the kernel's.
    pub naming: Option<Naming>,
    /// The folder of a saved machine.
    pub root: Option<PathBuf>,
    /// To print the version as sysstat does, and end.
    pub version: bool,
    /// A second unit that contradicts the first.
    units_differ: bool,
}

/// How the report looks.
#[derive(Debug, Default)]
pub struct Layout {
    /// The form of the report.
    pub format: Format,
    /// The unit of amounts.
    pub unit: Option<Unit>,
    /// Digits behind the decimal mark.
    pub decimals: Option<usize>,
    /// What is shown beside the usual columns and rows, and what is left out.
    pub shown: Shown,
    /// Amounts with a unit that suits each, percentages with a sign.
    pub human: bool,
    /// The time before each report.
    pub time: Option<Time>,
}

/// What is shown beside the usual columns and rows, and what is left out.
#[derive(Debug, Default, Clone, Copy)]
pub struct Shown {
    /// Block sizes, times of operations, requests in flight, state.
    pub extended: bool,
    /// A line with the sums.
    pub total: bool,
    /// Drives that did nothing are left out.
    pub omit_idle: bool,
}

/// The form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Columns for people.
    #[default]
    Text,
    /// One JSON document, as sysstat's.
    Json,
    /// A JSON object a line.
    JsonLines,
    /// Tab-separated values with a heading.
    Tsv,
}

/// The unit of amounts; 1 kB is 1024 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// kB.
    #[default]
    Kilo,
    /// 1024 kB.
    Mega,
    /// 1024 MB.
    Giga,
}

/// How a report's time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Date and time of day.
    Local,
    /// Seconds since the epoch.
    Epoch,
}

/// Where a drive's name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Links in `/dev/tape/by-id`.
    Id,
    /// Links in `/dev/tape/by-path`.
    Path,
    /// The serial number that the drive gives.
    Serial,
    /// Host, channel, target and unit.
    Hctl,
}

/// When reports are made.
#[derive(Debug, Default)]
pub struct Course {
    interval: Option<Duration>,
    count: Option<u64>,
    /// No report since boot.
    omit_since_boot: bool,
    /// Wait for a drive, and tell of those that come and go.
    pub wait: bool,
}

impl Course {
    /// The time from one sample to the next, if there is to be more than one.
    #[must_use]
    pub fn period(&self) -> Option<Duration> {
        let waiting = self.wait.then_some(Duration::from_secs(1));
        self.interval.filter(|interval| !interval.is_zero()).or(waiting)
    }

    /// Whether the first report, that since boot, is left out.
    #[must_use]
    pub fn skips_first(&self) -> bool {
        self.omit_since_boot && self.interval.is_some_and(|interval| !interval.is_zero())
    }

    /// How many reports follow the first sample; nothing if that is up to the user.
    #[must_use]
    pub fn following(&self) -> Option<u64> {
        let count = match self.interval {
            Some(interval) if !interval.is_zero() => self.count?,
            _ => 1,
        };
        Some(if self.skips_first() { count } else { count - 1 })
    }

    /// Takes an interval, then a count.
    fn add_number(&mut self, word: &str) -> Result<(), String> {
        if self.interval.is_none() {
            self.interval = Some(interval(word)?);
            return Ok(());
        }
        if self.count.is_some() {
            return Err(format!("unexpected third number {word}"));
        }
        let count = word.parse().ok().filter(|count| *count > 0);
        self.count = Some(count.ok_or_else(|| format!("count {word}: expected 1 or more"))?);
        Ok(())
    }
}

/// An interval in seconds, with decimals or without.
fn interval(word: &str) -> Result<Duration, String> {
    let seconds = sysparse::counter::uptime(word.as_bytes()).ok();
    seconds.filter(|interval| interval.is_zero() || SENSIBLE.contains(interval)).ok_or_else(|| {
        format!("interval {word}: expected seconds, 0.001 or more, or 0 for a report since boot")
    })
}

/// From a thousandth of a second to a hundred years.
const SENSIBLE: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(100 * 365 * 86400);

impl Args {
    /// These arguments if they go together.
    ///
    /// # Errors
    /// A clause about those that do not.
    pub fn checked(self) -> Result<Args, String> {
        if self.units_differ {
            return Err("only one of -k, -m and -G can be given".to_owned());
        }
        if self.course.count.is_some() && self.course.period().is_none() {
            return Err("a count needs an interval greater than 0".to_owned());
        }
        Ok(self)
    }

    fn set_unit(&mut self, unit: Unit) {
        self.units_differ |= self.layout.unit.is_some_and(|before| before != unit);
        self.layout.unit = Some(unit);
    }
}

/// What sysstat's command prints about its use; the same here for those who read it by a program.
pub const USAGE: &str = "\
Usage: tapestat [ options ] [ <interval> [ <count> ] ]
Options are:
[ --human ] [ -k | -m | -G ] [ -o JSON ] [ -t ] [ -U ] [ -V ]
[ -y ] [ -z ]";

/// The command and its options.
pub const COMMAND: Command<Args> = Command {
    about: MANUAL,
    groups: &[
        Group { title: "Which reports", options: REPORTS },
        Group { title: "Which drives", options: DRIVES },
        Group { title: "Units and figures", options: FIGURES },
        Group { title: "Output", options: OUTPUT },
    ],
    operand,
};

/// A number is interval or count, anything else a drive.
fn operand(args: &mut Args, word: &OsStr) -> Result<(), String> {
    let bytes = word.as_encoded_bytes();
    match word.to_str() {
        Some(number) if number.starts_with(|first: char| first.is_ascii_digit()) => {
            args.course.add_number(number)
        }
        _ if [&b"st"[..], b"nst", b"/"].iter().any(|start| bytes.starts_with(start)) => {
            args.drives.push(word.to_owned());
            Ok(())
        }
        _ => Err(format!("{}: expected a number or a drive", word.to_string_lossy())),
    }
}

const fn flag(short: char, help: &'static str, doc: &'static str, set: fn(&mut Args)) -> Opt<Args> {
    let about = About { short: Some(short), help, doc, ..About::EMPTY };
    Opt { about, action: Action::Flag(set) }
}

const REPORTS: &[Opt<Args>] = &[
    flag(
        'y',
        "no report since boot",
        "Without it the first report is about all the time since the machine was booted. Counts only \
         with an interval.",
        |args| args.course.omit_since_boot = true,
    ),
    flag(
        'w',
        "wait for a drive, tell of drives that come and go",
        "Waits for a drive where the command otherwise ends because there is none, and tells on \
         standard error of each drive that comes or goes.",
        |args| args.course.wait = true,
    ),
    Opt {
        about: About {
            long: Some("root"),
            value: "DIR",
            hint: Hint::File,
            help: "read proc and sys below DIR",
            doc: "Reads `proc` and `sys` below DIR, those of a saved machine. With numbered folders \
                  DIR/1, DIR/2 and so on each report takes the next, without waiting, and the run \
                  ends with the last.",
            ..About::EMPTY
        },
        action: Action::Value(|args, value| {
            args.root = Some(value.into());
            Ok(())
        }),
    },
];

const DRIVES: &[Opt<Args>] = &[
    flag(
        'z',
        "leave out drives that did nothing",
        "Leaves out the drives whose figures are all 0.",
        |args| args.layout.shown.omit_idle = true,
    ),
    flag(
        'T',
        "add a line with the sums",
        "Adds a line with the sums of the figures above it; with `-x` its sizes and times are those \
         of all operations together.",
        |args| args.layout.shown.total = true,
    ),
    Opt {
        about: About {
            short: Some('j'),
            value: "NAMES",
            hint: Hint::Words(&["ID", "PATH", "SERIAL", "HCTL"]),
            help: "names that stay the same: ID, PATH, SERIAL or HCTL",
            doc: "Shows drives by a name that stays when the kernel counts them anew: `ID` and `PATH` \
                  as in `/dev/tape/by-id` and `/dev/tape/by-path`, `SERIAL` as the drive itself says, \
                  `HCTL` for host, channel, target and unit. A drive without such a name keeps its \
                  own.",
            ..About::EMPTY
        },
        action: Action::Value(|args, value| {
            let names = [
                ("ID", Naming::Id),
                ("PATH", Naming::Path),
                ("SERIAL", Naming::Serial),
                ("HCTL", Naming::Hctl),
            ];
            args.naming = Some(cli::choice(&names, value)?);
            Ok(())
        }),
    },
];

const FIGURES: &[Opt<Args>] = &[
    flag('k', "amounts in kB", "Amounts in kilobytes of 1024 bytes, as without it.", |args| {
        args.set_unit(Unit::Kilo);
    }),
    flag('m', "amounts in MB", "Amounts in megabytes of 1024 kilobytes.", |args| {
        args.set_unit(Unit::Mega);
    }),
    flag('G', "amounts in GB", "Amounts in gigabytes of 1024 megabytes.", |args| {
        args.set_unit(Unit::Giga);
    }),
    Opt {
        about: About {
            long: Some("human"),
            help: "amounts with a unit that suits each",
            doc: "Amounts with one decimal and a unit that suits each, percentages with a sign.",
            ..About::EMPTY
        },
        action: Action::Flag(|args| args.layout.human = true),
    },
    Opt {
        about: About {
            long: Some("dec"),
            value: "0|1|2",
            hint: Hint::Words(&["0", "1", "2"]),
            help: "decimals of the figures; 0 cuts them off",
            doc: "Figures with that many decimals, rounded; with 0, as without it, decimals are cut \
                  off. `-o jsonl` and `-o tsv` have 2 unless told otherwise.",
            ..About::EMPTY
        },
        action: Action::Value(|args, value| {
            args.layout.decimals = Some(cli::choice(&[("0", 0), ("1", 1), ("2", 2)], value)?);
            Ok(())
        }),
    },
    flag(
        'x',
        "block sizes, times of operations, requests in flight, state",
        "Adds the columns of EXTENDED STATISTICS below.",
        |args| args.layout.shown.extended = true,
    ),
];

const OUTPUT: &[Opt<Args>] = &[
    Opt {
        about: About {
            short: Some('o'),
            value: "FORMAT",
            hint: Hint::Words(&["JSON", "jsonl", "tsv"]),
            help: "JSON: one document; jsonl, tsv: a record a line",
            doc: "`JSON` is the document that sysstat's command writes. `jsonl` is a JSON object a \
                  line and `tsv` tab-separated values with a heading: each line is one drive in one \
                  report, with rates and with what the counters grew by. See RECORDS below.",
            ..About::EMPTY
        },
        action: Action::Value(|args, value| {
            let formats =
                [("JSON", Format::Json), ("jsonl", Format::JsonLines), ("tsv", Format::Tsv)];
            args.layout.format = cli::choice(&formats, value)?;
            Ok(())
        }),
    },
    flag(
        't',
        "the time before each report",
        "Date and time before each report, as `LC_TIME` or `S_TIME_FORMAT` say.",
        |args| args.layout.time = args.layout.time.or(Some(Time::Local)),
    ),
    flag(
        'U',
        "the time in seconds since the epoch",
        "The time before each report in seconds since the epoch.",
        |args| args.layout.time = Some(Time::Epoch),
    ),
    flag(
        'V',
        "print the version as sysstat does",
        "Prints the variables of ENVIRONMENT that are set and the version, and ends.",
        |args| args.version = true,
    ),
    Opt::HELP,
    Opt::VERSION,
];

#[cfg(test)]
mod tests;
