//! A log that changes while it is read: what was read is counted, and nothing that was not written.

#![allow(clippy::expect_used, reason = "a test ends at what it does not expect")]
#![allow(clippy::indexing_slicing, reason = "the sample is known")]

mod common;

use common::{Folder, ours, sample, told};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread;
use std::time::Duration;
use toolkit::messages::Messages;

/// How many times the sample stands in the log: some 40 MB, so that the change comes meanwhile.
const TIMES: usize = 120;

/// Items with their counts.
type Items = BTreeMap<String, usize>;

fn items(tsv: &[u8]) -> Items {
    let lines = String::from_utf8_lossy(tsv);
    let item = |line: &str| {
        let mut cells: Vec<_> = line.split('\t').collect();
        let count = cells.remove(2).parse().expect("a count");
        (cells.join("\t"), count)
    };
    lines.lines().map(item).collect()
}

/// A line, cut before and behind the serial.
fn around_serial(line: &str) -> (&str, usize, &str) {
    let (head, tail) = line.split_once("):").expect("a record");
    let (head, serial) = head.rsplit_once(':').expect("a serial");
    (head, serial.parse().expect("a number"), tail)
}

/// The sample without commands that stand in several records: one that is cut between them has
/// arguments that the log does not hold, which are empty.
fn log_lines() -> Vec<String> {
    let sample = fs::read_to_string(sample("raw.log")).expect("the sample");
    let further = |line: &&str| line.contains("type=EXECVE") && !line.contains(" argc=");
    let long: BTreeSet<_> =
        sample.lines().filter(further).map(|line| around_serial(line).1).collect();
    let is_kept = |line: &&str| !long.contains(&around_serial(line).1);
    sample.lines().filter(is_kept).map(str::to_owned).collect()
}

/// The lines again and again, with serials that move on.
fn repeated(lines: &[String], times: usize) -> Vec<u8> {
    let parts: Vec<_> = lines.iter().map(|line| around_serial(line)).collect();
    let mut log = Vec::new();
    for turn in 0..times {
        for (head, serial, tail) in &parts {
            writeln!(log, "{head}:{}):{tail}", serial + turn * 1_000_000).expect("memory");
        }
    }
    log
}

fn command(log: &Path) -> std::process::Command {
    let mut command = ours();
    command.args(["--uid", "all", "-m", "-o", "tsv", "--syscalls", "--commands", "--files"]);
    command.arg("--privileged").arg(log);
    command
}

/// Waits until a process has opened the log, or is done with it.
fn wait_until_open(process: u32, log: &Path) {
    let opened = format!("/proc/{process}/fd");
    let is_log = |entry: fs::DirEntry| fs::read_link(entry.path()).is_ok_and(|path| path == log);
    for _ in 0..1000 {
        if fs::read_dir(&opened).is_ok_and(|mut all| all.any(|entry| entry.is_ok_and(is_log))) {
            return;
        }
        thread::sleep(Duration::from_micros(200));
    }
}

/// What is reported of the log while it is changed some milliseconds after it was opened.
fn changed(log: &Path, after_ms: u64, change: impl FnOnce()) -> Output {
    let mut command = command(log);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    wait_until_open(child.id(), log);
    thread::sleep(Duration::from_millis(after_ms));
    let reader = thread::spawn(move || child.wait_with_output().expect("it ends"));
    change();
    reader.join().expect("its output")
}

