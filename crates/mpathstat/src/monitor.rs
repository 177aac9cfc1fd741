//! What is reported on: the counters of the kernel, or a text of iostat.

use crate::current_topology::CurrentTopology;
use crate::error::Error;
use crate::iostat::{IostatText, TextReport};
use crate::rates::{IntervalRates, View, changes_between, has_figures};
use crate::sample::{CounterReader, Sample, moment, time_problem, uptime_or_zero};
use crate::text_kind;
use crate::topology::{Device, MapMajor, Topology};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use toolkit::escape::{escape_control, escape_path};
use toolkit::messages::Messages;
use toolkit::sampling::{
    self, FirstSample, IntervalCommand, IntervalTimer, NextSample, SystemRoot,
};

/// The maps, and what is shown of them.
#[derive(Debug)]
pub struct MapMonitor {
    /// The maps and paths.
    pub topology: CurrentTopology,
    /// What is shown of the rates.
    pub view: View,
    /// Whether the run goes on without a map until one appears. A text is read to its end instead.
    pub can_wait: bool,
    /// Whether the system is a saved one.
    pub is_saved: bool,
    /// Whether any sample had a map.
    pub has_maps: bool,
}

/// The exit status if there was no map, or none of the devices that were named.
const NO_MAPS: u8 = 1;

/// What makes maps on a system that has none.
const ADVICE: &str = "; start multipathd, or for NVMe boot with nvme_core.multipath=Y";

/// What has the maps of a saved system without sysfs.
const SAVED_ADVICE: &str =
    "; those of a sos report are in sos_commands/multipath: add --topology FILE";

impl MapMonitor {
    /// The topology of a sample.
    fn sampled_topology(&mut self) -> Rc<Topology> {
        let topology = Rc::clone(self.topology.get());
        self.has_maps |= !topology.maps.is_empty();
        topology
    }

    /// Looks at the first topology, and reports what is missing in it.
    fn check_first(
        &self,
        number: impl Fn(&Device) -> Option<(u64, u64)>,
        messages: &mut Messages<impl Write>,
    ) -> FirstSample {
        if !self.has_maps {
            let can_wait = self.can_wait && !self.topology.is_fixed();
            let hint = if can_wait && !self.is_saved { "; waiting for one" } else { "" };
            let advice = match (self.topology.is_fixed(), self.is_saved) {
                (true, _) => "",
                (false, true) => SAVED_ADVICE,
                (false, false) => ADVICE,
            };
            let problem = if self.topology.get().subsystems.is_empty() {
                "there is no multipath map here"
            } else {
                "no namespace of the NVMe subsystems in the topology is here"
            };
            messages.warn(format_args!("{problem}{hint}{advice}"));
            return if can_wait { FirstSample::Report } else { FirstSample::End(NO_MAPS) };
        }
        let (selection, topology) = (&self.view.selection, self.topology.get());
        let unknown = selection.unknown(topology, number);
        for name in &unknown {
            let name = String::from_utf8_lossy(name);
            let hint = "no map or path has this name; 'mpathstat -a 1 1' shows all of them";
            messages.warn_once(format_args!("{name}: {hint}"));
        }
        let has_none = selection.is_all(&unknown);
        if has_none { FirstSample::End(NO_MAPS) } else { FirstSample::Report }
    }

    /// Reports that a text does not tell of which namespaces the access states in it are.
    fn check_access(&self, messages: &mut Messages<impl Write>) {
        if let Some(number) = self.topology.get().unclear_subsystem() {
            let hint = "are of one namespace each, so they are unknown; multipath -ll has them";
            messages.warn_once(format_args!("the access states of nvme-subsys{number} {hint}"));
        }
    }

    /// What is shown of the rates. The namespaces that a text leaves out are found when they have figures,
    /// which is no change.
    fn apply<'a>(&mut self, mut rates: IntervalRates<'a>) -> IntervalRates<'a> {
        if self.topology.is_fixed() {
            rates.changes.clear();
        }
        self.view.apply(rates)
    }

    fn exit_status(&self) -> u8 {
        if self.has_maps { 0 } else { NO_MAPS }
    }
}

/// Reports on the counters of the kernel.
#[derive(Debug)]
pub struct KernelMonitor {
    /// The maps.
    pub maps: MapMonitor,
    /// The counters of their devices.
    pub counters: CounterReader,
    /// The time of the last sample.
    pub last: Option<Duration>,
}

impl KernelMonitor {
    /// Reads the topology again; of one that comes from a text, only which namespaces its NVMe subsystems
    /// have, and which devices the kernel does not count. Returns whether there can be new devices.
    fn reread(
        &mut self,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Result<bool, Error> {
        let topology = &mut self.maps.topology;
        if !topology.is_fixed() {
            topology.reread(root, messages);
            return Ok(true);
        }
        let has_subsystems = !topology.get().subsystems.is_empty();
        let names = if has_subsystems { self.counters.names(root)? } else { Vec::new() };
        let is_new = topology.add_namespaces(names.iter().map(Vec::as_slice));
        if is_new || self.last.is_none() {
            topology.read_accounting(root, messages);
            self.maps.check_access(messages);
        }
        Ok(is_new)
    }
}

impl IntervalCommand for KernelMonitor {
    type Sample = Sample;
    type Rates<'a> = IntervalRates<'a>;
    type Error = Error;

