//! Rates between two samples, and those of a text.

use super::*;
use std::collections::HashMap;
use toolkit::sampling::Moment;

/// A sample at this second, with these reads of `dm-0` and of the paths.
fn sample(topology: &Rc<Topology>, second: u64, reads: [u64; 5]) -> Sample {
    let moment = Moment { monotonic: Duration::from_secs(second), wall: None };
    let readings = reads.iter().map(|reads| Some(reading(*reads, *reads))).collect();
    Sample { moment, topology: Rc::clone(topology), readings }
}

#[test]
fn rates_have_the_counters_of_the_later_sample() {
    let topology = Rc::new(topology());
    let old = sample(&topology, 1, [10, 1, 2, 3, 4]);
    let new = sample(&topology, 3, [30, 5, 2, 3, 4]);
    let rates = IntervalRates::between(&old, &new);
    assert_eq!((rates.seconds, rates.changes.len()), (2.0, 0));
    let map = &rates.maps[0];
    assert_eq!(map.figures.as_ref().and_then(Figures::reads_per_s), Some(10.0));
    assert_eq!(map.reading.map(|reading| reading.io.reads), Some(30));
    let path = &map.paths[0];
    assert_eq!(path.figures.as_ref().and_then(Figures::reads_per_s), Some(2.0));
    assert_eq!(path.reading.map(|reading| reading.io.reads), Some(5));
}

#[test]
fn a_changed_topology_keeps_the_counters_of_the_devices_in_both() {
    let before = Rc::new(topology());
    let mut maps = before.maps.clone();
    maps[0].paths.remove(0);
    let after = Rc::new(Topology::new(maps));
    let old = sample(&before, 1, [10, 1, 2, 3, 4]);
    let new = sample(&after, 2, [12, 9, 3, 4, 0]);
    let rates = IntervalRates::between(&old, &new);
    let reads = rates.maps[0].paths.iter().map(|path| path.figures.as_ref().map(|it| it.reads));
    assert_eq!(reads.collect::<Vec<_>>(), [Some(7.0), Some(0.0), Some(0.0)]);
    let changes = rates.changes.iter().map(|change| (change.path.clone(), change.kind.clone()));
    let removed = (Some(b"sda".to_vec()), crate::topology::ChangeKind::Removed);
    assert_eq!(changes.collect::<Vec<_>>(), [removed]);
}

/// A text with one device.
fn text_of(name: &str) -> FiguresByName {
    HashMap::from([(name.as_bytes().to_vec(), read(4.0, 4.0))])
}

/// The reads of the map and of its first path in a text with one device.
fn reads_in_text(topology: &Topology, name: &str) -> [Option<f64>; 2] {
    let text = text_of(name);
    let rates = IntervalRates::from_figures(topology, None, 1.0, &text);
    let map = &rates.maps[0];
    [&map.figures, &map.paths[0].figures].map(|figures| figures.as_ref().map(|it| it.reads))
}

#[test]
fn a_device_in_a_text_is_found_by_its_name_or_number() {
    let mut topology = topology();
    topology.set_map_major(Some(253));
    let (map, path, none) = ([Some(4.0), None], [None, Some(4.0)], [None, None]);
    for (name, wanted) in [
        ("dm-0", map),
        ("mpatha", map),
        ("dm-name-mpatha", map),
        ("dm-name-mpathb", none),
        ("dm-uuid-mpath-", none),
        ("dev254-0", none),
        ("dev253-0", map),
        ("dev253-1", none),
        ("sda", path),
        ("dev8-0", path),
        ("dev8-1", none),
        ("cciss/c0d0", none),
        ("sdz", none),
    ] {
        assert_eq!(reads_in_text(&topology, name), wanted, "{name}");
        assert_eq!(has_figures(&topology, &text_of(name)), wanted != none, "{name}");
    }
}

#[test]
fn a_slash_in_a_text_is_an_exclamation_mark_in_a_topology() {
    let lines = "mpatha (36001) dm-0 A,B\nsize=1G\n`-+- policy='x' prio=1 status=active\n  \
        `- 0:0:0:0 cciss!c0d0 104:0 active ready running\n";
    let topology = crate::topology::text::read(lines.as_bytes(), |_, _| ()).unwrap();
    assert_eq!(reads_in_text(&topology, "cciss/c0d0"), [None, Some(4.0)]);
}

#[test]
fn a_map_in_a_text_is_idle_if_nothing_of_it_is_there() {
    let topology = topology();
    let is_idle = |name: &str| {
        IntervalRates::from_figures(&topology, None, 1.0, &text_of(name)).maps[0].is_idle
    };
    assert_eq!(["dm-0", "sda", "sdz"].map(is_idle), [false, false, true]);
}

/// The map after an interval in which it and its first path completed these reads, with as many
/// requests in flight on the path as this.
fn of_nvme(kernel: &str, map: u64, path: u64, in_flight: u64) -> String {
    let mut maps = topology().maps;
    maps[0].device.kernel = kernel.as_bytes().to_vec();
    let topology = Rc::new(Topology::new(maps));
    let old = sample(&topology, 1, [0; 5]);
    let mut new = sample(&topology, 2, [map, path, 0, 0, 0]);
    for place in 1..3 {
        let times = &mut new.readings[place].as_mut().unwrap().io.times;
        times.as_mut().unwrap().in_flight = in_flight;
    }
    let rates = IntervalRates::between(&old, &new);
    let map = &rates.maps[0];
    assert!(map.number.is_some());
    let figures = map.figures.as_ref().unwrap();
    let (reads, await_ms) = (figures.reads, figures.await_ms());
    format!("{reads} {await_ms:?} {:?} {}", figures.in_flight, map.reading.is_some())
}

#[test]
fn an_nvme_map_that_the_kernel_does_not_count_is_the_sum_of_its_paths() {
    assert_eq!(of_nvme("nvme0n1", 0, 9, 0), "9 Some(1.0) Some(0.0) false");
    assert_eq!(of_nvme("nvme0n1", 0, 9, 2), "9 Some(1.0) Some(4.0) false");
    assert_eq!(of_nvme("nvme0n1", 0, 0, 2), "0 None Some(4.0) true", "all paths hang");
    assert_eq!(of_nvme("nvme0n1", 0, 0, 0), "0 Some(0.0) Some(0.0) true", "nothing to count");
    assert_eq!(of_nvme("nvme0n1", 8, 9, 2), "8 Some(1.0) Some(0.0) true");
    assert_eq!(of_nvme("dm-0", 0, 9, 0), "0 Some(0.0) Some(0.0) true");
}

#[test]
fn an_nvme_map_that_did_nothing_in_the_interval_is_still_counted() {
    let mut maps = topology().maps;
    maps[0].device.kernel = b"nvme0n1".to_vec();
    let topology = Rc::new(Topology::new(maps));
    let old = sample(&topology, 1, [5, 5, 0, 0, 0]);
    let new = sample(&topology, 2, [5, 6, 0, 0, 0]);
    let rates = IntervalRates::between(&old, &new);
    assert_eq!(rates.maps[0].reading.map(|reading| reading.io.reads), Some(5));
}
