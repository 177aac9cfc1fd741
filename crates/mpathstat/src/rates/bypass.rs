//! Which paths do I/O that did not come through the map.
//!
//! The paths of a map complete a few more reads and writes than the map: a path checker reads a sector
//! from time to time, a large request is split, a failed one is repeated on another path, and udev
//! looks at a device that was just added. Commands that ended with an error do not count, if their number
//! is known: each was repeated. For the rest, there is a mark only if
//!
//! - the I/O of the paths exceeds that of the map by more than [`IOS_PER_S`] a second per path and by
//!   more than [`EXCESS`] of that of the map, and so do the sectors;
//! - this is so in two intervals running. One is enough if the map had nothing to do that could have
//!   been split or repeated, and the paths completed more than [`PROBE_IOS`] each on average, which is
//!   more than udev reads when it looks at them again;
//! - neither the map nor any of its paths was added in this interval or the two before.
//!
//! The NVMe driver repeats requests on other paths without counting them on the map, so its own maps
//! are not judged.

use super::{Figures, MapRates, Mark, PathRates};
use crate::topology::{Change, ChangeKind};
use std::collections::HashMap;

/// How many more reads and writes per second, and sectors per second, each path can have.
pub(super) const IOS_PER_S: f64 = 2.0;
/// Which part of the I/O of the map the excess can be.
pub(super) const EXCESS: f64 = 0.01;
/// How many reads and writes per path programs that look at each device can explain; blkid does 51.
const PROBE_IOS: f64 = 250.0;
/// For how many intervals a map is not judged after it or a path was added: this one and two more.
const SETTLING: u32 = 3;
const SECTORS_IN_KIB: f64 = 2.0;

/// What is known of maps from earlier intervals, by WWID.
#[derive(Debug, Default)]
pub(super) struct Bypass {
    maps: HashMap<Vec<u8>, State>,
}

#[derive(Debug, Default, PartialEq)]
struct State {
    /// For how many intervals the map is not judged.
    settling: u32,
    /// Whether there was an excess in the interval before.
    was_excess: bool,
}

impl Bypass {
    pub(super) fn begin_interval(&mut self, changes: &[Change]) {
        for state in self.maps.values_mut() {
            state.settling = state.settling.saturating_sub(1);
        }
        self.maps.retain(|_, state| *state != State::default());
        let is_new = |kind: &ChangeKind| matches!(kind, ChangeKind::Added | ChangeKind::Replaced);
        for change in changes.iter().filter(|change| is_new(&change.kind)) {
            self.maps.entry(change.wwid.clone()).or_default().settling = SETTLING;
        }
    }

    /// Marks the paths of a map that did I/O of their own.
    pub(super) fn mark(&mut self, rates: &mut MapRates<'_>) {
        let state = self.maps.get(&rates.map.wwid);
        let was_excess = state.is_some_and(|state| state.was_excess);
        let is_settling = state.is_some_and(|state| state.settling > 0);
        let is_excess = !is_settling && !rates.map.is_nvme() && has_excess(rates);
        if is_excess || state.is_some() {
            self.maps.entry(rates.map.wwid.clone()).or_default().was_excess = is_excess;
        }
        if is_excess && (was_excess || is_certain(rates)) {
            let map = rates.figures.as_ref().map_or(0.0, Figures::ios);
            mark_paths(&mut rates.paths, map);
        }
    }
}

/// Whether one interval with an excess proves that it did not come through the map.
fn is_certain(rates: &MapRates<'_>) -> bool {
    let is_unused = rates.figures.as_ref().is_some_and(|map| {
        !map.is_active() && map.in_flight_before.is_none_or(|count| count == 0.0)
    });
    let probes: f64 = rates.paths.iter().map(|_| PROBE_IOS).sum();
    is_unused && path_sum(rates, path_ios) > probes
}

/// Whether the paths of the map did more than the map and a path checker explain.
pub(super) fn has_excess(rates: &MapRates<'_>) -> bool {
    let Some(map) = &rates.figures else { return false };
    let allowed: f64 = rates.paths.iter().map(|_| IOS_PER_S * map.seconds).sum();
    let exceeds = |paths: f64, map: f64| paths - map > allowed && paths - map > EXCESS * map;
    exceeds(path_sum(rates, path_ios), map.ios()) && exceeds(path_sum(rates, sectors), sectors(map))
}

/// The reads and writes of a path that did not end with an error, as far as is known.
fn path_ios(path: &Figures) -> f64 {
    (path.ios() - path.errors.unwrap_or(0.0)).max(0.0)
}

/// The sum of an amount over the paths, as far as it is known.
fn path_sum(rates: &MapRates<'_>, amount: fn(&Figures) -> f64) -> f64 {
    rates.paths.iter().filter_map(|path| path.figures.as_ref()).map(amount).sum()
}

fn sectors(figures: &Figures) -> f64 {
    (figures.read_kib + figures.written_kib) * SECTORS_IN_KIB
}

/// Marks each path that alone did more than the map, as far as a path checker does not explain it. If
/// there is none, the busiest one.
fn mark_paths(paths: &mut [PathRates<'_>], map: f64) {
    let ios = |path: &PathRates<'_>| path.figures.as_ref().map_or(0.0, path_ios);
    let exceeds = |path: &PathRates<'_>| {
        let allowed = path.figures.as_ref().map_or(0.0, |it| IOS_PER_S * it.seconds);
        ios(path) - map > allowed
    };
    let most = paths.iter().map(ios).fold(0.0, f64::max);
    let has_one = paths.iter().any(exceeds);
    let is_marked = |path: &PathRates<'_>| if has_one { exceeds(path) } else { ios(path) >= most };
    for path in paths.iter_mut().filter(|path| is_marked(path)) {
        path.marks.push(Mark::Bypass);
    }
}
