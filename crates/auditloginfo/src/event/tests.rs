mod doubled;
mod effects;
mod limits;
mod listing;
pub(super) mod outcome;
mod state;
mod tables;

use super::*;
use crate::filter::UserFilter;
use crate::section::{Collect, Section, Sections};
use crate::tally::{NameCounts, Tally};
use sysparse::audit;
use test_support::{random_cases, rounds, takes_at_most};

const SYSCALL: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=257 success=yes exit=3 \
                       a0=ffffff9c items=1 pid=9 auid=7005 uid=0 euid=0";
const CWD: &str = "type=CWD msg=audit(1.000:1): cwd=\"/tmp\"";
const PATH: &str = "type=PATH msg=audit(1.000:1): item=0 name=\"a\" nametype=NORMAL";
const AVC: &str =
    "type=AVC msg=audit(1.000:1): avc:  denied  { read } for scontext=a tcontext=b tclass=c";

/// A record that is needed for nothing.
const OTHER: &str = "type=PROCTITLE msg=audit(2.000:2): proctitle=\"x\"";

/// The largest number of records between two of one event.
fn window() -> usize {
    usize::try_from(REORDER_WINDOW).expect("a small number")
}

fn query(collect: Collect) -> Query {
    let users = UserFilter::Only(vec![7005.into()]);
    Query { filter: Filter { users, ..Filter::default() }, collect, ..Query::default() }
}

/// The original sections.
fn files(absolute: bool) -> Query {
    query(Collect { sections: Sections::ORIGINAL, absolute, ..Collect::default() })
}

/// Everything.
fn everything() -> Query {
    query(Collect {
        sections: Sections::ALL,
        absolute: true,
        modes: true,
        overview: true,
        ..Collect::default()
    })
}

fn add(assembler: &mut EventAssembler<'_>, line: &str, sink: &mut Sink) {
    let header = audit::header(line.as_bytes()).expect("a record");
    assembler.add_record(header, sink).expect("well-formed");
}

/// Assembles the lines in chunks of the given numbers of lines, or in one chunk if these conflict.
/// Returns the counts and the number of incomplete events.
fn assemble(query: &Query, lines: &[&str], chunks: &[usize]) -> (Tally, u64) {
    let all = lines;
    let seed = RandomState::default();
    let mut sink = Sink::new(query.collect);
    let mut whole = EventAssembler::new(query, seed.clone());
    let mut lines = lines.iter();
    for (number, length) in chunks.iter().enumerate() {
        let mut next = EventAssembler::for_next_chunk(query, seed.clone());
        let chunk = if number == 0 { &mut whole } else { &mut next };
        for line in lines.by_ref().take(*length) {
            add(chunk, line, &mut sink);
        }
        if number > 0 {
            if whole.conflicts_with(&next) {
                return assemble(query, all, &[all.len()]);
            }
            whole.merge(next, &mut sink);
        }
    }
    let incomplete = whole.flush(&mut sink);
    (sink.tally, incomplete)
}

/// Assembles the lines. Returns the files and the number of incomplete events.
fn assemble_files(query: &Query, lines: &[&str], chunks: &[usize]) -> (Vec<(String, u64)>, u64) {
    let (mut tally, incomplete) = assemble(query, lines, chunks);
    (sorted(&tally.counts_mut(7005).files), incomplete)
}

fn sorted(names: &NameCounts) -> Vec<(String, u64)> {
    let text = |name| String::from_utf8_lossy(name).replace('\0', "|");
    let mut names: Vec<_> = names.iter().map(|(name, count)| (text(name), count)).collect();
    names.sort();
    names
}

/// One file of that name, in a complete event.
fn one(name: &str) -> (Vec<(String, u64)>, u64) {
    (vec![(name.to_owned(), 1)], 0)
}

#[test]
fn records_of_an_event_can_come_in_any_order_and_in_several_chunks() {
    for (absolute, name) in [(false, "a"), (true, "/tmp/a")] {
        let query = files(absolute);
        for order in [
            [SYSCALL, CWD, PATH],
            [SYSCALL, PATH, CWD],
            [CWD, SYSCALL, PATH],
            [CWD, PATH, SYSCALL],
            [PATH, SYSCALL, CWD],
            [PATH, CWD, SYSCALL],
        ] {
            for chunks in [&[3][..], &[1, 2], &[2, 1], &[1, 1, 1], &[0, 3], &[1, 0, 2]] {
                assert_eq!(assemble_files(&query, &order, chunks), one(name), "{order:?}");
            }
        }
    }
}

