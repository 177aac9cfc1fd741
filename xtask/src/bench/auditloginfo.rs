//! The tables of docs/performance.md on `auditloginfo`.
//!
//! Every figure is a ratio of two commands in the same round. The unit is the time of `wc -l` on the
//! same log: it reads every byte once and looks for line ends, as every report must do at least.

mod logs;
mod peers;

use super::beside::Comparison;
use super::measure::{BenchCommand, Measurement, warm_up_and_measure};
use super::table;
use crate::binaries;
use crate::error::Error;
use crate::workspace::Workspace;
use logs::{LogKind, make_log};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::Path;

const ROUNDS: usize = 7;
/// The size of a log in the tables and for `audit_big.py`, and how often a round reads it.
const SIZES: [(&str, &str, usize); 3] =
    [("100 MiB", "100M", 7), ("1 GiB", "1G", 1), ("4 GiB", "4G", 1)];
/// How often a round runs the commands on an empty log.
const STARTS: usize = 7;

const WC: &str = "`wc -l`";
const REPORT: &str = "`--uid 7005`, two cores";
const ONE_CORE: &str = "`--uid 7005`, one core";
const STDIN: &str = "`--uid 7005 - < LOG`, one core";
const PIPE: &str = "`--uid 7005 -` after `cat`, one core";
const TSV: &str = "`--uid all -m -o tsv`, two cores";
/// Pairs whose ratio to each other is shown, besides that to `wc -l`.
const PAIRS: [(&str, &str); 3] = [(STDIN, ONE_CORE), (PIPE, ONE_CORE), (TSV, REPORT)];

pub(super) fn run(workspace: &Workspace, out: &mut dyn Write) -> Result<(), Error> {
    let ours = OurCommand(binaries::build_release(workspace)?.join("auditloginfo").into());
    compare_logs(workspace, &ours, out)?;
    compare_sizes(workspace, &ours, out)?;
    peers::run(workspace, &ours, out)
}

/// The three reports of both logs by `binary`, on one core.
pub(super) fn comparisons(workspace: &Workspace, binary: &Path) -> Result<Vec<Comparison>, Error> {
    let command = OurCommand(binary.into());
    let mut comparisons = Vec::new();
    for (kind, log_name) in [(LogKind::Recorded, "recorded log"), (LogKind::Names, "20,000 names")]
    {
        let log = make_log(workspace, kind, "1G")?;
        for (report, options) in [
            ("`--uid 7005`", &["--uid", "7005"][..]),
            ("`--uid all`", &["--uid", "all"]),
            ("overview", &[]),
        ] {
            let command = command.on_cores(&format!("{report}, {log_name}"), "0", options, &log);
            let wc = other_command(WC, &["taskset", "-c", "0", "wc", "-l"], &log);
            comparisons.push(Comparison { command, unit: Some(wc) });
        }
    }
    Ok(comparisons)
}

/// A binary of our command. The log is its last argument.
struct OurCommand(OsString);

impl OurCommand {
    /// The command with these options, on these cores only, `0` or `0,1`. So the figures of a
    /// machine with more cores are comparable.
    fn on_cores(&self, name: &str, cores: &str, options: &[&str], log: &Path) -> BenchCommand {
        let pin = ["taskset", "-c", cores].map(OsString::from);
        let options = options.iter().map(OsString::from);
        let words = pin.into_iter().chain([self.0.clone()]).chain(options);
        BenchCommand::new(name, words.chain([log.into()]))
    }

    /// The default report of a user.
    fn user_report(&self, name: &str, cores: &str, log: &Path) -> BenchCommand {
        self.on_cores(name, cores, &["--uid", "7005"], log)
    }

    /// The same report of a log that comes through a pipe.
    fn piped_user_report(&self, name: &str, log: &Path) -> BenchCommand {
        let script = r#"cat "$0" | taskset -c 0 "$1" --uid 7005 -"#;
        let words = ["sh".into(), "-c".into(), script.into(), log.into(), self.0.clone()];
        BenchCommand::new(name, words)
    }
}

/// Another command. The log is its last argument.
fn other_command(name: &str, words: &[&str], log: &Path) -> BenchCommand {
    BenchCommand::new(name, words.iter().map(OsString::from).chain([log.into()]))
}

/// The commands to run on a log. The time of the first is the unit.
fn commands_on(ours: &OurCommand, log: &Path) -> Vec<BenchCommand> {
    let stdin = BenchCommand { stdin: log.into(), ..ours.user_report(STDIN, "0", Path::new("-")) };
    vec![
        other_command(WC, &["wc", "-l"], log),
        ours.user_report(REPORT, "0,1", log),
        ours.user_report(ONE_CORE, "0", log),
        stdin,
        ours.piped_user_report(PIPE, log),
        ours.on_cores(TSV, "0,1", &["--uid", "all", "-m", "-o", "tsv"], log),
        ours.on_cores("overview, two cores", "0,1", &[], log),
        other_command("`cat`", &["cat"], log),
        other_command("`grep -c type=SYSCALL`", &["grep", "-c", "type=SYSCALL"], log),
    ]
}

