//! Whole runs of the command that no fixture can show: signals, full disks, closed pipes, drives that
//! come and go while it runs.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic; what is outside a test function is a test as well"
)]

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tapestat::sample::FILES;

const TAPESTAT: &str = env!("CARGO_BIN_EXE_tapestat");

/// A saved machine that is removed at the end.
struct Machine(PathBuf);

impl Machine {
    fn new(name: &str) -> Machine {
        let root = std::env::temp_dir().join(format!("tapestat-{}-{name}", std::process::id()));
        fs::create_dir_all(root.join("proc")).unwrap();
        fs::create_dir_all(root.join("sys/class/scsi_tape")).unwrap();
        fs::write(root.join("proc/uptime"), "100.00 1.00\n").unwrap();
        Machine(root)
    }

    fn drive(&self, number: u32) -> PathBuf {
        self.0.join(format!("sys/class/scsi_tape/st{number}"))
    }

    /// Sets all counters of a drive, which is made if need be. No reader sees half of it.
    fn set(&self, number: u32, value: u64) {
        let (drive, new) = (self.drive(number), self.0.join("new/stats"));
        let stats = if drive.is_dir() { drive.join("stats") } else { new };
        fs::create_dir_all(&stats).unwrap();
        for file in FILES.iter().chain(&["in_flight"]) {
            let options = fs::OpenOptions::new().write(true).create(true).clone();
            let mut file = options.open(stats.join(file)).unwrap();
            file.write_all(format!("{value:020}\n").as_bytes()).unwrap();
        }
        if !drive.is_dir() {
            fs::rename(self.0.join("new"), drive).unwrap();
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn tapestat(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(TAPESTAT);
    command.arg("--root").arg(root).args(arguments).env("LC_ALL", "C").env_remove("S_COLORS");
    command
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
}

/// Reads until `wanted` was seen, or for ten seconds.
fn read_until(child: &mut Child, text: &mut String, wanted: &str) {
    let stdout = child.stdout.as_mut().unwrap();
    let start = Instant::now();
    let mut byte = [0];
    while !text.contains(wanted) && start.elapsed() < Duration::from_secs(10) {
        if stdout.read(&mut byte).unwrap() == 0 {
            break;
        }
        text.push(char::from(byte[0]));
    }
    assert!(text.contains(wanted), "no {wanted:?} in {text:?}");
}

fn rest(child: &mut Child, text: &mut String) -> Option<i32> {
    child.stdout.as_mut().unwrap().read_to_string(text).unwrap();
    child.wait().unwrap().code()
}

#[test]
fn a_signal_ends_the_run_and_closes_what_is_open() {
    for (name, format, last) in [
        ("-INT", "JSON", "\t\t\t]\n\t\t}\n\t]\n}}\n"),
        ("-TERM", "JSON", "]\n}}\n"),
        ("-INT", "tsv", "\n"),
    ] {
        let mut command = Command::new(TAPESTAT);
        command.args(["-w", "-o", format, "30"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The handlers stand before the first sample; this waits for it.
        std::thread::sleep(Duration::from_millis(300));
        signal(&child, name);
        let mut text = String::new();
        assert_eq!(rest(&mut child, &mut text), Some(0), "{name} {format}");
        assert!(text.ends_with(last), "{name} {format}: {text:?}");
    }
}

#[test]
fn a_full_disk_is_told_and_a_closed_pipe_is_not() {
    let machine = Machine::new("full");
    machine.set(0, 1);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = tapestat(&machine.0, &[]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("tapestat: standard output: No space left"), "{told}");

    let mut child = tapestat(&machine.0, &["-o", "JSON"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn a_thousand_drives_need_no_more_files_than_there_may_be() {
    let machine = Machine::new("thousand");
    for number in 0..1000 {
        machine.set(number, 100 * u64::from(number));
    }
    let run = format!("ulimit -n 256 && exec {TAPESTAT} --root \"$0\" -x");
    let output = Command::new("sh").args(["-c", &run]).arg(&machine.0).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.stderr.escape_ascii().to_string(), "");
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("st")).collect();
    assert_eq!(rows.len(), 1000);
    assert!(rows[999].starts_with("st999     999     999"), "{}", rows[999]);
}

#[test]
fn a_second_signal_ends_a_run_that_hangs() {
    let machine = Machine::new("hangs");
    (0..1000).for_each(|number| machine.set(number, 7));
    // Far more than a pipe holds, and nobody reads it.
    let mut command = tapestat(&machine.0, &["-o", "jsonl", "1"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    signal(&child, "-INT");
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "the first is for the end of the report");
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().signal(), Some(2));
}

/// Ours with `machine` over `/sys` of its own mount namespace; nothing if that cannot be had.
fn live(machine: &Machine, arguments: &[&str]) -> Option<Child> {
    let mount = format!(
        "mount --bind \"$0\"/sys /sys && {{ (sleep 60; kill -KILL $$) > /dev/null 2>&1 & }} && \
         exec {TAPESTAT} \"$@\""
    );
    let works = ["-m", "sh", "-c", "mount --bind /tmp /sys"];
    if !Command::new("unshare").args(works).output().is_ok_and(|output| output.status.success()) {
        let _ = writeln!(io::stderr(), "skipped a run on a live machine: needs root and unshare");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", &mount]).arg(&machine.0).args(arguments).env("LC_ALL", "C");
    Some(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

#[test]
fn drives_come_and_go_while_it_runs() {
    let machine = Machine::new("live");
    let Some(mut child) = live(&machine, &["-w", "-o", "tsv", "0.2"]) else {
        return;
    };
    let mut text = String::new();
    read_until(&mut child, &mut text, "residuals\n");
    std::thread::sleep(Duration::from_millis(500));
    machine.set(7, 1 << 20);
    read_until(&mut child, &mut text, "\tst7\t");
    for value in 1..5 {
        machine.set(7, (1 << 20) + value * 1000);
        machine.set(8, 5);
        std::thread::sleep(Duration::from_millis(250));
    }
    read_until(&mut child, &mut text, "\tst8\t");
    fs::remove_dir_all(machine.drive(7)).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, "-INT");
    assert_eq!(rest(&mut child, &mut text), Some(0));
    let mut told = String::new();
    child.stderr.as_mut().unwrap().read_to_string(&mut told).unwrap();
    let wanted = ["st7: a drive was added", "st8: a drive was added", "st7: the drive was removed"];
    assert_eq!(told, wanted.map(|line| format!("tapestat: {line}\n")).concat());
    // What st7 read after its first report is no more than what was read, and no 2^64.
    let reads = text.lines().filter(|line| line.contains("\tst7\t")).skip(1);
    let sum: u64 =
        reads.map(|line| line.split('\t').nth(25).unwrap().parse::<u64>().unwrap()).sum();
    assert!((1..=4000).contains(&sum), "{sum}: {text}");
}
