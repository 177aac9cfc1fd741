//! The last line of a log without its newline. The log may have been truncated anywhere, or its
//! writer may be about to continue the line.

use sysparse::ParseError;
use sysparse::audit::{Argument, Record, RecordHeader, RecordType};

/// The last record of a line without a newline, if the part that is there is certain.
///
/// # Errors
/// The rest of the record could change the meaning of the part that is there.
pub(super) fn complete(header: RecordHeader<'_>) -> Result<RecordHeader<'_>, ParseError> {
    match header.record() {
        Ok(record) if !is_complete(&record) => {
            Err(ParseError { expected: "the rest of the record", at: record.line.len() })
        }
        _ => Ok(header),
    }
}

/// Removes the last field unless it is complete: `auid=70` may be the first half of `auid=7005`.
pub(super) fn drop_truncated_field(line: &[u8]) -> &[u8] {
    let start = memchr::memrchr(b' ', line).unwrap_or(line.len());
    let (before, field) = line.split_at_checked(start).unwrap_or_default();
    if is_field_complete(field) { line } else { before }
}

/// Whether a field, with the blank before it, cannot go on: it ends with a quote or a bracket, or
/// its value is one of few.
fn is_field_complete(field: &[u8]) -> bool {
    const WHOLE: [&[u8]; 7] = [
        b" nametype=NORMAL",
        b" nametype=PARENT",
        b" nametype=CREATE",
        b" nametype=DELETE",
        b" nametype=UNKNOWN",
        b" permissive=0",
        b" permissive=1",
    ];
    let is_code = field.starts_with(b" code=0x") && field.len() == " code=0x7ffc0000".len();
    matches!(field, [.., b'"' | b'\'' | b')']) || WHOLE.contains(&field) || is_code
}

/// Whether the fields that are there mean the same as in the complete record. Without its nametype
/// a parent directory would count as a file that was opened. A command would lack arguments, and a
/// denial its object.
fn is_complete(record: &Record<'_>) -> bool {
    match record.kind {
        RecordType::Path => {
            record.field(b"nametype").or_else(|| record.field(b"objtype")).is_some()
        }
        RecordType::Cwd => record.field(b"cwd").is_some(),
        RecordType::Execve => has_all_arguments(record),
        // The last field of SELinux; any field of AppArmor can be the last.
        RecordType::Avc => record.field(b"permissive").is_some(),
        RecordType::UserAvc | RecordType::UserCmd => record.line.ends_with(b"'"),
        RecordType::Seccomp => record.field(b"code").is_some(),
        RecordType::Ipe => record.field(b"rule").is_some(),
        RecordType::ApparmorAllowed | RecordType::ApparmorDenied | RecordType::Landlock => false,
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
