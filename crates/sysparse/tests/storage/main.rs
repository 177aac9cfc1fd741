//! Samples of storage formats: those of other projects and recorded ones, where they are
//! present, compared with what those projects and the tools themselves read; and damaged input.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test panics")]

mod diskstats;
mod hostile;
mod iostat;
mod multipath;

use std::fs;
use std::path::{Path, PathBuf};

/// The files below a folder of the shared samples whose path ends with `end`; none if the samples
/// are not here, and under Miri the smallest ones.
fn samples(folder: &str, end: &str) -> Vec<PathBuf> {
    let Some(root) = test_support::shared(&format!("data/{folder}")) else { return Vec::new() };
    let mut found = Vec::new();
    collect(&root, end, &mut found);
    assert!(!found.is_empty(), "no {end} below {}", root.display());
    found.sort();
    if cfg!(miri) {
        // Each takes seconds there.
        found.sort_by_key(|file| fs::metadata(file).unwrap().len());
        found.truncate(3);
    }
    found
}

/// The text of a sample; under Miri its first ten lines.
fn text_of(sample: &Path) -> Vec<u8> {
    let text = fs::read(sample).unwrap();
    if cfg!(miri) {
        return text.split_inclusive(|byte| *byte == b'\n').take(10).flatten().copied().collect();
    }
    text
}

fn collect(folder: &Path, end: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            collect(&entry, end, found);
        } else if entry.to_string_lossy().ends_with(end) {
            found.push(entry);
        }
    }
}

/// The flat objects of a JSON text, each as its keys and values without quotes: enough for the
/// readings that lie beside the samples, in which no string holds a brace.
fn objects(json: &str) -> Vec<Vec<(String, String)>> {
    let pair = |line: &str| {
        let (key, value) = line.split_once(':')?;
        let plain = |text: &str| text.trim().trim_matches('"').to_owned();
        Some((plain(key), plain(value)))
    };
    let object = |text: &str| text.split(",\"").filter_map(pair).collect::<Vec<_>>();
    let texts = json.split('{').skip(1).filter_map(|text| text.split('}').next());
    texts.map(object).collect()
}
