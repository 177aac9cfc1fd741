//! Measures runs of commands.
//!
//! The kernel reports processor time and memory of all children together. So each run is the only
//! child of a fresh copy of this program, which prints the figures. A measured peak of memory is at
//! least that of the copy itself, about 2 MiB, because the kernel counts a child from its fork.

use crate::error::Error;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A command to measure.
pub(crate) struct BenchCommand {
    /// Its name in tables.
    pub(crate) name: String,
    /// The program and its arguments.
    pub(crate) words: Vec<OsString>,
    /// A program and arguments that run the command, which are not measured; nothing if empty.
    pub(crate) wrapper: Vec<OsString>,
    /// The file that is its standard input.
    pub(crate) stdin: PathBuf,
    /// The number of runs per round. The median of several short runs varies less than one.
    pub(crate) runs: usize,
}

impl BenchCommand {
    /// A command with empty standard input and one run per round.
    pub(crate) fn new(
        name: &str,
        words: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> BenchCommand {
        let words = words.into_iter().map(Into::into).collect();
        let (name, wrapper) = (name.to_owned(), Vec::new());
        BenchCommand { name, words, wrapper, stdin: "/dev/null".into(), runs: 1 }
    }

    /// Runs the command in its own mount namespace, after the shell commands `mounts`, in which `$0`
    /// is `root`.
    pub(crate) fn with_mounts(self, mounts: &str, root: &Path) -> BenchCommand {
        let script = format!("{mounts} && exec \"$@\"");
        let wrapper = ["unshare", "--mount", "sh", "-c", &script].map(Into::into);
        BenchCommand { wrapper: wrapper.into_iter().chain([root.into()]).collect(), ..self }
    }

    /// A program that runs the command, with the words of the command after its own.
    fn run_by(&self, program: &[&OsStr]) -> Result<Command, Error> {
        let words = self.wrapper.iter().map(OsString::as_os_str);
        let words = words.chain(program.iter().copied());
        let mut words = words.chain(self.words.iter().map(OsString::as_os_str));
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command.stdin(File::open(&self.stdin).map_err(Error::file(&self.stdin))?);
        Ok(command)
    }

    /// Whether the command works here.
    pub(crate) fn works(&self) -> bool {
        let output = self.run_by(&[]).map(|mut command| command.output());
        output.is_ok_and(|output| output.is_ok_and(|output| output.status.success()))
    }
}

/// The cost of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measurement {
    /// Time from start to end.
    pub(crate) wall_ms: f64,
    /// User and system time of all threads and children.
    pub(crate) cpu_ms: f64,
    /// The peak of resident memory, in KiB.
    pub(crate) peak_kib: f64,
}

/// Runs all commands once to fill the page cache, then measures `rounds` rounds.
pub(crate) fn warm_up_and_measure(
    commands: &[BenchCommand],
    rounds: usize,
) -> Result<Vec<Vec<Measurement>>, Error> {
    warm_up(commands)?;
    measure_interleaved(commands, rounds)
}

/// Runs each command once, so that its input is in the page cache.
pub(crate) fn warm_up<'a>(
    commands: impl IntoIterator<Item = &'a BenchCommand>,
) -> Result<(), Error> {
    commands.into_iter().try_for_each(|command| measure(command).map(drop))
}

/// Measures the commands in turns. Every second round has the reverse order. Returns the
/// measurements by command, then by round.
pub(crate) fn measure_interleaved(
    commands: &[BenchCommand],
    rounds: usize,
) -> Result<Vec<Vec<Measurement>>, Error> {
    let mut results = vec![Vec::new(); commands.len()];
    for round in 0..rounds {
        let mut turns: Vec<_> = commands.iter().zip(&mut results).collect();
        if round % 2 == 1 {
            turns.reverse();
        }
        for (command, measurements) in turns {
            let runs: Result<Vec<_>, _> = (0..command.runs).map(|_| measure(command)).collect();
            measurements.push(summarize(&runs?));
        }
    }
    Ok(results)
}

/// The median times and the highest peak of memory of several runs.
fn summarize(runs: &[Measurement]) -> Measurement {
    let median_of = |figure: fn(&Measurement) -> f64| median(runs.iter().map(figure).collect());
    Measurement {
        wall_ms: median_of(|run| run.wall_ms),
        cpu_ms: median_of(|run| run.cpu_ms),
        peak_kib: runs.iter().map(|run| run.peak_kib).fold(0.0, f64::max),
    }
}

/// The median; NaN if there are no figures.
pub(crate) fn median(figures: Vec<f64>) -> f64 {
    quantile(figures, 1, 2)
}

/// The figure below which `part` of `parts` of the figures are, interpolated between neighbors;
/// NaN if there are no figures.
pub(crate) fn quantile(mut figures: Vec<f64>, part: usize, parts: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    let position = figures.len().saturating_sub(1) * part;
    let at = |index: usize| figures.get(index).copied().unwrap_or(f64::NAN);
    let (below, above) = (at(position / parts), at(position.div_ceil(parts)));
    #[expect(clippy::cast_precision_loss, reason = "`parts` is 2 or 4")]
    let weight = (position % parts) as f64 / parts as f64;
    below + (above - below) * weight
}

