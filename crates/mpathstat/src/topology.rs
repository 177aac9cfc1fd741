//! The multipath maps of a system and the paths of each map.
//!
//! ```
//! use mpathstat::topology::Endpoints;
//!
//! let endpoints = Endpoints::from_address(b"3:0:1:0", b"sda");
//! assert_eq!(endpoints.host, b"host3");
//! assert_eq!(endpoints.target, b"target3:0:1");
//! ```

mod accounting;
mod change;
mod map_major;
mod names;
pub mod states;
mod subsystem;
pub mod sysfs;
#[cfg(test)]
mod tests;
pub mod text;

pub use change::{Change, ChangeKind, changes};
pub use map_major::MapMajor;
pub use names::{name_in_diskstats, unescape};
pub use subsystem::Subsystem;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use sysparse::device_name::{Hctl, NvmeName, device_number};
use toolkit::natural_order::natural_cmp;

/// The maps of a system, by name in natural order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topology {
    /// The maps.
    pub maps: Vec<Map>,
    /// The kernel names of all maps and paths, each once. [`Device::slot`] is an index into them.
    pub names: Rc<[Vec<u8>]>,
    /// The NVMe subsystems of a text that does not contain their namespaces.
    pub subsystems: Vec<Subsystem>,
}

/// A block device with I/O statistics: a map or a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The name in the kernel: `dm-2`, `sda`, `nvme1c0n1`. Of a removed device in a text it is the
    /// number, `8:32`, or empty if that is unknown, too.
    pub kernel: Vec<u8>,
    /// Major and minor number, if known.
    pub number: Option<(u64, u64)>,
    /// What distinguishes the device from an earlier one with the same name; empty if unknown.
    pub identity: Vec<u8>,
    /// The place of its name in [`Topology::names`] and of its counters in a sample.
    pub slot: usize,
    /// Whether the kernel is set not to count its I/O.
    pub is_uncounted: bool,
}

/// A map: a disk that is reached by several paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// The name: an alias or the WWID; for a map of the NVMe driver, the kernel name.
    pub name: Vec<u8>,
    /// The identifier of the disk.
    pub wwid: Vec<u8>,
    /// The device that combines the paths.
    pub device: Device,
    /// The I/O policy of the NVMe driver (`numa`, `round-robin`, `queue-depth`); empty for other
    /// maps and if it was not read.
    pub policy: Vec<u8>,
    /// Whether device mapper holds back all I/O of the map, if states are read or the text says so.
    pub is_suspended: bool,
    /// The paths, by path group if these are known, then by address.
    pub paths: Vec<Path>,
}

/// A path to a disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// The device of the path.
    pub device: Device,
    /// Host, channel, target and LUN; empty for a device that is not a SCSI device.
    pub hctl: Vec<u8>,
    /// What the path connects.
    pub endpoints: Endpoints,
    /// The state of the device: `running`, `offline`, `live`, ...; `gone` if the device was removed;
    /// empty if unknown.
    pub state: Vec<u8>,
    /// The access state by ALUA or ANA: `active/optimized`, `optimized`, ...; empty if unknown or
    /// not read.
    pub access: Vec<u8>,
    /// What multipathd knows about the path.
    pub multipathd: MultipathdState,
    /// Whether the path failed, when multipathd last knew it; `None` if it never did.
    pub has_failed: Option<bool>,
}

/// What a path connects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// The HBA, such as `host3`; for NVMe over a network, the address of the host.
    pub host: Vec<u8>,
    /// The port of the array: a WWPN, an iSCSI name or the address of an NVMe controller;
    /// `target3:0:1` if none of these is known.
    pub target: Vec<u8>,
    /// The NVMe controller, such as `nvme0`; for other devices, the HBA.
    pub controller: Vec<u8>,
}

/// What multipathd knows about a path. The output of `multipath -ll` has it, too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MultipathdState {
    /// The number of the path group, starting at 1.
    pub group: Option<u32>,
    /// The state of the group: `active`, `enabled`, ...
    pub group_status: Vec<u8>,
    /// The priority of the group.
    pub priority: Vec<u8>,
    /// The state in device mapper and that of the path checker: `failed faulty`; empty if unknown.
    pub states: Vec<u8>,
}

impl MultipathdState {
    /// The state of a path that failed, in device mapper or of the path checker.
    #[must_use]
    pub fn failure(&self) -> Option<&[u8]> {
        self.words().find(|state| matches!(*state, b"failed" | b"faulty" | b"timeout" | b"down"))
    }

    /// Whether the path failed, if that is known.
    #[must_use]
    pub fn has_failed(&self) -> Option<bool> {
        let is_good = |state: &[u8]| matches!(state, b"active" | b"ready" | b"ghost");
        let has_failed = self.failure().is_some();
        (has_failed || self.words().any(is_good)).then_some(has_failed)
    }

    fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.states.split(|byte| *byte == b' ')
    }
}

impl Endpoints {
    /// What the address and the kernel name of a path say: `host3` and `target3:0:1`, the
    /// controller `nvme0` of `nvme1c0n1`, or `-` for a device without a SCSI address, even if multipath
    /// makes one up, as for a DASD.
    #[must_use]
    pub fn from_address(hctl: &[u8], kernel: &[u8]) -> Endpoints {
        if let Ok(name) = NvmeName::parse(kernel) {
            let number = name.controller.unwrap_or(name.instance);
            let controller = format!("nvme{number}").into_bytes();
            return Endpoints { host: controller.clone(), target: controller.clone(), controller };
        }
        let (host, target) = match Hctl::parse(hctl) {
            Ok(address) if kernel.starts_with(b"sd") && address.host != b"#" => {
                ([b"host", address.host].concat(), [b"target", address.target].concat())
            }
            _ => (b"-".to_vec(), b"-".to_vec()),
        };
        Endpoints { controller: host.clone(), host, target }
    }
}

