//! Rates: what each map and path did between two samples.
//!
//! ```
//! use mpathstat::rates::{Figures, IntervalRates};
//! use mpathstat::topology::text;
//!
//! let text = "mpatha (36001) dm-0 A,B\nsize=1G wp=rw\n`-+- policy='x' prio=50 status=active\n  \
//!             `- 0:0:0:0 sda 8:0 active ready running\n";
//! let topology = text::read(text.as_bytes(), |_, _| ())?;
//! let figures = Figures { seconds: 2.0, reads: 10.0, ..Figures::default() };
//! let rates = IntervalRates::new(&topology, None, 2.0, |_| Some(figures.clone()));
//! let path = &rates.maps[0].paths[0];
//! assert_eq!(path.figures.as_ref().and_then(Figures::reads_per_s), Some(5.0));
//! assert_eq!(path.share_percent, Some(100.0));
//! # Ok::<(), std::io::Error>(())
//! ```

mod bypass;
mod figures;
mod mark;
mod marker;
mod matched;
mod outliers;
mod printed;
mod selection;
mod stuck;
mod sum_outliers;
mod sums;
#[cfg(test)]
mod tests;
mod view;

pub use figures::{Figures, Requests};
pub use mark::Mark;
pub use marker::Marker;
pub use printed::Printed;
pub use selection::Selection;
pub use sums::{By, Sum};
pub use view::{SortKey, View};

use crate::sample::{Reading, Sample};
use crate::topology::{Change, Device, Map, Path, Topology, changes, name_in_diskstats};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

/// Figures by device: by its kernel name, or by the name of a map.
pub type FiguresByName = HashMap<Vec<u8>, Figures>;

/// What each map and path did in an interval.
#[derive(Debug)]
pub struct IntervalRates<'a> {
    /// The time of day at the end; `None` if the figures come from a text.
    pub wall: Option<SystemTime>,
    /// The length of the interval in seconds; not a number if it is unknown.
    pub seconds: f64,
    /// Whether the interval begins at boot.
    pub is_since_boot: bool,
    /// What changed in the topology.
    pub changes: Vec<Change>,
    /// The maps, in the order of the topology.
    pub maps: Vec<MapRates<'a>>,
    /// The sums of paths that are shown instead of the maps.
    pub sums: Option<Vec<Sum<'a>>>,
}

/// What a map did.
#[derive(Debug)]
pub struct MapRates<'a> {
    /// The map.
    pub map: &'a Map,
    /// What it did; `None` if that is unknown.
    pub figures: Option<Figures>,
    /// Its counters, unless the figures come from a text or the kernel does not count it.
    pub reading: Option<&'a Reading>,
    /// Its major and minor number, if known from the counters.
    pub number: Option<(u64, u64)>,
    /// Whether it did nothing, as far as is known, and nothing is in flight.
    pub is_idle: bool,
    /// What is wrong with the map as a whole.
    pub marks: Vec<Mark>,
    /// Its paths, in their order.
    pub paths: Vec<PathRates<'a>>,
}

/// What a path did.
#[derive(Debug)]
pub struct PathRates<'a> {
    /// The path.
    pub path: &'a Path,
    /// What it did; `None` if that is unknown.
    pub figures: Option<Figures>,
    /// Its counters, unless the figures come from a text.
    pub reading: Option<&'a Reading>,
    /// Its percentage of the reads and writes of all paths of the map; `None` if there were none, or if
    /// those of a path are unknown.
    pub share_percent: Option<f64>,
    /// What is wrong with it.
    pub marks: Vec<Mark>,
}

