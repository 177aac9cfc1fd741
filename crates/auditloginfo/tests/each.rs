//! `--each`: the items are those that the report counts, in the order of the log, whatever the number
//! of chunks.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use auditloginfo::filter::Query;
use auditloginfo::report::{EachPrinter, Format, Layout};
use auditloginfo::scan::{self, Chunking};
use auditloginfo::section::{Collect, Sections};
use common::{auditloginfo, logs, write};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use test_support::{random_cases, temp_dir};
use toolkit::messages::Messages;

/// The options that select all sections.
const ALL_SECTIONS: [&str; 10] = [
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
];

/// The options under which items and counts are compared.
const OPTIONS: [&[&str]; 8] = [
    &["--uid", "all"],
    &["--uid", "7005", "-a", "-m"],
    &["--uid", "all", "--failed"],
    &["--uid", "7005", "--successful", "-a"],
    &["--uid", "unset", "--uid", "unknown"],
    &["--euid", "0", "--escape", "shell_quote"],
    &["--comm", "cat", "--comm", "ls"],
    &["--uid", "all", "--escape", "raw"],
];

/// What the command prints, without its heading.
fn run(words: &[&str], log: &Path) -> Vec<u8> {
    run_with_messages(words, log).0
}

/// The same, and its messages.
fn run_with_messages(words: &[&str], log: &Path) -> (Vec<u8>, String) {
    let words = words.iter().copied().chain(["-o", "tsv", "--no-heading"]);
    let words = words.map(Into::into).chain([log.into()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = auditloginfo::run(words, &mut out, &mut Messages::new("auditloginfo", &mut err));
    assert_eq!(status.expect("a report"), 0);
    (out, String::from_utf8(err).expect("text"))
}

/// The items of a report, each with its count.
fn counts(report: &[u8]) -> BTreeMap<Vec<u8>, u64> {
    let line = |line| {
        let mut cells: Vec<&[u8]> = <[u8]>::split(line, |byte| *byte == b'\t').collect();
        let count = sysparse::text::whole_number(cells.remove(2)).expect("a count");
        (cells.join(&b'\t'), count)
    };
    sysparse::text::lines(report).map(line).collect()
}

/// The number of times that each item is listed.
fn listed(list: &[u8]) -> BTreeMap<Vec<u8>, u64> {
    let mut counts = BTreeMap::new();
    for line in sysparse::text::lines(list) {
        let cells: Vec<&[u8]> = line.split(|byte| *byte == b'\t').collect();
        let [_, _, auid, .., kind, name, detail] = cells[..] else { panic!("13 cells") };
        assert_eq!(cells.len(), 13);
        *counts.entry([auid, kind, name, detail].join(&b'\t')).or_default() += 1;
    }
    counts
}

#[test]
fn the_items_are_those_that_the_report_counts() {
    let folder = temp_dir();
    for log in logs() {
        let path = write(&folder, "log", &sysparse::text::lines(&log).collect::<Vec<_>>());
        for options in OPTIONS {
            let all = [options, &ALL_SECTIONS].concat();
            let found = listed(&run(&[&all[..], &["--each"]].concat(), &path));
            let wanted = counts(&run(&all, &path));
            assert!(!wanted.is_empty() || options.contains(&"unset"), "{options:?}");
            assert!(found == wanted, "{options:?}");
        }
        // What a section lists does not depend on the others.
        for section in ALL_SECTIONS {
            let found = listed(&run(&[section, "--each"], &path));
            assert!(found == counts(&run(&[section], &path)), "{section}");
        }
    }
}

/// What is listed of a log that is read in about so many chunks.
fn list_in_chunks(log: &Path, chunks: u64) -> Vec<u8> {
    let collect =
        Collect { sections: Sections::ALL, each: true, absolute: true, ..Collect::default() };
    let query = Query { collect, ..Query::default() };
    let layout = Layout { format: Format::Jsonl, each: true, ..Layout::default() };
    let size = fs::metadata(log).expect("a log").len();
    let (sender, blocks) = mpsc::sync_channel(1);
    let printer = Box::new(EachPrinter::new(&layout, sender));
    let chunking = Chunking::with_chunks(chunks, size);
    thread::scope(|scope| {
        let logs = [log.to_owned()];
        let query = &query;
        scope.spawn(move || scan::list(&logs, query, chunking, printer));
        blocks.iter().flatten().collect()
    })
}

#[test]
fn the_list_does_not_depend_on_the_chunks() {
    let folder = temp_dir();
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let path = write(&folder, "log", &lines);
        let wanted = list_in_chunks(&path, 1);
        assert!(wanted.starts_with(b"{"));
        for chunks in [2, 3, 7, 50] {
            assert!(list_in_chunks(&path, chunks) == wanted, "{chunks} chunks");
        }
        random_cases(2, |random| {
            let path = write(&folder, "moved", &moved(&lines, || random.usize(..300)));
            let wanted = list_in_chunks(&path, 1);
            for chunks in [2, 3, 7, 50] {
                assert!(
                    list_in_chunks(&path, chunks) == wanted,
                    "{chunks} chunks of moved records"
                );
            }
        });
    }
}

/// The lines, each moved by what `places` returns.
fn moved<'l>(lines: &[&'l [u8]], mut places: impl FnMut() -> usize) -> Vec<&'l [u8]> {
    let moved = lines.iter().enumerate();
    let mut moved: Vec<_> = moved.map(|(place, line)| (place + places(), *line)).collect();
    moved.sort_by_key(|(place, _)| *place);
    moved.into_iter().map(|(_, line)| line).collect()
}

