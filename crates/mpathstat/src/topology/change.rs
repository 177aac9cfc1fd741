//! What changed from one topology to the next.

use super::{Device, Map, Path, Topology};
use std::fmt;
use toolkit::delta;

/// A change of a map or of one of its paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The map's name.
    pub map: Vec<u8>,
    /// Its WWID.
    pub wwid: Vec<u8>,
    /// The path, unless it is the map that changed.
    pub path: Option<Vec<u8>>,
    /// What happened.
    pub what: What,
    /// How many paths can carry I/O now.
    pub running: usize,
    /// How many paths there are now.
    pub paths: usize,
}

/// What happened to a map or a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It came.
    Added,
    /// It went.
    Removed,
    /// Another device has its name now.
    Replaced,
    /// The map has another name now: this is the one before.
    Renamed(Vec<u8>),
    /// The path is in this state now.
    State(Vec<u8>),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Added => f.write_str("added"),
            What::Removed => f.write_str("removed"),
            What::Replaced => f.write_str("replaced"),
            What::Renamed(before) => write!(f, "renamed from {}", String::from_utf8_lossy(before)),
            What::State(state) => f.write_str(&String::from_utf8_lossy(state)),
        }
    }
}

/// What changed, in the order of the names.
#[must_use]
pub fn changes(old: &Topology, new: &Topology) -> Vec<Change> {
    let mut found = Vec::new();
    let (old, new) = (by_wwid(old), by_wwid(new));
    for change in delta::changes(&old, &new, |map| (&map.wwid, &map.device.kernel)) {
        match change {
            delta::Change::Came(map) => found.push(of_map(map, What::Added)),
            delta::Change::Went(map) => {
                found.push(Change { running: 0, paths: 0, ..of_map(map, What::Removed) });
            }
            delta::Change::Stayed(old, new) => within(old, new, &mut found),
        }
    }
    found.sort_by(|a, b| super::natural(&a.map, &b.map));
    found
}

fn by_wwid(topology: &Topology) -> Vec<&Map> {
    let mut maps: Vec<_> = topology.maps.iter().collect();
    maps.sort_by_key(|map| (&map.wwid, &map.device.kernel));
    maps
}

/// What changed in one map.
fn within(old: &Map, new: &Map, found: &mut Vec<Change>) {
    if old.name != new.name {
        found.push(of_map(new, What::Renamed(old.name.clone())));
    }
    let (before, now) = (by_name(old), by_name(new));
    for change in delta::changes(&before, &now, |path| &path.device.kernel) {
        let (path, what) = match change {
            delta::Change::Came(path) => (path, What::Added),
            delta::Change::Went(path) => (path, What::Removed),
            delta::Change::Stayed(old, path) if is_another(&old.device, &path.device) => {
                (path, What::Replaced)
            }
            delta::Change::Stayed(old, path) if old.state != path.state => {
                (path, What::State(path.state.clone()))
            }
            delta::Change::Stayed(..) => continue,
        };
        found.push(Change { path: Some(path.device.kernel.clone()), ..of_map(new, what) });
    }
}

/// Whether these are two devices; one that is unknown is none.
fn is_another(old: &Device, new: &Device) -> bool {
    old.identity != new.identity && !old.identity.is_empty() && !new.identity.is_empty()
}

fn by_name(map: &Map) -> Vec<&Path> {
    let mut paths: Vec<_> = map.paths.iter().collect();
    paths.sort_by_key(|path| &path.device.kernel);
    paths
}

fn of_map(map: &Map, what: What) -> Change {
    Change {
        map: map.name.clone(),
        wwid: map.wwid.clone(),
        path: None,
        what,
        running: map.running(),
        paths: map.paths.len(),
    }
}
