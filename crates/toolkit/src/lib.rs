//! What the commands share: options, exit status, input, output, and sampling at intervals.
//!
//! Nothing here knows what a command is about, and nothing parses text of the system.

#![forbid(unsafe_code)]

pub mod cli;
pub mod color;
pub mod datetime;
pub mod escape;
pub mod exit;
pub mod glob;
pub mod input;
pub mod locale;
pub mod messages;
pub mod natural_order;
pub mod progress;
pub mod records;
pub mod sampling;
pub mod sysstat_json;
pub mod terminal;
