//! Which paths are out of line with their siblings.
//!
//! The siblings of a path are the paths of the same map and group that can carry I/O. Their reads
//! and writes are added up, report after report, until they come to [`IOS`] a path on average; then
//! the paths are judged, the judgement stands until the next, and the sums begin anew. A path is out
//! of line
//!
//! - by `await`, if with at least half of [`IOS`] reads and writes it took more than [`AWAIT_FACTOR`]
//!   times as long as the quickest sibling with as many, and [`AWAIT_MS`] longer;
//! - by `share`, if it had fewer than one in [`SHARE_FACTOR`] of the reads and writes of the busiest
//!   sibling, yet at least [`IDLE_IOS`]: an idle path is not out of line, nor is one that has become
//!   idle since.
//!
//! Paths that the NVMe driver's policy `numa` chooses by processor are not judged by share.

use super::figures::per;
use super::{MapRound, PathRound, Round};
use crate::topology::Path;
use std::collections::HashMap;

/// Reads and writes a path, on average, before paths are judged.
pub(super) const IOS: f64 = 100.0;
/// How many times as long as the quickest a path may take.
pub(super) const AWAIT_FACTOR: f64 = 3.0;
/// How many milliseconds longer than the quickest a path may take.
pub(super) const AWAIT_MS: f64 = 0.5;
/// How many times as many reads and writes the busiest sibling may have.
pub(super) const SHARE_FACTOR: f64 = 4.0;
/// Fewer reads and writes than these make an idle path.
pub(super) const IDLE_IOS: f64 = 10.0;

/// How a path is out of line.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// In what: `await` or `share`.
    pub what: &'static str,
    /// How many times the sibling's figure its own is.
    pub times: f64,
    /// The sibling it is measured by.
    pub sibling: Vec<u8>,
}

/// What the paths did since they were judged, and the judgements that stand.
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

    fn is_tried(&self) -> bool {
        self.ios >= IOS / 2.0
    }
}

impl Outliers {
    /// Adds a report, and sets the marks of its paths.
    pub fn judge(&mut self, round: &mut Round<'_>) {
        let mut kept = HashMap::new();
        for of_map in &mut round.maps {
            let MapRound { map, paths, .. } = of_map;
            for mut siblings in siblings(paths) {
                let mut evidence: Vec<_> = siblings
                    .iter()
                    .map(|path| self.added(&key(&map.wwid, path.path), path, round.seconds))
                    .collect();
                settle(&mut evidence, map.policy != b"numa");
                for (path, evidence) in siblings.iter_mut().zip(evidence) {
                    let active = path.figures.is_some_and(|figures| figures.ios() > 0.0);
                    path.mark = evidence.mark.clone().filter(|_| active);
                    kept.insert(key(&map.wwid, path.path), evidence);
                }
            }
        }
        // Paths that went or cannot carry I/O begin anew when they come back.
        self.paths = kept;
    }

    /// The evidence on a path, this report's included.
    fn added(&mut self, key: &[u8], path: &PathRound<'_>, seconds: f64) -> Evidence {
        let Some(figures) = path.figures else {
            return Evidence::default();
        };
        let mut evidence = self.paths.remove(key).unwrap_or_default();
        evidence.kernel.clone_from(&path.path.device.kernel);
        // The figures of a text are those of one second.
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
fn siblings<'a, 'b>(paths: &'b mut [PathRound<'a>]) -> Vec<Vec<&'b mut PathRound<'a>>> {
    let mut groups: HashMap<Vec<u8>, Vec<_>> = HashMap::new();
    for path in paths.iter_mut().filter(|path| path.path.is_running()) {
        groups.entry(path.path.group()).or_default().push(path);
    }
    groups.into_values().collect()
}

/// Judges siblings if there is evidence enough, and then lets them begin anew.
fn settle(evidence: &mut [Evidence], by_share: bool) {
    let total: f64 = evidence.iter().map(|path| path.ios).sum();
    let wanted: f64 = evidence.iter().map(|_| IOS).sum();
    if evidence.len() < 2 || total < wanted {
        return;
    }
    let tried = evidence.iter().filter(|path| path.is_tried());
    let quickest = tried.min_by(|a, b| a.await_ms().total_cmp(&b.await_ms())).cloned();
    let busiest = evidence.iter().max_by(|a, b| a.ios.total_cmp(&b.ios)).cloned();
    for path in evidence {
        let slow = quickest.as_ref().and_then(|quickest| slower(path, quickest));
        let few = busiest.as_ref().filter(|_| by_share).and_then(|busiest| fewer(path, busiest));
        *path = Evidence { mark: slow.or(few), ..Evidence::default() };
    }
}

/// Whether a path takes too long.
fn slower(path: &Evidence, quickest: &Evidence) -> Option<Mark> {
    let (own, best) = (path.await_ms(), quickest.await_ms());
    let slow = path.is_tried() && own > AWAIT_FACTOR * best && own > best + AWAIT_MS;
    let mark = || Mark { what: "await", times: per(own, best), sibling: quickest.kernel.clone() };
    slow.then(mark)
}

/// Whether a path has too little to do.
fn fewer(path: &Evidence, busiest: &Evidence) -> Option<Mark> {
    let few = path.ios >= IDLE_IOS && path.ios * SHARE_FACTOR < busiest.ios;
    let times = path.ios / busiest.ios;
    few.then(|| Mark { what: "share", times, sibling: busiest.kernel.clone() })
}
