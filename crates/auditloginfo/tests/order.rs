//! The report does not depend on the order of the records, nor on how a log is divided.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use auditloginfo::filter::Query;
use auditloginfo::scan::{self, Chunking};
use auditloginfo::section::{Collect, Sections};
use auditloginfo::tally::{Counts, NameCounts};
use common::sample;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use test_support::{TempDir, random_cases, shared, temp_dir};
use toolkit::input::Source;
use toolkit::messages::Messages;

/// The options of the reports that are compared.
const OPTIONS: [&[&str]; 4] = [
    &[],
    &["--uid", "all", "-o", "tsv"],
    &["--uid", "7005", "-a", "-m", "--files", "--errors"],
    &["--uid", "7005", "--privileged", "--denials", "--failed"],
];

fn report(words: &[&str], logs: &[&Path]) -> Vec<u8> {
    let words = words.iter().map(OsString::from).chain(logs.iter().map(OsString::from));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = auditloginfo::run(words, &mut out, &mut Messages::new("auditloginfo", &mut err));
    assert_eq!(status.expect("a report"), 0);
    out.extend(err);
    out
}

fn write(folder: &TempDir, name: &str, lines: &[&[u8]]) -> PathBuf {
    let path = folder.path().join(name);
    test_support::write(
        &path,
        lines.iter().flat_map(|line| [*line, b"\n"].concat()).collect::<Vec<_>>(),
    );
    path
}

/// Recorded logs: two excerpts, and a whole log if it is there.
fn logs() -> Vec<Vec<u8>> {
    let read = |name| fs::read(sample(name)).expect("a sample");
    let mut logs = ["raw.log", "enriched.log"].map(read).to_vec();
    let whole = shared("data/lab/audit/raw/audit.log.gz").map(|path| Source::open(&path));
    if let Some(Ok(Source::Stream(mut stream))) = whole {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("the log");
        logs.push(bytes);
    }
    logs
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

/// All counts of one user, sorted.
fn all_counts(counts: &Counts) -> String {
    let sorted = |names: &NameCounts| {
        let mut names: Vec<_> = names.iter().map(|(name, count)| (name.to_vec(), count)).collect();
        names.sort();
        names
    };
    let mut calls: Vec<_> = counts.calls.iter().collect();
    calls.sort();
    let names =
        [&counts.commands, &counts.files, &counts.privileged, &counts.errors, &counts.denials];
    let figures = (counts.events, counts.as_root, counts.span);
    format!("{figures:?} {calls:?} {:?}", names.map(sorted))
}

#[test]
fn the_counts_do_not_depend_on_the_chunks() {
    let folder = temp_dir();
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let logs = [write(&folder, "log", &lines)];
        for absolute in [false, true] {
            let sections = Sections::ALL;
            let collect = Collect {
                sections,
                absolute,
                modes: absolute,
                overview: true,
                ..Collect::default()
            };
            let query = Query { collect, ..Query::default() };
            let counts = |chunks| {
                let chunking = Chunking::with_chunks(chunks, log.len() as u64);
                let found = scan::read(&logs, &query, chunking);
                let users = found.tally.users();
                let counts =
                    users.iter().map(|(id, counts)| format!("{id} {}", all_counts(counts)));
                (counts.collect::<Vec<_>>(), found.incomplete, found.damaged)
            };
            let wanted = counts(1);
            for chunks in [2, 3, 7, 50] {
                assert!(counts(chunks) == wanted, "{chunks} chunks");
            }
        }
    }
}

#[test]
fn the_counts_of_parts_add_up_to_those_of_the_whole() {
    let folder = temp_dir();
    let items = |log: &Path| -> BTreeMap<Vec<u8>, u64> {
        let tsv = report(&["--uid", "all", "-o", "tsv"], &[log]);
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
