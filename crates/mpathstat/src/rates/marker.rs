//! Finds the marks of `-i`.

use super::bypass::Bypass;
use super::outliers::{Outliers, Subject, is_judged_by_share};
use super::stuck::Stuck;
use super::sum_outliers::SumOutliers;
use super::{By, Figures, IntervalRates, MapRates, Mark, PathRates, Sum};
use crate::topology::{Map, Path};
use std::collections::HashMap;

/// Finds the marks of each interval, from the evidence of this and earlier ones.
#[derive(Debug, Default)]
pub struct Marker {
    outliers: Outliers,
    sums: SumOutliers,
    stuck: Stuck,
    bypass: Bypass,
}

impl Marker {
    /// Sets the marks of maps and paths.
    pub(super) fn mark(&mut self, rates: &mut IntervalRates<'_>) {
        let seconds = rates.seconds;
        self.bypass.begin_interval(&rates.changes);
        for rates_of_map in &mut rates.maps {
            let map = rates_of_map.map;
            for path in &mut rates_of_map.paths {
                path.marks.extend(path.path.bad_state().map(|state| Mark::State(state.to_vec())));
            }
            self.mark_stuck(rates_of_map, seconds);
            if !rates.is_since_boot {
                self.bypass.mark(rates_of_map);
            }
            for mut siblings in siblings(&mut rates_of_map.paths) {
                self.compare(map, &mut siblings, seconds);
            }
            for path in &mut rates_of_map.paths {
                // Errors since boot may be long past.
                let figures = path.figures.as_ref().filter(|_| !rates.is_since_boot);
                path.marks.extend(failures(figures));
            }
        }
        self.outliers.end_interval();
        if rates.is_since_boot {
            // What was so at some time since boot says nothing about the intervals that follow.
            self.outliers = Outliers::default();
        }
        self.stuck.end_interval();
    }

    /// The marks of sums that are out of line with others, by their keys.
    pub(super) fn judge_sums(
        &mut self,
        rates: &IntervalRates<'_>,
        by: &[By],
    ) -> HashMap<Vec<u8>, Mark> {
        let marks = self.sums.judge(&rates.maps, by, rates.seconds);
        if rates.is_since_boot {
            self.sums = SumOutliers::default();
        }
        marks
    }

    /// Marks paths on which nothing moves; and the map if no path is to blame.
    fn mark_stuck(&mut self, rates: &mut MapRates<'_>, seconds: f64) {
        let map = rates.map;
        let mut is_on_path = false;
        for path in &mut rates.paths {
            let key = key(&map.wwid, path.path);
            let stuck = self.stuck.judge(key, path.figures.as_ref(), seconds);
            is_on_path |= path.figures.as_ref().is_some_and(Figures::is_stalled);
            path.marks.extend(stuck);
        }
        let stuck = self.stuck.judge(map.key(), rates.figures.as_ref(), seconds);
        rates.marks.extend(map.is_suspended.then_some(Mark::Suspended));
        let queued = rates.figures.as_ref().and_then(|figures| figures.in_flight);
        if lacks_path(rates) {
            // Nothing need be in flight: the NVMe driver counts no request that waits for a path.
            rates.is_idle = false;
            rates.marks.push(Mark::NoPath(queued));
        } else if !is_on_path {
            rates.marks.extend(stuck);
        }
    }

    /// Marks siblings that are out of line.
    fn compare(&mut self, map: &Map, siblings: &mut [&mut PathRates<'_>], seconds: f64) {
        let subject = |path: &&mut PathRates<'_>| key(&map.wwid, path.path);
        let keys: Vec<_> = siblings.iter().map(subject).collect();
        let subjects: Vec<_> = siblings
            .iter()
            .zip(keys)
            .map(|(path, key)| {
                let name = &path.path.device.kernel;
                Subject { key, name, figures: path.figures.as_ref() }
            })
            .collect();
        let marks = self.outliers.judge(&subjects, is_judged_by_share(map), seconds);
        for (path, mark) in siblings.iter_mut().zip(marks) {
            path.marks.extend(mark);
        }
    }
}

/// Sets the marks of sums: of those with paths on which nothing moves, with failures, and of those that
/// are out of line.
pub(super) fn mark_sums(
    sums: &mut [Sum<'_>],
    outliers: &HashMap<Vec<u8>, Mark>,
    is_since_boot: bool,
) {
    for sum in sums {
        sum.marks.extend(sum.stuck.take());
        sum.marks.extend(outliers.get(&sum.key()).cloned());
        let figures = sum.figures.as_ref().filter(|_| !is_since_boot);
        sum.marks.extend(failures(figures));
        if sum.lacks_path() {
            sum.set_active();
        }
    }
}

/// Whether no path of the map can carry I/O. If one completes I/O nevertheless, access states do not
/// count, because they are out of date. A map that has no path left may have completed I/O earlier in
/// the interval; if nothing waits for a path, its paths may just be unknown.
fn lacks_path(rates: &MapRates<'_>) -> bool {
    let figures = rates.figures.as_ref();
    let does_nothing = figures.is_none_or(|figures| figures.completed() == 0.0);
    let has_waiting = figures.and_then(|figures| figures.in_flight).is_some_and(|it| it > 0.0);
    let mut paths = rates.map.paths.iter();
    match does_nothing {
        _ if rates.map.paths.is_empty() => does_nothing || has_waiting,
        true => !paths.any(Path::is_usable),
        false => !paths.any(Path::is_running),
    }
}

fn failures(figures: Option<&Figures>) -> Vec<Mark> {
    let Some(figures) = figures else { return Vec::new() };
    let rate = |count: Option<f64>| count.filter(|count| *count > 0.0).map(|it| figures.rate(it));
    let marks = [
        rate(figures.errors).map(Mark::Errors),
        rate(figures.timeouts).map(Mark::Timeouts),
        rate(figures.retries).map(Mark::Retries),
        rate(figures.failovers).map(Mark::Failovers),
    ];
    marks.into_iter().flatten().collect()
}

/// What distinguishes a path from all others.
fn key(wwid: &[u8], path: &Path) -> Vec<u8> {
    [wwid, b"\n", &path.device.kernel, b"\n", &path.device.identity].concat()
}

/// The paths of a map that can carry I/O, by group.
fn siblings<'a, 'b>(paths: &'b mut [PathRates<'a>]) -> Vec<Vec<&'b mut PathRates<'a>>> {
    let mut groups: HashMap<Vec<u8>, Vec<_>> = HashMap::new();
    for path in paths.iter_mut().filter(|path| path.path.is_usable()) {
        groups.entry(path.path.group()).or_default().push(path);
    }
    groups.into_values().collect()
}
