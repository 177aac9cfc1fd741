//! The JSON document of sysstat's commands, tabs and line ends included: a machine and its reports.

use crate::datetime::{Stamp, Time};
use crate::host::Machine;
use crate::records::json_string;
use std::io::{self, Write};
use std::time::SystemTime;

/// A document around reports that the caller writes.
pub struct Document {
    machine: Machine,
    date: String,
    stamp: Stamp,
    time: Option<Time>,
    /// Whether there was a report, whose line is not ended yet: a comma may have to follow.
    is_open: bool,
}

impl Document {
    /// A document on `machine`, begun at `wall`, in whose reports `time` stands.
    #[must_use]
    pub fn new(machine: Machine, wall: SystemTime, time: Option<Time>) -> Document {
        let stamp = Stamp::from_env();
        Document { machine, date: stamp.date(wall), stamp, time, is_open: false }
    }

    /// What stands before the first report.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        let Machine { system, release, node, hardware, cpus } = &self.machine;
        write!(out, "{{\"sysstat\": {{\n\t\"hosts\": [\n\t\t{{\n")?;
        for (key, value) in
            [("nodename", node), ("sysname", system), ("release", release), ("machine", hardware)]
        {
            member(key, value, out)?;
        }
        writeln!(out, "\t\t\t\"number-of-cpus\": {cpus},")?;
        member("date", &self.date, out)?;
        writeln!(out, "\t\t\t\"statistics\": [")
    }

    /// What stands before the members of a report, which have five tabs before them; its time if that
    /// is known.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn open(&mut self, wall: Option<SystemTime>, out: &mut dyn Write) -> io::Result<()> {
        let between = if std::mem::replace(&mut self.is_open, true) { ",\n" } else { "" };
        writeln!(out, "{between}\t\t\t\t{{")?;
        if let Some((time, wall)) = self.time.zip(wall) {
            write!(out, "\t\t")?;
            member("timestamp", &self.stamp.time(time, wall), out)?;
        }
        Ok(())
    }

    /// What stands behind the members of a report, the last of which has no line end.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn close(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "\n\t\t\t\t}}")
    }

    /// What stands behind the last report.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        let open = if self.is_open { "\n" } else { "" };
        write!(out, "{open}\t\t\t]\n\t\t}}\n\t]\n}}}}\n")
    }
}

/// A member of the machine's object.
fn member(key: &str, value: &str, mut out: &mut dyn Write) -> io::Result<()> {
    write!(out, "\t\t\t\"{key}\": ")?;
    json_string(value.as_bytes(), &mut out)?;
    writeln!(out, ",")
}
