//! The text report, byte for byte that of sysstat's command.

use crate::args::Args;
use crate::rates::{COLUMNS, IntervalRates, Kind, Row, RowName};
use std::io::{self, IsTerminal, Write};
use std::time::SystemTime;
use toolkit::color::{Colors, Role};
use toolkit::datetime::DateTimeFormat;
use toolkit::escape::escape_control;
use toolkit::locale;
use toolkit::records::Fixed;
use toolkit::sampling::{HostInfo, Report, human_unit};

pub(super) struct Text<'a> {
    args: &'a Args,
    header: String,
    format: DateTimeFormat,
    decimals: usize,
    mark: &'static str,
    colors: Colors,
}

/// What stands for an unknown value.
const UNKNOWN: &str = "-";

/// The heading of the names in the kernel.
const KERNEL: &str = "Kernel";

/// The width of the names in sysstat.
const NAME_WIDTH: usize = 5;

/// The width of the number of gaps.
const GAPS_WIDTH: usize = 5;

/// The widths of the columns of names.
#[derive(Clone, Copy)]
struct Widths {
    shown: usize,
    /// That of the names in the kernel, if these have a column.
    kernel: Option<usize>,
}

/// The columns of `-x` and their widths.
const EXTENDED: [(&str, usize); 7] = [
    ("kB/rd", 8),
    ("kB/wr", 8),
    ("r_await", 8),
    ("w_await", 8),
    ("o_await", 9),
    ("infl", 4),
    ("state", 5),
];

