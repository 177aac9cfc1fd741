//! man(7): the few requests that our pages use, and the escapes of their text.
//!
//! All text is ASCII in the end, so a page reads the same whatever the reader's encoding.

use std::fmt::Write as _;

/// A page that grows line by line.
pub(super) struct Roff(String);

impl Roff {
    /// The head of a page of section 1.
    pub(super) fn new(name: &str, date: &str, version: &str) -> Roff {
        let (title, name) = (escaped(&name.to_uppercase()), escaped(name));
        Roff(format!(
            ".\\\" Made by cargo xtask man; do not edit.\n\
             .TH {title} 1 {date} \"{name} {version}\" \"User Commands\"\n"
        ))
    }

    /// The page's text.
    pub(super) fn end(self) -> String {
        self.0
    }

    /// A line, as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A heading.
    pub(super) fn section(&mut self, title: &str) {
        self.line(&format!(".SH {}", escaped(title)));
    }

    /// A heading below a heading.
    pub(super) fn subsection(&mut self, title: &str) {
        self.line(&format!(".SS {}", escaped(title)));
    }

    /// Paragraphs; one that begins with four blanks is set as it is.
    pub(super) fn paragraphs(&mut self, paragraphs: &[&str]) {
        for paragraph in paragraphs {
            if paragraph.starts_with("    ") {
                let lines = paragraph.lines().map(|line| line.strip_prefix("    ").unwrap_or(line));
                self.literal(&lines.collect::<Vec<_>>().join("\n"));
            } else {
                self.gap();
                self.prose(paragraph);
            }
        }
    }

    /// An option and its paragraph; the tag is roff already.
    pub(super) fn item(&mut self, tag: &str, paragraph: &str) {
        self.line(".TP");
        self.line(tag);
        self.prose(paragraph);
    }

    /// Indented lines as they would stand on a terminal.
    pub(super) fn literal(&mut self, text: &str) {
        self.gap();
        self.line(".RS 4\n.EX");
        for line in text.lines() {
            let line = protected(escaped(&without_tabs(line)));
            self.line(&line);
        }
        self.line(".EE\n.RE");
    }

    /// Begins a paragraph; behind a heading there is one already.
    fn gap(&mut self) {
        let last = self.0.lines().next_back().unwrap_or_default();
        if !last.starts_with(".S") {
            self.line(".PP");
        }
    }

    /// Running text, a line a sentence, with what stands between backticks in bold.
    fn prose(&mut self, text: &str) {
        let pieces = text.split('`').enumerate();
        let set = pieces.map(|(index, piece)| match index % 2 {
            0 => escaped(piece),
            _ => bold(piece),
        });
        let set: String = set.collect();
        let mut rest = set.as_str();
        while let Some((sentence, after)) = first_sentence(rest) {
            self.line(&protected(sentence.to_owned()));
            rest = after;
        }
        self.line(&protected(rest.to_owned()));
    }
}

/// Cuts behind the first full stop that a blank and a capital or something in bold follow.
fn first_sentence(text: &str) -> Option<(&str, &str)> {
    let is_begin = |after: &str| {
        after.starts_with(|letter: char| letter.is_ascii_uppercase()) || after.starts_with("\\fB")
    };
    let (end, _) =
        text.match_indices(". ").find(|(index, _)| text.get(index + 2..).is_some_and(is_begin))?;
    text.split_at_checked(end + 1).map(|(sentence, after)| (sentence, after.trim_start()))
}

/// Bold text.
pub(super) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

/// Italic text.
pub(super) fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escaped(text))
}

/// Text without a meaning to roff, but for a dot or quote at its beginning: see [`protected`].
///
/// Hyphens, quotes, carets and tildes become those of ASCII, which a reader can copy.
pub(super) fn escaped(text: &str) -> String {
    let mut set = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => set.push_str("\\(rs"),
            '-' => set.push_str("\\-"),
            '\'' => set.push_str("\\(aq"),
            '"' => set.push_str("\\(dq"),
            '`' => set.push_str("\\(ga"),
            '^' => set.push_str("\\(ha"),
            '~' => set.push_str("\\(ti"),
            '\n' => set.push(' '),
            ' '..='~' => set.push(letter),
            other => drop(write!(set, "\\[u{:04X}]", u32::from(other))),
        }
    }
    set
}

/// A line of text that no request can begin.
fn protected(line: String) -> String {
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
}

/// A line with blanks up to every eighth column for its tabs, as on a terminal.
fn without_tabs(line: &str) -> String {
    let mut columns = 0;
    let mut set = String::with_capacity(line.len());
    for letter in line.chars() {
        let width = if letter == '\t' { 8 - columns % 8 } else { 1 };
        set.extend(std::iter::repeat_n(if letter == '\t' { ' ' } else { letter }, width));
        columns += width;
    }
    set
}
