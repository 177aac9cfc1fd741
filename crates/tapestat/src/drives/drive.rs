//! A drive and its open files.

use super::Needs;
use crate::gaps::{GapFinder, Observation};
use crate::names::{CLASS, DriveNames, Identity, reopened};
use crate::sample::{Counters, FILES, Increase, Reading};
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;
use sysparse::ParseError;
use sysparse::counter;
use toolkit::messages::Messages;
use toolkit::sampling::{Error, OpenFile, SystemRoot};

/// A drive and its open files.
pub(super) struct Drive {
    pub(super) names: Rc<DriveNames>,
    pub(super) identity: Identity,
    incarnation: u64,
    files: [OpenFile; 9],
    in_flight: OpenFile,
    commands: OpenFile,
    gaps: GapFinder,
    last: Option<Reading>,
}

/// The files that count transfers.
const TRANSFERS: [&str; 2] = ["read_cnt", "write_cnt"];

impl Drive {
    pub(super) fn new(names: Rc<DriveNames>, identity: Identity, incarnation: u64) -> Drive {
        let folder = format!("{CLASS}/{}", names.kernel);
        let file = |name: &str| OpenFile::new(format!("{folder}/stats/{name}"));
        let (files, in_flight) = (FILES.map(file), file("in_flight"));
        let commands = OpenFile::new(format!("{folder}/device/iodone_cnt"));
        let (gaps, last) = (GapFinder::default(), None);
        Drive { names, identity, incarnation, files, in_flight, commands, gaps, last }
    }

    pub(super) fn read(
        &mut self,
        now: Duration,
        root: &mut SystemRoot,
        needs: Needs,
        messages: &mut Messages<impl Write>,
    ) -> Result<Reading, Error> {
        let mut values = [0; 9];
        for (value, file) in values.iter_mut().zip(&mut self.files) {
            *value = number(root, file, counter::signed_count)?;
        }
        let counters = Counters::from(values);
        let mut optional = |is_needed: bool, file: &mut OpenFile, parse| {
            let value = is_needed.then(|| number(root, file, parse))?;
            value.inspect_err(|error| error.report_unknown(file.path(), messages)).ok()
        };
        let in_flight = optional(needs.in_flight, &mut self.in_flight, in_flight);
        let commands = optional(needs.commands, &mut self.commands, counter::hex_count);
        if needs.gaps {
            let transfers = counters.reads + counters.writes;
            let seen = in_flight.map(|in_flight| Observation { time: now, transfers, in_flight });
            self.gaps.observe(seen);
        }
        Ok(Reading {
            drive: Rc::clone(&self.names),
            incarnation: self.incarnation,
            counters,
            in_flight,
            commands,
            gaps: (needs.gaps && !root.is_saved()).then(|| self.gaps.found()),
        })
    }

    /// Notes that the files had to be opened again, for a replay as well: they may be those of a drive
    /// that was not identified yet.
    pub(super) fn mark_reopened(&mut self, root: &SystemRoot) {
        self.identity = Identity::default();
        root.save_file(reopened(self.names.number), self.incarnation.to_string().as_bytes());
    }

    /// Looks for gaps between transfers.
    pub(super) fn observe(&mut self, now: Duration, root: &mut SystemRoot) {
        let mut transfers = Some(0);
        for (file, name) in self.files.iter_mut().zip(FILES) {
            if !TRANSFERS.contains(&name) {
                continue;
            }
            transfers = transfers
                .zip(number(root, file, counter::signed_count).ok())
                .map(|(sum, more)| sum + more);
        }
        let observation = |(transfers, in_flight)| Observation { time: now, transfers, in_flight };
        let in_flight = number(root, &mut self.in_flight, in_flight).ok();
        let seen = transfers.zip(in_flight).map(observation);
        self.gaps.observe(seen);
    }

    /// Reports which figures are unknown although the drive could be read: all of them if its counters
    /// were reset, those of a counter that decreased while the others did not or was below zero at first,
    /// and the gaps.
    pub(super) fn report_unknown(
        &mut self,
        reading: &Reading,
        messages: &mut Messages<impl Write>,
    ) {
        let name = &self.names.kernel;
        let Some(last) = self.last.replace(reading.clone()) else {
            for file in Increase::all(&reading.counters).unknown_files() {
                messages.warn_once(format_args!(
                    "{name}: {file} is below zero; what depends on it since boot is unknown"
                ));
            }
            return;
        };
        if reading.gaps.zip(last.gaps).is_some_and(|(new, old)| new.since(old).is_none()) {
            messages.warn_once(format_args!(
                "{name}: its transfers or requests in flight were unknown for a moment, and so are \
                 the gaps of that interval"
            ));
        }
        let Some(increase) = reading.counters.since(&last.counters) else {
            messages.warn(format_args!(
                "{name}: its counters were reset; it is left out of this report"
            ));
            return;
        };
        for file in increase.unknown_files() {
            messages.warn_once(format_args!(
                "{name}: {file} decreased, the other counters did not; what depends on it is unknown"
            ));
        }
    }
}

/// Requests in flight. A driver that lost count prints a negative number, sometimes as an unsigned one of
/// 32 or 64 bits.
fn in_flight(text: &[u8]) -> Result<u64, ParseError> {
    let expected = "a number of requests below 2^31";
    let number = counter::count(text).ok().filter(|number| *number < 1 << 31);
    number.ok_or(ParseError { expected, at: 0 })
}

/// The number in a file.
fn number<T>(
    root: &mut SystemRoot,
    file: &mut OpenFile,
    parse: fn(&[u8]) -> Result<T, ParseError>,
) -> Result<T, Error> {
    let number = parse(root.read_attribute(file)?);
    number.map_err(|bad| root.malformed(file.path(), bad.expected))
}
