//! Any bytes as the output of `iostat -x` or `sar -d`, with the times between its reports.
#![no_main]

use fuzz::lies_in;
use libfuzzer_sys::fuzz_target;
use sysparse::iostat::{Column, Header, Row, column};
use sysparse::{ParseError, text, timestamp};

const COLUMNS: [Column; 8] = [
    Column::Reads,
    Column::Writes,
    Column::ReadKib,
    Column::WrittenKib,
    Column::AwaitMs,
    Column::ReadAwaitMs,
    Column::Queue,
    Column::Util,
];

fuzz_target!(|output: &[u8]| {
    let mut header = None;
    for line in text::lines(output) {
        let _ = (timestamp::whole_line(line), timestamp::date_in(line), column(line));
        if let Some((_, rest)) = timestamp::prefix(line) {
            assert!(lies_in(rest, line));
        }
        let _ = Header::is_sar(line);
        let after = Header::after_prefix(line);
        assert!(after.as_ref().is_none_or(|(prefix, _)| lies_in(prefix, line)));
        header = Header::parse(line).or(after.map(|(_, header)| header)).or(header);
        if let Some(header) = &header {
            check(header.row(line), line);
            check(header.figures(b"sda", line), line);
        }
    }
});

fn check(row: Result<Row<'_>, ParseError>, line: &[u8]) {
    match row {
        Ok(row) => {
            let values = COLUMNS.map(|column| row.value(column));
            assert!(
                values.iter().flatten().all(|value| *value >= 0.0 && value.is_finite()),
                "{values:?}"
            );
        }
        Err(error) => assert!(error.at <= line.len()),
    }
}
