//! Records that a log holds twice.

use super::effects::events_with_effects;
use super::listing::{lines, listing};
use super::outcome::{borrow, read_in_chunks, read_two_logs, read_whole};
use super::*;
use crate::filter::{FieldFilter, NamedUsers};
use test_support::Rng;

/// How often a second record of that type is counted as doubled.
fn times_counted(line: &str) -> u64 {
    let silent = ["CWD", "URINGOP", "OPENAT2", "SOCKADDR", "PROCTITLE"];
    let is_silent = |kind: &&str| line.contains(&format!("type={kind} "));
    u64::from(!silent.iter().any(is_silent))
}

#[test]
fn unlike_calls_of_root_with_one_stamp_both_count() {
    let query = Query { filter: Filter::default(), ..everything() };
    let call = |a0: &str| SYSCALL.replace("auid=7005", "auid=0").replace("a0=ffffff9c", a0);
    for (second, count) in [("a0=ffffff9c", 1), ("a0=10000000", 2)] {
        let lines = [call("a0=ffffff9c"), call(second)];
        let (tally, _) = assemble(&query, &borrow(&lines), &[2]);
        assert_eq!(tally.counts(0).map(|counts| counts.calls.total()), Some(count), "{second}");
    }
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn a_record_that_a_log_holds_twice_counts_once_in_any_chunks() {
    for (query, log) in [
        (everything(), mixed_events()),
        (everything(), events_with_effects()),
        (listing(), lines()),
    ] {
        // Stamps as in a real log: the table of calls seen is made for these.
        let log: Vec<_> =
            log.iter().map(|line| line.replace("(1.000:", "(1477415593.489:5765")).collect();
        let log = borrow(&log);
        let wanted = read_whole(&query, &log);
        random_cases(150, |random| {
            let first = random.usize(..log.len());
            let second = random.usize(first + 1..=log.len());
            let mut lines = log.clone();
            lines.insert(second, log[first]);
            let one_chunk = read_whole(&query, &lines);
            let mut outcome = one_chunk.clone();
            assert_eq!(outcome.doubled, times_counted(log[first]), "{first} {second} {lines:#?}");
            outcome.doubled = 0;
            assert_eq!(outcome, wanted, "{first} {second} {lines:#?}");
            for _ in 0..3 {
                let chunks = [random.usize(..lines.len()), random.usize(..9)];
                let mut found = vec![read_in_chunks(&query, &lines, &chunks)];
                if !query.collect.each {
                    found.push(read_two_logs(&query, &lines, chunks[0], &chunks[1..]));
                }
                for outcome in found.into_iter().flatten() {
                    assert_eq!(outcome, one_chunk, "{first} {second} {chunks:?} {lines:#?}");
                }
            }
        });
    }
}

/// The first lines, and then the others so that the first of these is that number of records later
/// than the last of the first.
fn apart<'a>(first: &[&'a str], distance: usize, second: &[&'a str]) -> Vec<&'a str> {
    let others = std::iter::repeat_n(OTHER, distance - 1);
    first.iter().copied().chain(others).chain(second.iter().copied()).collect()
}

/// Tests two parts of a log at a distance, in several chunks: within the reorder window they conflict if
/// they are in different chunks, beyond it they do not.
fn conflict_within_the_window(query: &Query, first: &[&str], second: &[&str]) {
    for distance in [window(), window() + 1] {
        let lines = apart(first, distance, second);
        let outcome = read_whole(query, &lines);
        assert_eq!(outcome.doubled, u64::from(distance == window()), "{first:?} {second:?}");
        let wanted = Some(outcome).filter(|_| distance > window());
        let half = distance / 2;
        let end = lines.len() - second.len();
        for chunks in [&[first.len()][..], &[end], &[half, 100], &[half, end - half]] {
            let found = read_in_chunks(query, &lines, chunks);
            assert_eq!(found, wanted, "{distance} {chunks:?} {first:?} {second:?}");
            let found = read_two_logs(query, &lines, chunks[0], &[50, 50]);
            assert_eq!(found, wanted, "two logs, {distance} {chunks:?} {first:?} {second:?}");
        }
        // The first log ends before both.
        let lines = [&[OTHER; 3], &*lines].concat();
        for chunks in [&[half, 100][..], &[end]] {
            let found = read_two_logs(query, &lines, 3, chunks);
            assert_eq!(found, wanted, "{distance} {chunks:?} {first:?} {second:?}");
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn chunks_conflict_if_a_record_may_be_doubled_within_the_window() {
    let query = everything();
    let getpid = SYSCALL.replace("syscall=257", "syscall=39").replace("items=1", "items=0");
    let login = "type=USER_ACCT msg=audit(1.000:7): pid=1 auid=7005 msg='op=x'";
    conflict_within_the_window(&query, &[&getpid], &[&getpid]);
    conflict_within_the_window(&query, &[login], &[login]);
    conflict_within_the_window(&query, &[CWD, PATH, SYSCALL], &[PATH]);
}

#[test]
fn records_of_an_event_in_two_chunks_conflict_only_if_they_can_be_doubled() {
    let query = everything();
    let second = PATH.replace("item=0", "item=1");
    let call = SYSCALL.replace("items=1", "items=2");
    let other_call = call.replace("a0=ffffff9c", "a0=4");
    let socket = SYSCALL.replace("syscall=257", "syscall=42").replace("items=1", "items=2");
    let address = "type=SOCKADDR msg=audit(1.000:1): saddr=01002F78";
    let execve = SYSCALL.replace("syscall=257", "syscall=59").replace("items=1", "items=2");
    let part = |text: &str| format!("type=EXECVE msg=audit(1.000:1): {text}");
    let [whole, head, tail] = ["argc=1 a0=\"b\"", "argc=2 a0=\"b\"", "a1=\"c\""].map(part);
    let missing = PATH.replace("item=0 ", "");
    for (first, next, conflicts) in [
        (vec![&*call], vec![PATH], false),
        (vec![&*call, PATH], vec![PATH], true),
        (vec![&*call, PATH], vec![&*second], false),
        (vec![&*call, &*missing], vec![&*missing], false),
        (vec![PATH], vec![&*second], false),
        (vec![PATH], vec![&*call], true),
        (vec![AVC], vec![&*call], false),
        (vec![&*call, PATH], vec![&*call], true),
        (vec![&*call, PATH], vec![&*other_call], true),
        (vec![&*execve], vec![&*head, &*tail], false),
        (vec![&*execve, &*head], vec![&*tail], false),
        (vec![&*execve, &*head], vec![&*head], true),
        (vec![&*execve, &*whole], vec![&*tail], true),
        (vec![&*head], vec![&*tail], false),
        (vec![&*head], vec![PATH], false),
        (vec![&*socket], vec![address], false),
        (vec![&*socket, address], vec![PATH], false),
        (vec![&*socket, address], vec![address], true),
        (vec![&*socket], vec![PATH, &*second], false),
        (vec![address], vec![address], true),
        (vec![address], vec![&*socket], true),
        (vec![AVC], vec![AVC], true),
        (vec![AVC], vec![CWD], false),
    ] {
        let lines = [&*first, &*next].concat();
        let found = read_in_chunks(&query, &lines, &[first.len()]);
        assert_eq!(found.is_none(), conflicts, "{first:#?} {next:#?}");
    }
}

#[test]
fn the_number_of_doubled_records_adds_up_over_chunks() {
    let login = "type=USER_ACCT msg=audit(1.000:7): pid=1 auid=7005 msg='op=x'";
    let getpid = SYSCALL.replace("syscall=257", "syscall=39").replace("items=1", "items=0");
    let lines = [login, login, login, &getpid, &getpid, PATH];
    for chunk in [0, 3, 6] {
        let outcome = read_in_chunks(&everything(), &lines, &[chunk]).expect("no conflict");
        assert_eq!(outcome.doubled, 4, "{chunk}");
    }
}

#[test]
fn records_with_and_without_their_host_are_noticed_in_any_order_and_chunks() {
    let login = "type=USER_ACCT msg=audit(1.000:7): pid=1 auid=7005 msg='op=x'";
    let (named_call, named_login) = (format!("node=a {SYSCALL}"), format!("node=a {login}"));
    let other = SYSCALL.replace("1.000:1", "1.000:3");
    for (lines, wanted) in [
        ([SYSCALL, PATH, &named_call, OTHER], true),
        ([&named_call, OTHER, SYSCALL, PATH], true),
        ([login, OTHER, OTHER, &named_login], true),
        ([OTHER, &named_login, OTHER, login], true),
        ([&named_call, &format!("node=a {other}"), OTHER, SYSCALL], true),
        ([SYSCALL, PATH, &named_login, OTHER], false),
        ([&other, PATH, OTHER, &named_call], false),
        ([&named_call, &named_login, OTHER, &named_call.replace("=a ", "=b ")], false),
    ] {
        // Stamps as in a real log: the table of calls seen is made for these.
        let real = |line: &str| line.replace(".000:", "477415593.489:5765");
        let lines = lines.map(real);
        let lines = borrow(&lines);
        for chunks in [&[4][..], &[1, 1, 1], &[2], &[0, 3], &[1]] {
            let outcome = read_in_chunks(&everything(), &lines, chunks).expect("no conflict");
            assert_eq!(outcome.has_possibly_doubled, wanted, "{chunks:?} {lines:#?}");
        }
        let mut query = everything();
        query.filter.fields.push(FieldFilter::Node([b"a".to_vec()].into()));
        assert!(!read_whole(&query, &lines).has_possibly_doubled, "{lines:#?}");
    }
}

#[test]
fn records_with_and_without_their_host_stay_noticed() {
    let login = "type=USER_ACCT msg=audit(1.000:1): pid=1 auid=7005 msg='op=x'";
    for record in [SYSCALL, login] {
        let record = |host: &str, serial: u32| {
            format!("{host}{record}").replace("1.000:1", &format!("1477415593.489:{serial}"))
        };
        let mut lines = vec![record("node=a ", 9000), record("", 9001), record("node=a ", 9001)];
        lines.extend((9002..9400).map(|serial| record("node=a ", serial)));
        let stay_noticed = |lines: &[String], chunks: &[usize]| {
            let outcome = read_in_chunks(&everything(), &borrow(lines), chunks);
            outcome.expect("no conflict").has_possibly_doubled
        };
        for chunks in [&[0][..], &[1], &[3], &[2, 1]] {
            assert!(stay_noticed(&lines, chunks), "{chunks:?} {}", lines[0]);
        }
        lines.swap(1, 2);
        assert!(stay_noticed(&lines, &[2]), "{}", lines[0]);
    }
}

/// The lines, and the same lines as auditd enriches them.
fn with_names(lines: &[String]) -> (Vec<String>, Vec<String>) {
    let mut enriched = lines.to_vec();
    for line in enriched.iter_mut().filter(|line| line.contains(" auid=")) {
        line.push_str("\x1dUID=\"root\" AUID=\"mira\" EUID=\"root\"");
    }
    (lines.to_vec(), enriched)
}

/// One of the orders in which two programs can write their lines.
fn interleave(random: &mut Rng, first: &[String], second: &[String]) -> Vec<String> {
    let (mut first, mut second, mut all) = (first.iter(), second.iter(), vec![]);
    while first.len() + second.len() > 0 {
        let next = if random.bool() { &mut first } else { &mut second };
        all.extend(next.take(random.usize(1..5)).cloned());
    }
    all
}

#[test]
fn a_name_is_found_whichever_of_two_equal_records_comes_first() {
    let login = "type=USER_ACCT msg=audit(1477415593.489:7): pid=1 auid=7005 msg='op=x'".to_owned();
    for lines in [vec![SYSCALL.to_owned(), PATH.to_owned()], vec![login]] {
        let (raw, enriched) = with_names(&lines);
        for lines in [[&*raw, &*enriched].concat(), [&*enriched, &*raw].concat()] {
            let (query, lines) = (everything(), borrow(&lines));
            let (tally, _) = assemble(&query, &lines, &[lines.len()]);
            assert_eq!(tally.names(7005).collect::<Vec<_>>(), [b"mira"], "{lines:#?}");
            assert_eq!(tally.counts(7005).expect("counts").events, 1);
        }
    }
    // Names of events that do not count are not collected.
    let (_, enriched) =
        with_names(&[SYSCALL.to_owned(), SYSCALL.replace("syscall=257", "syscall=2")]);
    let mut query = everything();
    query.filter.users = UserFilter::Only(vec![7.into()]);
    let (tally, _) = assemble(&query, &borrow(&enriched), &[2]);
    assert_eq!(tally.names(7005).count(), 0);
}

#[test]
fn a_filter_by_name_finds_an_event_whichever_of_two_equal_records_comes_first() {
    let command = "type=USER_CMD msg=audit(1.000:8): pid=1 uid=7005 auid=7005 ses=1 msg='cwd=\"/\" \
                   cmd=\"id\" exe=\"/usr/bin/sudo\" terminal=tty1 res=success'";
    let mut lines = mixed_events();
    lines.retain(|line| !line.starts_with("type=AVC"));
    lines.push(command.to_owned());
    let lines: Vec<_> =
        lines.iter().map(|line| line.replace("(1.000:", "(1477415593.489:5765")).collect();
    let (raw, enriched) = with_names(&lines);
    let names = NamedUsers { names: [b"mira".to_vec()].into(), ..NamedUsers::default() };
    let fields = vec![FieldFilter::LoginUser(names)];
    let query = Query { filter: Filter { fields, ..Filter::default() }, ..everything() };
    let wanted = read_whole(&query, &borrow(&enriched));
    assert!(wanted.counts.len() > 10 && wanted.incomplete == 0, "{wanted:?}");
    random_cases(100, |random| {
        let lines = interleave(random, &raw, &enriched);
        let lines = borrow(&lines);
        let one_chunk = read_whole(&query, &lines);
        assert_eq!((&one_chunk.counts, one_chunk.incomplete), (&wanted.counts, 0), "{lines:#?}");
        let chunks = [random.usize(..lines.len()), random.usize(..9)];
        if let Some(found) = read_in_chunks(&query, &lines, &chunks) {
            assert_eq!(found, one_chunk, "{chunks:?} {lines:#?}");
        }
    });
}

#[test]
fn a_second_call_of_an_event_that_counts_says_nothing_new() {
    let call = SYSCALL.replace("items=1", "items=2");
    let other = call.replace("a0=ffffff9c", "a0=4");
    let path = PATH.replace("item=0", "item=1");
    let lines = [CWD, &*call, PATH, &*other, &*path];
    let outcome = read_whole(&everything(), &lines);
    assert_eq!((outcome.incomplete, outcome.doubled), (0, 0), "{outcome:?}");
    assert_eq!(outcome.counts.get("Id(7005) file /tmp/a|"), Some(&2), "{outcome:?}");
}
