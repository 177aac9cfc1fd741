//! What is held of one event.

use super::outcome::{Outcome, borrow, read_in_chunks, read_whole};
use super::rare_state::{Claim, PackedBytes, RareState};
use super::*;

/// All claims, those that say least first: by whether the user is known, and whether it counts.
fn claims() -> Vec<Claim> {
    let users = [LoginUser::Unknown, LoginUser::Id(7)];
    let of = |user| [false, true].map(|counts| Claim { user, counts, is_refusal: false });
    users.into_iter().flat_map(of).collect()
}

#[test]
fn of_the_standalone_records_of_an_event_the_one_with_a_login_user_speaks() {
    let claims = claims();
    for (first, one) in claims.iter().enumerate() {
        for (second, other) in claims.iter().enumerate() {
            for refusals in [[false, false], [false, true], [true, false], [true, true]] {
                let mut state = RareState::default();
                state.add_claim(Claim { is_refusal: refusals[0], ..*one });
                let mut next = RareState::default();
                next.add_claim(Claim { is_refusal: refusals[1], ..*other });
                state.merge(next);
                let found = state.claim.expect("a claim");
                let wanted = &claims[first.max(second)];
                assert_eq!((found.user, found.counts), (wanted.user, wanted.counts));
                assert_eq!(found.is_refusal, refusals.contains(&true));
            }
        }
    }
}

#[test]
fn of_two_login_users_of_one_event_the_first_speaks() {
    let claim = |auid| Claim { user: LoginUser::Id(auid), counts: true, is_refusal: false };
    let mut state = RareState::default();
    state.add_claim(claim(7));
    state.add_claim(claim(8));
    assert_eq!(state.claim.map(|claim| claim.user), Some(LoginUser::Id(7)));
}

#[test]
fn an_event_that_lacks_its_call_counts_if_it_is_a_refusal_or_names_the_user() {
    for (known, counts, is_refusal, lacks_call, wanted) in [
        (false, true, false, false, true),
        (false, true, false, true, false),
        (false, true, true, true, true),
        (true, true, false, true, true),
        (true, false, true, false, false),
        (true, false, true, true, false),
    ] {
        let user = if known { LoginUser::Id(7) } else { LoginUser::Unknown };
        let claim = Claim { user, counts, is_refusal };
        assert_eq!(claim.is_event(lacks_call), wanted, "{claim:?}");
    }
}

#[test]
fn everything_that_is_held_has_a_size() {
    let with = |set: &dyn Fn(&mut RareState)| {
        let mut state = RareState {
            cwd: Some(b"12345".as_slice().into()),
            address: Some(b"1234567".as_slice().into()),
            ..RareState::default()
        };
        set(&mut state);
        state.pending_bytes()
    };
    let size = with(&|_| ());
    assert!(size > 500, "an address keeps an event open");
    let push = |bytes: &mut PackedBytes| bytes.push(b"123");
    assert_eq!(with(&|state| state.cwd = None), size - 5);
    assert_eq!(with(&|state| state.address = Some(b"1".as_slice().into())), size - 6);
    assert_eq!(with(&|state| state.address = None), 5);
    assert_eq!(with(&|state| push(&mut state.paths)), size + 7);
    assert_eq!(with(&|state| push(&mut state.denials)), size + 7);
    assert_eq!(with(&|state| push(&mut state.changes)), size + 7);
    assert_eq!(with(&|state| push(&mut state.failures)), size + 7);
    let execve = audit::record(b"type=EXECVE msg=audit(1.000:1): a1=\"abc\"");
    let execve = execve.expect("well-formed").expect("a record");
    assert!(with(&|state| assert!(state.arguments.add(&execve, true))) > size + 3);
}

/// Reads each of two parts of an event. Returns whether a record of the second may double one of the
/// first.
fn parts_conflict(first: &[&str], second: &[&str]) -> bool {
    let query = everything();
    let mut sink = Sink::new(query.collect);
    let [first, second] = [first, second].map(|lines| {
        let mut assembler = EventAssembler::new(&query, RandomState::default());
        for line in lines {
            add(&mut assembler, line, &mut sink);
        }
        assembler
    });
    let event = |part: &EventAssembler<'_>| part.open.ids().next().expect("an open event");
    let [first, second] = [&first, &second].map(|part| part.open.get(event(part)));
    first.expect("an event").conflicts_with(second.expect("an event"))
}

