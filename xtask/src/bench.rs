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

use crate::error::Error;
use crate::tree::Tree;
use measure::{Figures, Line, median, system_calls, turns};
use std::io::Write;

/// The benchmarks by the command's name.
const ALL: [(&str, Bench); 3] = [
    ("auditloginfo", auditloginfo::run),
    ("mpathstat", mpathstat::run),
    ("tapestat", tapestat::run),
];

type Bench = fn(&Tree, &mut dyn Write) -> Result<(), Error>;

/// Runs the benchmark of one command, or all.
pub(crate) fn run(tree: &Tree, words: &[&str], out: &mut dyn Write) -> Result<bool, Error> {
    let mut chosen = ALL.iter().filter(|(name, _)| words.is_empty() || words == [*name]).peekable();
    if chosen.peek().is_none() {
        return Err(Error::Usage);
    }
    chosen.try_for_each(|(_, bench)| bench(tree, out))?;
    Ok(true)
}
