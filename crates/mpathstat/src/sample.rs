//! A sample: what every map and path has done so far, read at one moment.

pub mod iostat;
#[cfg(test)]
mod tests;

use crate::topology::{Device, Topology};
use std::collections::HashMap;
use sysparse::ParseError;
use sysparse::counter;
use sysparse::diskstats::{Io, disks};
use toolkit::host::{Error, Host, Kept, Moment};

/// What the devices of a topology had done at one moment.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// When; nothing before the first sample.
    pub moment: Option<Moment>,
    /// By [`Device::slot`]; nothing for a device that was not there.
    pub readings: Vec<Option<Reading>>,
}

/// What a device had done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Major and minor number.
    pub number: (u64, u64),
    /// The kernel's counters.
    pub io: Io,
    /// Commands that ended in an error, and those that ran into their time limit; of SCSI devices,
    /// and only if asked for.
    pub failures: Option<Failures>,
}

/// What went wrong on a SCSI device since it appeared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// Commands that ended in an error.
    pub errors: u64,
    /// Commands that ran into their time limit; nothing before Linux 6.1.
    pub timeouts: Option<u64>,
}

impl Sample {
    /// What a device had done.
    #[must_use]
    pub fn reading(&self, device: &Device) -> Option<&Reading> {
        self.readings.get(device.slot)?.as_ref()
    }

    /// The same sample under a new topology: a device keeps its reading if name and identity are the
    /// same.
    #[must_use]
    pub fn under(&self, old: &Topology, new: &Topology) -> Sample {
        let known: HashMap<_, _> = old.devices().map(|device| (&device.kernel, device)).collect();
        let mut readings = vec![None; new.names.len()];
        for device in new.devices() {
            let before = known.get(&device.kernel).filter(|old| old.identity == device.identity);
            if let Some(place) = readings.get_mut(device.slot) {
                *place = before.and_then(|before| self.reading(before)).copied();
            }
        }
        Sample { moment: self.moment, readings }
    }
}

/// Reads samples of the devices of one topology after the other.
#[derive(Debug)]
pub struct Sampler {
    diskstats: Kept,
    /// Where the device of each name stands in a sample.
    slots: HashMap<Vec<u8>, usize>,
    /// By slot: the files of what went wrong; empty if nobody asked.
    failures: Vec<Option<FailureFiles>>,
    /// How many devices `/proc/diskstats` had when the topology was read.
    devices: Option<usize>,
}

impl Default for Sampler {
    fn default() -> Self {
        let diskstats = Kept::new(DISKSTATS);
        Sampler { diskstats, slots: HashMap::new(), failures: Vec::new(), devices: None }
    }
}

const DISKSTATS: &str = "proc/diskstats";

#[derive(Debug)]
struct FailureFiles {
    errors: Kept,
    timeouts: Kept,
}

impl Sampler {
    /// Takes over a topology that was just read. `failures`: whether to read what went wrong.
    pub fn follow(&mut self, topology: &Topology, failures: bool) {
        self.slots.clear();
        for (slot, name) in topology.names.iter().enumerate() {
            // What is `cciss!c0d0` in sysfs is `cciss/c0d0` in diskstats.
            let name = name.iter().map(|byte| if *byte == b'!' { b'/' } else { *byte });
            self.slots.insert(name.collect(), slot);
        }
        self.devices = None;
        self.failures.clear();
        if failures {
            self.failures.resize_with(topology.names.len(), || None);
            for path in topology.paths().filter(|path| !path.hctl.is_empty()) {
                if let Some(files) = self.failures.get_mut(path.device.slot) {
                    *files = Some(FailureFiles::of(&path.device.kernel));
                }
            }
        }
    }

    /// Reads a sample: all counters out of one reading of `/proc/diskstats`. `tell` hears of damaged
    /// lines, by their number.
    ///
    /// # Errors
    /// `/proc/diskstats` or the time cannot be read.
    pub fn sample(
        &mut self,
        host: &mut Host,
        mut tell: impl FnMut(usize, ParseError),
    ) -> Result<Sampled, Error> {
        let moment = host.moment()?;
        let mut readings = vec![None; self.slots.len()];
        let mut devices = 0;
        for (line, disk) in disks(host.read_again(&mut self.diskstats)?) {
            devices += 1;
            let disk = match disk {
                Ok(disk) => disk,
                Err(bad) => {
                    tell(line, bad);
                    continue;
                }
            };
            if let Some(place) = self.slots.get(disk.name).and_then(|slot| readings.get_mut(*slot))
            {
                let number = (disk.major, disk.minor);
                *place = Some(Reading { number, io: disk.io, failures: None });
            }
        }
        for (reading, files) in readings.iter_mut().zip(&mut self.failures) {
            if let (Some(reading), Some(files)) = (reading, files) {
                reading.failures = files.read(host);
            }
        }
        let differs = *self.devices.get_or_insert(devices) != devices;
        Ok(Sampled { sample: Sample { moment: Some(moment), readings }, differs })
    }
}

/// A sample, and whether the kernel has other devices than when the topology was read.
#[derive(Debug)]
pub struct Sampled {
    /// The sample.
    pub sample: Sample,
    /// Whether devices came or went since the topology was read.
    pub differs: bool,
}

impl FailureFiles {
    fn of(kernel: &[u8]) -> FailureFiles {
        let kernel = String::from_utf8_lossy(kernel);
        let file = |name: &str| Kept::new(format!("sys/block/{kernel}/device/{name}"));
        FailureFiles { errors: file("ioerr_cnt"), timeouts: file("iotmo_cnt") }
    }

    fn read(&mut self, host: &mut Host) -> Option<Failures> {
        let mut count = |file| counter::hex_count(host.attribute(file).ok()?).ok();
        Some(Failures { errors: count(&mut self.errors)?, timeouts: count(&mut self.timeouts) })
    }
}
