//! The sums that `-g` shows are the sums of the paths.

use super::{figure, mpathstat, records, series, trees};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use test_support::repository;

/// The figures that can be added.
const ADDITIVE: [&str; 8] = [
    "reads_per_s",
    "writes_per_s",
    "read_kb_per_s",
    "written_kb_per_s",
    "queue",
    "util_pct",
    "errors_per_s",
    "timeouts_per_s",
];

/// The sum of each figure, and how many rounded ones it is made of, by time, and by map if `by_map`.
fn totals(
    records: &[HashMap<String, String>],
    by_map: bool,
) -> HashMap<(String, String, String), (f64, usize)> {
    let mut totals = HashMap::new();
    for record in records {
        let map = if by_map { record["map"].clone() } else { String::new() };
        for key in ADDITIVE {
            let total = totals
                .entry((record["time"].clone(), map.clone(), key.to_owned()))
                .or_insert((0.0, 0));
            total.0 += figure(record, key);
            total.1 += 1;
        }
    }
    totals
}

fn compare(root: &Path) {
    let paths = records(&mpathstat(root, &["-a", "-x", "-o", "tsv"]));
    for by in ["host", "target", "controller", "group"] {
        let sums = records(&mpathstat(root, &["-a", "-x", "-g", by, "-o", "tsv"]));
        let (paths, sums) = (totals(&paths, by == "group"), totals(&sums, by == "group"));
        assert_eq!(paths.len(), sums.len(), "{}", root.display());
        for (what, (sum, rounded)) in sums {
            let (path, more) = paths[&what];
            #[expect(clippy::cast_precision_loss, reason = "a few figures")]
            let off = 0.00501 * (rounded + more) as f64;
            assert!(
                (sum - path).abs() <= off,
                "{what:?} by {by} of {}: {sum}, {path}",
                root.display()
            );
        }
    }
}

#[test]
fn sums_are_those_of_the_paths() {
    let samples = repository("testdata/samples/mpathstat");
    let has_messages = |name: &str| {
        ["cut", "strange", "unreadable", "none", "sos", "texts", "two-namespaces"].contains(&name)
            || name.starts_with("not-counted")
    };
    for sample in fs::read_dir(samples).unwrap().map(|entry| entry.unwrap()) {
        if sample.path().is_dir() && !has_messages(&sample.file_name().to_string_lossy()) {
            compare(&sample.path());
        }
    }
    for series in series() {
        compare(&trees(&series));
    }
}
