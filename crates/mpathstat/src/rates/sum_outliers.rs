//! Which sums are out of line with others.
//!
//! Two sums are compared where both have paths that can carry I/O: in the maps and path groups that they
//! have in common, and in each of these by itself. There, both count as if they had done equally many
//! reads and writes in each interval (see [`Matched`]). So neither a slow map nor a slow minute makes a
//! sum slow that has more of it than the other. The evidence on two sums is added up until there is
//! enough; then they are judged, as paths are, and the evidence starts again at zero.
//!
//! The shares are those of a path on average, so that it does not matter how many paths a sum has.

use super::matched::{IOS, Load, Matched};
use super::outliers::{IDLE_IOS, SHARE_FACTOR, idle_ios, is_judged_by_share};
use super::sums::{By, key_and_name};
use super::{MapRates, Mark};
use std::collections::{BTreeMap, HashMap};

/// With how many others of its group a sum is compared: each sum of a map with thousands of paths
/// against each other would be millions of comparisons.
const COMPARED_MAX: usize = 32;

/// The evidence on each two sums that have something in common, by their keys.
#[derive(Debug, Default)]
pub(super) struct SumOutliers {
    pairs: HashMap<(Vec<u8>, Vec<u8>), Comparison>,
}

/// One sum compared with another.
#[derive(Debug, Default)]
struct Comparison {
    matched: Matched,
    share: Share,
    /// The marks of the last judgment.
    slow: Option<Mark>,
    few: Option<Mark>,
    /// Whether the sum did something in this interval.
    is_active: bool,
}

/// Reads and writes per path of a sum and of the other one.
#[derive(Debug, Default)]
struct Share {
    own: f64,
    other: f64,
    /// How many of its own a path checker explains.
    idle: f64,
}

/// What the paths of a sum did in a map and path group.
#[derive(Debug, Default)]
struct Member {
    sum: usize,
    load: Load,
    paths: f64,
}

/// The sums of an interval.
#[derive(Debug, Default)]
struct Names {
    places: HashMap<Vec<u8>, usize>,
    /// The key and the name of each.
    names: Vec<(Vec<u8>, Vec<u8>)>,
}

impl SumOutliers {
    /// Adds an interval of `seconds` to the evidence. Returns the marks of sums by their keys.
    pub(super) fn judge(
        &mut self,
        maps: &[MapRates<'_>],
        by: &[By],
        seconds: f64,
    ) -> HashMap<Vec<u8>, Mark> {
        let mut names = Names::default();
        let mut pairs: BTreeMap<(usize, usize), Comparison> = BTreeMap::new();
        for rates in maps {
            let by_share = is_judged_by_share(rates.map);
            for group in groups(rates, by, seconds, &mut names) {
                compare(&group, seconds, by_share, &mut pairs);
            }
        }
        let (mut marks, mut next) = (HashMap::new(), HashMap::new());
        for ((own, other), interval) in pairs {
            let (Some((own, _)), Some((other, name))) =
                (names.names.get(own), names.names.get(other))
            else {
                continue;
            };
            let pair = (own.clone(), other.clone());
            let mut comparison = self.pairs.remove(&pair).unwrap_or_default();
            if let Some(mark) = comparison.judge(&interval, name) {
                keep_worst(&mut marks, own, mark);
            }
            next.insert(pair, comparison);
        }
        self.pairs = next;
        marks
    }
}

/// What each sum did in each group of a map.
fn groups(
    rates: &MapRates<'_>,
    by: &[By],
    seconds: f64,
    names: &mut Names,
) -> impl Iterator<Item = Vec<Member>> {
    let mut groups: BTreeMap<Vec<u8>, BTreeMap<usize, Member>> = BTreeMap::new();
    for path in rates.paths.iter().filter(|path| path.path.is_usable()) {
        let Some((key, name)) = key_and_name(rates.map, path.path, by) else { continue };
        let Some(figures) = &path.figures else { continue };
        let sum = names.place(key, name);
        let group = groups.entry(path.path.group()).or_default();
        let member = group.entry(sum).or_insert(Member { sum, ..Member::default() });
        member.load += Load::new(figures, seconds);
        member.paths += 1.0;
    }
    groups.into_values().map(|group| group.into_values().collect())
}

impl Names {
    fn place(&mut self, key: Vec<u8>, name: Vec<u8>) -> usize {
        *self.places.entry(key).or_insert_with_key(|key| {
            self.names.push((key.clone(), name));
            self.names.len() - 1
        })
    }
}

/// Adds what the sums of a group did to the comparisons of each two of them.
fn compare(
    group: &[Member],
    seconds: f64,
    by_share: bool,
    pairs: &mut BTreeMap<(usize, usize), Comparison>,
) {
    for members in group.chunks(COMPARED_MAX) {
        for own in members {
            for other in members.iter().filter(|other| other.sum != own.sum) {
                let comparison = pairs.entry((own.sum, other.sum)).or_default();
                comparison.is_active |= own.load.ios > 0.0;
                comparison.matched.add(own.load, other.load);
                if by_share {
                    comparison.share.own += own.load.ios / own.paths;
                    comparison.share.other += other.load.ios / other.paths;
                    comparison.share.idle += idle_ios(seconds);
                }
            }
        }
    }
}

impl Comparison {
    /// Adds an interval. Returns the mark of the sum, if it is out of line with the other one.
    fn judge(&mut self, interval: &Comparison, other: &[u8]) -> Option<Mark> {
        self.matched += interval.matched;
        self.share.own += interval.share.own;
        self.share.other += interval.share.other;
        self.share.idle += interval.share.idle;
        if let Some(judged) = self.matched.take_enough() {
            self.slow = judged.slow_mark(other);
        }
        if self.share.own + self.share.other >= 2.0 * IOS {
            self.few = std::mem::take(&mut self.share).mark(other);
        }
        self.slow.as_ref().or(self.few.as_ref()).filter(|_| interval.is_active).cloned()
    }
}

impl Share {
    fn mark(&self, other: &[u8]) -> Option<Mark> {
        let is_used = self.own >= IDLE_IOS && self.own > self.idle;
        let times = self.own / self.other;
        let mark = || Mark::Share { times, sibling: other.to_vec() };
        (is_used && self.own * SHARE_FACTOR < self.other).then(mark)
    }
}

/// Keeps the mark that is farther out of line.
fn keep_worst(marks: &mut HashMap<Vec<u8>, Mark>, sum: &[u8], mark: Mark) {
    let is_worse = match (marks.get(sum), &mark) {
        (None, _) => true,
        (Some(Mark::Await { times: old, .. }), Mark::Await { times, .. }) => times > old,
        (Some(Mark::Share { times: old, .. }), Mark::Share { times, .. }) => times < old,
        (Some(_), mark) => matches!(mark, Mark::Await { .. }),
    };
    if is_worse {
        marks.insert(sum.to_vec(), mark);
    }
}
