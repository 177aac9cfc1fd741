//! A record that a log holds twice counts once, wherever the second one is and however the log is
//! divided.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::{auditloginfo, counts_in_chunks, logs, write};
use std::path::PathBuf;
use test_support::{random_cases, temp_dir};

/// The lines with each one again, `delay` lines later at most, in the order of their places.
fn doubled<'a>(lines: &[&'a [u8]], mut delay: impl FnMut() -> usize) -> Vec<&'a [u8]> {
    let again = lines.iter().enumerate().map(|(place, line)| (place + delay(), 1, *line));
    let mut all: Vec<_> = lines.iter().enumerate().map(|(place, line)| (place, 0, *line)).collect();
    all.extend(again.collect::<Vec<_>>());
    all.sort_by_key(|(place, copy, _)| (*place, *copy));
    all.into_iter().map(|(_, _, line)| line).collect()
}

#[test]
fn a_log_with_every_record_twice_counts_as_the_log_itself() {
    let folder = temp_dir();
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let plain = write(&folder, "plain", &lines);
        let wanted = [false, true].map(|absolute| counts_in_chunks(&plain, absolute, 1));
        random_cases(2, |random| {
            let longest = [0, 1, 500, 3_000][random.usize(..4)];
            let log = doubled(&lines, || random.usize(..=longest));
            let log = write(&folder, "doubled", &log);
            for ((counts, none), absolute) in wanted.iter().zip([false, true]) {
                let (one_chunk, number) = counts_in_chunks(&log, absolute, 1);
                assert!((&one_chunk, *none) == (counts, 0), "{longest}");
                assert!(number > lines.len() as u64 / 4, "{number} of {}", lines.len());
                for chunks in [2, 3, 7, 50] {
                    let found = counts_in_chunks(&log, absolute, chunks);
                    assert!(found == (counts.clone(), number), "{longest}, {chunks} chunks");
                }
            }
        });
    }
}

#[test]
fn the_same_log_in_two_files_counts_once() {
    let folder = temp_dir();
    // The two are within the reorder window.
    for log in logs().into_iter().take(2) {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let (log, copy) = (write(&folder, "log", &lines), write(&folder, "copy", &lines));
        let report = |logs: &[&PathBuf]| {
            auditloginfo().args(["--uid", "all"]).args(logs).output().expect("a report")
        };
        let (wanted, both) = (report(&[&log]), report(&[&log, &copy]));
        assert!(both.status.success() && both.stdout == wanted.stdout);
        let message = String::from_utf8_lossy(&both.stderr).into_owned();
        assert!(message.contains(" records logged twice; each is counted once\n"), "{message}");
    }
}

#[test]
fn records_of_one_event_that_differ_count_both() {
    let record = |number: u32, name: &str| {
        [
            format!(
                "type=SYSCALL msg=audit(1795400000.100:7): arch=c000003e syscall=257 success=yes \
                 exit=3 a0=ffffff9c a1=7ffd{number:04} a2=80000 a3=0 items=1 ppid=1 pid=2 auid=70 uid=0"
            ),
            format!(
                "type=PATH msg=audit(1795400000.100:7): item=0 name=\"{name}\" nametype=NORMAL"
            ),
        ]
    };
    let folder = temp_dir();
    let lines = [record(1, "/a"), record(2, "/b"), record(2, "/b")].concat();
    let lines: Vec<_> = lines.iter().map(String::as_bytes).collect();
    let (counts, doubled) = counts_in_chunks(&write(&folder, "log", &lines), false, 1);
    assert!(counts[0].contains("257"), "{counts:?}");
    assert_eq!(doubled, 2);
}
