use super::*;
use crate::filter::UserFilter;
use crate::section::Sections;
use sysparse::audit;

const SYSCALL: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=257 success=yes exit=3 \
                       a0=ffffff9c items=1 pid=9 auid=7005 uid=0 euid=0";
const CWD: &str = "type=CWD msg=audit(1.000:1): cwd=\"/tmp\"";
const PATH: &str = "type=PATH msg=audit(1.000:1): item=0 name=\"a\" nametype=NORMAL";

fn query(absolute: bool) -> Query {
    let filter = Filter { users: UserFilter::Only(vec![7005]), ..Filter::default() };
    Query {
        filter,
        collect: Collect { sections: Sections::ORIGINAL, absolute, ..Collect::default() },
    }
}

/// Joins the lines in pieces of the given numbers of lines; gives the number of incomplete events.
fn joined(query: &Query, lines: &[&str], pieces: &[usize], tally: &mut Tally) -> u64 {
    let nodes = RandomState::default();
    let mut joiner = EventAssembler::new(query, nodes.clone(), false);
    let mut lines = lines.iter();
    for (index, length) in pieces.iter().enumerate() {
        let mut piece = EventAssembler::new(query, nodes.clone(), index > 0);
        for line in lines.by_ref().take(*length) {
            let start = audit::start(line.as_bytes()).expect("a record");
            if !piece.skips(start.kind) {
                piece.add_record(start, tally).expect("sound");
            }
        }
        if index == 0 {
            joiner = piece;
        } else {
            joiner.merge(piece, tally);
        }
    }
    joiner.flush(tally)
}

/// The same; gives the files and the number of incomplete events.
fn join(query: &Query, lines: &[&str], pieces: &[usize]) -> (Vec<(String, u64)>, u64) {
    let mut tally = Tally::default();
    let incomplete = joined(query, lines, pieces, &mut tally);
    let counts = tally.counts_mut(7005);
    let files = counts.files.iter();
    let mut files: Vec<_> =
        files.map(|(name, count)| (String::from_utf8_lossy(name).into_owned(), count)).collect();
    files.sort();
    (files, incomplete)
}

fn one(name: &str) -> (Vec<(String, u64)>, u64) {
    (vec![(name.to_owned(), 1)], 0)
}

#[test]
fn records_of_an_event_meet_in_any_order_and_across_cuts() {
    for (absolute, name) in [(false, "a"), (true, "/tmp/a")] {
        let query = query(absolute);
        for order in [
            [SYSCALL, CWD, PATH],
            [SYSCALL, PATH, CWD],
            [CWD, SYSCALL, PATH],
            [CWD, PATH, SYSCALL],
            [PATH, SYSCALL, CWD],
            [PATH, CWD, SYSCALL],
        ] {
            for pieces in [&[3][..], &[1, 2], &[2, 1], &[1, 1, 1], &[0, 3], &[1, 0, 2]] {
                assert_eq!(join(&query, &order, pieces), one(name), "{order:?} {pieces:?}");
            }
        }
    }
}

#[test]
fn records_meet_within_the_reach_and_not_beyond() {
    let reach = usize::try_from(REORDER_WINDOW).expect("a small number");
    let other = "type=PROCTITLE msg=audit(2.000:2): proctitle=\"x\"";
    for (apart, wanted) in [(reach, one("a")), (reach + 1, (vec![], 2))] {
        let mut lines = vec![SYSCALL];
        lines.resize(apart, other);
        lines.push(PATH);
        assert_eq!(join(&query(false), &lines, &[lines.len()]), wanted, "{apart} apart");
        for cut in [1, 2, apart / 2, apart] {
            let pieces = [cut, lines.len() - cut];
            assert_eq!(join(&query(false), &lines, &pieces), wanted, "{apart} cut at {cut}");
        }
    }
}

#[test]
fn other_hosts_times_and_serials_are_other_events() {
    for other in ["node=b type=PATH msg=audit(1.000:1)", "type=PATH msg=audit(1.001:1)"] {
        let path = format!("{other}: item=0 name=\"b\" nametype=NORMAL");
        let (files, incomplete) = join(&query(false), &[SYSCALL, &path, PATH], &[3]);
        assert_eq!((files, incomplete), (vec![("a".to_owned(), 1)], 1), "{other}");
    }
}

