//! A sample: the counters of all drives at one moment.
//!
//! ```
//! use toolkit::sampling::SystemRoot;
//!
//! let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/samples/tapestat/load");
//! let mut root = SystemRoot::open(Some(root.as_ref()))?;
//! let moment = tapestat::sample::moment(&mut root)?;
//! assert_eq!(moment.monotonic, tapestat::sample::uptime(&mut root)?);
//! # Ok::<(), tapestat::error::Error>(())
//! ```

use crate::error::Error;
use crate::names::DriveNames;
use std::rc::Rc;
use std::time::Duration;
use sysparse::counter;
use toolkit::sampling::{Moment, SystemRoot, counter_delta};

/// The counters of a drive, since it was added or over an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// The time in nanoseconds that completed reads took.
    pub read_ns: u64,
    /// The time in nanoseconds that completed writes took.
    pub write_ns: u64,
    /// The time in nanoseconds that all completed operations took.
    pub io_ns: u64,
    /// Bytes read.
    pub read_bytes: u64,
    /// Bytes written.
    pub write_bytes: u64,
    /// Reads.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
    /// Operations of other kinds, such as rewinding, spacing, writing file marks and testing whether the
    /// drive is ready.
    pub others: u64,
    /// Reads and writes that transferred fewer bytes than requested.
    pub residuals: u64,
}

/// The files of [`Counters`] in the folder `stats` of a drive, in the order of the fields. Source:
/// `Documentation/ABI/testing/sysfs-class-scsi_tape` of Linux.
pub const FILES: [&str; 9] = [
    "read_ns",
    "write_ns",
    "io_ns",
    "read_byte_cnt",
    "write_byte_cnt",
    "read_cnt",
    "write_cnt",
    "other_cnt",
    "resid_cnt",
];

impl From<[u64; 9]> for Counters {
    fn from(values: [u64; 9]) -> Counters {
        let [read_ns, write_ns, io_ns, read_bytes, write_bytes, reads, writes, others, residuals] =
            values;
        Counters {
            read_ns,
            write_ns,
            io_ns,
            read_bytes,
            write_bytes,
            reads,
            writes,
            others,
            residuals,
        }
    }
}

impl Counters {
    /// The values in the order of the fields.
    #[must_use]
    pub fn values(&self) -> [u64; 9] {
        [
            self.read_ns,
            self.write_ns,
            self.io_ns,
            self.read_bytes,
            self.write_bytes,
            self.reads,
            self.writes,
            self.others,
            self.residuals,
        ]
    }

    /// The increase of each counter since `old`; `None` if any of them was reset.
    #[must_use]
    pub fn since(&self, old: &Counters) -> Option<Counters> {
        let mut increase = self.values();
        for (value, old) in increase.iter_mut().zip(old.values()) {
            *value = counter_delta(old, *value, 0)?;
        }
        Some(increase.into())
    }

    /// The sums.
    #[must_use]
    pub fn plus(&self, other: &Counters) -> Counters {
        let mut sums = self.values();
        for (value, other) in sums.iter_mut().zip(other.values()) {
            *value = value.saturating_add(other);
        }
        sums.into()
    }
}

/// The counters of a drive at one moment.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The names of the drive.
    pub drive: Rc<DriveNames>,
    /// A number that changes when the files had to be opened again, because then they may be those of
    /// a different drive.
    pub incarnation: u64,
    /// The counters.
    pub counters: Counters,
    /// Requests in flight, if these are shown and known.
    pub in_flight: Option<u64>,
}

impl Reading {
    /// What identifies a drive in two samples, and by what readings are sorted.
    #[must_use]
    pub fn key(&self) -> (u32, u64) {
        (self.drive.number, self.incarnation)
    }
}

/// The counters of all drives at one moment.
#[derive(Debug)]
pub struct Sample {
    /// When it was taken.
    pub moment: Moment,
    /// The drives that could be read, by number.
    pub readings: Vec<Reading>,
}

const UPTIME: &str = "proc/uptime";

/// The moment now.
///
/// # Errors
/// The time of a saved system cannot be read.
pub fn moment(root: &mut SystemRoot) -> Result<Moment, Error> {
    if let Some(now) = root.now() {
        return Ok(now);
    }
    let btime = root.read("proc/stat").ok().and_then(|text| counter::value(text, b"btime").ok());
    Ok(Moment::after_boot(uptime(root)?, btime))
}

/// The time since boot.
///
/// # Errors
/// `/proc/uptime` cannot be read.
pub fn uptime(root: &mut SystemRoot) -> Result<Duration, Error> {
    let uptime = counter::uptime(root.read(UPTIME)?);
    Ok(uptime.map_err(|bad| root.malformed(UPTIME, bad.expected))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_counters_are_reset_if_one_of_them_is() {
        let old = Counters::from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let new = Counters::from([2, 4, 6, 8, 10, 12, 14, 16, 18]);
        assert_eq!(new.since(&old), Some(old));
        assert_eq!(old.plus(&old), new);
        let reset = Counters { residuals: 0, ..new };
        assert_eq!(reset.since(&old), None);
    }
}
