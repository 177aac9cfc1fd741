//! Pipes, however slow, and compressed logs give the same report as the file.

#![allow(clippy::expect_used, reason = "a failed test panics")]
#![allow(clippy::indexing_slicing, reason = "the offsets are within the sample")]

mod common;

use common::{auditloginfo, sample};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use test_support::{command, stderr, stdout, temp_dir, wait_until, write};

/// The output for a log.
fn report(log: &Path) -> Output {
    auditloginfo().args(["--uid", "7005"]).arg(log).output().expect("it runs")
}

fn sample_report() -> Vec<u8> {
    stdout(auditloginfo().args(["--uid", "7005"]).arg(sample("raw.log")))
}

fn gzip(log: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(log).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn pipes_give_the_same_report_as_the_file() {
    let folder = temp_dir();
    // $1 is the log, $2 the command under test, $3 a folder.
    for script in [
        "cat \"$1\" | \"$2\" --uid 7005 -",
        "mkfifo \"$3/pipe\" && { cat \"$1\" > \"$3/pipe\" & } && \"$2\" --uid 7005 \"$3/pipe\"",
        "\"$2\" --uid 7005 - < \"$1\"",
        "gzip -c \"$1\" | \"$2\" --uid 7005 -",
    ] {
        let mut shell = command("sh");
        shell.args(["-c", script, "sh"]).arg(sample("raw.log"));
        shell.arg(env!("CARGO_BIN_EXE_auditloginfo")).arg(folder.path());
        assert!(stdout(&mut shell) == sample_report(), "{script}");
    }
}

/// Whether the main thread of a process sleeps: the third field of `proc_pid_stat(5)`.
fn is_asleep(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    stat.rsplit_once(") ").is_some_and(|(_, fields)| fields.starts_with('S'))
}

#[test]
fn a_pipe_that_pauses_inside_a_record_gives_the_same_report_as_the_file() {
    let log = fs::read(sample("raw.log")).expect("the sample");
    for length in [1, 150_001] {
        let mut command = auditloginfo();
        command.args(["--uid", "7005", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let mut pipe = child.stdin.take().expect("a pipe");
        pipe.write_all(&log[..length]).expect("it reads");
        wait_until("the command to wait for more", || is_asleep(child.id()));
        pipe.write_all(&log[length..]).expect("it reads");
        drop(pipe);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success() && output.stdout == sample_report(), "{length} bytes");
    }
}

#[test]
fn the_members_of_a_compressed_log_are_one_log() {
    let folder = temp_dir();
    let log = fs::read(sample("raw.log")).expect("the sample");
    let (first, rest) = log.split_at(log.len() / 3);
    let (second, third) = rest.split_at(rest.len() / 2);
    let members = [gzip(first), gzip(b""), gzip(second), gzip(third)].concat();
    let path = folder.path().join("log.gz");
    write(&path, members);
    assert!(stdout(auditloginfo().args(["--uid", "7005"]).arg(path)) == sample_report());
}

#[test]
fn a_truncated_compressed_log_is_counted_up_to_its_end() {
    let folder = temp_dir();
    let log = fs::read(sample("raw.log")).expect("the sample");
    let compressed = gzip(&log);
    let path = folder.path().join("log.gz");
    write(&path, &compressed[..compressed.len() / 2]);
    let output = report(&path);
    assert_eq!(output.status.code(), Some(1));
    let messages = stderr(&output);
    assert!(messages.starts_with(&format!("auditloginfo: {}: ", path.display())), "{messages}");
    let lines = |output: &[u8]| sysparse::text::lines(output).count();
    assert!((20..lines(&sample_report())).contains(&lines(&output.stdout)), "{messages}");
    // The next log is read all the same. One that begins with the same bytes would be read instead.
    let next = folder.path().join("next");
    write(&next, [b"----\n", &*log].concat());
    let log = next;
    let both =
        auditloginfo().args(["--uid", "7005"]).args([&path, &log]).output().expect("it runs");
    assert_eq!(both.status.code(), Some(1));
    assert!(lines(&both.stdout) >= lines(&sample_report()));
}
