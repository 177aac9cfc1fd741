//! The table of the text report: columns that are as wide as their widest cell.

use std::fmt::Arguments;
use std::io::{self, Write};
use std::ops::Range;
use toolkit::color::{Colors, Role};

/// Rows of cells, and what follows the cells of a row.
#[derive(Debug)]
pub(super) struct Layout {
    /// The least width of each column.
    widths: Vec<usize>,
    /// The text of all cells.
    text: String,
    cells: Vec<LayoutCell>,
    rows: Vec<Row>,
    /// The columns of the terminal; `None` if the output is no terminal.
    terminal: Option<usize>,
    /// Whether the last column of the table is padded, too.
    pads_last: bool,
    /// The widths of the original if its layout is kept: there, a long name pushes its row out of
    /// line.
    original: Option<Vec<usize>>,
}

#[derive(Debug)]
struct LayoutCell {
    text: Range<usize>,
    width: usize,
    role: Option<Role>,
}

#[derive(Debug)]
struct Row {
    cells: Range<usize>,
    /// What precedes the first cell, such as a branch.
    indent: &'static str,
    /// What follows the cells, if it fits.
    tail: Vec<(Option<Role>, String)>,
}

const GAP: &str = "  ";

/// What precedes what did not fit in its row.
const BELOW: &str = "   ";

impl Layout {
    pub(super) fn new(widths: Vec<usize>, terminal: Option<usize>, pads_last: bool) -> Layout {
        let (text, cells, rows) = (String::new(), Vec::new(), Vec::new());
        Layout { widths, text, cells, rows, terminal, pads_last, original: None }
    }

    /// Keeps the layout of the original as long as all figures fit it.
    pub(super) fn keep_original(&mut self) {
        self.original = Some(self.widths.clone());
    }

    /// Narrows the column of names again if nothing else was too wide.
    fn restore_original(&mut self) {
        let figures_fit =
            |original: &&Vec<usize>| self.widths.iter().skip(1).eq(original.iter().skip(1));
        if let Some(original) = self.original.as_ref().filter(figures_fit) {
            self.widths.clone_from(original);
        }
    }

    /// Begins a row. What precedes its first cell belongs to the width of the first column.
    pub(super) fn row(&mut self, indent: &'static str) {
        let cells = self.cells.len()..self.cells.len();
        self.rows.push(Row { cells, indent, tail: Vec::new() });
    }

    /// Adds a cell to the current row.
    pub(super) fn cell(&mut self, role: Option<Role>, text: &str) {
        let Some(row) = self.rows.last_mut() else { return };
        let place = row.cells.len();
        let start = self.text.len();
        self.text.push_str(text);
        let own = text.chars().count();
        let indent = if place == 0 { row.indent.len() } else { 0 };
        if let Some(width) = self.widths.get_mut(place) {
            *width = (*width).max(own + indent);
        }
        self.cells.push(LayoutCell { text: start..self.text.len(), width: own, role });
        row.cells.end = self.cells.len();
    }

    /// Adds a text after the cells of the current row.
    pub(super) fn tail(&mut self, role: Option<Role>, text: String) {
        if let Some(row) = self.rows.last_mut() {
            row.tail.push((role, text));
        }
    }

    /// Writes all rows.
    pub(super) fn write(&mut self, colors: &Colors, out: &mut dyn Write) -> io::Result<()> {
        self.restore_original();
        self.rows.iter().try_for_each(|row| self.write_row(row, colors, out))
    }

    fn write_row(&self, row: &Row, colors: &Colors, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(row.indent.as_bytes())?;
        let cells = self.cells.get(row.cells.clone()).unwrap_or_default();
        let full: usize = self.widths.iter().sum::<usize>() + (self.widths.len() - 1) * GAP.len();
        let has_room = |column| row.tail.first().is_some_and(|(_, text)| self.fits(column, text));
        let unpadded = |cell: &LayoutCell| full - self.widths.last().unwrap_or(&0) + cell.width;
        // Empty words at the end leave no blanks, unless a tail follows the last column.
        let last = cells.iter().rposition(|cell| cell.width > 0).unwrap_or(0);
        let has_tail = cells.last().is_some_and(|cell| has_room(unpadded(cell)));
        let is_full = has_tail || last + 1 == cells.len();
        let count = if is_full { cells.len() } else { last + 1 };
        let pads_last = is_full && (self.pads_last && self.terminal.is_none() || has_room(full));
        let mut column = 0;
        for (place, cell) in cells.iter().enumerate().take(count) {
            let indent = if place == 0 { row.indent.len() } else { GAP.len() };
            let full = self.widths.get(place).copied().unwrap_or(0);
            let full = full - if place == 0 { row.indent.len().min(full) } else { 0 };
            let width = if place + 1 == count && !pads_last { cell.width } else { full };
            // The formatting of the standard library takes no larger width.
            let width = width.min(u16::MAX.into());
            if place > 0 {
                out.write_all(GAP.as_bytes())?;
            }
            let text = self.text.get(cell.text.clone()).unwrap_or_default();
            write_colored(colors, cell.role, format_args!("{text:<width$}"), out)?;
            column += indent + width;
        }
        self.write_tail(row, is_full.then_some(column), colors, out)?;
        out.write_all(b"\n")
    }

