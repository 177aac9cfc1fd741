use super::*;
use crate::topology::text;

fn reading(reads: u64, read_ms: u64) -> Reading {
    let io = Io { reads, read_ms, sectors_read: reads * 8, ..Io::default() };
    Reading { number: (8, 0), io, failures: None }
}

#[test]
fn figures_are_those_of_one_device_whose_counters_increased() {
    let done = Figures::between(&reading(10, 5), &reading(30, 45), 2.0).unwrap();
    assert_eq!(
        (done.rate(done.reads), done.await_ms(), done.rate(done.read_kib)),
        (10.0, 2.0, 40.0)
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
    assert_eq!((done.read_ms, done.await_ms()), (16.0, 4.0));
    assert!(
        Figures::between(&reading(0, near / 2), &reading(4, 6), 1.0).is_none(),
        "too large an increase"
    );
}

#[test]
fn only_known_failures_add_up() {
    let failures = |errors, timeouts| Some(Failures { errors, timeouts });
    let (mut old, mut new) = (reading(0, 0), reading(4, 4));
    (old.failures, new.failures) = (failures(3, None), failures(5, None));
    let known = Figures::between(&old, &new, 1.0).unwrap();
    assert_eq!((known.errors, known.timeouts), (Some(2.0), None));
    let mut sum = Figures::default();
    sum += Figures::between(&reading(0, 0), &reading(1, 1), 1.0).unwrap();
    assert_eq!(sum.errors, None);
    sum += known;
    sum += known;
    assert_eq!((sum.errors, sum.reads), (Some(4.0), 9.0));
}

/// A map with four paths in one group.
fn topology() -> Topology {
    let lines = "mpatha (36001) dm-0 A,B\nsize=1G\n`-+- policy='x' prio=1 status=active\n  \
        |- 0:0:0:0 sda 8:0 active ready running\n  |- 1:0:0:0 sdb 8:16 active ready running\n  \
        |- 2:0:0:0 sdc 8:32 active ready running\n  `- 3:0:0:0 sdd 8:48 failed faulty offline\n";
    text::read(lines.as_bytes(), |_, _| ()).unwrap()
}

/// The marks after an interval in which the paths had these reads and milliseconds.
fn marks(outliers: &mut Outliers, topology: &Topology, paths: [(f64, f64); 4]) -> Vec<String> {
    let names = [&b"sda"[..], b"sdb", b"sdc", b"sdd"];
    let mut rates = IntervalRates::new(topology, None, 1.0, |device| {
        let at = names.iter().position(|name| *name == device.kernel)?;
        let (reads, read_ms) = paths[at];
        Some(Figures { seconds: 1.0, reads, read_ms, ..Figures::default() })
    });
    outliers.judge(&mut rates);
    let paths = rates.maps.iter().flat_map(|map| &map.paths);
    let mark = |path: &PathRates<'_>| {
        let mark = path.mark.as_ref()?;
        Some(format!("{} {}", path.path.device.kernel.escape_ascii(), mark.what))
    };
    paths.filter_map(mark).collect()
}

#[test]
fn a_path_is_compared_with_its_best_sibling() {
    let (topology, none) = (topology(), Vec::<String>::new());
    let once = |paths| marks(&mut Outliers::default(), &topology, paths);
    let fine = (100.0, 100.0);
    assert_eq!(once([fine, fine, fine, (100.0, 5000.0)]), none, "a failed path is not a sibling");
    assert_eq!(once([fine, fine, (100.0, 290.0), fine]), none);
    assert_eq!(once([fine, fine, (100.0, 310.0), fine]), ["sdc await"]);
    assert_eq!(
        once([(200.0, 20.0), (200.0, 20.0), (100.0, 50.0), fine]),
        none,
        "only 0.4 ms longer"
    );
    assert_eq!(once([(200.0, 200.0), fine, (45.0, 45.0), fine]), ["sdc share"]);
    assert_eq!(once([(200.0, 200.0), fine, (9.0, 900.0), fine]), none, "an idle path");
    assert_eq!(once([(200.0, 200.0), (98.0, 98.0), (1.0, 1.0), fine]), none, "not enough evidence");
}

#[test]
fn evidence_adds_up_and_a_judgment_stands_while_the_path_is_used() {
    let (topology, mut outliers) = (topology(), Outliers::default());
    let slow = [(40.0, 40.0), (40.0, 40.0), (40.0, 400.0), (0.0, 0.0)];
    let found: Vec<_> = (0..4).map(|_| marks(&mut outliers, &topology, slow).len()).collect();
    assert_eq!(found, [0, 0, 1, 1]);
    let idle = [(40.0, 40.0), (40.0, 40.0), (0.0, 0.0), (0.0, 0.0)];
    assert_eq!(marks(&mut outliers, &topology, idle), Vec::<String>::new());
}
