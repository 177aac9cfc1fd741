//! Zero-copy parsers for what Linux and its administration tools print.
//!
//! Bytes go in, borrowed records come out. The crate opens nothing, allocates nothing and decides
//! nothing: a record borrows slices of the line that it was read from, and a value is decoded only
//! when it is asked for.
//!
//! ```
//! use sysparse::audit;
//!
//! let line = br#"type=CWD msg=audit(1477415593.489:57658):  cwd="/home/fmep""#;
//! let record = audit::record(line)?.expect("the line holds a record");
//! assert_eq!(record.kind, audit::RecordType::Cwd);
//! assert_eq!(record.stamp().serial, 57658);
//! assert!(record.field(b"cwd").expect("a field").text().bytes().eq(*b"/home/fmep"));
//! # Ok::<(), sysparse::ParseError>(())
//! ```
//!
//! Each format is a grammar of small nom parsers that mirrors the sample at the head of its module.
#![no_std]
#![forbid(unsafe_code)]
#![allow(
    clippy::inline_always,
    reason = "+1.7 to 8.5 % CPU when the hot functions are not inlined, docs/performance.md"
)]

pub mod audit;
pub mod counter;
pub mod device_name;
pub mod device_state;
pub mod diskstats;
pub mod iostat;
pub mod json;
pub mod json_token;
pub mod multipath;
pub mod nvme_subsystem;
pub mod sockaddr;
pub mod syslog;
pub mod text;
pub mod timestamp;
pub mod vpd;

mod error;
mod grammar;

#[cfg(test)]
extern crate std;

pub use error::ParseError;