/// Six events with records of every type that is needed.
fn mixed_events() -> Vec<String> {
    let uring = SYSCALL.replace("syscall=257", "syscall=426").replace("1.000:1", "1.000:2");
    let execve = SYSCALL.replace("syscall=257", "syscall=59").replace("1.000:1", "1.000:3");
    let openat2 = SYSCALL.replace("syscall=257", "syscall=437").replace("1.000:1", "1.000:4");
    let failed = SYSCALL.replace("yes exit=3", "no exit=-13").replace("1.000:1", "1.000:5");
    let getpid = SYSCALL.replace("syscall=257", "syscall=39").replace("items=1", "items=0");
    let other = |record: &str, serial: u32| record.replace("1.000:1", &format!("1.000:{serial}"));
    vec![
        SYSCALL.to_owned(),
        AVC.to_owned(),
        CWD.to_owned(),
        PATH.to_owned(),
        uring,
        "type=URINGOP msg=audit(1.000:2): uring_op=18 success=yes".to_owned(),
        other(CWD, 2),
        other(PATH, 2),
        execve,
        "type=EXECVE msg=audit(1.000:3): argc=2 a0=\"sh\" a1_len=4 a1[0]=6C".to_owned(),
        "type=EXECVE msg=audit(1.000:3): a1[1]=73".to_owned(),
        other(CWD, 3),
        other(PATH, 3),
        openat2,
        "type=OPENAT2 msg=audit(1.000:4): oflag=02 mode=0 resolve=0".to_owned(),
        other(CWD, 4),
        other(PATH, 4),
        failed,
        other(AVC, 5),
        other(CWD, 5),
        other(PATH, 5),
        getpid.replace("1.000:1", "1.000:6"),
        other(AVC, 6),
        "type=USER_ACCT msg=audit(1.000:7): pid=1 auid=7005 msg='op=x'".to_owned(),
    ]
}

#[test]
fn the_counts_do_not_depend_on_the_order_nor_on_the_chunks() {
    let query = everything();
    let lines = mixed_events();
    let counts = |lines: &[&str], chunks: &[usize]| {
        let (tally, incomplete) = assemble(&query, lines, chunks);
        let counts = tally.counts(7005).expect("counts");
        let names = [&counts.commands, &counts.files, &counts.privileged, &counts.errors];
        let mut calls: Vec<_> = counts.calls.iter().collect();
        calls.sort_unstable();
        let names = names.map(sorted);
        (calls, names, sorted(&counts.denials), counts.events, counts.as_root, incomplete)
    };
    let mut lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let wanted = counts(&lines, &[lines.len()]);
    let files = [("/tmp/a|".to_owned(), 3), ("/tmp/a|rw".to_owned(), 1)];
    assert_eq!((&*wanted.1[1], wanted.2[0].1, wanted.3, wanted.5), (&files[..], 3, 7, 0));
    lines.sort_unstable();
    random_cases(2000, |random| {
        let mut lines = lines.clone();
        random.shuffle(&mut lines);
        let mut chunks: Vec<_> = (0..random.usize(0..5)).map(|_| random.usize(0..8)).collect();
        chunks.push(lines.len());
        assert_eq!(counts(&lines, &chunks), wanted, "{lines:#?} {chunks:?}");
    });
}

#[test]
fn records_belong_together_within_the_reorder_window_only() {
    for (distance, wanted) in [(window(), one("a")), (window() + 1, (vec![], 2))] {
        let mut lines = vec![SYSCALL];
        lines.resize(distance, OTHER);
        lines.push(PATH);
        let found = assemble_files(&files(false), &lines, &[lines.len()]);
        assert_eq!(found, wanted, "{distance} records apart");
        for first in [1, 2, distance / 2, distance] {
            let chunks = [first, lines.len() - first];
            let found = assemble_files(&files(false), &lines, &chunks);
            assert_eq!(found, wanted, "{distance} records apart, {first} in the first chunk");
        }
    }
}

#[test]
fn records_of_another_node_or_time_belong_to_another_event() {
    for other in ["node=b type=PATH msg=audit(1.000:1)", "type=PATH msg=audit(1.001:1)"] {
        let path = format!("{other}: item=0 name=\"b\" nametype=NORMAL");
        let (found, incomplete) = assemble_files(&files(false), &[SYSCALL, &path, PATH], &[3]);
        assert_eq!((found, incomplete), (vec![("a".to_owned(), 1)], 1), "{other}");
    }
}

/// PATH records with the given serial numbers, three times as large as what may be pending.
fn large_records(serial: impl Fn(usize) -> usize) -> Vec<String> {
    let count = if cfg!(miri) { 100 } else { 400 };
    let name = "6162".repeat(PENDING_MAX * 7 / 10 / count);
    let path = |n| format!("type=PATH msg=audit(1.000:{}): item={n} name={name}", serial(n));
    (0..count).map(path).collect()
}

