//! `cargo xtask test`: runs the fixtures, see docs/testing.md.

mod case;

use crate::binaries;
use crate::error::Error;
use crate::tree::Tree;
use case::Case;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

/// The folders of `testdata` that hold no fixtures: what fixtures read, and what made that.
const NO_FIXTURES: [&str; 2] = ["samples", "make"];

/// Runs the cases whose names, as in `auditloginfo/overview`, contain the filter; false if one
/// failed. With `--bless` what comes out becomes what must come out.
pub(crate) fn run(tree: &Tree, words: &[&str], out: &mut impl Write) -> Result<bool, Error> {
    let (bless, filter) = match words {
        [] => (false, ""),
        ["--bless"] => (true, ""),
        [filter] => (false, *filter),
        ["--bless", filter] | [filter, "--bless"] => (true, *filter),
        _ => return Err(Error::Usage),
    };
    let mut cases = names(tree)?;
    cases.retain(|name| name.contains(filter));
    let binaries = binaries::built(tree)?;
    let judge = |name: &String| judged(&Case::new(tree, name), &binaries, bless);
    let failures: Vec<_> = in_parallel(&cases, judge)?.into_iter().flatten().collect();
    for failure in &failures {
        out.write_all(failure)?;
    }
    let passed = cases.len() - failures.len();
    writeln!(out, "{passed} passed, {} failed", failures.len())?;
    Ok(failures.is_empty())
}

/// Every fixture, `COMMAND/NAME`.
pub(crate) fn names(tree: &Tree) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for command in tree.folders("testdata")? {
        if !NO_FIXTURES.contains(&command.as_str()) {
            let cases = tree.folders(&format!("testdata/{command}"))?;
            names.extend(cases.iter().map(|case| format!("{command}/{case}")));
        }
    }
    Ok(names)
}

/// Runs a case and compares or keeps what comes out; what is to be told if it failed.
fn judged(case: &Case<'_>, binaries: &Path, bless: bool) -> Result<Option<Vec<u8>>, Error> {
    let actual = case.run(binaries)?;
    if bless && !actual.late {
        return case.keep(&actual).map(|()| None);
    }
    case.differences(&actual)
}

/// What `work` makes of each item, in the items' order, done by as many threads as there are cores.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, Error> + Sync,
) -> Result<Vec<R>, Error> {
    let todo = Mutex::new(items.iter().enumerate());
    let next = || todo.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    let worker = || {
        let mut results = Vec::new();
        while let Some((index, item)) = next() {
            results.push((index, work(item)));
        }
        results
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut results: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests;
