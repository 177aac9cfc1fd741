//! The command needs the memory of the distinct names and 32 MiB, at any size of log.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::sample;
use std::fs::File;
use std::path::Path;
use test_support::{command, repository, stderr, temp_dir, works};

/// The options of each run: one login user, the overview, all files with their modes, and a list.
const OPTIONS: [&[&str]; 4] = [
    &["--uid", "7005"],
    &[],
    &["--uid", "all", "--modes", "-o", "tsv"],
    &["--each", "--files", "--changes", "--denials"],
];

/// Runs a command and prints its peak of resident memory in KiB and the size of its output in bytes.
/// The peak is at least that of the script itself, about 10 MiB.
const MEASURE: &str = "import resource, subprocess, sys
run = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, len(run.stdout))";

/// Makes a log with `testdata/make/audit_big.py`.
fn make_log(path: &Path, words: &[&str]) {
    let mut make = command(repository("testdata/make/audit_big.py"));
    make.args(words).stdin(File::open(sample("raw.log")).expect("the sample"));
    make.stdout(File::create(path).expect("a log"));
    assert!(make.status().expect("it runs").success());
}

/// The peak of memory in KiB for each of the options. It must be within the limit.
fn peaks_kib(log: &Path) -> [u64; OPTIONS.len()] {
    OPTIONS.map(|options| {
        let mut measure = command("python3");
        measure.args(["-c", MEASURE, env!("CARGO_BIN_EXE_auditloginfo")]).args(options).arg(log);
        let output = measure.output().expect("it runs");
        assert!(output.status.success(), "{}", stderr(&output));
        let figures = String::from_utf8_lossy(&output.stdout);
        let figures: Vec<u64> = figures.split_whitespace().flat_map(str::parse).collect();
        let [peak_kib, report] = figures[..] else { panic!("two figures, not {figures:?}") };
        // A name is in the table of each thread and in the list that is sorted.
        let most_kib = (32 << 10) + 4 * (report >> 10);
        assert!(peak_kib < most_kib, "{options:?}: {peak_kib} KiB, more than {most_kib} KiB");
        peak_kib
    })
}

/// The least peaks of three runs: how many chunks wait for a chunk before them varies, but what grows
/// with the size of a log grows in every run.
fn least_peaks_kib(log: &Path) -> [u64; OPTIONS.len()] {
    let runs = [peaks_kib(log), peaks_kib(log), peaks_kib(log)];
    let least = |option| runs.iter().filter_map(|run| run.get(option)).min().copied();
    std::array::from_fn(|option| least(option).unwrap_or_default())
}

#[test]
fn the_memory_does_not_grow_with_the_size_of_the_log() {
    if !works(command("python3").arg("--version")) {
        return;
    }
    let folder = temp_dir();
    let [small, large] = ["50M", "150M"].map(|size| {
        let log = folder.path().join(size);
        make_log(&log, &["lab", size]);
        least_peaks_kib(&log)
    });
    for (options, (small_kib, large_kib)) in OPTIONS.iter().zip(small.into_iter().zip(large)) {
        // Between two threads the heap is fragmented, at these sizes still more with each chunk: logs of
        // 450 MiB and of 1.3 GiB take the same.
        let grown = "the larger log takes more";
        assert!(large_kib < small_kib + (12 << 10), "{options:?}: {grown}: {small:?} {large:?}");
    }
}

#[test]
fn distinct_names_need_a_small_multiple_of_their_size() {
    if works(command("python3").arg("--version")) {
        let folder = temp_dir();
        let log = folder.path().join("log");
        make_log(&log, &["names", "50M", "20000"]);
        peaks_kib(&log);
    }
}

/// The peak of memory in KiB of a run on a log with these lines. They are repeated with other serial
/// numbers, written as `SERIAL`, `count` times.
fn hostile_peak_kib(line: &str, count: usize, options: &[&str]) -> u64 {
    let folder = temp_dir();
    let log = folder.path().join("log");
    let lines: String =
        (0..count).map(|serial| line.replace("SERIAL", &serial.to_string()) + "\n").collect();
    std::fs::write(&log, lines).expect("a log");
    let mut measure = command("python3");
    measure.args(["-c", MEASURE, env!("CARGO_BIN_EXE_auditloginfo")]).args(options).arg(&log);
    let output = measure.output().expect("it runs");
    assert!(output.status.success(), "{}", stderr(&output));
    let figures = String::from_utf8_lossy(&output.stdout);
    figures.split_whitespace().next().and_then(|kib| kib.parse().ok()).expect("a figure")
}

#[test]
fn a_login_user_takes_a_few_hundred_bytes_beside_its_names() {
    if works(command("python3").arg("--version")) {
        let line = "type=SYSCALL msg=audit(1.000:SERIAL): arch=c000003e syscall=435 success=yes \
                    exit=3 items=0 pid=9 auid=SERIAL euid=0";
        let peak_kib = hostile_peak_kib(line, 50_000, &["--uid", "all", "-o", "tsv"]);
        assert!(peak_kib < (32 << 10) + 50_000, "{peak_kib} KiB");
    }
}

#[test]
fn working_directories_that_are_held_are_limited() {
    if works(command("python3").arg("--version")) {
        let line = format!("type=CWD msg=audit(1.000:SERIAL): cwd=\"/{}\"", "d".repeat(60_000));
        let peak_kib = hostile_peak_kib(&line, 2_000, &["--uid", "7", "-a"]);
        assert!(peak_kib < 64 << 10, "{peak_kib} KiB");
    }
}

#[test]
fn names_that_wait_for_their_call_are_limited() {
    if works(command("python3").arg("--version")) {
        let name = "n".repeat(2_000);
        let line =
            format!("type=PATH msg=audit(1.000:SERIAL): item=0 name=\"{name}\" nametype=NORMAL");
        let peak_kib = hostile_peak_kib(&line, 100_000, &["--uid", "7"]);
        assert!(peak_kib < 128 << 10, "{peak_kib} KiB");
    }
}

#[test]
fn events_that_are_listed_are_limited() {
    if works(command("python3").arg("--version")) {
        let line = format!(
            "type=SYSCALL msg=audit(1.000:SERIAL): arch=c000003e syscall=435 success=yes exit=3 a0=0 \
             a1=0 a2=0 a3=0 items=0 ppid=1 pid=9 auid=7 uid=0 gid=0 euid=0 exe=\"/{}\"",
            "d".repeat(2_000)
        );
        let peak_kib = hostile_peak_kib(&line, 50_000, &["--each", "--syscalls", "--denials"]);
        assert!(peak_kib < 96 << 10, "{peak_kib} KiB");
    }
}
