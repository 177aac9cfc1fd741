//! The manners the commands share: options, exit status, input, output.
//!
//! Nothing here knows what a command is about, and no system text is parsed.

#![forbid(unsafe_code)]

pub mod cli;
pub mod finish;
pub mod input;
pub mod paint;
pub mod progress;
pub mod rows;
