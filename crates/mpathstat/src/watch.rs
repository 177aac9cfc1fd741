//! One machine watched: topology and counters of one sample after the other.

use crate::args::Args;
use crate::daemon::{self, Daemon};
use crate::rates::By;
use crate::sample::{Sample, Sampler};
use crate::topology::{Change, States, Topology, changes, sysfs};
use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use sysparse::ParseError;
use toolkit::host::{Error, Host, Uevents};
use toolkit::look::Format;
use toolkit::messages::Messages;

/// A machine's maps and what they have done, kept up to date with as few system calls as that takes.
pub struct Watch {
    /// The machine.
    pub host: Host,
    /// Its maps and paths.
    pub topology: Topology,
    /// Whether the topology comes from a text, and stays.
    is_fixed: bool,
    uevents: Uevents,
    sampler: Sampler,
    wanted: sysfs::Wanted,
    /// What `-x` reads for each report.
    extended: Option<States>,
    daemon: Option<Daemon>,
    has_begun: bool,
}

/// A sample, the one before under the same topology, and what changed between them.
#[derive(Debug)]
pub struct Step {
    /// The sample before, if there was one.
    pub old: Option<Sample>,
    /// This sample.
    pub new: Sample,
    /// What changed.
    pub changes: Vec<Change>,
}

impl Watch {
    /// Watches `host`, whose topology is `fixed` if that is given.
    #[must_use]
    pub fn new(args: &Args, host: Host, fixed: Option<Topology>) -> Watch {
        let (shown, by) = (args.layout.shown, args.layout.by);
        let programs = args.layout.look.format != Format::Text;
        let access = shown.extended || shown.outliers || by == Some(By::Group);
        let ports = programs || matches!(by, Some(By::Host | By::Target));
        // Without multipathd, or without a thread to ask it, its columns stay empty.
        let asks = shown.extended && fixed.is_none() && !host.is_saved();
        let daemon = asks.then(|| Daemon::start(daemon::SOCKET).ok()).flatten();
        let mut watch = Watch {
            host,
            is_fixed: fixed.is_some(),
            topology: fixed.unwrap_or_default(),
            uevents: Uevents::default(),
            sampler: Sampler::default(),
            wanted: sysfs::Wanted { access, ports },
            extended: shown.extended.then(States::default),
            daemon,
            has_begun: false,
        };
        watch.sampler.follow(&watch.topology, shown.extended);
        watch
    }

    /// Takes the next sample, `old` being the one before. The topology is read again only if
    /// something changed: by the kernel's own count of events, or by the devices it has.
    ///
    /// # Errors
    /// The counters or the time cannot be read.
    pub fn step(
        &mut self,
        old: Option<Sample>,
        told: &mut Told<'_, impl Write>,
    ) -> Result<Step, Error> {
        let (mut old, mut changes) = (old, Vec::new());
        let mut is_stale = self.is_stale();
        loop {
            if is_stale {
                changes.extend(self.reread(&mut old, told));
            }
            let path = self.host.path("proc/diskstats");
            let tell = |line, bad| told.tell_of_line(&path, line, bad);
            let sampled = self.sampler.sample(&mut self.host, tell)?;
            if self.is_fixed || is_stale || !sampled.differs {
                if !is_stale && !self.is_fixed {
                    changes.extend(self.reread_states());
                }
                self.ask();
                return Ok(Step { old, new: sampled.sample, changes });
            }
            is_stale = true;
        }
    }

    /// Brings the topology up to date, for figures that come from elsewhere.
    pub fn follow(&mut self, told: &mut Told<'_, impl Write>) -> Vec<Change> {
        let changes =
            if self.is_stale() { self.reread(&mut None, told) } else { self.reread_states() };
        self.ask();
        changes
    }

    /// Whether the topology comes from a text, and stays.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.is_fixed
    }

    fn is_stale(&mut self) -> bool {
        !self.is_fixed && self.uevents.changed(&mut self.host)
    }

    /// Reads the topology again, and brings `old` under it.
    fn reread(&mut self, old: &mut Option<Sample>, told: &mut Told<'_, impl Write>) -> Vec<Change> {
        let mut problems = Vec::new();
        let new = sysfs::read(&mut self.host, self.wanted, &mut problems);
        for problem in problems {
            told.warn(problem);
        }
        *old = old.take().map(|old| old.under(&self.topology, &new));
        let changes = if self.has_begun { changes(&self.topology, &new) } else { Vec::new() };
        self.has_begun = true;
        self.sampler.follow(&new, self.extended.is_some());
        self.extended = self.extended.take().map(|_| States::of(&new));
        self.topology = new;
        changes
    }

    fn reread_states(&mut self) -> Vec<Change> {
        let Watch { extended, host, topology, .. } = self;
        extended.as_mut().map(|states| states.read(host, topology)).unwrap_or_default()
    }

    /// Takes over what multipathd has said by now.
    fn ask(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            let nothing = HashMap::new();
            self.topology.learn(daemon.latest().unwrap_or(&nothing));
        }
    }
}

/// Messages that are told once each: what is wrong stays so for many reports.
pub struct Told<'a, W: Write> {
    messages: &'a mut Messages<W>,
    told: HashSet<String>,
}

/// How many messages are told; there may be one for each of many thousand lines.
const TOLD_MAX: usize = 100;

impl<'a, W: Write> Told<'a, W> {
    /// Messages through `messages`.
    pub fn new(messages: &'a mut Messages<W>) -> Told<'a, W> {
        Told { messages, told: HashSet::new() }
    }

    /// Tells what is wrong with a line of a file.
    pub fn tell_of_line(&mut self, file: &Path, line: usize, bad: ParseError) {
        self.warn(format_args!("{}:{line}: {bad}", file.display()));
    }

    /// Tells a message unless it was told before.
    pub fn warn(&mut self, message: impl Display) {
        let text = message.to_string();
        if self.told.len() >= TOLD_MAX || self.told.contains(&text) {
            return;
        }
        self.messages.warn(&text);
        self.told.insert(text);
        if self.told.len() == TOLD_MAX {
            self.messages.warn("further messages are not shown");
        }
    }
}
