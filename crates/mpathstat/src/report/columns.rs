//! The columns of the text report, and how figures are printed in them.

use crate::rates::Figures;
use toolkit::color::Role;
use toolkit::sampling::{OutputOptions, Unit, human_unit};

/// How amounts are printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    unit: Unit,
    human: bool,
}

impl Scale {
    pub(super) fn new(output: &OutputOptions) -> Scale {
        Scale { unit: output.unit.unwrap_or_default(), human: output.human }
    }

    /// The headings of the two columns of amounts.
    pub(super) fn headings(self) -> [&'static str; 2] {
        match self.unit {
            _ if self.human => ["BytesR/S", "BytesW/S"],
            Unit::Kilo => ["KBytesR/S", "KBytesW/S"],
            Unit::Mega => ["MBytesR/S", "MBytesW/S"],
            Unit::Giga => ["GBytesR/S", "GBytesW/S"],
        }
    }

    /// An amount.
    pub(super) fn amount(self, kib: f64) -> String {
        if !self.human {
            return format!("{:.2}", kib / self.unit.kib());
        }
        let (amount, unit) = if kib < 1.0 { (kib * 1024.0, 'B') } else { human_unit(kib) };
        format!("{amount:.1}{unit}")
    }
}

/// A figure as it is printed.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) role: Role,
}

impl Cell {
    /// A figure that is printed as `text`.
    pub(super) fn new(value: f64, text: String) -> Cell {
        Cell { text, role: Role::figure(value == 0.0) }
    }

    /// An unknown figure.
    pub(super) fn unknown() -> Cell {
        Cell { text: "-".to_owned(), role: Role::Zero }
    }
}

/// A column of figures: its heading, its width, and the figure of a device. The heading of an amount is
/// that of its unit.
pub(super) struct Column {
    pub(super) heading: &'static str,
    pub(super) width: usize,
    pub(super) cell: fn(&Figures, Scale) -> Option<Cell>,
}

/// The columns of each report.
pub(super) const DEFAULT: [Column; 5] = [
    Column { heading: "Reads", width: 8, cell: |it, _| Some(plain(it.rate(it.reads))) },
    Column { heading: "Writes", width: 8, cell: |it, _| Some(plain(it.rate(it.writes))) },
    Column { heading: "", width: 9, cell: |it, scale| Some(amount(it.rate(it.read_kib), scale)) },
    Column {
        heading: "",
        width: 9,
        cell: |it, scale| Some(amount(it.rate(it.written_kib), scale)),
    },
    Column { heading: "Await", width: 8, cell: |it, _| Some(plain(it.await_ms())) },
];

/// The columns that `-x` adds.
pub(super) const EXTENDED: [Column; 9] = [
    Column { heading: "r_await", width: 8, cell: |it, _| Some(plain(it.read_await_ms())) },
    Column { heading: "w_await", width: 8, cell: |it, _| Some(plain(it.write_await_ms())) },
    Column {
        heading: "rareq-sz",
        width: 8,
        cell: |it, scale| Some(amount(it.read_size_kib(), scale)),
    },
    Column {
        heading: "wareq-sz",
        width: 8,
        cell: |it, scale| Some(amount(it.write_size_kib(), scale)),
    },
    Column { heading: "InFlight", width: 8, cell: |it, _| Some(count(it.in_flight?)) },
    Column { heading: "aqu-sz", width: 7, cell: |it, _| Some(plain(it.queue())) },
    Column { heading: "%util", width: 6, cell: |it, _| Some(percent(it.util_percent())) },
    Column { heading: "Err/S", width: 7, cell: |it, _| Some(plain(it.rate(it.errors?))) },
    Column { heading: "Tmo/S", width: 7, cell: |it, _| Some(plain(it.rate(it.timeouts?))) },
];

fn plain(value: f64) -> Cell {
    Cell::new(value, format!("{value:.2}"))
}

fn amount(kib: f64, scale: Scale) -> Cell {
    Cell::new(kib, scale.amount(kib))
}

/// A percentage.
pub(super) fn percent(value: f64) -> Cell {
    Cell { text: format!("{value:.2}"), role: Role::percent(value) }
}

fn count(value: f64) -> Cell {
    Cell::new(value, format!("{value:.0}"))
}