/// Names of 60,000 bytes, whose event is told by `serial`.
fn heavy(serial: impl Fn(u64) -> u64) -> Vec<String> {
    let name = "6162".repeat(15_000);
    let path = |n| format!("type=PATH msg=audit(1.000:{}): item=0 name={name}", serial(n));
    (0..400).map(path).collect()
}

#[test]
fn what_is_held_is_bounded() {
    for (lines, wanted) in [(heavy(|n| n), 400), (heavy(|_| 7), 3)] {
        let query = query(false);
        let mut joiner = EventAssembler::new(&query, RandomState::default(), false);
        let mut tally = Tally::default();
        for line in &lines {
            let start = audit::start(line.as_bytes()).expect("a record");
            assert!(!joiner.skips(start.kind));
            joiner.add_record(start, &mut tally).expect("sound");
        }
        assert!(joiner.incomplete > 1, "some were settled to keep within {HELD_MAX} bytes");
        assert_eq!(joiner.flush(&mut tally), wanted);
    }
}

#[test]
fn what_is_held_is_looked_at_only_when_something_new_is_known() {
    // Without that each of these lines would cost a look at megabytes.
    let mut lines = heavy(|_| 7);
    lines.truncate(100);
    let more = |kind: &str| format!("type={kind} msg=audit(1.000:7): uring_op=1 oflag=0 cwd=\"/\"");
    lines.extend(std::iter::repeat_n(more("URINGOP"), 100_000));
    lines.extend(std::iter::repeat_n(
        SYSCALL.replace("1.000:1", "1.000:7").replace("=257", "=426"),
        100_000,
    ));
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let begun = std::time::Instant::now();
    assert_eq!(join(&query(false), &lines, &[lines.len()]).0, []);
    assert!(begun.elapsed().as_secs() < 60);
}

#[test]
fn io_uring_opens_files_when_its_operation_says_so() {
    let uring = SYSCALL.replace("syscall=257", "syscall=426");
    for (operation, files) in [("18", 1), ("28", 1), ("22", 0)] {
        let part = format!("type=URINGOP msg=audit(1.000:1): uring_op={operation} success=yes");
        for order in [[&*part, &*uring, PATH], [&*uring, PATH, &*part], [PATH, &*part, &*uring]] {
            assert_eq!(join(&query(false), &order, &[3]).0.len(), files, "{operation} {order:?}");
        }
    }
}

#[test]
fn a_command_in_parts_of_somebody_else_is_complete_in_any_order() {
    let call = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=59 success=yes exit=0 items=1 \
                pid=9 auid=1 uid=0 euid=0";
    let parts = [
        "type=EXECVE msg=audit(1.000:1): argc=2 a0=\"sh\" a1_len=4 a1[0]=6C",
        "type=EXECVE msg=audit(1.000:1): a1[1]=73",
    ];
    for order in [[call, parts[0], PATH, parts[1]], [parts[1], PATH, call, parts[0]]] {
        assert_eq!(join(&query(false), &order, &[4]), (vec![], 0), "{order:?}");
    }
}

#[test]
fn what_is_no_part_of_a_call_joins_it_in_any_order_and_across_cuts() {
    let avc =
        "type=AVC msg=audit(1.000:1): avc:  denied  { read } for scontext=a tcontext=b tclass=c";
    let call = SYSCALL.replace("items=1", "items=0");
    let other = "type=USER_ACCT msg=audit(1.000:2): pid=1 auid=7005 msg='op=x'";
    let mut query = query(false);
    query.collect.overview = true;
    query.collect.sections = query.collect.sections.with(Section::Denials);
    for order in
        [[avc, &*call, other], [&*call, avc, other], [other, avc, &*call], [&*call, other, avc]]
    {
        for pieces in [&[3][..], &[1, 2], &[2, 1], &[1, 1, 1]] {
            let mut tally = Tally::default();
            joined(&query, &order, pieces, &mut tally);
            let counts = tally.counts(7005).expect("counts");
            assert_eq!((counts.events, counts.denials.total()), (2, 1), "{order:?} {pieces:?}");
        }
    }
}
