//! The counts agree with those of `testdata/make/audit_count.py`, which loads a whole log, groups its
//! records and then counts: another method in another language.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a failed test panics")]

mod common;

use common::sample;
use flate2::read::GzDecoder;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};
use test_support::{command, repository, shared, temp_dir, works};
use toolkit::messages::Messages;

type Options = &'static [&'static str];
type Items = BTreeSet<Vec<u8>>;

/// Every option that changes counts, alone, with several values, and together with others. Each set
/// finds something in one of the samples or fixtures.
const OPTIONS: [Options; 52] = [
    &[],
    &["--uid", "7005"],
    &["--uid", "unset"],
    &["--uid", "1000", "--uid", "-1", "--uid", "4242"],
    &["--uid", "1000", "--uid", "all"],
    &["--euid", "0"],
    &["--euid", "0", "--euid", "1000"],
    &["--exe", "/usr/bin/bash"],
    &["--exe", "/usr/bin/env", "--exe", "/tmp/w 480/odd cmd\"cé"],
    &["--comm", "ls"],
    &["--comm", "wc", "--comm", "odd cmd\"cé"],
    &["--pid", "707"],
    &["--pid", "480", "--pid", "536", "--pid", "1918"],
    &["--session", "45"],
    &["--session", "unset", "--session", "4"],
    &["--key", "alice_exec"],
    &["--key", "shadow", "--key", "alice_exec", "--key", "(null)"],
    &["--node", "lab"],
    &["--node", "other", "--node", "lab"],
    &["--failed"],
    &["--successful"],
    &["--failed", "--successful"],
    &["--start", "1795352908"],
    &["--end", "1795352908"],
    &["--start", "1795352908", "--end", "1795353292"],
    &["--syscalls"],
    &["--commands"],
    &["--files"],
    &["--privileged"],
    &["--errors"],
    &["--denials"],
    &["--programs"],
    &["--changes"],
    &["--addresses"],
    &["--sudo"],
    &["--changes", "--absolute"],
    &["--changes", "--absolute", "--failed"],
    &["--changes", "--addresses", "--successful", "--uid", "7005"],
    &["--sudo", "--successful"],
    &["--sudo", "--exe", "/usr/bin/sudo"],
    &["--changes", "--failed", "--absolute"],
    &["--sudo", "--programs", "--uid", "1000", "--end", "1795353292"],
    &["--addresses", "--failed"],
    &["--syscalls", "--files"],
    &["--modes"],
    &["--absolute"],
    &["--modes", "--absolute", "--failed"],
    &["--errors", "--absolute", "--euid", "7005", "--successful", "--failed"],
    &["--denials", "--errors", "--uid", "7005", "--exe", "/usr/local/bin/sysex"],
    &["--privileged", "--commands", "--uid", "1000", "--key", "alice_exec", "--end", "1795352942"],
    &["--uid", "7005", "--session", "9", "--session", "10", "--comm", "cat", "--files", "--modes"],
    &[
        "--syscalls",
        "--commands",
        "--files",
        "--programs",
        "--changes",
        "--addresses",
        "--sudo",
        "--privileged",
        "--errors",
        "--denials",
        "--modes",
        "--absolute",
    ],
];

/// The items that the command under test prints.
fn ours(options: Options, logs: &[OsString]) -> Items {
    let all: Options = if options.contains(&"--uid") { &[] } else { &["--uid", "all"] };
    let words =
        [options, all, &["-o", "tsv", "--no-heading"]].concat().into_iter().map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut messages = Messages::new("auditloginfo", &mut err);
    let status = auditloginfo::run(words.chain(logs.to_vec()), &mut out, &mut messages);
    let items: Items = sysparse::text::lines(&out).map(<[u8]>::to_vec).collect();
    // A file that is no audit log has no items, and a message says what it is.
    let is_log = status.expect("a report") == 0;
    assert!(is_log || items.is_empty() && !err.is_empty(), "{}", String::from_utf8_lossy(&err));
    items
}

