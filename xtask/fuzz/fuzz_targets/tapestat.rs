//! Any contents of the files of a saved system, separated by bytes 0xff. The first byte chooses the
//! options.
#![no_main]

use fuzz::{checked, temporary, write};
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::OnceLock;

const OPTIONS: [&[&str]; 8] = [
    &["-o", "tsv", "-T"],
    &["-x", "-T"],
    &["-o", "jsonl", "-j", "SERIAL"],
    &["-o", "JSON"],
    &["-o", "prometheus"],
    &["--human", "-x", "-t"],
    &["-o", "tsv", "-g", "host"],
    &["-j", "HCTL", "--dec", "1", "-z"],
];
const SERIAL: &[u8] = b"\0\x80\0\x03A01";

/// The files of the saved system besides the counters of st0 that get their contents from the input,
/// and what is in them if the input says nothing.
const FILES: [(&str, &[u8]); 6] = [
    ("2/proc/uptime", b"101.50 1.00\n"),
    ("2/proc/stat", b"btime 1700000000\n"),
    ("2/clock", b"1000000000 1700000000000000000\n"),
    ("2/sys/class/scsi_tape/st0/device/vpd_pg80", SERIAL),
    ("2/proc/sys/kernel/hostname", b"lab\n"),
    ("1/proc/uptime", b"100.00 1.00\n"),
];

fuzz_target!(|input: &[u8]| {
    let Some((option, contents)) = input.split_first() else { return };
    let root = saved_system();
    let path = |name| format!("2/sys/class/scsi_tape/st0/stats/{name}");
    let counters: Vec<_> = counters().map(path).collect();
    let counters = counters.iter().map(|file| (file.as_str(), &b"2\n"[..]));
    let mut parts = contents.split(|byte| *byte == 0xff);
    for (file, default) in counters.chain(FILES) {
        let contents = parts.next().filter(|contents| !contents.is_empty());
        write(&root.join(file), contents.unwrap_or(default));
    }
    let options = OPTIONS[usize::from(*option) % OPTIONS.len()];
    let words = [&["--root", root.to_str().expect("a path of letters"), "1"], options].concat();
    checked(&words, |words, out, messages| tapestat::run(words, out, messages));
});

/// The files with the statistics of a drive.
fn counters() -> impl Iterator<Item = &'static str> {
    tapestat::sample::FILES.into_iter().chain(["in_flight"])
}

/// A system with two drives, in two samples.
fn saved_system() -> &'static PathBuf {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let root = temporary("root");
        for sample in ["1", "2"] {
            let file = |below: &str, bytes: &[u8]| write(&root.join(sample).join(below), bytes);
            for name in counters() {
                file(&format!("sys/class/scsi_tape/st0/stats/{name}"), sample.as_bytes());
                file(&format!("sys/class/scsi_tape/st1/stats/{name}"), b"18446744073709551615");
            }
            file("sys/class/scsi_tape/st0/device/vpd_pg80", SERIAL);
        }
        root
    })
}
