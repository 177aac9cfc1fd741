//! Which maps there are, and which paths each of them has.

mod change;
mod names;
mod states;
pub mod sysfs;
#[cfg(test)]
mod tests;
pub mod text;

pub use change::{Change, What, changes};
pub use names::{natural, unescaped};
pub use states::States;

use std::collections::HashMap;
use sysparse::text as parse;

/// The maps of a machine, in the natural order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topology {
    /// The maps.
    pub maps: Vec<Map>,
    /// The kernel's names of all maps and paths, each once; [`Device::slot`] counts them.
    pub names: Vec<Vec<u8>>,
}

/// What counts I/O: a map or a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The kernel's name: `dm-2`, `sda`, `nvme1c0n1`.
    pub kernel: Vec<u8>,
    /// What distinguishes it from another device that had this name before; empty if unknown.
    pub identity: Vec<u8>,
    /// Where it stands in [`Topology::names`], and its counters in a sample.
    pub slot: usize,
}

/// A map: a disk to which several paths lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// Its name: an alias, or its WWID; for a map of the NVMe driver's own the kernel's name.
    pub name: Vec<u8>,
    /// The identifier of the disk.
    pub wwid: Vec<u8>,
    /// The device over all paths.
    pub device: Device,
    /// How the NVMe driver chooses a path (`numa`, `round-robin`, `queue-depth`); empty for other
    /// maps and where it was not asked for.
    pub policy: Vec<u8>,
    /// The paths, by group where groups are known, then by address.
    pub paths: Vec<Path>,
}

/// A path to a disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// The path's own device.
    pub device: Device,
    /// Host, channel, target and LUN; empty for what is no SCSI device.
    pub hctl: Vec<u8>,
    /// What it goes through.
    pub ends: Ends,
    /// The state of the device: `running`, `offline`, `live`...; `gone` if there is none any more;
    /// empty if unknown.
    pub state: Vec<u8>,
    /// How the array treats it, by ALUA or ANA: `active/optimized`, `optimized`...; empty if unknown
    /// or not asked for.
    pub access: Vec<u8>,
    /// What only multipathd knows, or saved topology.
    pub manager: Manager,
}

/// What a path goes through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ends {
    /// The HBA, such as `host3`; for NVMe over a network the host's address.
    pub host: Vec<u8>,
    /// The port of the array: a WWPN, an iSCSI name, the address of an NVMe controller, or
    /// `target3:0:1` if that is all that is known.
    pub target: Vec<u8>,
    /// The NVMe controller, such as `nvme0`; for other devices the HBA.
    pub controller: Vec<u8>,
}

/// What the management of paths knows about one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manager {
    /// The path group, from 1.
    pub group: Option<u32>,
    /// `active`, `enabled`, ...: the state of the group.
    pub group_status: Vec<u8>,
    /// The priority of the group.
    pub priority: Vec<u8>,
    /// The state in device mapper and that of the checker: `failed faulty`; empty if unknown.
    pub states: Vec<u8>,
}

impl Ends {
    /// What an address of SCSI says: `host3`, `target3:0:1`; of the NVMe path `nvme1c0n1`, whose
    /// address is of another kind, the controller's name; `-` of a device without address.
    #[must_use]
    pub fn of_hctl(hctl: &[u8], kernel: &[u8]) -> Ends {
        if let Some(controller) = nvme_controller(kernel) {
            return Ends { host: controller.clone(), target: controller.clone(), controller };
        }
        if hctl.is_empty() {
            let unknown = || b"-".to_vec();
            return Ends { host: unknown(), target: unknown(), controller: unknown() };
        }
        let host = hctl.split(|byte| *byte == b':').next().unwrap_or_default();
        let end = hctl.iter().rposition(|byte| *byte == b':').unwrap_or(0);
        let target = [b"target", hctl.get(..end).unwrap_or_default()].concat();
        let host = [b"host", host].concat();
        Ends { controller: host.clone(), host, target }
    }
}

/// The controller `nvme0` of `nvme1c0n1`, a path of the NVMe driver's own multipathing, or of
/// `nvme0n1`, which without that is one as well.
fn nvme_controller(kernel: &[u8]) -> Option<Vec<u8>> {
    let (rest, _) = parse::number(kernel.strip_prefix(b"nvme")?).ok()?;
    let end = kernel.len() - rest.len();
    match rest.strip_prefix(b"c").map(parse::number) {
        Some(Ok((tail, _))) => Some([b"nvme", rest.get(1..rest.len() - tail.len())?].concat()),
        _ => kernel.get(..end).map(<[u8]>::to_vec),
    }
}

impl Map {
    /// How many paths can carry I/O, as far as is known.
    #[must_use]
    pub fn running(&self) -> usize {
        self.paths.iter().filter(|path| path.is_running()).count()
    }
}

impl Path {
    /// Whether the path can carry I/O; so if nothing is known against it.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(&self.state[..], b"" | b"running" | b"live") && !self.is_failed()
    }

    /// Its path group: number and state, or, where nobody told them, how the array treats the path;
    /// `-` if that is unknown too.
    #[must_use]
    pub fn group(&self) -> Vec<u8> {
        let manager = &self.manager;
        match manager.group {
            Some(number) => [number.to_string().as_bytes(), b":", &manager.group_status].concat(),
            None if self.access.is_empty() => b"-".to_vec(),
            None => self.access.clone(),
        }
    }

    /// Whether device mapper does not use it.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.manager.states.split(|byte| *byte == b' ').next() == Some(b"failed")
    }
}

impl Topology {
    /// Sorts the maps and numbers all devices.
    #[must_use]
    pub fn new(mut maps: Vec<Map>) -> Topology {
        maps.sort_by(|a, b| natural(&a.name, &b.name).then_with(|| a.wwid.cmp(&b.wwid)));
        let mut slots: HashMap<Vec<u8>, usize> = HashMap::new();
        for map in &mut maps {
            let paths = map.paths.iter_mut().map(|path| &mut path.device);
            for device in std::iter::once(&mut map.device).chain(paths) {
                let next = slots.len();
                device.slot = *slots.entry(device.kernel.clone()).or_insert(next);
            }
        }
        let mut names = vec![Vec::new(); slots.len()];
        for (name, slot) in slots {
            if let Some(place) = names.get_mut(slot) {
                *place = name;
            }
        }
        Topology { maps, names }
    }

    /// Every map's and path's device.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.maps.iter().flat_map(|map| {
            std::iter::once(&map.device).chain(map.paths.iter().map(|path| &path.device))
        })
    }

    /// Every path.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.maps.iter().flat_map(|map| &map.paths)
    }

    /// Takes over what the management of paths said of each, by the kernel's name; what it did not
    /// speak of is unknown.
    pub fn learn(&mut self, known: &HashMap<Vec<u8>, Manager>) {
        for path in self.maps.iter_mut().flat_map(|map| &mut map.paths) {
            path.manager = known.get(&path.device.kernel).cloned().unwrap_or_default();
        }
    }
}
