//! The words for times mean what they mean to ausearch, for 24 pairs of them.

#![allow(clippy::expect_used, reason = "a test ends at what it does not expect")]

mod common;

use common::{Folder, command, file, has, ours, printed, sample, told};
use std::path::Path;

/// How many events we find between two times; an empty one is not given.
fn events(start: &str, end: &str, log: &Path) -> u64 {
    let mut find = ours();
    for (option, time) in [("--start", start), ("--end", end)] {
        if !time.is_empty() {
            find.args([option, time]);
        }
    }
    let output = find.args(["-o", "tsv"]).arg(log).output().expect("it runs");
    assert!(output.status.success(), "{}", told(&output));
    let overview = String::from_utf8(output.stdout).expect("text");
    let counts = overview.lines().filter_map(|line| line.split('\t').nth(2));
    counts.map(|count| count.parse::<u64>().expect("a count")).sum()
}

/// The pairs, of 24, for which we find other events in a log than ausearch does.
fn differences(log: &Path) -> Vec<String> {
    let script = file("testdata/make/audit_times.sh");
    let theirs = String::from_utf8(printed(command(script).arg(log))).expect("text");
    assert_eq!(theirs.lines().count(), 24, "{theirs}");
    let differs = |line: &&str| {
        let cells: Vec<_> = line.split('|').collect();
        let [start, end, found] = cells[..] else { panic!("START|END|COUNT, not {line}") };
        events(start, end, log).to_string() != found
    };
    theirs.lines().filter(differs).map(str::to_owned).collect()
}

#[test]
fn pairs_of_times_find_the_events_that_ausearch_finds() {
    if !has(command("ausearch").arg("--version")) {
        return;
    }
    let folder = Folder::new("times");
    let new = || {
        let script = file("testdata/make/audit_times.sh");
        differences(&folder.write("log", printed(command(script).arg("--log"))))
    };
    // An hour or a day that begins meanwhile changes what words mean, but only once.
    let differences = Some(new()).filter(Vec::is_empty).unwrap_or_else(new);
    assert!(differences.is_empty(), "ausearch finds {differences:?}");
}

#[test]
fn pairs_of_times_find_the_events_that_ausearch_finds_in_a_recorded_log() {
    if has(command("ausearch").arg("--version")) {
        let differences = differences(&sample("raw.log"));
        assert!(differences.is_empty(), "ausearch finds {differences:?}");
    }
}
