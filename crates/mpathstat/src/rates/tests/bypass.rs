//! I/O past the map.

use super::*;

/// The marks of three intervals in which the map and the first path did this.
fn bypass_marks(map: &Figures, path: &Figures) -> [Vec<String>; 3] {
    let (topology, mut marker) = (topology(), Marker::default());
    let idle = || read(0.0, 0.0);
    let paths = [path.clone(), idle(), idle(), idle()];
    [(); 3].map(|()| all_marks(&mut marker, &topology, map, &paths))
}

/// Reads and KiB.
fn sized(reads: f64, read_kib: f64) -> Figures {
    Figures { read_kib, ..read(reads, 0.0) }
}

fn bypass() -> Vec<String> {
    vec!["sda not-through-map".to_owned()]
}

#[test]
fn io_past_the_map_is_marked_if_checkers_and_splits_do_not_explain_it() {
    let marks = |(map, map_kib), (path, path_kib)| {
        bypass_marks(&sized(map, map_kib), &sized(path, path_kib))
    };
    // Four paths: more than 8 reads and more than 4 KiB.
    let twice = [vec![], bypass(), bypass()];
    let never: [Vec<String>; 3] = [vec![], vec![], vec![]];
    assert_eq!(marks((10.0, 10.0), (18.0, 20.0)), never);
    assert_eq!(marks((10.0, 10.0), (18.1, 20.0)), twice);
    assert_eq!(marks((10.0, 10.0), (30.0, 14.0)), never, "as many sectors, but split");
    assert_eq!(marks((10.0, 10.0), (30.0, 14.1)), twice);
    assert_eq!(marks((1000.0, 9000.0), (1010.0, 9091.0)), never, "not more than 1 %");
    assert_eq!(marks((1000.0, 9000.0), (1010.1, 9091.0)), twice);
    assert_eq!(marks((1000.0, 9000.0), (1011.0, 9090.0)), never, "not more than 1 %");
    assert_eq!(marks((0.0, 0.0), (9.0, 5.0)), twice);
}

#[test]
fn io_past_the_map_is_marked_at_once_if_nothing_else_explains_it() {
    let busy = read(1000.1, 0.0);
    let marks = |map: Figures| bypass_marks(&map, &busy);
    let (at_once, twice) = ([bypass(), bypass(), bypass()], [vec![], bypass(), bypass()]);
    // Four paths: 250 reads each can be those of udev.
    assert_eq!(bypass_marks(&read(0.0, 0.0), &read(1000.0, 0.0)), twice);
    assert_eq!(marks(read(0.0, 0.0)), at_once);
    assert_eq!(marks(waiting(0.0, 0.0, 0.0)), at_once);
    // What the map had to do can have been split, or repeated on another path.
    assert_eq!(marks(read(1.0, 0.0)), twice);
    assert_eq!(marks(waiting(1.0, 0.0, 0.0)), twice);
    assert_eq!(marks(Figures { busy_ms: 1.0, ..read(0.0, 0.0) }), twice);
    let flushes = Some(Requests { count: 1.0, ms: 0.0 });
    assert_eq!(marks(Figures { flushes, ..read(0.0, 0.0) }), twice);
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
            let reads = if device.kernel == b"sda" { 2000.0 } else { 0.0 };
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
fn writes_and_longer_intervals_count_too() {
    let done = |writes: f64, written_kib: f64| Figures {
        seconds: 2.0,
        writes,
        written_kib,
        ..Figures::default()
    };
    // Four paths in two seconds: more than 16 writes and more than 8 KiB.
    let map = done(10.0, 10.0);
    let twice = [vec![], bypass(), bypass()];
    let never: [Vec<String>; 3] = [vec![], vec![], vec![]];
    assert_eq!(bypass_marks(&map, &done(26.0, 100.0)), never);
    assert_eq!(bypass_marks(&map, &done(26.1, 100.0)), twice);
    assert_eq!(bypass_marks(&map, &done(100.0, 18.0)), never);
    assert_eq!(bypass_marks(&map, &done(100.0, 18.1)), twice);
}

/// The marks of the second interval in which the map and the four paths had these reads a second.
fn second_marks(map: f64, paths: [f64; 4]) -> Vec<String> {
    let (topology, mut marker) = (topology(), Marker::default());
    let done = |reads: f64| Figures { seconds: 3.0, ..read(reads, 0.0) };
    let marks = [(); 2].map(|()| all_marks(&mut marker, &topology, &done(map), &paths.map(done)));
    marks.into_iter().next_back().unwrap_or_default()
}

#[test]
fn paths_that_alone_did_more_than_the_map_are_marked_or_the_busiest_one() {
    let marks = |names: &[&str]| -> Vec<String> {
        names.iter().map(|name| format!("{name} not-through-map")).collect()
    };
    // In three seconds, a path checker explains 6 reads.
    assert_eq!(second_marks(10.0, [40.0, 16.0, 0.0, 0.0]), marks(&["sda"]));
    assert_eq!(second_marks(10.0, [40.0, 16.1, 0.0, 0.0]), marks(&["sda", "sdb"]));
    assert_eq!(second_marks(100.0, [32.0, 31.0, 31.0, 31.0]), marks(&["sda"]));
    assert_eq!(second_marks(100.0, [31.0, 32.0, 32.0, 31.0]), marks(&["sdb", "sdc"]));
}

#[test]
fn commands_that_failed_are_repeated_and_so_no_io_past_the_map() {
    let failing = |reads: f64, errors: f64| Figures { errors: Some(errors), ..read(reads, 0.0) };
    let is_marked = |map: f64, path: Figures| {
        let marks = bypass_marks(&read(map, 0.0), &path);
        marks.map(|marks| marks.iter().any(|mark| mark.contains("not-through-map")))
    };
    assert_eq!(is_marked(100.0, failing(120.0, 12.0)), [false; 3]);
    assert_eq!(is_marked(100.0, failing(120.0, 11.9)), [false, true, true]);
    // What an idle map did not do is certain at once, but not if it failed.
    assert_eq!(is_marked(0.0, failing(1100.0, 100.0)), [false, true, true]);
    assert_eq!(is_marked(0.0, failing(1100.0, 99.0)), [true; 3]);
    let (topology, mut marker) = (topology(), Marker::default());
    let paths = [failing(130.0, 40.0), read(120.0, 0.0), read(0.0, 0.0), failing(0.0, 20.0)];
    let mut found = || all_marks(&mut marker, &topology, &read(100.0, 0.0), &paths);
    let found = [found(), found()].map(|marks| marks.join(", "));
    let wanted = "sda errors, sdb not-through-map, sdd state errors";
    assert_eq!(found, ["sda errors, sdd state errors", wanted]);
}
