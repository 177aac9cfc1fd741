//! Tables as docs/performance.md holds them, and the cells that are in them.

use super::measure::{Figures, median};
use crate::error::Error;
use std::io::Write;

/// Prints a sentence and a table in Markdown below it, each with an empty line behind.
pub(super) fn print(
    sentence: &str,
    head: &[&str],
    rows: &[Vec<String>],
    out: &mut dyn Write,
) -> Result<(), Error> {
    writeln!(out, "{sentence}\n\n| {} |", head.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(head.len()))?;
    for row in rows {
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    Ok(writeln!(out)?)
}

/// How long this took beside the other, in the middle of the rounds.
pub(super) fn times(this: &[Figures], other: &[Figures]) -> String {
    ratio(median(each(this, other, |this, other| this.wall_ms / other.wall_ms)))
}

/// The same of bytes read in a unit of time, of each as many as told.
pub(super) fn rate(this: (&[Figures], u64), other: (&[Figures], u64)) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a ratio of two digits")]
    let bytes = this.1 as f64 / other.1 as f64;
    ratio(bytes * median(each(this.0, other.0, |this, other| other.wall_ms / this.wall_ms)))
}

/// What each round took longer than one that had nothing to do.
pub(super) fn beyond(this: &[Figures], idle: &[Figures]) -> Vec<Figures> {
    let beyond = |(this, idle): (&Figures, &Figures)| Figures {
        wall_ms: this.wall_ms - idle.wall_ms,
        cpu_ms: this.cpu_ms - idle.cpu_ms,
        ..*this
    };
    this.iter().zip(idle).map(beyond).collect()
}

/// The processor time instead of that from start to end.
pub(super) fn worked(this: &[Figures]) -> Vec<Figures> {
    this.iter().map(|figures| Figures { wall_ms: figures.cpu_ms, ..*figures }).collect()
}

/// What is told of both figures of each round.
fn each(this: &[Figures], other: &[Figures], told: impl Fn(&Figures, &Figures) -> f64) -> Vec<f64> {
    this.iter().zip(other).map(|(this, other)| told(this, other)).collect()
}

/// What all others are divided by: 1, and how long that is.
pub(super) fn unit(figures: &[Figures]) -> String {
    let wall_ms = median(figures.iter().map(|round| round.wall_ms).collect());
    format!("1 ({wall_ms:.0} ms)")
}

/// The most memory of all rounds.
pub(super) fn peak(figures: &[Figures]) -> String {
    let mib = figures.iter().map(|round| round.peak_kib).fold(0.0, f64::max) / 1024.0;
    if mib < 9.95 { format!("{mib:.1} MiB") } else { format!("{mib:.0} MiB") }
}

/// A ratio with three digits, or all before the point.
fn ratio(ratio: f64) -> String {
    match ratio {
        _ if ratio < 9.995 => format!("{ratio:.2}"),
        _ if ratio < 99.95 => format!("{ratio:.1}"),
        _ => format!("{ratio:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(all: &[(f64, f64)]) -> Vec<Figures> {
        let figures = |&(wall_ms, peak_kib)| Figures { wall_ms, cpu_ms: 0.0, peak_kib };
        all.iter().map(figures).collect()
    }

    #[test]
    fn a_ratio_is_that_of_the_middle_round() {
        let this = rounds(&[(30.0, 0.0), (20.0, 0.0), (90.0, 0.0)]);
        let other = rounds(&[(10.0, 0.0), (20.0, 0.0), (45.0, 0.0)]);
        assert_eq!(times(&this, &other), "2.00");
        assert_eq!(rate((&this, 300), (&other, 100)), "1.50");
        assert_eq!(unit(&this), "1 (30 ms)");
        assert_eq!(times(&beyond(&this, &other), &other), "1.00");
        assert_eq!(times(&this, &worked(&[Figures { cpu_ms: 5.0, ..this[0] }])), "6.00");
    }

    #[test]
    fn a_ratio_has_three_digits() {
        let ratios = [0.004, 9.994, 9.996, 99.94, 99.96, 1234.5].map(ratio);
        assert_eq!(ratios, ["0.00", "9.99", "10.0", "99.9", "100", "1234"]);
    }

    #[test]
    fn memory_is_the_most_of_all_rounds() {
        assert_eq!(peak(&rounds(&[(1.0, 1024.0), (1.0, 5120.0), (1.0, 2048.0)])), "5.0 MiB");
        assert_eq!(peak(&rounds(&[(1.0, 24.4 * 1024.0)])), "24 MiB");
    }

    #[test]
    fn a_table_is_markdown() {
        let mut out = Vec::new();
        let row = ["`cat`", "0.71"].map(str::to_owned).to_vec();
        print("Times.", &["", "time"], &[row], &mut out).expect("a vector takes all");
        let wanted = "Times.\n\n|  | time |\n|---|---|\n| `cat` | 0.71 |\n\n";
        assert_eq!(String::from_utf8_lossy(&out), wanted);
    }
}
