//! The tables in which events are looked up, each compared with a simple list.

use super::event_id::EventId;
use super::first_places::FirstPlaces;
use super::recent_calls::RecentCalls;
use super::seen_calls::{SeenCalls, fingerprint};
use super::span::Span;
use super::waiting_calls::{WaitingCall, WaitingCalls};
use super::*;
use std::collections::BTreeMap;
use sysparse::sockaddr::ByteOrder;
use test_support::Rng;

const WINDOW: u64 = REORDER_WINDOW;

fn id_of(stamp: &str, node: u64) -> EventId {
    let line = format!("type=CWD msg=audit({stamp}): cwd=\"/\"");
    let record = audit::record(line.as_bytes()).expect("well-formed").expect("a record");
    EventId::new(&record, node)
}

/// One of a few events. Some have the same place in the table of the calls that were seen.
fn id(number: u64) -> EventId {
    let stamps = [
        "1477415593.489:57658",
        "1477415593.489:57659",
        "1477415593.489:157658",
        "1477415693.489:57658",
    ];
    let stamp = (0..).zip(stamps).find(|(at, _)| *at == number).expect("one of four").1;
    id_of(stamp, 0)
}

/// Two chunks: for each record the event and its place in the log, and where the second chunk begins.
fn records(random: &mut Rng) -> (Vec<(u64, u64)>, u64) {
    let mut place = 0;
    let mut next = || {
        place += [1, 2, WINDOW / 2, WINDOW - 1, WINDOW, WINDOW + 1][random.usize(..6)];
        (random.u64(..4), place)
    };
    let records: Vec<_> = (0..12).map(|_| next()).collect();
    let (_, first) = records[random.usize(..records.len())];
    let (_, end) = records[records.len() - 1];
    (records, if random.bool() { first } else { end })
}

fn reaches(place: u64, later: u64) -> bool {
    later - place <= WINDOW
}

#[test]
fn the_first_places_are_those_of_the_first_records_within_the_window() {
    /// The events within the window, with the places of their first records.
    fn add(list: &mut Vec<(u64, u64)>, event: u64, place: u64) {
        list.retain(|(_, first)| reaches(*first, place));
        if !list.iter().any(|(known, _)| *known == event) {
            list.push((event, place));
        }
    }
    random_cases(500, |random| {
        let (records, offset) = records(random);
        let (mut places, mut next) = (FirstPlaces::default(), FirstPlaces::default());
        let (mut list, mut next_list) = (Vec::new(), Vec::new());
        for (event, place) in records {
            if place <= offset {
                places.add(id(event), place);
                add(&mut list, event, place);
            } else {
                next.add(id(event), place - offset);
                add(&mut next_list, event, place - offset);
            }
        }
        places.merge(&next, offset);
        for (event, place) in next_list {
            add(&mut list, event, place + offset);
        }
        let (_, end) = list[list.len() - 1];
        for later in [end, end + 1, end + WINDOW, end + WINDOW + 1] {
            for event in 0..4 {
                let first = list.iter().find(|(known, _)| *known == event);
                let first = first.filter(|(_, first)| *first < later && reaches(*first, later));
                let wanted = first.map_or(later, |(_, first)| *first);
                assert_eq!(places.get(id(event), later), wanted);
            }
        }
    });
}

