//! The JSON document that sysstat's command prints, including its tabs and line ends.

use crate::args::Args;
use crate::rates::{IntervalRates, Row};
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
        let [reads, writes, read, wrtn, rd, wr, oa, residuals, others] = row.figures.map(fixed);
        let unit = self.args.sampling.output.unit.unwrap_or_default().letter();
        write!(out, "{{\"tape_device\": ")?;
        json_string(row.name().as_bytes(), &mut out)?;
        write!(out, ", \"r/s\": {reads}, \"w/s\": {writes}, ")?;
        write!(out, "\"{unit}B_read/s\": {read}, \"{unit}B_wrtn/s\": {wrtn}, ")?;
        write!(out, "\"Rd\": {rd}, \"Wr\": {wr}, \"Oa\": {oa}, ")?;
        write!(out, "\"Rs/s\": {residuals}, \"Ot/s\": {others}")?;
        if self.args.columns.extended {
            extended(row, out)?;
        }
        write!(out, "}}")
    }
}

fn extended(row: &Row, out: &mut dyn Write) -> io::Result<()> {
    let keys = ["kB/rd", "kB/wr", "r_await", "w_await", "o_await", "in_flight"];
    for (key, value) in keys.into_iter().zip(row.extended(".")) {
        match value {
            Some(value) => write!(out, ", \"{key}\": {value}")?,
            None => write!(out, ", \"{key}\": null")?,
        }
    }
    match row.state() {
        Some(state) => write!(out, ", \"state\": \"{state}\""),
        None => write!(out, ", \"state\": null"),
    }
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
