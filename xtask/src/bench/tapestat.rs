//! `tapestat` beside sysstat's, each with 256 drives over `/sys` of its own mount namespace.
//!
//! What counts is a round, so a run of several reports is measured, and one of a single report
//! taken from it: starting the program and the namespace is in both.

use super::{Line, median, system_calls, turns};
use crate::binaries;
use crate::error::Error;
use crate::tree::Tree;
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

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
    let mount = r#"mount --bind "$0" /sys && exec "$@""#;
    let words = ["unshare", "-m", "sh", "-c", mount].map(Into::into);
    let rest = [sys.into(), program.into(), "1".into(), reports.to_string().into()];
    Line::new(name, words.into_iter().chain::<[std::ffi::OsString; 4]>(rest))
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

/// A `/sys` with the drives in all their modes, made once.
fn machine() -> Result<PathBuf, Error> {
    let sys = binaries::folder()?.join(format!("bench-tape-{DRIVES}"));
    if sys.exists() {
        return Ok(sys);
    }
    let unfinished = sys.with_extension("part");
    write(&unfinished.join("kernel/uevent_seqnum"), "4711\n")?;
    write(&unfinished.join("devices/system/cpu/cpu0/online"), "1\n")?;
    for number in 0..DRIVES {
        drive(&unfinished.join("class/scsi_tape"), number)?;
    }
    fs::rename(&unfinished, &sys).map_err(Error::file(&sys))?;
    Ok(sys)
}

fn drive(class: &Path, number: u32) -> Result<(), Error> {
    const FILES: [&str; 10] = [
        "read_ns",
        "write_ns",
        "io_ns",
        "read_byte_cnt",
        "write_byte_cnt",
        "read_cnt",
        "write_cnt",
        "other_cnt",
        "resid_cnt",
        "in_flight",
    ];
    let name = format!("st{number}");
    for file in FILES {
        write(
            &class.join(&name).join("stats").join(file),
            &format!("{}\n", 1_234_567_890 + number),
        )?;
    }
    for mode in ["st#l", "st#m", "st#a", "nst#", "nst#l", "nst#m", "nst#a"] {
        let link = class.join(mode.replace('#', &number.to_string()));
        let _ = fs::remove_file(&link);
        symlink(&name, &link).map_err(Error::file(&link))?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    fs::write(path, text).map_err(Error::file(path))
}
