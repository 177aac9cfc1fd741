//! The manners the commands share: options, exit status, input, output.
//!
//! Nothing here knows what a command is about, and no system text is parsed.

#![forbid(unsafe_code)]

pub mod cli;
pub mod color;
pub mod datetime;
pub mod delta;
pub mod document;
pub mod escape;
pub mod exit;
pub mod host;
pub mod input;
pub mod locale;
pub mod look;
pub mod messages;
pub mod progress;
pub mod records;
pub mod tick;
