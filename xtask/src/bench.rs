//! `cargo xtask bench [COMMAND]`: how fast a command is, beside others that do the like.
//!
//! Only ratios of one run mean something: machines differ, and so does one machine from hour to
//! hour. So commands take turns, and each round is compared with itself.

mod auditloginfo;
mod measure;
mod mpathstat;
mod table;
mod tapestat;

pub(crate) use measure::measured;

use crate::binaries;
use crate::error::Error;
use crate::tree::Tree;
use measure::{Figures, Line, median, system_calls, turns};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// The benchmarks by the command's name.
const ALL: [(&str, Bench); 3] = [
    ("auditloginfo", auditloginfo::run),
    ("mpathstat", mpathstat::run),
    ("tapestat", tapestat::run),
];

type Bench = fn(&Tree, &mut dyn Write) -> Result<(), Error>;

/// A folder in the target folder that benchmarks read, made once.
fn made(name: &str, make: impl FnOnce(&Tree) -> Result<(), Error>) -> Result<PathBuf, Error> {
    let folder = binaries::folder()?.join(name);
    if !folder.exists() {
        let unfinished = folder.with_extension("part");
        make(&Tree::at(unfinished.clone()))?;
        fs::rename(&unfinished, &folder).map_err(Error::file(&folder))?;
    }
    Ok(folder)
}

/// Runs the benchmark of one command, or all.
pub(crate) fn run(tree: &Tree, words: &[&str], out: &mut dyn Write) -> Result<bool, Error> {
    let mut chosen = ALL.iter().filter(|(name, _)| words.is_empty() || words == [*name]).peekable();
    if chosen.peek().is_none() {
        return Err(Error::Usage);
    }
    chosen.try_for_each(|(_, bench)| bench(tree, out))?;
    Ok(true)
}
