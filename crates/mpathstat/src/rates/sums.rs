//! Sums of paths that have something in common: an HBA, a port of the array, a controller, a group.

use super::figures::known_sum;
use super::{Figures, MapRates, Mark, PathRates};
use crate::topology::{Map, Path};
use std::collections::HashMap;
use toolkit::natural_order::natural_cmp;

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

impl By {
    /// The heading of a column with names of this kind.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            By::Host => "Host",
            By::Target => "Target",
            By::Controller => "Controller",
            By::Group => "Group",
        }
    }
}

/// What several paths did together.
#[derive(Debug, Default)]
pub struct Sum<'a> {
    /// What they have in common.
    pub name: Vec<u8>,
    /// The map, if they have its path group in common.
    pub map: Option<&'a Map>,
    /// Whether the paths really have something in common.
    is_known: bool,
    /// The number of paths.
    pub paths: usize,
    /// The number of paths that can carry I/O.
    pub usable: usize,
    /// What they did; `None` if that is unknown of all of them.
    pub figures: Option<Figures>,
    /// The mark for the requests that are stuck on those paths, added up as far as they are known.
    pub(super) stuck: Option<Mark>,
    /// Whether a path did something, or belongs to a map that holds back what it was asked to do.
    is_active: bool,
    /// Whether a path belongs to a map that is not idle.
    is_in_use: bool,
    /// The number of paths with which nothing is wrong, apart from what an array has so on purpose.
    running: usize,
    /// What is wrong with them.
    pub marks: Vec<Mark>,
}

/// The sums of the paths, by name in natural order; those of groups in the order of the maps.
pub(super) fn sums<'a>(maps: &[MapRates<'a>], by: &[By]) -> Vec<Sum<'a>> {
    let mut places: HashMap<(usize, Vec<u8>), usize> = HashMap::new();
    let mut sums: Vec<Sum<'a>> = Vec::new();
    for (number, rates) in maps.iter().enumerate() {
        for path in &rates.paths {
            let (name, map) = common(rates.map, path.path, by);
            let key = (if map.is_some() { number } else { 0 }, name.clone());
            let place = *places.entry(key).or_insert(sums.len());
            if place == sums.len() {
                let is_known = map.is_some() || name != UNKNOWN;
                sums.push(Sum { name, map, is_known, ..Sum::default() });
            }
            if let Some(sum) = sums.get_mut(place) {
                sum.add(rates, path);
            }
        }
    }
    if !by.contains(&By::Group) {
        sums.sort_by(|a, b| natural_cmp(&a.name, &b.name));
    }
    sums
}

impl Sum<'_> {
    /// What distinguishes the sum from all others, in every interval.
    pub(super) fn key(&self) -> Vec<u8> {
        key(self.map, &self.name)
    }

    /// Whether the paths did nothing, as far as is known, and nothing is marked.
    pub(super) fn is_idle(&self) -> bool {
        let did_nothing = self.figures.is_some() || !self.is_in_use;
        !self.is_active && did_nothing && self.marks.is_empty()
    }

    /// Whether none of the paths can carry I/O, which no array has so on purpose.
    pub(super) fn lacks_path(&self) -> bool {
        self.usable == 0 && self.running < self.paths
    }

    /// Counts the sum as not idle, whatever its paths did.
    pub(super) fn set_active(&mut self) {
        self.is_active = true;
    }

    fn add(&mut self, map: &MapRates<'_>, path: &PathRates<'_>) {
        self.paths += 1;
        let figures = path.figures.as_ref().filter(|_| self.is_known);
        let is_held = |mark: &Mark| matches!(mark, Mark::NoPath(_) | Mark::Suspended);
        let holds_back = map.marks.iter().any(is_held);
        // What only a path checker reads is as idle as its map.
        self.is_active |= !map.is_idle && figures.is_some_and(Figures::is_active) || holds_back;
        self.is_in_use |= !map.is_idle;
        self.usable += usize::from(path.path.is_usable());
        self.running += usize::from(path.path.is_running());
        // Paths that share nothing are not added up.
        if let Some(figures) = figures {
            *self.figures.get_or_insert_default() += figures;
            for mark in &path.marks {
                if let Mark::Stuck(count) = mark {
                    let own = if let Some(Mark::Stuck(own)) = self.stuck { own } else { None };
                    self.stuck = Some(Mark::Stuck(known_sum(own, *count)));
                }
            }
        }
    }
}

/// What distinguishes the sum to which a path belongs, and its name; `None` if the path lacks what
/// paths must have in common.
pub(super) fn key_and_name(map: &Map, path: &Path, by: &[By]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (name, map) = common(map, path, by);
    (map.is_some() || name != UNKNOWN).then(|| (key(map, &name), name))
}

fn key(map: Option<&Map>, name: &[u8]) -> Vec<u8> {
    let map = map.map_or(Vec::new(), Map::key);
    [&map[..], b"\n", name].concat()
}

/// The name of the sum to which a path belongs, and the map if it is one of the map's own. The name is
/// `-` if the path lacks what paths must have in common.
fn common<'a>(map: &'a Map, path: &Path, by: &[By]) -> (Vec<u8>, Option<&'a Map>) {
    let name = |by: &By| match by {
        By::Host => path.endpoints.host.clone(),
        By::Target => path.endpoints.target.clone(),
        By::Controller => path.endpoints.controller.clone(),
        By::Group => path.group(),
    };
    let names: Vec<_> = by.iter().map(name).collect();
    let is_group = by.contains(&By::Group);
    let is_known = is_group || names.iter().all(|name| name != UNKNOWN);
    let name = if is_known { names.join(&b' ') } else { UNKNOWN.to_vec() };
    (name, is_group.then_some(map))
}

/// The name of what is not known.
const UNKNOWN: &[u8] = b"-";
