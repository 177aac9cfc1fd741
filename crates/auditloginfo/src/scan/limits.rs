//! How long lines may be.

/// The longest line that is read as a record, in bytes. The limit of auditd itself is below 9,000;
/// other programs write longer lines.
pub const LINE_MAX: usize = 1 << 16;

/// How many bytes at the start of a log show whether it has lines, or is an archive or an export of the
/// journal, and how the quotes in its records are written.
pub(super) const LOG_START: usize = 1 << 12;

/// The longest line of JSON that is read, in bytes.
pub(super) const JSON_LINE_MAX: usize = 1 << 22;
