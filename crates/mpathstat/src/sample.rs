//! A sample: the I/O statistics of all maps and paths at one moment.
//!
//! ```
//! use toolkit::sampling::SystemRoot;
//!
//! let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/samples/mpathstat/load");
//! let mut root = SystemRoot::open(Some(root.as_ref()))?;
//! let moment = mpathstat::sample::moment(&mut root)?;
//! assert_eq!(moment.monotonic, mpathstat::sample::uptime(&mut root)?);
//! # Ok::<(), mpathstat::error::Error>(())
//! ```

#[cfg(test)]
mod tests;

use crate::error::Error;
use crate::topology::{Device, Path, Topology, name_in_diskstats};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;
use sysparse::ParseError;
use sysparse::counter;
use sysparse::device_name::NvmeName;
use sysparse::diskstats::{Discards, Flushes, Io, Times, disks};
use toolkit::messages::Messages;
use toolkit::sampling::{self, Moment, OpenFile, SystemRoot};

/// The I/O statistics of the devices of a topology at one moment.
#[derive(Debug, Clone)]
pub struct Sample {
    /// When it was taken.
    pub moment: Moment,
    /// The devices.
    pub topology: Rc<Topology>,
    /// The statistics by [`Device::slot`]; `None` for a device that has none.
    pub readings: Vec<Option<Reading>>,
}

/// The I/O statistics of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Major and minor number.
    pub number: (u64, u64),
    /// The counters in `/proc/diskstats`.
    pub io: Io,
    /// Failed commands; known for paths only, and only if they are shown.
    pub failures: Option<Failures>,
}

/// The failed commands of a path since it was added. SCSI devices have errors and timeouts, the latter
/// since Linux 6.1; paths of the NVMe driver have errors, retries and failovers where sysfs has the
/// folder `diag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// Commands that ended with an error.
    pub errors: Option<u64>,
    /// Commands that timed out.
    pub timeouts: Option<u64>,
    /// Commands that were sent again.
    pub retries: Option<u64>,
    /// Requests that were moved to another path.
    pub failovers: Option<u64>,
}

impl Failures {
    fn is_known(&self) -> bool {
        let Failures { errors, timeouts, retries, failovers } = self;
        [errors, timeouts, retries, failovers].iter().any(|count| count.is_some())
    }
}

impl Reading {
    /// Requests in flight. Kernels that lose count, as some before Linux 5.0 did, print a negative
    /// number as one of 32 or 64 bits.
    #[must_use]
    pub fn in_flight(&self) -> Option<u64> {
        let in_flight = self.io.times?.in_flight;
        (in_flight < 1 << 31).then_some(in_flight)
    }

    /// Whether the device completed nothing since it appeared.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        let times = self.io.times.map(|times| Times { in_flight: 0, ..times });
        Io { times, ..self.io } == self.before().io
    }

    /// The counters of the same device when it appeared.
    #[must_use]
    pub fn before(&self) -> Reading {
        let Io { times, discards, flushes, .. } = self.io;
        let io = Io {
            times: times.map(|_| Times::default()),
            discards: discards.map(|_| Discards::default()),
            flushes: flushes.map(|_| Flushes::default()),
            ..Io::default()
        };
        let failures = self.failures.map(|now| Failures {
            errors: now.errors.map(|_| 0),
            timeouts: now.timeouts.map(|_| 0),
            retries: now.retries.map(|_| 0),
            failovers: now.failovers.map(|_| 0),
        });
        Reading { number: self.number, io, failures }
    }
}

impl Sample {
    /// The statistics of a device of this sample's topology.
    #[must_use]
    pub fn reading(&self, device: &Device) -> Option<&Reading> {
        self.readings.get(device.slot)?.as_ref()
    }

    /// The statistics by slot of another topology. A device keeps them if its name and identity are
    /// the same, and its map, too: what a path did before it joined its map is no I/O of this map.
    #[must_use]
    pub fn readings_for(&self, topology: &Topology) -> Vec<Option<Reading>> {
        let old: HashMap<_, _> = devices_by_place(&self.topology).collect();
        let mut readings = vec![None; topology.names.len()];
        for (place, device) in devices_by_place(topology) {
            let same = old.get(&place).filter(|old| old.identity == device.identity);
            if let Some(reading) = readings.get_mut(device.slot) {
                *reading = same.and_then(|same| self.reading(same)).copied();
            }
        }
        readings
    }
}

