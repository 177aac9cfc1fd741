mod bypass;
mod figures;
mod outliers;
mod samples;
mod selection;
mod sum_outliers;
mod sums;
mod uncounted;

use super::*;
use crate::sample::{Failures, Reading};
use crate::topology::text;
use sysparse::diskstats::{Discards, Flushes, Io, Times};

fn reading(reads: u64, read_ms: u64) -> Reading {
    let times = Some(Times { read_ms, ..Times::default() });
    let io = Io { reads, sectors_read: reads * 8, times, ..Io::default() };
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
        for (reading, in_flight) in [(&mut old, before), (&mut new, after)] {
            reading.io.times = reading.io.times.map(|times| Times { in_flight, ..times });
        }
        Figures::between(&old, &new, 1.0).unwrap()
    };
    let waiting = in_flight(0, 1, 0);
    assert_eq!((waiting.await_ms(), waiting.stalled(), waiting.is_active()), (None, 1.0, true));
    assert_eq!(waiting.unless_stalled(None), Some(f64::INFINITY));
    let done = in_flight(1, 1, 1);
    assert_eq!((done.await_ms(), done.stalled()), (Some(1.0), 0.0));
    assert_eq!([done.unless_stalled(Some(1.0)), done.unless_stalled(None)], [Some(1.0), None]);
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
fn the_map_is_not_to_blame_for_requests_that_wait_on_a_path() {
    let topology = topology();
    let idle = || read(0.0, 0.0);
    let marks = |first: Figures, second: Figures| {
        let paths = [first, second, idle(), idle()];
        all_marks(&mut Marker::default(), &topology, &waiting(1.0, 5.0, 0.0), &paths)
    };
    assert_eq!(marks(idle(), idle()), ["mpatha stuck"]);
    let young = || waiting(0.0, 5.0, 100.0);
    assert_eq!(marks(young(), idle()), Vec::<String>::new());
    assert_eq!(marks(idle(), young()), Vec::<String>::new());
    assert_eq!(marks(young(), waiting(0.0, 0.0, 0.0)), Vec::<String>::new());
    assert_eq!(marks(waiting(1.0, 5.0, 0.0), idle()), ["sda stuck"]);
}

#[test]
fn the_busy_time_of_a_long_interval_is_not_divided() {
    let judge = |seconds: f64, busy_ms: f64, interval: f64| {
        let figures = Figures { seconds, ..waiting(0.0, 5.0, busy_ms) };
        stuck::Stuck::default().judge(b"sda".to_vec(), Some(&figures), interval)
    };
    assert_eq!(judge(4.0, 900.0, 4.0), Some(Mark::Stuck(Some(5.0))));
    assert_eq!(judge(4.0, 899.0, 4.0), None);
    // A text has figures per second.
    assert_eq!(judge(1.0, 225.0, 4.0), Some(Mark::Stuck(Some(5.0))));
    assert_eq!(judge(1.0, 224.0, 4.0), None);
}

#[test]
fn failures_are_marked_if_there_are_any_in_the_interval() {
    let topology = topology();
    let marks = |errors: f64, is_since_boot: bool| {
        let figures = |_: &Device| {
            Some(Figures {
                seconds: 2.0,
                errors: Some(errors),
                timeouts: Some(4.0),
                retries: Some(6.0),
                failovers: Some(8.0),
                ..read(1.0, 1.0)
            })
        };
        let rates = IntervalRates::new(&topology, None, 1.0, figures);
        let mut rates = IntervalRates { is_since_boot, ..rates };
        Marker::default().mark(&mut rates);
        rates.maps[0].paths[0].marks.clone()
    };
    let others = [Mark::Timeouts(2.0), Mark::Retries(3.0), Mark::Failovers(4.0)];
    assert_eq!(marks(2.0, false), [&[Mark::Errors(1.0)], &others[..]].concat());
    assert_eq!(marks(0.0, false), others);
    assert_eq!(marks(2.0, true), [], "they may be long past");
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
    assert_eq!(found, [None, None, Some(Mark::Stuck(Some(5.0)))]);
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
    let none = text::read(&b"m (36001) dm-0 A,B\nsize=1G\n"[..], |_, _| ()).unwrap();
    let marks_without_paths =
        |map: &Figures| all_marks(&mut Marker::default(), &none, map, &idle());
    assert_eq!(marks_without_paths(&map), ["m no-path"]);
    let removed_meanwhile = Figures { reads: 5.0, ..map.clone() };
    assert_eq!(marks_without_paths(&removed_meanwhile), ["m no-path"]);
    assert_eq!(marks_without_paths(&working), [""; 0], "its paths are unknown");
    let nothing_waits = Figures { in_flight: Some(0.0), ..working.clone() };
    assert_eq!(marks_without_paths(&nothing_waits), [""; 0]);
    let failed = lines("running", "failed");
    assert_eq!(failed.maps[0].usable(), 0);
    assert_eq!(failed.maps[0].passive().into_iter().collect::<Vec<_>>(), [(&b"ghost"[..], 1)]);
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
    assert!(is_idle(idle(), waiting(1.0, 0.0, 0.0)));
    let one = Some(Requests { count: 1.0, ms: 1.0 });
    assert!(!is_idle(Figures { discards: one, ..idle() }, idle()));
    assert!(!is_idle(Figures { flushes: one, ..idle() }, idle()));
}