#[test]
fn the_parts_of_an_event_in_two_chunks_conflict_if_both_hold_the_same() {
    let call = SYSCALL.replace("items=1", "items=3");
    let execve = call.replace("syscall=257", "syscall=59");
    let socket = call.replace("syscall=257", "syscall=42");
    let address = "type=SOCKADDR msg=audit(1.000:1): saddr=01002F78";
    let second = PATH.replace("item=0", "item=1");
    let part = |text: &str| format!("type=EXECVE msg=audit(1.000:1): {text}");
    let [whole, head, tail] = ["argc=1 a0=\"b\"", "argc=2 a0=\"b\"", "a1=\"c\""].map(part);
    let path = |item| PATH.replace("item=0", item);
    for (first, next, conflicts) in [
        (&[&*call][..], &[&*call][..], true),
        (&[&*call], &[&*call.replace("yes exit=3", "no exit=-2")], false),
        (&[&*call], &[PATH], false),
        (&[PATH], &[PATH], true),
        (&[PATH], &[&*second], false),
        (&[&*path("item=63")], &[&*path("item=63")], true),
        (&[&*path("item=64")], &[&*path("item=64")], false),
        (&[PATH, &*second], &[&*second], true),
        (&[&*head], &[&*tail], false),
        (&[&*head], &[&*head], true),
        (&[&*head], &[PATH], false),
        (&[&*execve, &*whole], &[&*tail], true),
        (&[&*tail], &[&*execve, &*whole], true),
        (&[&*execve, &*whole], &[PATH], false),
        (&[PATH], &[&*execve, &*whole], false),
        (&[address], &[address], true),
        (&[&*socket, address], &[address], true),
        (&[&*socket, address], &[PATH], false),
        (&[AVC], &[AVC], false),
    ] {
        assert_eq!(parts_conflict(first, next), conflicts, "{first:#?} {next:#?}");
    }
}

#[test]
fn a_command_that_is_counted_stays_counted_over_chunks() {
    let execve = SYSCALL.replace("syscall=257", "syscall=59").replace("items=1", "items=2");
    let whole = "type=EXECVE msg=audit(1.000:1): argc=1 a0=\"b\"";
    let query = everything();
    for lines in [[AVC, &*execve, whole, whole, PATH], [&*execve, AVC, whole, PATH, whole]] {
        assert_eq!(read_whole(&query, &lines).doubled, 1);
        let chunks: &[usize] = if lines[0] == AVC { &[1, 2] } else { &[2, 1, 1] };
        assert_eq!(read_in_chunks(&query, &lines, chunks), None);
    }
}

/// The outcome with everything collected.
fn read_everything(lines: &[&str]) -> Outcome {
    read_whole(&everything(), lines)
}

#[test]
fn the_first_record_of_its_type_says_how_others_are_meant() {
    let call = SYSCALL.replace("syscall=257", "syscall=437");
    let flags = |flags: &str| format!("type=OPENAT2 msg=audit(1.000:1): {flags}mode=0 resolve=0");
    let [first, second, none] = ["oflag=02 ", "oflag=0 ", ""].map(flags);
    let cwd = |cwd: &str| format!("type=CWD msg=audit(1.000:1): {cwd}");
    let [here, there, nowhere] = ["cwd=\"/a\"", "cwd=\"/b\"", "x=1"].map(cwd);
    for lines in [
        [PATH, &*first, &*second, &*none, &*here, &*there, &*nowhere, &*call],
        [&*none, &*first, &*second, &*nowhere, &*here, &*there, &*call, PATH],
    ] {
        let outcome = read_everything(&lines);
        assert_eq!(outcome.counts.get("Id(7005) file /a/a|rw"), Some(&1), "{outcome:#?}");
    }
}

