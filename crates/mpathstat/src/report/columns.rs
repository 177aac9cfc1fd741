//! The columns of the text report, and how figures are written in them.

use crate::args::Layout;
use crate::rates::Figures;
use toolkit::color::Role;
use toolkit::look::{Unit, suited};

/// How amounts are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    unit: Unit,
    human: bool,
}

impl Scale {
    pub(super) fn of(layout: &Layout) -> Scale {
        Scale { unit: layout.look.unit.unwrap_or_default(), human: layout.look.human }
    }

    /// The heads of the two columns of amounts.
    pub(super) fn heads(self) -> [&'static str; 2] {
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
        let (amount, unit) = if kib < 1.0 { (kib * 1024.0, 'B') } else { suited(kib) };
        format!("{amount:.1}{unit}")
    }
}

/// A figure and the colour it has.
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) hue: Role,
}

impl Shown {
    /// A figure that is written as `text`.
    pub(super) fn new(value: f64, text: String) -> Shown {
        Shown { text, hue: Role::figure(value == 0.0) }
    }

    /// What is not known.
    pub(super) fn unknown() -> Shown {
        Shown { text: "-".to_owned(), hue: Role::Zero }
    }
}

/// A column of figures: its head, its width, and what it shows of a device.
pub(super) struct Column {
    pub(super) head: &'static str,
    pub(super) width: usize,
    pub(super) show: fn(&Figures, Scale) -> Option<Shown>,
}

/// The columns of every report.
pub(super) const USUAL: [Column; 5] = [
    Column { head: "Reads", width: 8, show: |it, _| plain(it.rate(it.reads)) },
    Column { head: "Writes", width: 8, show: |it, _| plain(it.rate(it.writes)) },
    Column { head: "", width: 9, show: |it, scale| amount(it.rate(it.read_kib), scale) },
    Column { head: "", width: 9, show: |it, scale| amount(it.rate(it.written_kib), scale) },
    Column { head: "Await", width: 8, show: |it, _| plain(it.await_ms()) },
];

/// The columns that `-x` adds.
pub(super) const EXTENDED: [Column; 9] = [
    Column { head: "r_await", width: 8, show: |it, _| plain(it.read_await_ms()) },
    Column { head: "w_await", width: 8, show: |it, _| plain(it.write_await_ms()) },
    Column { head: "rareq-sz", width: 8, show: |it, scale| amount(it.read_size_kib(), scale) },
    Column { head: "wareq-sz", width: 8, show: |it, scale| amount(it.write_size_kib(), scale) },
    Column { head: "InFlight", width: 8, show: |it, _| Some(count(it.in_flight?)) },
    Column { head: "aqu-sz", width: 7, show: |it, _| plain(it.queue()) },
    Column { head: "%util", width: 6, show: |it, _| percent(it.util_percent()) },
    Column { head: "Err/S", width: 7, show: |it, _| plain(it.rate(it.errors?)) },
    Column { head: "Tmo/S", width: 7, show: |it, _| plain(it.rate(it.timeouts?)) },
];

#[expect(clippy::unnecessary_wraps, reason = "columns show what may be unknown")]
fn plain(value: f64) -> Option<Shown> {
    Some(Shown::new(value, format!("{value:.2}")))
}

#[expect(clippy::unnecessary_wraps, reason = "columns show what may be unknown")]
fn amount(kib: f64, scale: Scale) -> Option<Shown> {
    Some(Shown::new(kib, scale.amount(kib)))
}

/// A percentage.
#[expect(clippy::unnecessary_wraps, reason = "columns show what may be unknown")]
pub(super) fn percent(value: f64) -> Option<Shown> {
    Some(Shown { text: format!("{value:.2}"), hue: Role::percent(value) })
}

fn count(value: f64) -> Shown {
    Shown::new(value, format!("{value:.0}"))
}
