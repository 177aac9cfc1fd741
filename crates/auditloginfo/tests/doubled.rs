//! A record that a log holds twice counts once, wherever the second one is and however the log is
//! divided.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use auditloginfo::filter::Query;
use auditloginfo::scan::{self, Chunking};
use auditloginfo::section::{Collect, Sections};
use common::{auditloginfo, counts_in_chunks, logs, write};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use sysparse::text;
use test_support::{Rng, random_cases, temp_dir};

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
        let other = [&[&b"----"[..]], &*lines].concat();
        let [log, copy, other] = [("log", &lines), ("copy", &lines), ("other", &other)]
            .map(|(name, lines)| write(&folder, name, lines));
        let report = |logs: &[&PathBuf]| {
            auditloginfo().args(["--uid", "all"]).args(logs).output().expect("a report")
        };
        let wanted = report(&[&log]);
        for (second, note) in [
            (&other, " records logged twice; each is counted once; if one log holds a part"),
            (&copy, "/copy: left out, because "),
        ] {
            let both = report(&[&log, second]);
            assert!(both.status.success() && both.stdout == wanted.stdout);
            let message = String::from_utf8_lossy(&both.stderr).into_owned();
            assert!(message.contains(note), "{message}");
        }
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

/// An event of one host: it opens a file.
struct Event {
    records: [String; 2],
    auid: u32,
    file: u32,
}

/// The serial numbers of a host count up from here.
fn first_serial(random: &mut Rng) -> u32 {
    match random.u32(..3) {
        // After a boot, and where several hosts are in step.
        0 => 1,
        1 => 90_000 + random.u32(..3) * 10_000,
        _ => 10_u32.pow(random.u32(..9)) * random.u32(1..4),
    }
}

/// The events of one host, which boots some times. Many programs that ship logs cut the milliseconds to
/// `.000`, and after each boot the serial numbers start again, at times exactly some minutes later.
fn events_of_host(random: &mut Rng, host: u32) -> Vec<Event> {
    let node = if host == 0 { String::new() } else { format!("node=host{host} ") };
    let (cuts_millis, first) = (random.bool(), first_serial(random));
    let mut events = vec![];
    let count = random.u32(1..400);
    for boot in 0..random.u32(1..5) {
        let (start, auid) = (1_795_400_000 + boot * 300, 1_500 + host * 10 + boot);
        for number in 0..count {
            let millis = if cuts_millis { 0 } else { number % 1_000 };
            let stamp = format!("{}.{millis:03}:{}", start + number / 8, first + number);
            let file = host * 1_000 + random.u32(..9);
            let call = format!(
                "{node}type=SYSCALL msg=audit({stamp}): arch=c000003e syscall=257 success=yes exit=3 \
                 a0=ffffff9c a1=55 a2=0 a3=0 items=1 ppid=9 pid=10 auid={auid} uid=0 gid=0 euid=0"
            );
            let path = format!(
                "{node}type=PATH msg=audit({stamp}): item=0 name=\"/f{file}\" nametype=NORMAL"
            );
            events.push(Event { records: [call, path], auid, file });
        }
    }
    events
}

#[test]
fn each_event_counts_once_whatever_the_serial_numbers_hosts_and_boots_are() {
    let folder = temp_dir();
    random_cases(40, |random| {
        let mut hosts: Vec<_> =
            (0..random.u32(1..6)).map(|host| events_of_host(random, host).into_iter()).collect();
        // The hosts take turns at random, each in its own order.
        let mut events = vec![];
        while !hosts.is_empty() {
            let host = random.usize(..hosts.len());
            let next =
                hosts.get_mut(host).map(|events| events.by_ref().take(50).collect::<Vec<_>>());
            match next.filter(|next| !next.is_empty()) {
                Some(next) => events.extend(next),
                None => drop(hosts.remove(host)),
            }
        }
        let mut wanted: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for event in &events {
            *wanted.entry((event.auid, event.file)).or_default() += 1;
        }
        let lines: Vec<_> =
            events.iter().flat_map(|event| &event.records).map(String::as_bytes).collect();
        let longest = [0, 1, 20, 3_000][random.usize(..4)];
        for (log, copies) in [(doubled(&lines, || random.usize(..=longest)), 1), (lines.clone(), 0)]
        {
            let log = write(&folder, "log", &log);
            for chunks in [1, 2, 7] {
                let (files, calls, number) = files_in_chunks(&log, chunks);
                assert!(files == wanted, "{chunks} chunks");
                assert_eq!((calls, number), (events.len() as u64, copies * lines.len() as u64));
            }
        }
    });
}

/// The number of times each user opened each file, the number of calls, and that of doubled records.
fn files_in_chunks(log: &Path, chunks: u64) -> (BTreeMap<(u32, u32), u64>, u64, u64) {
    let collect = Collect { sections: Sections::ORIGINAL, ..Collect::default() };
    let query = Query { collect, ..Query::default() };
    let size = fs::metadata(log).expect("a log").len();
    let found = scan::read(&[log.to_owned()], &query, Chunking::with_chunks(chunks, size));
    let (mut files, mut calls) = (BTreeMap::new(), 0);
    for (user, counts) in found.tally.users() {
        for (name, count) in counts.files.iter() {
            let number = name.strip_prefix(b"/f").and_then(text::whole_number);
            let number = number.and_then(|number| u32::try_from(number).ok()).expect("a number");
            files.insert((user.id().expect("a user"), number), count);
        }
        calls += counts.calls.total();
    }
    (files, calls, found.doubled)
}
