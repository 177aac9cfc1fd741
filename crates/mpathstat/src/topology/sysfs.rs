//! Topology out of sysfs: device mapper's maps and those of the NVMe driver's own multipathing.
//!
//! ```text
//! sys/block/dm-0/dm/uuid            mpath-35000c50000000001
//! sys/block/dm-0/dm/name            mpatha
//! sys/block/dm-0/slaves/            sda sdc
//! sys/block/sda -> ../devices/.../host0/target0:0:0/0:0:0:0/block/sda
//! sys/block/sda/device/state        running
//! sys/block/nvme1c0n1/              a path of nvme1n1 through the controller nvme0
//! ```
//!
//! Source: `Documentation/ABI/testing/sysfs-block-dm` and `sysfs-class-nvme` of Linux.

use super::{Device, Ends, Map, Path, Topology, natural, unescaped};
use std::collections::BTreeMap;
use std::io;
use sysparse::text;
use toolkit::host::{Error, Host, Kept};

/// What is read beside names and states, each of which costs a system call a path and more.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Access states and the policy of NVMe.
    pub access: bool,
    /// The ports of the array.
    pub ports: bool,
}

/// Reads the topology. What cannot be read is added to `problems` and left out; what is not there
/// (any more) is left out without a word.
pub fn read(host: &mut Host, wanted: Wanted, problems: &mut Vec<Error>) -> Topology {
    let mut reader = Reader { host, wanted, problems };
    let mut heads: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
    let mut maps = Vec::new();
    for name in reader.list("sys/block") {
        if name.starts_with(b"dm-") {
            maps.extend(reader.dm_map(&name));
        } else if let Some(head) = head_of(&name) {
            heads.entry(head).or_default().push(name);
        }
    }
    maps.extend(heads.into_iter().map(|(head, paths)| reader.nvme_map(head, &paths)));
    Topology::new(maps)
}

/// The head `nvme1n2` of the path `nvme1c0n2`.
fn head_of(name: &[u8]) -> Option<Vec<u8>> {
    let (rest, _) = text::number(name.strip_prefix(b"nvme")?).ok()?;
    let (namespace, _) = text::number(rest.strip_prefix(b"c")?).ok()?;
    text::whole_number(namespace.strip_prefix(b"n")?)?;
    Some([name.get(..name.len() - rest.len())?, namespace].concat())
}

struct Reader<'a> {
    host: &'a mut Host,
    wanted: Wanted,
    problems: &'a mut Vec<Error>,
}

