//! Items that are listed one by one.

use super::event_id::Owner;
use super::outcome::{Outcome, Printer, borrow, read_in_chunks, read_whole};
use super::*;

/// All sections, listed.
pub(super) fn listing() -> Query {
    listing_with(true)
}

fn listing_with(absolute: bool) -> Query {
    let collect = Collect {
        sections: Sections::ALL,
        absolute,
        overview: true,
        each: true,
        ..Collect::default()
    };
    Query { collect, ..Query::default() }
}

/// Events of every kind, each with the serial number that stands before its records.
fn events() -> Vec<(u64, Vec<&'static str>)> {
    vec![
        (
            1,
            vec![
                "node=h type=SYSCALL @ arch=c000003e syscall=59 success=yes exit=0 items=1 pid=11 \
                 auid=7005 uid=0 euid=0 exe=\"/bin/ls\"",
                "node=h type=EXECVE @ argc=2 a0=\"ls\" a1=\"-l\"",
                "node=h type=CWD @ cwd=\"/tmp\"",
                "node=h type=PATH @ item=0 name=\"/bin/ls\" nametype=NORMAL",
                "node=h type=PROCTITLE @ proctitle=\"ls\"",
            ],
        ),
        (
            2,
            vec![
                "type=AVC @ avc:  denied  { read } for pid=12 scontext=a tcontext=b tclass=c",
                "type=SYSCALL @ arch=c000003e syscall=257 success=no exit=-13 a0=ffffff9c items=1 \
                 pid=12 auid=7005 uid=1 euid=1 exe=\"/bin/cat\"",
                "type=CWD @ cwd=\"/var\"",
                "type=PATH @ item=0 name=\"a\" nametype=NORMAL",
                "type=PROCTITLE @ proctitle=\"cat\"",
            ],
        ),
        (
            3,
            vec![
                "type=USER_CMD @ pid=13 auid=7005 msg='cwd=\"/root\" cmd=\"id\" res=success'",
                "type=PROCTITLE @ proctitle=\"sudo\"",
            ],
        ),
        (
            4,
            vec![
                "type=SYSCALL @ arch=c000003e syscall=426 success=yes exit=1 items=1 pid=14 \
                 auid=7005 uid=1 euid=1 exe=\"/bin/ring\"",
                "type=URINGOP @ uring_op=18 success=no exit=-2",
                "type=CWD @ cwd=\"/srv\"",
                "type=PATH @ item=0 name=\"b\" nametype=NORMAL",
            ],
        ),
        (
            5,
            vec![
                "type=URINGOP @ uring_op=18 success=yes exit=3 pid=15",
                "type=CWD @ cwd=\"/opt\"",
                "type=PATH @ item=0 name=\"c\" nametype=NORMAL",
            ],
        ),
        (6, vec!["type=AVC @ avc:  denied  { kill } for pid=16 scontext=a tcontext=b tclass=c"]),
        (
            7,
            vec![
                "type=SYSCALL @ arch=c000003e syscall=39 success=yes exit=9 items=0 pid=17 \
                 auid=7005 uid=1 euid=1 exe=\"/bin/sh\"",
                "type=PROCTITLE @ proctitle=\"sh\"",
            ],
        ),
        (
            8,
            vec![
                "type=SOCKADDR @ saddr=01002F78",
                "type=SYSCALL @ arch=c000003e syscall=42 success=yes exit=0 a0=3 items=0 pid=18 \
                 auid=7005 uid=1 euid=1 exe=\"/bin/nc\"",
            ],
        ),
        (9, vec!["type=PROCTITLE @ proctitle=\"lost\""]),
    ]
}

/// The lines of all events, in the order of the kernel.
pub(super) fn lines() -> Vec<String> {
    let line = |serial: u64, line: &str| line.replace('@', &format!("msg=audit(1.000:{serial}):"));
    let lines = |(serial, lines): (u64, Vec<_>)| lines.into_iter().map(move |it| line(serial, it));
    events().into_iter().flat_map(lines).collect()
}

/// The serial number of a line.
pub(super) fn serial(line: &str) -> u64 {
    let number = line.split(['(', ')']).nth(1).and_then(|stamp| stamp.split(':').next_back());
    number.and_then(|number| number.parse().ok()).expect("a serial number")
}

