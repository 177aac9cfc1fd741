//! What a run found in the logs.

use crate::file_kind::FileKind;
use crate::tally::Tally;
use crate::trust::UntrustedRecords;
use std::io;
use std::path::PathBuf;
use sysparse::ParseError;
use sysparse::audit::{Loss, Stamp};

/// What a run found in the logs: the counts, and what is wrong with the logs.
#[derive(Debug, Default)]
pub struct Found {
    /// The counts.
    pub tally: Tally,
    /// The number of events that lack a record. The records that were found are counted.
    pub incomplete: u64,
    /// Events that ended before their last record can have come, because too much was pending.
    pub ended_early: AffectedEvents,
    /// Events of which something was listed apart from the rest, because too much was pending.
    pub listed_in_parts: AffectedEvents,
    /// The number of records that the logs hold twice. Each counts once.
    pub doubled: u64,
    /// Whether several logs were read, so that some of their records can be too far apart to be compared.
    pub has_several_logs: bool,
    /// Whether an event has records with the name of a host and records without one, which perhaps the
    /// same host wrote. All of them count.
    pub has_possibly_doubled: bool,
    /// The number of damaged records. They are left out.
    pub damaged: u64,
    /// The log and the line, from 1, of the first damaged record, and the error.
    pub first_damage: Option<(PathBuf, u64, ParseError)>,
    /// Records that are not counted, because they stand where anybody can write them.
    pub untrusted: UntrustedRecords,
    /// The number of journal entries whose message `journalctl -o json` left out.
    pub cut_entries: u64,
    /// The number of records that are not counted, because journalctl printed them without the serial
    /// numbers of their events.
    pub unnumbered: u64,
    /// The number of events in the JSON of laurel or go-audit, which is not read, in logs that hold records.
    pub events_in_json: u64,
    /// Records that are missing from the logs, as the logs say.
    pub losses: Losses,
    /// Logs that could not be read, or not to their end.
    pub unreadable: Vec<(PathBuf, io::Error)>,
    /// Files that are no audit logs.
    pub not_audit_logs: Vec<(PathBuf, FileKind)>,
    /// Logs that are empty.
    pub empty_logs: Vec<PathBuf>,
    /// Whether any log holds a record.
    pub has_records: bool,
}

/// Records that are missing from the logs, as the logs say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Losses {
    /// The number of records that the kernel did not print.
    pub suppressed: u64,
    /// The highest number of records that the kernel had lost since its start.
    pub lost: u64,
    /// The number of messages that programs between the kernel and the log dropped.
    pub dropped: u64,
}

impl Losses {
    /// Adds what a line says.
    pub fn add(&mut self, loss: Loss) {
        let mut losses = Losses::default();
        match loss {
            Loss::Suppressed(count) => losses.suppressed = count,
            Loss::Lost(count) => losses.lost = count,
            Loss::Dropped(count) => losses.dropped = count,
        }
        self.merge(losses);
    }

    /// Adds the losses of another part of the logs, without overflow: any user may have written the
    /// numbers.
    pub fn merge(&mut self, other: Losses) {
        self.suppressed = self.suppressed.saturating_add(other.suppressed);
        self.lost = self.lost.max(other.lost);
        self.dropped = self.dropped.saturating_add(other.dropped);
    }
}

/// Events that something is wrong with.
#[derive(Debug, Clone, Copy, Default)]
pub struct AffectedEvents {
    /// The number of events.
    pub count: u64,
    /// The time and the serial number of the first one.
    pub first: Option<Stamp>,
}

impl AffectedEvents {
    /// Adds an event.
    pub fn add(&mut self, stamp: Stamp) {
        self.merge(AffectedEvents { count: 1, first: Some(stamp) });
    }

    /// Adds the events of a later part of the log.
    pub fn merge(&mut self, other: AffectedEvents) {
        self.count += other.count;
        self.first = self.first.or(other.first);
    }
}
