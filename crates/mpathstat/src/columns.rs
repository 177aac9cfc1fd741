//! The columns of reports: one table, which names them in every format and on the command line.
//!
//! ```
//! use mpathstat::columns::{self, Column};
//!
//! let columns = columns::parse("reads,state")?;
//! assert!(matches!(columns[..], [Column::Figure(reads), Column::Word(_)] if reads.name == "reads"));
//! # Ok::<(), String>(())
//! ```

use crate::rates::{Figures, SortKey};

/// A column of the text report.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    /// A figure of a device.
    Figure(&'static FigureColumn),
    /// Something else about a device.
    Word(&'static WordColumn),
}

/// A figure of a device.
#[derive(Debug)]
pub struct FigureColumn {
    /// Its name on the command line.
    pub name: &'static str,
    /// The heading in the text report; empty for an amount whose heading names its unit.
    pub heading: &'static str,
    /// The least width in the text report.
    pub width: usize,
    /// The key in the JSON document. Those that iostat has are the same.
    pub json_key: &'static str,
    /// The key in records.
    pub record_key: &'static str,
    /// What kind of figure it is.
    pub kind: FigureKind,
    /// The figure; `None` if it is unknown.
    pub figure: fn(&Figures) -> Option<f64>,
}

/// The kind of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureKind {
    /// A number with decimals.
    Plain,
    /// An amount in KiB.
    Amount,
    /// A percentage.
    Percent,
    /// A number without decimals.
    Count,
}
use FigureKind::{Amount, Count, Percent, Plain};

/// A column that is no figure.
#[derive(Debug)]
pub struct WordColumn {
    /// Its name on the command line.
    pub name: &'static str,
    /// The heading.
    pub heading: &'static str,
    /// The least width.
    pub width: usize,
    /// What it holds.
    pub word: Word,
}

/// What a column of words holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The percentage of the I/O of the map, or of all maps.
    Share,
    /// The address of a SCSI device, or the NVMe controller.
    Hctl,
    /// The HBA.
    Host,
    /// The port of the array.
    Target,
    /// The path group.
    Group,
    /// The state of the device; of a map, how many paths are usable.
    State,
    /// The access state; of a map, the I/O policy.
    Access,
    /// The states that multipathd knows.
    Multipathd,
    /// The number of paths of a sum.
    Paths,
}

/// The figures, in the order of the extended report. The default report has the first ones.
pub static FIGURES: [FigureColumn; 21] = [
    figure(["reads", "Reads", "r/s", "reads_per_s"], 8, Plain, Figures::reads_per_s),
    figure(["writes", "Writes", "w/s", "writes_per_s"], 8, Plain, Figures::writes_per_s),
    figure(["read-kb", "", "rkB/s", "read_kb_per_s"], 9, Amount, Figures::read_kib_per_s),
    figure(["written-kb", "", "wkB/s", "written_kb_per_s"], 9, Amount, Figures::written_kib_per_s),
    figure(["await", "Await", "await", "await_ms"], 8, Plain, Figures::await_ms),
    figure(["r_await", "r_await", "r_await", "read_await_ms"], 8, Plain, Figures::read_await_ms),
    figure(["w_await", "w_await", "w_await", "write_await_ms"], 8, Plain, Figures::write_await_ms),
    figure(["areq-sz", "areq-sz", "areq-sz", "kb_per_io"], 8, Amount, Figures::size_kib),
    figure(["rareq-sz", "rareq-sz", "rareq-sz", "kb_per_read"], 8, Amount, Figures::read_size_kib),
    figure(
        ["wareq-sz", "wareq-sz", "wareq-sz", "kb_per_write"],
        8,
        Amount,
        Figures::write_size_kib,
    ),
    figure(["in-flight", "InFlight", "in-flight", "in_flight"], 8, Count, |it| it.in_flight),
    figure(["aqu-sz", "aqu-sz", "aqu-sz", "queue"], 7, Plain, Figures::queue),
    figure(["util", "%util", "util", "util_pct"], 6, Percent, Figures::util_percent),
    figure(["discards", "Disc/S", "d/s", "discards_per_s"], 7, Plain, Figures::discards_per_s),
    figure(
        ["d_await", "d_await", "d_await", "discard_await_ms"],
        8,
        Plain,
        Figures::discard_await_ms,
    ),
    figure(["flushes", "Flush/S", "f/s", "flushes_per_s"], 7, Plain, Figures::flushes_per_s),
    figure(["f_await", "f_await", "f_await", "flush_await_ms"], 8, Plain, Figures::flush_await_ms),
    figure(["errors", "Err/S", "err/s", "errors_per_s"], 7, Plain, |it| Some(it.rate(it.errors?))),
    figure(["timeouts", "Tmo/S", "tmo/s", "timeouts_per_s"], 7, Plain, |it| {
        Some(it.rate(it.timeouts?))
    }),
    figure(["retries", "Rty/S", "rty/s", "retries_per_s"], 7, Plain, |it| {
        Some(it.rate(it.retries?))
    }),
    figure(["failovers", "Fov/S", "fov/s", "failovers_per_s"], 7, Plain, |it| {
        Some(it.rate(it.failovers?))
    }),
];

