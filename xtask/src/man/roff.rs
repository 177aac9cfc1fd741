//! Writes man(7): the few requests that our pages use, and the escapes of text.
//!
//! The output is ASCII, so a page looks the same in every encoding.

use std::fmt::Write as _;

/// The width of the terminal that a page is made for, in columns.
pub(super) const WIDTH: usize = 80;

/// How far man(1) indents the text of a section, in columns.
const MARGIN: isize = 7;

/// A page that is being written.
pub(super) struct Roff(String);

impl Roff {
    /// A page of section 1 with its title line.
    pub(super) fn new(name: &str, date: &str, version: &str) -> Roff {
        let (title, name) = (escape(&name.to_uppercase()), escape(name));
        Roff(format!(
            ".\\\" Made by cargo xtask man; do not edit.\n\
             .TH {title} 1 {date} \"{name} {version}\" \"User Commands\"\n"
        ))
    }

    /// The page's text.
    pub(super) fn finish(self) -> String {
        self.0
    }

    /// Adds a line of roff.
    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// Adds a heading.
    pub(super) fn section(&mut self, title: &str) {
        self.line(&format!(".SH {}", escape(title)));
    }

    /// Adds a heading of the second level.
    pub(super) fn subsection(&mut self, title: &str) {
        self.line(&format!(".SS {}", escape(title)));
    }

    /// Adds paragraphs. One that is indented by four spaces is literal text.
    pub(super) fn paragraphs(&mut self, paragraphs: &[&str]) {
        for paragraph in paragraphs {
            if paragraph.starts_with("    ") {
                let lines = paragraph.lines().map(|line| line.strip_prefix("    ").unwrap_or(line));
                self.literal(&lines.collect::<Vec<_>>().join("\n"));
            } else {
                self.begin_paragraph();
                self.prose(paragraph);
            }
        }
    }

    /// Adds a paragraph with a tag, which is roff.
    pub(super) fn item(&mut self, tag: &str, paragraph: &str) {
        self.line(".TP");
        self.line(tag);
        self.prose(paragraph);
    }

    /// Adds indented lines that look as on a terminal. Wide ones are indented less, so that all lines
    /// of up to 80 columns fit a terminal with as many.
    pub(super) fn literal(&mut self, text: &str) {
        let width = text.lines().map(|line| expand_tabs(line).chars().count()).max();
        let free = WIDTH.saturating_sub(width.unwrap_or_default());
        let indent = isize::try_from(free).map_or(4, |free| 4.min(free - MARGIN));
        self.begin_paragraph();
        self.line(&format!(".RS {indent}\n.EX"));
        for line in text.lines() {
            let line = protect(escape(&expand_tabs(line)));
            self.line(&line);
        }
        self.line(".EE\n.RE");
    }

    /// Begins a paragraph. A heading has begun one already.
    fn begin_paragraph(&mut self) {
        let last = self.0.lines().next_back().unwrap_or_default();
        if !last.starts_with(".S") {
            self.line(".PP");
        }
    }

    /// Adds running text, one sentence per line. Text between backticks becomes bold.
    fn prose(&mut self, text: &str) {
        let pieces = text.split('`').enumerate();
        let formatted = pieces.map(|(index, piece)| match index % 2 {
            0 => escape(piece),
            _ => bold(piece),
        });
        let formatted: String = formatted.collect();
        let mut rest = formatted.as_str();
        while let Some((sentence, after)) = split_sentence(rest) {
            self.line(&protect(sentence.to_owned()));
            rest = after;
        }
        self.line(&protect(rest.to_owned()));
    }
}

/// Splits after the first full stop that is followed by a space and a capital letter or bold text.
fn split_sentence(text: &str) -> Option<(&str, &str)> {
    let is_start = |after: &str| {
        after.starts_with(|letter: char| letter.is_ascii_uppercase()) || after.starts_with("\\fB")
    };
    let (end, _) =
        text.match_indices(". ").find(|(index, _)| text.get(index + 2..).is_some_and(is_start))?;
    text.split_at_checked(end + 1).map(|(sentence, after)| (sentence, after.trim_start()))
}

/// Bold text.
pub(super) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escape(text))
}

/// Italic text.
pub(super) fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escape(text))
}

/// Escapes what is special in roff, except a dot or quote at the start of a line: see [`protect`].
///
/// Hyphens, quotes, carets and tildes stay ASCII in the output, so that a reader can copy them.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => escaped.push_str("\\(rs"),
            '-' => escaped.push_str("\\-"),
            '\'' => escaped.push_str("\\(aq"),
            '"' => escaped.push_str("\\(dq"),
            '`' => escaped.push_str("\\(ga"),
            '^' => escaped.push_str("\\(ha"),
            '~' => escaped.push_str("\\(ti"),
            '\n' => escaped.push(' '),
            ' '..='~' => escaped.push(letter),
            other => drop(write!(escaped, "\\[u{:04X}]", u32::from(other))),
        }
    }
    escaped
}

/// Keeps roff from taking a line of text for a request.
fn protect(line: String) -> String {
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
}

/// Replaces tabs by spaces up to the next multiple of eight columns, as a terminal does.
pub(super) fn expand_tabs(line: &str) -> String {
    let mut columns = 0;
    let mut expanded = String::with_capacity(line.len());
    for letter in line.chars() {
        let width = if letter == '\t' { 8 - columns % 8 } else { 1 };
        expanded.extend(std::iter::repeat_n(if letter == '\t' { ' ' } else { letter }, width));
        columns += width;
    }
    expanded
}
