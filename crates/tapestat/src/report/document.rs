//! The JSON document that sysstat's command writes, tabs and line ends included.

use crate::args::Args;
use crate::rates::{Round, Row, Scale};
use crate::report::Report;
use std::io::{self, Write};
use std::time::SystemTime;
use toolkit::host::Machine;
use toolkit::look::Unit;
use toolkit::rows::{Fixed, json_string};
use toolkit::stamp::{Stamp, Time};

pub(super) struct Document {
    machine: Machine,
    wall: SystemTime,
    stamp: Stamp,
    time: Option<Time>,
    unit: Unit,
    decimals: usize,
    is_extended: bool,
    /// Whether a round was written, whose line is not ended yet: a comma may have to follow.
    is_open: bool,
}

impl Document {
    pub(super) fn new(args: &Args, machine: &Machine, wall: SystemTime) -> Document {
        Document {
            machine: machine.clone(),
            wall,
            stamp: Stamp::from_env(),
            time: args.layout.look.time,
            unit: args.layout.look.unit.unwrap_or_default(),
            decimals: Scale::of(&args.layout).decimals,
            is_extended: args.layout.shown.extended,
            is_open: false,
        }
    }

    fn row(&self, row: &Row, out: &mut dyn Write) -> io::Result<()> {
        let fixed = |scaled| Fixed { scaled, decimals: self.decimals, mark: "." };
        let [reads, writes, read, wrtn, rd, wr, oa, residuals, others] = row.figures.map(fixed);
        let unit = self.unit.letter();
        write!(out, "{{\"tape_device\": {}, ", string(row.name()))?;
        write!(out, "\"r/s\": {reads}, \"w/s\": {writes}, ")?;
        write!(out, "\"{unit}B_read/s\": {read}, \"{unit}B_wrtn/s\": {wrtn}, ")?;
        write!(out, "\"Rd\": {rd}, \"Wr\": {wr}, \"Oa\": {oa}, ")?;
        write!(out, "\"Rs/s\": {residuals}, \"Ot/s\": {others}")?;
        if self.is_extended {
            extended(row, out)?;
        }
        write!(out, "}}")
    }
}

fn extended(row: &Row, out: &mut dyn Write) -> io::Result<()> {
    let keys = ["kB/rd", "kB/wr", "r_await", "w_await", "o_await"];
    for (key, value) in keys.into_iter().zip(row.extended(".")) {
        match value {
            Some(value) => write!(out, ", \"{key}\": {value}")?,
            None => write!(out, ", \"{key}\": null")?,
        }
    }
    match row.in_flight {
        Some(requests) => write!(out, ", \"in_flight\": {requests}")?,
        None => write!(out, ", \"in_flight\": null")?,
    }
    match row.state() {
        Some(state) => write!(out, ", \"state\": \"{state}\""),
        None => write!(out, ", \"state\": null"),
    }
}

impl Report for Document {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Machine { system, release, node, hardware, cpus } = &self.machine;
        write!(out, "{{\"sysstat\": {{\n\t\"hosts\": [\n\t\t{{\n")?;
        writeln!(out, "\t\t\t\"nodename\": {},", string(node))?;
        writeln!(out, "\t\t\t\"sysname\": {},", string(system))?;
        writeln!(out, "\t\t\t\"release\": {},", string(release))?;
        writeln!(out, "\t\t\t\"machine\": {},", string(hardware))?;
        writeln!(out, "\t\t\t\"number-of-cpus\": {cpus},")?;
        writeln!(out, "\t\t\t\"date\": {},", string(&self.stamp.date(self.wall)))?;
        writeln!(out, "\t\t\t\"statistics\": [")
    }

    fn skip(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)
    }

    fn round(&mut self, round: &Round, out: &mut dyn Write) -> io::Result<()> {
        let between = if std::mem::replace(&mut self.is_open, true) { ",\n" } else { "" };
        writeln!(out, "{between}\t\t\t\t{{")?;
        if let Some(time) = self.time {
            let time = string(&self.stamp.time(time, round.wall));
            writeln!(out, "\t\t\t\t\t\"timestamp\": {time},")?;
        }
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
        write!(out, "\n\t\t\t\t}}")
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let open = if self.is_open { "\n" } else { "" };
        write!(out, "{open}\t\t\t]\n\t\t}}\n\t]\n}}}}\n")
    }
}

/// A JSON string.
fn string(text: &str) -> String {
    let mut json = Vec::with_capacity(text.len() + 2);
    // A vector takes all.
    let _ = json_string(text.as_bytes(), &mut json);
    String::from_utf8_lossy(&json).into_owned()
}
