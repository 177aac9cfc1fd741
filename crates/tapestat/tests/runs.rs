//! Whole runs of the command that no fixture can show: signals, full disks, closed pipes, and drives
//! that are added and removed while it runs.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic; what is outside a test function is a test as well"
)]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tapestat::sample::FILES;
use test_support::{
    LineReader, TempDir, command, repository, send_signal, stderr, temp_dir, wait_until, works,
    write,
};

const TAPESTAT: &str = env!("CARGO_BIN_EXE_tapestat");

/// A saved system.
struct System(TempDir);

impl System {
    fn new() -> System {
        let system = System(temp_dir());
        fs::create_dir_all(system.root().join("sys/class/scsi_tape")).unwrap();
        write(&system.root().join("proc/uptime"), "100.00 1.00\n");
        system
    }

    fn with_drives(count: u32) -> System {
        let system = System::new();
        (0..count).for_each(|number| system.set(number, 100 * u64::from(number)));
        system
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn drive(&self, number: u32) -> PathBuf {
        self.root().join(format!("sys/class/scsi_tape/st{number}"))
    }

    /// Sets all counters of a drive, which is added if it does not exist. A reader sees either all
    /// of a counter or none of it.
    fn set(&self, number: u32, value: u64) {
        let (drive, new) = (self.drive(number), self.root().join("new/stats"));
        let stats = if drive.is_dir() { drive.join("stats") } else { new };
        fs::create_dir_all(&stats).unwrap();
        for file in FILES.iter().chain(&["in_flight"]) {
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(false);
            let mut file = options.open(stats.join(file)).unwrap();
            file.write_all(format!("{value:020}\n").as_bytes()).unwrap();
        }
        if !drive.is_dir() {
            fs::rename(self.root().join("new"), drive).unwrap();
        }
    }

    fn tapestat(&self, arguments: &[&str]) -> Command {
        let mut tapestat = command(TAPESTAT);
        tapestat.arg("--root").arg(self.root()).args(arguments).env_remove("S_COLORS");
        tapestat
    }
}

/// A field of `/proc/PID/status`.
fn status(child: &Child, field: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let value = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    value.unwrap().trim().to_owned()
}

/// Whether a signal is in a set of signals of a process, such as `SigCgt`, those it catches.
fn has_signal(child: &Child, set: &str, signal: u32) -> bool {
    u64::from_str_radix(&status(child, set), 16).unwrap() >> (signal - 1) & 1 == 1
}

const SIGINT: u32 = 2;
const SIGTERM: u32 = 15;

/// Waits until a signal ends the run after the current report.
fn wait_for_handlers(child: &Child) {
    wait_until("signal handlers", || {
        has_signal(child, "SigCgt", SIGINT) && has_signal(child, "SigCgt", SIGTERM)
    });
}

#[test]
fn a_signal_ends_the_run_and_completes_the_output() {
    for (signal, format, end) in [
        ("-INT", "JSON", "\t\t\t]\n\t\t}\n\t]\n}}\n"),
        ("-TERM", "JSON", "]\n}}\n"),
        ("-INT", "tsv", "\n"),
    ] {
        let mut tapestat = command(TAPESTAT);
        tapestat.args(["-w", "-o", format, "30"]).stdout(Stdio::piped());
        let mut child = tapestat.spawn().unwrap();
        wait_for_handlers(&child);
        send_signal(&child, signal);
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal} {format}");
        assert!(text.ends_with(end), "{signal} {format}: {text:?}");
    }
}

#[test]
fn a_full_disk_is_reported_and_a_closed_pipe_is_not() {
    let system = System::with_drives(1);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = system.tapestat(&[]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    assert_eq!(stderr(&output), "tapestat: standard output: No space left on device\n");

    let mut tapestat = system.tapestat(&["-o", "JSON"]);
    let mut child = tapestat.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
}

#[test]
fn a_thousand_drives_need_no_more_files_than_the_limit() {
    let system = System::with_drives(1000);
    let run = format!("ulimit -n 256 && exec {TAPESTAT} --root \"$0\" -x");
    let output = command("sh").args(["-c", &run]).arg(system.root()).output().unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(stderr(&output), "");
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("st")).collect();
    assert_eq!(rows.len(), 1000);
    assert!(rows[999].starts_with("st999     999     999"), "{}", rows[999]);
}

#[test]
fn a_serial_number_that_cannot_be_read_does_not_block() {
    let system = System::with_drives(2);
    let device = |number| system.drive(number).join("device");
    (0..2).for_each(|number| fs::create_dir(device(number)).unwrap());
    assert!(works(command("mkfifo").arg(device(0).join("vpd_pg80"))));
    let page = [&[0, 0x80, 0xff, 0xff][..], &b"S".repeat(1 << 20)].concat();
    write(&device(1).join("vpd_pg80"), page);
    let output = system.tapestat(&["-j", "SERIAL"]).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().any(|line| line.starts_with("st0 ")), "{text}");
    let longest = text.lines().map(str::len).max().unwrap();
    assert!(longest < 1 << 17, "{longest}");
}

