//! The command needs the memory of the distinct names and 32 MiB, at any size of log.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::sample;
use std::fs::File;
use std::path::Path;
use test_support::{command, repository, stderr, temp_dir, works};

/// The options of each run: one login user, the overview, and all files with their modes.
const OPTIONS: [&[&str]; 3] = [&["--uid", "7005"], &[], &["--uid", "all", "--modes", "-o", "tsv"]];

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

#[test]
fn the_memory_does_not_grow_with_the_size_of_the_log() {
    if !works(command("python3").arg("--version")) {
        return;
    }
    let folder = temp_dir();
    let [small, large] = ["50M", "150M"].map(|size| {
        let log = folder.path().join(size);
        make_log(&log, &["lab", size]);
        peaks_kib(&log)
    });
    for (options, (small_kib, large_kib)) in OPTIONS.iter().zip(small.into_iter().zip(large)) {
        let grown = "the larger log takes more";
        // The number of chunks that wait for a chunk before them varies.
        assert!(large_kib < small_kib + (8 << 10), "{options:?}: {grown}: {small:?} {large:?}");
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
