//! Any bytes as a log, with every section and option: there is no panic, and each item is a line of
//! five cells without a control character.
#![no_main]

use auditloginfo::filter::Query;
use auditloginfo::report::{self, Format, Layout, Scope};
use auditloginfo::scan::{Chunking, Scanner};
use auditloginfo::section::{Collect, Sections};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use toolkit::input::Source;

fuzz_target!(|log: &[u8]| {
    let sections = Sections::ALL;
    let collect = Collect { sections, absolute: true, modes: true, overview: true };
    let query = Query { collect, ..Query::default() };
    let bytes_read = AtomicU64::default();
    let mut scanner = Scanner::new(&query, Chunking::default(), &bytes_read);
    // The log is in two files, so that some events are in both.
    let (first, second) = log.split_at(log.len() / 2);
    for part in [first, second] {
        let stream = Box::new(Cursor::new(part.to_vec()));
        scanner.read_log(Path::new("log"), Ok(Source::Stream(stream)));
    }
    let found = scanner.finish();
    let format = Format::Tsv;
    let layout = Layout { scope: Scope::AllUsers, sections, format, ..Layout::default() };
    let mut tsv = Vec::new();
    report::write(&found.tally, &layout, &mut tsv).expect("a vector takes all");
    let text = String::from_utf8(tsv).expect("escaped text");
    for line in text.lines() {
        assert_eq!(line.split('\t').count(), 5, "{line:?}");
        assert!(line.chars().all(|letter| letter == '\t' || !letter.is_control()), "{line:?}");
    }
});
