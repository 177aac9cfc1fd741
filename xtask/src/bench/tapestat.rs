//! `tapestat` compared with that of sysstat, with 256 drives in a made-up `/sys`.
//!
//! The figures are per report: those of a run with several reports minus those of a run with one, so
//! that starting the program and the mount namespace do not count.

use super::beside::Comparison;
use super::input::make_folder;
use super::measure::{BenchCommand, count_system_calls, median, warm_up_and_measure};
use crate::binaries;
use crate::error::Error;
use crate::workspace::Workspace;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tapestat::sample::FILES;

const DRIVES: u32 = 256;
/// Reports of the longer run, one second apart.
const REPORTS: u32 = 6;
/// Reports of a run for `--beside`, with a short interval.
const MANY_REPORTS: u32 = 41;
const ROUNDS: usize = 5;

pub(super) fn run(workspace: &Workspace, out: &mut dyn Write) -> Result<(), Error> {
    let sys = make_sys()?;
    if !sysstat_works(&sys) {
        let needs = "needs root, unshare and the package sysstat";
        return Ok(writeln!(out, "tapestat compared with that of sysstat: skipped, {needs}")?);
    }
    let ours = binaries::build_release(workspace)?.join("tapestat");
    let commands = [
        on_sys(&sys, &[Path::new("tapestat")], "1", 1),
        on_sys(&sys, &[Path::new("tapestat")], "1", REPORTS),
        on_sys(&sys, &[&ours], "1", 1),
        on_sys(&sys, &[&ours], "1", REPORTS),
    ];
    writeln!(out, "per report on {DRIVES} drives, medians of {ROUNDS} interleaved rounds")?;
    let results = warm_up_and_measure(&commands, ROUNDS)?;
    let cpu = results.iter().map(|rounds| median(rounds.iter().map(|it| it.cpu_ms).collect()));
    print_per_report("cpu, ms", &cpu.collect::<Vec<_>>(), out)?;
    let mut calls = Vec::new();
    for command in &commands {
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 system calls")]
        calls.extend(count_system_calls(command)?.map(|calls| calls as f64));
    }
    print_per_report("system calls", &calls, out)
}

/// A run of `binary` with many short intervals.
pub(super) fn comparisons(_: &Workspace, binary: &Path) -> Result<Vec<Comparison>, Error> {
    let program = ["taskset", "-c", "0"].map(Path::new);
    let program: Vec<_> = program.into_iter().chain([binary]).collect();
    let mut command = on_sys(&make_sys()?, &program, "0.05", MANY_REPORTS);
    command.name = format!("`0.05 {MANY_REPORTS}`, {DRIVES} drives");
    Ok(vec![Comparison { command, unit: None }])
}

/// Prints a figure per report of sysstat's command and of ours, from those of the four commands of
/// [`run`].
fn print_per_report(name: &str, figures: &[f64], out: &mut dyn Write) -> Result<(), Error> {
    let [one, several, our_one, our_several] = *figures else {
        return Ok(writeln!(out, "{name:12}  not measured")?);
    };
    let more = f64::from(REPORTS - 1);
    let (sysstat, ours) = ((several - one) / more, (our_several - our_one) / more);
    let ratio = ours / sysstat;
    Ok(writeln!(out, "{name:12}  sysstat {sysstat:9.2}  ours {ours:9.2}  ratio {ratio:.3}")?)
}

/// A program that prints `reports` reports, with `sys` mounted over `/sys`.
fn on_sys(sys: &Path, program: &[&Path], interval: &str, reports: u32) -> BenchCommand {
    let reports = reports.to_string();
    let words = program.iter().copied().chain([interval.as_ref(), reports.as_ref()]);
    BenchCommand::new("tapestat", words).with_mounts("mount --bind \"$0\" /sys", sys)
}

/// Whether sysstat's command runs in a mount namespace.
fn sysstat_works(sys: &Path) -> bool {
    let mut words = on_sys(sys, &[Path::new("tapestat")], "1", 1).words.into_iter();
    let output = words.next().map(|program| Command::new(program).args(words).output());
    output.is_some_and(|output| output.is_ok_and(|output| output.status.success()))
}

/// A `/sys` with the drives, each with all its device nodes.
fn make_sys() -> Result<PathBuf, Error> {
    make_folder(&format!("bench-tape-{DRIVES}"), |sys| {
        sys.write("kernel/uevent_seqnum", "4711\n")?;
        sys.write("devices/system/cpu/cpu0/online", "1\n")?;
        (0..DRIVES).try_for_each(|number| write_drive(sys, number))
    })
}

fn write_drive(sys: &Workspace, number: u32) -> Result<(), Error> {
    let name = format!("st{number}");
    let count = format!("{}\n", 1_234_567_890 + number);
    for file in FILES.iter().chain(&["in_flight"]) {
        sys.write(&format!("class/scsi_tape/{name}/stats/{file}"), &count)?;
    }
    for node in ["st#l", "st#m", "st#a", "nst#", "nst#l", "nst#m", "nst#a"] {
        let node = node.replace('#', &number.to_string());
        sys.link(&format!("class/scsi_tape/{node}"), &name)?;
    }
    Ok(())
}
