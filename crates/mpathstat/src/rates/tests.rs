use super::*;
use crate::sample::{Failures, Reading};
use crate::topology::text;
use sysparse::diskstats::{Discards, Flushes, Io};

fn reading(reads: u64, read_ms: u64) -> Reading {
    let io = Io { reads, read_ms, sectors_read: reads * 8, ..Io::default() };
    Reading { number: (8, 0), io, failures: None }
}

#[test]
fn figures_are_those_of_one_device_whose_counters_increased() {
    let done = Figures::between(&reading(10, 5), &reading(30, 45), 2.0).unwrap();
    assert_eq!(
        [done.reads_per_s(), done.await_ms(), done.read_kib_per_s(), done.queue()],
        [Some(10.0), Some(2.0), Some(40.0), Some(0.0)]
    );
    assert!(Figures::between(&reading(10, 5), &reading(30, 45), 0.0).is_none(), "no time elapsed");
    assert!(
        Figures::between(&reading(30, 45), &reading(10, 5), 1.0).is_none(),
        "a counter was reset"
    );
    let other = Reading { number: (8, 16), ..reading(30, 45) };
    assert!(Figures::between(&reading(10, 5), &other, 1.0).is_none(), "it is a different device");
}

#[test]
fn milliseconds_wrap_at_32_bits() {
    let near = (1 << 32) - 10;
    let done = Figures::between(&reading(0, near), &reading(4, 6), 1.0).unwrap();
    assert_eq!((done.read_ms, done.await_ms()), (16.0, Some(4.0)));
    assert!(
        Figures::between(&reading(0, near / 2), &reading(4, 6), 1.0).is_none(),
        "too large an increase"
    );
}

#[test]
fn only_known_failures_add_up() {
    let failures =
        |errors, timeouts| Some(Failures { errors: Some(errors), timeouts, ..Failures::default() });
    let (mut old, mut new) = (reading(0, 0), reading(4, 4));
    (old.failures, new.failures) = (failures(3, None), failures(5, None));
    let known = Figures::between(&old, &new, 1.0).unwrap();
    assert_eq!((known.errors, known.timeouts), (Some(2.0), None));
    let mut sum = Figures::default();
    sum += &Figures::between(&reading(0, 0), &reading(1, 1), 1.0).unwrap();
    assert_eq!(sum.errors, None);
    sum += &known;
    sum += &known;
    assert_eq!((sum.errors, sum.reads), (Some(4.0), 9.0));
}

#[test]
fn figures_of_a_text_are_shown_as_they_are() {
    let printed = Printed { await_ms: Some(2750.0), reads: Some(0.0), ..Printed::default() };
    let figures = |printed: Printed, writes: f64, write_ms: f64| Figures {
        seconds: 1.0,
        writes,
        write_ms,
        printed: Some(Box::new(printed)),
        ..Figures::default()
    };
    let seldom = figures(printed, 0.0, 0.0);
    assert_eq!([seldom.await_ms(), seldom.reads_per_s()], [Some(2750.0), Some(0.0)]);
    assert_eq!([seldom.writes_per_s(), seldom.queue()], [None, None]);
    let mut sum = Figures::default();
    sum += &seldom;
    assert_eq!(sum.await_ms(), None, "rates of zero weight nothing");
    sum += &figures(Printed { await_ms: Some(4.0), ..printed }, 2.0, 8.0);
    assert_eq!([sum.await_ms(), sum.reads_per_s()], [Some(4.0), Some(0.0)]);
}

#[test]
fn a_device_that_completes_nothing_has_no_await() {
    let in_flight = |before: u64, after: u64, reads: u64| {
        let (mut old, mut new) = (reading(10, 10), reading(10 + reads, 10 + reads));
        (old.io.in_flight, new.io.in_flight) = (before, after);
        Figures::between(&old, &new, 1.0).unwrap()
    };
    let waiting = in_flight(0, 1, 0);
    assert_eq!((waiting.await_ms(), waiting.stalled(), waiting.is_active()), (None, 1.0, true));
    let done = in_flight(1, 1, 1);
    assert_eq!((done.await_ms(), done.stalled()), (Some(1.0), 0.0));
    let idle = in_flight(1, 0, 0);
    assert_eq!((idle.await_ms(), idle.is_active()), (Some(0.0), false));
    assert_eq!(in_flight(0, (1 << 31) - 1, 0).in_flight, Some(2_147_483_647.0));
    for lost in [1 << 31, (1 << 32) - 1, u64::MAX] {
        assert_eq!(in_flight(0, lost, 0).in_flight, None, "{lost}");
    }
}

