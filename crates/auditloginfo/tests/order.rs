//! The report does not depend on the order of the records, nor on how a log is divided.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::{counts_in_chunks, logs, write};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use test_support::{random_cases, temp_dir};
use toolkit::messages::Messages;

/// The options of the reports that are compared.
const OPTIONS: [&[&str]; 6] = [
    &[],
    &["--uid", "all", "-o", "tsv", "--no-heading"],
    &["--uid", "7005", "-a", "-m", "--files", "--errors"],
    &["--uid", "7005", "--privileged", "--denials", "--failed"],
    &["--uid", "all", "--changes", "--addresses", "--programs", "--sudo", "-o", "jsonl"],
    &["--uid", "7005", "--changes", "-a", "--failed"],
];

fn report(words: &[&str], logs: &[&Path]) -> Vec<u8> {
    let words = words.iter().map(OsString::from).chain(logs.iter().map(OsString::from));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = auditloginfo::run(words, &mut out, &mut Messages::new("auditloginfo", &mut err));
    assert_eq!(status.expect("a report"), 0);
    out.extend(err);
    out
}

#[test]
fn moving_records_by_ten_thousand_places_changes_nothing() {
    let folder = temp_dir();
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let path = write(&folder, "log", &lines);
        let wanted = OPTIONS.map(|words| report(words, &[&path]));
        random_cases(1, |random| {
            // Sorting by a place that is up to ten thousand larger moves no record further than that.
            let moved = lines.iter().enumerate();
            let mut moved: Vec<_> =
                moved.map(|(place, line)| (place + random.usize(..10_000), *line)).collect();
            moved.sort_by_key(|(place, _)| *place);
            let lines: Vec<_> = moved.into_iter().map(|(_, line)| line).collect();
            let path = write(&folder, "log", &lines);
            assert!(OPTIONS.map(|words| report(words, &[&path])) == wanted);
        });
    }
}

#[test]
fn a_log_in_two_files_is_the_same_log() {
    let folder = temp_dir();
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let path = write(&folder, "log", &lines);
        let wanted = OPTIONS.map(|words| report(words, &[&path]));
        random_cases(4, |random| {
            let (first, second) = lines.split_at(random.usize(..lines.len()));
            let parts = [write(&folder, "log.1", first), write(&folder, "log.0", second)];
            let parts: Vec<_> = parts.iter().map(PathBuf::as_path).collect();
            let found = OPTIONS.map(|words| report(words, &parts));
            assert!(found == wanted, "{} lines in the first file", first.len());
        });
    }
}

#[test]
fn the_counts_do_not_depend_on_the_chunks() {
    let folder = temp_dir();
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let path = write(&folder, "log", &lines);
        for absolute in [false, true] {
            let (wanted, _) = counts_in_chunks(&path, absolute, 1);
            for chunks in [2, 3, 7, 50] {
                let (counts, _) = counts_in_chunks(&path, absolute, chunks);
                assert!(counts == wanted, "{chunks} chunks");
            }
        }
    }
}

#[test]
fn the_counts_of_parts_add_up_to_those_of_the_whole() {
    let folder = temp_dir();
    let items = |log: &Path| -> BTreeMap<Vec<u8>, u64> {
        let tsv = report(&["--uid", "all", "-o", "tsv", "--no-heading"], &[log]);
        let mut counts = BTreeMap::new();
        for line in sysparse::text::lines(&tsv).filter(|line| !line.starts_with(b"auditloginfo:")) {
            let mut cells: Vec<_> = line.split(|byte| *byte == b'\t').collect();
            let count = sysparse::text::whole_number(cells.remove(2)).expect("a count");
            assert!(counts.insert(cells.join(&b'\t'), count).is_none());
        }
        counts
    };
    for log in logs() {
        // The last digit of its serial number decides to which part a record belongs, so no event is
        // in two parts.
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let serial =
            |line: &&[u8]| line.windows(2).find(|pair| pair[1] == b')').map(|pair| pair[0]);
        let mut sum: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for digit in (b'0'..=b'9').map(Some) {
            let part: Vec<_> = lines.iter().copied().filter(|line| serial(line) == digit).collect();
            for (item, count) in items(&write(&folder, "part", &part)) {
                *sum.entry(item).or_default() += count;
            }
        }
        assert!(sum == items(&write(&folder, "whole", &lines)));
    }
}
