//! The fixtures, run by this crate's own binary. `cargo xtask test` runs those of all commands and shows
//! what differs; this test is for mutation testing, which builds as little as possible.

#![expect(clippy::unwrap_used, reason = "a failed test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use test_support::processes::{FIXTURE_TIMEOUT, fixture, run_with_timeout};
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

/// What it prints. A case that does not end is killed.
fn actual(case: &Path) -> [String; 3] {
    let built = Path::new(env!("CARGO_BIN_EXE_auditloginfo")).parent().unwrap();
    let outcome = run_with_timeout(&mut fixture(case, built).unwrap(), FIXTURE_TIMEOUT).unwrap();
    let [stdout, stderr] = [&outcome.stdout, &outcome.stderr].map(|bytes| bytes.escape_ascii());
    [stdout.to_string(), stderr.to_string(), outcome.status().to_string()]
}

#[test]
fn every_fixture_prints_what_is_expected() {
    let cases = cases();
    assert!(cases.len() > 100, "{}", cases.len());
    for case in cases {
        assert_eq!(actual(&case), expected(&case), "{}", case.display());
    }
}