#[test]
fn discards_and_flushes_are_activity() {
    let (mut old, mut new) = (reading(10, 10), reading(10, 10));
    old.io.discards = Some(Discards { count: 5, ms: 10, ..Discards::default() });
    new.io.discards = Some(Discards { count: 9, ms: 30, ..Discards::default() });
    let figures = Figures::between(&old, &new, 2.0).unwrap();
    assert!(figures.is_active());
    assert_eq!(figures.discards_per_s(), Some(2.0));
    assert_eq!(figures.discard_await_ms(), Some(5.0));
    assert_eq!(figures.flushes_per_s(), None, "unknown before Linux 5.5");
    old.io.flushes = Some(Flushes::default());
    new.io.flushes = Some(Flushes { count: 1, ms: 3 });
    new.io.discards = old.io.discards;
    let figures = Figures::between(&old, &new, 2.0).unwrap();
    assert!(figures.is_active());
    assert_eq!(figures.flush_await_ms(), Some(3.0));
}

/// A map with four paths in one group.
fn topology() -> Topology {
    let lines = "mpatha (36001) dm-0 A,B\nsize=1G\n`-+- policy='x' prio=1 status=active\n  \
        |- 0:0:0:0 sda 8:0 active ready running\n  |- 1:0:0:0 sdb 8:16 active ready running\n  \
        |- 2:0:0:0 sdc 8:32 active ready running\n  `- 3:0:0:0 sdd 8:48 active ready offline\n";
    text::read(lines.as_bytes(), |_, _| ()).unwrap()
}

/// Reads and milliseconds.
fn read(reads: f64, read_ms: f64) -> Figures {
    Figures { seconds: 1.0, reads, read_ms, read_kib: reads, ..Figures::default() }
}

/// The marks of the map and of its paths after an interval of a second.
fn all_marks(
    marker: &mut Marker,
    topology: &Topology,
    map: &Figures,
    paths: &[Figures; 4],
) -> Vec<String> {
    let names = [&b"sda"[..], b"sdb", b"sdc", b"sdd"];
    let mut rates = IntervalRates::new(topology, None, 1.0, |device| {
        let path = names.iter().position(|name| *name == device.kernel);
        Some(path.map_or_else(|| map.clone(), |at| paths[at].clone()))
    });
    marker.mark(&mut rates);
    let mark = |name: &[u8], marks: &[Mark]| {
        let keys = marks.iter().map(Mark::key).collect::<Vec<_>>().join(" ");
        format!("{} {keys}", name.escape_ascii())
    };
    let mut found = Vec::new();
    for map in &rates.maps {
        let paths = map.paths.iter().map(|path| (&path.path.device.kernel, &path.marks));
        let all = std::iter::once((&map.map.name, &map.marks)).chain(paths);
        found.extend(all.filter(|(_, marks)| !marks.is_empty()).map(|(name, it)| mark(name, it)));
    }
    found.retain(|mark| mark != "sdd state");
    found
}

/// The same, if the paths had these reads and milliseconds, and the map all of the reads.
fn marks(marker: &mut Marker, topology: &Topology, paths: [(f64, f64); 4]) -> Vec<String> {
    let map = read(paths.iter().map(|(reads, _)| reads).sum(), 0.0);
    all_marks(marker, topology, &map, &paths.map(|(reads, ms)| read(reads, ms)))
}

