//! What is kept of a log, and its limits.

use super::effects::events_with_effects;
use super::outcome::{borrow, read_in_chunks, read_whole};
use super::*;

/// A PATH record with a name of that many bytes. As its call has not come, it is pending.
fn path(serial: u64, item: u64, length: usize) -> String {
    let name = "a".repeat(length);
    format!("type=PATH msg=audit(1.000:{serial:05}): item={item} name=\"{name}\" nametype=NORMAL")
}

fn read<'q>(query: &'q Query, lines: &[String], sink: &mut Sink) -> EventAssembler<'q> {
    let mut assembler = EventAssembler::new(query, RandomState::default());
    for line in lines {
        add(&mut assembler, line, sink);
    }
    assembler
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn the_next_log_is_read_in_one_chunk_when_more_than_half_of_the_limit_is_pending() {
    let query = files(false);
    let pending = |lines: &[String]| {
        let assembler = read(&query, lines, &mut Sink::new(query.collect));
        (assembler.open.pending_bytes(), assembler.is_half_full())
    };
    let mut lines: Vec<_> = (0..83).map(|n| path(n, 0, 50_000)).collect();
    let (size, is_half_full) = pending(&lines);
    assert!(!is_half_full);
    for (excess, wanted) in [(0, false), (1, true), (1_000, true)] {
        let rest = PENDING_MAX / 2 + excess - size;
        let (small, _) = pending(&[path(99, 0, 0)]);
        lines.push(path(99, 0, rest - small));
        assert_eq!(pending(&lines), (PENDING_MAX / 2 + excess, wanted));
        lines.pop();
    }
}

