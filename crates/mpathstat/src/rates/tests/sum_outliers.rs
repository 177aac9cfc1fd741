//! Sums that are out of line with others.

use super::*;
use crate::rates::sum_outliers::SumOutliers;
use crate::topology::Path;

/// A path: its host, its path group, and what it did.
type Done<'a> = (&'a str, u32, (f64, f64));

/// The maps of device mapper with these paths, and what each path did in a second.
fn maps_with(maps: &[&[Done<'_>]]) -> (Topology, HashMap<Vec<u8>, Figures>) {
    let mut figures = HashMap::new();
    let mut found = Vec::new();
    for (number, paths) in maps.iter().enumerate() {
        let mut map = Map { wwid: format!("3{number}").into_bytes(), ..Map::default() };
        map.name.clone_from(&map.wwid);
        map.device.kernel = format!("dm-{number}").into_bytes();
        for (place, (host, group, (reads, ms))) in paths.iter().enumerate() {
            let mut path = Path::default();
            path.device.kernel = format!("sd{number}x{place}").into_bytes();
            path.endpoints.host = host.as_bytes().to_vec();
            path.multipathd.group = Some(*group);
            figures.insert(path.device.kernel.clone(), read(*reads, *ms));
            map.paths.push(path);
        }
        found.push(map);
    }
    (Topology::new(found), figures)
}

/// The marks of the hosts after an interval of `seconds`.
fn marks_of(
    outliers: &mut SumOutliers,
    (topology, figures): &(Topology, HashMap<Vec<u8>, Figures>),
    seconds: f64,
) -> Vec<String> {
    let rates =
        IntervalRates::new(topology, None, seconds, |device| figures.get(&device.kernel).cloned());
    let marks = outliers.judge(&rates.maps, &[By::Host], seconds);
    let mut found: Vec<_> = marks
        .iter()
        .map(|(key, mark)| {
            let (Mark::Await { times, sibling } | Mark::Share { times, sibling }) = mark else {
                panic!("{mark:?}");
            };
            let key = key.trim_ascii_start().escape_ascii();
            format!("{key} {} {times:.2} {}", mark.key(), sibling.escape_ascii())
        })
        .collect();
    found.sort();
    found
}

/// The same of one interval of a second.
fn once(maps: &[&[Done<'_>]]) -> Vec<String> {
    marks_of(&mut SumOutliers::default(), &maps_with(maps), 1.0)
}

const FINE: (f64, f64) = (100.0, 100.0);

#[test]
fn a_sum_is_compared_with_others_where_both_have_usable_paths() {
    let none: [&str; 0] = [];
    assert_eq!(once(&[&[("a", 1, FINE), ("b", 1, (100.0, 300.0))]]), none, "3 times is not more");
    assert_eq!(once(&[&[("a", 1, FINE), ("b", 1, (100.0, 301.0))]]), ["b await 3.01 a"]);
    assert_eq!(once(&[&[("a", 1, FINE), ("b", 2, (100.0, 900.0))]]), none, "another group");
    assert_eq!(once(&[&[("a", 1, FINE)], &[("b", 1, (100.0, 900.0))]]), none, "another map");
    assert_eq!(once(&[&[("a", 1, FINE), ("-", 1, (100.0, 900.0))]]), none, "nothing in common");
    // Less than half a millisecond longer.
    assert_eq!(once(&[&[("a", 1, (100.0, 20.0)), ("b", 1, (100.0, 70.0))]]), none);
    assert_eq!(once(&[&[("a", 1, (100.0, 20.0)), ("b", 1, (100.0, 71.0))]]), ["b await 3.55 a"]);
    let (mut topology, figures) = maps_with(&[&[("a", 1, FINE), ("b", 1, (100.0, 900.0))]]);
    topology.maps[0].paths[1].state = b"offline".to_vec();
    assert_eq!(marks_of(&mut SumOutliers::default(), &(topology, figures), 1.0), none);
}

#[test]
fn a_slow_map_makes_no_sum_slow() {
    let none: [&str; 0] = [];
    let (quick, slow) = ((1000.0, 500.0), (1000.0, 12_000.0));
    let unused = (0.0, 0.0);
    // Each of the maps uses another host.
    let owners: [&[Done<'_>]; 2] =
        [&[("a", 1, quick), ("b", 2, unused)], &[("a", 2, unused), ("b", 1, slow)]];
    assert_eq!(once(&owners), none);
    let chain: [&[Done<'_>]; 2] =
        [&[("a", 1, quick), ("b", 1, quick)], &[("b", 1, slow), ("c", 1, slow)]];
    assert_eq!(once(&chain), none);
    // Host b has more of the slow map, but is as quick as a on each.
    let mixed: [&[Done<'_>]; 2] = [
        &[("a", 1, (900.0, 900.0)), ("b", 1, (300.0, 300.0))],
        &[("a", 1, (300.0, 6000.0)), ("b", 1, (900.0, 18_000.0))],
    ];
    assert_eq!(once(&mixed), none);
    // Host b takes four times as long on each.
    let slow_host: [&[Done<'_>]; 2] = [
        &[("a", 1, (900.0, 900.0)), ("b", 1, (300.0, 1200.0))],
        &[("a", 1, (300.0, 6000.0)), ("b", 1, (900.0, 72_000.0))],
    ];
    assert_eq!(once(&slow_host), ["b await 4.00 a"]);
}

#[test]
fn the_sum_that_is_farthest_out_of_line_with_another_names_it() {
    let paths = |a, b, c| once(&[&[("a", 1, a), ("b", 1, b), ("c", 1, c)]]);
    let slow = (100.0, 800.0);
    assert_eq!(paths((100.0, 200.0), FINE, slow), ["c await 8.00 b"]);
    assert_eq!(paths(FINE, (100.0, 200.0), slow), ["c await 8.00 a"]);
    assert_eq!(paths(FINE, FINE, slow), ["c await 8.00 a"]);
    assert_eq!(paths((400.0, 400.0), (800.0, 800.0), FINE), ["c share 0.12 b"]);
    assert_eq!(paths((800.0, 800.0), (500.0, 500.0), FINE), ["c share 0.12 a"]);
    assert_eq!(paths((800.0, 800.0), (800.0, 800.0), FINE), ["c share 0.12 a"]);
    // A mark by await is worse than one by share.
    let wanted = ["a await 8.00 b", "b share 0.12 a", "c await 8.00 b"];
    assert_eq!(paths((800.0, 6400.0), FINE, slow), wanted);
    let wanted = ["a share 0.12 b", "b await 8.00 a", "c await 8.00 a"];
    assert_eq!(paths(FINE, (800.0, 6400.0), slow), wanted);
}

#[test]
fn the_share_of_a_sum_is_that_of_its_paths_on_average() {
    let none: [&str; 0] = [];
    let share = |a: f64, b: f64| once(&[&[("a", 1, (a, a)), ("b", 1, (b, b))]]);
    assert_eq!(share(200.0, 50.0), none, "a quarter is not fewer");
    assert_eq!(share(200.0, 49.0), ["b share 0.24 a"]);
    assert_eq!(share(200.0, 10.0), ["b share 0.05 a"]);
    assert_eq!(share(200.0, 9.0), none, "an idle path");
    assert_eq!(share(180.0, 20.0), ["b share 0.11 a"]);
    assert_eq!(share(179.0, 20.0), none, "199 of 200");
    // Two paths, of 35 on average, beside one of 170.
    let fewer =
        once(&[&[("a", 1, (170.0, 170.0)), ("b", 1, (50.0, 50.0)), ("b", 1, (20.0, 20.0))]]);
    assert_eq!(fewer, ["b share 0.21 a"]);
    let many = once(&[&[("a", 1, FINE), ("a", 1, FINE), ("a", 1, FINE), ("b", 1, (70.0, 70.0))]]);
    assert_eq!(many, none);
}

#[test]
fn what_a_path_checker_reads_is_no_share() {
    let at = |seconds: f64, reads: f64| {
        let (topology, mut figures) =
            maps_with(&[&[("a", 1, (2000.0, 2000.0)), ("b", 1, (reads, reads))]]);
        for figures in figures.values_mut() {
            figures.seconds = seconds;
        }
        marks_of(&mut SumOutliers::default(), &(topology, figures), seconds).len()
    };
    assert_eq!([at(10.0, 20.0), at(10.0, 21.0), at(9.0, 20.0)], [0, 1, 1]);
}

#[test]
fn the_evidence_on_sums_adds_up_and_a_judgment_stands_while_the_sum_is_used() {
    let mut outliers = SumOutliers::default();
    let mut count = |a: (f64, f64), b: (f64, f64), seconds: f64| {
        marks_of(&mut outliers, &maps_with(&[&[("a", 1, a), ("b", 1, b)]]), seconds).len()
    };
    let (quick, slow) = ((40.0, 40.0), (40.0, 400.0));
    let found: Vec<_> = (0..4).map(|_| count(quick, slow, 1.0)).collect();
    assert_eq!(found, [0, 0, 1, 1]);
    assert_eq!(count(quick, (0.0, 0.0), 1.0), 0, "it is not used");
    assert_eq!(count(quick, slow, 1.0), 1);
    let found: Vec<_> = (0..4).map(|_| count(quick, quick, 1.0)).collect();
    assert_eq!(found, [1, 1, 1, 0], "it is judged again");
    // The figures of a text are per second: these are 120 reads each.
    assert_eq!(count(quick, slow, 3.0), 1);
}

#[test]
fn shares_add_up_too() {
    let mut outliers = SumOutliers::default();
    let mut count = |a: f64, b: f64| {
        marks_of(&mut outliers, &maps_with(&[&[("a", 1, (a, a)), ("b", 1, (b, b))]]), 1.0).len()
    };
    let found: Vec<_> = (0..4).map(|_| count(90.0, 10.0)).collect();
    assert_eq!(found, [0, 1, 1, 1]);
    let found: Vec<_> = (0..4).map(|_| count(60.0, 40.0)).collect();
    assert_eq!(found, [1, 0, 0, 0]);
    let mut outliers = SumOutliers::default();
    let mut count = |a: f64, b: f64| {
        marks_of(&mut outliers, &maps_with(&[&[("a", 1, (a, a)), ("b", 1, (b, b))]]), 1.0).len()
    };
    // Ten intervals of two reads are those of a path checker; three are not.
    let found: Vec<_> = (0..10).map(|_| count(19.0, 2.0)).collect();
    assert_eq!(found, [0; 10]);
    let found: Vec<_> = (0..3).map(|_| count(70.0, 3.4)).collect();
    assert_eq!(found, [0, 0, 1]);
}

#[test]
fn nvme_maps_are_judged_by_share_if_their_policy_is_known_and_spreads_io() {
    let marks = |kernel: &str, policy: &str| {
        let (mut topology, figures) =
            maps_with(&[&[("a", 1, (200.0, 200.0)), ("b", 1, (20.0, 20.0))]]);
        topology.maps[0].device.kernel = kernel.as_bytes().to_vec();
        topology.maps[0].policy = policy.as_bytes().to_vec();
        let sums = marks_of(&mut SumOutliers::default(), &(topology.clone(), figures.clone()), 1.0);
        let mut rates =
            IntervalRates::new(&topology, None, 1.0, |device| figures.get(&device.kernel).cloned());
        Marker::default().mark(&mut rates);
        [sums.len(), rates.maps[0].paths[1].marks.len()]
    };
    assert_eq!(marks("nvme0n1", "round-robin"), [1, 1]);
    assert_eq!(marks("nvme0n1", "queue-depth"), [1, 1]);
    assert_eq!(marks("nvme0n1", "numa"), [0, 0]);
    assert_eq!(marks("nvme0n1", ""), [0, 0], "numa is the default");
    assert_eq!(marks("dm-0", ""), [1, 1]);
}

#[test]
fn a_sum_keeps_its_mark_if_the_others_are_not_shown() {
    let (topology, figures) = maps_with(&[
        &[("a", 1, FINE), ("b", 1, (100.0, 900.0))],
        &[("a", 1, FINE), ("b", 1, FINE)],
    ]);
    let sums = |word: &str| {
        let selection = Selection::new([word.as_bytes()], |_| None);
        let marker = Some(Marker::default());
        let mut view = View { marker, selection, by: vec![By::Host], ..View::default() };
        let figures = |device: &Device| figures.get(&device.kernel).cloned();
        let rates = view.apply(IntervalRates::new(&topology, None, 1.0, figures));
        let sum = |sum: &Sum<'_>| {
            let reads = sum.figures.as_ref().map_or(0.0, |figures| figures.reads);
            format!("{} {reads} {}", sum.name.escape_ascii(), sum.marks.len())
        };
        rates.sums.iter().flatten().map(sum).collect::<Vec<_>>()
    };
    assert_eq!(sums("b"), ["b 200 1"]);
    assert_eq!(sums("sd0x1"), ["b 100 1"]);
    assert_eq!(sums("30"), ["a 100 0", "b 100 1"]);
    assert_eq!(sums("31"), ["a 100 0", "b 100 0"], "only maps that are shown are compared");
}

#[test]
fn a_sum_is_compared_with_a_limited_number_of_others() {
    let names: Vec<_> = (0..33).map(|number| format!("h{number}")).collect();
    let mut paths: Vec<_> = names.iter().map(|name| (&name[..], 1, FINE)).collect();
    paths[31].2 = (100.0, 900.0);
    paths[32].2 = (100.0, 900.0);
    assert_eq!(once(&[&paths]), ["h31 await 9.00 h0"]);
}