#[test]
fn a_path_is_compared_with_its_best_sibling() {
    let (topology, none) = (topology(), Vec::<String>::new());
    let once = |paths| marks(&mut Marker::default(), &topology, paths);
    let fine = (100.0, 100.0);
    assert_eq!(once([fine, fine, fine, (100.0, 5000.0)]), none, "an offline path is no sibling");
    assert_eq!(once([fine, fine, (100.0, 300.0), fine]), none, "3 times as long is not more");
    assert_eq!(once([fine, fine, (100.0, 301.0), fine]), ["sdc await"]);
    let quick = (200.0, 40.0);
    assert_eq!(once([quick, quick, (100.0, 70.0), fine]), none, "0.5 ms longer is not more");
    assert_eq!(once([quick, quick, (100.0, 71.0), fine]), ["sdc await"]);
    assert_eq!(once([(200.0, 200.0), fine, (50.0, 50.0), fine]), none, "a quarter is not fewer");
    assert_eq!(once([(200.0, 200.0), fine, (49.0, 49.0), fine]), ["sdc share"]);
    assert_eq!(once([(200.0, 200.0), fine, (10.0, 10.0), fine]), ["sdc share"]);
    assert_eq!(once([(200.0, 200.0), fine, (9.0, 900.0), fine]), none, "an idle path");
    assert_eq!(once([(200.0, 200.0), (98.0, 98.0), (1.0, 1.0), fine]), none, "299 of 300 reads");
    assert_eq!(once([(200.0, 200.0), (50.0, 500.0), (50.0, 50.0), fine]), ["sdb await"]);
    assert_eq!(once([(201.0, 201.0), (51.0, 51.0), (49.0, 490.0), fine]), ["sdc share"]);
}

#[test]
fn the_fastest_sibling_is_one_with_enough_reads() {
    let topology = topology();
    // With 49 reads, sdb is no measure; with 50 it is.
    for (reads, wanted) in [(49.0, &[][..]), (50.0, &["sda await", "sdc await"][..])] {
        let slow = (130.0, 130.0);
        let paths = [slow, (reads, reads * 0.1), slow, (0.0, 0.0)];
        assert_eq!(marks(&mut Marker::default(), &topology, paths), wanted, "{reads}");
    }
}

#[test]
fn a_mark_has_the_multiple_and_the_sibling() {
    let topology = topology();
    let found = |paths: [(f64, f64); 4]| {
        let names = [&b"sda"[..], b"sdb", b"sdc", b"sdd"];
        let mut rates = IntervalRates::new(&topology, None, 1.0, |device| {
            let at = names.iter().position(|name| *name == device.kernel)?;
            Some(read(paths[at].0, paths[at].1))
        });
        Marker::default().mark(&mut rates);
        rates.maps[0].paths[2].marks.clone()
    };
    let await_ = Mark::Await { times: 8.0, sibling: b"sdb".to_vec() };
    assert_eq!(found([(100.0, 100.0), (100.0, 50.0), (100.0, 400.0), (0.0, 0.0)]), [await_]);
    let share = Mark::Share { times: 0.125, sibling: b"sda".to_vec() };
    assert_eq!(found([(160.0, 160.0), (150.0, 150.0), (20.0, 20.0), (0.0, 0.0)]), [share]);
}

#[test]
fn evidence_adds_up_and_a_judgment_stands_while_the_path_is_used() {
    let (topology, mut marker) = (topology(), Marker::default());
    let slow = [(40.0, 40.0), (40.0, 40.0), (40.0, 400.0), (0.0, 0.0)];
    let found: Vec<_> = (0..4).map(|_| marks(&mut marker, &topology, slow).len()).collect();
    assert_eq!(found, [0, 0, 1, 1]);
    let idle = [(40.0, 40.0), (40.0, 40.0), (0.0, 0.0), (0.0, 0.0)];
    assert_eq!(marks(&mut marker, &topology, idle), Vec::<String>::new());
}

#[test]
fn the_figures_of_a_text_count_for_its_whole_interval() {
    let (topology, mut marker) = (topology(), Marker::default());
    let mut rates = IntervalRates::new(&topology, None, 5.0, |device| {
        (device.kernel != b"dm-0")
            .then(|| read(20.0, if device.kernel == b"sdc" { 200.0 } else { 20.0 }))
    });
    marker.mark(&mut rates);
    assert_eq!(rates.maps[0].paths[2].marks.len(), 1, "5 seconds of 20 reads are 100");
}

fn waiting(before: f64, after: f64, busy_ms: f64) -> Figures {
    Figures { in_flight: Some(after), in_flight_before: Some(before), busy_ms, ..read(0.0, 0.0) }
}

