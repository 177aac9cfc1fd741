//! The table of options.

use super::{Args, operand};
use crate::columns;
use crate::manual::MANUAL;
use crate::rates::By;
use std::ffi::OsStr;
use toolkit::cli::{self, Command, Opt, OptionGroup, ValueHint, long, short};

/// The command and its options.
pub const COMMAND: Command<Args> = Command {
    about: MANUAL,
    groups: &[
        OptionGroup { title: "Which reports", options: REPORTS },
        OptionGroup { title: "What a report shows", options: CONTENTS },
        OptionGroup { title: "Units and times", options: FIGURES },
        OptionGroup { title: "Saved input", options: INPUT },
        OptionGroup { title: "Output", options: OUTPUT },
    ],
    operand,
    check: Args::check,
};

const REPORTS: &[Opt<Args>] = &[
    Opt::flag(
        long("since-boot"),
        "start with a report on the time since boot",
        "Start with a report on the time since boot, which is printed at once.",
        |args| {
            args.sampling.schedule.since_boot = true;
            args.omits_since_boot = false;
        },
    ),
    Opt::flag(
        short('y'),
        "omit the report since boot (the default)",
        "Omit the report since boot. This is the default, except with `--iostat`: `-y` leaves out the \
         first report of the file.",
        |args| {
            args.sampling.schedule.since_boot = false;
            args.omits_since_boot = true;
        },
    ),
    Opt::flag(
        short('a'),
        "show idle maps, too",
        "Show idle maps, too. REPORT says which maps are idle.",
        |args| {
            args.shows_idle = true;
        },
    ),
    Opt::flag(
        short('z'),
        "omit idle maps (the default)",
        "Omit idle maps. This is the default. Idle paths are always shown below a map that is not \
         idle.",
        |args| args.shows_idle = false,
    ),
];

const CONTENTS: &[Opt<Args>] = &[
    Opt::flag(
        short('x'),
        "show times, sizes, queues, errors, addresses, groups, states",
        "Add the columns described in EXTENDED STATISTICS. They cost up to four system calls per \
         path and report.",
        |args| args.is_extended = true,
    ),
    Opt::flag(
        short('i'),
        "mark what is wrong with maps and paths",
        "Mark maps and paths on which nothing moves, that cannot carry I/O, that are used past the \
         map, or that are out of line with the best path of their group; see MARKS.",
        |args| args.has_marks = true,
    ),
    Opt::value(
        short('g').takes("LIST", ValueHint::List(&["host", "target", "controller", "group"])),
        "show sums of paths by host, target, controller or group",
        "Instead of maps and paths, show sums of the paths that share what LIST names, separated by \
         commas: an HBA (`host`), a port of the array (`target`), an NVMe controller (`controller`) or \
         a path group of a map (`group`). Paths that have no such thing are not added up; their \
         figures are `-`. Idle sums are omitted in the same way as idle maps.",
        |args, value| {
            args.by = grouping(value)?;
            Ok(())
        },
    ),
    Opt::value(
        long("columns").takes("LIST", ValueHint::List(&COLUMNS)),
        "choose the columns and their order",
        "Show the columns in LIST, separated by commas, in this order: reads, writes, read-kb, \
         written-kb, await, r_await, w_await, areq-sz, rareq-sz, wareq-sz, in-flight, aqu-sz, util, \
         discards, d_await, flushes, f_await, errors, timeouts, retries, failovers, share, hctl, host, \
         target, group, state, access, multipathd. See EXTENDED STATISTICS. Only the text report has \
         columns; with `-g`, those of figures.",
        |args, value| {
            args.columns = Some(columns::parse(&value.to_string_lossy())?);
            Ok(())
        },
    ),
    Opt::value(
        long("sort").takes("KEY", ValueHint::Words(&SORT_KEYS)),
        "sort maps by a figure, the largest first",
        "Sort maps, or sums with `-g`, by KEY, the largest first: the name of a column with figures \
         (see `--columns`), `kb` for kilobytes read and written, or `share` for the share of all \
         reads and writes. Those on which requests are in flight and none is completed come first by \
         `await` and the like; those whose figure is unknown come last.",
        |args, value| {
            args.sort = Some(columns::sort_key(&value.to_string_lossy())?);
            Ok(())
        },
    ),
    Opt::value(
        long("top").takes("N", ValueHint::None),
        "show only the first N maps",
        "Show only the first N maps, or sums with `-g`.",
        |args, value| {
            let number = value.to_str().and_then(|word| word.parse().ok()).filter(|it| *it > 0);
            args.top = Some(number.ok_or_else(|| "expected a number, 1 or more".to_owned())?);
            Ok(())
        },
    ),
];

