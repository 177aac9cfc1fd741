//! Rates: what happened between two samples, a second.

mod figures;
mod outliers;
mod sums;
#[cfg(test)]
mod tests;

pub use figures::Figures;
pub use outliers::{Mark, Outliers};
pub use sums::{By, Sum, sums};

use crate::sample::iostat::Report;
use crate::sample::{Failures, Reading, Sample};
use crate::topology::{Change, Device, Map, Path, Topology};
use std::time::{Duration, SystemTime};
use sysparse::diskstats::Io;

/// A report: what every map and path did between two samples.
#[derive(Debug)]
pub struct Round<'a> {
    /// The wall clock at the end; nothing if the figures come from a text.
    pub wall: Option<SystemTime>,
    /// The time between the samples in seconds.
    pub seconds: f64,
    /// What changed in the topology.
    pub changes: Vec<Change>,
    /// Whether a device of which nothing is known did nothing: a text of `iostat -z` leaves it out.
    pub silence_is_idle: bool,
    /// The maps, in the order of the topology.
    pub maps: Vec<MapRound<'a>>,
}

/// What a map did.
#[derive(Debug)]
pub struct MapRound<'a> {
    /// The map.
    pub map: &'a Map,
    /// What it did; nothing if there are no two samples of it.
    pub figures: Option<Figures>,
    /// Its paths, in their order.
    pub paths: Vec<PathRound<'a>>,
}

/// What a path did.
#[derive(Debug)]
pub struct PathRound<'a> {
    /// The path.
    pub path: &'a Path,
    /// What it did; nothing if there are no two samples of it.
    pub figures: Option<Figures>,
    /// Its part of the reads and writes of all paths of the map; nothing if there were none.
    pub share: Option<f64>,
    /// How it is out of line with its siblings.
    pub mark: Option<Mark>,
}

impl MapRound<'_> {
    /// Whether the map did nothing, as far as is known.
    #[must_use]
    pub fn is_idle(&self, round: &Round<'_>) -> bool {
        let silent =
            || round.silence_is_idle && self.paths.iter().all(|of_path| of_path.figures.is_none());
        self.figures.map_or_else(silent, |figures| figures.ios() == 0.0)
    }
}

impl<'a> Round<'a> {
    /// The report of a topology in which `figures` says what each device did.
    pub fn new(
        topology: &'a Topology,
        wall: Option<SystemTime>,
        seconds: f64,
        figures: impl Fn(&Device) -> Option<Figures>,
    ) -> Round<'a> {
        let maps = topology.maps.iter().map(|map| map_round(map, &figures)).collect();
        Round { wall, seconds, changes: Vec::new(), silence_is_idle: false, maps }
    }

    /// The report between two samples.
    #[must_use]
    pub fn between(topology: &'a Topology, old: &Sample, new: &Sample) -> Round<'a> {
        let at = |sample: &Sample| sample.moment.map_or(Duration::ZERO, |moment| moment.at);
        let seconds = at(new).saturating_sub(at(old)).as_secs_f64();
        let wall = new.moment.map(|moment| moment.wall);
        Round::new(topology, wall, seconds, |device| {
            Figures::between(old.reading(device)?, new.reading(device)?, seconds)
        })
    }

    /// The report of the figures that a text gives, by the names of maps or the kernel's.
    #[must_use]
    pub fn of_text(
        topology: &'a Topology,
        wall: Option<SystemTime>,
        seconds: f64,
        text: &Report,
    ) -> Round<'a> {
        let mut round =
            Round::new(topology, wall, seconds, |device| text.get(&device.kernel).copied());
        for of_map in &mut round.maps {
            of_map.figures = of_map.figures.or_else(|| text.get(&of_map.map.name).copied());
        }
        round.silence_is_idle = true;
        round
    }

    /// The report from boot to a sample, `uptime` later.
    #[must_use]
    pub fn since_boot(topology: &'a Topology, sample: &Sample, uptime: Duration) -> Round<'a> {
        let seconds = uptime.as_secs_f64();
        let wall = sample.moment.map(|moment| moment.wall);
        Round::new(topology, wall, seconds, |device| {
            let new = sample.reading(device)?;
            let failures =
                new.failures.map(|now| Failures { errors: 0, timeouts: now.timeouts.map(|_| 0) });
            let zero = Reading { number: new.number, io: Io::default(), failures };
            Figures::between(&zero, new, seconds)
        })
    }
}

fn map_round<'a>(map: &'a Map, figures: &impl Fn(&Device) -> Option<Figures>) -> MapRound<'a> {
    let of_paths: Vec<_> = map.paths.iter().map(|path| figures(&path.device)).collect();
    let mut all = Figures::default();
    of_paths.iter().flatten().for_each(|path| all += *path);
    let total = all.ios();
    let mut own = figures(&map.device);
    // Before Linux 6.4 the NVMe driver counted nothing on the map itself.
    if map.device.kernel.starts_with(b"nvme")
        && own.is_none_or(|own| own.ios() == 0.0)
        && total > 0.0
    {
        own = Some(all);
    }
    let own = own.map(|own| Figures { errors: all.errors, timeouts: all.timeouts, ..own });
    let paths = map.paths.iter().zip(of_paths).map(|(path, figures)| PathRound {
        path,
        figures,
        share: figures.filter(|_| total > 0.0).map(|figures| figures.ios() / total),
        mark: None,
    });
    MapRound { map, figures: own, paths: paths.collect() }
}
