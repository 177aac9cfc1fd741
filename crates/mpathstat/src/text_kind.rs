//! What a text is that does not contain what was expected.

use sysparse::iostat::Header;
use sysparse::multipath::{self, Line};
use sysparse::nvme_subsystem;

/// What a topology is, and a text with lines of one that are not understood.
pub(crate) const TOPOLOGY: &str = "a description of multipath devices";

/// What a text is, by its first bytes.
pub(crate) fn describe(head: &[u8]) -> &'static str {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let has = |words: &[&str]| {
        let contains = |word: &&str| memmem(head, word.as_bytes());
        words.iter().any(contains)
    };
    let is_json = matches!(head.trim_ascii_start().first(), Some(b'{' | b'['));
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
    } else if is_json && (lines.clone().any(is_topology) || has(&["size=", "features="])) {
        "a description of multipath devices in strings of JSON; print these, as jq -r does"
    } else if is_json && has(&["%util"]) {
        "the output of iostat or sar in strings of JSON; print these, as jq -r does"
    } else if head.starts_with(b"--- ") && has(&["\n@@ -"]) {
        "a diff; give one of its files"
    } else if lines.clone().any(is_topology) {
        TOPOLOGY
    } else if has(&["# hostname;interval;timestamp", "\ttps\t", "\trkB/s\t", "<sysstat"]) {
        "the output of sadf; save that of sar -d"
    } else if has(&["Device,r/s", "Device;r/s", "Device:,", "Device:;"]) {
        "the output of iostat with other separators between its columns; save it as iostat prints it"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_described() {
        let map = "mpatha (36001405aaaaaaaaaaaaaaaaaaaaaaaaa) dm-0 LIO-ORG,disk";
        let size = "size=10G features='0' hwhandler='0' wp=rw";
        let header = "Device            r/s     rkB/s  %util";
        let sadf = "db\t600\t2026-11-20 00:10:01 UTC\tsda\ttps\t15.00\n";
        for (text, wanted) in [
            (String::new(), "an empty file"),
            ("hello\n".to_owned(), "a text of another kind"),
            (format!("{map}\n{size}\n"), TOPOLOGY),
            (format!("{{\"stdout\": \"{map}\\n{size}\"}}"), "strings of JSON"),
            (format!(" [\"x\",\"{size}\"]"), "strings of JSON"),
            (format!("[ {map}\n"), "strings of JSON"),
            (format!("{{\"log\": \"{header}\\n\"}}"), "iostat or sar in strings"),
            (format!("{header}\n"), "the output of iostat"),
            (format!("--- a\n+++ b\n@@ -2,4 +2,4 @@\n {size}\n"), "a diff"),
            (format!("--- a\n{size}\n"), TOPOLOGY),
            ("# hostname;interval;timestamp;DEV;tps;rkB/s\n".to_owned(), "sadf"),
            (sadf.to_owned(), "sadf"),
            (sadf.replace("tps", "rkB/s"), "sadf"),
            ("<?xml version=\"1.0\"?>\n<sysstat>\n".to_owned(), "sadf"),
            ("Device,r/s,rkB/s\n".to_owned(), "other separators"),
            ("Device:;rrqm/s;r/s\n".to_owned(), "other separators"),
        ] {
            assert!(
                describe(text.as_bytes()).contains(wanted),
                "{text}: {}",
                describe(text.as_bytes())
            );
        }
    }
}