    /// Whether a text fits after so many columns.
    fn fits(&self, column: usize, text: &str) -> bool {
        let end = column + GAP.len() + text.chars().count();
        self.terminal.is_none_or(|max| end <= max)
    }

    /// Writes what follows the cells, on further lines if it does not fit after `column`, or if that is
    /// not the end of the last column.
    fn write_tail(
        &self,
        row: &Row,
        mut column: Option<usize>,
        colors: &Colors,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for (role, text) in &row.tail {
            let width = text.chars().count();
            if let Some(start) = column.filter(|column| self.fits(*column, text)) {
                out.write_all(GAP.as_bytes())?;
                write_colored(colors, *role, format_args!("{text}"), out)?;
                column = Some(start + GAP.len() + width);
                continue;
            }
            for line in wrap(text, self.terminal.unwrap_or(width)) {
                write!(out, "\n{BELOW}")?;
                write_colored(colors, *role, format_args!("{line}"), out)?;
                column = Some(BELOW.len() + line.chars().count());
            }
        }
        Ok(())
    }
}

fn write_colored(
    colors: &Colors,
    role: Option<Role>,
    text: Arguments<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match role {
        Some(role) => colors.write(role, text, out),
        None => out.write_fmt(text),
    }
}

/// The lines of a text that must fit after [`BELOW`]. A word that is too long has its own line.
fn wrap(text: &str, max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if BELOW.len() + line.chars().count() + 1 + word.chars().count() <= max => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(layout: &mut Layout) -> String {
        let mut out = Vec::new();
        layout.write(&Colors::new(Some("never"), None, false), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn layout(terminal: Option<usize>, cells: &[&str]) -> Layout {
        let mut layout = Layout::new(vec![6, 4], terminal, true);
        layout.row("|- ");
        for cell in cells {
            layout.cell(Some(Role::Value), cell);
        }
        layout
    }

    #[test]
    fn a_column_is_as_wide_as_its_widest_cell() {
        let mut table = layout(None, &["sda", "1"]);
        table.row("");
        table.cell(None, "mpath10");
        table.cell(None, "12345");
        assert_eq!(written(&mut table), "|- sda   1    \nmpath10  12345\n");
    }

    #[test]
    fn a_long_name_alone_keeps_the_layout_of_the_original() {
        for (figure, wanted) in [
            ("1", "|- a_long_name  1   \nsda     2   \n"),
            ("12345", "|- a_long_name  12345\nsda             2    \n"),
        ] {
            let mut table = Layout::new(vec![6, 4], None, true);
            table.keep_original();
            table.row("|- ");
            table.cell(None, "a_long_name");
            table.cell(None, figure);
            table.row("");
            table.cell(None, "sda");
            table.cell(None, "2");
            assert_eq!(written(&mut table), wanted);
        }
    }

    #[test]
    fn a_terminal_gets_no_blanks_at_the_end() {
        assert_eq!(written(&mut layout(Some(80), &["sda", "1"])), "|- sda  1\n");
        assert_eq!(written(&mut layout(None, &["sda", ""])), "|- sda\n");
    }

    #[test]
    fn what_follows_empty_words_stands_after_the_last_column() {
        for (terminal, wanted) in [
            (None, "|- sda        2/2  <- x\n"),
            (Some(18), "|- sda        2/2\n   <- x\n"),
            (Some(17), "|- sda        2/2\n   <- x\n"),
            (Some(16), "|- sda    2/2\n   <- x\n"),
            (Some(13), "|- sda    2/2\n   <- x\n"),
            (Some(12), "|- sda\n   2/2  <- x\n"),
        ] {
            let mut table = layout(terminal, &["sda", ""]);
            for tail in ["2/2", "<- x"] {
                table.tail(None, tail.to_owned());
            }
            assert_eq!(written(&mut table), wanted, "{terminal:?}");
        }
    }

    #[test]
    fn what_does_not_fit_stands_below_its_row() {
        for (max, wanted) in [
            (26, "|- sda  1     <- await (x)\n"),
            (25, "|- sda  1  <- await (x)\n"),
            (22, "|- sda  1\n   <- await (x)\n"),
            (14, "|- sda  1\n   <- await\n   (x)\n"),
        ] {
            let mut table = layout(Some(max), &["sda", "1"]);
            table.tail(Some(Role::Alarm), "<- await (x)".to_owned());
            assert_eq!(written(&mut table), wanted, "{max}");
        }
    }
}
