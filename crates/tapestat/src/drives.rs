//! The drives of a machine: which there are, and reading their counters with one call a file.
//!
//! A drive is a folder `/sys/class/scsi_tape/stN` with a folder `stats` in it. The names `st0a`, `st0l`,
//! `st0m` and `nst0` beside `st0` are the same drive in other modes.

use crate::args::Args;
use crate::error::Error;
use crate::names::{CLASS, Choice, Names};
use crate::sample::{FILES, Reading, Sample};
use std::io::Write;
use std::rc::Rc;
use sysparse::counter;
use toolkit::host::{self, Host, Kept, Uevents};
use toolkit::messages::Messages;

/// The drives of a machine, their files open.
pub struct Drives {
    /// By number.
    known: Vec<Drive>,
    choice: Choice,
    uevents: Uevents,
    listing: Listing,
    /// Whether drives that come and go are told.
    tells: bool,
    /// Whether requests in flight are wanted.
    with_in_flight: bool,
    incarnations: u64,
}

/// How well it is known which drives there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    /// Nobody looked.
    None,
    /// Something is about to change, or did, that the kernel need not count as an event.
    Stale,
    /// As long as the kernel knows of no further event.
    Good,
}

/// A drive and its files.
struct Drive {
    names: Rc<Names>,
    incarnation: u64,
    files: [Kept; 9],
    in_flight: Kept,
    /// Whether it was told why it cannot be read.
    is_told: bool,
}

/// Why a drive cannot be read.
enum Unread {
    /// It went.
    Gone,
    /// A clause about a file of it.
    Bad(String),
}

impl Drives {
    /// The drives that `args` asks for.
    ///
    /// # Errors
    /// An operand leads to no drive.
    pub fn new(args: &Args, host: &Host) -> Result<Drives, Error> {
        Ok(Drives {
            known: Vec::new(),
            choice: Choice::new(args, host)?,
            uevents: Uevents::default(),
            listing: Listing::None,
            tells: args.course.wait,
            with_in_flight: args.layout.shown.extended || args.layout.look.format.is_records(),
            incarnations: 0,
        })
    }

    /// All drives as they are now. A drive that cannot be read is left out, and told of once.
    ///
    /// # Errors
    /// A saved machine's clock cannot be read.
    pub fn sample(
        &mut self,
        host: &mut Host,
        messages: &mut Messages<impl Write>,
    ) -> Result<Sample, host::Error> {
        if self.uevents.changed(host) || self.listing != Listing::Good {
            self.list(host, messages);
        }
        let moment = host.moment()?;
        let mut readings = Vec::with_capacity(self.known.len());
        for drive in &mut self.known {
            let mut read = drive.read(host, self.with_in_flight);
            if read.is_err() {
                // The files may be those of a drive that went while another took its name.
                self.incarnations += 1;
                drive.open_anew(self.incarnations);
                read = drive.read(host, self.with_in_flight);
            }
            match read {
                Ok(reading) => {
                    drive.is_told = false;
                    readings.push(reading);
                }
                Err(why) => {
                    self.listing = Listing::Stale;
                    drive.warn(why, messages);
                }
            }
        }
        Ok(Sample { moment, readings, has_no_drive: self.known.is_empty() })
    }

    /// Looks for drives, and keeps what is open of those that are still there.
    fn list(&mut self, host: &Host, messages: &mut Messages<impl Write>) {
        let before = std::mem::replace(&mut self.listing, Listing::Good);
        let is_first = before == Listing::None;
        let tells = self.tells && !is_first;
        let links = self.choice.links(host);
        let mut before = std::mem::take(&mut self.known).into_iter().peekable();
        let mut tell = |drive: &Drive, what: &str| {
            if tells {
                messages.warn(format_args!("{}: {what}", drive.names.kernel));
            }
        };
        for number in self.choice.numbers(host) {
            while let Some(gone) = before.next_if(|drive| drive.names.number < number) {
                tell(&gone, "the drive was removed");
            }
            let names = Rc::new(self.choice.names(host, number, &links));
            if names.is_provisional {
                self.listing = Listing::Stale;
            }
            if let Some(known) = before.next_if(|drive| drive.names.number == number) {
                self.known.push(Drive { names, ..known });
            } else if host.path(format!("{CLASS}/st{number}/stats")).is_dir() {
                self.incarnations += 1;
                let new = Drive::new(names, self.incarnations);
                tell(&new, "a drive was added");
                self.known.push(new);
            } else {
                // Its statistics may still be in the making.
                self.listing = Listing::Stale;
            }
        }
        before.for_each(|gone| tell(&gone, "the drive was removed"));
        if is_first && !self.tells {
            self.tell_missing(messages);
        }
    }

    /// Tells of drives that were asked for and are not there.
    fn tell_missing(&self, messages: &mut Messages<impl Write>) {
        let is_known = |number: &u32| self.known.iter().any(|drive| drive.names.number == *number);
        for number in self.choice.wanted().iter().filter(|number| !is_known(number)) {
            messages.warn(format_args!("st{number}: no such drive, or it has no statistics"));
        }
    }
}

impl Drive {
    fn new(names: Rc<Names>, incarnation: u64) -> Drive {
        let file = |name: &str| Kept::new(format!("{CLASS}/st{}/stats/{name}", names.number));
        let (files, in_flight) = (FILES.map(file), file("in_flight"));
        Drive { names, incarnation, files, in_flight, is_told: false }
    }

    fn open_anew(&mut self, incarnation: u64) {
        let is_told = self.is_told;
        *self = Drive { is_told, ..Drive::new(Rc::clone(&self.names), incarnation) };
    }

    fn read(&mut self, host: &mut Host, with_in_flight: bool) -> Result<Reading, Unread> {
        let mut values = [0; 9];
        for (value, file) in values.iter_mut().zip(&mut self.files) {
            *value = count(host, file)?;
        }
        let in_flight = with_in_flight.then(|| count(host, &mut self.in_flight).ok()).flatten();
        let (drive, incarnation) = (Rc::clone(&self.names), self.incarnation);
        Ok(Reading { drive, incarnation, counters: values.into(), in_flight })
    }

    /// Tells why the drive is left out, unless that was told before or the drive just went.
    fn warn(&mut self, why: Unread, messages: &mut Messages<impl Write>) {
        let Unread::Bad(why) = why else {
            return;
        };
        if !std::mem::replace(&mut self.is_told, true) {
            let name = &self.names.kernel;
            messages.warn(format_args!("{why}; {name} is left out until it can be read"));
        }
    }
}

/// The number in a file.
fn count(host: &mut Host, file: &mut Kept) -> Result<u64, Unread> {
    let bytes = host.attribute(file).map_err(|error| {
        if error.is_gone() { Unread::Gone } else { Unread::Bad(error.to_string()) }
    })?;
    counter::count(bytes).map_err(|malformed| {
        let path = host.path(file.path());
        Unread::Bad(format!("{}: expected {}", path.display(), malformed.expected))
    })
}