/// What distinguishes a device of a topology from all others: the map to which it belongs, which can be
/// made again under the same name, and its own name.
type Place<'a> = [&'a [u8]; 4];

/// The devices of all maps and paths by their places.
fn devices_by_place(topology: &Topology) -> impl Iterator<Item = (Place<'_>, &Device)> {
    topology.maps.iter().flat_map(|map| {
        let Device { kernel, identity, .. } = &map.device;
        let devices = std::iter::once(&map.device).chain(map.paths.iter().map(|path| &path.device));
        devices.map(|device| ([&map.wwid[..], kernel, identity, &device.kernel], device))
    })
}

const DISKSTATS: &str = "proc/diskstats";
const UPTIME: &str = "proc/uptime";

/// Reads the I/O statistics of the devices of a topology.
#[derive(Debug)]
pub struct CounterReader {
    diskstats: OpenFile,
    /// The slot of each device, by its name in diskstats.
    slots: HashMap<Vec<u8>, usize>,
    has_failures: bool,
    /// The files with failed commands, by slot.
    failures: Vec<Option<FailureFiles>>,
    /// How many devices diskstats had when it was first read for this topology.
    devices: Option<usize>,
}

/// The files with the failed commands of a path.
#[derive(Debug)]
enum FailureFiles {
    Scsi { errors: OpenFile, timeouts: OpenFile },
    Nvme { errors: OpenFile, retries: OpenFile, failovers: OpenFile },
}

impl CounterReader {
    /// A reader for the devices of `topology`, which reads failed commands, too, if `has_failures`.
    #[must_use]
    pub fn new(topology: &Topology, has_failures: bool) -> CounterReader {
        let mut reader = CounterReader {
            diskstats: OpenFile::new(DISKSTATS),
            slots: HashMap::new(),
            has_failures,
            failures: Vec::new(),
            devices: None,
        };
        reader.set_topology(topology);
        reader
    }

    /// Reads the devices of `topology`, which was just read, from now on.
    pub fn set_topology(&mut self, topology: &Topology) {
        self.devices = None;
        self.slots.clear();
        for (slot, name) in topology.names.iter().enumerate() {
            self.slots.insert(name_in_diskstats(name), slot);
        }
        self.failures.clear();
        self.failures.resize_with(topology.names.len(), || None);
        for path in topology.paths().filter(|_| self.has_failures) {
            if let Some(files) = self.failures.get_mut(path.device.slot) {
                *files = FailureFiles::for_path(path);
            }
        }
    }

    /// The names of all devices with statistics.
    ///
    /// # Errors
    /// `/proc/diskstats` cannot be read.
    pub fn names(&mut self, root: &mut SystemRoot) -> Result<Vec<Vec<u8>>, sampling::Error> {
        let disks = disks(root.reread(&mut self.diskstats)?);
        Ok(disks.filter_map(|(_, disk)| Some(disk.ok()?.name.to_vec())).collect())
    }

