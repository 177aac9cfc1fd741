//! `cargo xtask corpus DIR`: runs the commands over every file of a tree, and on every folder that
//! holds `proc` or `sys`, see docs/testing.md.
//!
//! Each file plays each role: a log, a text of multipath, a text of iostat, `/proc/diskstats`. Most
//! files are not what the command expects, which it must say.

mod check;
mod role;

use crate::binaries;
use crate::error::Error;
use crate::processes::map_in_parallel;
use crate::workspace::Workspace;
use check::Verdict;
use role::{Role, Runner};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file or a folder of the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    /// A regular file.
    File(PathBuf),
    /// A folder that holds `proc` or `sys`, as `--root` takes it.
    Root(PathBuf),
}

impl Input {
    fn path(&self) -> &Path {
        let (Input::File(path) | Input::Root(path)) = self;
        path
    }
}

/// An input, and what the runs on it showed.
type Outcomes<'a> = (&'a Input, Vec<(Role, Verdict)>);

/// The numbers of a kind of input, which is the folder directly below the tree.
#[derive(Default)]
struct Counts {
    inputs: usize,
    answered: usize,
    runs: usize,
    failures: usize,
}

/// Runs the commands over `folder`; false if a run failed.
pub(crate) fn run(
    workspace: &Workspace,
    folder: &str,
    out: &mut impl Write,
) -> Result<bool, Error> {
    let folder = Path::new(folder);
    if !folder.is_dir() {
        let what = format!("{}: there is no such folder; nothing was run", folder.display());
        return Err(Error::Invalid(what));
    }
    let mut inputs = Vec::new();
    collect(folder, &mut inputs)?;
    inputs.sort();
    let runner = Runner::new(binaries::build(workspace)?)?;
    let outcomes = map_in_parallel(&inputs, |input| {
        let runs = Role::all(input).iter().map(|role| Ok((*role, runner.run(*role, input)?)));
        runs.collect::<Result<_, Error>>()
    })?;
    let outcomes: Vec<Outcomes<'_>> = inputs.iter().zip(outcomes).collect();
    report(folder, &outcomes, out)
}

/// Finds the files and roots below a folder. Links are not followed, and fifos, sockets and devices
/// are left out.
fn collect(folder: &Path, inputs: &mut Vec<Input>) -> Result<(), Error> {
    if ["proc", "sys", "1/proc", "1/sys"].iter().any(|below| folder.join(below).is_dir()) {
        inputs.push(Input::Root(folder.to_owned()));
    }
    for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
        let entry = entry.map_err(Error::file(folder))?;
        let kind = entry.file_type().map_err(Error::file(entry.path()))?;
        if kind.is_dir() {
            collect(&entry.path(), inputs)?;
        } else if kind.is_file() {
            inputs.push(Input::File(entry.path()));
        }
    }
    Ok(())
}

/// Prints the failures, the inputs that no command had an answer for, and a summary per kind.
fn report(folder: &Path, outcomes: &[Outcomes<'_>], out: &mut impl Write) -> Result<bool, Error> {
    let mut kinds: BTreeMap<String, Counts> = BTreeMap::new();
    for (input, verdicts) in outcomes {
        let below = input.path().strip_prefix(folder).unwrap_or(input.path());
        let kind = below.components().next().map(|part| part.as_os_str().to_string_lossy());
        let counts = kinds.entry(kind.unwrap_or_default().into_owned()).or_default();
        let has_answer = verdicts.iter().any(|(_, verdict)| verdict.has_answer);
        counts.inputs += 1;
        counts.answered += usize::from(has_answer);
        for (role, verdict) in verdicts {
            counts.runs += verdict.runs;
            counts.failures += verdict.failures.len();
            for failure in &verdict.failures {
                writeln!(out, "FAILED {}: {role}: {failure}", below.display())?;
            }
            let is_empty = !has_answer || verdict.is_empty_success;
            if let Some(why) = verdict.why.as_ref().filter(|_| is_empty) {
                writeln!(out, "empty {}: {role}: {why}", below.display())?;
            }
        }
    }
    writeln!(out, "kind inputs answered runs failures")?;
    for (kind, counts) in &kinds {
        let Counts { inputs, answered, runs, failures } = counts;
        writeln!(out, "{kind} {inputs} {answered} {runs} {failures}")?;
    }
    let failures: usize = kinds.values().map(|counts| counts.failures).sum();
    let runs: usize = kinds.values().map(|counts| counts.runs).sum();
    writeln!(out, "{} runs passed, {failures} failed", runs - failures.min(runs))?;
    Ok(failures == 0 && runs > 0)
}

#[cfg(test)]
mod tests;