#[test]
fn calls_are_seen_again_within_the_window() {
    random_cases(500, |random| {
        let (records, offset) = records(random);
        let (follows_chunk, seed) = (random.bool(), RandomState::default());
        let mut calls = SeenCalls::new(&seed, follows_chunk);
        let mut next = SeenCalls::new(&seed, true);
        // The latest place of each different record.
        let (mut list, mut next_list) = (BTreeMap::new(), BTreeMap::new());
        let (mut early, mut next_early) = (vec![], vec![]);
        for (event, place) in records {
            let print = random.u32(..2);
            let (calls, list, early, place) = if place <= offset {
                (&mut calls, &mut list, &mut early, place)
            } else {
                (&mut next, &mut next_list, &mut next_early, place - offset)
            };
            let known = list.insert((event, print), place);
            let is_known = known.is_some_and(|known| reaches(known, place));
            assert_eq!(calls.add(id(event), print, place), is_known);
            if place <= WINDOW {
                early.push((event, place));
            }
        }
        let has = |list: &BTreeMap<_, _>, event, later| {
            let places = [0, 1].map(|print| list.get(&(event, print)));
            places.into_iter().flatten().any(|place| reaches(*place, later))
        };
        let conflicts = next_early.iter().any(|(event, place)| has(&list, *event, place + offset));
        assert_eq!(calls.conflicts_with(&next, offset), conflicts);
        calls.merge(&next, offset);
        for (call, place) in next_list {
            list.insert(call, place + offset);
        }
        early.extend(next_early.iter().map(|(event, place)| (*event, place + offset)));
        early.retain(|(_, place)| follows_chunk && *place <= WINDOW);
        let end = *list.values().max().expect("a record");
        for later in [end, end + 1, end + WINDOW / 2, end + WINDOW, end + WINDOW + 1] {
            for event in 0..4 {
                assert_eq!(calls.has(id(event), later), has(&list, event, later));
            }
        }
        for event in 0..4 {
            let is_near = has(&list, event, end);
            assert!(!is_near || calls.holds(calls.key(id(event))), "{event}");
            let is_early = early.iter().any(|(known, _)| *known == event);
            assert_eq!(calls.has_early([id(event)].into_iter()), is_early);
        }
        assert!(!calls.has_early(std::iter::empty()));
        assert_eq!(calls.has_early((0..4).map(id)), !early.is_empty());
        assert!(!calls.holds(calls.key(id_of("1477415593.489:57661", 0))));
        // What comes last is compared with all that a chunk before it left.
        for (event, print) in [(0, 0), (2, 1), (3, 0), (0, 1), (1, 1), (0, 0)] {
            let known = list.insert((event, print), end + 1);
            let is_known = known.is_some_and(|known| reaches(known, end + 1));
            assert_eq!(calls.add(id(event), print, end + 1), is_known);
        }
    });
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn a_call_is_seen_again_over_the_whole_window_whatever_the_serial_numbers_are() {
    let steps = [1, 999, 10_000, 100_000];
    for (step, digits) in steps.into_iter().flat_map(|step| [(step, 5), (step, 8), (step, 10)]) {
        let id = |number: u64| {
            let serial = 10_u64.pow(digits - 1) + number / 2 * step;
            id_of(&format!("1477415593.489:{serial}"), (number % 2) << 40)
        };
        let mut calls = SeenCalls::new(&RandomState::default(), false);
        for number in 1..=WINDOW {
            assert!(!calls.add(id(number), 7, number), "{step} {number}");
        }
        for number in 1..=WINDOW {
            assert!(calls.add(id(number), 7, WINDOW + number), "{step} {number}");
        }
    }
}

#[test]
fn a_call_is_compared_with_some_different_ones_of_its_event() {
    for (others, is_known) in [(0, true), (1, true), (16, true), (17, false)] {
        let mut calls = SeenCalls::new(&RandomState::default(), false);
        for print in 0..=others {
            assert!(!calls.add(id(0), print, u64::from(print) + 1));
        }
        assert_eq!(calls.add(id(0), 0, u64::from(others) + 2), is_known, "{others}");
    }
}

#[test]
fn complete_calls_are_found_within_the_window() {
    random_cases(100, |random| {
        let (records, offset) = records(random);
        let seed = RandomState::default();
        let follows_chunk = random.bool();
        let mut calls = RecentCalls::new(seed.clone(), follows_chunk);
        let mut next = RecentCalls::new(seed, true);
        let (mut latest, mut early, mut next_early) = (BTreeMap::new(), vec![], vec![]);
        for (event, place) in records {
            let user = Some(LoginUser::Id(random.u32(..9)));
            let distance = random.u64(..3).min(place - 1);
            let span = |latest: u64| Span { first: latest.saturating_sub(distance), latest };
            latest.insert(event, (user, place));
            let (calls, early, place) = if place <= offset {
                (&mut calls, &mut early, place)
            } else {
                (&mut next, &mut next_early, place - offset)
            };
            calls.add(id(event), user, span(place));
            if span(place).first <= WINDOW {
                early.push((event, span(place).first));
            }
        }
        calls.merge(&next, offset);
        early.extend(next_early.iter().map(|(event, first)| (*event, first + offset)));
        early.retain(|(_, first)| follows_chunk && *first <= WINDOW);
        let end = latest.values().map(|(_, place)| *place).max().expect("a record");
        for later in [end, end + 1, end + WINDOW / 2, end + WINDOW, end + WINDOW + 1] {
            for event in 0..4 {
                let found = calls.find(id(event), later).map(|call| (call.user, call.place));
                let known = latest.get(&event).copied();
                assert_eq!(found, known.filter(|(_, place)| reaches(*place, later)));
            }
        }
        for event in 0..4 {
            let found = calls.find_early([id(event)].into_iter());
            let found: Vec<_> = found.iter().map(|(_, call)| call.place).collect();
            let known = early.iter().filter(|(known, _)| *known == event);
            assert_eq!(found, known.map(|(_, first)| *first).collect::<Vec<_>>());
        }
        assert!(calls.find_early(std::iter::empty()).is_empty());
    });
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn the_latest_calls_of_a_window_are_all_found() {
    let auid = |place: u64| u32::try_from(place).expect("a small number");
    let stamp = |place: u64| id_of(&format!("1477415593.489:{}", 1_000_000 + place), 0);
    let seed = RandomState::default();
    let mut calls = RecentCalls::new(seed.clone(), false);
    let mut next = RecentCalls::new(seed, true);
    let (first, end) = (WINDOW + 1_000, 2 * WINDOW + 3_000);
    for place in 1..=end {
        let user = Some(LoginUser::Id(auid(place)));
        if place <= first {
            calls.add(stamp(place), user, Span::start(place));
        } else {
            next.add(stamp(place), user, Span::start(place - first));
        }
    }
    let find = |calls: &RecentCalls, place: u64, later| {
        calls.find(stamp(place), later).and_then(|call| call.user)
            == Some(LoginUser::Id(auid(place)))
    };
    for place in 1..=first {
        assert_eq!(find(&calls, place, first), reaches(place, first), "{place}");
    }
    calls.merge(&next, first);
    for place in 1..=end {
        assert_eq!(find(&calls, place, end), reaches(place, end), "{place}");
    }
}

#[test]
fn a_waiting_call_is_taken_once_within_the_window() {
    let call = |place| WaitingCall {
        user: LoginUser::Unknown,
        name: "connect",
        order: ByteOrder::Little,
        place,
    };
    random_cases(500, |random| {
        let (records, offset) = records(random);
        let seed = RandomState::default();
        let (mut calls, mut next) = (WaitingCalls::new(seed.clone()), WaitingCalls::new(seed));
        let mut latest = BTreeMap::new();
        for (event, place) in records {
            latest.insert(event, place);
            if place <= offset {
                calls.add(id(event), call(place));
            } else {
                next.add(id(event), call(place - offset));
            }
        }
        calls.merge(&next, offset);
        let end = *latest.values().max().expect("a record");
        let later = end + [0, 1, WINDOW - 1, WINDOW, WINDOW + 1][random.usize(..5)];
        for event in 0..4 {
            let known = latest.get(&event).copied().filter(|place| reaches(*place, later));
            let found = calls.take(id(event), later).map(|call| call.place);
            assert_eq!(found, known);
            assert!(calls.take(id(event), later).is_none());
        }
    });
}

#[test]
fn events_of_one_host_that_follow_each_other_are_neighbors() {
    for number in [0, 7, 10, 98, 99, 100, 1_234, 9_009, 9_999, 10_000, 98_765] {
        for stamp in ["1477415593.489:", "1477415593.489:1", "1477415593.489:98765", "1.5:98765"] {
            let stamp = format!("{stamp}{number:05}");
            assert_eq!(id_of(&stamp, 0).neighborhood(), number, "{stamp}");
            assert_eq!(id_of(&stamp, (7 << 32) + 100).neighborhood(), number + 100, "{stamp}");
        }
    }
}

#[test]
fn the_hash_of_an_event_depends_on_each_digit_of_its_stamp_and_on_its_node() {
    let seeds = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0];
    let hash = |stamp: &str, node| id_of(stamp, node).hash_seeded(seeds);
    let stamps = ["1477415593.489:12345", "1477415593.489:123456789", "1477415593.000:4123456789"];
    let mut hashes = vec![];
    for stamp in stamps {
        hashes.extend((32..64).map(|bit| hash(stamp, 1 << bit)));
        hashes.push(hash(stamp, 0));
        for at in (0..stamp.len()).filter(|at| stamp.as_bytes()[*at].is_ascii_digit()) {
            let mut other = stamp.to_owned();
            for digit in (b'0'..=b'9').filter(|digit| *digit != stamp.as_bytes()[at]) {
                other.replace_range(at..=at, char::from(digit).encode_utf8(&mut [0; 4]));
                hashes.push(hash(&other, 0));
            }
        }
    }
    // Their texts differ in length only.
    hashes.extend(
        ["1477415593.489:12345678", "1477415593.489:112345678"].map(|stamp| hash(stamp, 0)),
    );
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
    // The bits are spread: of many hashes each bit is set in about half.
    for bit in 0..64 {
        let set = hashes.iter().filter(|hash| *hash >> bit & 1 == 1).count();
        assert!((count / 3..count * 2 / 3).contains(&set), "{bit}: {set} of {count}");
    }
}

#[test]
fn a_fingerprint_depends_on_the_call_its_result_and_two_arguments() {
    let body: Vec<u8> = (0..100).collect();
    let mut prints = vec![fingerprint(&body)];
    for at in 0..body.len() {
        let counts = matches!(at, 16..24 | 32..40 | 48..56 | 64..72);
        for bit in 0..8 {
            let mut other = body.clone();
            other[at] ^= 1 << bit;
            let print = fingerprint(&other);
            assert_eq!(print != prints[0], counts, "{at}");
            if counts {
                prints.push(print);
            }
        }
    }
    // A blank stands for each byte that is missing.
    for length in 0..72 {
        let padded = [&body[..length], &[b' '; 100]].concat();
        assert_eq!(fingerprint(&body[..length]), fingerprint(&padded), "{length}");
    }
}
