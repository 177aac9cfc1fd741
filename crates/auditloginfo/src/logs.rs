//! The log files to read: the operands, or the log of auditd, with their rotated siblings.
//!
//! ```text
//! audit.log    audit.log.1    audit.log.2.gz       auditd's own, and compressed by a script
//! audit.log    audit.log.20261122    audit.log-20261121.gz    logrotate's, by date
//! ```
//!
//! Every sibling is read. Neither its name nor its modification time says which events it holds: a
//! copied log has the time of the copy.

mod copies;

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use sysparse::text;
use toolkit::escape::escape_path;
use toolkit::messages::describe;

/// The configuration file of auditd.
const AUDITD_CONF: &str = "/etc/audit/auditd.conf";

/// The log that auditd writes by default.
pub(crate) const DEFAULT_LOG: &str = "/var/log/audit/audit.log";

/// The logs that the command line names.
#[derive(Debug, Clone, Default)]
pub struct Logs {
    /// The operands. If there are none, the log of auditd is read.
    pub operands: Vec<PathBuf>,
    /// Whether to read the rotated siblings of each log too.
    pub rotated: bool,
}

/// The files to read.
#[derive(Debug, Default)]
pub struct LogFiles {
    /// The files in the order in which they are read.
    pub paths: Vec<PathBuf>,
    /// What is worth a message about the choice of files.
    pub notes: Vec<Note>,
}

/// A message about the choice of files.
#[derive(Debug)]
pub enum Note {
    /// A file that is named twice, perhaps by another name, is read once.
    ReadOnce(PathBuf),
    /// A file is left out because another one, the second, holds its records, too.
    Copy(PathBuf, PathBuf),
    /// A log has no rotated sibling.
    NoSibling(PathBuf),
    /// A sibling is not a regular file, and so is not opened: a FIFO would block.
    NotRegular(PathBuf),
    /// The folder of a log cannot be listed.
    NoList(PathBuf, io::Error),
}

impl Note {
    /// Whether something that was asked for is missing from the report.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Note::NotRegular(_) | Note::NoList(..))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::ReadOnce(path) => {
                write!(f, "{}: given more than once; read once", escape_path(path))
            }
            Note::Copy(path, original) => {
                let (path, original) = (escape_path(path), escape_path(original));
                write!(f, "{path}: left out, because {original} holds the same records")
            }
            Note::NoSibling(path) => {
                write!(
                    f,
                    "no rotated sibling of {} found; only this log is read",
                    escape_path(path)
                )
            }
            Note::NotRegular(path) => {
                write!(f, "{}: not a regular file; left out", escape_path(path))
            }
            Note::NoList(path, error) => write!(
                f,
                "{}: cannot look for rotated siblings: {}; name the logs",
                escape_path(path),
                describe(error)
            ),
        }
    }
}

impl Logs {
    /// Finds the files to read.
    #[must_use]
    pub fn resolve(&self) -> LogFiles {
        let mut chosen = Chosen::default();
        let default = self.operands.is_empty().then(auditd_log);
        for log in self.operands.iter().chain(&default) {
            if self.rotated && log.as_os_str() != "-" {
                chosen.add_siblings(log);
            }
            chosen.add_operand(log);
        }
        chosen.into_files()
    }
}

/// The device and the number of a file, or the name of one that cannot be examined.
type Identity = Result<(u64, u64), PathBuf>;

fn identity(path: &Path) -> Identity {
    let metadata = Some(path).filter(|path| path.as_os_str() != "-").map(fs::metadata);
    match metadata {
        Some(Ok(metadata)) => Ok((metadata.dev(), metadata.ino())),
        _ => Err(path.to_owned()),
    }
}

/// Why a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Operand,
    Sibling,
}

/// The files chosen so far.
#[derive(Default)]
struct Chosen {
    files: LogFiles,
    origins: HashMap<Identity, Origin>,
    /// The files that are siblings of a log, chosen before or not.
    siblings: HashSet<Identity>,
}