impl Text<'_> {
    pub(super) fn new<'a>(args: &'a Args, host: &HostInfo, wall: Option<SystemTime>) -> Text<'a> {
        let format = DateTimeFormat::from_env();
        let [system, release, node, machine] =
            [&host.system, &host.release, &host.node, &host.machine]
                .map(|name| escape_control(name.as_deref().unwrap_or(UNKNOWN).as_bytes()));
        let date = wall.map_or(UNKNOWN.to_owned(), |wall| format.date(wall));
        let cpus = host.cpus.map_or(UNKNOWN.to_owned(), |cpus| cpus.to_string());
        // An empty line follows the header at once only if the report since boot does.
        let empty = if args.schedule().since_boot { "\n" } else { "" };
        let header =
            format!("{system} {release} ({node}) \t{date} \t_{machine}_\t({cpus} CPU)\n{empty}");
        Text {
            args,
            header,
            format,
            decimals: args.scale().decimals,
            mark: locale::decimal_mark(locale::for_category("LC_NUMERIC")),
            colors: Colors::from_env(io::stdout().is_terminal()),
        }
    }

    fn heading(&self, widths: Widths, out: &mut dyn Write) -> io::Result<()> {
        let unit = self.args.sampling.output.unit.unwrap_or_default().letter();
        write!(out, "{:width$}", "Tape:", width = widths.shown)?;
        if let Some(width) = widths.kernel {
            write!(out, " {KERNEL:width$}")?;
        }
        let names = ["r/s", "w/s", "B_read/s", "B_wrtn/s", "%Rd", "%Wr", "%Oa", "Rs/s", "Ot/s"];
        for (name, (kind, _)) in names.iter().zip(COLUMNS) {
            let width = self.width(kind);
            match kind {
                Kind::Amount => write!(out, " {:>width$}{name}", unit, width = width - name.len())?,
                Kind::Rate | Kind::Percent => write!(out, " {name:>width$}")?,
            }
        }
        if self.args.columns.extended {
            EXTENDED.iter().try_for_each(|(name, width)| write!(out, " {name:>width$}"))?;
        }
        if self.args.columns.gaps {
            let width = self.width(Kind::Percent) + 1;
            write!(out, " {:>width$} {:>GAPS_WIDTH$}", "gap%", "gaps")?;
        }
        writeln!(out)
    }

    fn width(&self, kind: Kind) -> usize {
        let is_human = self.args.sampling.output.human;
        match kind {
            Kind::Rate => 7 + self.decimals,
            Kind::Amount if is_human => 11,
            Kind::Amount => 11 + self.decimals,
            // The width of sysstat, which has no decimals, leaves room for the percent sign.
            Kind::Percent if is_human && self.decimals > 0 => 5 + self.decimals,
            Kind::Percent => 4 + self.decimals,
        }
    }

    fn row(&self, row: &Row, widths: Widths, out: &mut dyn Write) -> io::Result<()> {
        let (name, width) = (row.name.shown(), widths.shown);
        self.colors.write(Role::Item, format_args!("{name:width$}"), out)?;
        if let Some(width) = widths.kernel {
            let kernel = row.name.drive().map_or("", |drive| &drive.kernel);
            self.colors.write(Role::Item, format_args!(" {kernel:width$}"), out)?;
        }
        for (figure, (kind, _)) in row.figures.into_iter().zip(COLUMNS) {
            self.figure(figure, kind, out)?;
        }
        if self.args.columns.extended {
            self.extended(row, out)?;
        }
        if self.args.columns.gaps {
            write!(out, " ")?;
            self.figure(row.gap_percent, Kind::Percent, out)?;
            self.count(row.gaps, GAPS_WIDTH, out)?;
        }
        writeln!(out)
    }

    fn figure(&self, scaled: Option<u64>, kind: Kind, out: &mut dyn Write) -> io::Result<()> {
        let width = self.width(kind);
        let Some(scaled) = scaled else { return write!(out, " {UNKNOWN:>width$}") };
        let number = Fixed { scaled, decimals: self.decimals, mark: self.mark };
        let role = match kind {
            Kind::Percent => Role::percent(number.to_f64()),
            Kind::Rate | Kind::Amount => Role::figure(scaled == 0),
        };
        // As in sysstat, the color ends before the unit.
        match (kind, self.args.sampling.output.human) {
            (Kind::Amount, true) => {
                let (amount, unit) = human_unit(number.to_f64());
                let text = format!("{amount:.1}").replace('.', self.mark);
                self.colors.write(role, format_args!(" {text:>10}"), out)?;
                write!(out, "{unit}")
            }
            (Kind::Percent, true) => {
                let width = width - 1;
                self.colors.write(role, format_args!(" {number:width$}"), out)?;
                write!(out, "%")
            }
            _ => self.colors.write(role, format_args!(" {number:width$}"), out),
        }
    }

    fn count(&self, count: Option<u64>, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let Some(count) = count else { return write!(out, " {UNKNOWN:>width$}") };
        self.colors.write(Role::figure(count == 0), format_args!(" {count:width$}"), out)
    }

    /// The widths of the columns of names.
    fn widths(&self, rates: &IntervalRates) -> Widths {
        let rows = || rates.rows.iter().chain(&rates.total);
        let longest = |name: fn(&RowName) -> &str| {
            rows().map(|row| name(&row.name).chars().count()).max().unwrap_or(0)
        };
        // Only names that `-j` and `-g` select are longer than the column of sysstat.
        let has_long_names = self.args.scale().sorts_by_name;
        let shown = if has_long_names { longest(RowName::shown) } else { 0 };
        let kernel = self.args.shows_kernel_names();
        let kernel = kernel.then(|| longest(RowName::kernel).max(KERNEL.len()));
        Widths { shown: shown.max(NAME_WIDTH), kernel }
    }

    fn extended(&self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let widths = EXTENDED.map(|(_, width)| width);
        for (value, width) in row.extended(self.mark).into_iter().zip(widths) {
            match value {
                Some(value) => {
                    let role = Role::figure(value.scaled == 0);
                    self.colors.write(role, format_args!(" {value:width$}"), out)?;
                }
                None => write!(out, " {UNKNOWN:>width$}")?,
            }
        }
        write!(out, " {:>5}", row.state().unwrap_or(UNKNOWN))
    }
}

impl Report<IntervalRates> for Text<'_> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.header.as_bytes())
    }

    /// As in sysstat, an empty line stands for the report since boot.
    fn skip_since_boot(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)
    }

    fn interval(&mut self, rates: &IntervalRates, out: &mut dyn Write) -> io::Result<()> {
        if let Some(time) = self.args.sampling.output.time {
            let time = rates.wall.map(|wall| self.format.time(time, wall));
            writeln!(out, "{}", time.as_deref().unwrap_or(UNKNOWN))?;
        }
        let widths = self.widths(rates);
        self.heading(widths, out)?;
        let mut rows = rates.rows.iter().chain(&rates.total);
        rows.try_for_each(|row| self.row(row, widths, out))?;
        writeln!(out)
    }
}
