//! The tape drives of a system, whose counters are read with one system call each.
//!
//! A drive is a folder `/sys/class/scsi_tape/stN` with a folder `stats`. The folders `st0a`, `st0l`,
//! `st0m` and `nst0` are other modes of the drive `st0`.

mod drive;

use crate::names::{Aliases, CLASS, DriveNames, Identity, Namer, Naming, read_aliases};
use crate::other_drives::{OtherDrives, named};
use crate::sample::Reading;
use crate::selection::DriveSelection;
use drive::Drive;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;
use toolkit::messages::Messages;
use toolkit::sampling::{DeviceEvents, SystemRoot};

/// The selected drives and their open files.
pub struct Drives {
    /// The drives, by number.
    known: Vec<Drive>,
    selection: DriveSelection,
    naming: Option<Naming>,
    others: OtherDrives,
    /// The kernel names of all drives with statistics, also of those that are not selected.
    with_statistics: Vec<String>,
    events: DeviceEvents,
    listing: DriveListing,
    /// Whether added and removed drives are reported.
    reports_changes: bool,
    needs: Needs,
    incarnations: u64,
}

/// What is read besides the counters, because it is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Needs {
    /// The requests in flight.
    pub in_flight: bool,
    /// The commands that the SCSI device completed.
    pub commands: bool,
    /// The gaps between transfers.
    pub gaps: bool,
}

/// Whether the list of drives is up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DriveListing {
    /// It was not read yet.
    None,
    /// Something changes that the kernel does not report as an event.
    Stale,
    /// It is up to date until the kernel reports an event.
    Current,
}

impl Drives {
    /// The drives that `selection` selects, which are not read yet.
    #[must_use]
    pub fn new(
        selection: DriveSelection,
        naming: Option<Naming>,
        reports_changes: bool,
        needs: Needs,
    ) -> Drives {
        Drives {
            known: Vec::new(),
            selection,
            naming,
            others: OtherDrives::default(),
            with_statistics: Vec::new(),
            events: DeviceEvents::default(),
            listing: DriveListing::None,
            reports_changes,
            needs,
            incarnations: 0,
        }
    }

    /// Whether there is no drive with statistics.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The operands.
    #[must_use]
    pub fn selection(&self) -> &DriveSelection {
        &self.selection
    }

    /// Messages about the drives that have no statistics. There are none about drives that were not
    /// asked for.
    #[must_use]
    pub fn without_statistics(&self) -> Vec<String> {
        let is_asked = self.selection.is_all() || self.known.is_empty();
        if is_asked { self.others.messages(self.with_statistics.len()) } else { Vec::new() }
    }

    /// What there is instead of the drives that were asked for, if anything.
    #[must_use]
    pub fn not_selected(&self) -> Option<String> {
        let names: Vec<_> = self.with_statistics.iter().map(String::as_str).collect();
        let message = || format!("drives with statistics: {}", named(&names));
        (!names.is_empty()).then(message)
    }

    /// Lists the drives again if something changed.
    pub fn refresh(&mut self, root: &mut SystemRoot, messages: &mut Messages<impl Write>) {
        if self.events.have_changed(root) || self.listing != DriveListing::Current {
            self.list(root, messages);
        }
    }

