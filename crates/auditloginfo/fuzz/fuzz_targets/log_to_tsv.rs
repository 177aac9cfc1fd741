//! Any bytes as a log, with every section and detail: no panic, and the items come out as lines of
//! five cells without a control character.
#![no_main]

use auditloginfo::report::{self, Format, Layout, What};
use auditloginfo::scan::{Cut, Scanner};
use auditloginfo::section::{Collect, Section, Sections};
use auditloginfo::filter::Query;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use toolkit::input::Source;

fuzz_target!(|log: &[u8]| {
    let sections = Section::ALL.into_iter().fold(Sections::EMPTY, Sections::with);
    let detail = Collect { sections, absolute: true, modes: true, overview: true };
    let query = Query { detail, ..Query::default() };
    let bytes = AtomicU64::default();
    let mut scanner = Scanner::new(&query, Cut::default(), &bytes);
    // The log in two files, so that events are split as well.
    let (first, second) = log.split_at(log.len() / 2);
    for part in [first, second] {
        let stream = Box::new(Cursor::new(part.to_vec()));
        scanner.log(Path::new("log"), Ok(Source::Stream(stream)));
    }
    let found = scanner.finish();
    let layout = Layout { what: Scope::AllUsers, sections, format: Format::Tsv, ..Layout::default() };
    let mut tsv = Vec::new();
    report::write(&found.tally, &layout, &mut tsv).expect("a vector takes all");
    let text = String::from_utf8(tsv).expect("escaped text");
    for line in text.lines() {
        assert_eq!(line.split('\t').count(), 5, "{line:?}");
        assert!(line.chars().all(|letter| letter == '\t' || !letter.is_control()), "{line:?}");
    }
});
