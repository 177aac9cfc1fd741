//! The maps and paths that were named on the command line.

use crate::rates::Round;
use crate::topology::{Map, Path, Topology};
use std::ffi::OsString;

/// Names of maps and paths; none: all of them.
#[derive(Debug, Default)]
pub struct Selection {
    names: Vec<Vec<u8>>,
}

impl Selection {
    /// The devices of these names: an alias, a WWID, the kernel's name, with or without
    /// `/dev/mapper/` or `/dev/` before it.
    #[must_use]
    pub fn new(operands: &[OsString]) -> Selection {
        let name = |operand: &OsString| {
            let name = operand.as_encoded_bytes();
            let short = name.strip_prefix(b"/dev/mapper/").or_else(|| name.strip_prefix(b"/dev/"));
            short.unwrap_or(name).to_vec()
        };
        Selection { names: operands.iter().map(name).collect() }
    }

    /// The names that no map and no path has.
    pub fn unknown<'a>(&'a self, topology: &'a Topology) -> impl Iterator<Item = &'a [u8]> {
        self.names.iter().map(Vec::as_slice).filter(|name| {
            let of_map =
                |map: &Map| is_map(map, name) || map.paths.iter().any(|path| is_path(path, name));
            !topology.maps.iter().any(of_map)
        })
    }

    /// Leaves only what is named in a report: maps with all of their paths, or, of maps that are not
    /// named themselves, those paths that are.
    pub fn apply(&self, round: &mut Round<'_>) {
        if self.names.is_empty() {
            return;
        }
        for of_map in &mut round.maps {
            if !self.names.iter().any(|name| is_map(of_map.map, name)) {
                let named = |path: &Path| self.names.iter().any(|name| is_path(path, name));
                of_map.paths.retain(|of_path| named(of_path.path));
            }
        }
        round.maps.retain(|of_map| {
            !of_map.paths.is_empty() || self.names.iter().any(|name| is_map(of_map.map, name))
        });
    }
}

fn is_map(map: &Map, name: &[u8]) -> bool {
    [&map.name, &map.wwid, &map.device.kernel].iter().any(|own| own.as_slice() == name)
}

fn is_path(path: &Path, name: &[u8]) -> bool {
    path.device.kernel == name
}
