//! States of maps and paths that change without an event of the kernel, and so are read for each report
//! that shows them.

use super::Topology;
use super::sysfs::GONE;
use toolkit::sampling::{OpenFile, SystemRoot};

/// The files with the states of the maps, in their order, and of the paths, in the order of
/// [`Topology::paths`].
#[derive(Debug, Default)]
pub struct StateFiles {
    maps: Vec<OpenFile>,
    files: Vec<(OpenFile, OpenFile)>,
}

impl StateFiles {
    /// The files for the maps and paths of a topology.
    #[must_use]
    pub fn for_topology(topology: &Topology) -> StateFiles {
        let file = |kernel: &[u8], name: &str| {
            OpenFile::new(format!("sys/block/{}/{name}", String::from_utf8_lossy(kernel)))
        };
        let files = topology.paths().map(|path| {
            let access = if path.hctl.is_empty() { "ana_state" } else { "device/access_state" };
            let kernel = &path.device.kernel;
            (file(kernel, "device/state"), file(kernel, access))
        });
        let maps = topology.maps.iter().map(|map| file(&map.device.kernel, "dm/suspended"));
        StateFiles { maps: maps.collect(), files: files.collect() }
    }

    /// Reads which maps device mapper has suspended: it holds back all of their I/O, counted or not.
    pub fn read_suspended(&mut self, root: &mut SystemRoot, topology: &mut Topology) {
        for (map, file) in topology.maps.iter_mut().zip(&mut self.maps) {
            let is_set = |text: &[u8]| text.trim_ascii() == b"1";
            map.is_suspended = !map.is_nvme() && root.read_attribute(file).is_ok_and(is_set);
        }
    }

    /// Reads the states into `topology`, for which the files are. A state that cannot be read
    /// becomes unknown; that of a path without a device stays `gone`.
    pub fn read(&mut self, root: &mut SystemRoot, topology: &mut Topology) {
        self.read_suspended(root, topology);
        let paths = topology.maps.iter_mut().flat_map(|map| &mut map.paths);
        let mut value = |file| root.read_attribute(file).unwrap_or_default().trim_ascii().to_vec();
        let files = paths.zip(&mut self.files).filter(|(path, _)| path.state != GONE);
        for (path, (state, access)) in files {
            path.state = value(state);
            if !path.access.is_empty() {
                path.access = value(access);
            }
        }
    }
}
