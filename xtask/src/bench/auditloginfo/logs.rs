//! The logs that are read: made once, into the target folder.

use crate::binaries;
use crate::error::Error;
use crate::tree::Tree;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What is in a log.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A recorded log, repeated with its serials moved on.
    Real,
    /// The same without the events at which the script of 2016 stops.
    Plain,
    /// Calls of openat alone, on 20,000 different names.
    Names,
}

/// The log of that kind and size, such as `1G`.
pub(super) fn log(tree: &Tree, kind: Kind, size: &str) -> Result<PathBuf, Error> {
    let (name, words): (_, &[&str]) = match kind {
        Kind::Real => ("real", &["lab", size]),
        Kind::Plain => ("plain", &["plain", size]),
        Kind::Names => ("names", &["names", size, "20000"]),
    };
    let path = binaries::folder()?.join(format!("bench-audit-{name}-{size}.log"));
    if path.exists() {
        return Ok(path);
    }
    let unfinished = path.with_extension("part");
    let file = File::create(&unfinished).map_err(Error::file(&unfinished))?;
    let mut make = Command::new("python3");
    make.arg(tree.path("testdata/make/audit_big.py")).args(words).stdin(recorded(tree)?);
    make.stdout(file.try_clone().map_err(Error::file(&unfinished))?);
    if !make.status().map_err(Error::program("python3"))?.success() {
        return Err(Error::Unfit("testdata/make/audit_big.py failed".to_owned()));
    }
    // Else the system would write it to the disk while something is measured.
    file.sync_all().map_err(Error::file(&unfinished))?;
    fs::rename(&unfinished, &path).map_err(Error::file(&path))?;
    Ok(path)
}

/// A whole recorded log where one is at hand, else the sample, in which long commands weigh more.
fn recorded(tree: &Tree) -> Result<Stdio, Error> {
    let whole = tree.path("../shared/data/lab/audit/raw/audit.log.gz");
    if whole.exists() {
        let gzip = Command::new("gzip").arg("-dc").arg(whole).stdout(Stdio::piped()).spawn();
        let output = gzip.map_err(Error::program("gzip"))?.stdout;
        return Ok(output.map_or_else(Stdio::null, Stdio::from));
    }
    let sample = tree.path("testdata/samples/auditloginfo/raw.log");
    Ok(File::open(&sample).map_err(Error::file(&sample))?.into())
}