#[test]
fn an_event_has_one_socket_address() {
    let connect = SYSCALL.replace("syscall=257", "syscall=42");
    let address = |path: &str| format!("type=SOCKADDR msg=audit(1.000:1): saddr=01002F{path}");
    let [first, second] = ["78", "79"].map(address);
    for lines in [
        [&*first, &*second, &*connect, CWD, PATH],
        [&*first, &*connect, &*second, CWD, PATH],
        [&*connect, CWD, &*first, &*second, PATH],
    ] {
        let outcome = read_everything(&lines);
        assert_eq!(outcome.counts.get("Id(7005) address /x|connect"), Some(&1), "{outcome:#?}");
        assert!(!outcome.counts.keys().any(|key| key.contains("/y|")), "{outcome:#?}");
    }
}

#[test]
fn an_unknown_operation_of_io_uring_opens_nothing() {
    let call = SYSCALL.replace("syscall=257", "syscall=426");
    for operation in ["63", "64", "65", "x"] {
        let operation =
            format!("type=URINGOP msg=audit(1.000:1): uring_op={operation} success=yes");
        let outcome = read_everything(&[&*call, &*operation, CWD, PATH]);
        assert!(!outcome.counts.keys().any(|key| key.contains("file")), "{outcome:#?}");
    }
}

#[test]
fn a_change_that_lacks_a_record_is_incomplete() {
    let call = SYSCALL.replace("syscall=257", "syscall=82").replace("items=1", "items=2");
    let second = PATH.replace("item=0", "item=1");
    assert_eq!(read_everything(&[&*call, CWD, PATH]).incomplete, 1);
    assert_eq!(read_everything(&[&*call, CWD, PATH, &*second]).incomplete, 0);
    let sections = Sections::EMPTY.with(Section::Calls).with(Section::Commands);
    let query = query(Collect { sections, ..Collect::default() });
    assert_eq!(read_whole(&query, &[&*call, PATH]).incomplete, 0, "no section needs its files");
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn a_record_comes_within_the_window_in_any_chunks() {
    let getpid = SYSCALL.replace("syscall=257", "syscall=39").replace("items=1", "items=0");
    let connect = getpid.replace("syscall=39", "syscall=42");
    let address = "type=SOCKADDR msg=audit(1.000:1): saddr=01002F78";
    let all = Query { filter: Filter::default(), ..everything() };
    for (first, second) in [(AVC, &*getpid), (&*getpid, AVC), (&*connect, address), (SYSCALL, AVC)]
    {
        for distance in [window(), window() + 1] {
            let mut lines = vec![OTHER; 6];
            lines.push(first);
            lines.extend(std::iter::repeat_n(OTHER, distance - 1));
            lines.push(second);
            let outcome = read_whole(&all, &lines);
            let found = outcome.counts.keys().any(|key| {
                key.starts_with("Id(7005) denial") || key.starts_with("Id(7005) address")
            });
            assert_eq!(found, distance == window(), "{outcome:#?}");
            for chunks in [&[7][..], &[8], &[3, 8], &[distance / 2, 9], &[lines.len() - 1]] {
                let found = read_in_chunks(&all, &lines, chunks);
                assert_eq!(found.as_ref(), Some(&outcome), "{chunks:?}");
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn events_are_evicted_when_the_window_has_passed() {
    let query = files(false);
    let path = |serial: u32| PATH.replace("1.000:1", &format!("1.000:{serial}"));
    let (first, second) = (path(1), path(2));
    for (at, open) in [(0, 4), (1, 3), (2, 2)] {
        let mut lines = vec![OTHER, OTHER, OTHER, &*first, &*second];
        lines.extend(std::iter::repeat_n(OTHER, window() - 3 + at));
        let last = [path(3), path(4)];
        lines.extend(borrow(&last));
        let mut sink = Sink::new(query.collect);
        let mut assembler = EventAssembler::new(&query, RandomState::default());
        for line in &lines {
            add(&mut assembler, line, &mut sink);
        }
        assert_eq!(assembler.open.iter().count(), open, "{at}");
        assert_eq!(assembler.flush(&mut sink), 4);
    }
}
