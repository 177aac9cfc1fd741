//! The manners the commands share: options, exit status, input, output.
//!
//! Nothing here knows what a command is about, and no system text is parsed.

#![forbid(unsafe_code)]

pub mod cli;
pub mod delta;
pub mod document;
pub mod finish;
pub mod host;
pub mod input;
pub mod locale;
pub mod look;
pub mod paint;
pub mod progress;
pub mod rows;
pub mod stamp;
pub mod tick;
