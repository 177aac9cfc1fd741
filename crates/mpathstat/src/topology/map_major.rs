//! The major number of device mapper, for texts that name devices by number: `dev253-0` of `sar -d` is
//! `dm-0` on one host and `vda` on another.
//!
//! The kernel assigns the number, and those of other drivers from the same range. Disks of such drivers
//! have sixteen minor numbers each, so that whole disks have multiples of 16 only.

use super::{Device, Topology};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use sysparse::device_name::number_after;
use sysparse::text::whole_number;

/// The major numbers that the kernel assigns.
const DYNAMIC_MAJORS: RangeInclusive<u64> = 234..=254;

/// How many minor numbers a disk has.
const MINORS_PER_DISK: u64 = 16;

/// What the reports so far say about each major number that can be that of device mapper.
#[derive(Debug, Default)]
pub struct MapMajor {
    found: BTreeMap<u64, Minors>,
}

/// The minor numbers of a major number.
#[derive(Debug, Default)]
struct Minors {
    /// Those that maps have.
    of_maps: BTreeSet<u64>,
    /// Whether there are others.
    has_others: bool,
    /// Whether any is not that of a whole disk.
    has_uneven: bool,
}

impl MapMajor {
    /// Takes the names of the devices in a report.
    pub fn add<'a>(&mut self, topology: &Topology, names: impl Iterator<Item = &'a [u8]>) {
        let mut numbers = names.filter_map(number_in_sar).peekable();
        if numbers.peek().is_none() {
            return;
        }
        let maps: BTreeSet<_> = topology.maps.iter().filter_map(|map| minor(&map.device)).collect();
        let paths: BTreeSet<_> =
            topology.paths().filter_map(|path| Some(path.device.number?.0)).collect();
        for (major, minor) in numbers {
            if DYNAMIC_MAJORS.contains(&major) && !paths.contains(&major) {
                self.found.entry(major).or_default().add(minor, maps.contains(&minor));
            }
        }
    }

    /// The major numbers that are the most likely ones: none, the one, or several that are equally likely.
    #[must_use]
    pub fn candidates(&self) -> Vec<u64> {
        let best = self.found.values().filter_map(Minors::likelihood).max();
        let is_best = |minors: &Minors| best.is_some() && minors.likelihood() == best;
        self.found.iter().filter(|(_, it)| is_best(it)).map(|(major, _)| *major).collect()
    }
}

impl Minors {
    fn add(&mut self, minor: u64, is_of_map: bool) {
        if is_of_map {
            self.of_maps.insert(minor);
        } else {
            self.has_others = true;
        }
        self.has_uneven |= minor % MINORS_PER_DISK != 0;
    }

    /// How many maps have such a minor number, and whether disks cannot. `None` if these are disks, or
    /// no map has any.
    fn likelihood(&self) -> Option<(usize, bool)> {
        let are_disks = self.has_others && !self.has_uneven;
        let count = self.of_maps.len();
        (count > 0 && !are_disks).then_some((count, self.has_uneven))
    }
}

impl Topology {
    /// Whether the maps of device mapper have this major number.
    #[must_use]
    pub fn has_map_major(&self, major: Option<u64>) -> bool {
        self.maps.iter().all(|map| map.device.number == number(&map.device, major))
    }

    /// Gives the maps of device mapper this major number.
    pub fn set_map_major(&mut self, major: Option<u64>) {
        for map in &mut self.maps {
            map.device.number = number(&map.device, major);
        }
    }
}

fn number(device: &Device, major: Option<u64>) -> Option<(u64, u64)> {
    Some((major?, minor(device)?))
}

/// The minor number of a map of device mapper.
fn minor(device: &Device) -> Option<u64> {
    number_after(b"dm-", &device.kernel)
}

/// The device number in `dev253-0`.
fn number_in_sar(name: &[u8]) -> Option<(u64, u64)> {
    let numbers = name.strip_prefix(b"dev")?;
    let dash = numbers.iter().position(|byte| *byte == b'-')?;
    let (major, minor) = numbers.split_at_checked(dash)?;
    Some((whole_number(major)?, whole_number(minor.get(1..)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::{Map, Path};

    /// The likely majors for maps with these names, in reports with these devices, one per line.
    fn candidates(maps: &str, reports: &str) -> Vec<u64> {
        let device = |name: &str, number| Device {
            kernel: name.as_bytes().to_vec(),
            number,
            ..Device::default()
        };
        let path = Path { device: device("vdz", Some((250, 0))), ..Path::default() };
        let map =
            |name| Map { device: device(name, None), paths: vec![path.clone()], ..Map::default() };
        let topology = Topology::new(maps.split(' ').map(map).collect());
        let mut major = MapMajor::default();
        for report in reports.lines() {
            major.add(&topology, report.split(' ').map(str::as_bytes));
        }
        major.candidates()
    }

    #[test]
    fn the_major_number_of_maps_is_the_one_that_fits_most_of_them() {
        for (maps, reports, wanted) in [
            ("dm-0", "dev8-0 dev253-0", &[253][..]),
            ("dm-0 dm-1", "dev254-0 dev253-0 dev253-1", &[253]),
            ("dm-0 dm-1", "dev254-0\ndev253-0\ndev253-1", &[253]),
            ("dm-1", "dev254-0 dev253-1", &[253]),
            ("dm-0", "dev234-0", &[234]),
            ("dm-0", "dev233-0 dev255-0 dev250-0", &[]),
            ("dm-0", "dm-0 vda dev dev- dev254 dev254-x devx-0 dev254-0-0", &[]),
            ("nvme0n1", "dev254-0", &[]),
        ] {
            assert_eq!(candidates(maps, reports), wanted, "{maps} in {reports}");
        }
    }

    #[test]
    fn disks_have_multiples_of_sixteen() {
        for (maps, reports, wanted) in [
            ("dm-0", "dev254-0 dev254-16 dev253-0", &[253][..]),
            ("dm-0", "dev254-0 dev253-0 dev253-1", &[253]),
            ("dm-0", "dev254-0 dev254-32", &[]),
            ("dm-0 dm-16", "dev254-0 dev254-16", &[254]),
            ("dm-16", "dev254-0 dev254-1 dev254-16", &[254]),
        ] {
            assert_eq!(candidates(maps, reports), wanted, "{maps} in {reports}");
        }
    }

    #[test]
    fn several_majors_can_be_equally_likely() {
        assert_eq!(candidates("dm-0", "dev254-0 dev8-0 dev253-0"), [253, 254]);
        assert_eq!(candidates("dm-0", "dev254-0\ndev253-0"), [253, 254]);
        assert_eq!(candidates("dm-0 dm-1", "dev254-0 dev254-16 dev253-1 dev252-0"), [253]);
    }

    #[test]
    fn maps_of_device_mapper_have_the_major_number() {
        let named = |name: &[u8]| Map {
            device: Device { kernel: name.to_vec(), ..Device::default() },
            ..Map::default()
        };
        let mut topology = Topology::new(vec![named(b"dm-3"), named(b"nvme0n1")]);
        assert!(topology.has_map_major(None) && !topology.has_map_major(Some(253)));
        topology.set_map_major(Some(253));
        assert!(topology.has_map_major(Some(253)) && !topology.has_map_major(Some(252)));
        let numbers: Vec<_> = topology.maps.iter().map(|map| map.device.number).collect();
        assert_eq!(numbers, [Some((253, 3)), None]);
    }
}
