//! The topology in sysfs: the maps of device mapper and those of the NVMe driver.
//!
//! ```text
//! sys/block/dm-0/dm/uuid            mpath-35000c50000000001
//! sys/block/dm-0/dm/name            mpatha
//! sys/block/dm-0/slaves/            sda sdc
//! sys/block/sda -> ../devices/.../host0/target0:0:0/0:0:0:0/block/sda
//! sys/block/sda/device/state        running
//! sys/block/nvme1c0n1/              a path of nvme1n1, through a controller
//! sys/block/nvme1n1 -> ../devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1
//! ```
//!
//! A map of the NVMe driver can outlive its last path for `delayed_removal_secs` seconds, in which requests
//! wait for another one. Source: `Documentation/ABI/testing/sysfs-block-dm` and `sysfs-class-nvme` of
//! Linux.
//!
//! ```
//! use mpathstat::topology::sysfs::{self, AttributeSet};
//! use toolkit::sampling::SystemRoot;
//!
//! let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/samples/mpathstat/load");
//! let mut root = SystemRoot::open(Some(root.as_ref()))?;
//! let mut problems = Vec::new();
//! let topology = sysfs::read(&mut root, AttributeSet::default(), &mut problems);
//! assert!(problems.is_empty());
//! assert_eq!(topology.maps[0].name, b"mpatha");
//! # Ok::<(), toolkit::sampling::Error>(())
//! ```

use super::{Device, Endpoints, Map, Path, Topology, unescape};
use std::collections::BTreeMap;
use sysparse::device_name::{Hctl, NvmeName, number_after};
use toolkit::natural_order::natural_cmp;
use toolkit::sampling::{Error, OpenFile, SystemRoot};

/// The attributes that are read besides names and states. Each costs a system call or more per path.
#[derive(Debug, Clone, Copy, Default)]
pub struct AttributeSet {
    /// Access states of SCSI devices, and the I/O policy of NVMe. Those of NVMe paths are always read.
    pub access: bool,
    /// The ports of the array.
    pub ports: bool,
}

/// Reads the topology. A file that cannot be read is added to `problems`; one that does not exist,
/// for example because its device was just removed, is ignored.
pub fn read(
    root: &mut SystemRoot,
    attributes: AttributeSet,
    problems: &mut Vec<Error>,
) -> Topology {
    let mut reader = Reader { root, attributes, problems };
    let mut heads: BTreeMap<Vec<u8>, (u64, Vec<Vec<u8>>)> = BTreeMap::new();
    let mut maps = Vec::new();
    for name in reader.list("sys/block") {
        if name.starts_with(b"dm-") {
            maps.extend(reader.dm_map(&name));
        }
        let Ok(NvmeName { instance, controller, namespace }) = NvmeName::parse(&name) else {
            continue;
        };
        if controller.is_some() {
            let head = format!("nvme{instance}n{namespace}").into_bytes();
            heads.entry(head).or_insert((instance, Vec::new())).1.push(name);
        } else if reader.is_nvme_head(&name) {
            heads.entry(name).or_insert((instance, Vec::new()));
        }
    }
    let heads = heads.into_iter();
    maps.extend(heads.map(|(head, (subsystem, paths))| reader.nvme_map(head, subsystem, &paths)));
    Topology::new(maps)
}

struct Reader<'a> {
    root: &'a mut SystemRoot,
    attributes: AttributeSet,
    problems: &'a mut Vec<Error>,
}

