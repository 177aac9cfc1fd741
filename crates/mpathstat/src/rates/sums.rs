//! Sums of paths that share something: an HBA, a port of the array, a controller, a group.

use super::{Figures, Round};
use crate::topology::{Map, Path, natural};
use std::collections::HashMap;

/// What the paths of a sum share.
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
    /// What they share.
    pub name: Vec<u8>,
    /// The map, if they are all of one because they share its path group.
    pub map: Option<&'a Map>,
    /// How many paths there are.
    pub paths: usize,
    /// What they did; nothing if that is not known of any.
    pub figures: Option<Figures>,
}

/// The sums of a report's paths, in natural order; those of groups in the order of the maps.
#[must_use]
pub fn sums<'a>(round: &Round<'a>, by: By) -> Vec<Sum<'a>> {
    let mut places: HashMap<(usize, Vec<u8>), usize> = HashMap::new();
    let mut sums: Vec<Sum<'a>> = Vec::new();
    for (number, of_map) in round.maps.iter().enumerate() {
        for path in &of_map.paths {
            let (name, map) = shared(of_map.map, path.path, by);
            let key = (if map.is_some() { number } else { 0 }, name.clone());
            let at = *places.entry(key).or_insert(sums.len());
            if at == sums.len() {
                sums.push(Sum { name, map, paths: 0, figures: None });
            }
            if let Some(sum) = sums.get_mut(at) {
                sum.add(path.figures);
            }
        }
    }
    if by != By::Group {
        sums.sort_by(|a, b| natural(&a.name, &b.name));
    }
    sums
}

impl Sum<'_> {
    fn add(&mut self, path: Option<Figures>) {
        self.paths += 1;
        if let Some(figures) = path {
            *self.figures.get_or_insert_default() += figures;
        }
    }
}

/// What a path is summed under.
fn shared<'a>(map: &'a Map, path: &Path, by: By) -> (Vec<u8>, Option<&'a Map>) {
    match by {
        By::Host => (path.ends.host.clone(), None),
        By::Target => (path.ends.target.clone(), None),
        By::Controller => (path.ends.controller.clone(), None),
        By::Group => (path.group(), Some(map)),
    }
}
