//! `mpathstat` compared with `iostat -x`, with 1,000 maps of eight paths each.
//!
//! A synthetic system is mounted over `/sys` and `/proc/diskstats` in a mount namespace of each run, so
//! that both commands read it like the running system. The cost of one report is the difference
//! between two runs with different numbers of reports.

mod system;

use super::beside::Comparison;
use super::measure::{BenchCommand, Measurement, count_system_calls, median, warm_up_and_measure};
use crate::binaries;
use crate::error::Error;
use crate::workspace::Workspace;
use std::io::Write;
use std::path::Path;
use system::make_system;

const MAPS: usize = 1000;
const ROUNDS: usize = 5;

/// How many reports the longer run of iostat has more than the shorter.
const MORE_IOSTAT: u32 = 4;
/// The same of our command, whose interval may be shorter than a second.
const MORE_OURS: u32 = 40;

/// Mounts the files of a synthetic system in place of those of the running system.
const MOUNTS: &str =
    "mount --bind \"$0/sys\" /sys && mount --bind \"$0/proc/diskstats\" /proc/diskstats";

pub(super) fn run(workspace: &Workspace, out: &mut dyn Write) -> Result<(), Error> {
    let binary = binaries::build_release(workspace)?.join("mpathstat").display().to_string();
    let system = make_system(MAPS)?;
    let iostat = |reports: u32| on_system(&system, &format!("iostat -dxk 1 {reports}"));
    let ours = |reports: u32| on_system(&system, &format!("{binary} -a 0.05 {reports}"));
    let commands = [
        iostat(1),
        iostat(1 + MORE_IOSTAT),
        ours(1),
        ours(1 + MORE_OURS),
        on_system(&system, &format!("{binary} --since-boot -a 1 1")),
        on_system(&system, "true"),
    ];
    print_times(&warm_up_and_measure(&commands, ROUNDS)?, out)?;
    for maps in [1, MAPS] {
        print_system_calls(&binary, maps, out)?;
    }
    Ok(())
}

/// A run of `binary` with many short intervals.
pub(super) fn comparisons(_: &Workspace, binary: &Path) -> Result<Vec<Comparison>, Error> {
    let words = format!("taskset -c 0 {} -a 0.05 {}", binary.display(), 1 + MORE_OURS);
    let mut command = on_system(&make_system(MAPS)?, &words);
    command.name = format!("`-a 0.05 {}`, {MAPS} maps", 1 + MORE_OURS);
    Ok(vec![Comparison { command, unit: None }])
}

/// Prints the cost of a report, from the measurements of the six commands of [`run`].
fn print_times(results: &[Vec<Measurement>], out: &mut dyn Write) -> Result<(), Error> {
    let [few_iostat, many_iostat, few_ours, many_ours, start, nothing] = results else {
        return Err(Error::Usage);
    };
    let iostat = cpu_per_report(few_iostat, many_iostat, MORE_IOSTAT);
    let ours = cpu_per_report(few_ours, many_ours, MORE_OURS);
    let ratios = iostat.iter().zip(&ours).map(|(iostat, ours)| iostat / ours).collect();
    let start = start.iter().zip(nothing).map(|(start, nothing)| start.wall_ms - nothing.wall_ms);
    let paths = system::PATHS;
    writeln!(out, "{MAPS} maps of {paths} paths, medians of {ROUNDS} interleaved rounds")?;
    writeln!(out, "cpu per report, iostat -dxk      {:8.1} ms", median(iostat))?;
    writeln!(out, "cpu per report, mpathstat -a     {:8.1} ms", median(ours))?;
    writeln!(out, "iostat / mpathstat               {:8.0}", median(ratios))?;
    writeln!(out, "start and one report, wall       {:8.1} ms", median(start.collect()))?;
    Ok(())
}

/// The processor time of a report in each round.
fn cpu_per_report(few: &[Measurement], many: &[Measurement], more: u32) -> Vec<f64> {
    let rounds = few.iter().zip(many);
    rounds.map(|(few, many)| (many.cpu_ms - few.cpu_ms) / f64::from(more)).collect()
}

/// Prints the number of system calls per report while no device changes.
fn print_system_calls(binary: &str, maps: usize, out: &mut dyn Write) -> Result<(), Error> {
    let system = make_system(maps)?;
    let count = |reports: u32| {
        let script = format!("{binary} -a 0.05 {reports} > /dev/null");
        let command = BenchCommand::new("", ["sh", "-c", &script]);
        count_system_calls(&command.with_mounts(MOUNTS, &system))
    };
    let (Some(few), Some(many)) = (count(1)?, count(1 + MORE_OURS)?) else {
        return Ok(());
    };
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 system calls")]
    let per_report = (many - few) as f64 / f64::from(MORE_OURS);
    Ok(writeln!(out, "system calls per report, {maps:4} maps {per_report:7.1}")?)
}

/// A command line that runs on a synthetic system.
fn on_system(system: &Path, line: &str) -> BenchCommand {
    BenchCommand::new(line, ["sh", "-c", &format!("exec {line}")]).with_mounts(MOUNTS, system)
}
