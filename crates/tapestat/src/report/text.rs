//! Columns for people, byte for byte those of sysstat's command.

use crate::args::{Args, Layout};
use crate::rates::{COLUMNS, Kind, Round, Row, Scale};
use crate::report::Report;
use std::io::{self, IsTerminal, Write};
use std::time::SystemTime;
use toolkit::color::{Colors, Role};
use toolkit::datetime::Stamp;
use toolkit::escape::escape_control;
use toolkit::host::Machine;
use toolkit::locale;
use toolkit::look::suited;
use toolkit::records::Fixed;

pub(super) struct Text<'a> {
    layout: &'a Layout,
    header: String,
    stamp: Stamp,
    /// Whether names can be long, so that the first column has to fit them.
    fits_names: bool,
    decimals: usize,
    mark: &'static str,
    colours: Colors,
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
    pub(super) fn new<'a>(args: &'a Args, machine: &Machine, wall: SystemTime) -> Text<'a> {
        let stamp = Stamp::from_env();
        let [system, release, node, hardware] =
            [&machine.system, &machine.release, &machine.node, &machine.hardware]
                .map(|name| escape_control(name.as_bytes()));
        let (date, cpus) = (stamp.date(wall), machine.cpus);
        // The empty line before the first report follows the header only if that is at once.
        let empty = if args.course.skips_first() { "" } else { "\n" };
        let header =
            format!("{system} {release} ({node}) \t{date} \t_{hardware}_\t({cpus} CPU)\n{empty}");
        Text {
            layout: &args.layout,
            header,
            stamp,
            fits_names: args.naming.is_some(),
            decimals: Scale::of(&args.layout).decimals,
            mark: locale::decimal_mark(locale::of("LC_NUMERIC")),
            colours: Colors::from_env(io::stdout().is_terminal()),
        }
    }

    fn heading(&self, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let unit = self.layout.look.unit.unwrap_or_default().letter();
        write!(out, "{:width$}", "Tape:")?;
        let names = ["r/s", "w/s", "B_read/s", "B_wrtn/s", "%Rd", "%Wr", "%Oa", "Rs/s", "Ot/s"];
        for (name, (kind, _)) in names.iter().zip(COLUMNS) {
            let width = self.width(kind);
            match kind {
                Kind::Amount => write!(out, " {:>width$}{name}", unit, width = width - name.len())?,
                Kind::Rate | Kind::Percent => write!(out, " {name:>width$}")?,
            }
        }
        if self.layout.shown.extended {
            EXTENDED.iter().try_for_each(|(name, width)| write!(out, " {name:>width$}"))?;
        }
        writeln!(out)
    }

    fn width(&self, kind: Kind) -> usize {
        let decimals =
            if kind == Kind::Amount && self.layout.look.human { 0 } else { self.decimals };
        decimals
            + match kind {
                Kind::Rate => 7,
                Kind::Amount => 11,
                Kind::Percent => 4,
            }
    }

    fn row(&self, row: &Row, width: usize, out: &mut dyn Write) -> io::Result<()> {
        self.colours.write(Role::Item, format_args!("{:width$}", row.name()), out)?;
        for (figure, (kind, _)) in row.figures.into_iter().zip(COLUMNS) {
            self.figure(figure, kind, out)?;
        }
        if self.layout.shown.extended {
            self.extended(row, out)?;
        }
        writeln!(out)
    }

    fn figure(&self, scaled: u64, kind: Kind, out: &mut dyn Write) -> io::Result<()> {
        let width = self.width(kind);
        let number = Fixed { scaled, decimals: self.decimals, mark: self.mark };
        let hue = match kind {
            Kind::Percent => Role::percent(number.to_f64()),
            Kind::Rate | Kind::Amount => Role::figure(scaled == 0),
        };
        // The colour ends before the unit, as in sysstat's.
        match (kind, self.layout.look.human) {
            (Kind::Amount, true) => {
                let (amount, unit) = suited(number.to_f64());
                let text = format!("{amount:.1}").replace('.', self.mark);
                self.colours.write(hue, format_args!(" {text:>10}"), out)?;
                write!(out, "{unit}")
            }
            (Kind::Percent, true) => {
                let width = width - 1;
                self.colours.write(hue, format_args!(" {number:width$}"), out)?;
                write!(out, "%")
            }
            _ => self.colours.write(hue, format_args!(" {number:width$}"), out),
        }
    }

    fn extended(&self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let widths = EXTENDED.map(|(_, width)| width);
        for (value, width) in row.extended(self.mark).into_iter().zip(widths) {
            match value {
                Some(value) => {
                    let hue = Role::figure(value.scaled == 0);
                    self.colours.write(hue, format_args!(" {value:width$}"), out)?;
                }
                None => write!(out, " {:>width$}", "-")?,
            }
        }
        write!(out, " {:>5}", row.state().unwrap_or("-"))
    }
}

impl Report for Text<'_> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.header.as_bytes())
    }

    fn round(&mut self, round: &Round, out: &mut dyn Write) -> io::Result<()> {
        if let Some(time) = self.layout.look.time {
            writeln!(out, "{}", self.stamp.time(time, round.wall))?;
        }
        let rows = || round.rows.iter().chain(&round.total);
        let longest = rows().map(|row| row.name().chars().count()).max().unwrap_or(0);
        let width = if self.fits_names { longest.max(5) } else { 5 };
        self.heading(width, out)?;
        rows().try_for_each(|row| self.row(row, width, out))?;
        writeln!(out)
    }
}
