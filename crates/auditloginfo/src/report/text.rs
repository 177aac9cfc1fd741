//! The report for people, byte for byte the same as that of the Python script that this command
//! replaces.
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
//! There are three blanks before calls and commands and four before files. A blank follows each
//! argument of a command, and another blank precedes its count. Scripts that cut columns depend on
//! these blanks.

use super::{Item, Layout};
use crate::section::Section;
use crate::tally::Tally;
use std::io::{self, Write};

pub(super) fn write(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    for (index, (user, counts)) in layout.users(tally).into_iter().enumerate() {
        if index > 0 {
            write_line(layout, out, "")?;
        }
        write_line(layout, out, &format!("Audit report for AUID {user}"))?;
        for section in layout.sections() {
            write_line(layout, out, "")?;
            write_line(layout, out, title(section, layout))?;
            for item in layout.items(section, counts) {
                write_item(section, &item, layout, out)?;
                out.write_all(&[layout.line_end()])?;
            }
        }
    }
    Ok(())
}

fn title(section: Section, layout: &Layout) -> &'static str {
    match section {
        Section::Calls => "System calls made:",
        Section::Commands if layout.failed => "Commands that could not be executed:",
        Section::Commands => "Commands executed:",
        Section::Files if layout.failed => "Files that could not be opened:",
        Section::Files => "Files opened:",
        Section::Programs => "Programs that made calls:",
        Section::Changes if layout.failed => "Files that could not be changed:",
        Section::Changes => "Files changed:",
        Section::Addresses => "Addresses used:",
        Section::Sudo => "Commands given to sudo:",
        Section::Privileged if layout.failed => "Commands that could not be executed as root:",
        Section::Privileged => "Commands executed as root:",
        Section::Errors => "Calls failed:",
        Section::Denials => "Access denied:",
    }
}

fn or_unknown(detail: &[u8]) -> &[u8] {
    if detail.is_empty() { b"?" } else { detail }
}

fn write_line(layout: &Layout, out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.write_all(&[layout.line_end()])
}

fn write_item(
    section: Section,
    item: &Item<'_>,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    let is_file = matches!(section, Section::Files | Section::Changes);
    out.write_all(if is_file { b"    " } else { b"   " })?;
    let escape = layout.escape();
    match section {
        Section::Commands | Section::Privileged => {
            for argument in item.argv() {
                escape.write(argument, out)?;
                out.write_all(b" ")?;
            }
        }
        Section::Errors => {
            escape.write(&item.detail, out)?;
            write!(out, " {} ", item.count)?;
            return escape.write(&item.name, out);
        }
        Section::Sudo => {
            out.write_all(b"[")?;
            escape.write(or_unknown(&item.detail), out)?;
            out.write_all(b"] ")?;
            escape.write(&item.name, out)?;
        }
        Section::Calls | Section::Programs => escape.write(&item.name, out)?,
        Section::Files if !layout.modes => escape.write(&item.name, out)?,
        Section::Files | Section::Changes | Section::Addresses | Section::Denials => {
            escape.write(or_unknown(&item.detail), out)?;
            out.write_all(b" ")?;
            escape.write(&item.name, out)?;
        }
    }
    write!(out, " {}", item.count)
}