/// The items that the script prints for each set of options.
fn theirs(logs: &[PathBuf]) -> Vec<Items> {
    let mut script = command(repository("testdata/make/audit_count.py"));
    script.arg("--sets").args(logs).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = script.spawn().expect("it runs");
    let sets = OPTIONS.map(|words| words.join("\t") + "\n").concat();
    child.stdin.take().expect("a pipe").write_all(sets.as_bytes()).expect("it reads them");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{logs:?}");
    let mut answers = vec![Items::new()];
    for line in sysparse::text::lines(&output.stdout) {
        match answers.last_mut() {
            Some(items) if !line.is_empty() => drop(items.insert(line.to_vec())),
            _ => answers.push(Items::new()),
        }
    }
    answers
}

/// Whether the script works here: it needs python3, and ausyscall for the names of calls.
fn can_compare() -> bool {
    works(command("python3").arg("--version")) && works(command("ausyscall").arg("read"))
}

/// Compares the counts of logs for every set of options. `words` are the arguments of the command
/// under test for these logs. Returns the number of items for each set.
fn compare(words: &[OsString], logs: &[PathBuf]) -> Vec<usize> {
    let answers = theirs(logs);
    assert_eq!(answers.len(), OPTIONS.len() + 1, "an empty line ends each answer");
    let compare = |(options, theirs): (&Options, &Items)| {
        let ours = ours(options, words);
        if let Some(item) = ours.symmetric_difference(theirs).next() {
            let whose = if ours.contains(item) { "ours" } else { "theirs" };
            panic!("{logs:?} {options:?}: only {whose}: {}", String::from_utf8_lossy(item));
        }
        ours.len()
    };
    OPTIONS.iter().zip(&answers).map(compare).collect()
}

fn compare_log(log: &Path) -> Vec<usize> {
    compare(&[log.into()], &[log.to_owned()])
}

#[test]
fn the_counts_of_the_samples_agree_for_every_option() {
    if can_compare() {
        let fixture = |name| repository("testdata/auditloginfo").join(name).join("audit.log");
        let made = [
            "changes-of-all-sorts",
            "changes-of-message-queues",
            "io-uring-of-several-operations",
            "addresses",
            "no-system-calls",
        ]
        .map(fixture);
        let logs = ["raw.log", "enriched.log"].map(sample).into_iter().chain(made);
        let items: Vec<_> = logs.map(|log| compare_log(&log)).collect();
        for (number, options) in OPTIONS.iter().enumerate() {
            assert!(items.iter().any(|items| items[number] > 0), "{options:?} compares nothing");
        }
    }
}

/// The options of lists that are compared line by line.
const LISTS: [Options; 6] = [
    &["--uid", "all", "--commands", "--files", "--modes", "--absolute"],
    &["--uid", "7005", "--changes", "--addresses", "--sudo", "--programs"],
    &["--uid", "all", "--errors", "--privileged", "--denials", "--changes", "--failed"],
    &["--uid", "all", "--denials", "--sudo"],
    &["--uid", "all", "--syscalls", "--addresses", "--denials"],
    &["--uid", "unset", "--uid", "unknown", "--commands", "--files", "--changes", "--denials"],
];

/// Compares what `--each` lists of a log with what the script lists. Returns the number of items for
/// each set of options.
fn compare_lists(log: &Path, lists: &[Options]) -> Vec<usize> {
    let compare = |options: &Options| {
        let mut script = command(repository("testdata/make/audit_count.py"));
        let theirs = script.arg("--each").args(*options).arg(log).output().expect("it runs");
        assert!(theirs.status.success());
        let mut command = common::auditloginfo();
        command.args(["--each", "-o", "tsv", "--no-heading"]).args(*options).arg(log);
        let ours = command.output().expect("it runs").stdout;
        let pairs = sysparse::text::lines(&ours).zip(sysparse::text::lines(&theirs.stdout));
        for (own, wanted) in pairs {
            let [own, wanted] = [own, wanted].map(String::from_utf8_lossy);
            assert_eq!(own, wanted, "{} {options:?}", log.display());
        }
        assert_eq!(ours.len(), theirs.stdout.len(), "{} {options:?}", log.display());
        sysparse::text::lines(&ours).count()
    };
    lists.iter().map(compare).collect()
}

