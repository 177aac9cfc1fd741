//! The table of options: what each is called, what it does, what the manual says of it.

use super::{Args, Naming};
use toolkit::cli::{self, Opt, ValueHint, long, short};

/// When reports are made, and of which machine.
pub(super) const REPORTS: &[Opt<Args>] = &[
    Opt::flag(
        short('y'),
        "no report since boot",
        "Leaves out the first report, which is about all the time since the machine was booted. \
         Counts only with an interval.",
        |args| args.course.omit_since_boot = true,
    ),
    Opt::flag(
        short('w'),
        "wait for a drive, tell of drives that come and go",
        "Waits for a drive where the command otherwise ends because there is none, and tells on \
         standard error of each drive that comes or goes.",
        |args| args.course.wait = true,
    ),
    Opt::value(
        long("root").takes("DIR", ValueHint::File),
        "read proc and sys below DIR",
        "Reads `proc` and `sys` below DIR, those of a saved machine. With numbered folders DIR/1, \
         DIR/2 and so on each report takes the next, without waiting, and the run ends with the \
         last.",
        |args, value| {
            args.root = Some(value.into());
            Ok(())
        },
    ),
];

/// Which drives are reported, and by what names.
pub(super) const DRIVES: &[Opt<Args>] = &[
    Opt::flag(
        short('z'),
        "leave out drives that did nothing",
        "Leaves out the drives whose figures are all 0.",
        |args| args.layout.shown.omit_idle = true,
    ),
    Opt::flag(
        short('T'),
        "add a line with the sums",
        "Adds a line with the sums of the figures above it; with `-x` its sizes and times are \
         those of all operations together.",
        |args| args.layout.shown.total = true,
    ),
    Opt::value(
        short('j').takes("NAMES", ValueHint::Words(&["ID", "PATH", "SERIAL", "HCTL"])),
        "names that stay the same: ID, PATH, SERIAL or HCTL",
        "Shows drives by a name that stays when the kernel counts them anew: `ID` and `PATH` as in \
         `/dev/tape/by-id` and `/dev/tape/by-path`, `SERIAL` as the drive itself says, `HCTL` for \
         host, channel, target and unit. A drive without such a name keeps its own.",
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

/// Units, decimals and columns.
pub(super) const FIGURES: &[Opt<Args>] = &[
    Opt::kilo("Amounts in kilobytes of 1024 bytes, as without it."),
    Opt::MEGA,
    Opt::GIGA,
    Opt::human("Amounts with one decimal and a unit that suits each, percentages with a sign."),
    Opt::value(
        long("dec").takes("0|1|2", ValueHint::Words(&["0", "1", "2"])),
        "decimals of the figures; 0 cuts them off",
        "Figures with that many decimals, rounded; with 0, as without it, decimals are cut off. \
         `-o jsonl` and `-o tsv` have 2 unless told otherwise.",
        |args, value| {
            args.layout.decimals = Some(cli::choice(&[("0", 0), ("1", 1), ("2", 2)], value)?);
            Ok(())
        },
    ),
    Opt::flag(
        short('x'),
        "block sizes, times of operations, requests in flight, state",
        "Adds the columns of EXTENDED STATISTICS below.",
        |args| args.layout.shown.extended = true,
    ),
];

/// The form of the report.
pub(super) const OUTPUT: &[Opt<Args>] = &[
    Opt::format(
        "JSON: one document; jsonl, tsv: a record a line",
        "`JSON` is the document that sysstat's command writes. `jsonl` is a JSON object a line and \
         `tsv` tab-separated values with a heading: each line is one drive in one report, with \
         rates and with what the counters grew by. See RECORDS below.",
    ),
    Opt::TIME,
    Opt::EPOCH,
    Opt::flag(
        short('V'),
        "print the version as sysstat does",
        "Prints the variables of ENVIRONMENT that are set and the version, and ends.",
        |args| args.version = true,
    ),
    Opt::HELP,
    Opt::VERSION,
];
