//! Reports, one after the other, until the run ends.

use crate::args::Args;
use crate::rates::{Outliers, Round};
use crate::report::Report;
use crate::sample::iostat::Reports;
use crate::selection::Selection;
use crate::watch::{Step, Told, Watch};
use crate::{named, unread};
use std::io::{Read, Write};
use std::path::Path;
use toolkit::finish::Error;
use toolkit::host::Next;
use toolkit::tick::Tick;

/// What the reports of a run are made of.
pub(crate) struct Rounds<'a, M: Write> {
    args: &'a Args,
    selection: Selection,
    watch: Watch,
    told: Told<'a, M>,
    report: &'a mut dyn Report,
    outliers: Outliers,
    /// How many reports are still to be made; nothing if that is up to the user.
    left: Option<u64>,
    /// Whether there ever was a map.
    has_maps: bool,
}

/// The exit status of a run that never saw a map.
const NO_MAPS: u8 = 1;

impl<'a, M: Write> Rounds<'a, M> {
    pub(crate) fn new(
        args: &'a Args,
        selection: Selection,
        watch: Watch,
        told: Told<'a, M>,
        report: &'a mut dyn Report,
    ) -> Self {
        let (outliers, left) = (Outliers::default(), args.course.count);
        Rounds { args, selection, watch, told, report, outliers, left, has_maps: false }
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
        while self.left != Some(0) {
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
        while self.left != Some(0) && !tick.is_stopped().map_err(Error::Wait)? {
            let told = &mut self.told;
            let tell =
                |line, bad| told.tell(format_args!("{}:{line}: {bad}", named(file).display()));
            let Some(figures) = reports.next_report(tell).map_err(unread(file))? else {
                break;
            };
            let Rounds { watch, selection, outliers, .. } = self;
            changes.extend(watch.follow(&mut self.told));
            self.has_maps |= !watch.topology.maps.is_empty();
            let seconds = self.args.course.period().as_secs_f64();
            let mut round = Round::of_text(&watch.topology, wall, seconds, &figures);
            round.changes = std::mem::take(&mut changes);
            finish(self.args, selection, outliers, &mut round);
            self.report.round(&round, out)?;
            out.flush()?;
            self.left = self.left.map(|left| left - 1);
            if self.watch.host.is_saved() {
                self.watch.host.next(&mut tick).map_err(Error::Wait)?;
            }
        }
        Ok(if self.has_maps { 0 } else { NO_MAPS })
    }

    fn since_boot(&mut self, step: &Step, out: &mut impl Write) -> Result<(), Error> {
        let uptime = self.watch.host.uptime()?;
        let mut round = Round::since_boot(&self.watch.topology, &step.new, uptime);
        finish(self.args, &self.selection, &mut self.outliers, &mut round);
        self.report.round(&round, out)?;
        self.left = self.left.map(|left| left - 1);
        Ok(out.flush()?)
    }

    /// The report between the last two samples; none as long as there is no map.
    fn between(&mut self, step: &mut Step, out: &mut impl Write) -> Result<(), Error> {
        self.left = self.left.map(|left| left - 1);
        self.has_maps |= !self.watch.topology.maps.is_empty();
        let Some(old) = step.old.as_ref().filter(|_| self.has_maps) else {
            return Ok(());
        };
        let mut round = Round::between(&self.watch.topology, old, &step.new);
        round.changes = std::mem::take(&mut step.changes);
        finish(self.args, &self.selection, &mut self.outliers, &mut round);
        self.report.round(&round, out)?;
        Ok(out.flush()?)
    }

    /// Whether there is nothing to report on and nothing to wait for; tells what is missing.
    fn gives_up(&mut self) -> bool {
        let topology = &self.watch.topology;
        self.has_maps = !topology.maps.is_empty();
        if !self.has_maps {
            let is_last = self.left == Some(1) || self.watch.is_fixed();
            let ends = is_last || self.watch.host.is_saved();
            let what = if ends { "" } else { "; waiting for one" };
            self.told.tell(format_args!("there is no multipath map here{what}"));
            return is_last;
        }
        let unknown: Vec<_> = self.selection.unknown(topology).collect();
        for name in &unknown {
            let name = String::from_utf8_lossy(name);
            self.told.tell(format_args!(
                "{name}: no map and no path has this name; 'mpathstat -a 1 1' shows those that there are"
            ));
        }
        !unknown.is_empty() && unknown.len() == self.args.devices.len()
    }
}

/// What is left to be done with every report.
fn finish(args: &Args, selection: &Selection, outliers: &mut Outliers, round: &mut Round<'_>) {
    if args.layout.shown.outliers {
        outliers.judge(round);
    }
    selection.apply(round);
}