#[test]
fn a_second_signal_ends_a_run_that_hangs() {
    // A report that does not fit into the pipe, of which only the beginning is read.
    let system = System::with_drives(1000);
    let mut child = system.tapestat(&["-o", "jsonl", "1"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    send_signal(&child, "-INT");
    wait_until("the first signal", || !has_signal(&child, "ShdPnd", SIGINT));
    assert!(child.try_wait().unwrap().is_none(), "the first signal completes the report");
    send_signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().signal(), Some(2));
}

/// The command on a running system with `system` mounted over `/sys`, after the shell commands `before`;
/// `None` if this cannot be done.
fn live_command(system: &System, before: &str, arguments: &[&str]) -> Option<Command> {
    let mut unshare = command("unshare");
    if !works(unshare.args(["-m", "sh", "-c", "mount --bind /tmp /sys"])) {
        return None;
    }
    let run = format!("mount --bind \"$0\"/sys /sys && {before}exec {TAPESTAT} \"$@\"");
    let mut unshare = command("unshare");
    unshare.args(["-m", "sh", "-c", &run]).arg(system.root()).args(arguments);
    unshare.stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(unshare)
}

/// The same without further shell commands, started.
fn live(system: &System, arguments: &[&str]) -> Option<Child> {
    Some(live_command(system, "", arguments)?.spawn().unwrap())
}

#[test]
fn drives_are_added_and_removed_during_a_run() {
    let system = System::new();
    let Some(mut child) = live(&system, &["-w", "-o", "tsv", "0.05"]) else { return };
    let mut reports = LineReader::new(child.stdout.take().unwrap());
    let mut messages = LineReader::new(child.stderr.take().unwrap());
    wait_for_handlers(&child);
    let slept = || status(&child, "voluntary_ctxt_switches").parse::<u64>().unwrap();
    let before = slept();
    wait_until("a sample without drives", || slept() >= before + 2);
    system.set(7, 1 << 20);
    messages.wait_for("st7: a drive was added", || ());
    for value in 1..5 {
        reports.wait_for("\tst7\t", || ());
        system.set(7, (1 << 20) + value * 1000);
    }
    system.set(8, 5);
    messages.wait_for("st8: a drive was added", || ());
    reports.wait_for("\tst8\t", || ());
    fs::remove_dir_all(system.drive(7)).unwrap();
    messages.wait_for("st7: the drive was removed", || ());
    send_signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(messages.all().len(), 4, "one of them is that there is no drive at first");
    // The increase of a counter of st7 after its first report, which is since boot.
    let reports = reports.all();
    let increases = reports.iter().filter(|line| line.contains("\tst7\t")).skip(1);
    let sum: u64 =
        increases.map(|line| line.split('\t').nth(25).unwrap().parse::<u64>().unwrap()).sum();
    assert!((3000..=4000).contains(&sum), "{sum}: {reports:#?}");
}

#[test]
fn a_drive_whose_files_had_to_be_opened_again_is_a_new_one_in_a_replay_too() {
    let system = System::with_drives(1);
    let [library, trigger, saved] =
        ["enodev.so", "trigger", "saved"].map(|name| system.root().join(name));
    let source = repository("crates/tapestat/tests/enodev.c");
    if !works(command("cc").args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(source)) {
        return;
    }
    let words = ["-w", "-o", "tsv", "--save", saved.to_str().unwrap(), "0.05"];
    let Some(mut unshare) = live_command(&system, "export LD_PRELOAD=$LIBRARY && ", &words) else {
        return;
    };
    unshare.env("LIBRARY", library).env("STALE", "st0/stats/read_ns").env("TRIGGER", &trigger);
    let mut child = unshare.spawn().unwrap();
    let mut reports = LineReader::new(child.stdout.take().unwrap());
    let mut messages = LineReader::new(child.stderr.take().unwrap());
    for _ in 0..2 {
        reports.wait_for("\tst0\t", || ());
    }
    write(&trigger, "");
    messages.wait_for("st0: the drive was removed", || ());
    messages.wait_for("st0: a drive was added", || ());
    reports.wait_for("\tst0\t", || ());
    send_signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut tapestat = command(TAPESTAT);
    let replay =
        tapestat.arg("--root").arg(&saved).args(["-w", "-o", "tsv", "1"]).output().unwrap();
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect();
    let [rows, changes]: [Vec<String>; 2] = [lines(&replay.stdout), lines(&replay.stderr)];
    assert_eq!((reports.all(), messages.all()), (&rows[..], &changes[..]));
}

#[test]
fn without_the_time_since_boot_only_the_first_report_is_unknown() {
    let system = System::with_drives(2);
    let words = ["-o", "tsv", "--no-heading", "0.01", "2"];
    let mount = "mount --bind /dev/null /proc/uptime && ";
    let Some(mut unshare) = live_command(&system, mount, &words) else { return };
    let output = unshare.output().unwrap();
    assert_eq!(
        stderr(&output),
        "tapestat: /proc/uptime: expected seconds since boot; rates that depend on it are unknown\n"
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let rates: Vec<_> = text.lines().map(|line| line.split('\t').nth(5).unwrap()).collect();
    assert_eq!(rates, ["", "", "0.00", "0.00"]);
    assert_eq!(output.status.code(), Some(0));
}