impl Reader<'_> {
    /// The map of device mapper with this name; `None` if it is not a multipath map.
    fn dm_map(&mut self, kernel: &[u8]) -> Option<Map> {
        let uuid = self.value(kernel, "dm/uuid");
        let wwid = uuid.strip_prefix(b"mpath-")?.to_vec();
        let name = self.value(kernel, "dm/name");
        let name = if name.is_empty() { kernel.to_vec() } else { unescape(&name) };
        let slaves = self.list(&below(kernel, "slaves"));
        let identity = [&uuid[..], b" ", &self.value(kernel, "diskseq")].concat();
        let device = Device { kernel: kernel.to_vec(), identity, ..Device::default() };
        Some(Map { name, wwid, device, paths: self.paths(&slaves), ..Map::default() })
    }

    /// Whether an NVMe disk combines paths: then it is below a subsystem, and otherwise below its
    /// controller.
    fn is_nvme_head(&self, kernel: &[u8]) -> bool {
        self.root.read_link(below(kernel, "")).is_some_and(|link| {
            link.as_os_str().as_encoded_bytes().split(|byte| *byte == b'/').any(is_subsystem)
        })
    }

    /// The map of the NVMe driver with these paths.
    fn nvme_map(&mut self, head: Vec<u8>, subsystem: u64, paths: &[Vec<u8>]) -> Map {
        let wwid = self.value(&head, "wwid");
        let identity = [&wwid[..], b" ", &self.value(&head, "diskseq")].concat();
        let policy = if self.attributes.access {
            self.file(&format!("sys/class/nvme-subsystem/nvme-subsys{subsystem}/iopolicy"))
        } else {
            Vec::new()
        };
        let paths = self.paths(paths);
        let device = Device { kernel: head.clone(), identity, ..Device::default() };
        Map { name: head, wwid, device, policy, paths, ..Map::default() }
    }

    /// The paths with these names, by address, then by name.
    fn paths(&mut self, names: &[Vec<u8>]) -> Vec<Path> {
        let mut paths: Vec<_> = names.iter().map(|name| self.path(name)).collect();
        paths.sort_by(|a, b| {
            let unknown_last = a.hctl.is_empty().cmp(&b.hctl.is_empty());
            let address = unknown_last.then_with(|| natural_cmp(&a.hctl, &b.hctl));
            address.then_with(|| natural_cmp(&a.device.kernel, &b.device.kernel))
        });
        paths
    }

    fn path(&mut self, kernel: &[u8]) -> Path {
        let Some(device_path) = self.device_path(kernel) else {
            return removed_path(kernel);
        };
        let identity = [&device_path.hctl[..], b" ", &self.value(kernel, "diskseq")].concat();
        let state = self.value(kernel, "device/state");
        let access = match self.attributes.access {
            _ if !device_path.controller.is_empty() => self.value(kernel, "ana_state"),
            true => self.optional_value(kernel, "device/access_state"),
            false => Vec::new(),
        };
        let endpoints = self.endpoints(kernel, &device_path);
        let device = Device { kernel: kernel.to_vec(), identity, ..Device::default() };
        Path { device, hctl: device_path.hctl, endpoints, state, access, ..Path::default() }
    }

    /// The path of a device, from the links that lead to it; `None` if there is no such device.
    fn device_path(&self, kernel: &[u8]) -> Option<DevicePath> {
        let from_link = |file: &str| {
            let link = self.root.read_link(below(kernel, file))?;
            Some(DevicePath::from_link(link.as_os_str().as_encoded_bytes()))
                .filter(DevicePath::is_known)
        };
        let known = from_link("").or_else(|| from_link("device"));
        known.or_else(|| self.root.has_folder(below(kernel, "")).then(DevicePath::default))
    }

    fn endpoints(&mut self, kernel: &[u8], device_path: &DevicePath) -> Endpoints {
        if !device_path.controller.is_empty() {
            return self.nvme_endpoints(kernel, device_path.controller.clone());
        }
        let mut endpoints = Endpoints::from_address(&device_path.hctl, kernel);
        if self.attributes.ports {
            let port = self.port(&endpoints.target, device_path);
            endpoints.target = if port.is_empty() { endpoints.target } else { port };
        }
        endpoints
    }

    /// The name of the port of the array: of iSCSI, SAS or Fibre Channel.
    fn port(&mut self, target: &[u8], device_path: &DevicePath) -> Vec<u8> {
        let text = String::from_utf8_lossy;
        if !device_path.session.is_empty() {
            return self.portal(&text(&device_path.session));
        }
        if !device_path.end_device.is_empty() {
            let device = text(&device_path.end_device).into_owned();
            return self.file(&format!("sys/class/sas_device/{device}/sas_address"));
        }
        self.file(&format!("sys/class/fc_transport/{}/port_name", text(target)))
    }

    /// The iSCSI name of a session's target, and the portal of its connection: several ports of an
    /// array can have the same name.
    fn portal(&mut self, session: &str) -> Vec<u8> {
        let name = self.file(&format!("sys/class/iscsi_session/{session}/targetname"));
        let number = session.trim_start_matches("session");
        let connection = format!("sys/class/iscsi_connection/connection{number}:0");
        let mut first = |files: [&str; 2]| {
            let mut values = files.iter().map(|file| self.file(&format!("{connection}/{file}")));
            values.find(|value| !value.is_empty()).unwrap_or_default()
        };
        let address = first(["persistent_address", "address"]);
        let port = first(["persistent_port", "port"]);
        match (address.contains(&b':'), address.is_empty() || port.is_empty()) {
            (_, true) if address.is_empty() => name,
            (_, true) => [&name[..], b" ", &address].concat(),
            (true, false) => [&name[..], b" [", &address, b"]:", &port].concat(),
            (false, false) => [&name[..], b" ", &address, b":", &port].concat(),
        }
    }

    /// The endpoints of an NVMe path: its controller, and for NVMe over a network, the addresses.
    fn nvme_endpoints(&mut self, kernel: &[u8], controller: Vec<u8>) -> Endpoints {
        let address =
            if self.attributes.ports { self.value(kernel, "device/address") } else { Vec::new() };
        let part = |name: &[u8]| {
            let mut parts = address.split(|byte| *byte == b',');
            parts.find_map(|part| part.strip_prefix(name)).map(<[u8]>::to_vec)
        };
        let remote = part(b"traddr=").unwrap_or_else(|| address.clone());
        let target = [&controller[..], b" ", &remote].concat().trim_ascii().to_vec();
        // Without `host_traddr`, recent kernels print which address is in use.
        let host = part(b"host_traddr=").or_else(|| part(b"src_addr="));
        let host = host.unwrap_or_else(|| controller.clone());
        Endpoints { host, target, controller }
    }

    /// The value of an attribute of a device; empty if it cannot be read.
    fn value(&mut self, kernel: &[u8], file: &str) -> Vec<u8> {
        self.file(&below(kernel, file))
    }

    /// Like [`Reader::value`], without a message: some kernels let only root read this attribute.
    fn optional_value(&mut self, kernel: &[u8], file: &str) -> Vec<u8> {
        let value = self.root.read_attribute(&mut OpenFile::new(below(kernel, file)));
        value.unwrap_or_default().trim_ascii().to_vec()
    }

    fn file(&mut self, below: &str) -> Vec<u8> {
        let value = self.root.read_attribute(&mut OpenFile::new(below));
        let value = value.map(|text| text.trim_ascii().to_vec());
        self.unless_gone(value)
    }

    fn list(&mut self, folder: &str) -> Vec<Vec<u8>> {
        let names = self.root.list(folder);
        self.unless_gone(names)
    }

    /// The value. An error becomes a problem, unless it says that the device was removed.
    fn unless_gone<T: Default>(&mut self, value: Result<T, Error>) -> T {
        value.unwrap_or_else(|error| {
            if !error.is_gone() {
                self.problems.push(error);
            }
            T::default()
        })
    }
}