#[test]
fn the_size_of_what_is_pending_is_limited() {
    let (apart, together) = (large_records(|n| n), large_records(|_| 7));
    let count = apart.len() as u64;
    for (lines, events) in [(apart, count), (together, 3)] {
        let query = files(false);
        let mut sink = Sink::new(query.collect);
        let mut assembler = EventAssembler::new(&query, RandomState::default());
        for line in &lines {
            add(&mut assembler, line, &mut sink);
        }
        assert!(assembler.incomplete > 1, "some are evicted to keep within {PENDING_MAX} bytes");
        assert_eq!(assembler.flush(&mut sink), events);
    }
}

#[test]
fn pending_records_are_replayed_only_when_something_new_is_known() {
    let large = large_records(|_| 7);
    let large = large.iter().map(String::as_str).take(large.len() / 4);
    let operation = "type=URINGOP msg=audit(1.000:7): uring_op=1";
    let call = SYSCALL.replace("1.000:1", "1.000:7").replace("=257", "=426");
    let small = (0..rounds(2_000)).flat_map(|_| [operation, &call]);
    let apart: [Vec<_>; 2] = [large.clone().collect(), small.clone().collect()];
    let together: Vec<_> = large.chain(small).collect();
    let read = |lines: &[&str]| {
        assert_eq!(assemble_files(&files(false), lines, &[lines.len()]).0, []);
    };
    // If each of the small records caused a replay of the large ones, it would be hundreds of times.
    takes_at_most(20, || apart.iter().for_each(|lines| read(lines)), || read(&together));
}

#[test]
fn time_grows_linearly_with_the_refusals_of_one_event() {
    let users = UserFilter::All;
    let query = Query { filter: Filter { users, ..Filter::default() }, ..everything() };
    // Equal ones would count once.
    let refusal = |pid| format!("type=SECCOMP msg=audit(1.000:1): pid={pid} sig=31 syscall=1");
    let lines: Vec<_> = (0..rounds(40_000)).map(refusal).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let read = |lines: &[&str]| {
        let (tally, _) = assemble(&query, lines, &[lines.len()]);
        let counts = tally.counts(LoginUser::Unknown).expect("counts");
        assert_eq!(counts.denials.total(), lines.len() as u64);
    };
    // Of eight times as many, the square is 64 times.
    takes_at_most(24, || read(&lines[..lines.len() / 8]), || read(&lines));
}

#[test]
fn io_uring_opens_a_file_if_an_operation_does() {
    let uring = SYSCALL.replace("syscall=257", "syscall=426");
    for (operation, count) in [("18", 1), ("28", 1), ("22", 0)] {
        let uringop = format!("type=URINGOP msg=audit(1.000:1): uring_op={operation} success=yes");
        for order in
            [[&*uringop, &*uring, PATH], [&*uring, PATH, &*uringop], [PATH, &*uringop, &*uring]]
        {
            let (found, _) = assemble_files(&files(false), &order, &[3]);
            assert_eq!(found.len(), count, "{operation} {order:?}");
        }
    }
}

#[test]
fn a_command_of_several_records_is_complete_in_any_order_for_a_user_who_does_not_count() {
    let call = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=59 success=yes exit=0 items=1 \
                pid=9 auid=1 uid=0 euid=0";
    let execve = [
        "type=EXECVE msg=audit(1.000:1): argc=2 a0=\"sh\" a1_len=4 a1[0]=6C",
        "type=EXECVE msg=audit(1.000:1): a1[1]=73",
    ];
    for order in [[call, execve[0], PATH, execve[1]], [execve[1], PATH, call, execve[0]]] {
        assert_eq!(assemble_files(&files(false), &order, &[4]), (vec![], 0), "{order:?}");
    }
}

#[test]
fn a_standalone_record_belongs_to_its_call_in_any_order_and_in_several_chunks() {
    let call = SYSCALL.replace("items=1", "items=0");
    let login = "type=USER_ACCT msg=audit(1.000:2): pid=1 auid=7005 msg='op=x'";
    let sections = Sections::ORIGINAL.with(Section::Denials);
    let query = query(Collect { sections, overview: true, ..Collect::default() });
    for order in
        [[AVC, &*call, login], [&*call, AVC, login], [login, AVC, &*call], [&*call, login, AVC]]
    {
        for chunks in [&[3][..], &[1, 2], &[2, 1], &[1, 1, 1]] {
            let (tally, _) = assemble(&query, &order, chunks);
            let counts = tally.counts(7005).expect("counts");
            assert_eq!((counts.events, counts.denials.total()), (2, 1), "{order:?} {chunks:?}");
        }
    }
}

