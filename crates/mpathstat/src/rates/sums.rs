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
    /// How many requests are in flight on those paths that complete none.
    pub(super) stuck: f64,
    /// Whether a path did something, or may have, or belongs to a map without a usable path.
    pub(super) is_active: bool,
    /// How they are out of line with the sums of the same family.
    pub marks: Vec<Mark>,
    /// The sums with which this one can be compared, because they have maps in common, directly or by
    /// further sums.
    pub(super) family: usize,
}

/// The sums of the paths, by name in natural order; those of groups in the order of the maps.
pub(super) fn sums<'a>(maps: &[MapRates<'a>], by: &[By]) -> Vec<Sum<'a>> {
    let mut places: HashMap<(usize, Vec<u8>), usize> = HashMap::new();
    let mut sums: Vec<Sum<'a>> = Vec::new();
    let mut families = Families::default();
    for (number, rates) in maps.iter().enumerate() {
        let mut first = None;
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
            families.unite(*first.get_or_insert(place), place);
        }
    }
    for (place, sum) in sums.iter_mut().enumerate() {
        sum.family = families.root(place);
    }
    if !by.contains(&By::Group) {
        sums.sort_by(|a, b| natural_cmp(&a.name, &b.name));
    }
    sums
}

/// Which sums belong together: by sum, a sum of the same family, or the sum itself.
#[derive(Debug, Default)]
struct Families(Vec<usize>);

impl Families {
    fn root(&mut self, mut place: usize) -> usize {
        while let Some(parent) = self.0.get(place).copied().filter(|parent| *parent != place) {
            place = parent;
        }
        place
    }

    fn unite(&mut self, one: usize, other: usize) {
        for place in self.0.len()..=one.max(other) {
            self.0.push(place);
        }
        let (one, other) = (self.root(one), self.root(other));
        if let Some(parent) = self.0.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }
}

impl Sum<'_> {
    /// The sum as it is compared with its siblings.
    pub(super) fn subject(&self) -> Subject<'_> {
        let wwid = self.map.map_or(&b""[..], |map| &map.wwid);
        let key = [wwid, b"\n", &self.name].concat();
        Subject { key, name: &self.name, figures: self.figures.as_ref() }
    }

    fn add(&mut self, map: &MapRates<'_>, path: &PathRates<'_>) {
        self.paths += 1;
        let figures = path.figures.as_ref().filter(|_| self.is_known);
        let lacks_path = map.marks.iter().any(|mark| matches!(mark, Mark::NoPath(_)));
        // What only a path checker reads is as idle as its map.
        let is_used = !map.is_idle && figures.is_none_or(Figures::is_active);
        self.is_active |= is_used || lacks_path;
        self.usable += usize::from(path.path.is_usable());
        // Paths that share nothing are not added up.
        if let Some(figures) = figures {
            *self.figures.get_or_insert_default() += figures;
            self.stuck += path.marks.iter().filter_map(Mark::stuck).sum::<f64>();
        }
    }
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
