//! The topology as it is now, read again only after a change.

use crate::multipathd::{Answer, Multipathd};
use crate::topology::Topology;
use crate::topology::states::StateFiles;
use crate::topology::sysfs::{self, AttributeSet};
use std::io::Write;
use std::rc::Rc;
use toolkit::messages::Messages;
use toolkit::sampling::{DeviceEvents, SystemRoot};

/// The maps and paths of a system, kept up to date with as few system calls as possible.
#[derive(Debug, Default)]
pub struct CurrentTopology {
    topology: Rc<Topology>,
    /// Whether the topology comes from a text, so that it never changes.
    is_fixed: bool,
    events: DeviceEvents,
    attributes: AttributeSet,
    /// The states that are read for each sample, if they are shown.
    states: Option<StateFiles>,
    multipathd: Option<MultipathdSource>,
}

/// Where what only multipathd knows comes from.
#[derive(Debug)]
pub enum MultipathdSource {
    /// The running multipathd.
    Running(Multipathd),
    /// Its answers in a saved system.
    Saved,
}

/// The file with the answer of multipathd in a saved system.
const SAVED_ANSWER: &str = "run/multipathd";

impl CurrentTopology {
    /// A topology that never changes.
    #[must_use]
    pub fn fixed(topology: Topology) -> CurrentTopology {
        let topology = Rc::new(topology);
        CurrentTopology { topology, is_fixed: true, ..CurrentTopology::default() }
    }

    /// The topology in sysfs, which is not read yet. With `has_states`, the states of paths are read
    /// for each sample.
    #[must_use]
    pub fn in_sysfs(
        attributes: AttributeSet,
        has_states: bool,
        multipathd: Option<MultipathdSource>,
    ) -> CurrentTopology {
        let states = has_states.then(StateFiles::default);
        CurrentTopology { attributes, states, multipathd, ..CurrentTopology::default() }
    }

    /// Whether the topology never changes.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.is_fixed
    }

    /// The topology.
    #[must_use]
    pub fn get(&self) -> &Rc<Topology> {
        &self.topology
    }

    /// Adds maps for the namespaces of NVMe subsystems in a text, as far as they are among the names of
    /// devices. Returns whether there are any new ones.
    pub fn add_namespaces<'a>(&mut self, names: impl Iterator<Item = &'a [u8]>) -> bool {
        let Some(topology) = self.topology.with_namespaces(names) else { return false };
        self.topology = Rc::new(topology);
        true
    }

    /// Sets the major number of device mapper, with which a text names the maps.
    pub fn set_map_major(&mut self, major: Option<u64>) {
        if !self.topology.has_map_major(major) {
            Rc::make_mut(&mut self.topology).set_map_major(major);
        }
    }

    /// Reads the topology again if the kernel reported an event. Returns whether it did.
    pub fn refresh(&mut self, root: &mut SystemRoot, messages: &mut Messages<impl Write>) -> bool {
        let is_stale = !self.is_fixed && self.events.have_changed(root);
        if is_stale {
            self.reread(root, messages);
        }
        is_stale
    }

    /// Reads the topology again.
    pub fn reread(&mut self, root: &mut SystemRoot, messages: &mut Messages<impl Write>) {
        let mut problems = Vec::new();
        let mut topology = sysfs::read(root, self.attributes, &mut problems);
        for problem in problems {
            messages.warn_once(problem);
        }
        topology.keep_failed(&self.topology);
        self.topology = Rc::new(topology);
        self.read_accounting(root, messages);
        if let Some(states) = &mut self.states {
            *states = StateFiles::for_topology(&self.topology);
            states.read_suspended(root, Rc::make_mut(&mut self.topology));
        }
    }

    /// Finds and reports the devices that the kernel does not count.
    pub fn read_accounting(&mut self, root: &mut SystemRoot, messages: &mut Messages<impl Write>) {
        let topology = Rc::make_mut(&mut self.topology);
        topology.read_accounting(root);
        for (subject, message) in topology.uncounted() {
            messages.warn_once_about(subject, message);
        }
    }

    /// Updates the states of paths, which change without an event: those in sysfs, unless the
    /// topology `is_new`, and those that multipathd knows.
    pub fn update_states(
        &mut self,
        root: &mut SystemRoot,
        is_new: bool,
        messages: &mut Messages<impl Write>,
    ) {
        if let Some(states) = self.states.as_mut().filter(|_| !is_new) {
            states.read(root, Rc::make_mut(&mut self.topology));
        }
        match &mut self.multipathd {
            Some(MultipathdSource::Running(multipathd)) => {
                let none = Answer::default();
                let answer = multipathd.latest();
                let is_missing = answer.is_none();
                let answer = answer.unwrap_or(&none);
                root.save_file(SAVED_ANSWER, &answer.text);
                Rc::make_mut(&mut self.topology).update(&answer.states);
                // It knows nothing about maps of the NVMe driver.
                let mut maps = self.topology.maps.iter();
                let is_needed = maps.any(|map| map.device.kernel.starts_with(b"dm-"));
                if let Some(failure) = multipathd.failure().filter(|_| is_missing && is_needed) {
                    messages.warn_once(format_args!("{failure}; what it knows is not shown"));
                }
            }
            Some(MultipathdSource::Saved) => {
                if let Ok(text) = root.read(SAVED_ANSWER) {
                    let answer = Answer::parse(text);
                    Rc::make_mut(&mut self.topology).update(&answer.states);
                }
            }
            None => {}
        }
    }
}
