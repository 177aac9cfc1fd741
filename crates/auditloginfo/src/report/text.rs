//! The report for people, byte for byte that of the python script this command replaces.
//!
//! ```text
//! Audit report for AUID 7005
//!
//! System calls made:
//!    read 207
//!
//! Commands executed:
//!    ls -la  1
//!
//! Files opened:
//!     /etc/passwd 14
//! ```
//!
//! Three blanks before calls and commands, four before files, and a blank behind each argument of a
//! command besides the one before its count: scripts that cut columns depend on them.

use super::{Item, Layout};
use crate::section::Section;
use crate::tally::Tally;
use std::io::{self, Write};

pub(super) fn write(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    for (index, (auid, counts)) in layout.users(tally).into_iter().enumerate() {
        if index > 0 {
            line(layout, out, "")?;
        }
        line(layout, out, &format!("Audit report for AUID {auid}"))?;
        for section in layout.sections() {
            line(layout, out, "")?;
            line(layout, out, title(section))?;
            for item in layout.items(section, counts) {
                write_item(section, &item, layout, out)?;
                out.write_all(&[layout.end()])?;
            }
        }
    }
    Ok(())
}

fn title(section: Section) -> &'static str {
    match section {
        Section::Calls => "System calls made:",
        Section::Commands => "Commands executed:",
        Section::Files => "Files opened:",
        Section::Privileged => "Commands executed as root:",
        Section::Errors => "Calls failed:",
        Section::Denials => "Access denied:",
    }
}

fn line(layout: &Layout, out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.write_all(&[layout.end()])
}

fn write_item(
    section: Section,
    item: &Item<'_>,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    out.write_all(if section == Section::Files { b"    " } else { b"   " })?;
    let escape = layout.escape();
    match section {
        Section::Commands | Section::Privileged => {
            for argument in item.argv() {
                escape.write(argument, out)?;
                out.write_all(b" ")?;
            }
        }
        Section::Errors => {
            write!(out, "{} {} ", item.detail, item.count)?;
            return escape.write(&item.name, out);
        }
        Section::Denials => {
            write!(out, "{} ", item.detail)?;
            escape.write(&item.name, out)?;
        }
        Section::Files if layout.modes => {
            let mode = if item.detail.is_empty() { "?" } else { &item.detail };
            write!(out, "{mode} ")?;
            escape.write(&item.name, out)?;
        }
        Section::Calls | Section::Files => escape.write(&item.name, out)?,
    }
    write!(out, " {}", item.count)
}