/// What the list says of each event that has an item.
const LIST: [(u64, &str); 8] = [
    (
        1,
        "h 7005 pid 11 in /tmp Some(true); syscall execve|x86_64; command ls|-l|; program /bin/ls; \
         privileged ls|-l|",
    ),
    (
        2,
        "- 7005 pid 12 in /var Some(false); syscall openat|x86_64; file /var/a; program /bin/cat; \
         error /var/a|EACCES; denial a b c read|selinux",
    ),
    (3, "- 7005 pid 13 in /root Some(true); sudo id|/root"),
    (
        4,
        "- 7005 pid 14 in /srv Some(false); syscall io_uring_enter|x86_64; file /srv/b; program \
         /bin/ring",
    ),
    (5, "- ? pid 15 in /opt Some(true); file /opt/c"),
    (6, "- ? pid 16 in - None; denial a b c kill|selinux"),
    (7, "- 7005 pid 17 in - Some(true); syscall getpid|x86_64; program /bin/sh"),
    (
        8,
        "- 7005 pid 18 in - Some(true); syscall connect|x86_64; program /bin/nc; address /x|connect",
    ),
];

/// The list of a log: each event at the place of its first record.
fn list(lines: &[&str]) -> Vec<(u64, String)> {
    let serials: Vec<_> = lines.iter().map(|line| serial(line)).collect();
    let first = |serial: &u64| serials.iter().position(|other| other == serial);
    let mut list = LIST.map(|(serial, line)| (serial, line.to_owned()));
    list.sort_by_key(|(serial, _)| first(serial));
    list.into_iter().filter(|(serial, _)| first(serial).is_some()).collect()
}

fn assert_listed(lines: &[&str], outcome: &Outcome) {
    let wanted = Outcome { list: list(lines), ..read_whole(&listing(), &borrow(&self::lines())) };
    assert_eq!(*outcome, wanted, "{lines:#?}");
}