/// The names of the columns, for completions.
const COLUMNS: [&str; 29] = [
    "reads",
    "writes",
    "read-kb",
    "written-kb",
    "await",
    "r_await",
    "w_await",
    "areq-sz",
    "rareq-sz",
    "wareq-sz",
    "in-flight",
    "aqu-sz",
    "util",
    "discards",
    "d_await",
    "flushes",
    "f_await",
    "errors",
    "timeouts",
    "retries",
    "failovers",
    "share",
    "hctl",
    "host",
    "target",
    "group",
    "state",
    "access",
    "multipathd",
];

/// What completions offer for `--sort`: the keys that are asked for most.
const SORT_KEYS: [&str; 8] =
    ["reads", "writes", "kb", "await", "util", "share", "errors", "in-flight"];

/// What paths have in common: `host,target`.
fn grouping(list: &OsStr) -> Result<Vec<By>, String> {
    let words = [
        ("host", By::Host),
        ("target", By::Target),
        ("controller", By::Controller),
        ("group", By::Group),
    ];
    let list = list.to_string_lossy();
    list.split(',').map(|word| cli::choice(&words, OsStr::new(word))).collect()
}

const FIGURES: &[Opt<Args>] = &[
    Opt::KILO,
    Opt::MEGA,
    Opt::GIGA,
    Opt::human("Print each amount with one decimal and in a suitable unit."),
    Opt::TIME,
    Opt::EPOCH,
];

const INPUT: &[Opt<Args>] = &[
    Opt::ROOT,
    Opt::SAVE,
    Opt::value(
        long("topology").takes("FILE", ValueHint::File),
        "read maps and paths from saved output of multipath",
        "Read maps and paths from FILE, which holds the output of any version of `multipath -ll`, \
         that of multipathd's `show topology` or `show maps json`, or that of `nvme list-subsys`; `-` \
         is standard input. All lines may be indented, quoted, or preceded by the same text, in which \
         only numbers, such as those of a time, may differ. Changes of maps and paths are not noticed. In \
         the folder of a sos report, this is the file \
         `sos_commands/multipath/multipath_-v4_-ll`; give the folder itself with `--root`.",
        |args, value| {
            args.topology = Some(value.into());
            Ok(())
        },
    ),
    Opt::value(
        long("iostat").takes("FILE", ValueHint::File),
        "read figures from saved output of iostat -x or sar -d",
        "Read figures from FILE, which holds the output of any version of `iostat -x`, in any of its \
         formats, or of `sar -d`; `-` is standard input. There is one report for each report in FILE, \
         including one since boot. Figures are shown as they are in FILE, those that are not there as \
         `-`. Average times are `-`, too, while requests are in flight and none is completed. \
         If `sar -d` names devices by number and several numbers can be those of the maps, \
         as `dev253-0` and `dev254-0`, the figures of the maps are `-`; `sar -dp` prints names. \
         If the output has times, they are those of the reports; a time whose date, \
         AM or PM cannot be read is `-`. In a date such as `05/11/2026` the month comes first, unless \
         another date before it shows that the day does. With `-i`, give the interval of the output, unless it has times or \
         its interval is one second.",
        |args, value| {
            args.iostat = Some(value.into());
            Ok(())
        },
    ),
];

const OUTPUT: &[Opt<Args>] = &[
    Opt::format(
        "Select the output format. `JSON` is one document with the layout that iostat uses. \
         `jsonl` (one JSON object per line) and `tsv` (tab-separated values below a line with \
         their names) print one record per map and per path; see RECORDS. `prometheus` prints the \
         counters at one moment; see METRICS. `-m`, `-G` and `--human` have no effect on any of them.",
    ),
    Opt::NO_HEADING,
    Opt::HELP,
    Opt::VERSION,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_that_completions_offer_exist() {
        assert_eq!(
            columns::parse(&COLUMNS.join(",")).map(|parsed| parsed.len()),
            Ok(COLUMNS.len())
        );
        assert_eq!(COLUMNS.len(), columns::FIGURES.len() + columns::WORDS.len());
    }
}
