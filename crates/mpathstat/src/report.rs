//! Reports: text for people, a JSON document, and records for programs. Nothing is computed here.

mod cells;
mod json;
mod layout;
mod metrics;
mod phrases;
mod records;
mod text;

use crate::args::Args;
use crate::rates::IntervalRates;
use std::time::SystemTime;
use toolkit::sampling::{Format, HostInfo, Report};

/// A report that prints [`IntervalRates`].
pub type DynReport<'a> = dyn for<'r> Report<IntervalRates<'r>> + 'a;

/// The report that `args` asks for, about `host`, beginning at `wall`.
#[must_use]
pub fn new(args: &Args, host: HostInfo, wall: Option<SystemTime>) -> Box<DynReport<'_>> {
    match args.sampling.output.format {
        Format::Text => Box::new(text::Text::new(args)),
        Format::Json => Box::new(json::Json::new(args, host, wall)),
        Format::JsonLines | Format::Tsv => Box::new(records::Records::new(args)),
        Format::Prometheus => Box::new(metrics::Metrics),
    }
}
