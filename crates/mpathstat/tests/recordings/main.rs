//! Recorded series of counters: each figure equals what another program computes from the raw
//! counters, and what iostat prints for the same two moments.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test may panic")]

mod outliers;
mod sums;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use test_support::{repository, shared, skip, stdout};
use toolkit::messages::Messages;

/// The recorded series; none where they are missing.
fn series() -> Vec<PathBuf> {
    let Some(lab) = shared("data/lab/mpath") else { return Vec::new() };
    let folders = fs::read_dir(lab).unwrap();
    let packed = folders.map(|folder| folder.unwrap().path().join("series.jsonl.gz"));
    let mut found: Vec<_> = packed.filter(|file| file.is_file()).collect();
    found.sort();
    assert!(found.len() >= 5, "{found:?}");
    found
}

/// The numbered trees of a series, which are made once.
fn trees(series: &Path) -> PathBuf {
    static MAKING: Mutex<()> = Mutex::new(());
    let name = series.parent().unwrap().file_name().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _only = MAKING.lock().unwrap();
    if folder.is_dir() {
        return folder;
    }
    let (text, unfinished) = (folder.with_extension("jsonl"), folder.with_extension("part"));
    fs::write(&text, stdout(Command::new("gzip").arg("-dc").arg(series))).unwrap();
    let script = repository("../shared/tools/series2root.py");
    let made = Command::new("python3").arg(script).arg(&text).arg(&unfinished).status().unwrap();
    assert!(made.success(), "{}", series.display());
    fs::rename(unfinished, &folder).unwrap();
    folder
}

/// A script beside these tests.
fn script(name: &str) -> PathBuf {
    repository("crates/mpathstat/tests/recordings").join(name)
}

/// What the command prints.
fn mpathstat(root: &Path, words: &[&str]) -> String {
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    let root = [OsString::from("--root"), root.into()];
    let words = root.into_iter().chain(words.iter().map(OsString::from));
    mpathstat::run(words, &mut out, &mut Messages::new("mpathstat", &mut errors)).unwrap();
    assert_eq!(String::from_utf8_lossy(&errors), "");
    String::from_utf8(out).unwrap()
}

/// Records of `-o tsv` about paths or sums: values by key.
fn records(tsv: &str) -> Vec<HashMap<String, String>> {
    let mut lines = tsv.lines();
    let keys: Vec<_> = lines.next().unwrap().split('\t').collect();
    let record = |line: &str| {
        keys.iter().map(ToString::to_string).zip(line.split('\t').map(str::to_owned)).collect()
    };
    let records = lines.map(record);
    let is_map =
        |record: &HashMap<String, String>| record.get("kind").is_some_and(|it| it == "map");
    records.filter(|record| !is_map(record)).collect()
}

fn figure(record: &HashMap<String, String>, key: &str) -> f64 {
    record[key].parse().unwrap_or(0.0)
}

#[test]
fn every_figure_is_computed_from_the_raw_counters() {
    for series in series() {
        let expected = stdout(Command::new("python3").arg(script("expect.py")).arg(&series));
        let expected = String::from_utf8(expected).unwrap();
        let found = mpathstat(&trees(&series), &["-a"]);
        let found: Vec<_> = found.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(expected.lines().count() > 100);
        for (number, (expected, found)) in expected.lines().zip(&found).enumerate() {
            assert_eq!(*found, expected, "line {} of {}", number + 1, series.display());
        }
        assert_eq!(found.len(), expected.lines().count(), "{}", series.display());
    }
}

/// The figures of iostat by device and column.
fn iostat(text: &str) -> HashMap<String, HashMap<String, f64>> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with("Device"));
    let heads: Vec<_> =
        lines.next().unwrap().split_whitespace().skip(1).map(str::to_owned).collect();
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        Some((name, heads.iter().cloned().zip(words.map(|word| word.parse().unwrap())).collect()))
    };
    lines.filter_map(row).collect()
}

#[test]
fn iostat_prints_the_same_for_the_same_moments() {
    const SAME: [(&str, &str); 9] = [
        ("reads_per_s", "r/s"),
        ("writes_per_s", "w/s"),
        ("read_kb_per_s", "rkB/s"),
        ("written_kb_per_s", "wkB/s"),
        ("read_await_ms", "r_await"),
        ("write_await_ms", "w_await"),
        ("kb_per_read", "rareq-sz"),
        ("kb_per_write", "wareq-sz"),
        ("util_pct", "%util"),
    ];
    for series in series().iter().take(2) {
        let root = trees(series);
        let ours = records(&mpathstat(&root, &["-a", "-o", "tsv"]));
        let times: Vec<_> =
            (1..10).map(|n| (root.join(n.to_string()), root.join((n + 1).to_string()))).collect();
        let runs: Vec<_> = times
            .into_iter()
            .map(|(old, new)| {
                let mut run = Command::new("python3");
                run.env("LC_ALL", "C").env("S_COLORS", "never");
                run.arg(script("iostat.py")).arg(old).arg(new);
                thread::spawn(move || run.output().unwrap())
            })
            .collect();
        let outputs: Vec<_> = runs.into_iter().map(|run| run.join().unwrap()).collect();
        if outputs.iter().any(|output| output.status.code() == Some(77)) {
            skip("no iostat, or no mount namespace for it");
            return;
        }
        // In these two series, no device is added or removed.
        let intervals = ours.chunks(ours.len() / outputs.len());
        let mut compared = 0;
        for (interval, output) in intervals.zip(outputs) {
            let theirs = iostat(&String::from_utf8(output.stdout).unwrap());
            // iostat leaves out hidden devices that were always idle.
            for path in interval.iter().filter(|path| theirs.contains_key(&path["path"])) {
                for (key, column) in SAME {
                    let (own, their) = (figure(path, key), theirs[&path["path"]][column]);
                    assert!(
                        (own - their).abs() < 0.011,
                        "{} {key}: {own}, iostat {their}",
                        path["path"]
                    );
                    compared += 1;
                }
            }
        }
        assert!(compared > 500, "{compared}");
    }
}
