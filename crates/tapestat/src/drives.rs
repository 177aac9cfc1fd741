//! The tape drives of a system, whose counters are read with one system call each.
//!
//! A drive is a folder `/sys/class/scsi_tape/stN` with a folder `stats`. The folders `st0a`, `st0l`,
//! `st0m` and `nst0` are other modes of the drive `st0`.

use crate::names::{CLASS, DriveNames, DriveSelection};
use crate::sample::{FILES, Reading};
use std::io::Write;
use std::rc::Rc;
use sysparse::counter;
use toolkit::messages::Messages;
use toolkit::sampling::{DeviceEvents, Error, OpenFile, SystemRoot};

/// The selected drives and their open files.
pub struct Drives {
    /// The drives, by number.
    known: Vec<Drive>,
    selection: DriveSelection,
    events: DeviceEvents,
    listing: DriveListing,
    /// Whether added and removed drives are reported.
    reports_changes: bool,
    /// Whether the requests in flight are read.
    has_in_flight: bool,
    incarnations: u64,
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

/// A drive and its files.
struct Drive {
    names: Rc<DriveNames>,
    incarnation: u64,
    files: [OpenFile; 9],
    in_flight: OpenFile,
}

impl Drives {
    /// The drives that `selection` selects, which are not read yet.
    #[must_use]
    pub fn new(selection: DriveSelection, reports_changes: bool, has_in_flight: bool) -> Drives {
        Drives {
            known: Vec::new(),
            selection,
            events: DeviceEvents::default(),
            listing: DriveListing::None,
            reports_changes,
            has_in_flight,
            incarnations: 0,
        }
    }

    /// Whether there is no drive with statistics.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The numbers of drives that were named but do not exist.
    pub fn missing(&self) -> impl Iterator<Item = &u32> {
        let is_known = |number: &u32| self.known.iter().any(|drive| drive.names.number == *number);
        self.selection.named().iter().filter(move |number| !is_known(number))
    }

    /// Lists the drives again if something changed.
    pub fn refresh(&mut self, root: &mut SystemRoot, messages: &mut Messages<impl Write>) {
        if self.events.have_changed(root) || self.listing != DriveListing::Current {
            self.list(root, messages);
        }
    }

    /// Reads the counters of all drives. A drive that cannot be read is reported and left out.
    pub fn read(
        &mut self,
        root: &mut SystemRoot,
        messages: &mut Messages<impl Write>,
    ) -> Vec<Reading> {
        let mut readings = Vec::with_capacity(self.known.len());
        for drive in &mut self.known {
            let mut reading = drive.read(root, self.has_in_flight);
            if reading.is_err() {
                // The files may be those of a drive that was removed and whose name was reused.
                self.incarnations += 1;
                *drive = Drive::new(Rc::clone(&drive.names), self.incarnations);
                reading = drive.read(root, self.has_in_flight);
            }
            match reading {
                Ok(reading) => readings.push(reading),
                Err(error) => {
                    self.listing = DriveListing::Stale;
                    if !error.is_gone() {
                        let name = &drive.names.kernel;
                        messages.warn_once(format_args!(
                            "{error}; {name} is left out until it can be read"
                        ));
                    }
                }
            }
        }
        readings
    }

    /// Lists the drives. Those that still exist keep their open files.
    fn list(&mut self, root: &mut SystemRoot, messages: &mut Messages<impl Write>) {
        let is_first = self.listing == DriveListing::None;
        self.listing = DriveListing::Current;
        let reports_changes = self.reports_changes && !is_first;
        let mut report = |drive: &Drive, change: &str| {
            if reports_changes {
                messages.warn(format_args!("{}: {change}", drive.names.kernel));
            }
        };
        let links = self.selection.links(root);
        let mut old = std::mem::take(&mut self.known).into_iter().peekable();
        for number in self.selection.listed(root) {
            while let Some(removed) = old.next_if(|drive| drive.names.number < number) {
                report(&removed, "the drive was removed");
            }
            let names = Rc::new(self.selection.names(root, number, &links));
            if names.is_provisional {
                self.listing = DriveListing::Stale;
            }
            if let Some(known) = old.next_if(|drive| drive.names.number == number) {
                self.known.push(Drive { names, ..known });
            } else if root.has_folder(format!("{CLASS}/st{number}/stats")) {
                self.incarnations += 1;
                let added = Drive::new(names, self.incarnations);
                report(&added, "a drive was added");
                self.known.push(added);
            } else {
                // The kernel may not have made the folder yet.
                self.listing = DriveListing::Stale;
            }
        }
        old.for_each(|removed| report(&removed, "the drive was removed"));
    }
}

impl Drive {
    fn new(names: Rc<DriveNames>, incarnation: u64) -> Drive {
        let file = |name: &str| OpenFile::new(format!("{CLASS}/st{}/stats/{name}", names.number));
        let (files, in_flight) = (FILES.map(file), file("in_flight"));
        Drive { names, incarnation, files, in_flight }
    }

    fn read(&mut self, root: &mut SystemRoot, has_in_flight: bool) -> Result<Reading, Error> {
        let mut values = [0; 9];
        for (value, file) in values.iter_mut().zip(&mut self.files) {
            *value = count(root, file)?;
        }
        let in_flight = has_in_flight.then(|| count(root, &mut self.in_flight).ok()).flatten();
        let (drive, incarnation) = (Rc::clone(&self.names), self.incarnation);
        Ok(Reading { drive, incarnation, counters: values.into(), in_flight })
    }
}

/// The number in a file.
fn count(root: &mut SystemRoot, file: &mut OpenFile) -> Result<u64, Error> {
    let count = counter::count(root.read_attribute(file)?);
    count.map_err(|bad| root.malformed(file.path(), bad.expected))
}
