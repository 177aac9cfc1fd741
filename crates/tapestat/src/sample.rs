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
use crate::gaps::Gaps;
use crate::names::DriveNames;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;
use sysparse::counter;
use toolkit::messages::Messages;
use toolkit::sampling::{Moment, SystemRoot};

/// The counters of a drive. The kernel adds to them what was requested and subtracts what it was told
/// was not transferred, so that a wrong residual can take the bytes below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters<T = i128> {
    /// The time in nanoseconds that completed reads took.
    pub read_ns: T,
    /// The time in nanoseconds that completed writes took.
    pub write_ns: T,
    /// The time in nanoseconds that all completed operations took.
    pub io_ns: T,
    /// Bytes read.
    pub read_bytes: T,
    /// Bytes written.
    pub write_bytes: T,
    /// Reads.
    pub reads: T,
    /// Writes.
    pub writes: T,
    /// Operations of other kinds, such as rewinding, spacing, writing file marks and testing whether the
    /// drive is ready.
    pub others: T,
    /// Reads and writes that transferred fewer bytes than requested.
    pub residuals: T,
}

/// The increase of each counter since the drive was added or over an interval, if known.
pub type Increase = Counters<Option<u64>>;

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

impl<T> From<[T; 9]> for Counters<T> {
    fn from(values: [T; 9]) -> Counters<T> {
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

impl<T: Copy> Counters<T> {
    /// The values in the order of the fields.
    #[must_use]
    pub fn values(&self) -> [T; 9] {
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
}

impl Counters {
    /// The increase of each counter since `old`; `None` if the counters were reset. A counter that
    /// decreased alone was not reset: the driver subtracted a wrong residual. Its increase is unknown,
    /// and so is that of both counters of bytes if no other decreased.
    #[must_use]
    pub fn since(&self, old: &Counters) -> Option<Increase> {
        let mut increase = [None; 9];
        for ((increase, old), new) in increase.iter_mut().zip(old.values()).zip(self.values()) {
            *increase = u64::try_from(new - old).ok();
        }
        let unknown = increase.iter().filter(|increase| increase.is_none()).count();
        let increase = Increase::from(increase);
        let only_bytes =
            unknown == 2 && increase.read_bytes.is_none() && increase.write_bytes.is_none();
        (unknown < 2 || only_bytes).then_some(increase)
    }
}

impl Increase {
    /// All of the counters, of a drive that was added when they were 0. That of a counter below zero is
    /// unknown.
    #[must_use]
    pub fn all(counters: &Counters) -> Increase {
        counters.values().map(|value| u64::try_from(value).ok()).into()
    }

    /// The sums. The sum of anything and an unknown value is unknown.
    #[must_use]
    pub fn plus(&self, other: &Increase) -> Increase {
        let mut sums = self.values();
        for (value, other) in sums.iter_mut().zip(other.values()) {
            *value = value.zip(other).map(|(one, other)| one.saturating_add(other));
        }
        sums.into()
    }

    /// The files of the counters whose increase is unknown.
    pub fn unknown_files(&self) -> impl Iterator<Item = &'static str> {
        let files = FILES.into_iter().zip(self.values());
        files.filter_map(|(file, increase)| increase.is_none().then_some(file))
    }

    /// Whether nothing completed.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.values() == [Some(0); 9]
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
    /// Commands that the SCSI device completed, whoever sent them, if these are needed and known.
    pub commands: Option<u64>,
    /// The gaps since the first sample, if these are shown and known.
    pub gaps: Option<Gaps>,
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
    /// When it was taken, if known.
    pub moment: Option<Moment>,
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

/// Reports, once, that the time of a sample is unknown.
pub fn report_unknown_time(error: &Error, messages: &mut Messages<impl Write>) {
    messages.warn_once_about(UPTIME, format_args!("{error}; rates that depend on it are unknown"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_reset_unless_one_decreased_alone() {
        let old = Counters::from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let new = Counters::from([2, 4, 6, 8, 10, 12, 14, 16, 18]);
        let increase = new.since(&old).unwrap();
        assert_eq!(increase, Increase::all(&old));
        assert_eq!(increase.plus(&increase), Increase::all(&new));
        let wrong = Counters { write_bytes: 0, ..new }.since(&old).unwrap();
        assert_eq!(wrong, Increase { write_bytes: None, ..increase });
        assert_eq!(wrong.unknown_files().collect::<Vec<_>>(), ["write_byte_cnt"]);
        assert_eq!(wrong.plus(&increase).write_bytes, None);
        assert!(Counters { write_bytes: 0, read_bytes: 0, ..new }.since(&old).is_some());
        assert_eq!(Counters { write_bytes: 0, writes: 0, ..new }.since(&old), None);
        assert_eq!(Counters::default().since(&old), None);
    }

    #[test]
    fn a_counter_below_zero_increases_like_any_other() {
        let counters = |write_bytes| Counters { write_bytes, ..Counters::default() };
        let written = |old, new| counters(new).since(&counters(old)).unwrap().write_bytes;
        assert_eq!(written(200, -100), None);
        assert_eq!(written(-100, -70), Some(30));
        assert_eq!(written(-70, 50), Some(120));
        let since_boot = Increase::all(&counters(-1));
        assert_eq!(since_boot, Increase { write_bytes: None, ..Increase::from([Some(0); 9]) });
    }
}