impl<'a> IntervalRates<'a> {
    /// The rates of the devices of a topology, each with its `figures`.
    pub fn new(
        topology: &'a Topology,
        wall: Option<SystemTime>,
        seconds: f64,
        figures: impl Fn(&Device) -> Option<Figures>,
    ) -> IntervalRates<'a> {
        let maps = topology.maps.iter().map(|map| MapRates::new(map, &figures)).collect();
        let changes = Vec::new();
        IntervalRates { wall, seconds, is_since_boot: false, changes, maps, sums: None }
    }

    /// The rates between two samples, and the changes from one to the other.
    #[must_use]
    pub fn between(old: &Sample, new: &'a Sample) -> IntervalRates<'a> {
        let elapsed = new.moment.monotonic.saturating_sub(old.moment.monotonic);
        let seconds = elapsed.as_secs_f64();
        let (before, topology) = (&old.topology, &new.topology);
        let has_same_slots = Rc::ptr_eq(&before.names, &topology.names);
        let moved = (!has_same_slots).then(|| old.readings_for(topology));
        let old_readings = moved.as_ref().unwrap_or(&old.readings);
        let rates = IntervalRates::new(topology, new.moment.wall, seconds, |device| {
            let reading = old_readings.get(device.slot)?.as_ref()?;
            Figures::between(reading, new.reading(device)?, seconds)
        });
        let mut rates = IntervalRates { changes: changes_between(before, topology), ..rates };
        rates.set_readings(new);
        rates
    }

    /// Sets the counters of maps and paths.
    fn set_readings(&mut self, sample: &'a Sample) {
        for map in &mut self.maps {
            for path in &mut map.paths {
                let device = &path.path.device;
                path.reading = sample.reading(device).filter(|_| !device.is_uncounted);
            }
            let reading = sample.reading(&map.map.device);
            map.number = reading.map(|reading| reading.number);
            map.reading = reading.filter(|reading| !map.is_uncounted(reading));
        }
    }

    /// The rates from boot to a sample, `uptime` later.
    #[must_use]
    pub fn since_boot(sample: &'a Sample, uptime: Duration) -> IntervalRates<'a> {
        let seconds = uptime.as_secs_f64();
        let mut rates =
            IntervalRates::new(&sample.topology, sample.moment.wall, seconds, |device| {
                // What was counted until somebody turned it off says nothing about the time since.
                let reading = sample.reading(device).filter(|_| !device.is_uncounted)?;
                Figures::between(&reading.before(), reading, seconds)
            });
        rates.is_since_boot = true;
        rates.set_readings(sample);
        // What the paths did before they belonged to the map is no activity of the map.
        for map in &mut rates.maps {
            map.is_idle = map.does_nothing();
        }
        rates
    }

    /// The rates that a text of iostat contains. `iostat -z` leaves out idle devices, so a map
    /// counts as idle if neither the map nor any of its paths is in the text.
    #[must_use]
    pub fn from_figures(
        topology: &'a Topology,
        wall: Option<SystemTime>,
        seconds: f64,
        figures: &FiguresByName,
    ) -> IntervalRates<'a> {
        let by_name = |device: &Device| named_figures(figures, device).cloned();
        let mut rates = IntervalRates::new(topology, wall, seconds, by_name);
        for map in &mut rates.maps {
            if map.figures.is_none() {
                map.figures = map_figures(figures, map.map).cloned();
                map.set_shares();
            }
            let is_left_out = || map.paths.iter().all(|path| path.figures.is_none());
            map.is_idle = if map.figures.is_some() {
                map.is_inactive()
            } else {
                !map.map.is_suspended && is_left_out()
            };
        }
        rates
    }
}

/// The figures of a device in a text. `sar -d` without `-p` names it `dev8-16` by its number.
fn named_figures<'f>(figures: &'f FiguresByName, device: &Device) -> Option<&'f Figures> {
    figures.get(&name_in_diskstats(&device.kernel)).or_else(|| {
        let (major, minor) = device.number?;
        figures.get(format!("dev{major}-{minor}").as_bytes())
    })
}

/// The figures of a map by its name, or by a link in `/dev/disk/by-id`, as `iostat -j ID` prints it.
fn map_figures<'f>(figures: &'f FiguresByName, map: &Map) -> Option<&'f Figures> {
    let linked = |prefix: &[u8], name: &[u8]| figures.get(&[prefix, name].concat());
    let by_name = figures.get(&map.name).or_else(|| linked(b"dm-name-", &map.name));
    by_name.or_else(|| linked(b"dm-uuid-mpath-", &map.wwid))
}

/// Whether a text has figures of any map or path.
#[must_use]
pub fn has_figures(topology: &Topology, figures: &FiguresByName) -> bool {
    topology.devices().any(|device| named_figures(figures, device).is_some())
        || topology.maps.iter().any(|map| map_figures(figures, map).is_some())
}

