//! Zero-copy parsers for what Linux and its administration tools print.
//!
//! Bytes go in, borrowed records come out. The crate opens nothing, allocates nothing and decides
//! nothing: a record lends out slices of the line it was read from, and a value is decoded only
//! when somebody asks for it.
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
#![no_std]
#![forbid(unsafe_code)]

pub mod audit;
pub mod counter;
pub mod device_name;
pub mod diskstats;
pub mod iostat;
pub mod multipath;
pub mod text;
pub mod vpd;

#[cfg(test)]
extern crate std;

use core::fmt;

/// Input that is not what its format says: what was expected, and where it was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    /// What the format has at this place, such as `a number`.
    pub expected: &'static str,
    /// Offset in bytes from the start of the parsed line or file.
    pub at: usize,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.at + 1)
    }
}

impl core::error::Error for ParseError {}