#[test]
fn what_is_listed_of_an_event_says_who_acted_and_where() {
    let lines = lines();
    let outcome = read_whole(&listing(), &borrow(&lines));
    assert_eq!(outcome.list, list(&borrow(&lines)));
    assert_eq!((outcome.incomplete, outcome.doubled, outcome.in_parts.0), (0, 0, 0));
    assert_eq!((outcome.counts["Id(7005) listed"], outcome.counts["Id(7005) events"]), (18, 6));
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn a_log_in_the_order_of_the_kernel_never_conflicts() {
    let lines = lines();
    let mut lines = borrow(&lines);
    // A SYSCALL record is the first that depends on nothing.
    let address = lines.iter().position(|line| line.contains("SOCKADDR")).expect("an address");
    lines.swap(address, address + 1);
    let each = vec![1; lines.len()];
    assert_listed(&lines, &read_in_chunks(&listing(), &lines, &each).expect("no conflict"));
    for first in 0..=lines.len() {
        for second in 0..=(lines.len() - first).min(6) {
            let outcome = read_in_chunks(&listing(), &lines, &[first, second]);
            assert_listed(&lines, &outcome.expect("no conflict"));
        }
    }
}

#[test]
fn events_are_listed_in_the_order_in_which_they_began_in_any_order_of_records() {
    let lines = lines();
    let mut lines = borrow(&lines);
    random_cases(300, |random| {
        let mut lines = lines.clone();
        random.shuffle(&mut lines);
        assert_listed(&lines, &read_whole(&listing(), &lines));
        let chunks = [random.usize(..lines.len()), random.usize(..9), random.usize(..9)];
        if let Some(outcome) = read_in_chunks(&listing(), &lines, &chunks) {
            assert_listed(&lines, &outcome);
        }
    });
    // Records of one event stay in their order, those of several are mixed.
    lines.retain(|line| serial(line) != 8);
    random_cases(300, |random| {
        let mut left = lines.clone();
        let mut mixed = Vec::new();
        while !left.is_empty() {
            let chosen = serial(left[random.usize(..left.len())]);
            let at = left.iter().position(|line| serial(line) == chosen).expect("a line");
            mixed.push(left.remove(at));
        }
        let chunks = [random.usize(..lines.len()), random.usize(..9), random.usize(..9)];
        let outcome = read_in_chunks(&listing(), &mixed, &chunks).expect("no conflict");
        assert_eq!(outcome.list, list(&mixed), "{mixed:#?} {chunks:?}");
    });
}

#[test]
fn the_working_directory_is_listed_also_if_names_are_not_joined_with_it() {
    let lines = lines();
    let mut lines = borrow(&lines);
    let relative = |(serial, line): (u64, String)| {
        (serial, line.replace("/var/a", "a").replace("/srv/b", "b").replace("/opt/c", "c"))
    };
    let query = listing_with(false);
    random_cases(50, |random| {
        let wanted: Vec<_> = list(&lines).into_iter().map(relative).collect();
        assert_eq!(read_whole(&query, &lines).list, wanted, "{lines:#?}");
        let chunks = [random.usize(..lines.len()), random.usize(..9)];
        if let Some(outcome) = read_in_chunks(&query, &lines, &chunks) {
            assert_eq!(outcome.list, wanted, "{lines:#?} {chunks:?}");
        }
    });
    random_cases(300, |random| {
        let mut lines = lines.clone();
        random.shuffle(&mut lines);
        let wanted: Vec<_> = list(&lines).into_iter().map(relative).collect();
        assert_eq!(read_whole(&query, &lines).list, wanted, "{lines:#?}");
    });
    lines.retain(|line| !line.contains("type=PATH"));
    let outcome = read_whole(&query, &lines);
    assert!(outcome.list.iter().any(|(_, line)| line.contains(" in /srv ")), "{outcome:#?}");
}

#[test]
fn record_types_and_hosts_are_counted_if_that_is_asked_for() {
    let lines = lines();
    let lines = borrow(&lines);
    for (query, is_asked) in
        [(listing(), false), (everything(), false), (listing().contents(), true)]
    {
        let outcome = read_whole(&query, &lines);
        let types = outcome.counts.iter().filter(|(what, _)| what.starts_with("type "));
        let count = if is_asked { lines.len() as u64 } else { 0 };
        assert_eq!(types.map(|(_, count)| count).sum::<u64>(), count);
        assert_eq!(outcome.counts.get("node h").copied(), is_asked.then_some(1));
        assert_eq!(
            read_in_chunks(&query, &lines, &[5, 9]).as_ref().map(|it| &it.counts),
            Some(&outcome.counts)
        );
    }
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn an_event_is_printed_while_the_log_is_read() {
    let query = listing();
    let line = "type=USER_CMD msg=audit(1.000:1): auid=7005 msg='cwd=\"/\" cmd=\"id\" res=success'";
    let (mut sink, printer) = (Sink::new(query.collect), Printer::default());
    sink.set_printer(Box::new(printer.clone()));
    let mut assembler = EventAssembler::new(&query, RandomState::default());
    let count = || printer.0.lock().expect("a list").len();
    add(&mut assembler, line, &mut sink);
    for _ in 0..window() - 1 {
        add(&mut assembler, OTHER, &mut sink);
        assembler.print_listed(&mut sink);
    }
    assert_eq!(count(), 0, "something can still come for it");
    for _ in 0..window() {
        add(&mut assembler, &line.replace(":1)", ":3)"), &mut sink);
        assembler.print_listed(&mut sink);
    }
    assert_eq!(count(), 1);
    assert_eq!((sink.is_closed(), sink.listed_in_parts().count), (false, 0));
    let listed = sink.listed.as_mut().expect("a list");
    listed.set_printer(Box::new(Closed));
    let owner = |id| Owner { user: 7005.into(), id };
    listed.add(owner(&EventId::default()), Section::Files, b"late");
    assembler.flush(&mut sink);
    assert_eq!((sink.is_closed(), sink.listed_in_parts().count), (true, 1));
}

/// Nobody reads what is printed.
struct Closed;

impl EventPrinter for Closed {
    fn print(&mut self, _: &ListedEvent) {}

    fn flush(&mut self) -> bool {
        false
    }
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn chunks_whose_items_cannot_be_kept_together_are_not_merged() {
    let open = |serial: u32| {
        let name = "a".repeat(100_000);
        let call = SYSCALL.replace("1.000:1", &format!("1.000:{serial}"));
        let path = PATH.replace("1.000:1", &format!("1.000:{serial}"));
        [call, path.replace("\"a\"", &format!("\"{name}\""))]
    };
    let lines: Vec<_> = (0..180).flat_map(open).collect();
    let lines = borrow(&lines);
    let files = Sections::EMPTY.with(Section::Files);
    let query = query(Collect { sections: files, each: true, ..Collect::default() });
    let one_chunk = read_whole(&query, &lines);
    assert_eq!((one_chunk.list.len(), one_chunk.in_parts), (180, (0, 0)));
    assert_eq!(read_in_chunks(&query, &lines, &[180]), None);
    assert_eq!(read_in_chunks(&query, &lines[..200], &[100]).expect("room").list.len(), 100);
}