/// The changes from one topology to the next, which is often the same one.
#[must_use]
pub fn changes_between(old: &Rc<Topology>, new: &Rc<Topology>) -> Vec<Change> {
    if Rc::ptr_eq(old, new) { Vec::new() } else { changes(old, new) }
}

impl<'a> MapRates<'a> {
    fn new(map: &'a Map, figures: &impl Fn(&Device) -> Option<Figures>) -> MapRates<'a> {
        // A device that counts nevertheless may do so again since the topology was read.
        let counted = |device: &Device| {
            figures(device).filter(|figures| !device.is_uncounted || figures.is_active())
        };
        let of_paths: Vec<_> = map.paths.iter().map(|path| counted(&path.device)).collect();
        let mut sum = Figures::default();
        of_paths.iter().flatten().for_each(|path| sum += path);
        let Figures { errors, timeouts, retries, failovers, .. } = sum;
        let own =
            counted(&map.device).map(|own| Figures { errors, timeouts, retries, failovers, ..own });
        let mut known = map.paths.iter().zip(&of_paths);
        let is_whole = known.all(|(path, figures)| figures.is_some() || path.is_removed());
        let is_any_known = of_paths.iter().any(Option::is_some);
        let paths = map.paths.iter().zip(of_paths).map(|(path, figures)| PathRates {
            path,
            share_percent: None,
            figures,
            reading: None,
            marks: Vec::new(),
        });
        let paths = paths.collect();
        // Before Linux 6.4, the NVMe driver counted nothing on the map itself. A text of iostat that leaves
        // out the map leaves out idle paths, too.
        let leaves_out_idle = own.is_none();
        let is_unused = map.is_nvme() && own.as_ref().is_none_or(|own| own.ios() == 0.0);
        let figures = match own {
            None if map.device.is_uncounted => Some(sum).filter(|_| is_whole && is_any_known),
            _ if is_unused && sum.is_active() => Some(sum).filter(|_| is_whole || leaves_out_idle),
            own => own,
        };
        let (marks, reading, number) = (Vec::new(), None, None);
        let mut rates = MapRates { map, figures, reading, number, is_idle: false, marks, paths };
        rates.set_shares();
        rates.is_idle = rates.is_inactive();
        rates
    }

    /// Sets the shares of the paths, if the I/O of all of them is known: that of unknown ones is none if the
    /// others account for all I/O of the map.
    fn set_shares(&mut self) {
        let total: f64 =
            self.paths.iter().filter_map(|path| path.figures.as_ref()).map(Figures::ios).sum();
        let own = self.figures.as_ref().map_or(0.0, Figures::ios);
        let is_all = own > 0.0 && total >= own * (1.0 - bypass::EXCESS);
        let mut paths = self.paths.iter();
        let is_known = is_all || paths.all(|it| it.figures.is_some() || it.path.is_removed());
        for path in &mut self.paths {
            let ios = path.figures.as_ref().map(Figures::ios);
            let share = ios.filter(|_| is_known && total > 0.0).map(|ios| ios / total * 100.0);
            path.share_percent = share;
        }
    }

    /// Whether the kernel does not count the map itself. The NVMe driver does not if it counted nothing
    /// since boot, but a path did.
    fn is_uncounted(&self, reading: &Reading) -> bool {
        if self.map.device.is_uncounted {
            return true;
        }
        let mut paths = self.paths.iter().filter_map(|path| path.reading);
        self.map.is_nvme() && reading.is_unused() && !paths.all(Reading::is_unused)
    }

    /// Whether the map does nothing, and no path did I/O of its own.
    fn is_inactive(&self) -> bool {
        self.does_nothing() && !bypass::has_excess(self)
    }

    /// Whether the map completed nothing, was not busy, and nothing is in flight, on no path either. A
    /// map of which nothing is known may do something, and one that is suspended holds back what it was
    /// asked to do.
    fn does_nothing(&self) -> bool {
        let is_waiting = |figures: &Figures| figures.in_flight.is_some_and(|count| count > 0.0);
        let mut paths = self.paths.iter().filter_map(|path| path.figures.as_ref());
        !self.map.is_suspended
            && self.figures.as_ref().is_some_and(|own| !own.is_active())
            && !paths.any(is_waiting)
    }
}
