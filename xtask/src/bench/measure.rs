//! Runs a command and tells what it took.
//!
//! The system tells processor time and memory of all children together, so each run is the only
//! child of a fresh copy of this program, which prints the figures. That copy's own memory, about
//! two MiB, is the least that can be told: the system counts a child from its fork.

use crate::error::Error;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A command to be measured.
pub(crate) struct Line {
    /// What it is called in tables.
    pub(crate) name: String,
    /// The program and its arguments.
    pub(crate) words: Vec<OsString>,
    /// The file that is its standard input.
    pub(crate) stdin: PathBuf,
    /// How often each round runs it. A short run tells little, the middle of several more.
    pub(crate) runs: usize,
}

impl Line {
    /// A command that reads nothing on its standard input, and is run once a round.
    pub(crate) fn new(name: &str, words: impl IntoIterator<Item = impl Into<OsString>>) -> Line {
        let words = words.into_iter().map(Into::into).collect();
        Line { name: name.to_owned(), words, stdin: "/dev/null".into(), runs: 1 }
    }

    /// The command in a mount namespace of its own, behind `mounts`, shell commands with `$0` for
    /// `root`.
    pub(crate) fn within(self, mounts: &str, root: &Path) -> Line {
        let mounts = format!("{mounts} && exec \"$@\"");
        let lead = ["unshare", "--mount", "sh", "-c", &mounts].map(Into::into);
        let words = lead.into_iter().chain([root.into()]).chain(self.words).collect();
        Line { words, ..self }
    }
}

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// From start to end.
    pub(crate) wall_ms: f64,
    /// User and system time of all its threads and children.
    pub(crate) cpu_ms: f64,
    /// The most memory that was resident at once, in KiB.
    pub(crate) peak_kib: f64,
}

/// Runs all lines once to warm the caches, then `rounds` rounds of them.
pub(crate) fn turns(lines: &[Line], rounds: usize) -> Result<Vec<Vec<Figures>>, Error> {
    warm(lines)?;
    in_turns(lines, rounds)
}

/// Runs each line once, so that what it reads is in the page cache.
pub(crate) fn warm<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Result<(), Error> {
    lines.into_iter().try_for_each(|line| run(line).map(drop))
}

/// Runs the lines in turns; each second round goes backwards. Gives the figures by line, then by
/// round.
pub(crate) fn in_turns(lines: &[Line], rounds: usize) -> Result<Vec<Vec<Figures>>, Error> {
    let mut all = vec![Vec::new(); lines.len()];
    for round in 0..rounds {
        let mut turn: Vec<_> = lines.iter().zip(&mut all).collect();
        if round % 2 == 1 {
            turn.reverse();
        }
        for (line, figures) in turn {
            let runs: Result<Vec<_>, _> = (0..line.runs).map(|_| run(line)).collect();
            figures.push(middle(&runs?));
        }
    }
    Ok(all)
}

/// What several runs took: the medians of times, and the most memory of any.
fn middle(runs: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| median(runs.iter().map(figure).collect());
    Figures {
        wall_ms: of(|run| run.wall_ms),
        cpu_ms: of(|run| run.cpu_ms),
        peak_kib: runs.iter().map(|run| run.peak_kib).fold(0.0, f64::max),
    }
}

/// The middle of some figures; the mean of the two middle ones if their number is even; not a
/// number if there are none.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let at = |index: usize| figures.get(index).copied().unwrap_or(f64::NAN);
    f64::midpoint(at(figures.len().saturating_sub(1) / 2), at(figures.len() / 2))
}

/// Runs a line in a copy of this program.
fn run(line: &Line) -> Result<Figures, Error> {
    let this = std::env::current_exe().map_err(Error::program("xtask"))?;
    let stdin = File::open(&line.stdin).map_err(Error::file(&line.stdin))?;
    let mut copy = Command::new(this);
    copy.arg("measured").args(&line.words).stdin(stdin);
    let output = copy.output().map_err(Error::program("xtask"))?;
    let told = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = told.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match *figures.as_slice() {
        [wall_ms, cpu_ms, peak_kib] if output.status.success() => {
            Ok(Figures { wall_ms, cpu_ms, peak_kib })
        }
        _ => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(Error::Unfit(format!("{}: {}\n{said}", line.name, output.status)))
        }
    }
}

