//! The frame of an interval command: a command that samples counters and reports rates.
//!
//! ```text
//! args -> [ devices, read again only after a change ; counters -> Sample -> rates -> report -> wait ]
//! ```
//!
//! A command implements [`IntervalCommand`] (what it samples and how it computes rates) and
//! [`Report`] (how it prints them), and [`run`] does the rest. [`SamplingOptions`] has the options
//! and operands that all of them share, and [`SystemRoot`] reads the files of the running system or
//! of a saved one:
//!
//! ```
//! use std::io::{self, Write};
//! use toolkit::messages::Messages;
//! use toolkit::sampling::{self, FirstSample, IntervalCommand, Report, Schedule, SystemRoot};
//!
//! /// The load average.
//! struct Load;
//!
//! #[derive(Debug, thiserror::Error)]
//! enum Error {
//!     #[error(transparent)]
//!     Sampling(#[from] sampling::Error),
//!     #[error("standard output: {0}")]
//!     Write(#[from] io::Error),
//! }
//!
//! impl IntervalCommand for Load {
//!     type Sample = String;
//!     type Rates<'a> = &'a str;
//!     type Error = Error;
//!
//!     fn sample(
//!         &mut self,
//!         root: &mut SystemRoot,
//!         _: &mut Messages<impl Write>,
//!     ) -> Result<Option<String>, Error> {
//!         Ok(Some(String::from_utf8_lossy(root.read("proc/loadavg")?).into_owned()))
//!     }
//!
//!     fn check_first(&mut self, _: &String, _: &mut Messages<impl Write>) -> FirstSample {
//!         FirstSample::Report
//!     }
//!
//!     fn since_boot<'a>(
//!         &mut self,
//!         sample: &'a String,
//!         _: &mut SystemRoot,
//!     ) -> Result<&'a str, Error> {
//!         Ok(sample)
//!     }
//!
//!     fn between<'a>(&mut self, _: &'a String, new: &'a String) -> Option<&'a str> {
//!         Some(new)
//!     }
//! }
//!
//! struct Text;
//!
//! impl Report<&str> for Text {
//!     fn interval(&mut self, load: &&str, out: &mut dyn Write) -> io::Result<()> {
//!         write!(out, "load average: {load}")
//!     }
//! }
//!
//! let schedule = Schedule { count: Some(1), since_boot: true, ..Schedule::default() };
//! let (mut out, mut messages) = (Vec::new(), Messages::new("load", io::stderr()));
//! let mut root = SystemRoot::open(None)?;
//! sampling::run(&mut Load, &mut Text, &schedule, &mut root, &mut out, &mut messages)?;
//! assert!(out.starts_with(b"load average: "));
//! # Ok::<(), Error>(())
//! ```

mod delta;
mod device_events;
mod error;
mod host_info;
mod interval;
mod moment;
mod open_file;
mod options;
mod output_options;
mod recording;
mod report_loop;
mod schedule;
mod system_root;
#[cfg(test)]
mod tests;
mod tree;

pub use delta::{Pair, counter_delta, pairs};
pub use device_events::DeviceEvents;
pub use error::Error;
pub use host_info::HostInfo;
pub use interval::IntervalTimer;
pub use moment::Moment;
pub use open_file::OpenFile;
pub use options::SamplingOptions;
pub use output_options::{Format, OutputOptions, Unit, human_unit};
pub use report_loop::{FirstSample, IntervalCommand, Report, run};
pub use schedule::Schedule;
pub use system_root::{NextSample, SystemRoot};
