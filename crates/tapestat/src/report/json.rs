//! The JSON document that sysstat's command prints, including its tabs and line ends.

use crate::args::{Args, Columns};
use crate::rates::{IntervalRates, Row};
use std::fmt::Display;
use std::io::{self, Write};
use std::time::SystemTime;
use toolkit::records::{Fixed, json_string};
use toolkit::sampling::{HostInfo, Report};
use toolkit::sysstat_json::Document;

pub(super) struct Json<'a> {
    args: &'a Args,
    document: Document,
    decimals: usize,
}

impl Json<'_> {
    pub(super) fn new(args: &Args, host: HostInfo, wall: Option<SystemTime>) -> Json<'_> {
        let document = Document::new(host, wall, args.sampling.output.time);
        Json { args, document, decimals: args.scale().decimals }
    }

    fn row(&self, row: &Row, mut out: &mut dyn Write) -> io::Result<()> {
        let fixed = |scaled| Fixed { scaled, decimals: self.decimals, mark: "." };
        let unit = self.args.sampling.output.unit.unwrap_or_default().letter();
        let (read, written) = (format!("{unit}B_read/s"), format!("{unit}B_wrtn/s"));
        write!(out, "{{\"tape_device\": ")?;
        json_string(row.name.shown().as_bytes(), &mut out)?;
        if self.args.shows_kernel_names() {
            let kernel = row.name.drive().map(|drive| format!("\"{}\"", drive.kernel));
            members([("kernel", kernel)], out)?;
        }
        let keys = ["r/s", "w/s", &read, &written, "Rd", "Wr", "Oa", "Rs/s", "Ot/s"];
        members(keys.into_iter().zip(row.figures.map(|figure| figure.map(fixed))), out)?;
        let Columns { extended, gaps, .. } = self.args.columns;
        if extended {
            let keys = ["kB/rd", "kB/wr", "r_await", "w_await", "o_await", "in_flight"];
            members(keys.into_iter().zip(row.extended(".")), out)?;
            members([("state", row.state().map(|state| format!("\"{state}\"")))], out)?;
        }
        if gaps {
            members([("gap", row.gap_percent.map(fixed))], out)?;
            members([("gaps", row.gaps)], out)?;
        }
        write!(out, "}}")
    }
}

/// Writes members that follow others. An unknown value is `null`.
fn members<'k, V: Display>(
    members: impl IntoIterator<Item = (&'k str, Option<V>)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (key, value) in members {
        match value {
            Some(value) => write!(out, ", \"{key}\": {value}")?,
            None => write!(out, ", \"{key}\": null")?,
        }
    }
    Ok(())
}

impl Report<IntervalRates> for Json<'_> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.document.begin(out)
    }

    /// As in sysstat, an empty line stands for the report since boot.
    fn skip_since_boot(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)
    }

    fn interval(&mut self, rates: &IntervalRates, out: &mut dyn Write) -> io::Result<()> {
        self.document.begin_report(rates.wall, out)?;
        writeln!(out, "\t\t\t\t\t\"tape\": [")?;
        for (index, row) in rates.rows.iter().enumerate() {
            write!(out, "{}\t\t\t\t\t\t", if index > 0 { ",\n" } else { "" })?;
            self.row(row, out)?;
        }
        write!(out, "\n\t\t\t\t\t]")?;
        if let Some(total) = &rates.total {
            write!(out, ",\n\t\t\t\t\t\"total\": ")?;
            self.row(total, out)?;
        }
        self.document.end_report(out)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.document.end(out)
    }
}
