//! The logs to read: made once, in the target folder.

use crate::binaries;
use crate::error::Error;
use crate::workspace::Workspace;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The contents of a log.
#[derive(Clone, Copy)]
pub(super) enum LogKind {
    /// A recorded log, repeated with new serial numbers.
    Recorded,
    /// The same without the events at which the script of 2016 stops.
    Plain,
    /// Only openat calls, with 20,000 different names.
    Names,
}

/// The path of a log of this kind and size, such as `1G`. Makes the log on first use.
pub(super) fn make_log(workspace: &Workspace, kind: LogKind, size: &str) -> Result<PathBuf, Error> {
    let (name, arguments): (_, &[&str]) = match kind {
        LogKind::Recorded => ("real", &["lab", size]),
        LogKind::Plain => ("plain", &["plain", size]),
        LogKind::Names => ("names", &["names", size, "20000"]),
    };
    let path = binaries::target_folder()?.join(format!("bench-audit-{name}-{size}.log"));
    if path.exists() {
        return Ok(path);
    }
    let unfinished = path.with_extension("part");
    let file = File::create(&unfinished).map_err(Error::file(&unfinished))?;
    let mut make = Command::new("python3");
    make.arg(workspace.path("testdata/make/audit_big.py")).args(arguments);
    make.stdin(recorded_log(workspace)?);
    make.stdout(file.try_clone().map_err(Error::file(&unfinished))?);
    if !make.status().map_err(Error::program("python3"))?.success() {
        return Err(Error::Invalid("testdata/make/audit_big.py failed".to_owned()));
    }
    // So that the kernel does not write the log to the disk during a measurement.
    file.sync_all().map_err(Error::file(&unfinished))?;
    fs::rename(&unfinished, &path).map_err(Error::file(&path))?;
    Ok(path)
}

/// A complete recorded log if there is one, else the sample, in which long command lines are more
/// frequent.
fn recorded_log(workspace: &Workspace) -> Result<Stdio, Error> {
    let complete = workspace.path("../shared/data/lab/audit/raw/audit.log.gz");
    if complete.exists() {
        let gzip = Command::new("gzip").arg("-dc").arg(complete).stdout(Stdio::piped()).spawn();
        let output = gzip.map_err(Error::program("gzip"))?.stdout;
        return Ok(output.map_or_else(Stdio::null, Stdio::from));
    }
    let sample = workspace.path("testdata/samples/auditloginfo/raw.log");
    Ok(File::open(&sample).map_err(Error::file(&sample))?.into())
}
