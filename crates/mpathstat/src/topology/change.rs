//! What changed from one topology to the next.

use super::{Device, Map, Path, Topology};
use std::fmt;
use toolkit::natural_order::natural_cmp;
use toolkit::sampling::{Pair, pairs};

/// A change of a map or of one of its paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The name of the map.
    pub map: Vec<u8>,
    /// Its WWID.
    pub wwid: Vec<u8>,
    /// The path, unless the map itself changed.
    pub path: Option<Vec<u8>>,
    /// What happened.
    pub kind: ChangeKind,
    /// How many paths can carry I/O now.
    pub usable: usize,
    /// How many paths there are now.
    pub paths: usize,
}

/// What happened to a map or a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was added.
    Added,
    /// It was removed.
    Removed,
    /// A different device has its name now.
    Replaced,
    /// The map had this name before.
    Renamed(Vec<u8>),
    /// The path is in this state now.
    State(Vec<u8>),
    /// The array assigned this access state to the path.
    Access(Vec<u8>),
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChangeKind::Added => f.write_str("added"),
            ChangeKind::Removed => f.write_str("removed"),
            ChangeKind::Replaced => f.write_str("replaced"),
            ChangeKind::Renamed(old) => {
                write!(f, "renamed from {}", String::from_utf8_lossy(old))
            }
            ChangeKind::State(state) => f.write_str(&String::from_utf8_lossy(state)),
            ChangeKind::Access(state) => write!(f, "access {}", String::from_utf8_lossy(state)),
        }
    }
}

/// The changes from `old` to `new`, by name of the map.
#[must_use]
pub fn changes(old: &Topology, new: &Topology) -> Vec<Change> {
    let mut found = Vec::new();
    for pair in pairs(&by_wwid(old), &by_wwid(new), |map| (&map.wwid, &map.device.kernel)) {
        match pair {
            Pair::Added(map) => found.push(map_change(map, ChangeKind::Added)),
            Pair::Removed(map) => {
                let removed = map_change(map, ChangeKind::Removed);
                found.push(Change { usable: 0, paths: 0, ..removed });
            }
            Pair::Both(old, new) => changes_within(old, new, &mut found),
        }
    }
    found.sort_by(|a, b| natural_cmp(&a.map, &b.map));
    found
}

fn by_wwid(topology: &Topology) -> Vec<&Map> {
    let mut maps: Vec<_> = topology.maps.iter().collect();
    maps.sort_by_key(|map| (&map.wwid, &map.device.kernel));
    maps
}

/// Adds the changes of one map to `found`.
fn changes_within(old: &Map, new: &Map, found: &mut Vec<Change>) {
    if old.name != new.name {
        found.push(map_change(new, ChangeKind::Renamed(old.name.clone())));
    }
    for pair in pairs(&by_name(old), &by_name(new), |path| &path.device.kernel) {
        let (path, kinds) = match pair {
            Pair::Added(path) => (path, vec![ChangeKind::Added]),
            Pair::Removed(path) => (path, vec![ChangeKind::Removed]),
            Pair::Both(old, path) => (path, path_changes(old, path)),
        };
        found.extend(kinds.into_iter().map(|kind| {
            let path = Some(path.device.kernel.clone());
            Change { path, ..map_change(new, kind) }
        }));
    }
}

/// The changes of a path.
fn path_changes(old: &Path, new: &Path) -> Vec<ChangeKind> {
    if is_replaced(&old.device, &new.device) {
        return vec![ChangeKind::Replaced];
    }
    // A state that could not be read is no change.
    let changed = |old: &Vec<u8>, new: &Vec<u8>| {
        (old != new && !old.is_empty() && !new.is_empty()).then(|| new.clone())
    };
    let state = changed(&old.state, &new.state).map(ChangeKind::State);
    let access = changed(&old.access, &new.access).map(ChangeKind::Access);
    state.into_iter().chain(access).collect()
}

/// Whether these are two devices, as far as is known.
fn is_replaced(old: &Device, new: &Device) -> bool {
    old.identity != new.identity && !old.identity.is_empty() && !new.identity.is_empty()
}

fn by_name(map: &Map) -> Vec<&Path> {
    let mut paths: Vec<_> = map.paths.iter().collect();
    paths.sort_by_key(|path| &path.device.kernel);
    paths
}

fn map_change(map: &Map, kind: ChangeKind) -> Change {
    Change {
        map: map.name.clone(),
        wwid: map.wwid.clone(),
        path: None,
        kind,
        usable: map.usable(),
        paths: map.paths.len(),
    }
}
