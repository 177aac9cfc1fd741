//! The fixtures, run by this crate's own binary. `cargo xtask test` runs those of all commands and shows
//! what differs; this test is for mutation testing, which builds as little as possible.

#![expect(clippy::unwrap_used, reason = "a failed test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use test_support::repository;

/// The folders of the fixtures.
fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository("testdata/auditloginfo")).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = folders.filter(|folder| folder.join("cmd").is_file()).collect();
    cases.sort();
    cases
}

/// A file of a case, or what its absence stands for.
fn file(case: &Path, name: &str, absent: &str) -> String {
    let bytes = fs::read(case.join(name)).unwrap_or_else(|_| absent.into());
    bytes.escape_ascii().to_string()
}

/// What a case must print, and its status.
fn expected(case: &Path) -> [String; 3] {
    let status = file(case, "status", "0").replace("\\n", "");
    [file(case, "stdout", ""), file(case, "stderr", ""), status]
}

/// What it prints.
fn actual(case: &Path) -> [String; 3] {
    let built = Path::new(env!("CARGO_BIN_EXE_auditloginfo")).parent().unwrap();
    let path = format!("{}:{}", built.display(), std::env::var("PATH").unwrap());
    let mut run = Command::new("sh");
    run.arg("-c").arg(fs::read_to_string(case.join("cmd")).unwrap()).current_dir(case);
    run.env_clear()
        .env("PATH", path)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .env("HOME", "/nonexistent");
    let variables = fs::read_to_string(case.join("env")).unwrap_or_default();
    run.envs(variables.lines().filter_map(|line| line.split_once('=')));
    let output = run.stdin(Stdio::null()).output().unwrap();
    let status = output.status.code().unwrap_or(-1).to_string();
    [output.stdout.escape_ascii().to_string(), output.stderr.escape_ascii().to_string(), status]
}

#[test]
fn every_fixture_prints_what_is_expected() {
    let cases = cases();
    assert!(cases.len() > 100, "{}", cases.len());
    for case in cases {
        assert_eq!(actual(&case), expected(&case), "{}", case.display());
    }
}