fn sorted(list: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<_> = sysparse::text::lines(list).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn every_item_says_the_same_however_records_are_mixed() {
    let folder = temp_dir();
    let words = [&ALL_SECTIONS[..], &["--each", "--uid", "all", "-a"]].concat();
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let wanted = run(&words, &write(&folder, "log", &lines));
        random_cases(1, |random| {
            let found =
                run(&words, &write(&folder, "log", &moved(&lines, || random.usize(..10_000))));
            assert!(sorted(&found) == sorted(&wanted));
        });
        let doubled: Vec<_> = lines.iter().flat_map(|line| [*line; 2]).collect();
        let path = write(&folder, "log", &doubled);
        assert!(run(&words, &path) == wanted, "every record twice");
        assert!(list_in_chunks(&path, 7) == list_in_chunks(&path, 1), "every record twice");
    }
}

#[test]
fn events_are_listed_in_the_order_of_their_first_records() {
    let folder = temp_dir();
    let record = |serial: u32, rest: &str| format!("{rest} msg=audit(1.000:{serial}): ");
    let call = |serial: u32| {
        record(serial, "type=SYSCALL")
            + "arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=1 a2=0 a3=0 items=1 ppid=1 \
               pid=2 auid=7 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 \
               comm=\"cat\" exe=\"/usr/bin/cat\" key=(null)"
    };
    let path = |serial: u32| {
        record(serial, "type=PATH") + &format!("item=0 name=\"/f{serial}\" nametype=NORMAL")
    };
    let cwd = |serial: u32| record(serial, "type=CWD") + &format!("cwd=\"/d{serial}\"");
    // The first event begins first and ends last, with a record that says nothing of a file; the CWD
    // record of the third one comes before its call.
    let lines = [
        record(1, "type=LOGIN") + "pid=2 uid=0 auid=7",
        call(2),
        call(1),
        cwd(3),
        path(3),
        path(2),
        call(3),
        cwd(2),
        cwd(1),
        path(1),
    ];
    let lines: Vec<_> = lines.iter().map(String::as_bytes).collect();
    let list = run(&["--each", "--files"], &write(&folder, "log", &lines));
    let rows: Vec<Vec<&[u8]>> = sysparse::text::lines(&list)
        .map(|line| line.split(|byte| *byte == b'\t').collect())
        .collect();
    let cells: Vec<_> = rows.iter().map(|row| (row[8], row[11])).collect();
    assert_eq!(cells, [(&b"/d1"[..], &b"/f1"[..]), (b"/d2", b"/f2"), (b"/d3", b"/f3")]);
}

/// Calls by a program with a name of 2 kB, and the records of each 50th that opens a file: about 40 MB
/// within the reorder window, of which the list keeps 16 MiB.
fn long_calls() -> Vec<(String, Option<String>)> {
    let exe = "x".repeat(2048);
    let event = |serial: u32| {
        let (number, items) = if serial % 50 == 0 { (257, 1) } else { (3, 0) };
        let call = format!(
            "type=SYSCALL msg=audit(1.000:{serial}): arch=c000003e syscall={number} success=yes exit=3 \
             a0=0 a1=0 a2=0 a3=0 items={items} ppid=1 pid={serial} auid=7 uid=7 euid=7 ses=3 exe=\"/{exe}\""
        );
        let path = format!(
            "type=PATH msg=audit(1.000:{serial}): item=0 name=\"/f{serial}\" nametype=NORMAL"
        );
        (call, (items > 0).then_some(path))
    };
    (1..=20_000).map(event).collect()
}