impl Chosen {
    fn add_operand(&mut self, log: &Path) {
        match self.origins.insert(identity(log), Origin::Operand) {
            None => self.files.paths.push(log.to_owned()),
            Some(Origin::Operand) => self.files.notes.push(Note::ReadOnce(log.to_owned())),
            // To name a file that is a sibling of another one is no mistake.
            Some(Origin::Sibling) => {}
        }
    }

    fn add_siblings(&mut self, log: &Path) {
        for sibling in self.files.siblings(log) {
            let identity = identity(&sibling);
            self.siblings.insert(identity.clone());
            self.origins.entry(identity).or_insert_with(|| {
                self.files.paths.push(sibling);
                Origin::Sibling
            });
        }
    }

    /// The files. Siblings that are operands too have no siblings of their own.
    fn into_files(self) -> LogFiles {
        let Chosen { mut files, siblings, .. } = self;
        files.notes.retain(|note| match note {
            Note::NoSibling(log) => !siblings.contains(&identity(log)),
            _ => true,
        });
        files.notes.extend(copies::leave_out(&mut files.paths));
        files
    }
}

impl LogFiles {
    /// The rotated siblings of a log, oldest first.
    fn siblings(&mut self, log: &Path) -> Vec<PathBuf> {
        let folder = folder(log);
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(Result::ok),
            Err(error) => {
                self.notes.push(Note::NoList(folder.to_owned(), error));
                return Vec::new();
            }
        };
        let mut siblings: Vec<_> = entries
            .filter_map(|entry| {
                let name = entry.file_name();
                let age = Age::from_name(name.as_bytes(), log.file_name()?.as_bytes())?;
                Some((age, log.with_file_name(name)))
            })
            .collect();
        siblings.sort_unstable();
        // A log that does not exist is reported when it is opened.
        if siblings.is_empty() && log.exists() {
            self.notes.push(Note::NoSibling(log.to_owned()));
        }
        let mut paths = Vec::new();
        for (_, path) in siblings {
            // A sibling that cannot be examined is reported when it is opened.
            if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
                self.notes.push(Note::NotRegular(path));
            } else {
                paths.push(path);
            }
        }
        paths
    }
}

/// How old a rotated log is by its name; the order is from old to young.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    /// The digits of its date and time.
    Date(Vec<u8>),
    /// How often it was rotated.
    Rotations(std::cmp::Reverse<u64>),
}

impl Age {
    /// The age of a sibling of `log`. What compressed it does not matter.
    fn from_name(name: &[u8], log: &[u8]) -> Option<Age> {
        let suffix = name.strip_prefix(log)?;
        let suffix = COMPRESSED.iter().find_map(|end| suffix.strip_suffix(*end)).unwrap_or(suffix);
        let (separator, age) = suffix.split_first()?;
        let digits: Vec<_> = age.iter().copied().filter(u8::is_ascii_digit).collect();
        let is_date = digits.len() >= DATE_DIGITS
            && age.first().is_some_and(u8::is_ascii_digit)
            && age.iter().all(|byte| byte.is_ascii_digit() || b"-_T:".contains(byte));
        match separator {
            b'.' | b'-' if is_date => Some(Age::Date(digits)),
            b'.' => text::whole_number(age).map(|number| Age::Rotations(std::cmp::Reverse(number))),
            _ => None,
        }
    }
}

/// The digits of `20261122`. No log is rotated so often that its number has as many.
const DATE_DIGITS: usize = 8;

/// What the names of compressed logs end with. Only gzip is read; the others are reported when they
/// are opened.
const COMPRESSED: [&[u8]; 5] = [b".gz", b".xz", b".zst", b".bz2", b".lz4"];

/// Whether a log is read where the auditd of this host writes it, so that this host's user names
/// are those of the log.
#[must_use]
pub fn is_in_place(log: &Path) -> bool {
    [Path::new(DEFAULT_LOG), &auditd_log()].iter().any(|own| is_log_or_sibling(log, own))
}

