//! Faults of the system: output that cannot be written, logs that cannot be read to the end, signals,
//! limits.

#![allow(clippy::expect_used, reason = "a failed test panics")]
#![allow(clippy::indexing_slicing, reason = "the offsets are within the sample")]

mod common;

use auditloginfo::run;
use common::sample;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use test_support::faults::{
    close_stderr, fail_at_every_write, fail_every_read, fault_rounds, limited, without_threads,
};
use test_support::{
    command, random_cases, repository, send_signal, stderr, temp_dir, wait_until, write,
};
use toolkit::exit::ExitStatus;
use toolkit::messages::Messages;

const AUDITLOGINFO: &str = env!("CARGO_BIN_EXE_auditloginfo");

fn fixture_log(name: &str) -> String {
    let path = repository("testdata/auditloginfo").join(name).join("audit.log");
    let path = fs::canonicalize(path).expect("a log");
    path.into_os_string().into_string().expect("a path of letters")
}

#[test]
fn output_that_fails_at_any_write_is_reported() {
    let log = fixture_log("opens-of-all-sorts");
    let all = ["--uid", "all", "-o"];
    for format in [
        &[][..],
        &["--uid", "all"],
        &["-o", "tsv"],
        &[&all[..], &["JSON"]].concat(),
        &[&all[..], &["systemd"]].concat(),
    ] {
        fail_at_every_write(|out| {
            let words = format.iter().copied().chain([log.as_str()]).map(OsString::from);
            let result = run(words, out, &mut Messages::new("auditloginfo", Vec::new()));
            result.err().and_then(|error| error.write_error()?.raw_os_error())
        });
    }
}

#[test]
fn a_read_that_fails_in_the_middle_of_a_log_is_reported() {
    let folder = temp_dir();
    let log = folder.path().join("audit.log");
    write(&log, fs::read(sample("raw.log")).expect("the sample").repeat(6));
    let name = log.to_str().expect("a path of letters");
    fail_every_read(AUDITLOGINFO, &["--uid", "7005", "-o", "tsv", name], Some(&log));
    let enriched = sample("enriched.log");
    let words = ["--uid", "7005", "-o", "tsv", name, enriched.to_str().expect("letters")];
    fail_every_read(AUDITLOGINFO, &words, Some(&log));
}

#[test]
fn a_closed_stderr_changes_nothing_else() {
    close_stderr(AUDITLOGINFO, &[&fixture_log("cut-record")]);
    close_stderr(AUDITLOGINFO, &["/gone"]);
    close_stderr(AUDITLOGINFO, &["--gone"]);
}

#[test]
fn a_signal_at_any_moment_ends_the_run_without_a_part_of_a_report() {
    let log = fs::read(sample("raw.log")).expect("the sample");
    for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1)] {
        random_cases(fault_rounds(), |rng| {
            // Whoever runs this test may ignore them, as nohup(1) and a shell in the background do.
            let mut command = command("env");
            command.args(["--default-signal=HUP,INT,TERM", env!("CARGO_BIN_EXE_auditloginfo")]);
            command.args(["--uid", "all", "-o", "JSON", "-"]).stdin(Stdio::piped());
            let mut child = command.stdout(Stdio::piped()).spawn().expect("it runs");
            let mut pipe = child.stdin.take().expect("a pipe");
            pipe.write_all(&log[..rng.usize(..log.len())]).expect("it reads");
            // A signal that comes before env has reset it is lost.
            wait_until("the end", || {
                send_signal(&child, signal);
                child.try_wait().expect("a child").is_some()
            });
            let output = child.wait_with_output().expect("it ends");
            drop(pipe);
            assert_eq!((output.status.signal(), output.stdout.len()), (Some(number), 0));
        });
    }
}

#[test]
fn a_log_is_read_within_small_limits() {
    let rotated = repository("testdata/samples/auditloginfo/rotated/audit.log");
    let rotated = rotated.to_str().expect("a path of letters");
    let words = ["--rotated", "--uid", "all", "-o", "tsv", rotated];
    let whole = limited("true", AUDITLOGINFO, &words);
    assert!(!whole.stdout.is_empty(), "{}", stderr(&whole));
    let small = limited("ulimit -n 8 && ulimit -v 524288", AUDITLOGINFO, &words);
    assert_eq!(small, whole);
}

#[test]
fn if_the_system_refuses_threads_one_reads_all() {
    let folder = temp_dir();
    let log = folder.path().join("audit.log");
    write(&log, fs::read(sample("raw.log")).expect("the sample").repeat(20));
    let name = log.to_str().expect("a path of letters");
    let words = ["--uid", "all", "-o", "tsv", name];
    let Some(output) = without_threads(AUDITLOGINFO, &words) else { return };
    assert_eq!(output, limited("true", AUDITLOGINFO, &words));
    let output = without_threads(AUDITLOGINFO, &["--each", name]).expect("--each needs a thread");
    let message = stderr(&output);
    assert!(message.starts_with("auditloginfo: --each: no second thread: "), "{message}");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
}

#[test]
fn a_file_size_limit_leaves_the_beginning_of_the_report() {
    let folder = temp_dir();
    let report = folder.path().join("report");
    let log = sample("raw.log");
    let words = ["--uid", "7005", "-o", "tsv", log.to_str().expect("letters")];
    let whole = limited("true", AUDITLOGINFO, &words).stdout;
    assert!(whole.len() > 2048);
    let limits = format!("ulimit -f 2 && exec >'{}'", report.display());
    let output = limited(&limits, AUDITLOGINFO, &words);
    assert_ne!(output.status.code(), Some(0));
    let written = fs::read(&report).expect("a part of the report");
    assert!(!written.is_empty() && written.len() < whole.len() && whole.starts_with(&written));
}
