//! Reports: as text for people, as a document and as records for programs.

mod columns;
mod document;
mod records;
mod text;

use crate::args::{Args, Layout};
use crate::rates::{MapRound, Round, Sum, sums};
use std::io::{self, Write};
use std::time::SystemTime;
use toolkit::host::Machine;
use toolkit::look::Format;

/// A form of report.
pub trait Report {
    /// What stands before the first round.
    ///
    /// # Errors
    /// Those of `out`.
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// One round.
    ///
    /// # Errors
    /// Those of `out`.
    fn round(&mut self, round: &Round<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// What stands behind the last round.
    ///
    /// # Errors
    /// Those of `out`.
    fn end(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// The report that `args` ask for, on `machine`.
#[must_use]
pub fn new<'a>(args: &'a Args, machine: Machine, wall: SystemTime) -> Box<dyn Report + 'a> {
    let layout = &args.layout;
    match layout.look.format {
        Format::Text => Box::new(text::Text::new(layout)),
        Format::Json => Box::new(document::Json::new(layout, machine, wall)),
        Format::JsonLines | Format::Tsv => Box::new(records::Records::new(layout)),
    }
}

/// The maps that a layout shows: those that did something, and those of which nothing is known.
fn shown<'a, 'b>(layout: &Layout, round: &'b Round<'a>) -> impl Iterator<Item = &'b MapRound<'a>> {
    let idle = layout.shown.idle;
    round.maps.iter().filter(move |of_map| idle || !of_map.is_idle(round))
}

/// The sums that a layout shows.
fn shown_sums<'a>(layout: &Layout, round: &Round<'a>) -> Vec<Sum<'a>> {
    let mut sums = layout.by.map(|by| sums(round, by)).unwrap_or_default();
    sums.retain(|sum| layout.shown.idle || sum.figures.is_none_or(|it| it.ios() > 0.0));
    sums
}
