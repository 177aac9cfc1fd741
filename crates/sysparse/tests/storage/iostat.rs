//! `iostat -x` of other projects and of the laboratory.

use super::{objects, samples, text_of};
use std::fs;
use sysparse::iostat::{Column, Header};
use sysparse::text;

/// The names that jc has for the columns, and how many of our units one of its is.
const KEYS: [(&str, Column, f64); 14] = [
    ("r_s", Column::Reads, 1.0),
    ("w_s", Column::Writes, 1.0),
    ("rkb_s", Column::ReadKib, 1.0),
    ("wkb_s", Column::WrittenKib, 1.0),
    ("rmb_s", Column::ReadKib, 1024.0),
    ("wmb_s", Column::WrittenKib, 1024.0),
    ("await", Column::AwaitMs, 1.0),
    ("r_await", Column::ReadAwaitMs, 1.0),
    ("w_await", Column::WriteAwaitMs, 1.0),
    ("rareq_sz", Column::ReadSizeKib, 1.0),
    ("wareq_sz", Column::WriteSizeKib, 1.0),
    ("avgqu_sz", Column::Queue, 1.0),
    ("aqu_sz", Column::Queue, 1.0),
    ("percent_util", Column::Util, 1.0),
];

/// The rows of a text, each with its figures in the order of [`KEYS`].
fn rows(input: &[u8]) -> Vec<(String, Vec<Option<f64>>)> {
    let mut header = None;
    let mut rows = Vec::new();
    for (number, line) in text::lines(input).enumerate() {
        if let Some(found) = Header::parse(line) {
            header = Some(found);
        } else if line.trim_ascii().is_empty() {
            header = None;
        } else if let Some(header) = &header {
            let row = header.row(line).unwrap_or_else(|bad| panic!("line {}: {bad}", number + 1));
            let name = String::from_utf8(row.name.to_vec()).unwrap();
            rows.push((name, KEYS.iter().map(|(_, kind, _)| row.value(*kind)).collect()));
        }
    }
    rows
}

#[test]
fn jc_reads_the_same() {
    for file in samples("public/iostat", ".json") {
        let found = rows(&fs::read(file.with_extension("out")).unwrap());
        let mut wanted = objects(&fs::read_to_string(&file).unwrap());
        wanted.retain(|object| object.iter().any(|(key, _)| key == "device"));
        assert_eq!(found.len(), wanted.len(), "{}", file.display());
        let mut compared = 0;
        for ((name, figures), wanted) in found.iter().zip(&wanted) {
            for (key, value) in wanted {
                let Some(at) = KEYS.iter().position(|(known, ..)| known == key) else {
                    assert!(key != "device" || value == name, "{name}");
                    continue;
                };
                let value = value.parse::<f64>().unwrap() * KEYS[at].2;
                let found = figures[at].unwrap_or(-1.0);
                let same = (found - value).abs() < 1e-6;
                assert!(same, "{key} of {name}: {found} in {}", file.display());
                compared += 1;
            }
        }
        assert!(compared > 0 || !file.to_string_lossy().contains("x."), "{}", file.display());
    }
}

#[test]
fn every_generation_is_read() {
    let mut files = samples("public/iostat", ".txt");
    for name in ["iostat-xkyz.txt", "iostat-xN.txt", "iostat-xNt-iso.txt"] {
        files.extend(samples("lab/mpath", name));
    }
    for file in files {
        let input = text_of(&file);
        // Solaris and FreeBSD call the column "device".
        if !input.windows(6).any(|word| word == b"Device") {
            assert_eq!(rows(&input).len(), 0, "{}", file.display());
            continue;
        }
        let found = rows(&input);
        assert!(
            !found.is_empty() || file.ends_with("30-space-alias/iostat-xkyz.txt"),
            "{}",
            file.display()
        );
        for (name, figures) in found {
            let there =
                |kind| figures[KEYS.iter().position(|(_, known, _)| *known == kind).unwrap()];
            let waits = [Column::AwaitMs, Column::ReadAwaitMs].map(there);
            assert!(waits.iter().any(Option::is_some), "{name} in {}", file.display());
            let all = [Column::Reads, Column::Writes, Column::ReadKib, Column::Util].map(there);
            assert!(all.iter().all(Option::is_some), "{name} in {}", file.display());
        }
    }
}
