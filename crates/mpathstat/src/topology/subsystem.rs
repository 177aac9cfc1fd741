//! NVMe subsystems in a text that contains no namespaces: the maps of those that are in use.

use super::{Device, Endpoints, Map, Path, Topology};
use std::collections::{BTreeSet, HashMap, HashSet};
use sysparse::device_name::NvmeName;
use sysparse::nvme_subsystem::Controller;

/// A subsystem and the paths to each of its namespaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subsystem {
    /// The number in its name: 3 of `nvme-subsys3`.
    pub number: u64,
    nqn: Vec<u8>,
    controllers: Vec<(u64, Path)>,
    /// The numbers of its controllers.
    numbers: HashSet<u64>,
    /// The access state of each controller in all descriptions of the subsystem.
    access: HashMap<u64, Vec<u8>>,
    /// Whether these are those of different namespaces.
    has_unclear_access: bool,
    /// The namespaces that have figures.
    namespaces: BTreeSet<u64>,
    /// Whether its last controller is a local one.
    has_pcie: bool,
}

impl Subsystem {
    /// A subsystem without controllers.
    #[must_use]
    pub fn new(number: u64, nqn: &[u8]) -> Subsystem {
        Subsystem { number, nqn: nqn.to_vec(), ..Subsystem::default() }
    }

    /// Starts a later description of the same subsystem. If its access states differ, it may be that of
    /// another namespace.
    #[must_use]
    pub fn described_again(self, nqn: &[u8]) -> Subsystem {
        let Subsystem { number, access, has_unclear_access, .. } = self;
        Subsystem { access, has_unclear_access, ..Subsystem::new(number, nqn) }
    }

    /// Adds a controller, unless it was added before.
    pub fn add(&mut self, controller: &Controller<'_>) {
        if !controller.access.is_empty() {
            let known = self.access.entry(controller.number);
            let known = known.or_insert_with(|| controller.access.to_vec());
            self.has_unclear_access |= *known != controller.access;
        }
        if !self.numbers.insert(controller.number) {
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

    /// Adds a namespace that has figures. The access states are those of one namespace, so with a second
    /// one it is not known whose they are.
    fn add_namespace(&mut self, namespace: u64) {
        self.namespaces.insert(namespace);
        let has_access = self.controllers.iter().any(|(_, path)| !path.access.is_empty());
        self.has_unclear_access |= has_access && self.namespaces.len() > 1;
    }

    /// Whether a map is that of one of the namespaces.
    fn has_map(&self, map: &Map) -> bool {
        let name = NvmeName::parse(&map.device.kernel);
        name.is_ok_and(|name| name.instance == self.number) && map.wwid == self.nqn
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
        let known: HashSet<_> = self.maps.iter().map(|map| &map.device.kernel[..]).collect();
        let names: Vec<_> = names.filter_map(|name| NvmeName::parse(name).ok()).collect();
        let used: BTreeSet<_> = names.iter().map(|name| (name.instance, name.namespace)).collect();
        let paths = names.iter().filter(|name| name.controller.is_some());
        let multipathed: BTreeSet<_> = paths.map(|path| path.instance).collect();
        let (mut subsystems, mut maps) = (self.subsystems.clone(), Vec::new());
        for (number, namespace) in used {
            let subsystem = subsystems.iter_mut().find(|subsystem| {
                let is_map = !subsystem.is_local_disk() || multipathed.contains(&number);
                subsystem.number == number && is_map
            });
            let Some(subsystem) = subsystem else { continue };
            subsystem.add_namespace(namespace);
            let map = subsystem.map(namespace);
            maps.extend(Some(map).filter(|map| !known.contains(&map.device.kernel[..])));
        }
        if maps.is_empty() {
            return None;
        }
        maps.extend(self.maps.iter().cloned());
        for subsystem in subsystems.iter().filter(|subsystem| subsystem.has_unclear_access) {
            let maps = maps.iter_mut().filter(|map| subsystem.has_map(map));
            maps.flat_map(|map| &mut map.paths).for_each(|path| path.access.clear());
        }
        Some(Topology { subsystems, ..Topology::new(maps) })
    }

    /// The number of an NVMe subsystem with maps whose access states are unknown, because the text does not
    /// tell of which namespaces they are.
    #[must_use]
    pub fn unclear_subsystem(&self) -> Option<u64> {
        let mut subsystems = self.subsystems.iter();
        let has_maps = |subsystem: &&Subsystem| !subsystem.namespaces.is_empty();
        let found = subsystems.find(|it| it.has_unclear_access && has_maps(it));
        found.map(|subsystem| subsystem.number)
    }
}
