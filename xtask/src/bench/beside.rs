//! `cargo xtask bench COMMAND --beside BINARY`: the built command compared with another binary of
//! the same command, such as that of an earlier commit.
//!
//! The figure is the processor time, user and system, of runs on one core. Both binaries run in
//! every round, in alternating order, and each round gives one ratio: what slows down a shared
//! machine for a while slows down both. On a machine that does nothing else, a binary compared with
//! itself gives 1.00.

use super::measure::{BenchCommand, Measurement, median, quantile, warm_up_and_measure};
use super::table;
use crate::binaries;
use crate::error::Error;
use crate::workspace::Workspace;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Pairs of runs.
const ROUNDS: usize = 21;

/// A run to compare.
pub(super) struct Comparison {
    /// The command. Its name stands for the run in the table.
    pub(super) command: BenchCommand,
    /// A command whose time is the unit of both binaries' times in the last columns.
    pub(super) unit: Option<BenchCommand>,
}

/// Gives the runs of a binary to compare.
pub(super) type Comparisons = fn(&Workspace, &Path) -> Result<Vec<Comparison>, Error>;

/// Compares the built command `name` with `other`, and prints a table.
pub(super) fn run(
    workspace: &Workspace,
    name: &str,
    comparisons: Comparisons,
    other: &str,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let path = fs::canonicalize(other).map_err(Error::file(other))?;
    let built = binaries::build_release(workspace)?.join(name);
    let pairs = comparisons(workspace, &built)?.into_iter().zip(comparisons(workspace, &path)?);
    let mut rows = Vec::new();
    for (ours, theirs) in pairs {
        let name = ours.command.name.clone();
        let commands: Vec<_> =
            [ours.command, theirs.command].into_iter().chain(ours.unit).collect();
        rows.push(row(name, &warm_up_and_measure(&commands, ROUNDS)?)?);
    }
    let sentence = format!(
        "The built {name} (new) compared with {other} (old): processor time on one core, {ROUNDS} \
         interleaved pairs of runs."
    );
    let headings = [
        "",
        "new, ms",
        "old, ms",
        "median of new / old",
        "middle half of the pairs",
        "ratio of the medians",
        "new / `wc -l`",
        "old / `wc -l`",
    ];
    table::print(&sentence, &headings, &rows, out)
}

/// A row of the table, from the measurements of the new binary, the old one, and maybe the unit.
fn row(name: String, results: &[Vec<Measurement>]) -> Result<Vec<String>, Error> {
    let [new, old, units @ ..] = results else { return Err(Error::Usage) };
    let cpu_ratios = |this: &[Measurement], other: &[Measurement]| {
        table::per_round(this, other, |this, other| this.cpu_ms / other.cpu_ms)
    };
    let median_ms = |rounds: &[Measurement]| median(rounds.iter().map(|it| it.cpu_ms).collect());
    let ratios = cpu_ratios(new, old);
    let middle_half = [1, 3].map(|part| quantile(ratios.clone(), part, 4));
    let per_unit = |this: &[Measurement]| {
        let ratio = units.first().map(|unit| format!("{:.2}", median(cpu_ratios(this, unit))));
        ratio.unwrap_or_else(|| "-".to_owned())
    };
    Ok(vec![
        name,
        format!("{:.0}", median_ms(new)),
        format!("{:.0}", median_ms(old)),
        format!("{:.3}", median(ratios)),
        format!("{:.3} to {:.3}", middle_half[0], middle_half[1]),
        format!("{:.3}", median_ms(new) / median_ms(old)),
        per_unit(new),
        per_unit(old),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(cpu_ms: &[f64]) -> Vec<Measurement> {
        cpu_ms.iter().map(|&cpu_ms| Measurement { wall_ms: 0.0, cpu_ms, peak_kib: 0.0 }).collect()
    }

    #[test]
    fn a_row_has_the_ratios_of_the_pairs_and_of_the_medians() {
        let results = [
            rounds(&[110.0, 220.0, 330.0, 160.0, 100.0]),
            rounds(&[100.0, 200.0, 300.0, 100.0, 100.0]),
            rounds(&[50.0, 100.0, 150.0, 50.0, 50.0]),
        ];
        let cells = row("report".to_owned(), &results).expect("two results");
        let expected = ["report", "160", "100", "1.100", "1.100 to 1.100", "1.600", "2.20", "2.00"];
        assert_eq!(cells, expected);
        let without_unit = row("report".to_owned(), &results[..2]).expect("two results");
        assert_eq!(without_unit[6..], ["-", "-"]);
    }
}