/// Runs a command in a copy of this program.
fn measure(command: &BenchCommand) -> Result<Measurement, Error> {
    let this = std::env::current_exe().map_err(Error::program("xtask"))?;
    let mut copy = command.run_by(&[this.as_os_str(), OsStr::new("measure-once")])?;
    let output = copy.output().map_err(Error::program("xtask"))?;
    let line = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match *figures.as_slice() {
        [wall_ms, cpu_ms, peak_kib] if output.status.success() => {
            Ok(Measurement { wall_ms, cpu_ms, peak_kib })
        }
        _ => {
            let messages = String::from_utf8_lossy(&output.stderr);
            Err(Error::Invalid(format!("{}: {}\n{messages}", command.name, output.status)))
        }
    }
}

/// The task of the copy: runs `words`, discards their output, and prints wall time and processor
/// time in milliseconds and the peak of memory in KiB. False if the command failed.
pub(crate) fn measure_once(words: &[&str], out: &mut impl Write) -> Result<bool, Error> {
    let [program, arguments @ ..] = words else { return Err(Error::Usage) };
    let mut command = Command::new(program);
    command.args(arguments).stdout(discard()?);
    let start = Instant::now();
    let status = command.status().map_err(Error::program(*program))?;
    let wall_ms = start.elapsed().as_secs_f64() * 1e3;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| Error::Write(error.into()))?;
    let cpu_ms = milliseconds(usage.user_time()) + milliseconds(usage.system_time());
    writeln!(out, "{wall_ms} {cpu_ms} {}", usage.max_rss())?;
    Ok(status.success())
}

/// A device that discards what a command prints. Not /dev/null: grep recognizes that one, and stops
/// at the first match.
fn discard() -> Result<File, Error> {
    const ZERO: &str = "/dev/zero";
    File::options().write(true).open(ZERO).map_err(Error::file(ZERO))
}

#[expect(clippy::cast_precision_loss, reason = "exact for runs of up to 2^53 seconds")]
fn milliseconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 * 1e3 + time.tv_usec() as f64 / 1e3
}

/// The number of system calls that a command makes; `None` if strace is not installed.
pub(crate) fn count_system_calls(command: &BenchCommand) -> Result<Option<u64>, Error> {
    let strace = ["strace", "-f", "-c", "-U", "calls,name", "--"].map(OsStr::new);
    match command.run_by(&strace)?.stdout(Stdio::null()).stderr(Stdio::piped()).output() {
        Ok(output) => Ok(total_calls(&String::from_utf8_lossy(&output.stderr))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::program("strace")(error)),
    }
}

/// The number in the last line of the output of `strace -c`, which ends with `total`.
fn total_calls(table: &str) -> Option<u64> {
    let last = table.lines().rev().find_map(|line| line.trim().strip_suffix("total"))?;
    last.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(figure: f64, expected: f64) -> bool {
        (figure - expected).abs() < 1e-9
    }

    #[test]
    fn quantiles_are_interpolated() {
        assert!(is(median(vec![3.0, 1.0, 2.0]), 2.0));
        assert!(is(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5));
        assert!(is(median(vec![7.0]), 7.0));
        assert!(median(Vec::new()).is_nan());
        assert!(is(quantile(vec![5.0, 1.0, 2.0, 3.0, 4.0], 1, 4), 2.0));
        assert!(is(quantile(vec![4.0, 1.0, 2.0, 3.0], 3, 4), 3.25));
    }

    #[test]
    fn a_run_is_measured() {
        let mut out = Vec::new();
        let success =
            measure_once(&["sh", "-c", "sleep 0.05; echo output"], &mut out).expect("it runs");
        let line = String::from_utf8(out).expect("figures");
        let figures: Vec<f64> =
            line.split_whitespace().map(|word| word.parse().expect("a figure")).collect();
        assert!(success && figures.len() == 3, "{line}");
        assert!(figures[0] >= 50.0 && figures[2] > 100.0, "{line}");
        assert!(!measure_once(&["false"], &mut Vec::new()).expect("it runs"));
    }

    #[test]
    fn several_runs_give_the_median_time_and_the_highest_memory() {
        let runs = [[9.0, 1.0, 20.0], [2.0, 7.0, 40.0], [3.0, 2.0, 30.0]];
        let runs =
            runs.map(|[wall_ms, cpu_ms, peak_kib]| Measurement { wall_ms, cpu_ms, peak_kib });
        let summary = summarize(&runs);
        assert!(is(summary.wall_ms, 3.0) && is(summary.cpu_ms, 2.0) && is(summary.peak_kib, 40.0));
    }

    #[test]
    fn output_does_not_go_to_the_null_device() {
        let script = "test ! /proc/self/fd/1 -ef /dev/null";
        assert!(measure_once(&["sh", "-c", script], &mut Vec::new()).expect("it runs"));
    }

    #[test]
    fn system_calls_are_read_from_the_last_line() {
        let table = "     calls syscall\n--------- ----\n         1 read\n        12 mmap\n\
                     --------- ----\n        13 total\n";
        assert_eq!(total_calls(table), Some(13));
        assert_eq!(total_calls("strace: exec: No such file or directory\n"), None);
    }
}