    /// Reads the topology again only if something changed: the number of events that the kernel
    /// reported, or the number of devices in `/proc/diskstats`.
    fn sample(
        &mut self,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Result<Option<Sample>, Error> {
        let is_first = self.last.is_none() && self.maps.topology.is_fixed();
        let mut is_new = if is_first {
            self.reread(root, messages)?
        } else {
            self.maps.topology.refresh(root, messages)
        };
        let (moment, counters) = loop {
            if is_new {
                self.counters.set_topology(self.maps.topology.get());
            }
            let moment = moment(root)?;
            let counters = self.counters.read(root, messages)?;
            if is_new || !counters.differs || !self.reread(root, messages)? {
                break (moment, counters);
            }
            is_new = true;
        };
        self.maps.topology.update_states(root, is_new, messages);
        let last = self.last.replace(moment.monotonic);
        if let Some(problem) = last.and_then(|last| time_problem(last, moment.monotonic)) {
            messages.warn_once(problem);
        }
        let topology = self.maps.sampled_topology();
        Ok(Some(Sample { moment, topology, readings: counters.readings }))
    }

    fn check_first(&mut self, first: &Sample, messages: &mut Messages<impl Write>) -> FirstSample {
        if self.maps.has_maps && first.readings.iter().all(Option::is_none) {
            messages.warn("/proc/diskstats has none of the maps and paths; is it of another host?");
        }
        let number = |device: &Device| first.reading(device).map(|reading| reading.number);
        self.maps.check_first(number, messages)
    }

    fn since_boot<'a>(
        &mut self,
        sample: &'a Sample,
        root: &mut SystemRoot,
    ) -> Result<IntervalRates<'a>, Error> {
        // Without the time since boot, as in a sos report, rates are unknown.
        let uptime = uptime_or_zero(root)?;
        Ok(self.maps.apply(IntervalRates::since_boot(sample, uptime)))
    }

    fn between<'a>(&mut self, old: &'a Sample, new: &'a Sample) -> Option<IntervalRates<'a>> {
        let rates = self.maps.has_maps.then(|| IntervalRates::between(old, new))?;
        Some(self.maps.apply(rates))
    }

    fn exit_status(&self) -> u8 {
        self.maps.exit_status()
    }
}

/// Reports on the figures in a text of iostat, without waiting.
pub struct TextMonitor {
    /// The maps.
    pub maps: MapMonitor,
    /// The text.
    pub text: IostatText<Box<dyn Read>>,
    /// The name of the text in messages.
    pub name: PathBuf,
    /// The time of day of all reports that have none of their own, if known.
    pub wall: Option<SystemTime>,
    /// The length of each interval in seconds, unless the times of the text tell it.
    pub seconds: f64,
    /// How many reports the text had.
    pub report_count: usize,
    /// Whether the first report is left out, as `-y` wants.
    pub omits_first: bool,
    /// Whether a report had any map or path.
    pub has_match: bool,
    /// The major number of the maps in the text.
    pub map_major: MapMajor,
}

/// One report of a text.
#[derive(Debug)]
pub struct TextSample {
    topology: Rc<Topology>,
    report: TextReport,
}

/// How many devices of a text are named in a message.
const NAMED_MAX: usize = 5;

