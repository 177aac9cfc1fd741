//! Tape drives without statistics: those that are not driven by `st`, or by one that is too old.

use crate::names::{Aliases, CLASS};
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use sysparse::counter;
use sysparse::device_name::Hctl;
use toolkit::sampling::{OpenFile, SystemRoot};

/// The SCSI tape drives without statistics.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct OtherDrives {
    by_address: BTreeMap<Vec<u8>, OtherDrive>,
    /// Whether the module `st` is loaded, which makes the folder of all drives that it serves.
    has_st: bool,
}

/// A SCSI tape drive without statistics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherDrive {
    /// The address, vendor and model.
    description: String,
    /// The driver, if any serves it.
    pub(crate) driver: Option<String>,
}

/// The folder in which the kernel lists all SCSI devices.
const DEVICES: &str = "sys/bus/scsi/devices";

/// The SCSI device type of tape drives.
const TAPE: u64 = 1;

/// Drivers of devices of other types, of which there can be thousands.
const NO_TAPE: [&[u8]; 3] = [b"sd", b"sr", b"ses"];

/// The driver that keeps statistics.
const ST: &str = "st";

/// The file that makes `st` serve the drive whose address is written to it.
const BIND: &str = "/sys/bus/scsi/drivers/st/bind";

/// How many drives a message names.
const NAMED_MAX: usize = 8;

impl OtherDrives {
    /// Looks for tape drives that are not among `drives`, those with statistics.
    pub(crate) fn scan(drives: &[Aliases], root: &mut SystemRoot) -> OtherDrives {
        let has_statistics =
            |drive: &&Aliases| root.has_folder(format!("{CLASS}/{}/stats", drive.kernel()));
        let (known, unknown): (Vec<_>, Vec<_>) = drives.iter().partition(has_statistics);
        let known: HashSet<_> = known.into_iter().filter_map(|drive| drive.hctl.clone()).collect();
        let mut by_address = BTreeMap::new();
        for address in root.list(DEVICES).unwrap_or_default() {
            if Hctl::parse(&address).is_ok() && !known.contains(&address) {
                if let Some(other) = OtherDrive::read(&address, root) {
                    by_address.insert(address, other);
                }
            }
        }
        for drive in unknown {
            let other = by_address
                .entry(drive.address_or_name())
                .or_insert_with(|| OtherDrive::unnamed(drive));
            other.driver = Some(ST.to_owned());
        }
        OtherDrives { by_address, has_st: root.has_folder(CLASS) }
    }

    /// The drive with this address, if it is one of them.
    pub(crate) fn get(&self, address: &[u8]) -> Option<&OtherDrive> {
        self.by_address.get(address)
    }

    /// All of them, by address.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &OtherDrive)> {
        self.by_address.iter().map(|(address, drive)| (address.as_slice(), drive))
    }

    /// A message for each driver. `known` is the number of drives with statistics.
    pub(crate) fn messages(&self, known: usize) -> Vec<String> {
        let mut by_driver: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
        for drive in self.by_address.values() {
            by_driver.entry(drive.driver.as_deref()).or_default().push(&drive.description);
        }
        let all = known + self.by_address.len();
        let message = |(driver, drives): (Option<&str>, Vec<&str>)| {
            let reason = match driver {
                None if self.has_st => format!("no driver; write the address to {BIND}"),
                None => "load the st module".to_owned(),
                Some(ST) => format!("driver {ST} keeps them since Linux 4.2"),
                Some(driver) => format!("driver {driver}"),
            };
            let (count, names) = (drives.len(), named(&drives));
            match (known, count) {
                (0, 1) => format!("1 SCSI tape drive ({names}) has no statistics: {reason}"),
                (0, _) => {
                    format!("{count} SCSI tape drives ({names}) have no statistics: {reason}")
                }
                (_, 1) => format!("1 of {all} tape drives has no statistics: {names}: {reason}"),
                _ => format!("{count} of {all} tape drives have no statistics: {names}: {reason}"),
            }
        };
        by_driver.into_iter().map(message).collect()
    }
}

/// The first few of many names.
pub(crate) fn named(drives: &[&str]) -> String {
    let (named, rest) = drives.split_at(drives.len().min(NAMED_MAX));
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    named.join(", ") + &more
}

impl OtherDrive {
    /// A drive that is not among the SCSI devices.
    fn unnamed(drive: &Aliases) -> OtherDrive {
        OtherDrive { description: drive.kernel(), driver: None }
    }

    fn read(address: &[u8], root: &mut SystemRoot) -> Option<OtherDrive> {
        let device = Path::new(DEVICES).join(OsStr::from_bytes(address));
        let driver = root.read_link(device.join("driver"));
        let driver = driver.as_deref().and_then(Path::file_name).map(OsStr::as_bytes);
        if driver.is_some_and(|driver| NO_TAPE.contains(&driver)) {
            return None;
        }
        let mut attribute = |name: &str| {
            let value = root.read_attribute(&mut OpenFile::new(device.join(name)));
            value.unwrap_or_default().trim_ascii().to_vec()
        };
        if counter::count(&attribute("type")) != Ok(TAPE) {
            return None;
        }
        let mut description = String::from_utf8_lossy(address).into_owned();
        for word in [attribute("vendor"), attribute("model")] {
            if !word.is_empty() {
                description.extend([" ", &String::from_utf8_lossy(&word)]);
            }
        }
        let driver = driver.map(|driver| String::from_utf8_lossy(driver).into_owned());
        Some(OtherDrive { description, driver })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others(drivers: &[Option<&str>]) -> OtherDrives {
        let drive = |(number, driver): (usize, Option<&str>)| {
            let address = format!("7:0:{number}:0");
            let description = format!("{address} IBM ULT3580-TD9");
            let driver = driver.map(str::to_owned);
            (address.into_bytes(), OtherDrive { description, driver })
        };
        let by_address = drivers.iter().copied().enumerate().map(drive).collect();
        OtherDrives { by_address, has_st: true }
    }

    #[test]
    fn drives_without_statistics_are_named_by_driver() {
        let mixed = others(&[Some("lin_tape"), None, Some("lin_tape")]);
        let expected = [
            "1 of 5 tape drives has no statistics: 7:0:1:0 IBM ULT3580-TD9: no driver; write the \
             address to /sys/bus/scsi/drivers/st/bind",
            "2 of 5 tape drives have no statistics: 7:0:0:0 IBM ULT3580-TD9, 7:0:2:0 IBM \
             ULT3580-TD9: driver lin_tape",
        ];
        assert_eq!(mixed.messages(2), expected);
        let [message] = &others(&[Some("lin_tape"); 20]).messages(0)[..] else { panic!() };
        assert!(message.starts_with("20 SCSI tape drives (7:0:0:0 IBM"), "{message}");
        assert!(message.ends_with(" and 12 more) have no statistics: driver lin_tape"));
        let driver = |address| mixed.get(address).map(|other| other.driver.as_deref());
        assert_eq!(driver(b"7:0:2:0"), Some(Some("lin_tape")));
        assert_eq!([driver(b"7:0:1:0"), driver(b"7:0:3:0")], [Some(None), None]);
        let [message] = &others(&[Some("st")]).messages(0)[..] else { panic!() };
        assert!(message.ends_with("has no statistics: driver st keeps them since Linux 4.2"));
        assert!(others(&[]).messages(3).is_empty());
    }
}
