//! Sums of paths, and what is shown of maps and sums.

use super::*;
use crate::rates::sums::sums;

/// Two maps with two paths each. Those of the second one lead through hosts of its own.
fn topology() -> Topology {
    let map = |name: &str, dm: u32, paths: [(u32, &str); 2]| {
        let [(one, first), (other, second)] = paths;
        format!(
            "{name} (3600{dm}) dm-{dm} A,B\nsize=1G\n`-+- policy='x' prio=1 status=active\n  \
             |- {one}:0:0:{dm} {first} 8:0 active ready running\n  \
             `- {other}:0:0:{dm} {second} 8:1 active ready running\n"
        )
    };
    let lines = map("b", 0, [(10, "sda"), (9, "sdb")]) + &map("a", 1, [(2, "sdc"), (3, "sdd")]);
    text::read(lines.as_bytes(), |_, _| ()).unwrap()
}

/// The reads and milliseconds of each device.
type Done = fn(&[u8]) -> (f64, f64);

/// The rates as a view shows them.
fn shown(view: &mut View, topology: &Topology, done: Done) -> Vec<String> {
    let figures = |device: &Device| {
        let (reads, ms) = done(&device.kernel);
        Some(read(reads, ms))
    };
    let rates = view.apply(IntervalRates::new(topology, None, 1.0, figures));
    let name = |name: &[u8], reads: Option<&Figures>, paths: usize, marks: &[Mark]| {
        let marks: Vec<_> = marks.iter().map(Mark::key).collect();
        let reads = reads.map_or(0.0, |figures| figures.reads);
        format!("{} {reads} {paths} {}", name.escape_ascii(), marks.join(" ")).trim().to_owned()
    };
    let sum = |sum: &Sum<'_>| name(&sum.name, sum.figures.as_ref(), sum.paths, &sum.marks);
    let map =
        |map: &MapRates<'_>| name(&map.map.name, map.figures.as_ref(), map.paths.len(), &map.marks);
    rates
        .sums
        .as_ref()
        .map_or_else(|| rates.maps.iter().map(map).collect(), |sums| sums.iter().map(sum).collect())
}

fn hundred(_: &[u8]) -> (f64, f64) {
    (100.0, 100.0)
}

#[test]
fn sums_have_the_paths_of_all_maps_in_natural_order() {
    let topology = topology();
    let mut view = View { by: vec![By::Host], ..View::default() };
    let wanted = ["host2 100 1", "host3 100 1", "host9 100 1", "host10 100 1"];
    assert_eq!(shown(&mut view, &topology, hundred), wanted);
    let mut view = View { by: vec![By::Host, By::Target], ..View::default() };
    assert_eq!(shown(&mut view, &topology, hundred)[0], "host2 target2:0:0 100 1");
    let mut view = View { by: vec![By::Group], ..View::default() };
    assert_eq!(shown(&mut view, &topology, hundred), ["1:active 200 2", "1:active 200 2"]);
}

#[test]
fn a_sum_of_a_group_has_its_map_and_stays_in_the_order_of_the_maps() {
    let topology = topology();
    let rates = IntervalRates::new(&topology, None, 1.0, |_| None);
    let groups = sums(&rates.maps, &[By::Group, By::Host]);
    let names = groups.iter().map(|sum| {
        let map = sum.map.map_or(&b""[..], |map| &map.name);
        format!("{} {}", map.escape_ascii(), sum.name.escape_ascii())
    });
    let wanted = ["a 1:active host2", "a 1:active host3", "b 1:active host10", "b 1:active host9"];
    assert_eq!(names.collect::<Vec<_>>(), wanted);
}

#[test]
fn sums_are_compared_only_if_they_have_maps_in_common() {
    let topology = topology();
    let mut view = View { marker: Some(Marker::default()), by: vec![By::Host], ..View::default() };
    // The second map is on another array, which is ten times as slow.
    let slow_array: Done = |name| match name {
        b"sdc" => (1000.0, 1000.0),
        b"sdd" => (1000.0, 1500.0),
        b"sda" | b"sdb" => (100.0, 10_000.0),
        _ => (0.0, 0.0),
    };
    let wanted = ["host2 1000 1", "host3 1000 1", "host9 100 1", "host10 100 1"];
    assert_eq!(shown(&mut view, &topology, slow_array), wanted);
    let slow_host: Done = |name| match name {
        b"sda" => (100.0, 10_000.0),
        _ => (100.0, 100.0),
    };
    assert_eq!(shown(&mut view, &topology, slow_host)[3], "host10 100 1 await");
}

