//! Metrics in the text format of Prometheus: the counters of maps and paths, and which paths are
//! usable.

use crate::counters::COUNTERS;
use crate::rates::{IntervalRates, MapRates, PathRates};
use crate::sample::Reading;
use std::io::{self, Write};
use toolkit::records::{Metric, MetricKind, Value};
use toolkit::sampling::Report;

pub(super) struct Metrics;

/// A device, its labels and its counters.
struct Device<'a> {
    labels: Vec<(&'static str, &'a [u8])>,
    reading: Option<&'a Reading>,
}

/// What a metric is called, and what it says.
type Name = (&'static str, &'static str);

const MAPS: Name = ("mpathstat_maps", "Multipath maps.");
const MAP_PATHS: Name = ("mpathstat_map_paths", "Paths of the map.");
const USABLE_PATHS: Name =
    ("mpathstat_map_usable_paths", "Paths of the map that can carry I/O now.");
const USABLE: Name = ("mpathstat_path_usable", "Whether the path can carry I/O now.");
const INFO: Name = (
    "mpathstat_path_info",
    "States of the path: of the device, of access (ALUA or ANA), and of multipathd.",
);

fn map_labels<'a>(map: &MapRates<'a>) -> Vec<(&'static str, &'a [u8])> {
    vec![("map", &map.map.name), ("wwid", &map.map.wwid)]
}

fn path_labels<'a>(map: &MapRates<'a>, path: &PathRates<'a>) -> Vec<(&'static str, &'a [u8])> {
    let endpoints = &path.path.endpoints;
    let mut labels = map_labels(map);
    labels.push(("path", &path.path.device.kernel));
    labels.extend([("host", &endpoints.host[..]), ("target", &endpoints.target)]);
    labels
}

/// The paths of a map, except for those that have no name left: their series would be the same.
fn named_paths<'m, 'a>(map: &'m MapRates<'a>) -> impl Iterator<Item = &'m PathRates<'a>> {
    map.paths.iter().filter(|path| !path.path.device.kernel.is_empty())
}

/// Writes a gauge with a value for each item.
fn gauge<'a>(
    (name, help): Name,
    samples: impl Iterator<Item = (Vec<(&'static str, &'a [u8])>, usize)>,
    mut out: &mut dyn Write,
) -> io::Result<()> {
    let samples: Vec<_> = samples.collect();
    let values = samples.iter().map(|(labels, value)| (&labels[..], Value::Number(*value as u64)));
    Metric { name, help, kind: MetricKind::Gauge }.write(values, &mut out)
}

/// Writes the counters of maps or paths, as `kind` says.
fn counters(kind: &str, devices: &[Device<'_>], mut out: &mut dyn Write) -> io::Result<()> {
    for counter in &COUNTERS {
        let name = format!("mpathstat_{kind}_{}", counter.metric);
        let metric = Metric { name: &name, help: counter.help, kind: MetricKind::Counter };
        let samples = devices.iter();
        let samples = samples.map(|it| (&it.labels[..], counter.in_base_unit(it.reading)));
        metric.write(samples, &mut out)?;
    }
    let name = format!("mpathstat_{kind}_requests_in_flight");
    let metric = Metric { name: &name, help: "Requests in flight.", kind: MetricKind::Gauge };
    let in_flight = |device: &Device<'_>| {
        let count = device.reading.and_then(Reading::in_flight);
        count.map_or(Value::Null, Value::Number)
    };
    metric.write(devices.iter().map(|it| (&it.labels[..], in_flight(it))), &mut out)
}

impl Report<IntervalRates<'_>> for Metrics {
    fn interval(&mut self, rates: &IntervalRates<'_>, out: &mut dyn Write) -> io::Result<()> {
        let maps = &rates.maps;
        let paths = || maps.iter().flat_map(|map| named_paths(map).map(move |path| (map, path)));
        gauge(MAPS, std::iter::once((Vec::new(), maps.len())), out)?;
        gauge(MAP_PATHS, maps.iter().map(|map| (map_labels(map), map.map.paths.len())), out)?;
        gauge(USABLE_PATHS, maps.iter().map(|map| (map_labels(map), map.map.usable())), out)?;
        let usable =
            paths().map(|(map, path)| (path_labels(map, path), usize::from(path.path.is_usable())));
        gauge(USABLE, usable, out)?;
        let info = paths().map(|(map, path)| {
            let mut labels = path_labels(map, path);
            labels.push(("state", &path.path.state));
            labels.push(("access", &path.path.access));
            labels.push(("multipathd", &path.path.multipathd.states));
            (labels, 1)
        });
        gauge(INFO, info, out)?;
        let devices: Vec<_> = maps
            .iter()
            .map(|map| Device { labels: map_labels(map), reading: map.reading })
            .collect();
        counters("map", &devices, out)?;
        let devices: Vec<_> = paths()
            .map(|(map, path)| Device { labels: path_labels(map, path), reading: path.reading })
            .collect();
        counters("path", &devices, out)
    }
}