/// Prints the times on a recorded log and on one with many names.
fn compare_logs(
    workspace: &Workspace,
    ours: &OurCommand,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let commands = commands_on(ours, &make_log(workspace, LogKind::Recorded, "1G")?);
    let on_names = commands_on(ours, &make_log(workspace, LogKind::Names, "1G")?);
    let results =
        [warm_up_and_measure(&commands, ROUNDS)?, warm_up_and_measure(&on_names, ROUNDS)?];
    let sentence = format!(
        "Logs of 1 GiB in the page cache, medians of {ROUNDS} rounds. The unit is the time of `wc -l` \
         on the same log."
    );
    let headings = ["", "recorded log", "memory", "20,000 names", "memory"];
    let rows = commands.iter().enumerate().map(|(index, command)| {
        let cells = results.iter().flat_map(|results| time_and_memory(results, index));
        [command.name.clone()].into_iter().chain(cells).collect()
    });
    table::print(&sentence, &headings, &rows.collect::<Vec<_>>(), out)?;
    let sentence = "The same runs compared with each other. The unit is the time of the second.";
    let headings = ["", "compared with", "recorded log", "20,000 names"];
    let rows = PAIRS.map(|(this, other)| {
        let index = |name| commands.iter().position(|command| command.name == name);
        let cells = results.iter().map(|results| ratio(results, index(this), index(other)));
        [this, other].map(str::to_owned).into_iter().chain(cells).collect()
    });
    table::print(sentence, &headings, &rows, out)
}

/// The cells of a command: its time divided by that of the first, and its memory.
fn time_and_memory(results: &[Vec<Measurement>], index: usize) -> [String; 2] {
    let get = |index| results.get(index).map_or(&[][..], Vec::as_slice);
    let (this, first) = (get(index), get(0));
    let time = if index == 0 { table::baseline(first) } else { table::wall_ratio(this, first) };
    [time, table::peak_memory(this)]
}

/// The time of one command divided by that of another.
fn ratio(results: &[Vec<Measurement>], this: Option<usize>, other: Option<usize>) -> String {
    let [this, other] = [this, other].map(|index| index.and_then(|index| results.get(index)));
    this.zip(other).map_or_else(String::new, |(this, other)| table::wall_ratio(this, other))
}

/// Prints whether time is proportional to bytes, and memory constant.
fn compare_sizes(
    workspace: &Workspace,
    ours: &OurCommand,
    out: &mut dyn Write,
) -> Result<(), Error> {
    // wc comes first: the first sequential reader of a log decides how the page cache holds it.
    let on_log = |log: &Path, runs| {
        let wc = other_command(WC, &["wc", "-l"], log);
        let [one, two] = [(ONE_CORE, "0"), (REPORT, "0,1")];
        let commands =
            [wc, ours.user_report(one.0, one.1, log), ours.user_report(two.0, two.1, log)];
        commands.map(|command| BenchCommand { runs, ..command })
    };
    let mut commands = Vec::from(on_log(Path::new("/dev/null"), STARTS));
    let mut bytes = Vec::new();
    for (_, size, runs) in SIZES {
        let log = make_log(workspace, LogKind::Recorded, size)?;
        bytes.push(fs::metadata(&log).map_err(Error::file(&log))?.len());
        commands.extend(on_log(&log, runs));
    }
    let rows = size_rows(&warm_up_and_measure(&commands, ROUNDS)?, &bytes)?;
    let sentence = format!(
        "The recorded log in three sizes, medians of {ROUNDS} rounds: bytes per second, without the \
         time for an empty log. The unit is the rate of the same command at 1 GiB."
    );
    let headings = ["", WC, ONE_CORE, REPORT, "its processor time", "memory"];
    table::print(&sentence, &headings, &rows, out)
}

/// The rows of the table by size. The results come in threes: an empty log, then one per size.
fn size_rows(results: &[Vec<Measurement>], bytes: &[u64]) -> Result<Vec<Vec<String>>, Error> {
    let [starts, sizes @ ..] = &results.chunks(3).collect::<Vec<_>>()[..] else {
        return Err(Error::Usage);
    };
    let unit = sizes.get(1).ok_or(Error::Usage)?;
    let unit_bytes = bytes.get(1).copied().unwrap_or_default();
    let rows = SIZES.iter().zip(bytes).zip(sizes).map(|(((name, ..), &bytes), size)| {
        let rate = |this: &[Measurement], unit: &[Measurement]| {
            table::throughput_ratio((this, bytes), (unit, unit_bytes))
        };
        let (this, unit) = (without_startup(size, starts), without_startup(unit, starts));
        let cpu = this.last().zip(unit.last());
        let cpu =
            cpu.map(|(this, unit)| rate(&table::cpu_as_wall(this), &table::cpu_as_wall(unit)));
        let cells = this.iter().zip(&unit).map(|(this, unit)| rate(this, unit)).chain(cpu);
        let memory = size.last().map(|this| table::peak_memory(this));
        [(*name).to_owned()].into_iter().chain(cells).chain(memory).collect()
    });
    Ok(rows.collect())
}

/// The measurements of each command without its time for an empty log.
fn without_startup(
    commands: &[Vec<Measurement>],
    starts: &[Vec<Measurement>],
) -> Vec<Vec<Measurement>> {
    let pairs = commands.iter().zip(starts);
    pairs.map(|(rounds, start)| table::without_startup(rounds, start)).collect()
}
