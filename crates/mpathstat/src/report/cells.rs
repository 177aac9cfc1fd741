//! Figures as the text report and records print them.

use crate::columns::FigureColumn;
use crate::columns::FigureKind::{Amount, Count, Percent, Plain};
use crate::rates::Figures;
use toolkit::color::Role;
use toolkit::records::Value;
use toolkit::sampling::{OutputOptions, Unit, human_unit};

/// The figure of a device as a value of a record.
pub(super) fn value(column: &FigureColumn, figures: Option<&Figures>) -> Value<'static> {
    let decimals = if column.kind == Count { 0 } else { 2 };
    let figure = figures.and_then(column.figure);
    figure.map_or(Value::Null, |figure| Value::Float(figure, decimals))
}

/// A figure as the text report prints it.
pub(super) struct Cell {
    pub(super) text: String,
    /// Its role; `None` for a word that has no color.
    pub(super) role: Option<Role>,
}

impl Cell {
    /// The figure of a device.
    pub(super) fn figure(column: &FigureColumn, figures: Option<&Figures>, scale: Scale) -> Cell {
        match (column.kind, figures.and_then(column.figure)) {
            (Percent, figure) => Cell::percent(figure),
            (_, None) => Cell::percent(None),
            (Plain, Some(figure)) => Cell::new(figure, format!("{figure:.2}")),
            (Amount, Some(figure)) => Cell::new(figure, scale.amount(figure)),
            (Count, Some(figure)) => Cell::new(figure, format!("{figure:.0}")),
        }
    }

    fn new(figure: f64, text: String) -> Cell {
        Cell { text, role: Some(Role::figure(figure == 0.0)) }
    }

    /// A word, in the color of an alarm if it `is_bad`.
    pub(super) fn word(text: String, is_bad: bool) -> Cell {
        Cell { text, role: is_bad.then_some(Role::Alarm) }
    }

    /// A percentage, or what stands for any unknown figure.
    pub(super) fn percent(value: Option<f64>) -> Cell {
        match value {
            Some(value) => Cell { text: format!("{value:.2}"), role: Some(Role::percent(value)) },
            None => Cell { text: "-".to_owned(), role: Some(Role::Zero) },
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

    /// The heading of a column, which names the unit of an amount.
    pub(super) fn heading(self, column: &'static FigureColumn) -> &'static str {
        match (column.heading, column.name, self.unit) {
            ("", "read-kb", _) if self.human => "BytesR/S",
            ("", "read-kb", Unit::Kilo) => "KBytesR/S",
            ("", "read-kb", Unit::Mega) => "MBytesR/S",
            ("", "read-kb", Unit::Giga) => "GBytesR/S",
            ("", _, _) if self.human => "BytesW/S",
            ("", _, Unit::Kilo) => "KBytesW/S",
            ("", _, Unit::Mega) => "MBytesW/S",
            ("", _, Unit::Giga) => "GBytesW/S",
            (heading, ..) => heading,
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
