//! Pipes, however slowly they come, and compressed logs tell what the file tells.

#![allow(clippy::expect_used, reason = "a test ends at what it does not expect")]
#![allow(clippy::indexing_slicing, reason = "the sample is known")]

mod common;

use common::{Folder, command, ours, printed, sample, told};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Output;

/// The report of a log by its path.
fn report(log: &Path) -> Output {
    ours().args(["--uid", "7005"]).arg(log).output().expect("it runs")
}

fn wanted() -> Vec<u8> {
    printed(ours().args(["--uid", "7005"]).arg(sample("raw.log")))
}

/// What a shell prints in which `$1` is the log, `$2` our command and `$3` a folder.
fn piped(script: &str, folder: &Folder) -> Vec<u8> {
    let mut shell = command("sh");
    shell.args(["-c", script, "sh"]).arg(sample("raw.log"));
    printed(shell.arg(env!("CARGO_BIN_EXE_auditloginfo")).arg(&folder.0))
}

fn packed(log: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(log).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn pipes_tell_what_the_file_tells() {
    let folder = Folder::new("pipes");
    for script in [
        "cat \"$1\" | \"$2\" --uid 7005 -",
        // The first half ends inside a line.
        "(head -c 150001 \"$1\"; sleep 0.3; tail -c +150002 \"$1\") | \"$2\" --uid 7005 -",
        "(head -c 1 \"$1\"; sleep 0.1; tail -c +2 \"$1\") | \"$2\" --uid 7005 -",
        "mkfifo \"$3/pipe\" && { cat \"$1\" > \"$3/pipe\" & } && \"$2\" --uid 7005 \"$3/pipe\"",
        "\"$2\" --uid 7005 - < \"$1\"",
        "gzip -c \"$1\" | \"$2\" --uid 7005 -",
    ] {
        assert!(piped(script, &folder) == wanted(), "{script}");
    }
}

#[test]
fn members_of_a_compressed_log_are_one_log() {
    let folder = Folder::new("members");
    let log = fs::read(sample("raw.log")).expect("the sample");
    let (first, rest) = log.split_at(log.len() / 3);
    let (second, third) = rest.split_at(rest.len() / 2);
    let members = [packed(first), packed(b""), packed(second), packed(third)].concat();
    let path = folder.write("log.gz", members);
    assert!(printed(ours().args(["--uid", "7005"]).arg(path)) == wanted());
}

#[test]
fn a_compressed_log_that_breaks_off_is_counted_as_far_as_it_goes() {
    let folder = Folder::new("breaks-off");
    let log = fs::read(sample("raw.log")).expect("the sample");
    let packed = packed(&log);
    let path = folder.write("log.gz", &packed[..packed.len() / 2]);
    let output = report(&path);
    assert_eq!(output.status.code(), Some(1));
    let said = told(&output);
    assert!(said.starts_with(&format!("auditloginfo: {}: ", path.display())), "{said}");
    let lines = |output: &[u8]| sysparse::text::lines(output).count();
    assert!((20..lines(&wanted())).contains(&lines(&output.stdout)), "{said}");
    // A log behind it is read all the same.
    let log = sample("raw.log");
    let both = ours().args(["--uid", "7005"]).args([&path, &log]).output().expect("it runs");
    assert_eq!(both.status.code(), Some(1));
    assert!(lines(&both.stdout) >= lines(&wanted()));
}
