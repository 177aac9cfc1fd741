use super::*;
use crate::event::tests::outcome::Printer;
use crate::event::{EventAssembler, Sink};
use crate::filter::Query;
use crate::login_user::LoginUser;
use crate::section::{Collect, Sections};
use foldhash::fast::RandomState;
use std::sync::PoisonError;
use sysparse::audit;
use test_support::random_cases;

const WINDOW: u64 = REORDER_WINDOW;

/// What is done to a list of events, with the serial number of an event.
struct List {
    events: ListedEvents,
    printer: Printer,
}

impl List {
    fn new() -> List {
        let printer = Printer::default();
        let mut events = ListedEvents::default();
        events.set_printer(Box::new(printer.clone()));
        List { events, printer }
    }

    fn with<T>(&mut self, serial: u64, act: impl FnOnce(&mut ListedEvents, Owner<'_>) -> T) -> T {
        act(&mut self.events, Owner { user: LoginUser::Id(7), id: &id(serial) })
    }

    fn begin(&mut self, serial: u64, place: u64) {
        let line = format!("type=SYSCALL msg=audit(1.000:{serial}): pid={place}");
        self.with(serial, |events, owner| events.begin(owner, place, &record(&line)));
    }

    fn add(&mut self, serial: u64, item: &[u8]) {
        self.with(serial, |events, owner| events.add(owner, Section::Files, item));
    }

    /// An event with one item that is over.
    fn add_event(&mut self, serial: u64, place: u64) {
        self.begin(serial, place);
        self.add(serial, b"x");
        self.events.end(id(serial), place, false);
    }

    /// What is printed: the serial number of each event, and its line.
    fn printed(&self) -> Vec<(u64, String)> {
        self.printer.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn serials(&self) -> Vec<u64> {
        self.printed().into_iter().map(|(serial, _)| serial).collect()
    }

    /// The size of what is kept besides the current event.
    fn size(&self) -> usize {
        let others = self.events.others.values().map(|event| event.size());
        others.chain(self.events.expired.iter().map(ListedEvent::size)).sum()
    }

    fn count(&self) -> usize {
        let current = usize::from(self.events.current.is_some());
        current + self.events.others.len() + self.events.expired.len()
    }
}

fn record(line: &str) -> Record<'_> {
    audit::record(line.as_bytes()).expect("well-formed").expect("a record")
}

fn id(serial: u64) -> EventId {
    EventId::new(&record(&format!("type=CWD msg=audit(1.000:{serial}): cwd=\"/\"")), 0)
}

#[test]
fn the_size_of_an_event_is_that_of_all_its_parts() {
    let mut event = ListedEvent::new(id(1), 1);
    let empty = event.size();
    assert!(empty > 100);
    event.record.extend_from_slice(b"12345");
    event.cwd.extend_from_slice(b"123");
    event.items.push(b"1234567");
    assert_eq!(event.size(), empty + 5 + 3 + 4 + 7);
}

#[test]
fn the_size_of_what_is_kept_is_known_and_limited() {
    random_cases(300, |random| {
        let mut list = List::new();
        let mut chunk = List::new();
        let mut place = 1;
        for _ in 0..60 {
            place += [1, 1, WINDOW / 3, WINDOW, WINDOW + 1][random.usize(..5)];
            let list = if random.bool() { &mut list } else { &mut chunk };
            let serial = random.u64(1..6);
            match random.u8(..8) {
                0..3 => list.begin(serial, place),
                3 => list.add(serial, &b"0123456789"[..random.usize(..10)]),
                4 => list.events.end(id(serial), place, random.bool()),
                5 => drop(list.events.set_cwd(id(serial), |cwd| cwd.push(b'/'))),
                6 => list.events.release(place, None),
                _ => list.events.add_first_place(id(serial), place),
            }
            assert_eq!(list.events.bytes, list.size());
        }
        chunk.events.printer = None;
        list.events.merge(chunk.events, place, |_| None);
        assert_eq!(list.events.bytes, list.size());
        list.events.finish();
        assert_eq!((list.events.bytes, list.count()), (0, 0));
    });
}

#[test]
fn beyond_the_limit_the_older_half_is_printed() {
    for (excess, printed) in [(0, &[][..]), (1, &[1, 2, 3])] {
        let mut list = List::new();
        for serial in 1..5 {
            list.add_event(serial, serial);
        }
        let size = list.size() / 3;
        list.events.bytes = KEPT_MAX + excess - size;
        // An event that began at place 1 is open.
        list.events.release(5, Some(1));
        assert_eq!(list.serials(), printed);
        assert_eq!(list.events.bytes, KEPT_MAX + excess - printed.len() * size);
    }
}

#[test]
fn events_may_have_to_be_printed_after_a_while_or_beyond_the_limit() {
    let mut list = List::new();
    list.events.release(100, None);
    let next = 100 + WINDOW / 4;
    for (bytes, place, is_due) in [
        (0, next - 1, false),
        (0, next, true),
        (KEPT_MAX, next - 1, false),
        (KEPT_MAX + 1, next - 1, true),
    ] {
        list.events.bytes = bytes;
        assert_eq!(list.events.is_due(place), is_due, "{bytes} {place}");
    }
    list.events.printer = None;
    assert!(!list.events.is_due(next), "a chunk is printed when it is merged");
}

#[test]
fn two_chunks_are_kept_together_up_to_the_limit() {
    let kept = |bytes| ListedEvents { bytes, ..ListedEvents::default() };
    assert!(kept(KEPT_MAX - 7).fits(&kept(7)));
    assert!(!kept(KEPT_MAX - 7).fits(&kept(8)));
}

#[test]
fn an_event_is_printed_when_nothing_can_come_for_it_or_for_an_older_one() {
    let mut list = List::new();
    list.add_event(2, 20);
    list.add_event(1, 10);
    list.events.release(10 + WINDOW, None);
    assert_eq!(list.serials(), []);
    list.events.release(10 + WINDOW + 1, None);
    assert_eq!(list.serials(), [1]);
    list.events.release(20 + WINDOW + 1, Some(20));
    assert_eq!(list.serials(), [1]);
    list.events.release(20 + WINDOW + 1, Some(21));
    assert_eq!(list.serials(), [1, 2]);
    // A record for which no event is listed yet came before.
    list.events.add_first_place(id(3), 50_000);
    list.add_event(4, 50_001);
    list.events.release(50_000 + WINDOW, None);
    list.events.end(id(4), 50_001, false);
    assert_eq!(list.serials(), [1, 2]);
    list.events.release(50_001 + WINDOW + 1, None);
    assert_eq!(list.serials(), [1, 2, 4]);
}

#[test]
fn an_event_without_an_item_is_forgotten_at_its_end_unless_denials_count() {
    for (serial, keeps_empty, left) in [(1, false, 1), (2, false, 1), (1, true, 2), (3, true, 2)] {
        let mut list = List::new();
        list.begin(1, 1);
        list.begin(2, 2);
        list.events.end(id(serial), 3, keeps_empty);
        assert_eq!(list.count(), left, "{serial} {keeps_empty}");
    }
    let mut list = List::new();
    list.add_event(1, 1);
    assert_eq!(list.count(), 1);
    list.events.finish();
    assert_eq!(list.serials(), [1]);
}

#[test]
fn nothing_is_kept_of_a_complete_event_without_an_item() {
    let collect = Collect {
        sections: Sections::EMPTY.with(Section::Changes),
        each: true,
        ..Collect::default()
    };
    let query = Query { collect, ..Query::default() };
    let mut sink = Sink::new(collect);
    let mut assembler = EventAssembler::new(&query, RandomState::default());
    for (record, kept) in [
        ("SYSCALL @ arch=c000003e syscall=257 success=yes exit=3 a2=0 items=1 auid=7", 1),
        ("CWD @ cwd=\"/\"", 1),
        ("PATH @ item=0 name=\"a\" nametype=NORMAL", 0),
    ] {
        let line = format!("type={}", record.replace('@', "msg=audit(1.000:1):"));
        let header = audit::header(line.as_bytes()).expect("a record");
        assembler.add_record(header, &mut sink).expect("well-formed");
        let listed = sink.listed.as_ref().expect("a list");
        assert_eq!(usize::from(listed.current.is_some()) + listed.others.len(), kept, "{record}");
    }
}

#[test]
fn an_id_that_comes_again_beyond_the_window_is_another_event() {
    for (distance, wanted) in [(WINDOW, &["1"][..]), (WINDOW + 1, &["1", "again"])] {
        let mut list = List::new();
        list.add_event(1, 5);
        list.begin(1, 5 + distance);
        list.add(1, b"y");
        list.events.finish();
        let found: Vec<_> = list.printed().into_iter().map(|(_, line)| line).collect();
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        assert!(found[0].contains("pid 5 "), "{found:?}");
    }
    for (offset, count) in [(WINDOW, 1), (WINDOW + 1, 2)] {
        let (mut list, mut next) = (List::new(), List::new());
        list.add_event(1, 5);
        next.add_event(1, 5);
        list.events.merge(next.events, offset, |_| None);
        list.events.finish();
        assert_eq!(list.serials(), vec![1; count], "{offset}");
    }
}

#[test]
fn what_comes_of_a_printed_event_is_printed_apart_and_reported() {
    let mut list = List::new();
    list.add_event(1, 5);
    list.events.release(5 + WINDOW + 1, None);
    assert_eq!(list.events.in_parts().count, 0);
    list.add(1, b"late");
    list.add(2, b"never begun");
    list.events.finish();
    assert_eq!(list.serials(), [1, 1, 2]);
    assert!(list.printed()[1].1.ends_with("7 pid - in - None; file late"), "{:?}", list.printed());
    let in_parts = list.events.in_parts();
    assert_eq!((in_parts.count, in_parts.first.map(|stamp| stamp.serial)), (2, Some(1)));
}

#[test]
fn the_list_is_closed_when_nobody_reads_more() {
    struct Closed;
    impl EventPrinter for Closed {
        fn print(&mut self, _: &ListedEvent) {}
        fn flush(&mut self) -> bool {
            false
        }
    }
    let mut list = List::new();
    list.events.release(1, None);
    assert!(!list.events.is_closed());
    list.events.set_printer(Box::new(Closed));
    list.events.release(2, None);
    assert!(list.events.is_closed());
    list.events.set_printer(Box::new(list.printer.clone()));
    list.events.release(3, None);
    assert!(list.events.is_closed());
}

#[test]
fn an_event_of_two_chunks_keeps_what_says_most() {
    let line = |body: &str| format!("node=h type=SYSCALL msg=audit(1.000:1): {body}");
    let of = |kind, user, text: &str, place| {
        let mut event = ListedEvent::new(id(1), place);
        event.set_record(user, &Record { kind, ..record(text) });
        event
    };
    let (user, unknown) = (LoginUser::Id(7), LoginUser::Unknown);
    let ranked = [
        (RecordType::Avc, unknown),
        (RecordType::Avc, user),
        (RecordType::Syscall, unknown),
        (RecordType::Syscall, user),
    ];
    let first = line("pid=1");
    let second = line("pid=2");
    for (own, (own_kind, own_user)) in ranked.into_iter().enumerate() {
        for (other, (kind, user)) in ranked.into_iter().enumerate() {
            let wanted = if other > own { b" pid=2" } else { b" pid=1" };
            let mut merged = of(own_kind, own_user, &first, 3);
            merged.merge(of(kind, user, &second, 9));
            assert_eq!(merged.body(), wanted, "{own} {other}");
            assert_eq!((merged.first, merged.latest, merged.node()), (3, 9, Some(&b"h"[..])));
            let mut event = of(own_kind, own_user, &first, 3);
            event.set_record(user, &Record { kind, ..record(&second) });
            assert_eq!(event.body(), wanted, "{own} {other}");
            assert_eq!(event.user(), if other > own { user } else { own_user });
        }
        let mut empty = ListedEvent::new(id(1), 5).shift(10);
        assert_eq!((empty.first, empty.latest), (15, 15));
        empty.merge(of(own_kind, own_user, &first, 3));
        assert_eq!((empty.body(), empty.first, empty.latest), (&b" pid=1"[..], 3, 15));
    }
    let mut event = of(RecordType::Syscall, user, &first, 1);
    event.cwd.extend_from_slice(b"/a");
    event.items.push(b"\0x");
    let mut next = of(RecordType::Syscall, user, &first, 2);
    next.cwd.extend_from_slice(b"/b");
    next.uring_success = Some(false);
    next.items.push(b"\0y");
    event.merge(next);
    assert_eq!((event.cwd(), event.success()), (Some(b"/a".to_vec()), Some(false)));
    assert_eq!(event.items(), [(Section::Calls, &b"x"[..]), (Section::Calls, b"y")]);
}

#[test]
fn only_changes_stay_in_the_order_of_their_records() {
    let mut event = ListedEvent::new(id(1), 1);
    for (section, item) in [
        (Section::Changes, "b"),
        (Section::Changes, "a"),
        (Section::Files, "d"),
        (Section::Files, "c"),
    ] {
        event.items.push_parts(&[section as u8], item.as_bytes());
    }
    let items = event.items();
    let wanted = [
        (Section::Files, &b"c"[..]),
        (Section::Files, b"d"),
        (Section::Changes, b"b"),
        (Section::Changes, b"a"),
    ];
    assert_eq!(items, wanted);
}
