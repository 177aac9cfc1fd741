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

/// One of a few events. Some have the same key in the table of the calls that were seen.
fn id(number: u64) -> EventId {
    let serial = ["57658", "57659", "67658", "57660"];
    let serial = (0..).zip(serial).find(|(at, _)| *at == number).expect("one of four").1;
    id_of(&format!("1477415593.489:{serial}"), 0)
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
    random_cases(200, |random| {
        let (records, offset) = records(random);
        let follows_chunk = random.bool();
        let (mut calls, mut next) = (SeenCalls::new(follows_chunk), SeenCalls::new(true));
        // The latest record of each key, and whether the chunk before may hold it too.
        let mut latest: BTreeMap<u32, (u64, u32, u64)> = BTreeMap::new();
        let (mut next_latest, mut early, mut next_early) = (BTreeMap::new(), vec![], vec![]);
        for (event, place) in records {
            let (key, _) = id(event).table_key();
            let print = random.u32(..2);
            let (calls, latest, early, place) = if place <= offset {
                (&mut calls, &mut latest, &mut early, place)
            } else {
                (&mut next, &mut next_latest, &mut next_early, place - offset)
            };
            let known = latest.insert(key, (event, print, place));
            let is_known = |(known, known_print, first)| {
                known == event && known_print == print && reaches(first, place)
            };
            assert_eq!(calls.add(id(event), print, place), known.is_some_and(is_known));
            if place <= WINDOW {
                early.push((event, place));
            }
        }
        let has = |latest: &BTreeMap<_, (u64, u32, u64)>, event, place| {
            let (key, _) = id(event).table_key();
            latest
                .get(&key)
                .is_some_and(|(known, _, first)| *known == event && reaches(*first, place))
        };
        let conflicts =
            next_early.iter().any(|(event, place)| has(&latest, *event, place + offset));
        assert_eq!(calls.conflicts_with(&next, offset), conflicts);
        calls.merge(&next, offset);
        for (key, (event, print, place)) in next_latest {
            latest.insert(key, (event, print, place + offset));
        }
        early.extend(next_early.iter().map(|(event, place)| (*event, place + offset)));
        early.retain(|(_, place)| follows_chunk && *place <= WINDOW);
        let end = latest.values().map(|(.., place)| *place).max().expect("a record");
        for later in [end, end + 1, end + WINDOW / 2, end + WINDOW, end + WINDOW + 1] {
            for event in 0..4 {
                assert_eq!(calls.has(id(event), later), has(&latest, event, later));
            }
        }
        assert!(!calls.has_early(std::iter::empty()));
        for event in 0..4 {
            let is_early = early.iter().any(|(known, _)| *known == event);
            assert_eq!(calls.has_early([id(event)].into_iter()), is_early);
        }
        let any = calls.has_early((0..4).map(id));
        assert_eq!(any, !early.is_empty());
    });
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
fn the_key_of_an_event_is_the_end_of_its_serial_number() {
    for number in [0, 7, 10, 98, 99, 100, 1_234, 9_009, 9_999] {
        for stamp in ["1477415593.489:", "1477415593.489:1", "1477415593.489:98765"] {
            let (key, hash) = id_of(&format!("{stamp}{number:04}"), 0).table_key();
            assert_eq!((key, hash & 1), (number, 1));
        }
    }
    let mut hashes: Vec<_> = (0..test_support::rounds(10_000))
        .map(|n| id_of(&format!("1477415593.{:03}:5{:04}", n / 100, n % 100), 0).table_key().1)
        .collect();
    hashes.extend(
        (1..test_support::rounds(1_000))
            .map(|node| id_of("1477415593.000:50000", node << 40).table_key().1),
    );
    hashes.sort_unstable();
    let count = hashes.len();
    hashes.dedup();
    assert!(hashes.len() > count - 10, "{} of {count}", hashes.len());
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