    /// Reads the statistics by slot, all from one reading of `/proc/diskstats`. Damaged lines are
    /// reported and left out.
    ///
    /// # Errors
    /// `/proc/diskstats` cannot be read.
    pub fn read(
        &mut self,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Result<Counters, sampling::Error> {
        let mut readings = vec![None; self.slots.len()];
        let path = root.path(DISKSTATS);
        let mut devices = 0;
        for (line, disk) in disks(root.reread(&mut self.diskstats)?) {
            devices += 1;
            match disk {
                Ok(disk) => {
                    let slot = self.slots.get(disk.name);
                    if let Some(place) = slot.and_then(|slot| readings.get_mut(*slot)) {
                        let number = (disk.major, disk.minor);
                        *place = Some(Reading { number, io: disk.io, failures: None });
                    }
                }
                Err(bad) => messages.warn_once(format_args!("{}:{line}: {bad}", path.display())),
            }
        }
        for (reading, files) in readings.iter_mut().zip(&mut self.failures) {
            if let (Some(reading), Some(own)) = (reading, files.as_mut()) {
                reading.failures = Some(own.read(root, messages)).filter(Failures::is_known);
                if reading.failures.is_none() {
                    // An older kernel does not have them, and trying costs system calls.
                    *files = None;
                }
            }
        }
        let differs = *self.devices.get_or_insert(devices) != devices;
        Ok(Counters { readings, differs })
    }
}

/// I/O statistics by slot.
#[derive(Debug)]
pub struct Counters {
    /// The statistics; `None` for a device that has none.
    pub readings: Vec<Option<Reading>>,
    /// Whether the number of devices changed since the topology was read.
    pub differs: bool,
}

impl FailureFiles {
    /// The files of a path; `None` for one that is neither SCSI nor NVMe.
    fn for_path(path: &Path) -> Option<FailureFiles> {
        let kernel = String::from_utf8_lossy(&path.device.kernel);
        let file = |name: &str| OpenFile::new(format!("sys/block/{kernel}/{name}"));
        if !path.hctl.is_empty() {
            let (errors, timeouts) = (file("device/ioerr_cnt"), file("device/iotmo_cnt"));
            return Some(FailureFiles::Scsi { errors, timeouts });
        }
        NvmeName::parse(&path.device.kernel).ok()?;
        // `nvme_ns_diag_attrs` in drivers/nvme/host/sysfs.c of Linux.
        Some(FailureFiles::Nvme {
            errors: file("diag/command_error_count"),
            retries: file("diag/command_retries_count"),
            failovers: file("diag/multipath_failover_count"),
        })
    }

    fn read(&mut self, root: &mut SystemRoot, messages: &mut Messages<impl Write>) -> Failures {
        let mut count = |file: &mut OpenFile, parse| {
            let count = number(root, file, parse);
            count.inspect_err(|error| error.report_unknown(file.path(), messages)).ok()
        };
        match self {
            FailureFiles::Scsi { errors, timeouts } => Failures {
                errors: count(errors, counter::hex_count),
                timeouts: count(timeouts, counter::hex_count),
                ..Failures::default()
            },
            FailureFiles::Nvme { errors, retries, failovers } => Failures {
                errors: count(errors, counter::count),
                retries: count(retries, counter::count),
                failovers: count(failovers, counter::count),
                ..Failures::default()
            },
        }
    }
}

/// The number in a file.
fn number(
    root: &mut SystemRoot,
    file: &mut OpenFile,
    parse: fn(&[u8]) -> Result<u64, ParseError>,
) -> Result<u64, sampling::Error> {
    let number = parse(root.read_attribute(file)?);
    number.map_err(|bad| root.malformed(file.path(), bad.expected))
}

/// The moment now.
///
/// # Errors
/// The time of a saved system cannot be read.
pub fn moment(root: &mut SystemRoot) -> Result<Moment, Error> {
    if let Some(now) = root.now() {
        return Ok(now);
    }
    let uptime = uptime_or_zero(root)?;
    let btime = root.read("proc/stat").ok().and_then(|text| counter::value(text, b"btime").ok());
    Ok(Moment::after_boot(uptime, btime))
}

/// What is wrong with the times of two samples, so that nothing is known of what is between them.
#[must_use]
pub fn time_problem(last: Duration, now: Duration) -> Option<&'static str> {
    match now.cmp(&last) {
        Ordering::Greater => None,
        Ordering::Equal => {
            Some("no time passed since the previous sample; the figures between them are unknown")
        }
        Ordering::Less => Some(
            "the uptime is less than that of the previous sample: the system was restarted, or the \
             samples are of two systems; the figures between them are unknown",
        ),
    }
}

/// The time since boot; zero if a saved system does not have it, as in a sos report: rates over zero
/// seconds are unknown.
///
/// # Errors
/// `/proc/uptime` cannot be read.
pub fn uptime_or_zero(root: &mut SystemRoot) -> Result<Duration, Error> {
    match uptime(root) {
        Err(Error::Sampling(error)) if error.is_gone() && root.is_saved() => Ok(Duration::ZERO),
        uptime => uptime,
    }
}

/// The time since boot.
///
/// # Errors
/// `/proc/uptime` cannot be read.
pub fn uptime(root: &mut SystemRoot) -> Result<Duration, Error> {
    let uptime = counter::uptime(root.read(UPTIME)?);
    Ok(uptime.map_err(|bad| root.malformed(UPTIME, bad.expected))?)
}