impl Map {
    /// The number of paths that can carry I/O, as far as is known.
    #[must_use]
    pub fn usable(&self) -> usize {
        self.paths.iter().filter(|path| path.is_usable()).count()
    }

    /// What distinguishes the map from all others. The namespaces of an NVMe subsystem in a text have the
    /// name of the subsystem as WWID.
    #[must_use]
    pub fn key(&self) -> Vec<u8> {
        [&self.wwid[..], b"\n", &self.device.kernel].concat()
    }

    /// Whether the map is one of the NVMe driver.
    #[must_use]
    pub fn is_nvme(&self) -> bool {
        self.device.kernel.starts_with(b"nvme")
    }

    /// How many paths are in each state in which an array does not want I/O on them, by state.
    #[must_use]
    pub fn passive(&self) -> BTreeMap<&[u8], usize> {
        let mut states = BTreeMap::new();
        for path in self.paths.iter().filter(|path| path.is_running()) {
            if let Some(state) = path.passive_state() {
                *states.entry(state).or_insert(0) += 1;
            }
        }
        states
    }
}

impl Path {
    /// Whether the path can carry I/O now. What is unknown counts as good.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.is_running() && self.passive_state().is_none()
    }

    /// Whether nothing is wrong with the path. An unknown state counts as good.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.bad_state().is_none()
    }

    /// Whether the device was removed, so that it does nothing. In a text, its number or nothing stands for
    /// its name.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        let kernel = &self.device.kernel;
        self.state == sysfs::GONE || kernel.is_empty() || device_number(kernel).is_some()
    }

    /// The state that keeps the path from carrying I/O and that indicates a fault: the state of the
    /// device, or the one in device mapper or of the path checker.
    #[must_use]
    pub fn bad_state(&self) -> Option<&[u8]> {
        if self.has_running_device() { self.multipathd.failure() } else { Some(&self.state) }
    }

    /// Whether the device of the path is in a state in which it can carry I/O. An unknown state counts as
    /// good.
    #[must_use]
    pub fn has_running_device(&self) -> bool {
        matches!(&self.state[..], b"" | b"running" | b"live")
    }

    /// The access state in which the array does not accept I/O on the path, although nothing is
    /// wrong; `ghost` if only the path checker says so.
    #[must_use]
    pub fn passive_state(&self) -> Option<&[u8]> {
        let is_passive = matches!(
            &self.access[..],
            b"standby"
                | b"unavailable"
                | b"offline"
                | b"transitioning"
                | b"inaccessible"
                | b"persistent-loss"
                | b"change"
        );
        if is_passive {
            return Some(&self.access);
        }
        self.multipathd.words().find(|state| *state == b"ghost").filter(|_| self.access.is_empty())
    }

    /// The path group: its number and state; if these are unknown, the access state; if that is
    /// unknown, too, `-`.
    #[must_use]
    pub fn group(&self) -> Vec<u8> {
        let MultipathdState { group, group_status, .. } = &self.multipathd;
        match group {
            Some(number) => [number.to_string().as_bytes(), b":", group_status].concat(),
            None if self.access.is_empty() => b"-".to_vec(),
            None => self.access.clone(),
        }
    }
}

impl Topology {
    /// Sorts the maps and assigns a slot to each device.
    #[must_use]
    pub fn new(mut maps: Vec<Map>) -> Topology {
        maps.sort_by(|a, b| natural_cmp(&a.name, &b.name).then_with(|| a.wwid.cmp(&b.wwid)));
        let (mut slots, mut names) = (HashMap::new(), Vec::new());
        for map in &mut maps {
            let paths = map.paths.iter_mut().map(|path| &mut path.device);
            for device in std::iter::once(&mut map.device).chain(paths) {
                device.slot = *slots.entry(device.kernel.clone()).or_insert_with(|| {
                    names.push(device.kernel.clone());
                    names.len() - 1
                });
            }
        }
        Topology { maps, names: names.into(), subsystems: Vec::new() }
    }

    /// The devices of all maps and paths.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.maps.iter().flat_map(|map| {
            std::iter::once(&map.device).chain(map.paths.iter().map(|path| &path.device))
        })
    }

    /// All paths.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.maps.iter().flat_map(|map| &map.paths)
    }

    /// Sets what multipathd knows about each path, by kernel name. A path that it does not know
    /// becomes unknown.
    pub fn update(&mut self, known: &HashMap<Vec<u8>, MultipathdState>) {
        for path in self.maps.iter_mut().flat_map(|map| &mut map.paths) {
            path.multipathd = known.get(&path.device.kernel).cloned().unwrap_or_default();
            path.has_failed = path.multipathd.has_failed().or(path.has_failed);
        }
    }

    /// Keeps which paths have failed according to an earlier topology, until multipathd knows more.
    pub fn keep_failed(&mut self, earlier: &Topology) {
        let earlier: HashMap<_, _> = earlier.paths().map(|it| (&it.device.kernel, it)).collect();
        for path in self.maps.iter_mut().flat_map(|map| &mut map.paths) {
            let same = earlier.get(&path.device.kernel);
            let same = same.filter(|same| same.device.identity == path.device.identity);
            path.has_failed = same.and_then(|same| same.has_failed);
        }
    }
}
