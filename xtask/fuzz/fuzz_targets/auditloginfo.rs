//! Any bytes as a log, with every section and detail. The length of the log chooses the options.
#![no_main]

use fuzz::{checked, temporary, write};
use libfuzzer_sys::fuzz_target;

const OPTIONS: [&[&str]; 8] = [
    &["-o", "tsv"],
    &["--uid", "all", "-o", "jsonl", "-m", "-a"],
    &["--uid", "all", "-m", "-a"],
    &["-o", "JSON"],
    &["--uid", "all", "-o", "seccomp"],
    &["--uid", "all", "-o", "systemd"],
    &["--uid", "all", "-o", "apparmor"],
    &["--uid", "unknown", "--failed", "--denials", "-S", "10:00", "-E", "now"],
];
const SECTIONS: [&str; 10] = [
    "--syscalls",
    "--commands",
    "--files",
    "--programs",
    "--changes",
    "--addresses",
    "--sudo",
    "--privileged",
    "--errors",
    "--denials",
];

fuzz_target!(|bytes: &[u8]| {
    let log = temporary("log");
    write(&log, bytes);
    let log = log.to_str().expect("a path of letters");
    let all = [&["--uid", "all", "-m", "-a", "-o", "tsv", log][..], &SECTIONS].concat();
    let more = [OPTIONS[bytes.len() % OPTIONS.len()], &[log]].concat();
    for words in [all, more] {
        checked(&words, |words, out, messages| auditloginfo::run(words, out, messages));
    }
});
