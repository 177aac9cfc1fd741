//! The recorded series of the laboratory, in place: each figure is what another computation makes of
//! the raw counters, and what iostat prints of the same two moments.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a failed test may panic, a skipped one says so"
)]

mod outliers;
mod sums;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use toolkit::messages::Messages;

/// A folder of this run that is removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("mpathstat-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn here(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

/// The recorded series; none, and a word about it, where they are not at hand.
fn series() -> Vec<PathBuf> {
    let lab = here("../../../shared/data/lab/mpath");
    let Ok(folders) = fs::read_dir(&lab) else {
        eprintln!("skipped: {} is not here", lab.display());
        return Vec::new();
    };
    let packed = folders.map(|folder| folder.unwrap().path().join("series.jsonl.gz"));
    let mut found: Vec<_> = packed.filter(|file| file.is_file()).collect();
    found.sort();
    assert!(found.len() >= 5, "{found:?}");
    found
}

/// The numbered trees of a series, made once.
fn trees(series: &Path) -> PathBuf {
    static MAKING: Mutex<()> = Mutex::new(());
    let name = series.parent().unwrap().file_name().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _only = MAKING.lock().unwrap();
    if folder.is_dir() {
        return folder;
    }
    let (text, unfinished) = (folder.with_extension("jsonl"), folder.with_extension("part"));
    let unpacked = Command::new("gzip").arg("-dc").arg(series).output().unwrap();
    fs::write(&text, unpacked.stdout).unwrap();
    let script = here("../../../shared/tools/series2root.py");
    let made = Command::new("python3").arg(script).arg(&text).arg(&unfinished).status().unwrap();
    assert!(made.success(), "{}", series.display());
    fs::rename(unfinished, &folder).unwrap();
    folder
}

/// What the command prints.
fn mpathstat(root: &Path, words: &[&str]) -> String {
    let (mut out, mut told) = (Vec::new(), Vec::new());
    let root = [OsString::from("--root"), root.into()];
    let words = root.into_iter().chain(words.iter().map(OsString::from));
    mpathstat::run(words, &mut out, &mut Messages::new("mpathstat", &mut told)).unwrap();
    assert_eq!(String::from_utf8_lossy(&told), "");
    String::from_utf8(out).unwrap()
}

/// Records of `-o tsv`: values by key.
fn records(tsv: &str) -> Vec<HashMap<String, String>> {
    let mut lines = tsv.lines();
    let keys: Vec<_> = lines.next().unwrap().split('\t').collect();
    let record = |line: &str| {
        keys.iter().map(ToString::to_string).zip(line.split('\t').map(str::to_owned)).collect()
    };
    lines.map(record).collect()
}

fn figure(record: &HashMap<String, String>, key: &str) -> f64 {
    record[key].parse().unwrap_or(0.0)
}

#[test]
fn every_figure_is_that_of_the_raw_counters() {
    for series in series() {
        let expected =
            Command::new("python3").arg(here("tests/lab/expect.py")).arg(&series).output().unwrap();
        let expected = String::from_utf8(expected.stdout).unwrap();
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
fn iostat_prints_the_same_of_the_same_moments() {
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
                run.arg(here("tests/lab/iostat.py")).arg(old).arg(new);
                thread::spawn(move || run.output().unwrap())
            })
            .collect();
        let outputs: Vec<_> = runs.into_iter().map(|run| run.join().unwrap()).collect();
        if outputs.iter().any(|output| output.status.code() == Some(77)) {
            eprintln!("skipped: no iostat, or no mount namespace for it");
            return;
        }
        // In these two no device comes or goes.
        let rounds = ours.chunks(ours.len() / outputs.len());
        let mut compared = 0;
        for (round, output) in rounds.zip(outputs) {
            let theirs = iostat(&String::from_utf8(output.stdout).unwrap());
            // iostat leaves out hidden devices that never did anything.
            for path in round.iter().filter(|path| theirs.contains_key(&path["path"])) {
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
