//! Which paths are out of line with their siblings.
//!
//! The siblings of a path are the paths of the same map and group that can carry I/O. Their reads
//! and writes are added up over several intervals, until there are [`IOS`] per path on average. Then
//! the paths are judged; the judgment stands until the next one, and the sums start again at zero. A
//! path is out of line
//!
//! - by `await`, if it had at least half of [`IOS`] reads and writes, and they took more than
//!   [`AWAIT_FACTOR`] times as long, and more than [`AWAIT_MS`] longer, than on the fastest sibling
//!   with as many;
//! - by `share`, if it had at least [`IDLE_IOS`] reads and writes, but fewer than one for
//!   [`SHARE_FACTOR`] of the busiest sibling. An idle path is never out of line.
//!
//! Paths that the NVMe driver chooses by processor (policy `numa`) are not judged by share.

use super::figures::per;
use super::{IntervalRates, MapRates, PathRates};
use crate::topology::Path;
use std::collections::HashMap;

/// The reads and writes per path, on average, from which paths are judged.
pub(super) const IOS: f64 = 100.0;
/// How many times as long as on the fastest sibling a read or write can take.
pub(super) const AWAIT_FACTOR: f64 = 3.0;
/// How many milliseconds longer than on the fastest sibling a read or write can take.
pub(super) const AWAIT_MS: f64 = 0.5;
/// How many times as many reads and writes the busiest sibling can have.
pub(super) const SHARE_FACTOR: f64 = 4.0;
/// A path with fewer reads and writes is idle.
pub(super) const IDLE_IOS: f64 = 10.0;

/// How a path is out of line.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The figure that is out of line: `await` or `share`.
    pub what: &'static str,
    /// The figure as a multiple of the sibling's.
    pub times: f64,
    /// The kernel name of the sibling.
    pub sibling: Vec<u8>,
}

/// The evidence on each path since it was last judged, and its mark.
#[derive(Debug, Default)]
pub struct Outliers {
    paths: HashMap<Vec<u8>, Evidence>,
}

#[derive(Debug, Clone, Default)]
struct Evidence {
    kernel: Vec<u8>,
    ios: f64,
    ms: f64,
    mark: Option<Mark>,
}

impl Evidence {
    fn await_ms(&self) -> f64 {
        per(self.ms, self.ios)
    }

    fn has_enough(&self) -> bool {
        self.ios >= IOS / 2.0
    }
}

impl Outliers {
    /// Adds an interval to the evidence, and sets the marks of its paths.
    pub fn judge(&mut self, rates: &mut IntervalRates<'_>) {
        let mut kept = HashMap::new();
        for MapRates { map, paths, .. } in &mut rates.maps {
            for mut siblings in siblings(paths) {
                let mut evidence: Vec<_> = siblings
                    .iter()
                    .map(|path| self.evidence(&key(&map.wwid, path.path), path, rates.seconds))
                    .collect();
                judge_siblings(&mut evidence, map.policy != b"numa");
                for (path, evidence) in siblings.iter_mut().zip(evidence) {
                    let is_active = path.figures.is_some_and(|figures| figures.ios() > 0.0);
                    path.mark = evidence.mark.clone().filter(|_| is_active);
                    kept.insert(key(&map.wwid, path.path), evidence);
                }
            }
        }
        // The evidence on a path that was removed or cannot carry I/O is dropped.
        self.paths = kept;
    }

    /// The evidence on a path, including this interval.
    fn evidence(&mut self, key: &[u8], path: &PathRates<'_>, seconds: f64) -> Evidence {
        let Some(figures) = path.figures else {
            return Evidence::default();
        };
        let mut evidence = self.paths.remove(key).unwrap_or_default();
        evidence.kernel.clone_from(&path.path.device.kernel);
        // The figures of a text are per second.
        let intervals = per(seconds, figures.seconds);
        evidence.ios += figures.ios() * intervals;
        evidence.ms += (figures.read_ms + figures.write_ms) * intervals;
        evidence
    }
}

fn key(wwid: &[u8], path: &Path) -> Vec<u8> {
    [wwid, b"\n", &path.device.kernel, b"\n", &path.device.identity].concat()
}

/// The paths of a map that can carry I/O, by group.
fn siblings<'a, 'b>(paths: &'b mut [PathRates<'a>]) -> Vec<Vec<&'b mut PathRates<'a>>> {
    let mut groups: HashMap<Vec<u8>, Vec<_>> = HashMap::new();
    for path in paths.iter_mut().filter(|path| path.path.is_running()) {
        groups.entry(path.path.group()).or_default().push(path);
    }
    groups.into_values().collect()
}

/// Judges siblings if there is enough evidence on them, and then drops the evidence.
fn judge_siblings(evidence: &mut [Evidence], by_share: bool) {
    let total: f64 = evidence.iter().map(|path| path.ios).sum();
    let wanted: f64 = evidence.iter().map(|_| IOS).sum();
    if evidence.len() < 2 || total < wanted {
        return;
    }
    let judged = evidence.iter().filter(|path| path.has_enough());
    let fastest = judged.min_by(|a, b| a.await_ms().total_cmp(&b.await_ms())).cloned();
    let busiest = evidence.iter().max_by(|a, b| a.ios.total_cmp(&b.ios)).cloned();
    for path in evidence {
        let slow = fastest.as_ref().and_then(|fastest| slow_mark(path, fastest));
        let few =
            busiest.as_ref().filter(|_| by_share).and_then(|busiest| share_mark(path, busiest));
        *path = Evidence { mark: slow.or(few), ..Evidence::default() };
    }
}

/// The mark of a path on which reads and writes take too long.
fn slow_mark(path: &Evidence, fastest: &Evidence) -> Option<Mark> {
    let (own, best) = (path.await_ms(), fastest.await_ms());
    let is_slow = path.has_enough() && own > AWAIT_FACTOR * best && own > best + AWAIT_MS;
    let mark = || Mark { what: "await", times: per(own, best), sibling: fastest.kernel.clone() };
    is_slow.then(mark)
}

/// The mark of a path that is used too little.
fn share_mark(path: &Evidence, busiest: &Evidence) -> Option<Mark> {
    let is_unused = path.ios >= IDLE_IOS && path.ios * SHARE_FACTOR < busiest.ios;
    let times = path.ios / busiest.ios;
    is_unused.then(|| Mark { what: "share", times, sibling: busiest.kernel.clone() })
}