fn cells(line: &[u8]) -> Vec<&str> {
    std::str::from_utf8(line).expect("text").split('\t').collect()
}

/// The columns pid, exe, kind and name of a list.
fn pid_exe_kind_name(list: &[u8]) -> Vec<[&str; 4]> {
    let rows = list.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(cells);
    rows.map(|row| [5, 7, 10, 11].map(|at| *row.get(at).expect("13 columns"))).collect()
}

const LONG: [&str; 5] = ["--each", "--syscalls", "--files", "--uid", "7"];

#[test]
fn more_than_can_be_kept_is_listed_whole_and_in_order() {
    let folder = temp_dir();
    let mut lines = Vec::new();
    // The file of a call comes after the next call.
    let mut late: Option<String> = None;
    for (call, path) in long_calls() {
        lines.push(call);
        lines.extend(std::mem::replace(&mut late, path));
    }
    lines.extend(late);
    let lines: Vec<_> = lines.iter().map(String::as_bytes).collect();
    let log = write(&folder, "log", &lines);
    let (list, messages) = run_with_messages(&LONG, &log);
    let rows = pid_exe_kind_name(&list);
    assert_eq!((rows.len(), messages.as_str()), (20_400, ""));
    let pids: Vec<u32> = rows.iter().map(|row| row[0].parse().expect("a pid")).collect();
    assert!(pids.is_sorted());
    assert!(rows.iter().all(|[_, exe, ..]| exe.len() == 2049));
    let wanted = list_in_chunks(&log, 1);
    assert!([2, 7].iter().all(|chunks| list_in_chunks(&log, *chunks) == wanted));
}

#[test]
fn what_comes_after_its_event_was_printed_is_listed_and_reported() {
    let folder = temp_dir();
    let calls: Vec<_> = long_calls().into_iter().skip(49).collect();
    let mut lines: Vec<_> = calls.iter().map(|(call, _)| call.as_bytes()).collect();
    let late = calls[0].1.as_ref().expect("a file");
    lines.push(late.as_bytes());
    let (list, messages) = run_with_messages(&LONG, &write(&folder, "log", &lines));
    let rows = pid_exe_kind_name(&list);
    assert_eq!(rows.len(), lines.len());
    let files: Vec<_> = rows.iter().filter(|row| row[2] == "file").collect();
    assert_eq!(files, [&["", "", "file", "/f50"]]);
    assert!(messages.contains("1 event listed in parts"), "{messages}");
    assert!(messages.contains("from 1.000:50 on"), "{messages}");
}

#[test]
fn the_list_ends_when_its_reader_has_seen_enough() {
    let line = "type=USER_CMD msg=audit(1.000:SERIAL): pid=2 uid=7 auid=7 ses=1 msg='cwd=\"/\" \
                cmd=\"id\" terminal=pts/2 res=success'\n";
    let mut command = auditloginfo();
    command.args(["--each", "--sudo", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let mut input = child.stdin.take().expect("a pipe");
    drop(child.stdout.take());
    // The input has no end: the command must close it.
    let refused = (0..u32::MAX).find(|serial| {
        input.write_all(line.replace("SERIAL", &serial.to_string()).as_bytes()).is_err()
    });
    assert!(refused.is_some());
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_log_in_two_files_is_listed_as_one_log() {
    let folder = temp_dir();
    for log in logs() {
        let lines: Vec<_> = sysparse::text::lines(&log).collect();
        let words = ["--each", "--uid", "all", "--files", "--denials", "--changes"];
        let wanted = run(&words, &write(&folder, "log", &lines));
        random_cases(2, |random| {
            let (first, second) = lines.split_at(random.usize(..lines.len()));
            let parts: [PathBuf; 2] =
                [write(&folder, "log.1", first), write(&folder, "log.0", second)];
            let first = parts[0].to_str().expect("ASCII");
            let words = [&words[..], &[first]].concat();
            assert!(run(&words, &parts[1]) == wanted);
        });
    }
}
