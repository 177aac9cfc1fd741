//! Any bytes as lines of an audit log. What a record borrows lies inside its line, and the fast path
//! finds the record that the grammar finds.
#![no_main]

use fuzz::lies_in;
use libfuzzer_sys::fuzz_target;
use sysparse::audit::{self, Following, Path, Record, RecordHeader, StampByte, SyscallRecord};
use sysparse::text;

fuzz_target!(|log: &[u8]| {
    for line in text::lines(log) {
        let _ = (audit::mentions_record(line), audit::place(line));
        let Some(header) = audit::header(line) else { continue };
        let _ = header.ends_in_quotes();
        read_parts(header, line);
        match audit::record(line) {
            Ok(record) => read_record(&record.expect("there is a header"), line),
            Err(error) => assert!(error.at <= line.len()),
        }
    }
    read_fast(log);
});

/// The records of a line with several of them.
fn read_parts(header: RecordHeader<'_>, line: &[u8]) {
    let (first, following) = header.split();
    if let Ok(record) = first.record() {
        read_record(&record, record.line);
        assert!(lies_in(record.line, line));
    }
    match following {
        Following::Record(next) => read_parts(next, line),
        Following::Stamp(error) => assert!(error.at <= line.len()),
        Following::Nothing => {}
    }
}

fn read_record(record: &Record<'_>, line: &[u8]) {
    assert!(lies_in(record.event, line));
    assert_eq!(record.body_offset() + record.body.len(), record.line.len());
    for (name, value) in record.fields() {
        assert!(lies_in(name, line) && lies_in(value.raw(), line));
        assert_eq!(value.text().bytes().count(), value.text().len());
        let _ = (value.number(), value.integer(), value.hex(), value.octal(), value.id());
    }
    let inner = record.message().into_iter().flatten();
    assert!(inner.chain(record.fields()).all(|(name, _)| lies_in(name, line)));
    if let Some(denial) = record.denial() {
        assert!(
            denial.fields().all(|(name, value)| lies_in(name, line) && lies_in(value.raw(), line))
        );
    }
    let call = SyscallRecord::parse(record)
        .map(|call| (call.argument(2), call.exit(), call.euid(), call.exe()));
    let path = Path::parse(record).map(|path| (path.name, path.is_parent(), path.nametype()));
    let _ = (call, path, record.stamp(), record.auid(), record.node(), record.is_logged_call());
    let _ = record.arguments().count();
    assert!(record.check_quotes().map_or_else(|error| error.at <= line.len(), |()| true));
}

/// What the fast path takes must be one whole line with the same record.
fn read_fast(log: &[u8]) {
    let find =
        |byte: StampByte, text: &[u8]| text.iter().position(|it| *it == b'\n' || *it == byte as u8);
    let mut block = log;
    while let Some(end) = block.iter().position(|byte| *byte == b'\n') {
        let (line, rest) = (&block[..end], &block[end + 1..]);
        if let Some((header, after)) = audit::fast_line(block, usize::MAX, find) {
            assert_eq!(after, rest);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            assert_eq!(Some(header.record()), audit::header(line).map(RecordHeader::record));
        }
        block = rest;
    }
}
