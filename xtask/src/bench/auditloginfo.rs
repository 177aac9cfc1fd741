//! `auditloginfo` beside `wc -l` and `cat` on logs of 1 GB in the page cache, and beside
//! aureport and ausearch, which take more than a hundred times as long, on one of 2 MB.

use super::{Line, compare};
use crate::binaries;
use crate::error::Error;
use crate::tree::Tree;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const LARGE: &str = "1G";
const SMALL: &str = "2M";
const ROUNDS: usize = 7;

/// A log is either real, repeated with its serials moved on, or one of openat calls alone.
#[derive(Clone, Copy)]
enum Kind {
    Real,
    Names,
}

pub(super) fn run(tree: &Tree, out: &mut dyn Write) -> Result<(), Error> {
    let ours = binaries::release(tree)?.join("auditloginfo").into_os_string();
    let real = log(tree, Kind::Real, LARGE)?;
    let names = log(tree, Kind::Names, LARGE)?;
    let small = log(tree, Kind::Real, SMALL)?;
    let report = ["--uid", "7005"];
    let one_core = |options: &[&str]| words(&["taskset", "-c", "0"], &ours, options);
    let both = |options: &[&str]| words(&[], &ours, options);
    let mut pipe = Line::new("--uid 7005 -, one core", one_core(&["--uid", "7005", "-"]));
    pipe.stdin.clone_from(&real);
    let lines = [
        on("wc -l", words(&[], "wc", &["-l"]), &real),
        on("--uid 7005", both(&report), &real),
        on("--uid 7005, one core", one_core(&report), &real),
        pipe,
        on("overview", both(&[]), &real),
        on("--uid all -m -o tsv", both(&["--uid", "all", "-m", "-o", "tsv"]), &real),
        on("cat", words(&[], "cat", &[]), &real),
    ];
    compare(&format!("a real log repeated to {LARGE}"), &lines, ROUNDS, out)?;
    let lines = [
        on("wc -l", words(&[], "wc", &["-l"]), &names),
        on("--uid 7005", both(&report), &names),
        on("--uid 7005, one core", one_core(&report), &names),
        on("--uid all -m -o tsv", both(&["--uid", "all", "-m", "-o", "tsv"]), &names),
    ];
    compare(&format!("openat of 20,000 names, {LARGE}"), &lines, ROUNDS, out)?;
    let lines = [
        on("--uid 7005", both(&report), &small),
        on(
            "aureport --syscall",
            words(&[], "aureport", &["--syscall", "-i", "--summary", "-if"]),
            &small,
        ),
        on(
            "aureport --file",
            words(&[], "aureport", &["--file", "-i", "--summary", "-if"]),
            &small,
        ),
        on("ausearch -ul", words(&[], "ausearch", &["-ul", "7005", "--raw", "-if"]), &small),
    ];
    compare(&format!("a real log of {SMALL}"), &lines, ROUNDS, out)
}

/// A program behind others that start it, and its options.
fn words(before: &[&str], program: impl Into<OsString>, options: &[&str]) -> Vec<OsString> {
    let program = [program.into()];
    before.iter().map(Into::into).chain(program).chain(options.iter().map(Into::into)).collect()
}

/// A command with the log as its last operand.
fn on(name: &str, words: Vec<OsString>, log: &Path) -> Line {
    Line::new(name, words.into_iter().chain([log.into()]))
}

/// The log of that kind and size in the target folder, made once.
fn log(tree: &Tree, kind: Kind, size: &str) -> Result<PathBuf, Error> {
    let (name, words): (_, &[&str]) = match kind {
        Kind::Real => ("real", &["lab", size]),
        Kind::Names => ("names", &["names", size, "20000"]),
    };
    let path = binaries::folder()?.join(format!("bench-audit-{name}-{size}.log"));
    if path.exists() {
        return Ok(path);
    }
    let unfinished = path.with_extension("part");
    let mut make = Command::new("python3");
    make.arg(tree.path("testdata/make/audit_big.py")).args(words).stdin(recorded(tree)?);
    make.stdout(File::create(&unfinished).map_err(Error::file(&unfinished))?);
    if !make.status().map_err(Error::program("python3"))?.success() {
        return Err(Error::Unfit("testdata/make/audit_big.py failed".to_owned()));
    }
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