/// The events that ended early: their number, the first one, and how many were incomplete.
fn ended_early(lines: &[String]) -> (u64, u64, u64) {
    let outcome = read_whole(&files(false), &borrow(lines));
    let (count, first) = outcome.ended_early;
    (count, first, outcome.incomplete)
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn events_that_end_early_are_told_if_something_is_pending_for_them() {
    let call = |serial| SYSCALL.replace("1.000:1", &format!("1.000:{serial:05}"));
    let lines: Vec<_> = (1..=200).map(|n| path(n, 0, 60_000)).collect();
    let (count, first, incomplete) = ended_early(&lines);
    assert_eq!((first, incomplete), (1, 200));
    assert!((60..70).contains(&count), "{count}");
    // For a call without its PATH record nothing is pending.
    assert_eq!(ended_early(&[&[call(300)], &*lines].concat()), (count, 1, 201));
    // An event for which too much is pending alone.
    let lines: Vec<_> = (0..150).map(|n| path(7, n, 60_000)).collect();
    let (count, first, incomplete) = ended_early(&lines);
    assert_eq!((count, first, incomplete), (1, 7, 2));
    // An event to which no record can belong any more does not end early.
    let others = vec![OTHER.to_owned(); window() + 1];
    let lines = [&[path(1, 0, 60_000)], &*others, &[path(2, 0, 10)]].concat();
    assert_eq!(ended_early(&lines), (0, 0, 2));
}

/// Reads a chunk. Returns whether so much was pending that the log must be read in one chunk, and the
/// number of events that are kept for the chunk before.
fn overfull(lines: &[String]) -> (bool, usize) {
    let query = files(false);
    let first = EventAssembler::new(&query, RandomState::default());
    let mut chunk = EventAssembler::for_next_chunk(&query, RandomState::default());
    let mut sink = Sink::new(query.collect);
    for line in lines {
        add(&mut chunk, line, &mut sink);
    }
    (first.conflicts_with(&chunk), chunk.early.len())
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn a_chunk_keeps_events_for_the_chunk_before_up_to_a_limit() {
    let paths = |count| (1..=count).map(|n| path(n, 0, 60_000)).collect::<Vec<_>>();
    assert_eq!(overfull(&paths(30)), (false, 0));
    let (is_overfull, early) = overfull(&paths(40));
    assert!(is_overfull && early > 0, "{early}");
    let others = vec![OTHER.to_owned(); window()];
    let last = [path(98, 0, 10), path(99, 0, 10)];
    let lines = [&paths(30), &*others, &*others, &last].concat();
    assert_eq!(overfull(&lines), (false, 30));
    // An event that began too late to have begun in the chunk before is not kept.
    let late = [path(97, 0, 10)];
    let lines = [&others, &late[..], &others, &[OTHER.into()], &last].concat();
    assert_eq!(overfull(&lines), (false, 0));
    let lines = borrow(&lines);
    let outcome = read_whole(&files(false), &lines);
    assert_eq!((outcome.incomplete, outcome.ended_early.0), (3, 0));
    for chunk in [0, 1] {
        assert_eq!(read_in_chunks(&files(false), &lines, &[chunk]).as_ref(), Some(&outcome));
    }
    // The same events in the order of the log, in one chunk and in two.
    let call = |n| SYSCALL.replace("1.000:1", &format!("1.000:{n:05}"));
    let calls: Vec<_> = (1..=30).map(call).collect();
    let lines = [&calls, &paths(30), &*others, &*others, &last].concat();
    let lines = borrow(&lines);
    let wanted = read_whole(&files(false), &lines);
    assert_eq!(wanted.incomplete, 2);
    assert_eq!(wanted.counts.values().collect::<Vec<_>>(), [&30, &30], "calls and files");
    for chunk in 0..30 {
        let outcome = read_in_chunks(&files(false), &lines, &[chunk]);
        assert_eq!(outcome, Some(wanted.clone()), "{chunk}");
    }
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn the_limit_of_what_a_chunk_keeps_for_the_chunk_before_is_exact() {
    let query = files(false);
    let size =
        |lines: &[String]| read(&query, lines, &mut Sink::new(query.collect)).open.pending_bytes();
    let large = [path(1, 0, 1_000_000)];
    let [small, empty] = [path(2, 0, 10), path(2, 1, 0)];
    let rest = CHUNK_PENDING_MAX - size(&large) - size(&[small.clone(), empty]);
    for excess in [0, 1] {
        // The second event begins early, but is large only after the first one is evicted.
        let others = vec![OTHER.to_owned(); window() - 1];
        let second = [path(2, 1, rest + excess)];
        let lines = [&large, std::slice::from_ref(&small), &*others, &second, &others].concat();
        let lines = [&*lines, &[OTHER.into(), path(98, 0, 10), path(99, 0, 10)]].concat();
        let kept = 2 - excess;
        assert_eq!(overfull(&lines), (excess > 0, kept));
    }
}

/// The number of open events after these lines, the size of what is pending for them, and the number
/// of calls that wait for an address.
fn kept(query: &Query, lines: &[&str]) -> (usize, usize) {
    let mut sink = Sink::new(query.collect);
    let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
    let assembler = read(query, &lines, &mut sink);
    (assembler.open.iter().count(), assembler.open.pending_bytes())
}

#[test]
fn nothing_is_kept_of_an_event_that_needs_nothing_more() {
    let with = |sections: &[Section]| {
        let sections = sections.iter().fold(Sections::EMPTY, |all, section| all.with(*section));
        query(Collect { sections, ..Collect::default() })
    };
    // No section needs the PATH record.
    assert_eq!(kept(&with(&[Section::Calls, Section::Denials]), &[SYSCALL]), (0, 0));
    assert_eq!(kept(&with(&[Section::Calls, Section::Files]), &[SYSCALL]), (1, 0));
    // The address of a call that does not count.
    let connect = SYSCALL.replace("syscall=257", "syscall=42").replace("items=1", "items=0");
    let other = connect.replace("auid=7005", "auid=1");
    let address = "type=SOCKADDR msg=audit(1.000:1): saddr=01002F78";
    let addresses = with(&[Section::Addresses]);
    assert_eq!(kept(&addresses, &[&other, address]), (0, 0));
    assert_eq!(kept(&addresses, &[&other]), (0, 0));
    assert_eq!(kept(&addresses, &[&connect]), (0, 0));
    assert_eq!(kept(&addresses, &[address, &connect]), (0, 0));
    assert_eq!(kept(&addresses, &[address]).0, 1);
    // What can still come: another URINGOP record, or the call of a standalone record.
    assert_eq!(kept(&everything(), &borrow(&mixed_events())).0, 2);
    assert_eq!(kept(&everything(), &borrow(&events_with_effects())).0, 3);
    // What several operations did to a file is known at the end.
    let uring = SYSCALL.replace("syscall=257", "syscall=426");
    let operation = "type=URINGOP msg=audit(1.000:1): uring_op=18 success=yes";
    for lines in [[&*uring, operation, PATH], [&*uring, PATH, operation], [PATH, operation, &uring]]
    {
        let (events, bytes) = kept(&with(&[Section::Files]), &lines);
        assert!(events == 1 && bytes > 0, "{lines:#?}");
    }
    // What was pending is counted as soon as it can be.
    let other = |line: &str| line.replace("1.000:1", "1.000:2");
    let (call, path) = (other(SYSCALL), other(PATH));
    assert_eq!(kept(&with(&[Section::Files]), &[PATH, &path, SYSCALL, &call]), (0, 0));
    // A call that changes nothing.
    let stat = SYSCALL.replace("syscall=257", "syscall=4").replace("items=1", "items=2");
    assert_eq!(kept(&with(&[Section::Changes, Section::Files]), &[&stat, PATH]), (1, 0));
}

#[test]
fn the_program_is_kept_for_the_command_of_an_execve_that_succeeded_and_counts() {
    let call = format!("{SYSCALL} exe=\"/bin/ls\"");
    let execve = call.replace("syscall=257", "syscall=59");
    let commands = files(false);
    assert_eq!(kept(&commands, &[&execve]), (1, 7));
    assert_eq!(kept(&commands, &[&execve.replace("\"/bin/ls\"", "(null)")]), (1, 0));
    let part = |text: &str| format!("type=EXECVE msg=audit(1.000:1): {text}");
    let [head, tail] = ["argc=2 a0=\"b\"", "a1=\"c\""].map(part);
    assert_eq!(kept(&commands, &[&execve, &head, &tail, PATH]).0, 0, "all of it has come");
    assert_eq!(kept(&commands, &[&call]), (1, 0));
    assert_eq!(kept(&commands, &[&execve.replace("success=yes", "success=no")]), (1, 0));
    assert_eq!(kept(&commands, &[&execve.replace("auid=7005", "auid=1")]), (1, 0));
}
