//! Reports: text for people, a JSON document, and records for programs. Nothing is computed here.

mod json;
mod metrics;
mod records;
mod text;

use crate::args::Args;
use crate::rates::{IntervalRates, Row, State};
use std::time::SystemTime;
use toolkit::records::Fixed;
use toolkit::sampling::{Format, HostInfo, Report};

/// The report that `args` asks for, about `host`, beginning at `wall`, if known.
#[must_use]
pub fn new(
    args: &Args,
    host: HostInfo,
    wall: Option<SystemTime>,
) -> Box<dyn Report<IntervalRates> + '_> {
    match args.sampling.output.format {
        Format::Text => Box::new(text::Text::new(args, &host, wall)),
        Format::Json => Box::new(json::Json::new(args, host, wall)),
        Format::JsonLines | Format::Tsv => Box::new(records::Records::new(args)),
        Format::Prometheus => Box::new(metrics::Metrics::new(args)),
    }
}

impl Row {
    /// What the drive is doing, in a word.
    fn state(&self) -> Option<&'static str> {
        Some(match self.state? {
            State::Idle => "idle",
            State::Read => "read",
            State::Write => "write",
            State::Busy => "busy",
        })
    }

    /// Block sizes and times of operations, with two decimals each, and requests in flight.
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
