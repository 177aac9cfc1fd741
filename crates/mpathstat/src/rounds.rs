//! Reports, one after the other, until the run ends.

use crate::args::Args;
use crate::error::Error;
use crate::rates::{Outliers, Round};
use crate::report::Report;
use crate::sample::iostat::Reports;
use crate::selection::Selection;
use crate::watch::{Step, Told, Watch};
use crate::{named, unread};
use std::io::{Read, Write};
use std::path::Path;
use toolkit::host::Next;
use toolkit::tick::Tick;

/// What the reports of a run are made of.
pub(crate) struct Rounds<'a, M: Write> {
    args: &'a Args,
    watch: Watch,
    told: Told<'a, M>,
    output: Output<'a>,
    /// Whether there ever was a map.
    has_maps: bool,
}

/// What becomes of a round.
struct Output<'a> {
    outliers: Option<Outliers>,
    selection: Selection,
    report: &'a mut dyn Report,
    /// How many reports are still to be made; nothing if that is up to the user.
    left: Option<u64>,
}

impl Output<'_> {
    /// Prints a round.
    fn put(&mut self, mut round: Round<'_>, out: &mut impl Write) -> Result<(), Error> {
        if let Some(outliers) = &mut self.outliers {
            outliers.judge(&mut round);
        }
        self.selection.apply(&mut round);
        self.report.round(&round, out)?;
        self.count();
        Ok(out.flush()?)
    }

    /// A report was made, or could have been if there were a map.
    fn count(&mut self) {
        self.left = self.left.map(|left| left - 1);
    }
}

/// The exit status of a run that never saw a map.
const NO_MAPS: u8 = 1;

impl<'a, M: Write> Rounds<'a, M> {
    pub(crate) fn new(
        args: &'a Args,
        watch: Watch,
        told: Told<'a, M>,
        report: &'a mut dyn Report,
    ) -> Self {
        let outliers = args.layout.shown.outliers.then(Outliers::default);
        let selection = Selection::new(&args.devices);
        let output = Output { outliers, selection, report, left: args.course.count };
        Rounds { args, watch, told, output, has_maps: false }
    }

    /// Reports on the kernel's own counters; gives the exit status.
    pub(crate) fn of_kernel(&mut self, out: &mut impl Write) -> Result<u8, Error> {
        let mut tick = Tick::start(self.args.course.period()).map_err(Error::Wait)?;
        let mut step = self.watch.step(None, &mut self.told)?;
        if self.gives_up() {
            return Ok(NO_MAPS);
        }
        let mut reported = self.args.course.since_boot;
        if reported {
            self.since_boot(&step, out)?;
        }
        while self.output.left != Some(0) {
            match self.watch.host.next(&mut tick).map_err(Error::Wait)? {
                Next::Sample => {}
                Next::Stopped => return Ok(0),
                Next::End => {
                    if !reported {
                        self.since_boot(&step, out)?;
                    }
                    break;
                }
            }
            step = self.watch.step(Some(step.new), &mut self.told)?;
            self.between(&mut step, out)?;
            reported = true;
        }
        Ok(if self.has_maps { 0 } else { NO_MAPS })
    }

    /// Reports on the figures of a text of `iostat -x`; gives the exit status.
    pub(crate) fn of_text(
        &mut self,
        file: &Path,
        text: impl Read,
        out: &mut impl Write,
    ) -> Result<u8, Error> {
        let mut tick = Tick::start(self.args.course.period()).map_err(Error::Wait)?;
        let mut reports = Reports::new(text);
        let mut changes = self.watch.follow(&mut self.told);
        if self.gives_up() {
            return Ok(NO_MAPS);
        }
        let wall = match self.args.input.topology {
            Some(_) => None,
            None => Some(self.watch.host.moment()?.wall),
        };
        while self.output.left != Some(0) && !tick.is_stopped().map_err(Error::Wait)? {
            let told = &mut self.told;
            let tell = |line, bad| told.tell_of_line(named(file), line, bad);
            let Some(figures) = reports.next_report(tell).map_err(unread(file))? else {
                break;
            };
            changes.extend(self.watch.follow(&mut self.told));
            self.has_maps |= !self.watch.topology.maps.is_empty();
            let seconds = self.args.course.period().as_secs_f64();
            let round = Round::of_text(&self.watch.topology, wall, seconds, &figures);
            self.output.put(Round { changes: std::mem::take(&mut changes), ..round }, out)?;
            if self.watch.host.is_saved() {
                self.watch.host.next(&mut tick).map_err(Error::Wait)?;
            }
        }
        Ok(if self.has_maps { 0 } else { NO_MAPS })
    }

    fn since_boot(&mut self, step: &Step, out: &mut impl Write) -> Result<(), Error> {
        let uptime = self.watch.host.uptime()?;
        self.output.put(Round::since_boot(&self.watch.topology, &step.new, uptime), out)
    }

    /// The report between the last two samples; none as long as there is no map.
    fn between(&mut self, step: &mut Step, out: &mut impl Write) -> Result<(), Error> {
        self.has_maps |= !self.watch.topology.maps.is_empty();
        let Some(old) = step.old.as_ref().filter(|_| self.has_maps) else {
            self.output.count();
            return Ok(());
        };
        let round = Round::between(&self.watch.topology, old, &step.new);
        self.output.put(Round { changes: std::mem::take(&mut step.changes), ..round }, out)
    }

    /// Whether there is nothing to report on and nothing to wait for; tells what is missing.
    fn gives_up(&mut self) -> bool {
        let topology = &self.watch.topology;
        self.has_maps = !topology.maps.is_empty();
        if !self.has_maps {
            let is_last = self.output.left == Some(1) || self.watch.is_fixed();
            let ends = is_last || self.watch.host.is_saved();
            let what = if ends { "" } else { "; waiting for one" };
            self.told.warn(format_args!("there is no multipath map here{what}"));
            return is_last;
        }
        let unknown: Vec<_> = self.output.selection.unknown(topology).collect();
        for name in &unknown {
            let name = String::from_utf8_lossy(name);
            self.told.warn(format_args!(
                "{name}: no map and no path has this name; 'mpathstat -a 1 1' shows those that there are"
            ));
        }
        !unknown.is_empty() && unknown.len() == self.args.devices.len()
    }
}
