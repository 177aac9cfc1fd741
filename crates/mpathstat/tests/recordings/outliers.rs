//! Over a long run, a path that was slowed down is marked, and equal paths are not in three hours.
//!
//! The long run is made from the recorded series: what each of the four equal paths of `mpatha` does in
//! an interval is drawn at random from what any of them did in any interval.

use super::{mpathstat, records, series, trees};
use std::collections::HashMap;
use std::fmt::Write as _;
use test_support::{Rng, TempDir, random_cases, temp_dir, write};

/// How many recorded intervals make one interval of the long run.
const DRAWN: usize = 40;
const INTERVALS: usize = 400;
const THREE_HOURS: usize = 3 * 3600;
const PATHS: [&str; 4] = ["sda", "sdb", "sdc", "sdd"];

/// The reads and writes in an interval, and the milliseconds that they took.
type Interval = (u64, u64);

/// What each of the equal paths did in each interval of all series.
fn intervals() -> Vec<Interval> {
    let mut found = Vec::new();
    for series in series() {
        let paths = records(&mpathstat(&trees(&series), &["-o", "tsv"]));
        for path in paths.iter().filter(|path| path["wwid"] == "35000c50000000001") {
            let number = |key: &str| path[key].parse::<f64>().unwrap_or(0.0);
            let ios = (number("reads_per_s") + number("writes_per_s")) * number("seconds");
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "small counts"
            )]
            found.push((ios.round() as u64, (ios * number("await_ms")).round() as u64));
        }
    }
    found
}

/// Numbered trees of a map with four paths, on one of which, `slow`, I/O takes `times` as long.
fn long_run(
    rng: &mut Rng,
    intervals: &[Interval],
    count: usize,
    slow: &str,
    times: u64,
) -> TempDir {
    let folder = temp_dir();
    let mut counters: HashMap<&str, Interval> = PATHS.iter().map(|path| (*path, (0, 0))).collect();
    for number in 1..=count {
        let tree = folder.path().join(number.to_string());
        let mut diskstats = String::new();
        for (minor, path) in PATHS.iter().enumerate() {
            let counter = counters.get_mut(path).unwrap();
            for _ in 0..DRAWN {
                let (ios, ms) = intervals[rng.usize(..intervals.len())];
                counter.0 += ios;
                counter.1 += ms * if *path == slow { times } else { 1 };
            }
            let (ios, ms) = *counter;
            let sectors = ios * 8;
            writeln!(diskstats, "8 {minor} {path} {ios} 0 {sectors} {ms} 0 0 0 0 0 0 0").unwrap();
        }
        let ios: u64 = counters.values().map(|(ios, _)| ios).sum();
        let ms: u64 = counters.values().map(|(_, ms)| ms).sum();
        let sectors = ios * 8;
        writeln!(diskstats, "253 0 dm-0 {ios} 0 {sectors} {ms} 0 0 0 0 0 0 0").unwrap();
        write(&tree.join("proc/diskstats"), diskstats);
        write(&tree.join("proc/uptime"), format!("{number}.00 0.00\n"));
    }
    write(&folder.path().join("topology.txt"), TOPOLOGY);
    folder
}

const TOPOLOGY: &str = "mpatha (35000c50000000001) dm-0 LABCO,Virtual A\n\
    size=512M features='0' hwhandler='0' wp=rw\n\
    `-+- policy='round-robin 0' prio=1 status=active\n  \
      |- 0:0:0:0 sda 8:0 active ready running\n  \
      |- 1:0:0:0 sdb 8:1 active ready running\n  \
      |- 2:0:0:0 sdc 8:2 active ready running\n  \
      `- 3:0:0:0 sdd 8:3 active ready running\n";

/// How often each path is marked in a long run.
fn marks(run: &TempDir) -> HashMap<String, usize> {
    let topology = run.path().join("topology.txt");
    let words = ["-a", "-i", "--topology", topology.to_str().unwrap()];
    let mut marks = HashMap::new();
    for line in mpathstat(run.path(), &words).lines().filter(|line| line.contains("<- ")) {
        let path = line.split_whitespace().nth(1).unwrap();
        *marks.entry(path.to_owned()).or_insert(0) += 1;
    }
    marks
}

#[test]
fn a_slow_path_is_marked_and_equal_ones_are_not() {
    let intervals = intervals();
    if intervals.is_empty() {
        return;
    }
    assert!(intervals.len() > 200, "{}", intervals.len());
    random_cases(1, |rng| {
        assert_eq!(marks(&long_run(rng, &intervals, THREE_HOURS, "none", 1)), HashMap::new());
    });
    for slow in ["sda", "sdc"] {
        random_cases(1, |rng| {
            let marks = marks(&long_run(rng, &intervals, INTERVALS, slow, 5));
            assert_eq!(marks.keys().collect::<Vec<_>>(), [slow]);
            assert!(marks[slow] > INTERVALS * 9 / 10, "{marks:?}");
        });
    }
}

#[test]
fn only_paths_that_were_set_offline_are_marked_in_the_recorded_series() {
    for series in series() {
        let report = mpathstat(&trees(&series), &["-i"]);
        let mut marks = report.lines().filter(|line| line.contains("<-"));
        let is_state = |line: &str| line.contains("<- offline (") || line.contains("<- gone");
        assert!(marks.all(is_state), "{}\n{report}", series.display());
    }
}