#[test]
fn a_sum_is_marked_by_the_requests_that_are_stuck_on_its_paths() {
    let topology = topology();
    let figures = |device: &Device| {
        let in_flight = if device.kernel.starts_with(b"sd") { 5.0 } else { 0.0 };
        Some(if device.kernel == b"sdb" { read(5.0, 5.0) } else { waiting(1.0, in_flight, 0.0) })
    };
    let marker = Some(Marker::default());
    let mut view = View { by: vec![By::Group], marker, ..View::default() };
    let rates = view.apply(IntervalRates::new(&topology, None, 1.0, figures));
    let marks = rates.sums.unwrap().into_iter().map(|sum| sum.marks);
    let wanted = [10.0, 5.0].map(|requests| vec![Mark::Stuck(Some(requests))]);
    assert_eq!(marks.collect::<Vec<_>>(), wanted);
    // The number is unknown in a text.
    let hung = Figures { printed: Some(Box::default()), ..waiting(0.0, 0.0, 1000.0) };
    let hung = Figures { in_flight: None, ..hung };
    let rates = view.apply(IntervalRates::new(&topology, None, 1.0, |_| Some(hung.clone())));
    let marks = rates.sums.into_iter().flatten().map(|sum| sum.marks);
    assert_eq!(marks.collect::<Vec<_>>(), [None, None].map(|none| vec![Mark::Stuck(none)]));
}

#[test]
fn idle_maps_and_sums_are_shown_only_if_asked_for() {
    let topology = topology();
    let done: Done = |name| match name {
        b"dm-0" | b"sda" => (1.0, 1.0),
        _ => (0.0, 0.0),
    };
    let mut view = View::default();
    assert_eq!(shown(&mut view, &topology, done), ["b 1 2"]);
    view.shows_idle = true;
    assert_eq!(shown(&mut view, &topology, done), ["a 0 2", "b 1 2"]);
    view.by = vec![By::Host];
    assert_eq!(shown(&mut view, &topology, done).len(), 4);
    view.shows_idle = false;
    assert_eq!(shown(&mut view, &topology, done), ["host10 1 1"]);
}

#[test]
fn a_map_without_a_usable_path_is_never_idle_if_anything_is_marked() {
    let mut maps = topology().maps;
    maps[0].paths.iter_mut().for_each(|path| path.state = b"offline".to_vec());
    maps[1].paths[0].state = b"offline".to_vec();
    let topology = Topology::new(maps);
    let idle: Done = |_| (0.0, 0.0);
    let mut view = View::default();
    assert_eq!(shown(&mut view, &topology, idle), [""; 0]);
    view.marker = Some(Marker::default());
    assert_eq!(shown(&mut view, &topology, idle), ["a 0 2 no-path"]);
    view.by = vec![By::Host];
    assert_eq!(shown(&mut view, &topology, idle), ["host2 0 1", "host3 0 1", "host10 0 1"]);
}

