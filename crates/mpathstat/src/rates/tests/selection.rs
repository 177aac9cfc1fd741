//! Operands: every name of a map and of a path.

use super::*;
use crate::topology::Map;

/// Two maps with two paths each.
fn topology() -> Topology {
    let map = |name: &str, wwid: &str, dm: u32, paths: [&str; 2]| {
        format!(
            "{name} ({wwid}) dm-{dm} A,B\nsize=1G\n`-+- policy='x' prio=1 status=active\n  \
             |- 0:0:0:{dm} {} 8:{dm} active ready running\n  \
             `- 1:0:2:{dm} {} 65:{dm} active ready running\n",
            paths[0], paths[1]
        )
    };
    let lines = map("data1", "36001", 0, ["sda", "sdb"]) + &map("log", "36002", 1, ["sdc", "sdd"]);
    text::read(lines.as_bytes(), |_, _| ()).unwrap()
}

fn selection(words: &[&str]) -> Selection {
    let resolve = |word: &[u8]| (word == b"/dev/disk/by-id/wwn-0x1").then(|| b"sdd".to_vec());
    Selection::new(words.iter().map(|word| word.as_bytes()), resolve)
}

/// What these operands select: each map, with its paths.
fn selected(words: &[&str]) -> String {
    let topology = topology();
    let mut rates = IntervalRates::new(&topology, None, 1.0, |_| None).maps;
    let selection = selection(words);
    selection.keep_maps(&mut rates);
    selection.keep_paths(&mut rates);
    let shown = |map: &MapRates<'_>| {
        let paths = map.paths.iter().map(|path| String::from_utf8_lossy(&path.path.device.kernel));
        let paths: Vec<_> = paths.collect();
        format!("{}: {}", map.map.name.escape_ascii(), paths.join(" "))
    };
    rates.iter().map(shown).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_map_has_several_names() {
    assert_eq!(selected(&[]), "data1: sda sdb, log: sdc sdd");
    let names = ["log", "36002", "dm-1", "/dev/dm-1", "/dev/mapper/log", "lo?", "36??2", "[dl]og"];
    for name in names {
        assert_eq!(selected(&[name]), "log: sdc sdd", "{name}");
    }
    assert_eq!(selected(&["log", "data1"]), "data1: sda sdb, log: sdc sdd");
    for name in ["lo", "logs", "3600", "dm", "", "none", "9:9"] {
        assert_eq!(selected(&[name]), "", "{name}");
    }
}

#[test]
fn a_path_has_several_names_and_places() {
    for name in ["sdd", "/dev/sdd", "1:0:2:1", "65:1", "/dev/disk/by-id/wwn-0x1"] {
        assert_eq!(selected(&[name]), "log: sdd", "{name}");
    }
    assert_eq!(selected(&["host1"]), "data1: sdb, log: sdd");
    assert_eq!(selected(&["target0:0:0"]), "data1: sda, log: sdc");
    assert_eq!(selected(&["sda", "log"]), "data1: sda, log: sdc sdd");
}

#[test]
fn a_name_that_looks_like_a_pattern_is_one_of_a_map_too() {
    let map = Map { name: b"data[1]".to_vec(), ..Map::default() };
    let topology = Topology::new(vec![map]);
    assert_eq!(selection(&["data[1]"]).unknown(&topology, |_| None), Vec::<&[u8]>::new());
    assert_eq!(selection(&["data[2]"]).unknown(&topology, |_| None), [b"data[2]"]);
}

#[test]
fn a_name_in_sysfs_is_known_with_and_without_its_slash() {
    let device = Device { kernel: b"cciss!c0d1".to_vec(), ..Device::default() };
    let topology = Topology::new(vec![Map { device, ..Map::default() }]);
    let unknown = |word| selection(&[word]).unknown(&topology, |_| None).len();
    assert_eq!(
        ["cciss/c0d1", "/dev/cciss/c0d1", "cciss!c0d1", "cciss-c0d1"].map(unknown),
        [0, 0, 0, 1]
    );
}

#[test]
fn operands_that_are_nothing_are_known() {
    let topology = topology();
    let number = |device: &Device| (device.kernel == b"dm-1").then_some((253, 1));
    let known = selection(&["data1", "sdd", "253:1", "none", "253:0", "lo?"]);
    let unknown = known.unknown(&topology, number);
    assert_eq!(unknown, [&b"none"[..], b"253:0"]);
    assert!(!known.is_all(&unknown));
    let none = selection(&["none", "253:0"]);
    assert!(none.is_all(&none.unknown(&topology, number)));
    assert!(!selection(&[]).is_all(&[]), "without operands, all are shown");
}