/// The columns of words, in the order of the extended report.
pub static WORDS: [WordColumn; 8] = [
    word("share", "%Share", 6, Word::Share),
    word("hctl", "HCTL", 12, Word::Hctl),
    word("host", "Host", 6, Word::Host),
    word("target", "Target", 18, Word::Target),
    word("group", "Group", 12, Word::Group),
    word("state", "State", 17, Word::State),
    word("access", "Access", 20, Word::Access),
    word("multipathd", "Multipathd", 10, Word::Multipathd),
];

/// The column that an extended report has besides the figures of sums.
pub static PATHS: WordColumn = word("paths", "Paths", 5, Word::Paths);

/// The number of columns that the text report has by default.
const DEFAULT: usize = 5;

const fn figure(
    names: [&'static str; 4],
    width: usize,
    kind: FigureKind,
    figure: fn(&Figures) -> Option<f64>,
) -> FigureColumn {
    let [name, heading, json_key, record_key] = names;
    FigureColumn { name, heading, width, json_key, record_key, kind, figure }
}

const fn word(name: &'static str, heading: &'static str, width: usize, word: Word) -> WordColumn {
    WordColumn { name, heading, width, word }
}

/// The columns of the default report.
#[must_use]
pub fn default_columns() -> Vec<Column> {
    FIGURES.iter().take(DEFAULT).map(Column::Figure).collect()
}

/// All columns.
#[must_use]
pub fn all_columns() -> Vec<Column> {
    FIGURES.iter().map(Column::Figure).chain(WORDS.iter().map(Column::Word)).collect()
}

/// The columns with the names in a list such as `reads,writes,state`.
///
/// # Errors
/// A clause that names a word that is no column, and those that are.
pub fn parse(list: &str) -> Result<Vec<Column>, String> {
    list.split(',').map(|name| column(name).ok_or_else(|| unknown(name))).collect()
}

fn column(name: &str) -> Option<Column> {
    let figure = FIGURES.iter().find(|column| column.name == name).map(Column::Figure);
    figure.or_else(|| WORDS.iter().find(|column| column.name == name).map(Column::Word))
}

fn unknown(name: &str) -> String {
    let figures = FIGURES.iter().map(|column| column.name);
    let names: Vec<_> = figures.chain(WORDS.iter().map(|column| column.name)).collect();
    format!("{name}: expected a list of {}", names.join(", "))
}

/// The figure with a name: that of a column, `kb` for kilobytes read and written, or `share` for the
/// share of all reads and writes. An average time is infinite if requests are in flight and none is
/// completed.
///
/// # Errors
/// A clause that lists the names.
pub fn sort_key(name: &str) -> Result<SortKey, String> {
    let figure = FIGURES.iter().find(|column| column.name == name).map(|column| column.figure);
    match name {
        "kb" => Ok(|it| Some(it.read_kib_per_s()? + it.written_kib_per_s()?)),
        "share" => Ok(|it| Some(it.rate(it.ios()))),
        "await" => Ok(|it| it.unless_stalled(it.await_ms())),
        "r_await" => Ok(|it| it.unless_stalled(it.read_await_ms())),
        "w_await" => Ok(|it| it.unless_stalled(it.write_await_ms())),
        "d_await" => Ok(|it| it.unless_stalled(it.discard_await_ms())),
        "f_await" => Ok(|it| it.unless_stalled(it.flush_await_ms())),
        _ => figure.ok_or_else(|| {
            let names: Vec<_> = FIGURES.iter().map(|column| column.name).collect();
            format!("{name}: expected one of kb, share, {}", names.join(", "))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_can_be_chosen_by_its_name() {
        let names: Vec<_> = all_columns()
            .iter()
            .map(|column| match column {
                Column::Figure(figure) => figure.name,
                Column::Word(word) => word.name,
            })
            .collect();
        assert_eq!(parse(&names.join(",")).map(|columns| columns.len()), Ok(names.len()));
        assert!(parse("reads,").unwrap_err().starts_with(": expected a list of reads, writes,"));
    }

    #[test]
    fn maps_can_be_sorted_by_every_figure() {
        let figures = Figures { seconds: 2.0, reads: 6.0, read_kib: 8.0, ..Figures::default() };
        let by = |name| sort_key(name).map(|key| key(&figures));
        assert_eq!([by("kb"), by("share"), by("reads")], [4.0, 3.0, 3.0].map(|it| Ok(Some(it))));
        let of = |figures: &Figures, name| sort_key(name).map(|key| key(figures));
        let stalled = Figures { in_flight: Some(1.0), ..Figures::default() };
        let averages = FIGURES.iter().map(|column| column.name).filter(|it| it.ends_with("await"));
        assert_eq!(averages.clone().count(), 5);
        for name in averages {
            assert_eq!(of(&stalled, name), Ok(Some(f64::INFINITY)), "{name}");
        }
        assert_eq!(
            [of(&stalled, "reads"), of(&stalled, "in-flight")],
            [Ok(Some(0.0)), Ok(Some(1.0))]
        );
        let slow = Figures { read_ms: 12.0, writes: 2.0, write_ms: 8.0, ..figures.clone() };
        assert_eq!(
            ["await", "r_await", "w_await", "d_await"].map(|name| of(&slow, name)),
            [Some(2.5), Some(2.0), Some(4.0), None].map(Ok)
        );
        assert!(by("state").unwrap_err().starts_with("state: expected one of kb, share, reads"));
    }
}