impl TextMonitor {
    fn rates<'a>(&mut self, sample: &'a TextSample, seconds: f64) -> IntervalRates<'a> {
        let TextSample { topology, report } = sample;
        let wall = report.wall.or(self.wall);
        IntervalRates::from_figures(topology, wall, seconds, &report.figures)
    }

    /// Takes the end of the text, before which there may be nothing to show.
    fn end(&self, messages: &mut Messages<impl Write>) -> Option<TextSample> {
        if self.has_only_first() {
            let name = escape_path(&self.name);
            let hint = "there is only one report in it, which -y leaves out";
            messages.warn_once(format_args!("{name}: {hint}"));
        }
        None
    }

    /// Whether the only report so far is left out.
    fn has_only_first(&self) -> bool {
        self.omits_first && self.report_count == 1
    }

    /// Finds the major number of the maps, with which `sar -d` names them.
    fn find_map_major(&mut self, report: &TextReport, messages: &mut Messages<impl Write>) {
        let names = report.figures.keys().map(Vec::as_slice);
        self.map_major.add(self.maps.topology.get(), names);
        let candidates = self.map_major.candidates();
        if let [_, _, ..] = candidates[..] {
            let name = escape_path(&self.name);
            let majors: Vec<_> = candidates.iter().map(|major| format!("dev{major}-*")).collect();
            let majors = majors.join(" or ");
            let hint = "so their figures are unknown; use sar -dp, which prints names";
            messages.warn_once(format_args!("{name}: the maps may be {majors}, {hint}"));
        }
        let major = if let [major] = candidates[..] { Some(major) } else { None };
        self.maps.topology.set_map_major(major);
    }

    /// Reports that none of the maps and paths is in a report, once. After a report that has one, others
    /// may be empty.
    fn check_match(&mut self, report: &TextReport, messages: &mut Messages<impl Write>) {
        let topology = self.maps.topology.get();
        if self.has_match || topology.maps.is_empty() && topology.subsystems.is_empty() {
            return;
        }
        let name = escape_path(&self.name);
        if report.figures.is_empty() {
            let hint =
                "a report of this text has no device; iostat -z leaves out those without I/O";
            return messages.warn_once(format_args!("{name}: {hint}"));
        }
        self.has_match = has_figures(topology, &report.figures);
        if self.has_match {
            return;
        }
        let mut names: Vec<_> = report.figures.keys().map(|name| escape_control(name)).collect();
        names.sort_unstable();
        let more = if names.len() > NAMED_MAX { ", ..." } else { "" };
        names.truncate(NAMED_MAX);
        let names = names.join(", ");
        let hint = "no map or path is in this text, which has";
        messages.warn_once(format_args!("{name}: {hint} {names}{more}; is it of another host?"));
    }
}

/// The length of the interval that ends with a report, if its times are known.
fn seconds_from(begin: Option<SystemTime>, report: &TextReport) -> Option<f64> {
    let elapsed = report.wall?.duration_since(begin?).ok()?;
    Some(elapsed.as_secs_f64()).filter(|seconds| *seconds > 0.0)
}

impl IntervalCommand for TextMonitor {
    type Sample = TextSample;
    type Rates<'a> = IntervalRates<'a>;
    type Error = Error;

    fn sample(
        &mut self,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Result<Option<TextSample>, Error> {
        let name = self.name.display();
        let on_damage = |line, bad| messages.warn_once(format_args!("{name}:{line}: {bad}"));
        let report = self.text.next_report(on_damage);
        let report =
            report.map_err(|cause| sampling::Error::Read { path: self.name.clone(), cause })?;
        let is_new = self.maps.topology.refresh(root, messages);
        self.maps.topology.update_states(root, is_new, messages);
        let Some(report) = report else {
            let expected = "the output of iostat -x or sar -d";
            let found = text_kind::describe(self.text.head());
            let error = Error::Kind { path: self.name.clone(), expected, found };
            return if self.report_count == 0 { Err(error) } else { Ok(self.end(messages)) };
        };
        self.report_count += 1;
        self.maps.topology.add_namespaces(report.figures.keys().map(Vec::as_slice));
        self.maps.check_access(messages);
        self.find_map_major(&report, messages);
        self.check_match(&report, messages);
        let topology = self.maps.sampled_topology();
        Ok(Some(TextSample { topology, report }))
    }

    fn check_first(&mut self, _: &TextSample, messages: &mut Messages<impl Write>) -> FirstSample {
        self.maps.check_first(|_| None, messages)
    }

    /// The rates of the first report of the text, which may be since boot or of an interval whose
    /// beginning is not in the text. sar has no report since boot, and its header has the beginning.
    fn since_boot<'a>(
        &mut self,
        sample: &'a TextSample,
        _: &mut SystemRoot,
    ) -> Result<IntervalRates<'a>, Error> {
        let seconds = seconds_from(sample.report.begin, &sample.report);
        let rates = self.rates(sample, seconds.unwrap_or(self.seconds));
        let rates = IntervalRates { is_since_boot: seconds.is_none(), ..rates };
        let seconds = seconds.unwrap_or(f64::NAN);
        Ok(IntervalRates { seconds, ..self.maps.apply(rates) })
    }

    fn between<'a>(
        &mut self,
        old: &'a TextSample,
        new: &'a TextSample,
    ) -> Option<IntervalRates<'a>> {
        let changes = changes_between(&old.topology, &new.topology);
        let seconds = seconds_from(new.report.begin.or(old.report.wall), &new.report);
        let rates = IntervalRates { changes, ..self.rates(new, seconds.unwrap_or(self.seconds)) };
        self.maps.has_maps.then(|| self.maps.apply(rates))
    }

    /// The text determines when the next sample is due. The topology is that of the next tree of a
    /// saved system, or of the last one.
    fn wait(
        &mut self,
        root: &mut SystemRoot,
        timer: &mut IntervalTimer,
    ) -> Result<NextSample, sampling::Error> {
        root.next_tree();
        Ok(if timer.is_stopped()? { NextSample::Stopped } else { NextSample::Due })
    }

    fn exit_status(&self) -> u8 {
        let has_shown = self.has_match && !self.has_only_first();
        if has_shown { self.maps.exit_status() } else { NO_MAPS }
    }
}
