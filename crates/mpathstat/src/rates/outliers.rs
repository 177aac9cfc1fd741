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
//! - by `share`, if it had at least [`IDLE_IOS`] reads and writes and more than a path checker explains,
//!   but fewer than one for [`SHARE_FACTOR`] of the busiest sibling. An idle path is never out of line.
//!
//! A path selector gives a slow path so little to do that it never has enough in time. So each path is
//! also compared with the busiest sibling of each interval (see [`Matched`]), however long it takes until
//! there is enough. This counts where a judgment lacks evidence on the path.
//!
//! Paths that the NVMe driver chooses by processor (policy `numa`, its default) are not judged by share.

use super::bypass::IOS_PER_S;
use super::figures::per;
use super::matched::{AWAIT_FACTOR, AWAIT_MS, IOS, Load, Matched, multiple};
use super::{Figures, Mark};
use crate::topology::Map;
use std::collections::HashMap;

/// How many times as many reads and writes the busiest sibling can have.
pub(super) const SHARE_FACTOR: f64 = 4.0;
/// A path with fewer reads and writes is idle.
pub(super) const IDLE_IOS: f64 = 10.0;

/// Whether the paths of a map are expected to have equal shares.
pub(super) fn is_judged_by_share(map: &Map) -> bool {
    !map.is_nvme() || !matches!(&map.policy[..], b"" | b"numa")
}

/// How many reads and writes of a path a path checker explains.
pub(super) fn idle_ios(seconds: f64) -> f64 {
    IOS_PER_S * seconds
}

/// The evidence on each path since it was last judged, and its mark.
#[derive(Debug, Default)]
pub(super) struct Outliers {
    paths: HashMap<Vec<u8>, Evidence>,
    /// The evidence after the current interval. That on a path which was removed or cannot carry I/O
    /// is not in it.
    next: HashMap<Vec<u8>, Evidence>,
}

/// A path, or a sum of paths, that is compared with its siblings.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    /// What distinguishes it from all others, in every interval.
    pub(super) key: Vec<u8>,
    /// Its name in the marks of siblings.
    pub(super) name: &'a [u8],
    /// What it did.
    pub(super) figures: Option<&'a Figures>,
}

#[derive(Debug, Clone, Default)]
struct Evidence {
    name: Vec<u8>,
    load: Load,
    /// How many reads and writes a path checker explains.
    idle: f64,
    mark: Option<Mark>,
    /// What it took beside the busiest sibling since it last had enough, and the mark for that.
    matched: Matched,
    slow: Option<Mark>,
}

impl Evidence {
    fn await_ms(&self) -> f64 {
        per(self.load.ms, self.load.ios)
    }

    fn has_enough(&self) -> bool {
        self.load.ios >= IOS / 2.0
    }
}

impl Outliers {
    /// Adds an interval of `seconds` to the evidence on siblings. Returns the mark of each.
    pub(super) fn judge(
        &mut self,
        siblings: &[Subject<'_>],
        by_share: bool,
        seconds: f64,
    ) -> Vec<Option<Mark>> {
        let evidence = siblings.iter().map(|subject| self.evidence(subject, seconds));
        let mut evidence: Vec<_> = evidence.collect();
        compare_with_busiest(siblings, &mut evidence, seconds);
        judge_siblings(&mut evidence, by_share);
        let mut marks = Vec::new();
        for (subject, evidence) in siblings.iter().zip(evidence) {
            let is_active = subject.figures.is_some_and(|figures| figures.ios() > 0.0);
            marks.push(evidence.mark.clone().filter(|_| is_active));
            self.next.insert(subject.key.clone(), evidence);
        }
        marks
    }

    /// Ends an interval, in which all siblings were judged.
    pub(super) fn end_interval(&mut self) {
        self.paths = std::mem::take(&mut self.next);
    }

    /// The evidence on a path, including this interval.
    fn evidence(&mut self, subject: &Subject<'_>, seconds: f64) -> Evidence {
        let Some(figures) = subject.figures else {
            return Evidence::default();
        };
        let mut evidence = self.paths.remove(&subject.key).unwrap_or_default();
        evidence.name = subject.name.to_vec();
        evidence.load += Load::new(figures, seconds);
        evidence.idle += idle_ios(seconds);
        evidence
    }
}

/// Compares what each path did in this interval with what the busiest one did. The reads of a path checker
/// say nothing about a path.
fn compare_with_busiest(siblings: &[Subject<'_>], evidence: &mut [Evidence], seconds: f64) {
    let load = |path: &Subject<'_>| path.figures.map(|figures| Load::new(figures, seconds));
    let loads: Vec<_> = siblings.iter().map(|path| load(path).unwrap_or_default()).collect();
    let places = siblings.iter().zip(&loads).enumerate();
    let busiest = places.max_by(|(_, (_, a)), (_, (_, b))| a.ios.total_cmp(&b.ios));
    let Some((place, (busiest, most))) = busiest else { return };
    for (own, (path, load)) in evidence.iter_mut().zip(&loads).enumerate() {
        if own != place && load.ios > idle_ios(seconds) {
            path.matched.add(*load, *most);
            if let Some(judged) = path.matched.take_enough() {
                path.slow = judged.slow_mark(busiest.name);
            }
        }
    }
}

/// Judges siblings if there is enough evidence on them, and then drops the evidence.
fn judge_siblings(evidence: &mut [Evidence], by_share: bool) {
    let total: f64 = evidence.iter().map(|path| path.load.ios).sum();
    let wanted: f64 = evidence.iter().map(|_| IOS).sum();
    if total < wanted {
        return;
    }
    let judged = evidence.iter().filter(|path| path.has_enough());
    let fastest = judged.min_by(|a, b| a.await_ms().total_cmp(&b.await_ms())).cloned();
    let busiest = evidence.iter().max_by(|a, b| a.load.ios.total_cmp(&b.load.ios)).cloned();
    for path in evidence {
        let slow = fastest.as_ref().and_then(|fastest| slow_mark(path, fastest));
        let few =
            busiest.as_ref().filter(|_| by_share).and_then(|busiest| share_mark(path, busiest));
        let (matched, rarely_slow) = if path.has_enough() {
            (Matched::default(), None)
        } else {
            (path.matched, path.slow.take())
        };
        let mark = slow.or_else(|| rarely_slow.clone()).or(few);
        *path = Evidence { mark, matched, slow: rarely_slow, ..Evidence::default() };
    }
}

/// The mark of a path on which reads and writes take too long.
fn slow_mark(path: &Evidence, fastest: &Evidence) -> Option<Mark> {
    let (own, best) = (path.await_ms(), fastest.await_ms());
    let is_slow = path.has_enough() && own > AWAIT_FACTOR * best && own > best + AWAIT_MS;
    let mark = || Mark::Await { times: multiple(own, best), sibling: fastest.name.clone() };
    is_slow.then(mark)
}

/// The mark of a path that is used too little.
fn share_mark(path: &Evidence, busiest: &Evidence) -> Option<Mark> {
    let (own, most) = (path.load.ios, busiest.load.ios);
    let is_used = own >= IDLE_IOS && own > path.idle;
    let times = own / most;
    (is_used && own * SHARE_FACTOR < most)
        .then(|| Mark::Share { times, sibling: busiest.name.clone() })
}
