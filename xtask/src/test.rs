//! `cargo xtask test`: runs the fixtures, see docs/testing.md.

mod case;
mod originals;

use crate::binaries;
use crate::error::Error;
use crate::processes::map_in_parallel;
use crate::workspace::Workspace;
use case::Case;
use std::io::Write;
use std::path::Path;

/// The folders of `testdata` without fixtures: the input of fixtures, and the scripts that made it.
const NOT_FIXTURES: [&str; 2] = ["samples", "make"];

/// Runs the cases whose names, such as `auditloginfo/overview`, contain the filter; false if one
/// failed. `--bless` makes the actual output the expected output; `--against originals` runs the
/// originals of the commands.
pub(crate) fn run(
    workspace: &Workspace,
    words: &[&str],
    out: &mut impl Write,
) -> Result<bool, Error> {
    let (bless, filter) = match words {
        ["--against", "originals"] => return originals::run(workspace, "", out),
        ["--against", "originals", filter] => return originals::run(workspace, filter, out),
        [] => (false, ""),
        ["--bless"] => (true, ""),
        [filter] => (false, *filter),
        ["--bless", filter] | [filter, "--bless"] => (true, *filter),
        _ => return Err(Error::Usage),
    };
    let mut cases = names(workspace)?;
    cases.retain(|name| name.contains(filter));
    let binaries = binaries::build(workspace)?;
    let run_case = |name: &String| verdict(&Case::new(workspace, name), &binaries, bless);
    let failures: Vec<_> = map_in_parallel(&cases, run_case)?.into_iter().flatten().collect();
    for failure in &failures {
        out.write_all(failure)?;
    }
    let passed = cases.len() - failures.len();
    writeln!(out, "{passed} passed, {} failed", failures.len())?;
    Ok(failures.is_empty())
}

/// The names of all fixtures, `COMMAND/CASE`.
pub(crate) fn names(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for command in workspace.folders("testdata")? {
        if !NOT_FIXTURES.contains(&command.as_str()) {
            let cases = workspace.folders(&format!("testdata/{command}"))?;
            names.extend(cases.iter().map(|case| format!("{command}/{case}")));
        }
    }
    Ok(names)
}

/// Runs a case, and compares or keeps its output. Returns the report of a failure.
fn verdict(case: &Case<'_>, binaries: &Path, bless: bool) -> Result<Option<Vec<u8>>, Error> {
    let actual = case.run(binaries)?;
    if bless && !actual.timed_out {
        return case.bless(&actual).map(|()| None);
    }
    case.compare(&actual)
}

#[cfg(test)]
mod tests;
