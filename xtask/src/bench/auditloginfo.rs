//! What docs/performance.md says of `auditloginfo`, as the tables that stand there.
//!
//! Every figure is a ratio of two lines in the same round. `wc -l` on the same log takes 1: it reads
//! every byte once and looks for line ends, the least that any report has to do.

mod logs;
mod peers;

use super::measure::{Figures, Line, turns};
use super::table;
use crate::binaries;
use crate::error::Error;
use crate::tree::Tree;
use logs::{Kind, log};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::Path;

const ROUNDS: usize = 7;
/// The size of a log in the tables and for `audit_big.py`, and how often a round reads it.
const SIZES: [(&str, &str, usize); 3] =
    [("100 MiB", "100M", 7), ("1 GiB", "1G", 1), ("4 GiB", "4G", 1)];
/// How often a round starts the commands on nothing.
const STARTS: usize = 7;

const WC: &str = "`wc -l`";
const REPORT: &str = "`--uid 7005`, two cores";
const ONE_CORE: &str = "`--uid 7005`, one core";
const STDIN: &str = "`--uid 7005 - < LOG`, one core";
const PIPE: &str = "`--uid 7005 -` behind `cat`, one core";
const TSV: &str = "`--uid all -m -o tsv`, two cores";
/// Lines whose ratio to each other counts, not that to `wc -l`.
const PAIRS: [(&str, &str); 3] = [(STDIN, ONE_CORE), (PIPE, ONE_CORE), (TSV, REPORT)];

pub(super) fn run(tree: &Tree, out: &mut dyn Write) -> Result<(), Error> {
    let ours = Ours(binaries::release(tree)?.join("auditloginfo").into_os_string());
    kinds(tree, &ours, out)?;
    sizes(tree, &ours, out)?;
    peers::run(tree, &ours, out)
}

/// Our command, which reads the log that is its last word.
struct Ours(OsString);

impl Ours {
    /// Our command with those options on those cores, `0` or `0,1`, so that a machine of more cores
    /// tells the same.
    fn on(&self, name: &str, cores: &str, options: &[&str], log: &Path) -> Line {
        let before = ["taskset", "-c", cores].map(OsString::from);
        let options = options.iter().map(OsString::from);
        let words = before.into_iter().chain([self.0.clone()]).chain(options);
        Line::new(name, words.chain([log.into()]))
    }

    /// The default report of a user.
    fn report(&self, name: &str, cores: &str, log: &Path) -> Line {
        self.on(name, cores, &["--uid", "7005"], log)
    }

    /// The same from the other end of a pipe.
    fn piped(&self, name: &str, log: &Path) -> Line {
        let script = r#"cat "$0" | taskset -c 0 "$1" --uid 7005 -"#;
        Line::new(name, ["sh".into(), "-c".into(), script.into(), log.into(), self.0.clone()])
    }
}

/// Another command, whose last word is the log.
fn other(name: &str, words: &[&str], log: &Path) -> Line {
    Line::new(name, words.iter().map(OsString::from).chain([log.into()]))
}

/// What reads the logs of both kinds; the first is what all are divided by.
fn lines(ours: &Ours, log: &Path) -> Vec<Line> {
    let stdin = Line { stdin: log.into(), ..ours.report(STDIN, "0", Path::new("-")) };
    vec![
        other(WC, &["wc", "-l"], log),
        ours.report(REPORT, "0,1", log),
        ours.report(ONE_CORE, "0", log),
        stdin,
        ours.piped(PIPE, log),
        ours.on(TSV, "0,1", &["--uid", "all", "-m", "-o", "tsv"], log),
        ours.on("overview, two cores", "0,1", &[], log),
        other("`cat`", &["cat"], log),
        other("`grep -c type=SYSCALL`", &["grep", "-c", "type=SYSCALL"], log),
    ]
}

