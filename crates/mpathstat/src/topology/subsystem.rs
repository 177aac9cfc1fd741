//! NVMe subsystems in a text that contains no namespaces: the maps of those that are in use.

use super::{Device, Endpoints, Map, Path, Topology};
use std::collections::BTreeSet;
use sysparse::device_name::NvmeName;
use sysparse::nvme_subsystem::Controller;

/// A subsystem and the paths to each of its namespaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subsystem {
    /// The number in its name: 3 of `nvme-subsys3`.
    pub number: u64,
    nqn: Vec<u8>,
    controllers: Vec<(u64, Path)>,
    /// Whether its last controller is a local one.
    has_pcie: bool,
}

impl Subsystem {
    /// A subsystem without controllers.
    #[must_use]
    pub fn new(number: u64, nqn: &[u8]) -> Subsystem {
        Subsystem { number, nqn: nqn.to_vec(), ..Subsystem::default() }
    }

    /// Adds a controller, unless it was added before.
    pub fn add(&mut self, controller: &Controller<'_>) {
        if self.controllers.iter().any(|(number, _)| *number == controller.number) {
            return;
        }
        let name = format!("nvme{}", controller.number).into_bytes();
        let host = if controller.host.is_empty() { &name[..] } else { controller.host }.to_vec();
        // As in sysfs: two controllers may have the same address.
        let target = [&name[..], b" ", controller.address].concat().trim_ascii_end().to_vec();
        let endpoints = Endpoints { host, target, controller: name };
        let (state, access) = (controller.state.to_vec(), controller.access.to_vec());
        self.controllers
            .push((controller.number, Path { endpoints, state, access, ..Path::default() }));
        self.has_pcie = controller.transport == b"pcie";
    }

    /// Whether this looks like a local disk, which has one path and may have no multipathing.
    fn is_local_disk(&self) -> bool {
        self.controllers.len() == 1 && self.has_pcie
    }

    /// The map of a namespace.
    fn map(&self, namespace: u64) -> Map {
        let kernel = |name: String| Device { kernel: name.into_bytes(), ..Device::default() };
        let number = self.number;
        let paths = self.controllers.iter().map(|(controller, path)| Path {
            device: kernel(format!("nvme{number}c{controller}n{namespace}")),
            ..path.clone()
        });
        let device = kernel(format!("nvme{number}n{namespace}"));
        let name = device.kernel.clone();
        Map { name, wwid: self.nqn.clone(), device, paths: paths.collect(), ..Map::default() }
    }
}

impl Topology {
    /// The topology with a map for each namespace of its subsystems that is among the names of
    /// devices. A local disk is a map only if the names contain its path. `None` if that does not change it.
    #[must_use]
    pub fn with_namespaces<'a>(&self, names: impl Iterator<Item = &'a [u8]>) -> Option<Topology> {
        if self.subsystems.is_empty() {
            return None;
        }
        let has = |name: &[u8]| self.maps.iter().any(|map| map.device.kernel == name);
        let names: Vec<_> = names.filter_map(|name| NvmeName::parse(name).ok()).collect();
        let used: BTreeSet<_> = names.iter().map(|name| (name.instance, name.namespace)).collect();
        let paths = names.iter().filter(|name| name.controller.is_some());
        let multipathed: BTreeSet<_> = paths.map(|path| path.instance).collect();
        let mut maps = Vec::new();
        for (number, namespace) in used {
            let subsystem = self.subsystems.iter().find(|subsystem| {
                let is_map = !subsystem.is_local_disk() || multipathed.contains(&number);
                subsystem.number == number && is_map
            });
            maps.extend(subsystem.map(|subsystem| subsystem.map(namespace)));
        }
        maps.retain(|map| !has(&map.device.kernel));
        if maps.is_empty() {
            return None;
        }
        maps.extend(self.maps.iter().cloned());
        Some(Topology { subsystems: self.subsystems.clone(), ..Topology::new(maps) })
    }
}
