//! A report in one of its forms. Nothing is computed here.

mod document;
mod records;
mod text;

use crate::args::Args;
use crate::rates::{Round, Row};
use std::io::{self, Write};
use std::time::SystemTime;
use toolkit::escape::escape_control;
use toolkit::host::Machine;
use toolkit::look::Format;
use toolkit::records::Fixed;

/// A report that grows round by round.
///
/// Each method gives the errors of `out`.
pub trait Report {
    /// What stands before the first round.
    ///
    /// # Errors
    /// Those of `out`.
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()>;

    /// In place of the round since boot, if that is left out.
    ///
    /// # Errors
    /// Those of `out`.
    fn skip(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)
    }

    /// One round.
    ///
    /// # Errors
    /// Those of `out`.
    fn round(&mut self, round: &Round, out: &mut dyn Write) -> io::Result<()>;

    /// What stands behind the last round.
    ///
    /// # Errors
    /// Those of `out`.
    fn end(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// The report that `args` asks for, on a machine, begun at a time.
#[must_use]
pub fn new<'a>(args: &'a Args, machine: Machine, wall: SystemTime) -> Box<dyn Report + 'a> {
    let layout = &args.layout;
    match layout.look.format {
        Format::Text => Box::new(text::Text::new(args, &machine, wall)),
        Format::Json => Box::new(document::Json::new(layout, machine, wall)),
        Format::JsonLines | Format::Tsv => Box::new(records::Records::new(layout)),
    }
}

/// Writes the variables that are set, and the version.
///
/// # Errors
/// Those of `out`.
pub fn version(out: &mut dyn Write) -> io::Result<()> {
    for name in ["S_COLORS", "S_COLORS_SGR", "S_TIME_FORMAT"] {
        if let Some(value) = std::env::var_os(name) {
            writeln!(out, "{name}={}", escape_control(value.as_encoded_bytes()))?;
        }
    }
    writeln!(out, "tapestat version {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "(C) the authors of tapestat; MIT OR Apache-2.0")
}

impl Row {
    /// The name that is shown.
    fn name(&self) -> &str {
        self.drive.as_ref().map_or("total", |drive| &drive.shown)
    }

    /// What the drive is at, in a word.
    fn state(&self) -> Option<&'static str> {
        use crate::rates::State;
        Some(match self.state? {
            State::Idle => "idle",
            State::Read => "read",
            State::Write => "write",
            State::Busy => "busy",
        })
    }

    /// Sizes of blocks, then times of operations, each with two decimals; requests in flight.
    fn extended(&self, mark: &'static str) -> [Option<Fixed>; 6] {
        let [read_kb, write_kb] = self.block_kb();
        let [read_ms, write_ms, other_ms] = self.await_ms();
        let fixed =
            |value: Option<u64>, decimals| value.map(|scaled| Fixed { scaled, decimals, mark });
        [
            fixed(read_kb, 2),
            fixed(write_kb, 2),
            fixed(read_ms, 2),
            fixed(write_ms, 2),
            fixed(other_ms, 2),
            fixed(self.in_flight, 0),
        ]
    }
}
