//! What is sure of a last line without its newline: the log may have been cut anywhere, or its writer
//! may be about to go on.

use sysparse::ParseError;
use sysparse::audit::{self, Argument, Record, RecordHeader, RecordType};

/// The beginning of a record, as far as it is sure; nothing if there is no record in the line.
///
/// # Errors
/// What is left of the record would tell something wrong.
pub(super) fn start(line: &[u8]) -> Result<Option<RecordHeader<'_>>, ParseError> {
    let line = without_cut_field(line);
    match audit::header(line) {
        Some(start) if !is_sure(&start) => {
            Err(ParseError { expected: "the rest of the record", at: line.len() })
        }
        start => Ok(start),
    }
}

/// All but the last field is whole, and that one is too if it ends with a quote; `auid=70` may be
/// the half of 7005.
fn without_cut_field(line: &[u8]) -> &[u8] {
    if line.ends_with(b"\"") || line.ends_with(b"'") {
        return line;
    }
    line.get(..memchr::memrchr(b' ', line).unwrap_or(line.len())).unwrap_or(line)
}

/// Whether what a cut record holds is true of the whole one too. Without its nametype a directory
/// would pass for a file that was opened; a command would lose arguments, a denial its object.
fn is_sure(start: &RecordHeader<'_>) -> bool {
    let Ok(record) = start.record() else { return true };
    match record.kind {
        RecordType::Path => record.field(b"nametype").is_some(),
        RecordType::Execve => has_all_arguments(&record),
        RecordType::Seccomp | RecordType::Avc | RecordType::UserAvc | RecordType::Landlock => false,
        _ => true,
    }
}

/// Whether the last argument is there; where another record has their number, nobody can tell.
fn has_all_arguments(record: &Record<'_>) -> bool {
    let mut count = 0;
    let mut end = 0;
    for argument in record.arguments() {
        match argument {
            Argument::Count(arguments) => count = arguments,
            Argument::Length(..) => {}
            Argument::Whole(index, _) | Argument::Part(index, ..) => {
                end = end.max(index.saturating_add(1));
            }
        }
    }
    end == count
}
