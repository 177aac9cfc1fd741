//! Devices that the kernel does not count.

use super::*;

/// The map and its four paths, of which those with these names are not counted.
fn topology_without(names: &[&str]) -> Topology {
    let mut topology = topology();
    for map in &mut topology.maps {
        let paths = map.paths.iter_mut().map(|path| &mut path.device);
        for device in std::iter::once(&mut map.device).chain(paths) {
            device.is_uncounted = names.iter().any(|name| name.as_bytes() == device.kernel);
        }
    }
    topology
}

/// The reads of the map and of each path, in which the map and its paths completed these; and the share of
/// the second path.
fn reads(names: &[&str], done: [Option<f64>; 5]) -> String {
    let topology = topology_without(names);
    let devices = ["dm-0", "sda", "sdb", "sdc", "sdd"];
    let rates = IntervalRates::new(&topology, None, 1.0, |device| {
        let place = devices.iter().position(|name| name.as_bytes() == device.kernel).unwrap();
        done[place].map(|reads| read(reads, reads))
    });
    let map = &rates.maps[0];
    let figures = map.paths.iter().map(|path| &path.figures);
    let reads = std::iter::once(&map.figures).chain(figures).map(|figures| {
        figures.as_ref().map_or("-".to_owned(), |figures| figures.reads.to_string())
    });
    let share = map.paths[1].share_percent.map_or("-".to_owned(), |share| share.to_string());
    format!("{} {share} {}", reads.collect::<Vec<_>>().join(" "), map.is_idle)
}

#[test]
fn a_map_that_is_not_counted_is_the_sum_of_its_paths() {
    let done = [Some(0.0), Some(3.0), Some(2.0), Some(0.0), Some(0.0)];
    assert_eq!(reads(&["dm-0"], done), "5 3 2 0 0 40 false");
    assert_eq!(reads(&[], done), "0 3 2 0 0 40 true");
    let appeared = [None, Some(3.0), Some(2.0), Some(0.0), Some(0.0)];
    assert_eq!(reads(&[], appeared), "- 3 2 0 0 40 false", "it is counted, but not known yet");
    assert_eq!(reads(&["dm-0"], [Some(0.0); 5]), "0 0 0 0 0 - true");
    let counted = [Some(9.0), Some(6.0), Some(4.0), Some(0.0), Some(0.0)];
    assert_eq!(reads(&["dm-0"], counted), "9 6 4 0 0 40 false", "it was turned on");
    let reset = [Some(0.0), None, Some(4.0), Some(0.0), Some(0.0)];
    assert_eq!(reads(&["dm-0"], reset), "- - 4 0 0 - false");
    let unknown = [Some(0.0), None, None, None, None];
    assert_eq!(reads(&["dm-0"], unknown), "- - - - - - false");
    assert_eq!(reads(&["dm-0", "sda"], [Some(0.0); 5]), "- - 0 0 0 - false");
}

#[test]
fn a_path_that_is_not_counted_is_unknown_and_so_are_shares() {
    let done = [Some(10.0), Some(0.0), Some(4.0), Some(0.0), Some(0.0)];
    assert_eq!(reads(&["sda"], done), "10 - 4 0 0 - false");
    let counted = [Some(10.0), Some(6.0), Some(4.0), Some(0.0), Some(0.0)];
    assert_eq!(reads(&["sda"], counted), "10 6 4 0 0 40 false", "it was turned on");
}

#[test]
fn shares_and_sums_are_those_of_paths_that_are_all_known_or_removed() {
    let found = |kernel: &str, path: fn(&mut crate::topology::Path)| {
        let mut maps = topology().maps;
        maps[0].device.kernel = kernel.into();
        path(&mut maps[0].paths[0]);
        let topology = Topology::new(maps);
        let rates = IntervalRates::new(&topology, None, 1.0, |device| match &device.kernel[..] {
            b"sdb" => Some(read(3.0, 3.0)),
            b"sdc" | b"sdd" | b"nvme0n1" => Some(read(0.0, 0.0)),
            b"dm-0" => Some(read(9.0, 9.0)),
            _ => None,
        });
        let map = &rates.maps[0];
        (map.figures.as_ref().map(|figures| figures.reads), map.paths[1].share_percent)
    };
    for (path, share) in [
        ((|_| ()) as fn(&mut crate::topology::Path), None),
        (|path| path.state = b"offline".to_vec(), None),
        (|path| path.state = b"gone".to_vec(), Some(100.0)),
        (|path| path.device.kernel = b"8:0".to_vec(), Some(100.0)),
        (|path| path.device.kernel = b"".to_vec(), Some(100.0)),
    ] {
        assert_eq!(found("dm-0", path), (Some(9.0), share));
        // The driver does not count the map itself.
        assert_eq!(found("nvme0n1", path), (share.map(|_| 3.0), share));
        // A text leaves out what is idle: the map, and the other path.
        assert_eq!(found("nvme0n2", path), (Some(3.0), Some(100.0)));
    }
}

#[test]
fn shares_are_known_if_the_known_paths_account_for_the_map() {
    let share = |of_map: f64, of_path: f64| {
        let topology = topology();
        let rates = IntervalRates::new(&topology, None, 1.0, |device| match &device.kernel[..] {
            b"dm-0" => Some(read(of_map, 0.0)),
            b"sdb" => Some(read(of_path, 0.0)),
            _ => None,
        });
        rates.maps[0].paths[1].share_percent
    };
    assert_eq!([share(1000.0, 1000.0), share(1000.0, 990.0)], [Some(100.0); 2]);
    assert_eq!([share(1000.0, 989.0), share(0.0, 5.0), share(0.0, 0.0)], [None; 3]);
}

#[test]
fn io_of_paths_below_a_map_that_is_not_counted_is_not_past_it() {
    let (topology, mut marker) = (topology_without(&["dm-0"]), Marker::default());
    let paths = [read(2000.0, 0.0), read(2000.0, 0.0), read(2000.0, 0.0), read(0.0, 0.0)];
    let mut marks = || all_marks(&mut marker, &topology, &read(0.0, 0.0), &paths);
    assert_eq!([marks(), marks(), marks()], [(); 3].map(|()| Vec::<String>::new()));
}

#[test]
fn counters_that_stand_still_are_not_shown() {
    let topology = Rc::new(topology_without(&["dm-0", "sda"]));
    let moment =
        |second| toolkit::sampling::Moment { monotonic: Duration::from_secs(second), wall: None };
    let readings: Vec<_> = topology.names.iter().map(|_| Some(reading(50, 50))).collect();
    let sample = Sample { moment: moment(9), topology: Rc::clone(&topology), readings };
    let rates = IntervalRates::since_boot(&sample, Duration::from_secs(9));
    let map = &rates.maps[0];
    assert_eq!((map.reading, map.number), (None, Some((8, 0))));
    let known = |path: &PathRates<'_>| (path.figures.is_some(), path.reading.is_some());
    let known: Vec<_> = map.paths.iter().map(known).collect();
    assert_eq!(known, [(false, false), (true, true), (true, true), (true, true)]);
}
