//! The report that the checks in the machine write, read while it grows.
//!
//! ```text
//! start
//! ok auditloginfo/calls-64
//! ok mpathstat/map-suspended
//!   printed: four 0.00 0.00 0.00 0.00 - 4/4 <- stuck 5 in flight
//! FAILED mpathstat/path-offline
//!   command: mpathstat -i 2 3
//!   expected: ...
//!   seen: ...
//! end
//! ```

use crate::error::Error;
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

/// What has been read of a report.
#[derive(Default)]
pub(super) struct Report {
    path: PathBuf,
    /// The bytes that have been read.
    length: usize,
    ok: usize,
    failed: usize,
    has_started: bool,
    has_ended: bool,
}

impl Report {
    /// The report at `path`, which need not exist yet.
    pub(super) fn new(path: PathBuf) -> Report {
        Report { path, ..Report::default() }
    }

    /// Counts and prints the complete lines that were added.
    pub(super) fn print_new_lines(&mut self, out: &mut impl Write) -> Result<(), Error> {
        let text = match fs::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            read => read.map_err(Error::file(&self.path))?,
        };
        let new = text.get(self.length..).unwrap_or_default();
        let end = new.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let lines = String::from_utf8_lossy(new.get(..end).unwrap_or_default());
        for line in lines.lines() {
            self.count(line);
            if line != "start" && line != "end" {
                writeln!(out, "{line}")?;
            }
        }
        self.length += end;
        out.flush()?;
        Ok(())
    }

    fn count(&mut self, line: &str) {
        match line.split(' ').next() {
            Some("ok") => self.ok += 1,
            Some("FAILED") => self.failed += 1,
            Some("start") => self.has_started = true,
            Some("end") => self.has_ended = true,
            _ => {}
        }
    }

    /// Whether the first check has begun.
    pub(super) fn has_started(&self) -> bool {
        self.has_started
    }

    /// Whether the last check has run.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Whether a check ran and none failed.
    pub(super) fn is_good(&self) -> bool {
        self.has_ended && self.failed == 0 && self.ok > 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { ok, failed, .. } = self;
        write!(f, "{} checks: {ok} ok, {failed} failed", ok + failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_support::temp_dir;

    #[test]
    fn a_growing_report_is_printed_by_whole_lines() {
        let folder = temp_dir();
        let path = folder.path().join("report");
        let mut report = Report::new(path.clone());
        let mut out = Vec::new();
        report.print_new_lines(&mut out).expect("a missing report is empty");
        fs::write(&path, "start\nok a\nFAILED b\n  seen: end").expect("the report can be written");
        report.print_new_lines(&mut out).expect("the report can be read");
        assert!(report.has_started() && !report.has_ended());
        assert_eq!(out, b"ok a\nFAILED b\n");
        fs::write(&path, "start\nok a\nFAILED b\n  seen: end\nok c\nend\n")
            .expect("the report can be written");
        report.print_new_lines(&mut out).expect("the report can be read");
        assert_eq!(out, b"ok a\nFAILED b\n  seen: end\nok c\n");
        assert!(report.has_ended() && !report.is_good());
        assert_eq!(report.to_string(), "3 checks: 2 ok, 1 failed");
    }
}