    /// Reads the counters of all drives. A drive that cannot be read is reported and left out.
    /// `now` is a time on a clock that is never set back.
    pub fn read(
        &mut self,
        now: Duration,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Vec<Reading> {
        let mut readings = Vec::with_capacity(self.known.len());
        for drive in &mut self.known {
            let mut reading = drive.read(now, root, self.needs, messages);
            if let Err(first) = reading {
                // The files may be those of a drive that was removed and whose name was reused.
                self.incarnations += 1;
                let (names, identity) =
                    (Rc::clone(&drive.names), std::mem::take(&mut drive.identity));
                *drive = Drive::new(names, identity, self.incarnations);
                reading = drive.read(now, root, self.needs, messages);
                if reading.is_ok() {
                    drive.mark_reopened(root);
                    if !first.is_gone() {
                        let name = &drive.names.kernel;
                        messages.warn_once(format_args!("{first}; {name} counts as a new drive"));
                    } else if self.reports_changes {
                        messages.warn(removed(drive));
                        messages.warn(added(&drive.names));
                    }
                }
            }
            match reading {
                Ok(reading) => {
                    drive.report_unknown(&reading, messages);
                    readings.push(reading);
                }
                Err(error) => {
                    self.listing = DriveListing::Stale;
                    let name = &drive.names.kernel;
                    // The files of a drive that was removed are gone together with its folder.
                    let is_removed = error.is_gone() && !root.has_folder(format!("{CLASS}/{name}"));
                    if !is_removed {
                        let problem = format!("{error}; {name} is left out until it can be read");
                        messages.warn_once_about(name, problem);
                    }
                }
            }
        }
        readings
    }

    /// Looks for gaps between transfers, between two samples.
    pub fn observe(&mut self, now: Duration, root: &mut SystemRoot) {
        self.known.iter_mut().for_each(|drive| drive.observe(now, root));
    }

    /// Lists the drives. Those that still exist keep their open files.
    fn list(&mut self, root: &mut SystemRoot, messages: &mut Messages<impl Write>) {
        let is_first = self.listing == DriveListing::None;
        self.listing = DriveListing::Current;
        let aliases = read_aliases(root, self.naming.is_some() || self.selection.needs_names());
        let others = OtherDrives::scan(&aliases, root);
        let has_statistics = |drive: &&Aliases| others.get(&drive.address_or_name()).is_none();
        self.with_statistics = aliases.iter().filter(has_statistics).map(Aliases::kernel).collect();
        let mut selected = self.selection.select(&aliases, &others, root);
        let namer = Namer::new(self.naming, &aliases);
        for problem in namer.problems().iter().chain(self.selection.shared_ids()) {
            messages.warn_once(problem);
        }
        let listed = aliases.iter().filter_map(|drive| {
            let asked = selected.remove(&drive.number)?;
            Some((namer.names(drive, asked.as_deref()), Identity::new(drive)))
        });
        let changes = self.replace(listed.collect(), root);
        let has_other_changes = std::mem::replace(&mut self.others, others.clone()) != others;
        if self.reports_changes {
            let changes = changes.into_iter().filter(|_| !is_first);
            let others = self.without_statistics().into_iter().filter(|_| has_other_changes);
            for message in changes.chain(others) {
                messages.warn(message);
            }
        }
    }

    /// Replaces the known drives by those with these names. Returns what changed, in words.
    fn replace(&mut self, drives: Vec<(DriveNames, Identity)>, root: &SystemRoot) -> Vec<String> {
        let mut changes = Vec::new();
        let mut old = std::mem::take(&mut self.known).into_iter().peekable();
        for (names, identity) in drives {
            let number = names.number;
            while let Some(drive) = old.next_if(|drive| drive.names.number < number) {
                changes.push(removed(&drive));
            }
            if names.is_provisional {
                self.listing = DriveListing::Stale;
            }
            let mut known = old.next_if(|drive| drive.names.number == number);
            if let Some(other) = known.take_if(|known| known.identity.differs(&identity)) {
                changes.push(removed(&other));
            }
            if let Some(mut known) = known {
                (known.names, known.identity) = (Rc::new(names), identity);
                self.known.push(known);
            } else if root.has_folder(format!("{CLASS}/{}/stats", names.kernel)) {
                self.incarnations += 1;
                changes.push(added(&names));
                self.known.push(Drive::new(Rc::new(names), identity, self.incarnations));
            } else {
                // The kernel may not have made the folder yet.
                self.listing = DriveListing::Stale;
            }
        }
        changes.extend(old.map(|drive| removed(&drive)));
        changes
    }
}

fn removed(drive: &Drive) -> String {
    format!("{}: the drive was removed", drive.names.label)
}

fn added(names: &DriveNames) -> String {
    format!("{}: a drive was added", names.label)
}
