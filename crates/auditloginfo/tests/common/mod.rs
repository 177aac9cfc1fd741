//! What the tests of the whole command share.

#![allow(dead_code, reason = "each test file uses only some of the functions")]

use auditloginfo::filter::Query;
use auditloginfo::scan::{self, Chunking};
use auditloginfo::section::{Collect, Sections};
use auditloginfo::tally::{Counts, NameCounts};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use test_support::{TempDir, shared};
use toolkit::input::Source;

/// An excerpt of a recorded log.
pub(crate) fn sample(name: &str) -> PathBuf {
    test_support::repository("testdata/samples/auditloginfo").join(name)
}

/// The command under test.
pub(crate) fn auditloginfo() -> Command {
    test_support::command(env!("CARGO_BIN_EXE_auditloginfo"))
}

/// Writes a log with these lines.
pub(crate) fn write(folder: &TempDir, name: &str, lines: &[&[u8]]) -> PathBuf {
    let path = folder.path().join(name);
    test_support::write(
        &path,
        lines.iter().flat_map(|line| [*line, b"\n"].concat()).collect::<Vec<_>>(),
    );
    path
}

/// Recorded logs: two excerpts, and a whole log if it is there.
pub(crate) fn logs() -> Vec<Vec<u8>> {
    let read = |name| fs::read(sample(name)).expect("a sample");
    let mut logs = ["raw.log", "enriched.log"].map(read).to_vec();
    let whole = shared("data/lab/audit/raw/audit.log.gz").map(|path| Source::open(&path));
    if let Some(Ok(Source::Stream(mut stream))) = whole {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("the log");
        logs.push(bytes);
    }
    logs
}

/// Everything that is counted in a log that is read in about so many chunks, and the number of doubled
/// records.
pub(crate) fn counts_in_chunks(log: &Path, absolute: bool, chunks: u64) -> (Vec<String>, u64) {
    let sections = Sections::ALL;
    let collect =
        Collect { sections, absolute, modes: absolute, overview: true, ..Collect::default() };
    let query = Query { collect, ..Query::default() };
    let size = fs::metadata(log).expect("a log").len();
    let found = scan::read(&[log.to_owned()], &query, Chunking::with_chunks(chunks, size));
    let users = found.tally.users();
    let mut counts: Vec<_> =
        users.iter().map(|(id, counts)| format!("{id} {}", all_counts(counts))).collect();
    counts.push(format!("{} incomplete, {} damaged", found.incomplete, found.damaged));
    (counts, found.doubled)
}

/// All counts of one user, sorted.
fn all_counts(counts: &Counts) -> String {
    let sorted = |names: &NameCounts| {
        let mut names: Vec<_> = names.iter().map(|(name, count)| (name.to_vec(), count)).collect();
        names.sort();
        names
    };
    let mut calls: Vec<_> = counts.calls.iter().collect();
    calls.sort();
    let names = [
        &counts.commands,
        &counts.files,
        &counts.programs,
        &counts.changes,
        &counts.addresses,
        &counts.sudo,
        &counts.privileged,
        &counts.errors,
        &counts.denials,
    ];
    let figures = (counts.events, counts.as_root, counts.span);
    format!("{figures:?} {calls:?} {:?}", names.map(sorted))
}