/// Whether a log is `own`, the log of auditd, or one of its siblings, whatever leads to the folder.
fn is_log_or_sibling(log: &Path, own: &Path) -> bool {
    let name = |path: &Path| path.file_name().map(|name| name.as_bytes().to_vec());
    let is_named = name(log)
        .zip(name(own))
        .is_some_and(|(log, own)| log == own || Age::from_name(&log, &own).is_some());
    let place = |path: &Path| fs::canonicalize(folder(path)).ok();
    is_named && place(log).is_some_and(|log| Some(log) == place(own))
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use test_support::{command, temp_dir, works, write};

    #[test]
    fn the_log_file_of_auditd_conf_is_found() {
        let log = |text: &str| configured_log(text.as_bytes());
        assert_eq!(log("#log_file = /a\nlog_file=/b\n"), Some("/b".into()));
        assert_eq!(log("x = yes\n\nlog_file = /var/a b.log \n"), Some("/var/a b.log".into()));
        assert_eq!(log("log_file =\nlog_format = RAW"), None);
    }

    /// The names of the files that are read, and the notes.
    fn resolve(folder: &Path, operands: &[&str]) -> (Vec<String>, Vec<String>) {
        let operands = operands.iter().map(|name| folder.join(name)).collect();
        let files = Logs { operands, rotated: true }.resolve();
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        let place = format!("{}/", folder.display());
        let notes = files.notes.iter().map(|note| note.to_string().replace(&place, ""));
        (files.paths.iter().map(name).collect(), notes.collect())
    }

    #[test]
    fn every_sibling_is_read_the_oldest_first() {
        let folder = temp_dir();
        let oldest_first = [
            "log.20251231.gz",
            "log-20261121",
            "log-20261122-030000",
            "log.12",
            "log.3.xz",
            "log.2.gz",
            "log.1",
            "log",
        ];
        for name in
            oldest_first.iter().chain(&["log.gz", "log.1.bak", "log1", "x.1", "log.", "log-"])
        {
            write(&folder.path().join(name), "");
        }
        let (read, notes) = resolve(folder.path(), &["log"]);
        assert_eq!(read, oldest_first);
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn a_sibling_that_would_block_is_reported_and_not_opened() {
        let folder = temp_dir();
        write(&folder.path().join("log"), "");
        fs::create_dir(folder.path().join("log.1")).unwrap();
        symlink("/dev/zero", folder.path().join("log.2")).unwrap();
        assert!(works(command("mkfifo").arg(folder.path().join("log.3"))));
        let (read, notes) = resolve(folder.path(), &["log"]);
        assert_eq!(read, ["log"]);
        let left_out =
            ["log.3", "log.2", "log.1"].map(|log| format!("{log}: not a regular file; left out"));
        assert_eq!(notes, left_out);
    }

    #[test]
    fn a_file_is_read_once_whatever_its_names() {
        let folder = temp_dir();
        write(&folder.path().join("log"), "");
        write(&folder.path().join("log.1"), "");
        symlink("log", folder.path().join("link")).unwrap();
        let (read, notes) = resolve(folder.path(), &["log", "log.1", "link"]);
        assert_eq!(read, ["log.1", "log"]);
        let wanted = [
            "no rotated sibling of link found; only this log is read",
            "link: given more than once; read once",
        ];
        assert_eq!(notes, wanted);
        let (read, notes) = resolve(folder.path(), &["log", "log"]);
        assert_eq!(read, ["log.1", "log"]);
        assert_eq!(notes, ["log: given more than once; read once"]);
    }

    #[test]
    fn a_log_that_is_alone_or_cannot_be_listed_is_reported() {
        let folder = temp_dir();
        write(&folder.path().join("log"), "");
        let (read, notes) = resolve(folder.path(), &["log", "missing", "gone/log"]);
        assert_eq!(read, ["log", "missing", "log"]);
        assert_eq!(notes[0], "no rotated sibling of log found; only this log is read");
        assert!(notes[1].starts_with("gone: cannot look for rotated siblings: No such file"));
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn only_the_log_of_auditd_and_its_siblings_are_in_place() {
        let folder = temp_dir();
        let own = folder.path().join("audit.log");
        let is_in_place = |log: &str| is_log_or_sibling(&folder.path().join(log), &own);
        assert!(is_in_place("audit.log") && is_in_place("./audit.log.2.gz"));
        assert!(!is_in_place("other.log") && !is_in_place("gone/audit.log"));
        assert!(!super::is_in_place(&own) && !super::is_in_place(Path::new("-")));
    }
}
