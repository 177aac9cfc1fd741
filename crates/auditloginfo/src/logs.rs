//! The log files to read: the operands, or the log of auditd, with their rotated siblings.

use crate::filter::Filter;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use sysparse::text;

/// The configuration file of auditd.
const AUDITD_CONF: &str = "/etc/audit/auditd.conf";

/// The log that auditd writes by default.
const DEFAULT_LOG: &str = "/var/log/audit/audit.log";

/// The logs that the command line names.
#[derive(Debug, Clone, Default)]
pub struct Logs {
    /// The operands. If there are none, the log of auditd is read.
    pub operands: Vec<PathBuf>,
    /// Whether to read the rotated siblings of each log too.
    pub rotated: bool,
}

impl Logs {
    /// The files to read, in order. Rotated siblings that hold no event of the time span are left
    /// out.
    #[must_use]
    pub fn resolve(&self, filter: &Filter) -> Vec<PathBuf> {
        let logs =
            if self.operands.is_empty() { vec![auditd_log()] } else { self.operands.clone() };
        if !self.rotated {
            return logs;
        }
        logs.iter().flat_map(|log| within_time_span(with_siblings(log), filter)).collect()
    }
}

/// The log that auditd writes on this host.
fn auditd_log() -> PathBuf {
    let configuration = fs::read(AUDITD_CONF).unwrap_or_default();
    configured_log(&configuration).unwrap_or_else(|| DEFAULT_LOG.into())
}

/// The `log_file = PATH` of auditd.conf(5).
fn configured_log(configuration: &[u8]) -> Option<PathBuf> {
    text::lines(configuration).find_map(|line| {
        let (name, value) = line.split_at_checked(line.iter().position(|byte| *byte == b'=')?)?;
        let value = value.get(1..)?.trim_ascii();
        let is_path = name.trim_ascii() == b"log_file" && !value.is_empty();
        is_path.then(|| PathBuf::from(OsStr::from_bytes(value)))
    })
}

/// A log and its rotated siblings, such as `LOG.3` and `LOG.2.gz`, oldest first.
fn with_siblings(log: &Path) -> Vec<PathBuf> {
    let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten().flatten();
    let mut siblings: Vec<_> = entries
        .filter_map(|entry| {
            let number = sibling_number(entry.file_name().as_bytes(), log.file_name()?.as_bytes())?;
            Some((number, log.with_file_name(entry.file_name())))
        })
        .collect();
    siblings.sort_unstable_by(|a, b| b.cmp(a));
    siblings.into_iter().map(|(_, path)| path).chain([log.to_owned()]).collect()
}

/// The number in the name of a rotated sibling of `log`.
fn sibling_number(name: &[u8], log: &[u8]) -> Option<u64> {
    let number = name.strip_prefix(log)?.strip_prefix(b".")?;
    text::whole_number(number.strip_suffix(b".gz").unwrap_or(number))
}

/// Leaves out the logs, given oldest first, that were last written before the time span or begun
/// after it. A log begins when the one before it was last written.
fn within_time_span(logs: Vec<PathBuf>, filter: &Filter) -> Vec<PathBuf> {
    let mut begun = None;
    let mut kept = Vec::new();
    for log in logs {
        let written = last_written(&log);
        let is_early = filter.start.zip(written).is_some_and(|(start, written)| written < start);
        let is_late = filter.end.zip(begun).is_some_and(|(end, begun)| end < begun);
        begun = written.or(begun);
        if !is_early && !is_late {
            kept.push(log);
        }
    }
    kept
}

/// The time at which a file was last written, in seconds since the epoch.
fn last_written(path: &Path) -> Option<u64> {
    let modified: SystemTime = fs::metadata(path).ok()?.modified().ok()?;
    modified.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_log_file_of_auditd_conf_is_found() {
        let log = |text: &str| configured_log(text.as_bytes());
        assert_eq!(log("#log_file = /a\nlog_file=/b\n"), Some("/b".into()));
        assert_eq!(log("x = yes\n\nlog_file = /var/a b.log \n"), Some("/var/a b.log".into()));
        assert_eq!(log("log_file =\nlog_format = RAW"), None);
    }

    #[test]
    fn only_numbered_files_are_siblings() {
        assert_eq!(sibling_number(b"audit.log.12", b"audit.log"), Some(12));
        assert_eq!(sibling_number(b"audit.log.2.gz", b"audit.log"), Some(2));
        for other in ["audit.log", "audit.log.gz", "audit.log.1.bak", "audit.log1", "x.1"] {
            assert_eq!(sibling_number(other.as_bytes(), b"audit.log"), None, "{other}");
        }
    }

    #[test]
    fn logs_outside_the_time_span_are_left_out() {
        let folder = test_support::temp_dir();
        let log = folder.path().join("log");
        for (name, written) in [("log.10", 100), ("log.9.gz", 200), ("log", 300)] {
            let file = fs::File::create(folder.path().join(name)).expect("a file");
            file.set_modified(UNIX_EPOCH + Duration::from_secs(written)).expect("a time");
        }
        let read = |start, end| {
            let logs = Logs { operands: vec![log.clone()], rotated: true };
            let paths = logs.resolve(&Filter { start, end, ..Filter::default() });
            let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(read(None, None), "log.10 log.9.gz log");
        assert_eq!(read(Some(100), None), "log.10 log.9.gz log");
        assert_eq!(read(Some(101), None), "log.9.gz log");
        assert_eq!(read(Some(201), None), "log");
        assert_eq!(read(None, Some(99)), "log.10");
        assert_eq!(read(None, Some(100)), "log.10 log.9.gz");
        assert_eq!(read(Some(150), Some(160)), "log.9.gz");
    }
}