impl Reader<'_> {
    /// The map of device mapper of that name, if multipath made it.
    fn dm_map(&mut self, kernel: &[u8]) -> Option<Map> {
        let uuid = self.value(kernel, "dm/uuid");
        let wwid = uuid.strip_prefix(b"mpath-")?.to_vec();
        let name = self.value(kernel, "dm/name");
        let name = if name.is_empty() { kernel.to_vec() } else { unescaped(&name) };
        let slaves = self.list(&below(kernel, "slaves"));
        let identity = [&uuid[..], b" ", &self.value(kernel, "diskseq")].concat();
        let device = Device { kernel: kernel.to_vec(), identity, slot: 0 };
        Some(Map { name, wwid, device, policy: Vec::new(), paths: self.paths(&slaves) })
    }

    /// The map of the NVMe driver with these paths.
    fn nvme_map(&mut self, head: Vec<u8>, paths: &[Vec<u8>]) -> Map {
        let wwid = self.value(&head, "wwid");
        let identity = [&wwid[..], b" ", &self.value(&head, "diskseq")].concat();
        let policy = if self.wanted.access { self.policy(&head) } else { Vec::new() };
        let paths = self.paths(paths);
        Map {
            name: head.clone(),
            wwid,
            device: Device { kernel: head, identity, slot: 0 },
            policy,
            paths,
        }
    }

    /// How the subsystem of a head chooses a path.
    fn policy(&mut self, head: &[u8]) -> Vec<u8> {
        let subsystem = head.strip_prefix(b"nvme").and_then(|rest| text::number(rest).ok());
        let number = subsystem.map_or(0, |(_, number)| number);
        self.file(&format!("sys/class/nvme-subsystem/nvme-subsys{number}/iopolicy"))
    }

    /// The paths of these names, by address, then name.
    fn paths(&mut self, names: &[Vec<u8>]) -> Vec<Path> {
        let mut paths: Vec<_> = names.iter().map(|name| self.path(name)).collect();
        paths.sort_by(|a, b| {
            let unknown = a.hctl.is_empty().cmp(&b.hctl.is_empty());
            let address = unknown.then_with(|| natural(&a.hctl, &b.hctl));
            address.then_with(|| natural(&a.device.kernel, &b.device.kernel))
        });
        paths
    }

    fn path(&mut self, kernel: &[u8]) -> Path {
        let Some(place) = self.place(kernel) else {
            return gone(kernel);
        };
        let identity = [&place.hctl[..], b" ", &self.value(kernel, "diskseq")].concat();
        let state = self.value(kernel, "device/state");
        let access = match self.wanted.access {
            true if place.hctl.is_empty() => self.value(kernel, "ana_state"),
            true => self.optional(kernel, "device/access_state"),
            false => Vec::new(),
        };
        let ends = self.ends(kernel, &place);
        let device = Device { kernel: kernel.to_vec(), identity, slot: 0 };
        Path { device, hctl: place.hctl, ends, state, access, ..Path::default() }
    }

    /// Where a device hangs, by the links that lead to it; nothing if there is no such device.
    fn place(&self, kernel: &[u8]) -> Option<Place> {
        let of = |file: &str| {
            let link = std::fs::read_link(self.host.path(below(kernel, file))).ok()?;
            Some(Place::of(link.as_os_str().as_encoded_bytes())).filter(Place::is_known)
        };
        let known = of("").or_else(|| of("device"));
        known.or_else(|| self.host.path(below(kernel, "")).exists().then(Place::default))
    }

    fn ends(&mut self, kernel: &[u8], place: &Place) -> Ends {
        if !place.controller.is_empty() {
            return self.nvme_ends(kernel, place.controller.clone());
        }
        let mut ends = Ends::of_hctl(&place.hctl, kernel);
        if self.wanted.ports {
            let port = self.port(&ends.target, &place.session);
            ends.target = if port.is_empty() { ends.target } else { port };
        }
        ends
    }

    /// The name of a target port, of Fibre Channel or of iSCSI.
    fn port(&mut self, target: &[u8], session: &[u8]) -> Vec<u8> {
        let (target, session) = (String::from_utf8_lossy(target), String::from_utf8_lossy(session));
        if session.is_empty() {
            return self.file(&format!("sys/class/fc_transport/{target}/port_name"));
        }
        self.file(&format!("sys/class/iscsi_session/{session}/targetname"))
    }

    /// The ends of a path of NVMe: the addresses, where it goes over a network.
    fn nvme_ends(&mut self, kernel: &[u8], controller: Vec<u8>) -> Ends {
        let address =
            if self.wanted.ports { self.value(kernel, "device/address") } else { Vec::new() };
        let part = |name: &[u8]| {
            let mut parts = address.split(|byte| *byte == b',');
            parts.find_map(|part| part.strip_prefix(name)).map(<[u8]>::to_vec)
        };
        let target = part(b"traddr=").unwrap_or_else(|| {
            if address.is_empty() { controller.clone() } else { address.clone() }
        });
        let host = part(b"host_traddr=").unwrap_or_else(|| controller.clone());
        Ends { host, target, controller }
    }

    /// The text of a device's file, trimmed; empty if there is none.
    fn value(&mut self, kernel: &[u8], file: &str) -> Vec<u8> {
        self.file(&below(kernel, file))
    }

    /// The text of a file that is root's, or that answers only where its subject is known.
    fn optional(&mut self, kernel: &[u8], file: &str) -> Vec<u8> {
        self.host
            .attribute(&mut Kept::new(below(kernel, file)))
            .unwrap_or_default()
            .trim_ascii()
            .to_vec()
    }

    fn file(&mut self, below: &str) -> Vec<u8> {
        match self.host.attribute(&mut Kept::new(below)) {
            Ok(text) => text.trim_ascii().to_vec(),
            Err(error) => {
                if !error.is_gone() {
                    self.problems.push(error);
                }
                Vec::new()
            }
        }
    }

    /// The names in a folder, sorted.
    fn list(&mut self, folder: &str) -> Vec<Vec<u8>> {
        let path = self.host.path(folder);
        let names = std::fs::read_dir(&path).and_then(|entries| {
            let name = |entry: std::fs::DirEntry| entry.file_name().into_encoded_bytes();
            let mut names = entries.map(|entry| entry.map(name)).collect::<io::Result<Vec<_>>>()?;
            names.sort_unstable();
            Ok(names)
        });
        names.unwrap_or_else(|cause| {
            if cause.kind() != io::ErrorKind::NotFound {
                self.problems.push(Error::Read { path, cause });
            }
            Vec::new()
        })
    }
}

/// A path whose device went while its map still has it.
fn gone(kernel: &[u8]) -> Path {
    let device = Device { kernel: kernel.to_vec(), ..Device::default() };
    Path { device, ends: Ends::of_hctl(b"", kernel), state: b"gone".to_vec(), ..Path::default() }
}

/// The path of a file of a block device.
fn below(kernel: &[u8], file: &str) -> String {
    format!("sys/block/{}/{file}", String::from_utf8_lossy(kernel)).trim_end_matches('/').to_owned()
}

/// What the names of the folders above a device say.
#[derive(Debug, Default)]
struct Place {
    hctl: Vec<u8>,
    session: Vec<u8>,
    controller: Vec<u8>,
}

impl Place {
    fn of(link: &[u8]) -> Place {
        let mut place = Place::default();
        for part in link.split(|byte| *byte == b'/') {
            let after = |start: &[u8]| part.strip_prefix(start).and_then(text::whole_number);
            if is_hctl(part) {
                place.hctl = part.to_vec();
            } else if after(b"session").is_some() {
                place.session = part.to_vec();
            } else if after(b"nvme").is_some() {
                place.controller = part.to_vec();
            }
        }
        place
    }

    fn is_known(&self) -> bool {
        !self.hctl.is_empty() || !self.controller.is_empty()
    }
}

/// Whether these are four numbers with colons between.
fn is_hctl(part: &[u8]) -> bool {
    let numbers = part.split(|byte| *byte == b':');
    numbers.clone().count() == 4 && { numbers }.all(|number| text::whole_number(number).is_some())
}