#[test]
fn a_path_is_stuck_if_its_requests_wait_for_about_a_second() {
    let topology = topology();
    let once = |path: Figures| {
        let idle = read(0.0, 0.0);
        let paths = [path, idle.clone(), idle.clone(), idle];
        all_marks(&mut Marker::default(), &topology, &waiting(0.0, 5.0, 0.0), &paths)
    };
    assert_eq!(once(waiting(0.0, 5.0, 899.0)), Vec::<String>::new(), "it has just begun");
    assert_eq!(once(waiting(0.0, 5.0, 900.0)), ["sda stuck"]);
    assert_eq!(once(waiting(1.0, 5.0, 0.0)), ["sda stuck"], "busy time may not be counted");
    assert_eq!(once(waiting(5.0, 0.0, 1000.0)), Vec::<String>::new(), "nothing is left");
    assert_eq!(once(Figures { reads: 1.0, ..waiting(5.0, 5.0, 1000.0) }), Vec::<String>::new());
}

#[test]
fn the_time_that_requests_wait_adds_up_over_short_intervals() {
    let mut stuck = stuck::Stuck::default();
    let mut judge = |figures: &Figures| {
        let found = stuck.judge(b"sda".to_vec(), Some(figures), 0.4);
        stuck.end_interval();
        found
    };
    let waits = Figures { seconds: 0.4, ..waiting(5.0, 5.0, 0.0) };
    let found: Vec<_> = (0..3).map(|_| judge(&waits)).collect();
    assert_eq!(found, [None, None, Some(5.0)]);
    assert_eq!(judge(&Figures { reads: 1.0, ..waits.clone() }), None);
    assert_eq!(judge(&waits), None, "it starts again");
}

#[test]
fn a_map_is_marked_if_no_path_can_carry_io_or_none_is_to_blame() {
    let topology = topology();
    let idle = || [0.0; 4].map(|_| read(0.0, 0.0));
    let map = waiting(37.0, 37.0, 0.0);
    assert_eq!(all_marks(&mut Marker::default(), &topology, &map, &idle()), ["mpatha stuck"]);
    let lines = |state: &str, dm: &str| {
        let text = format!(
            "m (36001) dm-0 A,B\nsize=1G\n`-+- policy='x' prio=1 status=active\n  \
             |- 0:0:0:0 sda 8:0 {dm} ready {state}\n  `- 1:0:0:0 sdb 8:16 active ghost running\n"
        );
        text::read(text.as_bytes(), |_, _| ()).unwrap()
    };
    let dead = lines("offline", "active");
    assert_eq!(all_marks(&mut Marker::default(), &dead, &map, &idle()), ["m no-path", "sda state"]);
    let working = read(5.0, 5.0);
    let found = all_marks(&mut Marker::default(), &dead, &working, &idle());
    assert_eq!(found, ["sda state"], "an access state can be out of date");
    let failed = lines("running", "failed");
    assert_eq!(failed.maps[0].usable(), 0);
    assert_eq!(failed.maps[0].passive().into_iter().collect::<Vec<_>>(), [(&b"ghost"[..], 1)]);
}

/// The marks of three intervals in which the map and the first path had these reads and KiB.
fn bypass_marks(map: (f64, f64), path: (f64, f64)) -> [Vec<String>; 3] {
    let (topology, mut marker) = (topology(), Marker::default());
    let figures = |(reads, read_kib): (f64, f64)| Figures { read_kib, ..read(reads, 0.0) };
    let idle = || read(0.0, 0.0);
    let paths = [figures(path), idle(), idle(), idle()];
    [0; 3].map(|_| all_marks(&mut marker, &topology, &figures(map), &paths))
}

