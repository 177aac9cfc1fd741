//! The maps and paths that were named on the command line.

use super::{MapRates, PathRates};
use crate::topology::{Device, Map, Path, Topology};
use sysparse::device_name::device_number;
use toolkit::glob;

/// The names of the maps and paths that are shown; if there are none, all are shown.
#[derive(Debug, Default)]
pub struct Selection {
    wanted: Vec<Wanted>,
}

/// One operand.
#[derive(Debug)]
struct Wanted {
    /// As it was typed.
    word: Vec<u8>,
    /// The names or patterns it stands for.
    names: Vec<Vec<u8>>,
    /// The device number it is.
    number: Option<(u64, u64)>,
}

impl Selection {
    /// The devices with these names: an alias, a WWID or a kernel name, which can follow
    /// `/dev/mapper/` or `/dev/`; a device number; the host, target or controller of paths; or a
    /// pattern for any of them. `resolve` returns the target of a link below `/dev/`.
    pub fn new<'a>(
        words: impl IntoIterator<Item = &'a [u8]>,
        resolve: impl Fn(&[u8]) -> Option<Vec<u8>>,
    ) -> Selection {
        let wanted = |word: &'a [u8]| {
            let short = word.strip_prefix(b"/dev/mapper/").or_else(|| word.strip_prefix(b"/dev/"));
            let target = short.and_then(|_| resolve(word));
            let names = std::iter::once(short.unwrap_or(word).to_vec()).chain(target).collect();
            Wanted { word: word.to_vec(), names, number: device_number(word) }
        };
        Selection { wanted: words.into_iter().map(wanted).collect() }
    }

    /// The operands that are neither a map nor a path. `number` is the number of a device.
    #[must_use]
    pub fn unknown(
        &self,
        topology: &Topology,
        number: impl Fn(&Device) -> Option<(u64, u64)>,
    ) -> Vec<&[u8]> {
        let is_known = |wanted: &&Wanted| {
            topology.maps.iter().any(|map| {
                wanted.is_map(map, number(&map.device))
                    || map.paths.iter().any(|path| wanted.is_path(path, number(&path.device)))
            })
        };
        let unknown = self.wanted.iter().filter(|wanted| !is_known(wanted));
        unknown.map(|wanted| &wanted.word[..]).collect()
    }

    /// Whether there are operands, and all of them are these.
    #[must_use]
    pub fn is_all(&self, words: &[&[u8]]) -> bool {
        !self.wanted.is_empty() && words.len() == self.wanted.len()
    }

    /// Keeps the named maps, and those of named paths.
    pub fn keep_maps(&self, maps: &mut Vec<MapRates<'_>>) {
        if !self.wanted.is_empty() {
            maps.retain(|map| {
                self.has_map(map) || map.paths.iter().any(|path| self.has_path(path))
            });
        }
    }

    /// Keeps the named paths of maps that are not named themselves.
    pub fn keep_paths(&self, maps: &mut [MapRates<'_>]) {
        if !self.wanted.is_empty() {
            for map in maps.iter_mut().filter(|map| !self.has_map(map)) {
                map.paths.retain(|path| self.has_path(path));
            }
        }
    }

    fn has_map(&self, rates: &MapRates<'_>) -> bool {
        self.wanted.iter().any(|wanted| wanted.is_map(rates.map, rates.number))
    }

    fn has_path(&self, rates: &PathRates<'_>) -> bool {
        let number = rates.reading.map(|reading| reading.number);
        self.wanted.iter().any(|wanted| wanted.is_path(rates.path, number))
    }
}

impl Wanted {
    fn is_map(&self, map: &Map, number: Option<(u64, u64)>) -> bool {
        let is_name = self.matches(&map.name) || self.matches(&map.wwid);
        is_name || self.is_device(&map.device, number)
    }

    fn is_path(&self, path: &Path, number: Option<(u64, u64)>) -> bool {
        let ends = &path.endpoints;
        let places = [&path.hctl, &ends.host, &ends.target, &ends.controller];
        places.iter().any(|name| self.matches(name)) || self.is_device(&path.device, number)
    }

    fn is_device(&self, device: &Device, number: Option<(u64, u64)>) -> bool {
        let number = number.or(device.number);
        // `cciss!c0d0` in sysfs, and in reports, is `cciss/c0d0` below /dev.
        let name: Vec<u8> =
            device.kernel.iter().map(|it| if *it == b'!' { b'/' } else { *it }).collect();
        let is_number = self.number.is_some() && self.number == number;
        is_number || self.matches(&device.kernel) || self.matches(&name)
    }

    fn matches(&self, name: &[u8]) -> bool {
        let is_same = |wanted: &Vec<u8>| wanted == name || glob::matches(wanted, name);
        !name.is_empty() && self.names.iter().any(is_same)
    }
}
