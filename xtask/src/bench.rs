//! `cargo xtask bench [COMMAND [--beside BINARY]]`: how fast a command is, compared with others that
//! do similar work or with another binary of the same command.
//!
//! Only ratios within one run mean something, because the speed of a machine changes from hour to
//! hour. So the commands take turns, and the ratios are those within a round.

mod auditloginfo;
mod beside;
mod input;
mod measure;
mod mpathstat;
mod table;
mod tapestat;

pub(crate) use measure::measure_once;

use crate::error::Error;
use crate::workspace::Workspace;
use beside::Comparisons;
use std::io::Write;

/// The benchmark of a command.
struct Bench {
    command: &'static str,
    run: fn(&Workspace, &mut dyn Write) -> Result<(), Error>,
    comparisons: Comparisons,
}

const ALL: [Bench; 3] = [
    Bench {
        command: "auditloginfo",
        run: auditloginfo::run,
        comparisons: auditloginfo::comparisons,
    },
    Bench { command: "mpathstat", run: mpathstat::run, comparisons: mpathstat::comparisons },
    Bench { command: "tapestat", run: tapestat::run, comparisons: tapestat::comparisons },
];

/// Runs the benchmark of one command, or all.
pub(crate) fn run(
    workspace: &Workspace,
    words: &[&str],
    out: &mut dyn Write,
) -> Result<bool, Error> {
    let find = |name| ALL.iter().find(|bench| bench.command == name).ok_or(Error::Usage);
    match *words {
        [] => ALL.iter().try_for_each(|bench| (bench.run)(workspace, out))?,
        [name] => (find(name)?.run)(workspace, out)?,
        [name, "--beside", binary] => {
            beside::run(workspace, name, find(name)?.comparisons, binary, out)?;
        }
        _ => return Err(Error::Usage),
    }
    Ok(true)
}
