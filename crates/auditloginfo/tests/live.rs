//! A log that changes while it is read: what was read is counted, and nothing that was never written.

#![allow(clippy::expect_used, reason = "a failed test panics")]
#![allow(clippy::indexing_slicing, reason = "the offsets are within the sample")]

mod common;

use common::{auditloginfo, sample};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::thread;
use test_support::{stderr, temp_dir, wait_until, write};
use toolkit::messages::Messages;

/// The number of times that the sample is in the log: 40 MB, so that the change comes while it is read.
const TIMES: usize = 120;

/// More than the command reads before it opens the log, in bytes.
const START_MAX: usize = 1 << 20;

/// The counts of items.
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

/// The parts of a line before and after the serial number, and the number.
fn around_serial(line: &str) -> (&str, usize, &str) {
    let (head, tail) = line.split_once("):").expect("a record");
    let (head, serial) = head.rsplit_once(':').expect("a serial");
    (head, serial.parse().expect("a number"), tail)
}

/// The sample without commands of several records. If such a command is truncated, its missing
/// arguments are empty, and the log does not hold that command.
fn log_lines() -> Vec<String> {
    let sample = fs::read_to_string(sample("raw.log")).expect("the sample");
    let is_continued = |line: &&str| line.contains("type=EXECVE") && !line.contains(" argc=");
    let continued: BTreeSet<_> =
        sample.lines().filter(is_continued).map(|line| around_serial(line).1).collect();
    let is_kept = |line: &&str| !continued.contains(&around_serial(line).1);
    sample.lines().filter(is_kept).map(str::to_owned).collect()
}

/// The lines many times, each time with larger serial numbers.
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

/// Starts the command under test on a log.
fn start(log: &Path) -> Child {
    let mut command = auditloginfo();
    let words = "--uid all -m -o tsv --no-heading --syscalls --commands --files --privileged";
    command.args(words.split(' ')).arg(log).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it runs")
}

/// Whether a process has opened the log.
fn has_opened(process: u32, log: &Path) -> bool {
    let files = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    files.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|path| path == log))
}

/// The number of bytes that a process has read so far: `rchar` of `proc_pid_io(5)`.
fn bytes_read(process: u32) -> usize {
    let io = fs::read_to_string(format!("/proc/{process}/io")).unwrap_or_default();
    let bytes = io.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok());
    bytes.unwrap_or_default()
}

/// The output for a log that is changed once it is open and at least `bytes` bytes have been read.
fn output_of_changed(log: &Path, bytes: usize, change: impl FnOnce()) -> Output {
    let mut child = start(log);
    let process = child.id();
    wait_until("the command to read the log", || {
        let has_begun = has_opened(process, log) || bytes_read(process) > START_MAX;
        let has_ended = child.try_wait().expect("a status").is_some();
        has_begun && bytes_read(process) >= bytes || has_ended
    });
    let reader = thread::spawn(move || child.wait_with_output().expect("it ends"));
    change();
    reader.join().expect("its output")
}

/// Changes a log at several moments while it is read, and checks the counts. The sample has been in
/// the log `max` times, and it is read at least `min` times.
fn check(min: usize, max: usize, change: impl Fn(&Path, &[u8])) {
    let folder = temp_dir();
    let [log, single] = ["log", "single"].map(|name| folder.path().join(name));
    let lines = log_lines();
    write(&single, repeated(&lines, 1));
    let expected = items(&start(&single).wait_with_output().expect("it ends").stdout);
    let (whole, part) = (repeated(&lines, TIMES), repeated(&lines, TIMES / 2));
    for quarters in 0..4 {
        write(&log, &whole);
        let output = output_of_changed(&log, whole.len() / 4 * quarters, || change(&log, &part));
        let messages = stderr(&output);
        match output.status.code() {
            Some(0) => {}
            Some(1) => assert!(messages.contains(&*log.to_string_lossy()), "{messages}"),
            _ => panic!("after {quarters} quarters: {:?}: {messages}", output.status),
        }
        let found = items(&output.stdout);
        for (item, count) in &found {
            let once =
                expected.get(item).unwrap_or_else(|| panic!("{quarters} quarters: {item:?}"));
            assert!(*count <= once * max, "{quarters} quarters: {count} > {once} * {max} {item:?}");
        }
        for (item, once) in &expected {
            let count = found.get(item).copied().unwrap_or_default();
            assert!(count >= once * min, "{quarters} quarters: {count} < {once} * {min} {item:?}");
        }
    }
}

#[test]
fn a_log_that_grows_is_counted_up_to_its_end() {
    check(TIMES, 2 * TIMES, |log, part| {
        let mut log = File::options().append(true).open(log).expect("the log");
        // The pieces end inside records.
        for piece in part.chunks(10_007) {
            log.write_all(piece).expect("it grows");
        }
    });
}

#[test]
fn a_log_that_is_rotated_is_read_to_its_end() {
    check(TIMES, TIMES, |log, part| {
        fs::rename(log, log.with_extension("1")).expect("it is renamed");
        fs::write(log, part).expect("a new log");
    });
}

#[test]
fn a_log_that_is_truncated_is_counted_as_far_as_it_was_read() {
    check(0, TIMES, |log, _| {
        fs::copy(log, log.with_extension("1")).expect("a copy");
        File::options().write(true).open(log).and_then(|log| log.set_len(0)).expect("it is empty");
    });
}

#[test]
fn records_of_a_log_and_of_a_shorter_one_that_replaces_it_are_not_mixed() {
    check(0, TIMES + TIMES / 2, |log, part| {
        // Half a line of the old log and half a line of this one would be a record of neither.
        let moved = [&b"\n"[..], part].concat();
        fs::write(log, moved).expect("another log");
    });
}

/// The events of the sample without their PROCTITLE records: the types of the records, and the lines.
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
fn a_log_that_ends_anywhere_has_no_item_that_the_whole_log_does_not_have() {
    let folder = temp_dir();
    let path = folder.path().join("log");
    let read = |log: &[u8]| {
        write(&path, log);
        let words = "--uid all -m -o tsv --no-heading --commands --files --denials";
        let words = words.split(' ').map(OsString::from).chain([path.clone().into()]);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut messages = Messages::new("auditloginfo", &mut err);
        assert_eq!(auditloginfo::run(words, &mut out, &mut messages).expect("a report"), 0);
        items(&out)
    };
    // One event for each combination of records, if it has an item.
    let mut done = BTreeSet::new();
    for (types, event) in events() {
        let whole = read(event.as_bytes());
        if whole.is_empty() || !done.insert(types) {
            continue;
        }
        for end in event.find('\n').unwrap_or_default()..event.len() {
            for (item, count) in read(&event.as_bytes()[..end]) {
                let is_known = whole.get(&item).is_some_and(|whole| *whole >= count);
                assert!(is_known, "{item:?} of {}", &event[..end]);
            }
        }
    }
    assert!(done.len() > 5, "{done:?}");
}
