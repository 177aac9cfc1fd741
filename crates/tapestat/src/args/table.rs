//! The table of options.

use super::{Args, operand};
use crate::manual::{MANUAL, version};
use crate::names::Naming;
use crate::rates::By;
use toolkit::cli::{self, Action, Command, Opt, OptionGroup, OptionSpec, ValueHint, long, short};

/// The command and its options.
pub const COMMAND: Command<Args> = Command {
    about: MANUAL,
    groups: &[
        OptionGroup { title: "Which reports", options: REPORTS },
        OptionGroup { title: "Which drives", options: DRIVES },
        OptionGroup { title: "Units and figures", options: FIGURES },
        OptionGroup { title: "Output", options: OUTPUT },
    ],
    operand,
    check: Args::check,
};

const REPORTS: &[Opt<Args>] = &[
    Opt::flag(
        short('y'),
        "omit the report since boot",
        "Omit the first report, which covers the time since boot. This has no effect without an \
         interval.",
        |args| args.skips_since_boot = true,
    ),
    Opt::flag(
        short('w'),
        "wait for a drive; report when drives are added or removed",
        "If there is no drive, wait for one instead of ending. Report on standard error when a \
         drive is added or removed.",
        |args| args.wait = true,
    ),
    Opt::ROOT,
    Opt::SAVE,
];

const DRIVES: &[Opt<Args>] = &[
    Opt::flag(
        short('z'),
        "omit idle drives",
        "Omit drives whose figures are all 0, with amounts in kB. With `-x`, a drive is also shown if its \
         state is not `idle`. `-o jsonl`, `tsv` and `prometheus` omit a drive only if none of its counters \
         increased and its state is `idle`.",
        |args| args.rows.omits_idle = true,
    ),
    Opt::flag(
        short('T'),
        "add a line with the total",
        "Add a line with the total of the figures above it. With `-x`, its sizes and times are \
         averages over all operations.",
        |args| args.rows.has_total = true,
    ),
    Opt::value(
        short('g').takes("WHAT", ValueHint::Words(&["host", "target"])),
        "one line per host or target instead of per drive",
        "Print one line for all drives of a SCSI host or of a SCSI target, with the sums of what they \
         did. Drives whose address is unknown are on the line `-`.",
        |args, value| {
            let words = [("host", By::Host), ("target", By::Target)];
            args.rows.sums_by = Some(cli::choice(&words, value)?);
            Ok(())
        },
    ),
    Opt::value(
        short('j').takes("NAMES", ValueHint::Words(&["ID", "PATH", "SERIAL", "HCTL"])),
        "show persistent names: ID, PATH, SERIAL or HCTL",
        "Show each drive by a name that does not depend on the order in which the kernel finds \
         drives: `ID` and `PATH` are the names in `/dev/tape/by-id` and `/dev/tape/by-path`, \
         `SERIAL` is the serial number of the drive, and `HCTL` its host, channel, target and LUN. \
         The lines are in the order of these names, and the kernel name is in a column of its own. \
         A drive without such a name is shown by its kernel name. If several drives share an id, \
         they are shown by their kernel names, and this is reported on stderr. If drives have the \
         same serial number, as one drive on two paths does, `@` and the address follow it.",
        |args, value| {
            let names = [
                ("ID", Naming::Id),
                ("PATH", Naming::Path),
                ("SERIAL", Naming::Serial),
                ("HCTL", Naming::Hctl),
            ];
            args.naming = Some(cli::choice(&names, value)?);
            Ok(())
        },
    ),
];

const FIGURES: &[Opt<Args>] = &[
    Opt::KILO,
    Opt::MEGA,
    Opt::GIGA,
    Opt::human(
        "Print each amount with one decimal and in a suitable unit, and percentages with a percent \
         sign.",
    ),
    Opt::value(
        long("dec").takes("0|1|2", ValueHint::Words(&["0", "1", "2"])),
        "number of decimals; 0 truncates",
        "Print figures with this number of decimals, rounded. With 0, which is the default, \
         decimals are truncated. The default of `-o jsonl` and `-o tsv` is 2.",
        |args, value| {
            args.decimals = Some(cli::choice(&[("0", 0), ("1", 1), ("2", 2)], value)?);
            Ok(())
        },
    ),
    Opt::flag(
        short('x'),
        "show block sizes, times of operations, requests in flight, states",
        "Add the columns described in EXTENDED STATISTICS.",
        |args| args.columns.extended = true,
    ),
    Opt::flag(
        long("gaps"),
        "show gaps between transfers: whether a drive starves",
        "Add the columns described in GAPS. For this, three counters of each drive are read ten times \
         a second between the reports.",
        |args| args.columns.gaps = true,
    ),
];

const OUTPUT: &[Opt<Args>] = &[
    Opt::format(
        "Select the output format. `JSON` is the document that sysstat's command prints. `jsonl` \
         (one JSON object per line) and `tsv` (tab-separated values below a line with their names) \
         print one record per drive and report, with rates and with the increase of each counter; \
         see RECORDS. `prometheus` prints the counters once, in the text format of Prometheus; see \
         METRICS. Upper and lower case mean the same.",
    ),
    Opt::NO_HEADING,
    Opt::TIME,
    Opt::EPOCH,
    Opt {
        about: OptionSpec {
            help: "print the version as sysstat does",
            doc: "Print those of `S_COLORS`, `S_COLORS_SGR` and `S_TIME_FORMAT` that are set, and the \
                  version, and end. What follows on the command line is ignored.",
            ..short('V')
        },
        action: Action::Text(version),
    },
    Opt::HELP,
    Opt::VERSION,
];
