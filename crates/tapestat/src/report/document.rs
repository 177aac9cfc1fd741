//! The JSON document that sysstat's command writes, tabs and line ends included.

use crate::args::Layout;
use crate::rates::{Round, Row, Scale};
use crate::report::Report;
use std::io::{self, Write};
use std::time::SystemTime;
use toolkit::document::Document;
use toolkit::host::Machine;
use toolkit::records::{Fixed, json_string};

pub(super) struct Json<'a> {
    layout: &'a Layout,
    document: Document,
    decimals: usize,
}

impl Json<'_> {
    pub(super) fn new(layout: &Layout, machine: Machine, wall: SystemTime) -> Json<'_> {
        let document = Document::new(machine, wall, layout.look.time);
        Json { layout, document, decimals: Scale::of(layout).decimals }
    }

    fn row(&self, row: &Row, mut out: &mut dyn Write) -> io::Result<()> {
        let fixed = |scaled| Fixed { scaled, decimals: self.decimals, mark: "." };
        let [reads, writes, read, wrtn, rd, wr, oa, residuals, others] = row.figures.map(fixed);
        let unit = self.layout.look.unit.unwrap_or_default().letter();
        write!(out, "{{\"tape_device\": ")?;
        json_string(row.name().as_bytes(), &mut out)?;
        write!(out, ", \"r/s\": {reads}, \"w/s\": {writes}, ")?;
        write!(out, "\"{unit}B_read/s\": {read}, \"{unit}B_wrtn/s\": {wrtn}, ")?;
        write!(out, "\"Rd\": {rd}, \"Wr\": {wr}, \"Oa\": {oa}, ")?;
        write!(out, "\"Rs/s\": {residuals}, \"Ot/s\": {others}")?;
        if self.layout.shown.extended {
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

impl Report for Json<'_> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.document.begin(out)
    }

    fn round(&mut self, round: &Round, out: &mut dyn Write) -> io::Result<()> {
        self.document.open(Some(round.wall), out)?;
        writeln!(out, "\t\t\t\t\t\"tape\": [")?;
        for (index, row) in round.rows.iter().enumerate() {
            write!(out, "{}\t\t\t\t\t\t", if index > 0 { ",\n" } else { "" })?;
            self.row(row, out)?;
        }
        write!(out, "\n\t\t\t\t\t]")?;
        if let Some(total) = &round.total {
            write!(out, ",\n\t\t\t\t\t\"total\": ")?;
            self.row(total, out)?;
        }
        self.document.close(out)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.document.end(out)
    }
}