/// Runs a change at several moments. `most` is how many times the sample has been in the log, and
/// `least` how many times it is read for certain.
fn holds(name: &str, (least, most): (usize, usize), change: impl Fn(&Path, &[u8])) {
    let folder = Folder::new(name);
    let lines = log_lines();
    let one = folder.write("one", repeated(&lines, 1));
    let one = items(&command(&one).output().expect("it runs").stdout);
    let (whole, part) = (repeated(&lines, TIMES), repeated(&lines, TIMES / 2));
    for after_ms in [0, 3, 10, 40] {
        let log = folder.write("log", &whole);
        let output = changed(&log, after_ms, || change(&log, &part));
        let said = told(&output);
        match output.status.code() {
            Some(0) => {}
            Some(1) => assert!(said.contains(&*log.to_string_lossy()), "{after_ms} ms: {said}"),
            _ => panic!("{after_ms} ms: {:?}: {said}", output.status),
        }
        let found = items(&output.stdout);
        for (item, count) in &found {
            let most = one.get(item).unwrap_or_else(|| panic!("{after_ms} ms: {item:?}")) * most;
            assert!(*count <= most, "{after_ms} ms: {count} > {most} {item:?}");
        }
        for (item, count) in &one {
            let count = count * least;
            let found = found.get(item).copied().unwrap_or_default();
            assert!(found >= count, "{after_ms} ms: {found} < {count} {item:?}");
        }
    }
}

#[test]
fn a_log_that_grows_is_counted_as_far_as_it_went() {
    holds("grows", (TIMES, 2 * TIMES), |log, part| {
        let mut log = File::options().append(true).open(log).expect("the log");
        // In pieces of a size that ends in the middle of records.
        for piece in part.chunks(10_007) {
            log.write_all(piece).expect("it grows");
        }
    });
}

#[test]
fn a_log_that_is_rotated_is_read_to_its_end() {
    holds("rotated", (TIMES, TIMES), |log, part| {
        fs::rename(log, log.with_extension("1")).expect("it is renamed");
        fs::write(log, part).expect("a new log");
    });
}

#[test]
fn a_log_that_is_truncated_is_counted_as_far_as_it_was_read() {
    holds("truncated", (0, TIMES), |log, _| {
        fs::copy(log, log.with_extension("1")).expect("a copy");
        File::options().write(true).open(log).and_then(|log| log.set_len(0)).expect("it is empty");
    });
}

#[test]
fn a_log_that_gives_way_to_a_shorter_one_mixes_no_records() {
    holds("replaced", (0, TIMES + TIMES / 2), |log, part| {
        // Half a line of the old log and half a line of this one would make a record of neither.
        let moved = [&b"\n"[..], part].concat();
        fs::write(log, moved).expect("another log");
    });
}

/// The events of the sample without their PROCTITLE records, each with the types of its records.
fn events() -> Vec<(String, String)> {
    let mut events: BTreeMap<usize, (String, String)> = BTreeMap::new();
    for line in log_lines().iter().filter(|line| !line.starts_with("type=PROCTITLE")) {
        let (types, lines) = events.entry(around_serial(line).1).or_default();
        types.push_str(line.split(' ').next().unwrap_or_default());
        lines.push_str(line);
        lines.push('\n');
    }
    events.into_values().collect()
}

#[test]
fn a_log_that_ends_anywhere_tells_nothing_that_the_whole_one_does_not() {
    let folder = Folder::new("ends");
    let read = |log: &[u8]| {
        let words = ["--uid", "all", "-m", "-o", "tsv", "--commands", "--files", "--denials"];
        let words = words.iter().map(OsString::from).chain([folder.write("log", log).into()]);
        let (mut out, mut told) = (Vec::new(), Vec::new());
        let mut messages = Messages::new("auditloginfo", &mut told);
        assert_eq!(auditloginfo::run(words, &mut out, &mut messages).expect("a report"), 0);
        items(&out)
    };
    // One event of each combination of records that tells something.
    let mut done = BTreeSet::new();
    for (types, event) in events() {
        let whole = read(event.as_bytes());
        if whole.is_empty() || !done.insert(types) {
            continue;
        }
        for end in event.find('\n').unwrap_or_default()..event.len() {
            for (item, count) in read(&event.as_bytes()[..end]) {
                let is_told = whole.get(&item).is_some_and(|whole| *whole >= count);
                assert!(is_told, "{item:?} of {}", &event[..end]);
            }
        }
    }
    assert!(done.len() > 5, "{done:?}");
}
