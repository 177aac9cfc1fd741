//! The maps and paths that were named on the command line.

use super::MapRates;
use crate::topology::{Map, Path, Topology};

/// The names of the maps and paths that are shown; if there are none, all are shown.
#[derive(Debug, Default)]
pub struct Selection {
    names: Vec<Vec<u8>>,
}

impl Selection {
    /// The devices with these names: an alias, a WWID or a kernel name, which can follow
    /// `/dev/mapper/` or `/dev/`.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a [u8]>) -> Selection {
        let name = |name: &[u8]| {
            let short = name.strip_prefix(b"/dev/mapper/").or_else(|| name.strip_prefix(b"/dev/"));
            short.unwrap_or(name).to_vec()
        };
        Selection { names: names.into_iter().map(name).collect() }
    }

    /// The names that are not those of a map or a path.
    #[must_use]
    pub fn unknown(&self, topology: &Topology) -> Vec<&[u8]> {
        let is_known = |name: &[u8]| {
            let has_name =
                |map: &Map| is_map(map, name) || map.paths.iter().any(|path| is_path(path, name));
            topology.maps.iter().any(has_name)
        };
        self.names.iter().map(Vec::as_slice).filter(|name| !is_known(name)).collect()
    }

    /// Whether none of the names is that of a map or a path, although there are names.
    #[must_use]
    pub fn is_unknown(&self, topology: &Topology) -> bool {
        !self.names.is_empty() && self.unknown(topology).len() == self.names.len()
    }

    /// Keeps the named maps with all of their paths, and the named paths of other maps.
    pub fn apply(&self, maps: &mut Vec<MapRates<'_>>) {
        if self.names.is_empty() {
            return;
        }
        maps.retain_mut(|rates| {
            let is_named = self.names.iter().any(|name| is_map(rates.map, name));
            if !is_named {
                let names = &self.names;
                rates.paths.retain(|path| names.iter().any(|name| is_path(path.path, name)));
            }
            is_named || !rates.paths.is_empty()
        });
    }
}

fn is_map(map: &Map, name: &[u8]) -> bool {
    [&map.name, &map.wwid, &map.device.kernel].iter().any(|own| own.as_slice() == name)
}

fn is_path(path: &Path, name: &[u8]) -> bool {
    path.device.kernel == name
}
