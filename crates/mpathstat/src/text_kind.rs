//! What a text is that does not contain what was expected.

use sysparse::iostat::Header;
use sysparse::multipath::{self, Line};
use sysparse::nvme_subsystem;

/// What a text is, by its first bytes.
pub(crate) fn describe(head: &[u8]) -> &'static str {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let has = |words: &[&str]| {
        let contains = |word: &&str| memmem(head, word.as_bytes());
        words.iter().any(contains)
    };
    if head.trim_ascii().is_empty() {
        "an empty file"
    } else if head.starts_with(b"\x1f\x8b") || head.starts_with(b"\xfd7zXZ") {
        "a compressed file; decompress it first"
    } else if head.contains(&0) {
        "a file that is no text"
    } else if has(&["\"maps\""]) {
        "JSON without maps"
    } else if has(&["\"Subsystems\""]) {
        "the JSON of nvme list-subsys; leave out -o json"
    } else if lines.clone().any(is_topology) {
        "a description of multipath devices"
    } else if lines.clone().any(Header::is_sar) {
        "the output of sar"
    } else if lines.any(|line| Header::parse(line).is_some()) || has(&["\"disk_device\""]) {
        "the output of iostat"
    } else if has(&["multipaths {", "blacklist {", "defaults {"]) {
        "a configuration of multipath"
    } else if has(&["MAJ:MIN"]) {
        "the output of lsblk"
    } else {
        "a text of another kind"
    }
}

fn is_topology(line: &[u8]) -> bool {
    matches!(multipath::line(line), Ok(Line::Map(_) | Line::Size | Line::Group(_) | Line::Path(_)))
        || nvme_subsystem::line(line) != nvme_subsystem::Line::Other
}

fn memmem(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}
