//! The last line of a log without its newline. The log may have been truncated anywhere, or its
//! writer may be about to continue the line.

use sysparse::ParseError;
use sysparse::audit::{self, Argument, Record, RecordHeader, RecordType};

/// The record of a line without a newline, as far as it is certain; `None` if the line holds no
/// record.
///
/// # Errors
/// The rest of the record could change the meaning of the part that is there.
pub(super) fn header(line: &[u8]) -> Result<Option<RecordHeader<'_>>, ParseError> {
    let line = drop_truncated_field(line);
    match audit::header(line) {
        Some(header) if !is_complete(&header) => {
            Err(ParseError { expected: "the rest of the record", at: line.len() })
        }
        header => Ok(header),
    }
}

/// Removes the last field unless it ends with a quote: `auid=70` may be the first half of
/// `auid=7005`.
fn drop_truncated_field(line: &[u8]) -> &[u8] {
    if line.ends_with(b"\"") || line.ends_with(b"'") {
        return line;
    }
    line.get(..memchr::memrchr(b' ', line).unwrap_or(line.len())).unwrap_or(line)
}

/// Whether the fields that are there mean the same as in the complete record. Without its nametype
/// a parent directory would count as a file that was opened. A command would lack arguments, and a
/// denial its object.
fn is_complete(header: &RecordHeader<'_>) -> bool {
    let Ok(record) = header.record() else { return true };
    match record.kind {
        RecordType::Path => {
            record.field(b"nametype").or_else(|| record.field(b"objtype")).is_some()
        }
        RecordType::Execve => has_all_arguments(&record),
        RecordType::Seccomp
        | RecordType::Avc
        | RecordType::UserAvc
        | RecordType::ApparmorAllowed
        | RecordType::ApparmorDenied
        | RecordType::Landlock => false,
        _ => true,
    }
}

/// Whether the record holds the last of `argc` arguments. If `argc` is in another record, this is
/// unknown.
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
