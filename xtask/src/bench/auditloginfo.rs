//! `auditloginfo` beside `wc -l` and, where it is installed, aureport, on one log in the page cache.

use super::{Line, compare};
use crate::binaries;
use crate::error::Error;
use crate::tree::Tree;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The log, made of the sample: large for us, small for aureport.
const SIZE: &str = "200M";
const SMALL: &str = "2M";
const ROUNDS: usize = 7;

pub(super) fn run(tree: &Tree, out: &mut dyn Write) -> Result<(), Error> {
    let binary = binaries::release(tree)?.join("auditloginfo");
    let log = log(tree, SIZE)?;
    let ours = |name, uid: &str, log: &Path| {
        let words = ["--uid", uid].map(Into::into).into_iter().chain([log.into()]);
        Line::new(name, [binary.clone().into_os_string()].into_iter().chain(words))
    };
    let count =
        |log: &Path| Line::new("wc -l", ["wc".into(), "-l".into(), log.as_os_str().to_owned()]);
    let users = [count(&log), ours("--uid 7005", "7005", &log), ours("--uid all", "all", &log)];
    compare(&format!("a log of {SIZE}"), &users, ROUNDS, out)?;
    let log = self::log(tree, SMALL)?;
    let aureport = ["aureport", "--syscall", "--summary", "-i", "-if"].map(Into::into);
    let lines = [
        ours("--uid all", "all", &log),
        Line::new("aureport --syscall", aureport.into_iter().chain([log.into_os_string()])),
    ];
    compare(&format!("a log of {SMALL}"), &lines, ROUNDS, out)
}

/// The log of that size in the target folder, made once.
fn log(tree: &Tree, size: &str) -> Result<PathBuf, Error> {
    let path = binaries::folder()?.join(format!("bench-audit-{size}.log"));
    if path.exists() {
        return Ok(path);
    }
    let sample = tree.path("testdata/samples/auditloginfo/raw.log");
    let unfinished = path.with_extension("part");
    let mut make = Command::new("python3");
    make.arg(tree.path("testdata/make/audit_big.py")).args(["lab", size]);
    make.stdin(File::open(&sample).map_err(Error::file(&sample))?);
    make.stdout(File::create(&unfinished).map_err(Error::file(&unfinished))?);
    if !make.status().map_err(Error::program("python3"))?.success() {
        return Err(Error::Unfit("testdata/make/audit_big.py failed".to_owned()));
    }
    fs::rename(&unfinished, &path).map_err(Error::file(&path))?;
    Ok(path)
}
