//! The last line of a log without its newline, and lines that were cut before they were logged. The log may
//! have been truncated anywhere, or its writer may be about to continue the line; the kernel and syslog
//! cut long messages.

use std::ops::RangeInclusive;
use sysparse::ParseError;
use sysparse::audit::{Argument, Record, RecordHeader, RecordType, Value};
use sysparse::text::Text;

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
        RecordType::ApparmorAllowed
        | RecordType::ApparmorDenied
        | RecordType::Landlock
        | RecordType::SelinuxErr
        | RecordType::Fanotify => false,
        _ => true,
    }
}

/// The last record of a line that the kernel or syslog passed on, unless it is a PATH record that was
/// certainly or, by the length of the line, probably cut before the role of the file.
///
/// # Errors
/// Without its role a parent directory would count as a file that was opened.
pub(super) fn passed_on(header: RecordHeader<'_>) -> Result<RecordHeader<'_>, ParseError> {
    match header.record() {
        Ok(record) if record.kind == RecordType::Path && !is_complete(&record) => {
            let ends_in_name = last_field(record.line)
                .is_some_and(|(name, value)| name == b"name" && is_hex(value));
            if ends_in_name || is_of_cut_length(record.line) {
                return Err(ParseError {
                    expected: "the rest of the record",
                    at: record.line.len(),
                });
            }
            Ok(header)
        }
        _ => Ok(header),
    }
}

/// Whether a record that the kernel or syslog passed on counts, but was probably cut: a call without its
/// program, or a command that ends in hexadecimal text.
pub(super) fn is_cut(header: RecordHeader<'_>) -> bool {
    let Ok(record) = header.record() else { return false };
    let ends_in_hex = || last_field(record.line).is_some_and(|(_, value)| is_hex(value));
    let may_be_cut = match record.kind {
        RecordType::Syscall => record.field(b"exe").is_none(),
        RecordType::Execve => ends_in_hex(),
        _ => false,
    };
    may_be_cut && is_of_cut_length(record.line)
}

/// The name and the value of the last field.
fn last_field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let field = line.rsplit(|byte| *byte == b' ').next()?;
    let at = memchr::memchr(b'=', field)?;
    Some((field.get(..at)?, field.get(at + 1..)?))
}

/// Whether a bare value is pairs of hexadecimal digits.
fn is_hex(value: &[u8]) -> bool {
    matches!(Value::Bare(value).text(), Text::Hex(_))
}

/// The lengths of a message of the kernel that may have been cut: printk holds 1024 bytes with its own
/// prefix, whose length depends on the version and the configuration.
const KERNEL_LENGTHS: RangeInclusive<usize> = 960..=1024;

/// The sizes at which syslog cuts messages: of RFC 3164, of RFC 5424, and of rsyslog and syslog-ng.
const SYSLOG_SIZES: [usize; 3] = [1024, 2048, 8192];

/// By how much the header of a message can be longer or shorter in the log than when it was cut.
const HEADER_CHANGE: usize = 40;

/// Whether a line with a record after other text is as long as one that was cut.
fn is_of_cut_length(line: &[u8]) -> bool {
    let start = memchr::memmem::find(line, b"type=").unwrap_or_default();
    let record = line.get(start..).unwrap_or_default();
    let stamp = record.split(|byte| *byte == b' ').nth(1);
    if stamp.is_some_and(|stamp| stamp.starts_with(b"audit(")) {
        return KERNEL_LENGTHS.contains(&(b"audit: ".len() + record.len()));
    }
    SYSLOG_SIZES.iter().any(|size| size.abs_diff(line.len()) <= HEADER_CHANGE)
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

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    const KERNEL: &str = "Nov 23 02:13:20 web7 kernel: audit: type=13";
    const SYSLOG: &str = "Nov 23 02:13:20 web7 audispd: type=";

    /// A line with blanks in the body so that it has that length from the word `audit:` or from its start.
    fn line(start: &str, stamp: &str, body: &str, length: usize) -> String {
        let mut line = format!("{start}{stamp}(1.000:1):");
        let from = if stamp.contains("msg=") { 0 } else { KERNEL.find("audit:").unwrap() };
        while line.len() + body.len() - from < length {
            line.push(' ');
        }
        line + body
    }

    #[test]
    fn a_long_record_behind_a_prefix_may_be_cut() {
        let is_cut = |line: &str| is_cut(audit::header(line.as_bytes()).expect("a record"));
        for (length, wanted) in [(959, false), (960, true), (1024, true), (1025, false)] {
            assert_eq!(is_cut(&line(KERNEL, "09 audit", " argc=1 a0=6C73", length)), wanted);
            assert_eq!(is_cut(&line(KERNEL, "00 audit", " comm=\"a\"", length)), wanted);
            assert!(!is_cut(&line(KERNEL, "09 audit", " argc=1 a0=\"ls\"", length)));
            assert!(!is_cut(&line(KERNEL, "00 audit", " exe=\"/a\"", length)));
            assert!(!is_cut(&line(KERNEL, "07 audit", " cwd=6C73", length)));
        }
        for (length, wanted) in [
            (983, false),
            (984, true),
            (1064, true),
            (1065, false),
            (2048, true),
            (8192, true),
            (4096, false),
        ] {
            let line = line(SYSLOG, "EXECVE msg=audit", " argc=1 a0=6C73", length);
            assert_eq!(is_cut(&line), wanted, "{length}");
        }
    }

    #[test]
    fn a_name_without_its_role_is_left_out_if_it_was_cut() {
        let passes =
            |line: &str| passed_on(audit::header(line.as_bytes()).expect("a record")).is_ok();
        let path = |body: &str, length| line(KERNEL, "02 audit", body, length);
        assert!(passes(&path(" name=2F61 nametype=NORMAL", 990)));
        assert!(!passes(&path(" name=2F61 inode=12", 990)));
        // As kernels of 2006 wrote it.
        assert!(passes(&path(" name=2F61 inode=12", 200)));
        assert!(passes(&path(" name=\"/a\"", 200)));
        assert!(!passes(&path(" name=2F61", 200)));
        assert!(passes(&line(KERNEL, "07 audit", " cwd=2F61", 990)));
    }
}