#[test]
fn a_sum_without_a_usable_path_or_with_a_mark_is_never_idle() {
    let mut maps = topology().maps;
    maps[0].paths[1].access = b"standby".to_vec();
    let path = &mut maps[1].paths[0];
    (path.state, path.access) = (b"offline".to_vec(), b"standby".to_vec());
    let topology = Topology::new(maps);
    let idle: Done = |_| (0.0, 0.0);
    let mut view = View { by: vec![By::Host], ..View::default() };
    assert_eq!(shown(&mut view, &topology, idle), [""; 0]);
    view.marker = Some(Marker::default());
    let hosts = |view: &mut View, errors: f64| {
        let figures = |device: &Device| {
            let errors = Some(errors).filter(|_| device.kernel == b"sdc");
            Some(Figures { errors, ..read(0.0, 0.0) })
        };
        let rates = view.apply(IntervalRates::new(&topology, None, 1.0, figures));
        let sums = rates.sums.into_iter().flatten();
        sums.map(|sum| sum.name.escape_ascii().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(hosts(&mut view, 0.0), ["host10"], "standby is no fault");
    assert_eq!(hosts(&mut view, 1.0), ["host2", "host10"]);
    view.by = vec![By::Group];
    assert_eq!(hosts(&mut view, 0.0), [""; 0], "the group has another path");
}

#[test]
fn a_sum_is_as_idle_as_the_maps_of_its_paths() {
    let topology = topology();
    let mut view = View { by: vec![By::Host], ..View::default() };
    let checkers: Done = |name| (f64::from(u8::from(name.starts_with(b"sd"))), 1.0);
    assert_eq!(shown(&mut view, &topology, checkers), [""; 0]);
    let used: Done = |name| match name {
        b"dm-0" | b"sda" => (9.0, 9.0),
        b"sdc" | b"sdd" => (1.0, 1.0),
        _ => (0.0, 0.0),
    };
    assert_eq!(shown(&mut view, &topology, used), ["host10 9 1"]);
    // The figures of the paths of the first map are unknown, and it is idle or not.
    for (reads, wanted) in [(0.0, &[][..]), (9.0, &["host9 0 1", "host10 0 1"])] {
        let figures = |device: &Device| match &device.kernel[..] {
            b"sda" | b"sdb" => None,
            b"dm-0" => Some(read(reads, reads)),
            _ => Some(read(0.0, 0.0)),
        };
        let rates = view.apply(IntervalRates::new(&topology, None, 1.0, figures));
        let sum = |sum: &Sum<'_>| format!("{} 0 {}", sum.name.escape_ascii(), sum.paths);
        assert_eq!(rates.sums.iter().flatten().map(sum).collect::<Vec<_>>(), wanted);
        assert!(rates.sums.iter().flatten().all(|sum| sum.figures.is_none()));
    }
    // What is known of one path is enough.
    let mut maps = topology.maps.clone();
    maps[1].paths[0].endpoints.host = b"host9".to_vec();
    let topology = Topology::new(maps);
    let figures = |device: &Device| (device.kernel != b"sda").then(|| read(0.0, 0.0));
    let mut rates = IntervalRates::new(&topology, None, 1.0, figures);
    rates.maps[1].is_idle = false;
    assert_eq!(view.apply(rates).sums.map(|sums| sums.len()), Some(0));
    let figures = |device: &Device| device.kernel.starts_with(b"dm-").then(|| read(9.0, 9.0));
    let rates = view.apply(IntervalRates::new(&topology, None, 1.0, figures));
    let paths = rates.sums.iter().flatten().map(|sum| sum.paths);
    assert_eq!(paths.collect::<Vec<_>>(), [1, 1, 2], "all paths are unknown");
}

#[test]
fn maps_and_sums_are_sorted_by_a_figure_and_the_first_ones_are_kept() {
    let topology = topology();
    let done: Done = |name| match name {
        b"dm-0" => (5.0, 5.0),
        b"dm-1" => (4.0, 4.0),
        b"sdb" => (3.0, 3.0),
        b"sdd" => (2.0, 2.0),
        _ => (1.0, 1.0),
    };
    let mut view = View { sort: Some(Figures::reads_per_s), ..View::default() };
    assert_eq!(shown(&mut view, &topology, done), ["b 5 2", "a 4 2"]);
    view.top = Some(1);
    assert_eq!(shown(&mut view, &topology, done), ["b 5 2"]);
    view.by = vec![By::Host];
    view.top = Some(3);
    assert_eq!(shown(&mut view, &topology, done), ["host9 3 1", "host3 2 1", "host2 1 1"]);
    view.sort = None;
    view.top = Some(1);
    assert_eq!(shown(&mut view, &topology, done), ["host2 1 1"]);
}

#[test]
fn a_column_of_sums_is_named_after_what_they_share() {
    let headings = [By::Host, By::Target, By::Controller, By::Group].map(By::heading);
    assert_eq!(headings, ["Host", "Target", "Controller", "Group"]);
}

#[test]
fn namespaces_of_a_subsystem_are_maps_of_their_own() {
    let mut maps = topology().maps;
    maps[1].wwid = maps[0].wwid.clone();
    let topology = Topology::new(maps);
    let figures = |device: &Device| {
        let is_map = device.kernel.starts_with(b"dm-");
        let figures = if is_map { waiting(1.0, 5.0, 0.0) } else { read(0.0, 0.0) };
        Some(Figures { seconds: 0.5, ..figures })
    };
    let mut view = View { marker: Some(Marker::default()), ..View::default() };
    let mut marks = || {
        let rates = view.apply(IntervalRates::new(&topology, None, 0.5, figures));
        rates.maps.into_iter().map(|map| map.marks.len()).collect::<Vec<_>>()
    };
    assert_eq!([marks(), marks()], [[0, 0], [1, 1]]);
    let rates = IntervalRates::new(&topology, None, 1.0, |_| None);
    let keys: Vec<_> = sums(&rates.maps, &[By::Group]).iter().map(Sum::key).collect();
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_suspended_map_is_never_idle() {
    let mut maps = topology().maps;
    maps[0].is_suspended = true;
    let topology = Topology::new(maps);
    let idle: Done = |_| (0.0, 0.0);
    let mut view = View::default();
    assert_eq!(shown(&mut view, &topology, idle), ["a 0 2"]);
    view.marker = Some(Marker::default());
    assert_eq!(shown(&mut view, &topology, idle), ["a 0 2 suspended"]);
    // A text of iostat need not have the map.
    let rates = IntervalRates::from_figures(&topology, None, 1.0, &HashMap::new());
    assert_eq!(view.apply(rates).maps.len(), 1);
    view.by = vec![By::Host];
    assert_eq!(shown(&mut view, &topology, idle), ["host2 0 1", "host3 0 1"]);
}
