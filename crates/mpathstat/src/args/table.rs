//! The options: one table, read by the parser, `--help`, the man page and completions.

use super::{Args, operand};
use crate::manual::MANUAL;
use crate::rates::By;
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
        "begin with a report on the time since boot",
        "The first report is on all the time since the machine was booted, and comes at once.",
        |args| args.course.since_boot = true,
    ),
    Opt::flag(
        short('y'),
        "no report since boot, as without this",
        "Leaves out the report since boot, which is left out without this as well.",
        |args| args.course.since_boot = false,
    ),
    Opt::flag(
        short('a'),
        "show maps that did nothing, too",
        "Shows maps that did nothing as well.",
        |args| {
            args.layout.shown.idle = true;
        },
    ),
    Opt::flag(
        short('z'),
        "leave out maps that did nothing, as without this",
        "Leaves out maps that did nothing, which are left out without this as well. Paths that did \
         nothing are always shown below a map that did something.",
        |args| args.layout.shown.idle = false,
    ),
];

const CONTENTS: &[Opt<Args>] = &[
    Opt::flag(
        short('x'),
        "times, sizes, queues, errors, addresses, groups and states",
        "Adds the columns of EXTENDED STATISTICS below. Reading them costs up to four system calls \
         a path and report.",
        |args| args.layout.shown.extended = true,
    ),
    Opt::flag(
        short('i'),
        "mark paths that are out of line with their siblings",
        "Marks paths that take much longer, or are used much less, than the best path of their \
         group; see OUT OF LINE below.",
        |args| args.layout.shown.outliers = true,
    ),
    Opt::value(
        short('g').takes("WHAT", ValueHint::Words(&["host", "target", "controller", "group"])),
        "sums of paths by host, target, controller or group",
        "In place of maps and paths shows the sums of the paths that share an HBA (`host`), a port \
         of the array (`target`), an NVMe controller (`controller`) or a path group of a map \
         (`group`). Sums of paths that did nothing are left out, as maps are.",
        |args, value| {
            let words = [
                ("host", By::Host),
                ("target", By::Target),
                ("controller", By::Controller),
                ("group", By::Group),
            ];
            args.layout.by = Some(cli::choice(&words, value)?);
            Ok(())
        },
    ),
];

const FIGURES: &[Opt<Args>] = &[
    Opt::kilo("Amounts in kilobytes of 1024 bytes, as without this."),
    Opt::MEGA,
    Opt::GIGA,
    Opt::human("Amounts with one decimal and a unit that suits each."),
    Opt::TIME,
    Opt::EPOCH,
];

const INPUT: &[Opt<Args>] = &[
    Opt::value(
        long("root").takes("DIR", ValueHint::File),
        "read proc and sys below DIR",
        "Reads `proc` and `sys` below DIR, those of a saved machine, for a report since boot. With \
         numbered folders DIR/1, DIR/2 and so on each report is on the time from one to the next, \
         without waiting, and the run ends with the last.",
        |args, value| {
            args.input.root = Some(value.into());
            Ok(())
        },
    ),
    Opt::value(
        long("topology").takes("FILE", ValueHint::File),
        "read maps and paths from a text of multipath -ll",
        "Takes maps and paths from FILE, a text that `multipath -ll` printed, of any version, or \
         multipathd's `show topology`; `-` is standard input. Changes are not noticed then.",
        |args, value| {
            args.input.topology = Some(value.into());
            Ok(())
        },
    ),
    Opt::value(
        long("iostat").takes("FILE", ValueHint::File),
        "take figures from a text of iostat -x",
        "Takes the figures from FILE, a text that `iostat -x` printed, of any version; `-` is \
         standard input. Each report of it makes one of ours, that since boot too if it is there. \
         What such a text does not say is shown as `-`. For `-i` an interval other than 1 second \
         has to be given.",
        |args, value| {
            args.input.iostat = Some(value.into());
            Ok(())
        },
    ),
];

const OUTPUT: &[Opt<Args>] = &[
    Opt::format(
        "JSON: one document; jsonl, tsv: a path a line",
        "`JSON` is one document of the form that iostat's has. `jsonl` is a JSON object a line and \
         `tsv` tab-separated values with a heading, a path a line; see RECORDS below. `-m`, `-G` \
         and `--human` have no effect on them.",
    ),
    Opt::HELP,
    Opt::VERSION,
];
