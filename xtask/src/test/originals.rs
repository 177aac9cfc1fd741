//! `cargo xtask test --against originals`: runs the fixtures that have a file `original` with the original
//! command, see docs/testing.md. Its output must be that of the fixture, and in a fixture with a
//! file `differs` it must not be.

mod python;
mod sysstat;
mod tapestat;

use super::case::Case;
use crate::error::Error;
use crate::workspace::Workspace;
use std::io::Write;
use tapestat::Tapestat;

/// The folder with the `auditloginfo.py` of 2016.
const ORIGINALS: &str = "ORIGINALS";

/// How many cases there were.
#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    /// Cases that the original cannot run, with a reason in their file `original`.
    not_run: usize,
}

/// Runs the cases whose names contain the filter; false if one failed, or none could be run.
pub(super) fn run(
    workspace: &Workspace,
    filter: &str,
    out: &mut impl Write,
) -> Result<bool, Error> {
    let mut cases = super::names(workspace)?;
    cases.retain(|name| name.contains(filter));
    let mut counts = Counts::default();
    let (logs, others): (Vec<_>, Vec<_>) =
        cases.into_iter().partition(|name| name.starts_with("auditloginfo/"));
    python::run(workspace, &logs, &mut counts, out)?;
    if let Some(tapestat) = Tapestat::find(workspace)? {
        for name in &others {
            compare(&tapestat, Case::new(workspace, name), name, &mut counts, out)?;
        }
    }
    sysstat::run(workspace, filter, &mut counts, out)?;
    let Counts { passed, failed, not_run } = counts;
    writeln!(out, "{not_run} cases cannot be run by an original")?;
    writeln!(out, "{passed} passed, {failed} failed")?;
    Ok(failed == 0 && passed > 0)
}

/// Runs a case with sysstat's tapestat.
fn compare(
    tapestat: &Tapestat,
    case: Case<'_>,
    name: &str,
    counts: &mut Counts,
    out: &mut impl Write,
) -> Result<(), Error> {
    let Some(original) = case.text("original")? else { return Ok(()) };
    if original.starts_with("not run:") {
        counts.not_run += 1;
        return Ok(());
    }
    let outcome = tapestat.run(case)?;
    let agrees = !outcome.timed_out && case.agrees_with(&outcome)?;
    let differs = case.text("differs")?.is_some();
    if agrees != differs {
        counts.passed += 1;
        return Ok(());
    }
    counts.failed += 1;
    let what = if differs { "agrees, but should differ" } else { "differs" };
    writeln!(out, "FAILED testdata/{name}: the original {what}, status {}", outcome.status())?;
    out.write_all(&outcome.stdout)?;
    out.write_all(&outcome.stderr)?;
    Ok(())
}
