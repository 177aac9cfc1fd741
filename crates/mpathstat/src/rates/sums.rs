//! Sums of paths that have something in common: an HBA, a port of the array, a controller, a group.

use super::outliers::Subject;
use super::{Figures, MapRates, Mark, PathRates};
use crate::topology::{Map, Path, natural_cmp};
use std::collections::HashMap;

/// What the paths of a sum have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The HBA.
    Host,
    /// The port of the array.
    Target,
    /// The NVMe controller.
    Controller,
    /// The path group of a map.
    Group,
}

/// What several paths did together.
#[derive(Debug)]
pub struct Sum<'a> {
    /// What they have in common.
    pub name: Vec<u8>,
    /// The map, if they have its path group in common.
    pub map: Option<&'a Map>,
    /// The number of paths.
    pub paths: usize,
    /// The number of paths that can carry I/O.
    pub usable: usize,
    /// What they did; `None` if that is unknown of all of them.
    pub figures: Option<Figures>,
    /// How they are out of line with the other sums.
    pub marks: Vec<Mark>,
}

/// The sums of the paths, by name in natural order; those of groups in the order of the maps.
pub(super) fn sums<'a>(maps: &[MapRates<'a>], by: By) -> Vec<Sum<'a>> {
    let mut places: HashMap<(usize, Vec<u8>), usize> = HashMap::new();
    let mut sums: Vec<Sum<'a>> = Vec::new();
    for (number, rates) in maps.iter().enumerate() {
        for path in &rates.paths {
            let (name, map) = common(rates.map, path.path, by);
            let key = (if map.is_some() { number } else { 0 }, name.clone());
            let place = *places.entry(key).or_insert(sums.len());
            if place == sums.len() {
                sums.push(Sum { name, map, paths: 0, usable: 0, figures: None, marks: Vec::new() });
            }
            if let Some(sum) = sums.get_mut(place) {
                sum.add(path);
            }
        }
    }
    if by != By::Group {
        sums.sort_by(|a, b| natural_cmp(&a.name, &b.name));
    }
    sums
}

impl Sum<'_> {
    /// Whether the paths did nothing, as far as is known.
    pub(super) fn is_idle(&self) -> bool {
        self.figures.as_ref().is_some_and(|figures| !figures.is_active())
    }

    /// The sum as it is compared with its siblings.
    pub(super) fn subject(&self) -> Subject<'_> {
        let wwid = self.map.map_or(&b""[..], |map| &map.wwid);
        let key = [wwid, b"\n", &self.name].concat();
        Subject { key, name: &self.name, figures: self.figures.as_ref() }
    }

    fn add(&mut self, path: &PathRates<'_>) {
        self.paths += 1;
        self.usable += usize::from(path.path.is_usable());
        if let Some(figures) = &path.figures {
            *self.figures.get_or_insert_default() += figures;
        }
    }
}

/// The name of the sum to which a path belongs, and the map if it is one of the map's own.
fn common<'a>(map: &'a Map, path: &Path, by: By) -> (Vec<u8>, Option<&'a Map>) {
    match by {
        By::Host => (path.endpoints.host.clone(), None),
        By::Target => (path.endpoints.target.clone(), None),
        By::Controller => (path.endpoints.controller.clone(), None),
        By::Group => (path.group(), Some(map)),
    }
}
