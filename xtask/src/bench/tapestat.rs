//! `tapestat` beside sysstat's, each with 256 drives over `/sys` of its own mount namespace.
//!
//! What counts is a round, so a run of several reports is measured, and one of a single report
//! taken from it: starting the program and the namespace is in both.

use super::{Line, made, median, system_calls, turns};
use crate::binaries;
use crate::error::Error;
use crate::tree::Tree;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tapestat::sample::FILES;

const DRIVES: u32 = 256;
/// Reports of the longer run, a second apart.
const REPORTS: u32 = 6;
const ROUNDS: usize = 5;

pub(super) fn run(tree: &Tree, out: &mut dyn Write) -> Result<(), Error> {
    let sys = machine()?;
    if let Err(why) = fit(&sys) {
        return Ok(writeln!(out, "tapestat beside sysstat's: skipped, {why}")?);
    }
    let ours = binaries::release(tree)?.join("tapestat");
    let lines = [
        line("sysstat", Path::new("tapestat"), &sys, 1),
        line("sysstat", Path::new("tapestat"), &sys, REPORTS),
        line("ours", &ours, &sys, 1),
        line("ours", &ours, &sys, REPORTS),
    ];
    let between = f64::from(REPORTS - 1);
    writeln!(out, "a round of {DRIVES} drives, median of {ROUNDS} runs in turns")?;
    let cpu = |figures: Vec<super::Figures>| median(figures.iter().map(|it| it.cpu_ms).collect());
    let cpus: Vec<_> = turns(&lines, ROUNDS)?.into_iter().map(cpu).collect();
    row("cpu, ms", &cpus, between, out)?;
    let mut calls = Vec::new();
    for line in &lines {
        #[expect(clippy::cast_precision_loss, reason = "a ratio of two digits")]
        calls.extend(system_calls(line)?.map(|calls| calls as f64));
    }
    row("system calls", &calls, between, out)
}

/// What a round took: sysstat's, ours, and the ratio.
fn row(what: &str, figures: &[f64], rounds: f64, out: &mut dyn Write) -> Result<(), Error> {
    let [one, several, our_one, our_several] = *figures else {
        return Ok(writeln!(out, "{what:12}  not measured")?);
    };
    let (theirs, ours) = ((several - one) / rounds, (our_several - our_one) / rounds);
    let ratio = ours / theirs;
    Ok(writeln!(out, "{what:12}  sysstat {theirs:9.2}  ours {ours:9.2}  x {ratio:.3}")?)
}

/// A command that reports `reports` times, a second apart, with `sys` over its `/sys`.
fn line(name: &str, program: &Path, sys: &Path, reports: u32) -> Line {
    let words = [program.into(), OsString::from("1"), reports.to_string().into()];
    Line::new(name, words).within("mount --bind \"$0\" /sys", sys)
}

/// Whether sysstat's command runs in a mount namespace here.
fn fit(sys: &Path) -> Result<(), &'static str> {
    let words = line("", Path::new("tapestat"), sys, 1).words;
    let mut words = words.into_iter();
    let output = words.next().map(|program| Command::new(program).args(words).output());
    match output {
        Some(Ok(output)) if output.status.success() => Ok(()),
        _ => Err("that needs root, unshare and the package sysstat"),
    }
}

/// A `/sys` with the drives in all their modes.
fn machine() -> Result<PathBuf, Error> {
    made(&format!("bench-tape-{DRIVES}"), |sys| {
        sys.write("kernel/uevent_seqnum", "4711\n")?;
        sys.write("devices/system/cpu/cpu0/online", "1\n")?;
        (0..DRIVES).try_for_each(|number| drive(sys, number))
    })
}

fn drive(sys: &Tree, number: u32) -> Result<(), Error> {
    let name = format!("st{number}");
    let count = format!("{}\n", 1_234_567_890 + number);
    for file in FILES.iter().chain(&["in_flight"]) {
        sys.write(&format!("class/scsi_tape/{name}/stats/{file}"), &count)?;
    }
    for mode in ["st#l", "st#m", "st#a", "nst#", "nst#l", "nst#m", "nst#a"] {
        let mode = mode.replace('#', &number.to_string());
        sys.link(&format!("class/scsi_tape/{mode}"), &name)?;
    }
    Ok(())
}
