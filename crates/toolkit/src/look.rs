//! How a report of figures looks, and the options for it that the commands with an interval share.
//!
//! A command holds a [`Look`] in its arguments and lends it by [`AsMut`]; its table names
//! [`Opt::MEGA`] and the others.

use crate::cli::{self, Opt, ValueHint, long, short};
use crate::datetime::Time;

/// How a report looks.
#[derive(Debug, Default)]
pub struct Look {
    /// The form of the report.
    pub format: Format,
    /// The unit of amounts.
    pub unit: Option<Unit>,
    /// Amounts with a unit that suits each.
    pub human: bool,
    /// The time before each report.
    pub time: Option<Time>,
    /// A second unit that contradicts the first.
    units_differ: bool,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Columns for people.
    #[default]
    Text,
    /// One JSON document, like sysstat's.
    Json,
    /// A JSON object a line.
    JsonLines,
    /// Tab-separated values with a heading.
    Tsv,
}

/// The unit of amounts; 1 kB is 1024 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// kB.
    #[default]
    Kilo,
    /// 1024 kB.
    Mega,
    /// 1024 MB.
    Giga,
}

impl Look {
    /// Whether the choices go together.
    ///
    /// # Errors
    /// A clause about those that do not.
    pub fn check(&self) -> Result<(), String> {
        if self.units_differ {
            return Err("only one of -k, -m and -G can be given".to_owned());
        }
        Ok(())
    }

    fn set_unit(&mut self, unit: Unit) {
        self.units_differ |= self.unit.is_some_and(|before| before != unit);
        self.unit = Some(unit);
    }
}

impl Format {
    /// Whether it has a record a line.
    #[must_use]
    pub fn is_records(self) -> bool {
        matches!(self, Format::JsonLines | Format::Tsv)
    }
}

impl Unit {
    /// `k`, `M` or `G`.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Unit::Kilo => 'k',
            Unit::Mega => 'M',
            Unit::Giga => 'G',
        }
    }

    /// How many kB it is.
    #[must_use]
    pub fn kib(self) -> f64 {
        match self {
            Unit::Kilo => 1.0,
            Unit::Mega => 1024.0,
            Unit::Giga => 1024.0 * 1024.0,
        }
    }
}

/// An amount of kB in the largest unit of which there is at least one, from `k` to `P`.
#[must_use]
pub fn suited(kib: f64) -> (f64, char) {
    let (mut amount, mut unit) = (kib, 'k');
    for larger in ['M', 'G', 'T', 'P'] {
        if amount < 1024.0 {
            break;
        }
        (amount, unit) = (amount / 1024.0, larger);
    }
    (amount, unit)
}

impl<A: AsMut<Look>> Opt<A> {
    /// `-m`.
    pub const MEGA: Opt<A> =
        Opt::flag(short('m'), "amounts in MB", "Amounts in megabytes of 1024 kilobytes.", |args| {
            args.as_mut().set_unit(Unit::Mega);
        });
    /// `-G`.
    pub const GIGA: Opt<A> =
        Opt::flag(short('G'), "amounts in GB", "Amounts in gigabytes of 1024 megabytes.", |args| {
            args.as_mut().set_unit(Unit::Giga);
        });
    /// `-t`.
    pub const TIME: Opt<A> = Opt::flag(
        short('t'),
        "the time before each report",
        "Date and time before each report, as `LC_TIME` or `S_TIME_FORMAT` say.",
        |args| {
            args.as_mut().time.get_or_insert(Time::Local);
        },
    );
    /// `-U`.
    pub const EPOCH: Opt<A> = Opt::flag(
        short('U'),
        "the time in seconds since the epoch",
        "The time before each report in seconds since the epoch.",
        |args| args.as_mut().time = Some(Time::Epoch),
    );

    /// `-k`, with its paragraph.
    #[must_use]
    pub const fn kilo(doc: &'static str) -> Opt<A> {
        Opt::flag(short('k'), "amounts in kB", doc, |args| args.as_mut().set_unit(Unit::Kilo))
    }

    /// `--human`, with its paragraph.
    #[must_use]
    pub const fn human(doc: &'static str) -> Opt<A> {
        Opt::flag(long("human"), "amounts with a unit that suits each", doc, |args| {
            args.as_mut().human = true;
        })
    }

    /// `-o`, with its line and its paragraph.
    #[must_use]
    pub const fn format(help: &'static str, doc: &'static str) -> Opt<A> {
        const WORDS: ValueHint = ValueHint::Words(&["JSON", "jsonl", "tsv"]);
        Opt::value(short('o').takes("FORMAT", WORDS), help, doc, |args, value| {
            let formats =
                [("JSON", Format::Json), ("jsonl", Format::JsonLines), ("tsv", Format::Tsv)];
            cli::choice(&formats, value).map(|format| args.as_mut().format = format)
        })
    }
}
