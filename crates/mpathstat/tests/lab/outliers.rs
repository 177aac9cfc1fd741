//! A path that was slowed down is marked, and equal paths are not, over a long run.
//!
//! The long run is made of the recorded series: what each path of the four equal ones of `mpatha`
//! did in an interval is drawn at random from all that any of them did.

use super::{Folder, mpathstat, records, series, trees};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;

/// How many recorded intervals one of the long run is drawn from.
const DRAWN: usize = 40;
const ROUNDS: usize = 400;
const PATHS: [&str; 4] = ["sda", "sdb", "sdc", "sdd"];

/// Reads and writes and the milliseconds they took, of an interval.
type Interval = (u64, u64);

/// What the equal paths did in each interval of all series.
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

/// Numbers without a pattern, the same each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// Numbered trees of a map with four paths, in which `slow` takes `times` as long.
fn long_run(intervals: &[Interval], slow: &str, times: u64) -> Folder {
    let folder = Folder::new(&format!("long-{slow}-{times}"));
    let mut random = Random(times);
    let mut counters: HashMap<&str, Interval> = PATHS.iter().map(|path| (*path, (0, 0))).collect();
    for round in 1..=ROUNDS {
        let tree = folder.0.join(round.to_string());
        fs::create_dir_all(tree.join("proc")).unwrap();
        let mut text = String::new();
        for (minor, path) in PATHS.iter().enumerate() {
            let counter = counters.get_mut(path).unwrap();
            for _ in 0..DRAWN {
                let (ios, ms) = intervals[random.below(intervals.len())];
                counter.0 += ios;
                counter.1 += ms * if *path == slow { times } else { 1 };
            }
            let (ios, ms) = *counter;
            writeln!(text, "8 {minor} {path} {ios} 0 0 {ms} 0 0 0 0 0 0 0").unwrap();
        }
        fs::write(tree.join("proc/diskstats"), text + "253 0 dm-0 1 0 0 1 0 0 0 0 0 0 0\n")
            .unwrap();
        fs::write(tree.join("proc/uptime"), format!("{round}.00 0.00\n")).unwrap();
    }
    fs::write(folder.0.join("topology.txt"), TOPOLOGY).unwrap();
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
fn marks(folder: &Folder) -> HashMap<String, usize> {
    let topology = folder.0.join("topology.txt");
    let words = ["-a", "-i", "--topology", topology.to_str().unwrap()];
    let mut marks = HashMap::new();
    for line in mpathstat(&folder.0, &words).lines().filter(|line| line.contains("<- ")) {
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
    assert_eq!(marks(&long_run(&intervals, "none", 1)), HashMap::new());
    for slow in ["sda", "sdc"] {
        let marks = marks(&long_run(&intervals, slow, 5));
        assert_eq!(marks.keys().collect::<Vec<_>>(), [slow]);
        assert!(marks[slow] > ROUNDS * 9 / 10, "{marks:?}");
    }
}

#[test]
fn nothing_is_marked_in_what_was_recorded() {
    for series in series() {
        let report = mpathstat(&trees(&series), &["-i"]);
        assert!(!report.contains("<-"), "{}\n{report}", series.display());
    }
}