/// A recorded log beside one of many names.
fn kinds(tree: &Tree, ours: &Ours, out: &mut dyn Write) -> Result<(), Error> {
    let real = lines(ours, &log(tree, Kind::Real, "1G")?);
    let names = lines(ours, &log(tree, Kind::Names, "1G")?);
    let all = [turns(&real, ROUNDS)?, turns(&names, ROUNDS)?];
    let sentence = format!(
        "Logs of 1 GiB in the page cache, medians of {ROUNDS} rounds. The time of `wc -l` on the same \
         log is 1."
    );
    let head = ["", "recorded log", "memory", "20,000 names", "memory"];
    let rows = real.iter().enumerate().map(|(index, line)| {
        let cells = all.iter().flat_map(|figures| against_first(figures, index));
        [line.name.clone()].into_iter().chain(cells).collect()
    });
    table::print(&sentence, &head, &rows.collect::<Vec<_>>(), out)?;
    let sentence = "The same runs beside each other: the time of the second is 1.";
    let head = ["", "beside", "recorded log", "20,000 names"];
    let rows = PAIRS.map(|(this, beside)| {
        let index = |name| real.iter().position(|line| line.name == name);
        let cells = all.iter().map(|figures| ratio_of(figures, index(this), index(beside)));
        [this, beside].map(str::to_owned).into_iter().chain(cells).collect()
    });
    table::print(sentence, &head, &rows, out)
}

/// The time of a line beside that of the first, and its memory.
fn against_first(all: &[Vec<Figures>], index: usize) -> [String; 2] {
    let [figures, first] = [index, 0].map(|index| all.get(index).map_or(&[][..], Vec::as_slice));
    let time = if index == 0 { table::unit(first) } else { table::times(figures, first) };
    [time, table::peak(figures)]
}

/// The time of one line beside that of another.
fn ratio_of(all: &[Vec<Figures>], this: Option<usize>, other: Option<usize>) -> String {
    let [this, other] = [this, other].map(|index| index.and_then(|index| all.get(index)));
    this.zip(other).map_or_else(String::new, |(this, other)| table::times(this, other))
}

/// Whether time grows with bytes alone, and memory not at all.
fn sizes(tree: &Tree, ours: &Ours, out: &mut dyn Write) -> Result<(), Error> {
    // The first to read a log reads it from end to end, and so settles how it lies in the cache.
    let each = |log: &Path, runs| {
        let wc = other(WC, &["wc", "-l"], log);
        let lines = [wc, ours.report(ONE_CORE, "0", log), ours.report(REPORT, "0,1", log)];
        lines.map(|line| Line { runs, ..line })
    };
    let mut lines = Vec::from(each(Path::new("/dev/null"), STARTS));
    let mut bytes = Vec::new();
    for (_, size, runs) in SIZES {
        let log = log(tree, Kind::Real, size)?;
        bytes.push(fs::metadata(&log).map_err(Error::file(&log))?.len());
        lines.extend(each(&log, runs));
    }
    let all = turns(&lines, ROUNDS)?;
    let [starts, sizes @ ..] = &all.chunks(3).collect::<Vec<_>>()[..] else {
        return Err(Error::Usage);
    };
    let base = sizes.get(1).ok_or(Error::Usage)?;
    let base_bytes = bytes.get(1).copied().unwrap_or_default();
    let rows = SIZES.iter().zip(&bytes).zip(sizes).map(|(((name, ..), &bytes), size)| {
        let rate =
            |this: &[Figures], base: &[Figures]| table::rate((this, bytes), (base, base_bytes));
        let (this, base) = (beyond(size, starts), beyond(base, starts));
        let worked = this.last().zip(base.last());
        let worked = worked.map(|(this, base)| rate(&table::worked(this), &table::worked(base)));
        let cells = this.iter().zip(&base).map(|(this, base)| rate(this, base)).chain(worked);
        let memory = size.last().map(|this| table::peak(this));
        [(*name).to_owned()].into_iter().chain(cells).chain(memory).collect()
    });
    let sentence = format!(
        "The recorded log at three sizes, medians of {ROUNDS} rounds: the bytes a second, in the time \
         beyond that for an empty log. Those of the same command at 1 GiB are 1."
    );
    let head = ["", WC, ONE_CORE, REPORT, "its processor time", "memory"];
    table::print(&sentence, &head, &rows.collect::<Vec<_>>(), out)
}

/// What the lines took beyond their starts.
fn beyond(all: &[Vec<Figures>], starts: &[Vec<Figures>]) -> Vec<Vec<Figures>> {
    all.iter().zip(starts).map(|(figures, start)| table::beyond(figures, start)).collect()
}
