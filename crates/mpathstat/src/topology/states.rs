//! States that change without a word from the kernel: read anew for each report that shows them.

use super::{Change, Topology, changes};
use toolkit::host::{Host, Kept};

/// The files with the states of a topology's paths, in the order of [`Topology::paths`].
#[derive(Debug, Default)]
pub struct States {
    files: Vec<(Kept, Kept)>,
}

impl States {
    /// The files of a topology that was just read.
    #[must_use]
    pub fn of(topology: &Topology) -> States {
        let file = |kernel: &[u8], name: &str| {
            Kept::new(format!("sys/block/{}/{name}", String::from_utf8_lossy(kernel)))
        };
        let files = topology.paths().map(|path| {
            let access = if path.hctl.is_empty() { "ana_state" } else { "device/access_state" };
            let kernel = &path.device.kernel;
            (file(kernel, "device/state"), file(kernel, access))
        });
        States { files: files.collect() }
    }

    /// Reads the states anew; gives what changed. Of a path that does not answer, the state is
    /// unknown.
    pub fn read(&mut self, host: &mut Host, topology: &mut Topology) -> Vec<Change> {
        let before = topology.clone();
        let paths = topology.maps.iter_mut().flat_map(|map| &mut map.paths);
        for (path, (state, access)) in paths.zip(&mut self.files) {
            path.state = host.attribute(state).unwrap_or_default().trim_ascii().to_vec();
            if !path.access.is_empty() {
                path.access = host.attribute(access).unwrap_or_default().trim_ascii().to_vec();
            }
        }
        changes(&before, topology)
    }
}
