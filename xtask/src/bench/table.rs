//! Markdown tables for docs/performance.md, and their cells.

use super::measure::{Measurement, median};
use crate::error::Error;
use std::io::Write;

/// Prints a sentence and a table, each followed by an empty line.
pub(super) fn print(
    sentence: &str,
    headings: &[&str],
    rows: &[Vec<String>],
    out: &mut dyn Write,
) -> Result<(), Error> {
    writeln!(out, "{sentence}\n\n| {} |", headings.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(headings.len()))?;
    for row in rows {
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    Ok(writeln!(out)?)
}

/// The wall time of a command divided by that of another, median of the rounds.
pub(super) fn wall_ratio(this: &[Measurement], other: &[Measurement]) -> String {
    format_ratio(median(per_round(this, other, |this, other| this.wall_ms / other.wall_ms)))
}

/// The same ratio of bytes per time, for inputs of these sizes.
pub(super) fn throughput_ratio(
    this: (&[Measurement], u64),
    other: (&[Measurement], u64),
) -> String {
    #[expect(clippy::cast_precision_loss, reason = "the result is rounded to three digits")]
    let bytes = this.1 as f64 / other.1 as f64;
    let ratios = per_round(this.0, other.0, |this, other| other.wall_ms / this.wall_ms);
    format_ratio(bytes * median(ratios))
}

/// The times of each round minus those of a run with empty input.
pub(super) fn without_startup(this: &[Measurement], startup: &[Measurement]) -> Vec<Measurement> {
    let subtract = |(this, startup): (&Measurement, &Measurement)| Measurement {
        wall_ms: this.wall_ms - startup.wall_ms,
        cpu_ms: this.cpu_ms - startup.cpu_ms,
        ..*this
    };
    this.iter().zip(startup).map(subtract).collect()
}

/// The processor time in place of the wall time.
pub(super) fn cpu_as_wall(this: &[Measurement]) -> Vec<Measurement> {
    this.iter().map(|round| Measurement { wall_ms: round.cpu_ms, ..*round }).collect()
}

/// A figure of each round, computed from the measurements of two commands.
pub(super) fn per_round(
    this: &[Measurement],
    other: &[Measurement],
    figure: impl Fn(&Measurement, &Measurement) -> f64,
) -> Vec<f64> {
    this.iter().zip(other).map(|(this, other)| figure(this, other)).collect()
}

/// The cell of the command that all others are divided by: 1, and its time.
pub(super) fn baseline(rounds: &[Measurement]) -> String {
    let wall_ms = median(rounds.iter().map(|round| round.wall_ms).collect());
    format!("1 ({wall_ms:.0} ms)")
}

/// The peak of memory in all rounds.
pub(super) fn peak_memory(rounds: &[Measurement]) -> String {
    let mib = rounds.iter().map(|round| round.peak_kib).fold(0.0, f64::max) / 1024.0;
    if mib < 9.95 { format!("{mib:.1} MiB") } else { format!("{mib:.0} MiB") }
}

/// A ratio with three digits, or all digits before the point.
fn format_ratio(ratio: f64) -> String {
    match ratio {
        _ if ratio < 9.995 => format!("{ratio:.2}"),
        _ if ratio < 99.95 => format!("{ratio:.1}"),
        _ => format!("{ratio:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(all: &[(f64, f64)]) -> Vec<Measurement> {
        let measurement = |&(wall_ms, peak_kib)| Measurement { wall_ms, cpu_ms: 0.0, peak_kib };
        all.iter().map(measurement).collect()
    }

    #[test]
    fn a_ratio_is_the_median_of_the_rounds() {
        let this = rounds(&[(30.0, 0.0), (20.0, 0.0), (90.0, 0.0)]);
        let other = rounds(&[(10.0, 0.0), (20.0, 0.0), (45.0, 0.0)]);
        assert_eq!(wall_ratio(&this, &other), "2.00");
        assert_eq!(throughput_ratio((&this, 300), (&other, 100)), "1.50");
        assert_eq!(baseline(&this), "1 (30 ms)");
        assert_eq!(wall_ratio(&without_startup(&this, &other), &other), "1.00");
        let cpu = cpu_as_wall(&[Measurement { cpu_ms: 5.0, ..this[0] }]);
        assert_eq!(wall_ratio(&this, &cpu), "6.00");
    }

    #[test]
    fn a_ratio_has_three_digits() {
        let ratios = [0.004, 9.994, 9.996, 99.94, 99.96, 1234.5].map(format_ratio);
        assert_eq!(ratios, ["0.00", "9.99", "10.0", "99.9", "100", "1234"]);
    }

    #[test]
    fn memory_is_the_peak_of_all_rounds() {
        let all = rounds(&[(1.0, 1024.0), (1.0, 5120.0), (1.0, 2048.0)]);
        assert_eq!(peak_memory(&all), "5.0 MiB");
        assert_eq!(peak_memory(&rounds(&[(1.0, 24.4 * 1024.0)])), "24 MiB");
    }

    #[test]
    fn a_table_is_markdown() {
        let mut out = Vec::new();
        let row = ["`cat`", "0.71"].map(str::to_owned).to_vec();
        print("Times.", &["", "time"], &[row], &mut out).expect("writing to a vector");
        let expected = "Times.\n\n|  | time |\n|---|---|\n| `cat` | 0.71 |\n\n";
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}
