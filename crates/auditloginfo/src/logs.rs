//! Which logs are read: those named, or that of auditd, with their rotated siblings.

use crate::subject::Subject;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use sysparse::text;

/// The configuration of auditd.
const CONFIGURATION: &str = "/etc/audit/auditd.conf";

/// The log that auditd writes unless its configuration says otherwise.
const DEFAULT: &str = "/var/log/audit/audit.log";

/// The logs asked for.
#[derive(Debug, Clone, Default)]
pub struct Logs {
    /// Those named; if there are none, the one that auditd writes.
    pub named: Vec<PathBuf>,
    /// Whether their rotated siblings are read too.
    pub rotated: bool,
}

impl Logs {
    /// The files to read, in order, without those that hold no event of the time asked for.
    #[must_use]
    pub fn resolve(&self, subject: &Subject) -> Vec<PathBuf> {
        let named = if self.named.is_empty() { vec![default()] } else { self.named.clone() };
        if !self.rotated {
            return named;
        }
        named.iter().flat_map(|log| within(with_siblings(log), subject)).collect()
    }
}

/// The log that auditd writes on this machine.
fn default() -> PathBuf {
    let configuration = fs::read(CONFIGURATION).unwrap_or_default();
    configured(&configuration).unwrap_or_else(|| DEFAULT.into())
}

/// The `log_file = PATH` of auditd.conf(5).
fn configured(configuration: &[u8]) -> Option<PathBuf> {
    text::lines(configuration).find_map(|line| {
        let (name, value) = line.split_at_checked(line.iter().position(|byte| *byte == b'=')?)?;
        let value = value.get(1..)?.trim_ascii();
        let is_path = name.trim_ascii() == b"log_file" && !value.is_empty();
        is_path.then(|| PathBuf::from(OsStr::from_bytes(value)))
    })
}

/// A log and its rotated siblings, `LOG.3`, `LOG.2.gz` and so on, oldest first.
fn with_siblings(log: &Path) -> Vec<PathBuf> {
    let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty());
    let names = fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten().flatten();
    let mut siblings: Vec<_> = names
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

/// Leaves out logs, given oldest first, that were last written before the time asked for begins, or
/// begun after it ends: a log begins where the one before it was written last.
fn within(logs: Vec<PathBuf>, subject: &Subject) -> Vec<PathBuf> {
    let mut began = None;
    let mut kept = Vec::new();
    for log in logs {
        let written = last_written(&log);
        let is_early = subject.start.zip(written).is_some_and(|(start, written)| written < start);
        let is_late = subject.end.zip(began).is_some_and(|(end, began)| end < began);
        began = written.or(began);
        if !is_early && !is_late {
            kept.push(log);
        }
    }
    kept
}

/// When a file was last written, in seconds since the epoch.
fn last_written(path: &Path) -> Option<u64> {
    let modified: SystemTime = fs::metadata(path).ok()?.modified().ok()?;
    modified.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_where_auditd_is_told_to_write_it() {
        let of = |text: &str| configured(text.as_bytes());
        assert_eq!(of("#log_file = /a\nlog_file=/b\n"), Some("/b".into()));
        assert_eq!(of("x = yes\n\nlog_file = /var/a b.log \n"), Some("/var/a b.log".into()));
        assert_eq!(of("log_file =\nlog_format = RAW"), None);
    }

    #[test]
    fn siblings_are_numbered() {
        assert_eq!(sibling_number(b"audit.log.12", b"audit.log"), Some(12));
        assert_eq!(sibling_number(b"audit.log.2.gz", b"audit.log"), Some(2));
        for other in ["audit.log", "audit.log.gz", "audit.log.1.bak", "audit.log1", "x.1"] {
            assert_eq!(sibling_number(other.as_bytes(), b"audit.log"), None, "{other}");
        }
    }

    #[test]
    fn logs_outside_the_time_are_left_out() {
        let folder = std::env::temp_dir().join(format!("auditloginfo-{}-logs", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        let log = folder.join("log");
        for (name, written) in [("log.10", 100), ("log.9.gz", 200), ("log", 300)] {
            let file = fs::File::create(folder.join(name)).expect("a file");
            let time = UNIX_EPOCH + std::time::Duration::from_secs(written);
            file.set_modified(time).expect("a time");
        }
        let read = |start, end| {
            let logs = Logs { named: vec![log.clone()], rotated: true };
            let paths = logs.resolve(&Subject { start, end, ..Subject::default() });
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
        fs::remove_dir_all(&folder).expect("the folder");
    }
}
