//! Writes a page as Markdown, for readers of the repository.

use super::{BUGS, DOCUMENTS, paragraph, terminal_session};
use crate::commands::CommandDocs;
use crate::error::Error;
use crate::workspace::Workspace;
use toolkit::cli::OptionSpec;

/// The page of a command.
pub(super) fn page(workspace: &Workspace, command: &CommandDocs) -> Result<String, Error> {
    let manual = &command.manual;
    let mut page = Markdown("<!-- Made by cargo xtask man; do not edit. -->\n".to_owned());
    page.block(&format!("# {}(1)", manual.name));
    page.block(&format!("{} - {}", manual.name, prose(manual.summary)));
    page.block("## SYNOPSIS");
    let forms = manual.synopsis.iter().map(|form| format!("{} {form}", manual.name));
    page.literal(&forms.collect::<Vec<_>>().join("\n"));
    page.block("## DESCRIPTION");
    page.paragraphs(manual.description);
    page.block("## OPTIONS");
    for (title, options) in &command.groups {
        page.block(&format!("### {title}"));
        for option in options {
            page.block(&format!("- {}: {}", tag(option), prose(&paragraph(option))));
        }
    }
    for (title, paragraphs) in manual.sections {
        page.block(&format!("## {title}"));
        page.paragraphs(paragraphs);
    }
    if !manual.examples.is_empty() {
        page.block("## EXAMPLES");
    }
    for (sentence, case) in manual.examples {
        page.paragraphs(&[sentence]);
        page.literal(&terminal_session(workspace, &format!("testdata/{}/{case}", command.name()))?);
    }
    page.block(&format!("## {}", BUGS.0));
    page.paragraphs(&[BUGS.1]);
    page.block("## SEE ALSO");
    page.block(&manual.see_also.join(", "));
    page.paragraphs(&[DOCUMENTS]);
    Ok(page.0)
}

/// A page that is being written.
struct Markdown(String);

impl Markdown {
    /// Adds a block after an empty line.
    fn block(&mut self, text: &str) {
        self.0.push('\n');
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// Adds paragraphs. One that is indented by four spaces is literal text.
    fn paragraphs(&mut self, paragraphs: &[&str]) {
        for paragraph in paragraphs {
            match paragraph.strip_prefix("    ") {
                Some(text) => self.literal(&text.replace("\n    ", "\n")),
                None => self.block(&prose(paragraph)),
            }
        }
    }

    /// Adds lines that look as on a terminal.
    fn literal(&mut self, text: &str) {
        let lines = text.lines().map(|line| match line {
            "" => String::new(),
            line => format!("    {line}"),
        });
        self.block(lines.collect::<Vec<_>>().join("\n").trim_end());
    }
}

/// The option's names and its value.
fn tag(option: &OptionSpec) -> String {
    let short = option.short.map(|letter| format!("`-{letter}`"));
    let long = option.long.map(|name| format!("`--{name}`"));
    let names: Vec<_> = short.into_iter().chain(long).collect();
    let value =
        if option.value.is_empty() { String::new() } else { format!(" *{}*", option.value) };
    names.join(", ") + &value
}

/// Running text. What is between backticks stays as it is; elsewhere nothing is markup.
fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    let mut is_code = false;
    for letter in text.chars() {
        is_code ^= letter == '`';
        if !is_code && "\\*_<>[]|#".contains(letter) {
            prose.push('\\');
        }
        prose.push(letter);
    }
    prose
}
