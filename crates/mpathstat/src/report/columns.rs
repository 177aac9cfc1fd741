//! The figures of a device as all reports print them, in one table.

use crate::rates::Figures;
use toolkit::color::Role;
use toolkit::records::Value;
use toolkit::sampling::{OutputOptions, Unit, human_unit};

/// A figure of a device.
pub(super) struct Column {
    /// The heading in the text report; empty for an amount whose heading names its unit.
    pub(super) heading: &'static str,
    /// The width in the text report.
    pub(super) width: usize,
    /// The key in the JSON document. Those that iostat has are the same.
    pub(super) json_key: &'static str,
    /// The key in records.
    pub(super) record_key: &'static str,
    kind: Kind,
    figure: fn(&Figures) -> Option<f64>,
}

/// The kind of a figure.
#[derive(Clone, Copy)]
enum Kind {
    /// A number with decimals.
    Plain,
    /// An amount in KiB.
    Amount,
    /// A percentage.
    Percent,
    /// A number without decimals.
    Count,
}
use Kind::{Amount, Count, Percent, Plain};

/// The columns. The text report has the first ones only, unless `-x` adds the others.
pub(super) const COLUMNS: [Column; 19] = [
    column("Reads", 8, "r/s", "reads_per_s", Plain, Figures::reads_per_s),
    column("Writes", 8, "w/s", "writes_per_s", Plain, Figures::writes_per_s),
    column("", 9, "rkB/s", "read_kb_per_s", Amount, Figures::read_kib_per_s),
    column("", 9, "wkB/s", "written_kb_per_s", Amount, Figures::written_kib_per_s),
    column("Await", 8, "await", "await_ms", Plain, Figures::await_ms),
    column("r_await", 8, "r_await", "read_await_ms", Plain, Figures::read_await_ms),
    column("w_await", 8, "w_await", "write_await_ms", Plain, Figures::write_await_ms),
    column("areq-sz", 8, "areq-sz", "kb_per_io", Amount, Figures::size_kib),
    column("rareq-sz", 8, "rareq-sz", "kb_per_read", Amount, Figures::read_size_kib),
    column("wareq-sz", 8, "wareq-sz", "kb_per_write", Amount, Figures::write_size_kib),
    column("InFlight", 8, "in-flight", "in_flight", Count, |it| it.in_flight),
    column("aqu-sz", 7, "aqu-sz", "queue", Plain, Figures::queue),
    column("%util", 6, "util", "util_pct", Percent, Figures::util_percent),
    column("Disc/S", 7, "d/s", "discards_per_s", Plain, Figures::discards_per_s),
    column("d_await", 8, "d_await", "discard_await_ms", Plain, Figures::discard_await_ms),
    column("Flush/S", 7, "f/s", "flushes_per_s", Plain, Figures::flushes_per_s),
    column("f_await", 8, "f_await", "flush_await_ms", Plain, Figures::flush_await_ms),
    column("Err/S", 7, "err/s", "errors_per_s", Plain, |it| Some(it.rate(it.errors?))),
    column("Tmo/S", 7, "tmo/s", "timeouts_per_s", Plain, |it| Some(it.rate(it.timeouts?))),
];

/// The number of columns that the text report has without `-x`.
const DEFAULT_COLUMNS: usize = 5;

const fn column(
    heading: &'static str,
    width: usize,
    json_key: &'static str,
    record_key: &'static str,
    kind: Kind,
    figure: fn(&Figures) -> Option<f64>,
) -> Column {
    Column { heading, width, json_key, record_key, kind, figure }
}

/// The columns of the text report.
pub(super) fn text_columns(is_extended: bool) -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().take(if is_extended { COLUMNS.len() } else { DEFAULT_COLUMNS })
}

impl Column {
    /// The figure of a device as a value of a record.
    pub(super) fn value(&self, figures: Option<&Figures>) -> Value<'static> {
        let decimals = if matches!(self.kind, Count) { 0 } else { 2 };
        let figure = figures.and_then(self.figure);
        figure.map_or(Value::Null, |figure| Value::Float(figure, decimals))
    }

    /// The figure of a device as the text report prints it.
    pub(super) fn cell(&self, figures: Option<&Figures>, scale: Scale) -> Cell {
        let figure = figures.and_then(self.figure);
        match (self.kind, figure) {
            (Percent, _) | (_, None) => Cell::percent(figure),
            (Plain, Some(figure)) => Cell::new(figure, format!("{figure:.2}")),
            (Amount, Some(figure)) => Cell::new(figure, scale.amount(figure)),
            (Count, Some(figure)) => Cell::new(figure, format!("{figure:.0}")),
        }
    }
}

/// A figure as the text report prints it.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) role: Role,
}

impl Cell {
    fn new(figure: f64, text: String) -> Cell {
        Cell { text, role: Role::figure(figure == 0.0) }
    }

    /// A percentage, or what stands for any unknown figure.
    pub(super) fn percent(value: Option<f64>) -> Cell {
        match value {
            Some(value) => Cell { text: format!("{value:.2}"), role: Role::percent(value) },
            None => Cell { text: "-".to_owned(), role: Role::Zero },
        }
    }
}

/// How the text report prints amounts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    unit: Unit,
    human: bool,
}

impl Scale {
    pub(super) fn new(output: &OutputOptions) -> Scale {
        Scale { unit: output.unit.unwrap_or_default(), human: output.human }
    }

    /// The headings of the two columns that name the unit.
    pub(super) fn headings(self) -> [&'static str; 2] {
        match self.unit {
            _ if self.human => ["BytesR/S", "BytesW/S"],
            Unit::Kilo => ["KBytesR/S", "KBytesW/S"],
            Unit::Mega => ["MBytesR/S", "MBytesW/S"],
            Unit::Giga => ["GBytesR/S", "GBytesW/S"],
        }
    }

    fn amount(self, kib: f64) -> String {
        if !self.human {
            return format!("{:.2}", kib / self.unit.kib());
        }
        let (amount, unit) = if kib < 1.0 { (kib * 1024.0, 'B') } else { human_unit(kib) };
        format!("{amount:.1}{unit}")
    }
}
