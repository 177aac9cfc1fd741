//! Paths that are out of line with their siblings.

use super::*;
use crate::rates::outliers::{Outliers, Subject};

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
    let quick = Mark::Await { times: 200.0, sibling: b"sdb".to_vec() };
    assert_eq!(found([(100.0, 100.0), (100.0, 0.0), (100.0, 200.0), (0.0, 0.0)]), [quick]);
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

/// Writes and milliseconds.
fn write(writes: f64, write_ms: f64) -> Figures {
    Figures { writes, write_ms, ..read(0.0, 0.0) }
}

#[test]
fn reads_and_writes_count_together() {
    let topology = topology();
    let paths = [write(100.0, 100.0), read(100.0, 100.0), write(100.0, 400.0), read(0.0, 0.0)];
    let found = all_marks(&mut Marker::default(), &topology, &read(300.0, 0.0), &paths);
    assert_eq!(found, ["sdc await"]);
}

#[test]
fn two_siblings_are_compared_and_one_alone_is_not() {
    let judge = |outliers: &mut Outliers, paths: &[(&'static str, f64, f64)]| {
        let figures: Vec<_> = paths.iter().map(|(_, reads, ms)| read(*reads, *ms)).collect();
        let subjects = paths.iter().zip(&figures).map(|((name, _, _), figures)| {
            let name = name.as_bytes();
            Subject { key: name.to_vec(), name, figures: Some(figures) }
        });
        let marks = outliers.judge(&subjects.collect::<Vec<_>>(), true, 1.0);
        outliers.end_interval();
        marks.iter().flatten().map(Mark::key).collect::<Vec<_>>()
    };
    let mut outliers = Outliers::default();
    assert_eq!(judge(&mut outliers, &[("sda", 100.0, 100.0), ("sdb", 100.0, 301.0)]), ["await"]);
    // A path that returns is not compared with what its sibling did alone.
    for _ in 0..9 {
        assert_eq!(judge(&mut outliers, &[("sda", 100.0, 100.0)]), Vec::<&str>::new());
    }
    let both = [("sda", 90.0, 90.0), ("sdb", 50.0, 50.0)];
    for _ in 0..9 {
        assert_eq!(judge(&mut outliers, &both), Vec::<&str>::new());
    }
}

#[test]
fn what_a_path_checker_reads_is_no_share() {
    let topology = topology();
    let once = |reads: f64, seconds: f64| {
        let figures = |device: &Device| {
            let reads = if device.kernel == b"sdc" { reads } else { 5000.0 };
            Some(Figures { seconds, ..read(reads, reads) })
        };
        let mut rates = IntervalRates::new(&topology, None, seconds, figures);
        Marker::default().mark(&mut rates);
        rates.maps[0].paths[2].marks.iter().map(Mark::key).collect::<Vec<_>>()
    };
    assert_eq!(once(120.0, 60.0), [""; 0]);
    assert_eq!(once(121.0, 60.0), ["share"]);
    let mut marker = Marker::default();
    let (busy, fine) = ((99.0, 99.0), (101.0, 101.0));
    let mut found =
        |reads: f64| marks(&mut marker, &topology, [busy, fine, (reads, reads), (0.0, 0.0)]).len();
    // Two intervals are judged together.
    assert_eq!([found(5.0), found(5.0)], [0, 1]);
    assert_eq!([found(9.0), found(0.0)], [1, 0], "nine reads are those of an idle path");
}

#[test]
fn a_judgment_since_boot_stands_for_its_own_report_only() {
    let topology = topology();
    let marker = Some(Marker::default());
    let mut view = View { marker, by: vec![By::Host], ..View::default() };
    let mut count = |reads: f64, is_since_boot: bool| {
        let figures = |device: &Device| {
            let ms = if device.kernel == b"sdc" { 20.0 } else { 1.0 };
            Some(read(reads, reads * ms))
        };
        let rates = IntervalRates::new(&topology, None, 1.0, figures);
        let rates = view.apply(IntervalRates { is_since_boot, ..rates });
        let sums = rates.sums.iter().flatten().map(|sum| sum.marks.len()).sum::<usize>();
        (rates.maps[0].paths[2].marks.len(), sums)
    };
    assert_eq!(count(1000.0, true), (1, 1));
    assert_eq!(count(99.0, false), (0, 0));
    assert_eq!(count(1.0, false), (1, 1));
    assert_eq!(count(1.0, false), (1, 1));
}

/// The marks of `sdc` after each of these intervals, in which its siblings are busy.
fn marks_beside_busy(marker: &mut Marker, intervals: &[(f64, f64)]) -> Vec<String> {
    let topology = topology();
    let judge = |sdc: &(f64, f64)| {
        let figures = |device: &Device| match &device.kernel[..] {
            b"sda" => Some(read(300.0, 300.0)),
            b"sdb" => Some(read(301.0, 301.0)),
            b"sdc" => Some(read(sdc.0, sdc.1)),
            _ => None,
        };
        let mut rates = IntervalRates::new(&topology, None, 1.0, figures);
        marker.mark(&mut rates);
        match rates.maps[0].paths[2].marks.first() {
            Some(Mark::Await { times, sibling }) => {
                format!("{times:.2} {}", sibling.escape_ascii())
            }
            mark => mark.map_or("", Mark::key).to_owned(),
        }
    };
    intervals.iter().map(judge).collect()
}

#[test]
fn a_slow_path_that_is_avoided_is_marked_when_there_is_enough_of_it() {
    // Beside 301 reads, 4 count as 7.9: 13 intervals are enough.
    let mut marker = Marker::default();
    let (slow, mark) = ([(4.0, 2000.0); 13], "500.00 sdb");
    let wanted = [&[""; 12][..], &[mark]].concat();
    assert_eq!(marks_beside_busy(&mut marker, &slow), wanted);
    // The mark stands, until there is enough evidence against it.
    assert_eq!(marks_beside_busy(&mut marker, &[(1.0, 500.0); 3]), [mark; 3]);
    assert_eq!(marks_beside_busy(&mut marker, &[(100.0, 100.0)]), [""]);
    assert_eq!(marks_beside_busy(&mut marker, &slow), wanted, "it starts again at zero");
    let quick = marks_beside_busy(&mut marker, &[(9.0, 9.0); 8]);
    assert_eq!(quick, [&[mark; 5][..], &[""; 3]].concat(), "it is judged again");
}

#[test]
fn a_path_that_is_avoided_is_not_judged_by_what_a_path_checker_reads() {
    let found = |path| {
        let marks = marks_beside_busy(&mut Marker::default(), &[path; 60]);
        marks.concat().len()
    };
    assert_eq!([found((2.0, 1000.0)), found((4.0, 12.0))], [0, 0]);
    assert_ne!(found((2.1, 1000.0)), 0);
}

#[test]
fn the_evidence_on_a_path_that_is_avoided_ends_with_its_state() {
    let (mut marker, slow) = (Marker::default(), [(4.0, 2000.0); 12]);
    assert_eq!(marks_beside_busy(&mut marker, &slow).concat(), "");
    let mut maps = topology().maps;
    maps[0].paths[2].state = b"blocked".to_vec();
    let blocked = Topology::new(maps);
    marker.mark(&mut IntervalRates::new(&blocked, None, 1.0, |_| Some(read(1.0, 1.0))));
    assert_eq!(marks_beside_busy(&mut marker, &slow).concat(), "");
    assert_eq!(marks_beside_busy(&mut marker, &slow[..1]), ["500.00 sdb"]);
}
