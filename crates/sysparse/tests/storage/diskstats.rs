//! `/proc/diskstats` of other projects and of the laboratory.

use super::{objects, samples, text_of};
use std::fs;
use sysparse::diskstats::{Disk, Io, disks};
use sysparse::text;

/// Every number that is read, by the names that jc gives them.
fn numbers(disk: &Disk<'_>) -> [(&'static str, u64); 13] {
    let Io { reads, reads_merged, sectors_read, writes, writes_merged, .. } = disk.io;
    let times = disk.io.times.unwrap_or_default();
    [
        ("maj", disk.major),
        ("min", disk.minor),
        ("reads_completed", reads),
        ("reads_merged", reads_merged),
        ("sectors_read", sectors_read),
        ("read_time_ms", times.read_ms),
        ("writes_completed", writes),
        ("writes_merged", writes_merged),
        ("sectors_written", disk.io.sectors_written),
        ("write_time_ms", times.write_ms),
        ("io_in_progress", times.in_flight),
        ("io_time_ms", times.busy_ms),
        ("weighted_io_time_ms", times.queued_ms),
    ]
}

#[test]
fn every_sample_is_read_and_every_number_is_the_texts() {
    let mut files = samples("public/diskstats", "/diskstats");
    files.extend(samples("lab/mpath", "/diskstats"));
    for file in files {
        let text = text_of(&file);
        let lines: Vec<_> = text::lines(&text).collect();
        for (number, disk) in disks(&text) {
            let line = String::from_utf8(lines[number - 1].to_vec()).unwrap();
            let words: Vec<_> = line.split_whitespace().collect();
            let disk = disk.unwrap_or_else(|bad| panic!("{}:{number}: {bad}", file.display()));
            assert_eq!(disk.name, words[2].as_bytes(), "{line}");
            if words.len() == 7 {
                continue;
            }
            let wanted: Vec<u64> = [&words[..2], &words[3..14]]
                .concat()
                .iter()
                .map(|word| word.parse().unwrap())
                .collect();
            assert!(numbers(&disk).iter().map(|(_, number)| number).eq(&wanted), "{line}");
        }
        let full = lines.iter().filter(|line| !line.is_empty()).count();
        assert_eq!(disks(&text).count(), full, "{}", file.display());
    }
}

#[test]
fn jc_reads_the_same() {
    for file in samples("public/diskstats", "diskstats.json") {
        let text = fs::read(file.with_extension("")).unwrap();
        let wanted = objects(&fs::read_to_string(&file).unwrap());
        assert_eq!(disks(&text).count(), wanted.len());
        for ((_, disk), wanted) in disks(&text).zip(&wanted) {
            let disk = disk.unwrap();
            let value = |key: &str| &wanted.iter().find(|(name, _)| name == key).unwrap().1;
            assert_eq!(disk.name, value("device").as_bytes());
            for (key, number) in numbers(&disk) {
                assert_eq!(number.to_string(), *value(key), "{key} of {}", value("device"));
            }
        }
    }
}