#[test]
fn a_command_of_ten_megabytes_in_hexadecimal_keeps_its_last_argument() {
    let call = SYSCALL.replace("syscall=257", "syscall=59");
    let event = "type=EXECVE msg=audit(1.000:1):";
    // 5/4 of what may be pending.
    let (arguments, parts) = if cfg!(miri) { (4, 2) } else { (40, 35) };
    let length = PENDING_MAX * 5 / 8 / (arguments * parts);
    let digits = "FF".repeat(length);
    let mut lines = vec![call, format!("{event} argc={} a0=\"sh\"", arguments + 2)];
    for argument in 1..=arguments {
        let announced = format!("a{argument}_len={} ", parts * 2 * length);
        let part = |part: usize| {
            let announced = if part == 0 { &*announced } else { "" };
            format!("{event} {announced}a{argument}[{part}]={digits}")
        };
        lines.extend((0..parts).map(part));
    }
    lines.push(format!("{event} a{}=\"the-last\"", arguments + 1));
    lines.push(PATH.to_owned());
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let query = files(false);
    let (all, half, most) = (lines.len(), lines.len() / 2, lines.len() - 2);
    for chunks in [&[all][..], &[1, all], &[half, all], &[most, 2]] {
        let (tally, incomplete) = assemble(&query, &lines, chunks);
        let commands = &tally.counts(7005).expect("counts").commands;
        let (command, count) = commands.iter().next().expect("a command");
        assert_eq!((count, incomplete), (1, 0), "{chunks:?}");
        assert_eq!(command.len(), 3 + arguments * (parts * length + 1) + 9);
        assert!(command.ends_with(b"\0the-last\0"));
    }
}

#[test]
fn an_execve_record_in_the_event_of_an_open_counts_in_no_chunk() {
    let call = SYSCALL.replace("items=1", "items=2");
    let execve = "type=EXECVE msg=audit(1.000:1): argc=1 a0=\"late\"";
    for order in [[PATH, &*call, PATH, execve], [PATH, execve, &*call, PATH]] {
        for chunks in [&[4][..], &[1, 3], &[2, 2], &[3, 1]] {
            let (tally, _) = assemble(&files(false), &order, chunks);
            let commands = tally.counts(7005).map_or(0, |counts| counts.commands.total());
            assert_eq!(commands, 0, "{order:?} {chunks:?}");
        }
    }
}

#[test]
fn a_refusal_without_a_call_counts_for_the_unknown_user_in_any_chunk() {
    let users = UserFilter::All;
    let query = Query { filter: Filter { users, ..Filter::default() }, ..everything() };
    let other = AVC.replace("1.000:1", "1.000:2");
    let lost = PATH.replace("1.000:1", "1.000:2");
    let call = SYSCALL.replace("items=1", "items=0");
    for order in [[AVC, &*call, &*other, &*lost], [&*lost, &*other, &*call, AVC]] {
        for chunks in [&[4][..], &[1, 3], &[2, 2], &[3, 1], &[1, 1, 1, 1]] {
            let (tally, incomplete) = assemble(&query, &order, chunks);
            let denials = |user: LoginUser| tally.counts(user).map_or(0, |c| c.denials.total());
            let found = (denials(7005.into()), denials(LoginUser::Unknown), incomplete);
            assert_eq!(found, (1, 1, 1), "{order:?} {chunks:?}");
        }
    }
}

#[test]
fn a_call_that_failed_on_two_records_of_one_file_failed_once() {
    let call =
        SYSCALL.replace("items=1", "items=2").replace("success=yes exit=3", "success=no exit=-8");
    let second = PATH.replace("item=0", "item=1");
    for order in [[&*call, PATH, &*second], [PATH, &*second, &*call], [PATH, &*call, &*second]] {
        for chunks in [&[3][..], &[1, 2], &[2, 1]] {
            let (tally, _) = assemble(&everything(), &order, chunks);
            assert_eq!(
                tally.counts(7005).map(|counts| counts.errors.total()),
                Some(1),
                "{order:?}"
            );
        }
    }
}

#[test]
fn a_changed_file_without_a_name_and_a_program_of_the_kernel_are_shown_as_null() {
    let call = format!("{} exe=(null)", SYSCALL.replace("syscall=257", "syscall=90"));
    let path = PATH.replace("\"a\"", "(null)");
    let (mut tally, _) = assemble(&everything(), &[&call, &path, CWD], &[3]);
    let counts = tally.counts_mut(7005);
    assert_eq!(sorted(&counts.changes), [("(null)|mode".to_owned(), 1)]);
    assert_eq!(sorted(&counts.programs), [("(null)".to_owned(), 1)]);
}