/// The part of the copy: runs `words`, drops what they print, and prints wall time and processor
/// time in milliseconds and the peak of memory in KiB. False if they failed.
pub(crate) fn measured(words: &[&str], out: &mut impl Write) -> Result<bool, Error> {
    let [program, arguments @ ..] = words else { return Err(Error::Usage) };
    let mut command = Command::new(program);
    command.args(arguments).stdout(dropped()?);
    let begun = Instant::now();
    let status = command.status().map_err(Error::program(*program))?;
    let wall_ms = begun.elapsed().as_secs_f64() * 1e3;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| Error::Write(error.into()))?;
    let cpu_ms = milliseconds(usage.user_time()) + milliseconds(usage.system_time());
    writeln!(out, "{wall_ms} {cpu_ms} {}", usage.max_rss())?;
    Ok(status.success())
}

/// What takes all that a command prints and keeps nothing. Not the null device: grep knows that one
/// and stops at the first line that matches.
fn dropped() -> Result<File, Error> {
    const ZERO: &str = "/dev/zero";
    File::options().write(true).open(ZERO).map_err(Error::file(ZERO))
}

#[expect(clippy::cast_precision_loss, reason = "benchmarks do not run for a hundred years")]
fn milliseconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 * 1e3 + time.tv_usec() as f64 / 1e3
}

/// How many system calls a line makes; nothing where there is no strace.
pub(crate) fn system_calls(line: &Line) -> Result<Option<u64>, Error> {
    let stdin = File::open(&line.stdin).map_err(Error::file(&line.stdin))?;
    let mut strace = Command::new("strace");
    strace.args(["-f", "-c", "-U", "calls,name", "--"]).args(&line.words);
    match strace.stdin(stdin).stdout(Stdio::null()).stderr(Stdio::piped()).output() {
        Ok(output) => Ok(total(&String::from_utf8_lossy(&output.stderr))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::program("strace")(error)),
    }
}

/// The number in the line of `strace -c` that ends with `total`.
fn total(table: &str) -> Option<u64> {
    let last = table.lines().rev().find_map(|line| line.trim().strip_suffix("total"))?;
    last.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        let is = |figures: &[f64], wanted: f64| (median(figures.to_vec()) - wanted).abs() < 1e-9;
        assert!(is(&[3.0, 1.0, 2.0], 2.0));
        assert!(is(&[4.0, 1.0, 2.0, 3.0], 2.5));
        assert!(is(&[7.0], 7.0));
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn a_run_is_measured() {
        let mut out = Vec::new();
        let well = measured(&["sh", "-c", "sleep 0.05; echo dropped"], &mut out).expect("it runs");
        let told = String::from_utf8(out).expect("figures");
        let figures: Vec<f64> =
            told.split_whitespace().map(|word| word.parse().expect("a figure")).collect();
        assert!(well && figures.len() == 3, "{told}");
        assert!(figures[0] >= 50.0 && figures[2] > 100.0, "{told}");
        assert!(!measured(&["false"], &mut Vec::new()).expect("it runs"));
    }

    #[test]
    fn of_several_runs_the_middle_time_and_the_highest_memory_count() {
        let figures = |[wall_ms, cpu_ms, peak_kib]: [f64; 3]| Figures { wall_ms, cpu_ms, peak_kib };
        let runs = [[9.0, 1.0, 20.0], [2.0, 7.0, 40.0], [3.0, 2.0, 30.0]].map(figures);
        let is = |figure: f64, wanted: f64| (figure - wanted).abs() < 1e-9;
        let middle = middle(&runs);
        assert!(is(middle.wall_ms, 3.0) && is(middle.cpu_ms, 2.0) && is(middle.peak_kib, 40.0));
    }

    #[test]
    fn what_is_printed_does_not_go_to_the_null_device() {
        let script = "test ! /proc/self/fd/1 -ef /dev/null";
        assert!(measured(&["sh", "-c", script], &mut Vec::new()).expect("it runs"));
    }

    #[test]
    fn system_calls_are_read_from_the_last_line() {
        let table = "     calls syscall\n--------- ----\n         1 read\n        12 mmap\n\
                     --------- ----\n        13 total\n";
        assert_eq!(total(table), Some(13));
        assert_eq!(total("strace: exec: No such file or directory\n"), None);
    }
}