#[test]
fn the_lists_of_the_samples_agree_line_by_line() {
    if can_compare() {
        let fixtures = [
            "changes-of-all-sorts",
            "addresses",
            "no-system-calls",
            "io-uring",
            "io-uring-of-the-kernel",
            "denials",
            "refusals-without-a-login-user",
            "recipe-what-alice-ran",
            "out-of-order",
            "two-hosts",
            "split-arguments",
            "hex-values",
        ];
        let fixture = |name| repository("testdata/auditloginfo").join(name).join("audit.log");
        let logs = ["raw.log", "enriched.log"].map(sample).into_iter();
        let items: Vec<_> =
            logs.chain(fixtures.map(fixture)).map(|log| compare_lists(&log, &LISTS)).collect();
        for (number, options) in LISTS.iter().enumerate() {
            assert!(items.iter().any(|items| items[number] > 0), "{options:?} compares nothing");
        }
    }
}

#[test]
fn the_lists_of_recorded_logs_agree_line_by_line() {
    for log in recorded("lab/audit/raw") {
        compare_lists(&log, &LISTS);
    }
    for log in recorded("public/audit") {
        compare_lists(&log, &LISTS[..3]);
    }
}

/// The recorded logs in a folder, if they are there.
fn recorded(folder: &str) -> Vec<PathBuf> {
    let mut logs = Vec::new();
    if let Some(folder) = shared(&format!("data/{folder}")).filter(|_| can_compare()) {
        find(&folder, &mut logs);
        assert!(!logs.is_empty(), "{} holds no log", folder.display());
    }
    logs
}

fn find(folder: &Path, logs: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, logs);
        } else if path.extension().is_some_and(|end| end == "log" || end == "gz")
            && !path.ends_with("ausearch.csv.gz")
        {
            logs.push(path);
        }
    }
}

#[test]
fn the_counts_of_recorded_logs_of_every_origin_agree() {
    for log in recorded("public/audit") {
        compare_log(&log);
    }
}

#[test]
fn the_counts_of_a_large_recorded_log_agree() {
    for log in recorded("lab/audit/raw") {
        compare_log(&log);
    }
}

#[test]
fn the_counts_of_rotated_logs_agree_for_each_and_for_all_together() {
    let logs = recorded("lab/audit/rotated-enriched");
    let folder = temp_dir();
    for log in &logs {
        compare_log(log);
        unpack(log, folder.path());
    }
    let names = ["audit.log.4", "audit.log.3", "audit.log.2", "audit.log.1", "audit.log"];
    let in_order = names.map(|name| folder.path().join(name));
    if !logs.is_empty() {
        compare(&["--rotated".into(), folder.path().join("audit.log").into()], &in_order);
    }
}

/// Unpacks a log. Its modification time becomes the time of its last event, as on the host that wrote
/// it.
fn unpack(log: &Path, folder: &Path) {
    let mut text = Vec::new();
    let mut gzip = GzDecoder::new(File::open(log).expect("the log"));
    gzip.read_to_end(&mut text).expect("all of it");
    let second = |line| Some(sysparse::audit::record(line).ok()??.stamp().seconds);
    let last = sysparse::text::lines(&text).filter_map(second).max().expect("a record");
    let path = folder.join(log.file_stem().expect("a name"));
    let mut file = File::create(path).expect("a copy");
    file.write_all(&text).expect("all of it");
    file.set_modified(UNIX_EPOCH + Duration::from_secs(last)).expect("a time");
}
