//! The words for times have the meaning that they have in ausearch, for 24 pairs of them.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::{auditloginfo, sample};
use std::path::Path;
use test_support::{command, repository, stderr, stdout, temp_dir, works, write};

/// The number of events between two times. An empty time is left out.
fn events(start: &str, end: &str, log: &Path) -> u64 {
    let mut find = auditloginfo();
    for (option, time) in [("--start", start), ("--end", end)] {
        if !time.is_empty() {
            find.args([option, time]);
        }
    }
    let output = find.args(["-o", "tsv", "--no-heading"]).arg(log).output().expect("it runs");
    assert!(output.status.success(), "{}", stderr(&output));
    let overview = String::from_utf8(output.stdout).expect("text");
    // ausearch leaves out the status records of AppArmor, which have no login user.
    let users = overview.lines().filter(|line| !line.starts_with("unknown\t"));
    let counts = users.filter_map(|line| line.split('\t').nth(2));
    counts.map(|count| count.parse::<u64>().expect("a count")).sum()
}

/// The pairs of times for which ausearch finds another number of events.
fn differences(log: &Path) -> Vec<String> {
    let script = repository("testdata/make/audit_times.sh");
    let theirs = String::from_utf8(stdout(command(script).arg(log))).expect("text");
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
    if !works(command("ausearch").arg("--version")) {
        return;
    }
    let folder = temp_dir();
    let log = folder.path().join("log");
    let new = || {
        let script = repository("testdata/make/audit_times.sh");
        write(&log, stdout(command(script).arg("--log")));
        differences(&log)
    };
    // If an hour or a day begins meanwhile, words change their meaning, but not twice.
    let differences = Some(new()).filter(Vec::is_empty).unwrap_or_else(new);
    assert!(differences.is_empty(), "ausearch finds {differences:?}");
}

#[test]
fn pairs_of_times_find_the_events_that_ausearch_finds_in_a_recorded_log() {
    if works(command("ausearch").arg("--version")) {
        let differences = differences(&sample("raw.log"));
        assert!(differences.is_empty(), "ausearch finds {differences:?}");
    }
}
