//! The JSON document of sysstat's commands, including its tabs and line ends: a host and its reports.
//!
//! ```
//! use std::time::SystemTime;
//! use toolkit::sampling::{HostInfo, SystemRoot};
//! use toolkit::sysstat_json::Document;
//!
//! let host = HostInfo::read(&mut SystemRoot::open(None)?);
//! let (mut document, mut out) = (Document::new(host, Some(SystemTime::now()), None), Vec::new());
//! document.begin(&mut out)?;
//! document.begin_report(None, &mut out)?;
//! out.extend_from_slice(b"\t\t\t\t\t\"tape\": []");
//! document.end_report(&mut out)?;
//! document.end(&mut out)?;
//! assert!(out.starts_with(b"{\"sysstat\": {\n") && out.ends_with(b"}}\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::datetime::{DateTimeFormat, TimeFormat};
use crate::records::json_string;
use crate::sampling::HostInfo;
use std::io::{self, Write};
use std::time::SystemTime;

/// A document, except for the contents of its reports.
pub struct Document {
    host: HostInfo,
    date: Option<String>,
    format: DateTimeFormat,
    time: Option<TimeFormat>,
    /// Whether there is a report that may need a comma after it.
    has_report: bool,
}

impl Document {
    /// A document about `host` that begins at `wall`, if known, and prints the time of each report as `time`.
    #[must_use]
    pub fn new(host: HostInfo, wall: Option<SystemTime>, time: Option<TimeFormat>) -> Document {
        let format = DateTimeFormat::from_env();
        let date = wall.map(|wall| format.date(wall));
        Document { host, date, format, time, has_report: false }
    }

    /// Prints what precedes the first report.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        let HostInfo { system, release, node, machine, cpus } = &self.host;
        write!(out, "{{\"sysstat\": {{\n\t\"hosts\": [\n\t\t{{\n")?;
        for (key, value) in
            [("nodename", node), ("sysname", system), ("release", release), ("machine", machine)]
        {
            member(key, value.as_deref(), out)?;
        }
        let cpus = cpus.map_or("null".to_owned(), |cpus| cpus.to_string());
        writeln!(out, "\t\t\t\"number-of-cpus\": {cpus},")?;
        member("date", self.date.as_deref(), out)?;
        writeln!(out, "\t\t\t\"statistics\": [")
    }

    /// Prints what precedes the members of a report, which are indented by five tabs. `wall` is its
    /// time, if known.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin_report(
        &mut self,
        wall: Option<SystemTime>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let separator = if std::mem::replace(&mut self.has_report, true) { ",\n" } else { "" };
        writeln!(out, "{separator}\t\t\t\t{{")?;
        if let Some(time) = self.time {
            write!(out, "\t\t")?;
            let time = wall.map(|wall| self.format.time(time, wall));
            member("timestamp", time.as_deref(), out)?;
        }
        Ok(())
    }

    /// Prints what follows the members of a report, the last of which has no line end.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end_report(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "\n\t\t\t\t}}")
    }

    /// Prints what follows the last report.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        let line_end = if self.has_report { "\n" } else { "" };
        write!(out, "{line_end}\t\t\t]\n\t\t}}\n\t]\n}}}}\n")
    }
}

/// Prints a member of the host's object.
fn member(key: &str, value: Option<&str>, mut out: &mut dyn Write) -> io::Result<()> {
    write!(out, "\t\t\t\"{key}\": ")?;
    match value {
        Some(value) => json_string(value.as_bytes(), &mut out)?,
        None => write!(out, "null")?,
    }
    writeln!(out, ",")
}