/// The state of a path whose device was removed.
pub(super) const GONE: &[u8] = b"gone";

/// A path whose device was removed while its map still contains it.
fn removed_path(kernel: &[u8]) -> Path {
    let device = Device { kernel: kernel.to_vec(), ..Device::default() };
    let endpoints = Endpoints::from_address(b"", kernel);
    Path { device, endpoints, state: GONE.to_vec(), ..Path::default() }
}

fn is_subsystem(folder: &[u8]) -> bool {
    number_after(b"nvme-subsys", folder).is_some()
}

/// The path of a file of a block device.
fn below(kernel: &[u8], file: &str) -> String {
    format!("sys/block/{}/{file}", String::from_utf8_lossy(kernel)).trim_end_matches('/').to_owned()
}

/// The path of a device in the tree of devices.
#[derive(Debug, Default)]
struct DevicePath {
    hctl: Vec<u8>,
    session: Vec<u8>,
    end_device: Vec<u8>,
    controller: Vec<u8>,
}

impl DevicePath {
    /// The path according to the names of the folders above a device.
    fn from_link(link: &[u8]) -> DevicePath {
        let mut device_path = DevicePath::default();
        for part in link.split(|byte| *byte == b'/') {
            if Hctl::parse(part).is_ok() {
                device_path.hctl = part.to_vec();
            } else if number_after(b"session", part).is_some() {
                device_path.session = part.to_vec();
            } else if part.starts_with(b"end_device-") {
                device_path.end_device = part.to_vec();
            } else if number_after(b"nvme", part).is_some() {
                device_path.controller = part.to_vec();
            }
        }
        device_path
    }

    fn is_known(&self) -> bool {
        !self.hctl.is_empty() || !self.controller.is_empty()
    }
}
