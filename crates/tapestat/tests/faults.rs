//! Faults of the system: output that cannot be written, files that cannot be read, signals, limits, a
//! clock that is set, ten thousand drives, hostile files.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Stdio;
use test_support::faults::{
    close_stderr, fail_at_every_write, fail_every_read, interrupt_reports, interrupt_saving,
    limited, replace_files, series, with_clock,
};
use test_support::{LineReader, command, repository, send_signal, stderr, temp_dir, works, write};
use toolkit::exit::ExitStatus;
use toolkit::messages::Messages;

const TAPESTAT: &str = env!("CARGO_BIN_EXE_tapestat");

fn sample(name: &str) -> String {
    let path = fs::canonicalize(repository("testdata/samples/tapestat").join(name));
    path.unwrap().into_os_string().into_string().unwrap()
}

#[test]
fn output_that_fails_at_any_write_is_reported() {
    let root = sample("load");
    for format in [&[][..], &["-x"], &["-o", "JSON"], &["-o", "tsv"], &["-o", "prometheus"]] {
        fail_at_every_write(|out| {
            let words = [&["--root", &root, "1", "1"], format].concat();
            let words = words.into_iter().map(OsString::from);
            let result = tapestat::run(words, out, &mut Messages::new("tapestat", Vec::new()));
            result.err().and_then(|error| error.write_error()?.raw_os_error())
        });
    }
}

#[test]
fn a_read_that_fails_is_explained_or_unknown() {
    let root = sample("load");
    fail_every_read(TAPESTAT, &["--root", &root, "-o", "tsv", "-y", "1", "1"], None);
}

#[test]
fn a_closed_stderr_changes_nothing_else() {
    close_stderr(TAPESTAT, &["--root", &sample("broken")]);
    close_stderr(TAPESTAT, &["--root", &sample("none")]);
    close_stderr(TAPESTAT, &["--gone"]);
}

#[test]
fn a_signal_at_any_moment_ends_a_whole_report() {
    let series = series(sample("load/1").as_ref(), 400);
    interrupt_reports(TAPESTAT, series.path(), &["1"]);
}

#[test]
fn a_signal_at_any_moment_leaves_whole_saved_folders() {
    let series = series(sample("load/1").as_ref(), 90);
    interrupt_saving(TAPESTAT, series.path(), &["1"]);
}

#[test]
fn a_file_size_limit_leaves_no_half_saved_folder() {
    let folder = temp_dir();
    let (saved, root) = (folder.path().join("saved"), folder.path().join("root"));
    assert!(command("cp").arg("-RP").arg(sample("load/1")).arg(&root).status().unwrap().success());
    // The serial number fits into a file of 1,024 bytes, but not into one of 512.
    let serial = [&[0, 0x80, 0x03, 0][..], &[b'A'; 768]].concat();
    write(&root.join("sys/class/scsi_tape/st0/device/vpd_pg80"), serial);
    let words =
        ["--root", root.to_str().unwrap(), "--save", saved.to_str().unwrap(), "-j", "SERIAL"];
    let output = limited("ulimit -f 1", TAPESTAT, &words);
    assert_ne!(output.status.code(), Some(0));
    let names = fs::read_dir(&saved).unwrap().map(|name| name.unwrap().file_name());
    assert!(names.into_iter().all(|name| name == ".unfinished"), "no numbered tree is there");
}

#[test]
fn hostile_files_neither_hang_nor_leak_nor_panic() {
    let stats = "sys/class/scsi_tape/st0/stats";
    let files = [
        "proc/uptime",
        "proc/stat",
        "proc/sys/kernel/hostname",
        "sys",
        "sys/class/scsi_tape",
        "sys/class/scsi_tape/st0",
        stats,
        &format!("{stats}/read_ns"),
        &format!("{stats}/write_byte_cnt"),
        &format!("{stats}/in_flight"),
    ];
    let tree = sample("load/1");
    replace_files(TAPESTAT, tree.as_ref(), &files, &["-x", "-j", "SERIAL"]);
    replace_files(TAPESTAT, tree.as_ref(), &files, &["-o", "jsonl"]);
}

/// A saved system with ten thousand drives, which share their counters.
fn ten_thousand_drives() -> (test_support::TempDir, PathBuf) {
    let folder = temp_dir();
    let root = folder.path().join("root");
    write(&root.join("proc/uptime"), "100.00 1.00\n");
    for file in tapestat::sample::FILES.iter().chain(&["in_flight"]) {
        write(&root.join("sys/counters").join(file), "1000000\n");
    }
    for number in 0..10_000 {
        let drive = root.join(format!("sys/class/scsi_tape/st{number}"));
        fs::create_dir_all(&drive).unwrap();
        symlink("../../../counters", drive.join("stats")).unwrap();
    }
    (folder, root)
}

#[test]
fn ten_thousand_drives_fit_into_the_limits() {
    let (_folder, root) = ten_thousand_drives();
    let words = ["--root", root.to_str().unwrap(), "-o", "tsv", "-j", "HCTL"];
    let output = limited("ulimit -n 64 && ulimit -v 262144", TAPESTAT, &words);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 10_001);
}

#[test]
fn a_clock_that_is_set_changes_no_interval() {
    let folder = temp_dir();
    let clock = folder.path().join("clock");
    let Some(faked) = with_clock(&clock) else { return };
    if !works(command("unshare").args(["-m", "sh", "-c", "mount --bind /tmp /sys"])) {
        return;
    }
    let set = |time: &str| {
        write(&folder.path().join("new"), format!("{time}\n"));
        fs::rename(folder.path().join("new"), &clock).unwrap();
    };
    set("2026-01-01 00:00:00");
    let mut unshare = command("unshare");
    unshare.args(["-m", "sh", "-c", "mount --bind \"$0\"/sys /sys && exec \"$@\""]);
    unshare.arg(sample("load/1")).arg(faked.get_program()).args(faked.get_args());
    unshare.args([TAPESTAT, "-o", "tsv", "-y", "0.05"]).stdout(Stdio::piped());
    let mut child = unshare.spawn().unwrap();
    let mut rows = LineReader::new(child.stdout.take().unwrap());
    for year in ["2026", "2020", "2038"] {
        set(&format!("{year}-01-01 00:00:00"));
        rows.wait_for(&format!("{year}-01-01T"), || ());
    }
    send_signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let rows = rows.all();
    let seconds = rows.iter().skip(1).map(|row| row.split('\t').nth(1).unwrap().parse::<f64>());
    let seconds: Vec<_> = seconds.collect::<Result<_, _>>().unwrap();
    assert!(seconds.iter().all(|seconds| (0.001..60.0).contains(seconds)), "{seconds:?}");
}
