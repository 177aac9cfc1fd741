//! The counts agree with those of `testdata/make/audit_count.py`, which loads a whole log, groups
//! its records and only then counts: another method in another language.

#![allow(clippy::expect_used, reason = "a test ends at what it does not expect")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use toolkit::finish::Messages;

/// The options that both know.
const OPTIONS: [&[&str]; 16] = [
    &[],
    &["--failed"],
    &["--successful"],
    &["--modes"],
    &["--absolute"],
    &["--modes", "--absolute", "--failed"],
    &["--errors", "--privileged", "--denials", "--modes", "--absolute"],
    &["--uid", "7005"],
    &["--uid", "4294967295"],
    &["--euid", "0"],
    &["--exe", "/usr/bin/bash"],
    &["--comm", "ls"],
    &["--session", "45"],
    &["--key", "alice_exec"],
    &["--node", "lab"],
    &["--start", "1795352908", "--end", "1795353292"],
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The items by our command, in the order of their bytes.
fn ours(options: &[&str], log: &Path) -> BTreeSet<Vec<u8>> {
    let mut words = options.to_vec();
    if !words.contains(&"--uid") {
        words.extend(["--uid", "all"]);
    }
    if words.contains(&"--errors") {
        words.extend(["--syscalls", "--commands", "--files"]);
    }
    let words = words.into_iter().chain(["-o", "tsv"]).map(OsString::from).chain([log.into()]);
    let (mut out, mut told) = (Vec::new(), Vec::new());
    let status = auditloginfo::run(words, &mut out, &mut Messages::new("auditloginfo", &mut told));
    assert_eq!(status.expect("a report"), 0, "{}", String::from_utf8_lossy(&told));
    sysparse::text::lines(&out).map(<[u8]>::to_vec).collect()
}

/// The items by the script.
fn theirs(options: &[&str], log: &Path) -> BTreeSet<Vec<u8>> {
    let script = root().join("testdata/make/audit_count.py");
    let output = Command::new("python3").arg(script).args(options).arg(log).output();
    let output = output.expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    sysparse::text::lines(&output.stdout).map(<[u8]>::to_vec).collect()
}

/// Where there is no python3 or no ausyscall, which names the calls, there is nothing to compare.
fn can_compare() -> bool {
    let runs = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let can = runs("python3") && runs("ausyscall");
    if !can {
        eprintln!("skipped: python3 or ausyscall is not here");
    }
    can
}

fn compare(options: &[&str], log: &Path) -> usize {
    let (ours, theirs) = (ours(options, log), theirs(options, log));
    if let Some(item) = ours.symmetric_difference(&theirs).next() {
        let whose = if ours.contains(item) { "ours" } else { "theirs" };
        panic!("{} {options:?}: only {whose}: {}", log.display(), String::from_utf8_lossy(item));
    }
    ours.len()
}

#[test]
fn the_samples_are_counted_alike_with_every_option() {
    if !can_compare() {
        return;
    }
    let folder = root().join("testdata/samples/auditloginfo");
    for options in OPTIONS {
        let items = ["raw.log", "enriched.log"].map(|log| compare(options, &folder.join(log)));
        assert!(items.iter().sum::<usize>() > 0, "{options:?} compares nothing");
    }
}

/// All logs below a folder, whatever they are called.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "log" || end == "gz") {
            found.push(path);
        }
    }
}

#[test]
fn recorded_logs_of_every_origin_are_counted_alike() {
    let shared = root().join("../shared/data");
    let mut logs = Vec::new();
    files(&shared.join("lab/audit"), &mut logs);
    files(&shared.join("public/audit"), &mut logs);
    if logs.is_empty() || !can_compare() {
        eprintln!("skipped: {} is not here", shared.display());
        return;
    }
    for log in logs.iter().filter(|log| !log.ends_with("ausearch.csv.gz")) {
        compare(&["--modes"], log);
    }
}
