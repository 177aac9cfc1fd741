//! Memory is what the distinct names need and 32 MiB, at any size of log.

#![allow(clippy::expect_used, reason = "a test ends at what it does not expect")]

mod common;

use common::{Folder, command, file, has, sample, told};
use std::fs::File;
use std::path::{Path, PathBuf};

/// What is asked of each log: a login user, the overview, and all there is of files.
const OPTIONS: [&[&str]; 3] = [&["--uid", "7005"], &[], &["--uid", "all", "--modes", "-o", "tsv"]];

/// Runs a command and prints how many KiB were resident at once at most, and the size of what the
/// command printed in bytes. The script's own memory, about 10 MiB, is the least that is told.
const MEASURE: &str = "import resource, subprocess, sys
run = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, len(run.stdout))";

/// Makes a log by `testdata/make/audit_big.py`.
fn made(folder: &Folder, name: &str, words: &[&str]) -> PathBuf {
    let path = folder.0.join(name);
    let mut make = command(file("testdata/make/audit_big.py"));
    make.args(words).stdin(File::open(sample("raw.log")).expect("the sample"));
    make.stdout(File::create(&path).expect("a log"));
    assert!(make.status().expect("it runs").success());
    path
}

/// The peak of memory for each of the options, in KiB; it must stay within the bounds.
fn peaks_kib(log: &Path) -> [u64; OPTIONS.len()] {
    OPTIONS.map(|options| {
        let mut measure = command("python3");
        measure.args(["-c", MEASURE, env!("CARGO_BIN_EXE_auditloginfo")]).args(options).arg(log);
        let output = measure.output().expect("it runs");
        assert!(output.status.success(), "{}", told(&output));
        let figures = String::from_utf8_lossy(&output.stdout);
        let figures: Vec<u64> = figures.split_whitespace().flat_map(str::parse).collect();
        let [peak_kib, report] = figures[..] else { panic!("two figures, not {figures:?}") };
        // A name stands in the table of each thread and in the list that is sorted.
        let most_kib = (32 << 10) + 4 * (report >> 10);
        assert!(peak_kib < most_kib, "{options:?}: {peak_kib} KiB, more than {most_kib} KiB");
        peak_kib
    })
}

#[test]
fn memory_is_bounded_at_any_size_of_log() {
    if !has(command("python3").arg("--version")) {
        return;
    }
    let folder = Folder::new("memory");
    let [small, large] = ["50M", "150M"].map(|size| {
        let log = made(&folder, size, &["lab", size]);
        peaks_kib(&log)
    });
    for (options, (small_kib, large_kib)) in OPTIONS.iter().zip(small.into_iter().zip(large)) {
        let grown = "the larger log takes more";
        // How many pieces wait for their turn at once is chance.
        assert!(large_kib < small_kib + (8 << 10), "{options:?}: {grown}: {small:?} {large:?}");
    }
}

#[test]
fn names_take_what_their_bytes_take() {
    if has(command("python3").arg("--version")) {
        let folder = Folder::new("names");
        peaks_kib(&made(&folder, "log", &["names", "50M", "20000"]));
    }
}
