//! `cargo xtask bench [COMMAND]`: how fast a command is, beside others that do the like.
//!
//! Only ratios of one run mean something: machines differ, and so does one machine from hour to
//! hour. So commands take turns, and each round is compared with itself.

mod auditloginfo;
mod measure;
mod mpathstat;
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

/// Measures the lines in turns and prints a table of them. Times are the first line's, then each
/// other's as a ratio to it; so are memory and system calls.
fn compare(title: &str, lines: &[Line], rounds: usize, out: &mut dyn Write) -> Result<(), Error> {
    let all = turns(lines, rounds)?;
    writeln!(out, "{title}, median of {rounds} rounds in turns")?;
    writeln!(
        out,
        "{:24} {:>10} {:>10} {:>10} {:>12}",
        "", "wall", "cpu", "memory", "system calls"
    )?;
    let Some(first) = all.first() else { return Ok(()) };
    let base = lines.first().map(system_calls).transpose()?.flatten();
    for (index, (line, figures)) in lines.iter().zip(&all).enumerate() {
        let [wall, cpu, memory, calls] = match index {
            0 => units(figures, base),
            _ => ratios(figures, first, system_calls(line)?.zip(base)),
        };
        writeln!(out, "{:24} {wall:>10} {cpu:>10} {memory:>10} {calls:>12}", line.name)?;
    }
    Ok(())
}

/// The medians of one line: milliseconds, MiB, a count.
fn units(figures: &[Figures], calls: Option<u64>) -> [String; 4] {
    let of = |figure: fn(&Figures) -> f64| median(figures.iter().map(figure).collect());
    [
        format!("{:.1} ms", of(|figures| figures.wall_ms)),
        format!("{:.1} ms", of(|figures| figures.cpu_ms)),
        format!("{:.1} MiB", of(|figures| figures.peak_kib / 1024.0)),
        calls.map_or_else(|| "?".to_owned(), |calls| calls.to_string()),
    ]
}

/// The medians of the ratios of each round; `calls` are this line's and the first line's.
fn ratios(figures: &[Figures], first: &[Figures], calls: Option<(u64, u64)>) -> [String; 4] {
    let of = |figure: fn(&Figures) -> f64| {
        let ratio = |(this, first): (&Figures, &Figures)| figure(this) / figure(first);
        format!("x {:.2}", median(figures.iter().zip(first).map(ratio).collect()))
    };
    #[expect(clippy::cast_precision_loss, reason = "a ratio of two digits")]
    let calls = calls.map(|(this, first)| format!("x {:.2}", this as f64 / first as f64));
    [
        of(|figures| figures.wall_ms),
        of(|figures| figures.cpu_ms),
        of(|figures| figures.peak_kib),
        calls.unwrap_or_else(|| "?".to_owned()),
    ]
}