#[test]
fn io_past_the_map_is_marked_if_checkers_and_splits_do_not_explain_it() {
    let (none, bypass) = (Vec::<String>::new(), vec!["sda not-through-map".to_owned()]);
    // Four paths: more than 8 reads and more than 4 KiB.
    let twice = [none.clone(), bypass.clone(), bypass.clone()];
    let never = [none.clone(), none.clone(), none.clone()];
    assert_eq!(bypass_marks((10.0, 10.0), (18.0, 20.0)), never);
    assert_eq!(bypass_marks((10.0, 10.0), (18.1, 20.0)), twice);
    assert_eq!(bypass_marks((10.0, 10.0), (30.0, 14.0)), never, "as many sectors, but split");
    assert_eq!(bypass_marks((10.0, 10.0), (30.0, 14.1)), twice);
    assert_eq!(bypass_marks((1000.0, 9000.0), (1010.0, 9091.0)), never, "not more than 1 %");
    assert_eq!(bypass_marks((1000.0, 9000.0), (1010.1, 9091.0)), twice);
    assert_eq!(bypass_marks((1000.0, 9000.0), (1011.0, 9090.0)), never, "not more than 1 %");
    let at_once = [bypass.clone(), bypass.clone(), bypass];
    assert_eq!(bypass_marks((0.0, 0.0), (9.0, 5.0)), at_once, "nothing to split or repeat");
}

#[test]
fn io_past_the_map_is_not_judged_after_a_path_was_added() {
    let (topology, mut marker) = (topology(), Marker::default());
    let added = || Change {
        map: b"mpatha".to_vec(),
        wwid: b"36001".to_vec(),
        path: Some(b"sda".to_vec()),
        kind: crate::topology::ChangeKind::Added,
        usable: 3,
        paths: 4,
    };
    let mut count = |changes: Vec<Change>, is_since_boot: bool| {
        let figures = |device: &Device| {
            let reads = if device.kernel == b"sda" { 100.0 } else { 0.0 };
            Some(read(reads, 0.0))
        };
        let rates = IntervalRates::new(&topology, None, 1.0, figures);
        let mut rates = IntervalRates { is_since_boot, changes, ..rates };
        marker.mark(&mut rates);
        rates.maps[0].paths[0].marks.len()
    };
    assert_eq!(count(Vec::new(), true), 0, "udev read the paths before there was a map");
    assert_eq!(count(Vec::new(), false), 1);
    assert_eq!(count(vec![added()], false), 0);
    let found: Vec<_> = (0..3).map(|_| count(Vec::new(), false)).collect();
    assert_eq!(found, [0, 0, 1]);
}

#[test]
fn a_map_is_shown_if_anything_moves_or_waits() {
    let topology = topology();
    let is_idle = |map: Figures, path: Figures| {
        let figures = |device: &Device| match &device.kernel[..] {
            b"dm-0" => Some(map.clone()),
            b"sda" => Some(path.clone()),
            _ => Some(read(0.0, 0.0)),
        };
        IntervalRates::new(&topology, None, 1.0, figures).maps[0].is_idle
    };
    let idle = || read(0.0, 0.0);
    assert!(is_idle(idle(), idle()));
    assert!(is_idle(idle(), read(8.0, 0.0)), "a path checker");
    assert!(!is_idle(idle(), read(8.1, 0.0)), "I/O past the map");
    assert!(!is_idle(read(1.0, 1.0), idle()));
    assert!(!is_idle(Figures { busy_ms: 1.0, ..idle() }, idle()));
    assert!(!is_idle(waiting(0.0, 1.0, 0.0), idle()));
    assert!(!is_idle(idle(), waiting(0.0, 1.0, 0.0)));
    let one = Some(Requests { count: 1.0, ms: 1.0 });
    assert!(!is_idle(Figures { discards: one, ..idle() }, idle()));
    assert!(!is_idle(Figures { flushes: one, ..idle() }, idle()));
}

#[test]
fn sums_are_compared_with_each_other() {
    let topology = topology();
    let mut view = View { marker: Some(Marker::default()), by: vec![By::Host], ..View::default() };
    let figures = |device: &Device| match &device.kernel[..] {
        b"sda" => Some(read(100.0, 1000.0)),
        b"sdd" => Some(Figures { errors: Some(2.0), ..read(100.0, 100.0) }),
        _ => Some(read(100.0, 100.0)),
    };
    let rates = view.apply(IntervalRates::new(&topology, None, 1.0, figures));
    let sums: Vec<_> =
        rates.sums.iter().flatten().map(|sum| (sum.usable, sum.marks.clone())).collect();
    let slow = Mark::Await { times: 10.0, sibling: b"host1".to_vec() };
    let wanted = [(1, vec![slow]), (1, vec![]), (1, vec![]), (0, vec![Mark::Errors(2.0)])];
    assert_eq!(sums, wanted);
}
