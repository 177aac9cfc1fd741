//! What a run found in the logs.

use crate::syslog_tags::Elsewhere;
use crate::tally::Tally;
use std::io;
use std::path::PathBuf;
use sysparse::ParseError;

/// What a run found in the logs: the counts, and what is wrong with the logs.
#[derive(Debug, Default)]
pub struct Found {
    /// The counts.
    pub tally: Tally,
    /// The number of events that lack a record. The records that were found are counted.
    pub incomplete: u64,
    /// The number of damaged records. They are left out.
    pub damaged: u64,
    /// The log and the line, from 1, of the first damaged record, and the error.
    pub first_damage: Option<(PathBuf, u64, ParseError)>,
    /// Records that are not counted, because they stand where anybody can write them.
    pub elsewhere: Elsewhere,
    /// The number of journal entries whose message `journalctl -o json` left out.
    pub cut_entries: u64,
    /// Logs that could not be read, or not to their end.
    pub unreadable: Vec<(PathBuf, io::Error)>,
    /// Logs that hold lines but no audit record.
    pub not_audit_logs: Vec<PathBuf>,
}
