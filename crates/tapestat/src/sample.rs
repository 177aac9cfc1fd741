//! What the kernel counted: a sample of all drives at one time.

use crate::names::Names;
use std::rc::Rc;
use toolkit::delta::grown;
use toolkit::host::Moment;

/// The counters of a drive, since it was found by the kernel or over an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Time of the reads that ended, in nanoseconds.
    pub read_ns: u64,
    /// Time of the writes that ended, in nanoseconds.
    pub write_ns: u64,
    /// Time of all operations that ended, in nanoseconds.
    pub io_ns: u64,
    /// Bytes read.
    pub read_bytes: u64,
    /// Bytes written.
    pub write_bytes: u64,
    /// Reads.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
    /// Operations that are neither: rewinds, spaces, file marks, tests.
    pub others: u64,
    /// Reads and writes that moved fewer bytes than was asked for.
    pub residuals: u64,
}

/// The files of [`Counters`], in the order of its fields, in the folder `stats` of a drive. Documented in
/// `Documentation/ABI/testing/sysfs-class-scsi_tape` of the kernel.
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

    /// How much each grew since `old`; nothing if one went back.
    #[must_use]
    pub fn since(&self, old: &Counters) -> Option<Counters> {
        let mut growth = self.values();
        for (value, old) in growth.iter_mut().zip(old.values()) {
            *value = grown(old, *value, 0)?;
        }
        Some(growth.into())
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

/// A drive, and what it was at one time.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Which drive.
    pub drive: Rc<Names>,
    /// Grows when the drive's files had to be opened anew: it may be another drive.
    pub incarnation: u64,
    /// Its counters.
    pub counters: Counters,
    /// Requests that have not ended, if that was asked for and could be read.
    pub in_flight: Option<u64>,
}

impl Reading {
    /// What is the same in two readings of one drive; readings are sorted by it.
    #[must_use]
    pub fn key(&self) -> (u32, u64) {
        (self.drive.number, self.incarnation)
    }
}

/// All drives at one time.
#[derive(Debug)]
pub struct Sample {
    /// When.
    pub moment: Moment,
    /// The drives that could be read, by number.
    pub readings: Vec<Reading>,
    /// Whether the machine has no drive with statistics at all.
    pub has_no_drive: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_counter_that_went_back_makes_all_of_them_new() {
        let old = Counters::from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let new = Counters::from([2, 4, 6, 8, 10, 12, 14, 16, 18]);
        assert_eq!(new.since(&old), Some(old));
        assert_eq!(old.plus(&old), new);
        let reset = Counters { residuals: 0, ..new };
        assert_eq!(reset.since(&old), None);
    }
}
