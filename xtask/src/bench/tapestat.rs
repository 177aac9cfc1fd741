//! `tapestat` compared with that of sysstat, with many drives in a synthetic `/sys`.
//! `TAPESTAT_ORIGINAL` names another command than the installed one to compare with.
//!
//! The figures are per report: those of a run with several reports minus those of a run with one, so
//! that starting the program and the mount namespace do not count.

use super::beside::Comparison;
use super::input::make_folder;
use super::measure::{BenchCommand, count_system_calls, median, warm_up_and_measure};
use crate::binaries;
use crate::error::Error;
use crate::workspace::Workspace;
use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use tapestat::sample::FILES;

/// How many drives; the first number is that of `--beside`.
const DRIVES: [u32; 2] = [256, 1000];
/// Reports of the longer run, one second apart.
const REPORTS: u32 = 6;
/// Reports of a run for `--beside`, with a short interval.
const MANY_REPORTS: u32 = 41;
const ROUNDS: usize = 5;

/// What the files with the counters are: the kernel makes the text of an attribute at each read.
#[derive(Debug, Clone, Copy)]
enum Files {
    /// Files in the page cache.
    Plain,
    /// One attribute of the running system, mounted over each of them.
    Sysfs,
}

pub(super) fn run(workspace: &Workspace, out: &mut dyn Write) -> Result<(), Error> {
    let original = env::var_os("TAPESTAT_ORIGINAL").unwrap_or_else(|| "tapestat".into());
    let sys = make_sys(DRIVES[0])?;
    if !on_sys(&sys, Files::Sysfs, &[Path::new(&original)], "1", 1).works() {
        let needs = "needs root, unshare and the package sysstat";
        return Ok(writeln!(out, "tapestat compared with that of sysstat: skipped, {needs}")?);
    }
    let ours = binaries::build_release(workspace)?.join("tapestat");
    for drives in DRIVES {
        let sys = make_sys(drives)?;
        for files in [Files::Plain, Files::Sysfs] {
            writeln!(out, "per report on {drives} drives, {files:?} files, {ROUNDS} rounds")?;
            compare(&original, &ours, &sys, files, out)?;
        }
    }
    Ok(())
}

fn compare(
    original: &OsStr,
    ours: &Path,
    sys: &Path,
    files: Files,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let command =
        |program: &OsStr, reports| on_sys(sys, files, &[Path::new(program)], "1", reports);
    let programs = [original, ours.as_os_str()];
    let commands = programs.map(|program| [command(program, 1), command(program, REPORTS)]);
    let commands = commands.into_iter().flatten().collect::<Vec<_>>();
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
    let [drives, _] = DRIVES;
    let sys = make_sys(drives)?;
    let mut command = on_sys(&sys, Files::Plain, &program, "0.05", MANY_REPORTS);
    command.name = format!("`0.05 {MANY_REPORTS}`, {drives} drives");
    Ok(vec![Comparison { command, unit: None }])
}

/// Prints a figure per report of sysstat's command and of ours, from those of the four commands of
/// [`compare`].
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
fn on_sys(
    sys: &Path,
    files: Files,
    program: &[&Path],
    interval: &str,
    reports: u32,
) -> BenchCommand {
    let reports = reports.to_string();
    let words = program.iter().copied().chain([interval.as_ref(), reports.as_ref()]);
    let mounts = match files {
        Files::Plain => "mount --bind \"$0\" /sys",
        Files::Sysfs => "mount -a -T \"$0/fstab\" && mount --rbind \"$0\" /sys",
    };
    BenchCommand::new("tapestat", words).with_mounts(mounts, sys)
}

/// A `/sys` with the drives, each with all its device nodes, and the table of mounts of
/// [`Files::Sysfs`].
fn make_sys(drives: u32) -> Result<PathBuf, Error> {
    let name = format!("bench-tapes-{drives}");
    let sys = make_folder(&name, |sys| {
        sys.write("kernel/uevent_seqnum", "4711\n")?;
        sys.write("devices/system/cpu/cpu0/online", "1\n")?;
        (0..drives).try_for_each(|number| write_drive(sys, number))
    })?;
    let mounts = counters(drives).map(|file| {
        format!("/sys/kernel/uevent_seqnum {} none bind 0 0\n", place(&sys.join(file)))
    });
    Workspace::at(sys.clone()).write("fstab", mounts.collect::<String>())?;
    Ok(sys)
}

/// A path as fstab(5) writes it.
fn place(path: &Path) -> String {
    path.to_string_lossy().replace(' ', "\\040")
}

/// The files with the counters of all drives, below `/sys`.
fn counters(drives: u32) -> impl Iterator<Item = String> {
    let files_of = |number| FILES.map(|file| format!("class/scsi_tape/st{number}/stats/{file}"));
    (0..drives).flat_map(files_of)
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
