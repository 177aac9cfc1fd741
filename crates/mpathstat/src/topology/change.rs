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
    /// The path is in this state now: that of its device, or what multipathd knows about it.
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
    let failure = failure_change(old, new).map(ChangeKind::State);
    state.into_iter().chain(failure).chain(access).collect()
}

/// The state of a path that failed or returned according to multipathd, unless the state of its device
/// tells that already.
fn failure_change(old: &Path, new: &Path) -> Option<Vec<u8>> {
    let (before, now) = (old.has_failed?, new.has_failed?);
    let is_told = !new.has_running_device() || before && !old.has_running_device();
    let state = new.multipathd.failure().unwrap_or(b"active");
    (before != now && !is_told).then(|| state.to_vec())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::MultipathdState;
    use std::collections::HashMap;

    /// The map after each step: the state of the device of its path, and what multipathd says about it.
    fn topologies(steps: &[(&str, &str)]) -> Vec<Topology> {
        let mut last = Topology::default();
        let steps = steps.iter().map(|(state, states)| {
            let device = Device { kernel: b"sda".to_vec(), ..Device::default() };
            let path = Path { device, state: state.as_bytes().to_vec(), ..Path::default() };
            let mut new = Topology::new(vec![Map { paths: vec![path], ..Map::default() }]);
            new.keep_failed(&last);
            let states = MultipathdState { states: (*states).into(), ..MultipathdState::default() };
            new.update(&HashMap::from([(b"sda".to_vec(), states)]));
            last = new.clone();
            new
        });
        steps.collect()
    }

    /// The changes from each step to the next.
    fn kinds(steps: &[(&str, &str)]) -> Vec<String> {
        let topologies = topologies(steps);
        let found = topologies.windows(2).flat_map(|pair| changes(&pair[0], &pair[1]));
        found.map(|change| format!("{} {}", change.kind, change.usable)).collect()
    }

    #[test]
    fn a_path_that_multipathd_failed_or_reinstated_is_a_change() {
        let (good, bad) = (("running", "active ready"), ("running", "failed faulty"));
        assert_eq!(kinds(&[good, bad, bad, good]), ["failed 0", "active 1"]);
        assert_eq!(kinds(&[good, ("running", "active faulty"), bad]), ["faulty 0"]);
        assert_eq!(kinds(&[good, ("running", "active i/o timeout")]), ["timeout 0"]);
        assert_eq!(kinds(&[bad, ("running", "undef ghost")]), ["active 0"]);
        assert_eq!(kinds(&[bad, ("running", "undef ready")]), ["active 1"]);
    }

    #[test]
    fn what_multipathd_does_not_know_is_no_change() {
        let (good, bad) = (("running", "active ready"), ("running", "failed faulty"));
        for unknown in [("running", ""), ("running", "undef undef"), ("running", "n/a optimized")] {
            assert_eq!(kinds(&[good, unknown, good]), [""; 0]);
            assert_eq!(kinds(&[bad, unknown, bad, unknown]), [""; 0]);
            assert_eq!(kinds(&[unknown, bad]), [""; 0], "it may have failed long ago");
            assert_eq!(kinds(&[good, unknown, bad]), ["failed 0"]);
            assert_eq!(kinds(&[bad, unknown, unknown, good]), ["active 1"]);
        }
    }

    #[test]
    fn what_the_state_of_the_device_tells_is_told_once() {
        let (good, bad) = ("active ready", "failed faulty");
        let steps = [("running", good), ("offline", good), ("offline", bad), ("running", good)];
        assert_eq!(kinds(&steps), ["offline 0", "running 1"]);
        let late = [("offline", bad), ("running", bad), ("running", good)];
        assert_eq!(kinds(&late), ["running 0", "active 1"]);
        assert_eq!(kinds(&[("running", good), ("offline", bad)]), ["offline 0"]);
        assert_eq!(kinds(&[("offline", good), ("running", bad)]), ["running 0", "failed 0"]);
        assert_eq!(kinds(&[("offline", bad), ("offline", good)]), [""; 0]);
    }

    #[test]
    fn another_device_keeps_nothing_of_an_earlier_one() {
        let [mut old, mut new] = [("running", "failed faulty"), ("running", "")]
            .map(|step| topologies(&[step]).remove(0));
        new.keep_failed(&old);
        assert_eq!(new.maps[0].paths[0].has_failed, Some(true));
        old.maps[0].paths[0].device.identity = b"other".to_vec();
        new.keep_failed(&old);
        assert_eq!(new.maps[0].paths[0].has_failed, None);
    }
}
