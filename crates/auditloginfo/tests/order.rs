//! The report does not depend on the order of the records, nor on how a log is cut.

#![allow(clippy::expect_used, reason = "a test ends at what it does not expect")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod common;

use auditloginfo::filter::Query;
use auditloginfo::scan::{self, Chunking};
use auditloginfo::section::{Collect, Section, Sections};
use auditloginfo::tally::{Counts, NameCounts};
use common::{Folder, file, sample};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use toolkit::messages::Messages;

/// The outputs that are compared: the overview and every item of everybody.
const ASKED: [&[&str]; 4] = [
    &[],
    &["--uid", "all", "-o", "tsv"],
    &["--uid", "7005", "-a", "-m", "--files", "--errors"],
    &["--uid", "7005", "--privileged", "--denials", "--failed"],
];

fn report(words: &[&str], logs: &[&Path]) -> Vec<u8> {
    let words = words.iter().map(OsString::from).chain(logs.iter().map(OsString::from));
    let (mut out, mut told) = (Vec::new(), Vec::new());
    let status = auditloginfo::run(words, &mut out, &mut Messages::new("auditloginfo", &mut told));
    assert_eq!(status.expect("a report"), 0);
    out.extend(told);
    out
}

fn write(folder: &Folder, name: &str, lines: &[&[u8]]) -> PathBuf {
    folder.write(name, lines.iter().flat_map(|line| [*line, b"\n"].concat()).collect::<Vec<_>>())
}

/// Numbers without a pattern that matters here: xorshift64 of Marsaglia, 2003.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("below a usize")
    }
}

/// The real logs: an excerpt, and the whole where it is at hand.
fn logs() -> Vec<Vec<u8>> {
    let read = |name| fs::read(sample(name)).expect("a sample");
    let mut logs = ["raw.log", "enriched.log"].map(read).to_vec();
    let whole = file("../shared/data/lab/audit/raw/audit.log.gz");
    match toolkit::input::Source::open(&whole) {
        Ok(toolkit::input::Source::Stream(mut stream)) => {
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).expect("the log");
            logs.push(bytes);
        }
        _ => eprintln!("skipped the whole log: {} is not here", whole.display()),
    }
    logs
}

#[test]
fn moving_records_by_ten_thousand_places_changes_nothing() {
    let folder = Folder::new("moved");
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for log in logs() {
        let mut lines: Vec<_> = sysparse::text::lines(&log).collect();
        let path = write(&folder, "log", &lines);
        let wanted = ASKED.map(|words| report(words, &[&path]));
        // Sorting by a place moved by up to ten thousand moves no record further than that.
        let mut moved: Vec<_> = lines
            .drain(..)
            .enumerate()
            .map(|(place, line)| (place + random.below(10_000), line))
            .collect();
        moved.sort_by_key(|(place, _)| *place);
        let lines: Vec<_> = moved.into_iter().map(|(_, line)| line).collect();
        let path = write(&folder, "log", &lines);
        assert!(ASKED.map(|words| report(words, &[&path])) == wanted);
    }
}

#[test]
fn a_log_in_two_files_is_the_same_log() {
    let folder = Folder::new("split");
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let path = write(&folder, "log", &lines);
        let wanted = ASKED.map(|words| report(words, &[&path]));
        for _ in 0..4 {
            let (first, second) = lines.split_at(random.below(lines.len()));
            let parts = [write(&folder, "log.1", first), write(&folder, "log.0", second)];
            let parts: Vec<_> = parts.iter().map(PathBuf::as_path).collect();
            assert!(ASKED.map(|words| report(words, &parts)) == wanted, "cut at {}", first.len());
        }
    }
}

/// All that was counted of one user, in order.
fn told(counts: &Counts) -> String {
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
fn the_counts_do_not_depend_on_the_pieces() {
    let folder = Folder::new("pieces");
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let logs = [write(&folder, "log", &lines)];
        for absolute in [false, true] {
            let sections = Section::ALL.into_iter().fold(Sections::EMPTY, Sections::with);
            let collect = Collect { sections, absolute, modes: absolute, overview: true };
            let query = Query { collect, ..Query::default() };
            let counts = |pieces| {
                let found =
                    scan::read(&logs, &query, Chunking::with_chunks(pieces, log.len() as u64));
                let users = found.tally.users();
                let counts = users.iter().map(|(auid, counts)| format!("{auid} {}", told(counts)));
                (counts.collect::<Vec<_>>(), found.incomplete, found.damaged)
            };
            let wanted = counts(1);
            for pieces in [2, 3, 7, 50] {
                assert!(counts(pieces) == wanted, "{pieces} pieces");
            }
        }
    }
}

#[test]
fn the_counts_of_parts_add_up_to_those_of_the_whole() {
    let folder = Folder::new("parts");
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
        // Parts that no event crosses: the last digit of its serial tells where a record goes.
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
