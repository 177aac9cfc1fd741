//! `cargo xtask man`: the manual pages, generated from the tables of options and from fixtures.
//!
//! Each page is written as man(7) and as Markdown. Every example of a page is a fixture, so `cargo
//! xtask test` shows that it is true.

mod markdown;
mod roff;

use crate::commands::{self, CommandDocs};
use crate::error::Error;
use crate::generated::{self, GeneratedFile};
use crate::workspace::{Finding, Workspace};
use roff::{Roff, WIDTH, bold, escape, italic};
use std::io::{self, Write};
use std::process::Command;
use toolkit::cli::OptionSpec;

const FOLDER: &str = "docs/man";

/// The date on which the pages were last revised. With the date of today every page would be stale the
/// next day.
const DATE: &str = "2026-11-27";

/// The last section of every page before the references: title and text.
const BUGS: (&str, &str) = (
    "REPORTING BUGS",
    "Open an issue where you got this command from. Say what `--version` prints, the command line, what you \
     expected, and what happened instead. README.md of the source says what else helps.",
);

/// What else there is to read, at the end of every page.
const DOCUMENTS: &str = "With the documentation of the package, or in `docs` of the source: recipes.md has command \
     lines for common questions (awk, jq, spreadsheets, Prometheus, mail), formats.md all columns, keys and \
     metrics, and migration.md what replaces which option of other commands.";

/// The pages of all commands.
pub(crate) fn pages(workspace: &Workspace) -> Result<Vec<GeneratedFile>, Error> {
    let mut pages = Vec::new();
    for command in commands::all() {
        let mut add = |end, text| {
            let path = format!("{FOLDER}/{}.{end}", command.name());
            pages.push(GeneratedFile { path, text });
        };
        add("1", page(workspace, &command)?);
        add("md", markdown::page(workspace, &command)?);
    }
    Ok(pages)
}

/// Finds pages that are missing, stale or left over, and the problems that mandoc reports.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let pages = pages(workspace)?;
    let mut findings = generated::compare(workspace, FOLDER, &pages, "cargo xtask man")?;
    let is_roff = |page: &&GeneratedFile| page.path.ends_with(".1") && workspace.has(&page.path);
    findings.extend(wide_lines(workspace, &commands::all())?);
    for page in pages.iter().filter(is_roff) {
        findings.extend(lint(workspace, &page.path)?);
    }
    Ok(findings)
}

/// Finds examples, with their prompts, and other literal text with lines that do not fit a terminal.
fn wide_lines(workspace: &Workspace, commands: &[CommandDocs]) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for command in commands {
        let manual = &command.manual;
        for (title, paragraphs) in manual.sections {
            let place = format!("{title} of {}(1)", manual.name);
            let literal = paragraphs.iter().filter_map(|text| text.strip_prefix("    "));
            let texts = literal.map(|text| text.replace("\n    ", "\n"));
            findings.extend(texts.filter_map(|text| wide_line(&place, &text)));
        }
        for (_, case) in manual.examples {
            let folder = format!("testdata/{}/{case}", command.name());
            findings.extend(wide_line(&folder, &terminal_session(workspace, &folder)?));
        }
    }
    Ok(findings)
}

fn wide_line(place: &str, text: &str) -> Option<Finding> {
    let width = text.lines().map(|line| roff::expand_tabs(line).chars().count()).max()?;
    let problem = format!("a line of {width} columns in a page; make it {WIDTH}");
    (width > WIDTH).then(|| Finding::new(place, problem))
}

/// The problems that mandoc finds in a page. If mandoc is not installed, says so on stderr.
fn lint(workspace: &Workspace, path: &str) -> Result<Vec<Finding>, Error> {
    let mut mandoc = Command::new("mandoc");
    match mandoc.args(["-T", "lint", "-W", "warning"]).arg(workspace.path(path)).output() {
        Ok(output) => {
            let report = String::from_utf8_lossy(&output.stdout);
            Ok(report.lines().map(|line| Finding::new(path, line)).collect())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let _ = writeln!(io::stderr(), "{path}: not checked, because mandoc is not installed");
            Ok(Vec::new())
        }
        Err(error) => Err(Error::program("mandoc")(error)),
    }
}

/// The page of a command.
fn page(workspace: &Workspace, command: &CommandDocs) -> Result<String, Error> {
    let manual = &command.manual;
    let mut page = Roff::new(manual.name, DATE, env!("CARGO_PKG_VERSION"));
    page.section("NAME");
    page.line(&escape(&format!("{} - {}", manual.name, manual.summary)));
    page.section("SYNOPSIS");
    for (index, form) in manual.synopsis.iter().enumerate() {
        if index > 0 {
            page.line(".br");
        }
        let words: Vec<_> = form.split(' ').map(synopsis_word).collect();
        page.line(&format!("{} {}", bold(manual.name), words.join(" ")));
    }
    page.section("DESCRIPTION");
    page.paragraphs(manual.description);
    page.section("OPTIONS");
    for (title, options) in &command.groups {
        page.subsection(title);
        for option in options {
            page.item(&tag(option), &paragraph(option));
        }
    }
    for (title, paragraphs) in manual.sections {
        page.section(title);
        page.paragraphs(paragraphs);
    }
    add_examples(workspace, command, &mut page)?;
    page.section(BUGS.0);
    page.paragraphs(&[BUGS.1]);
    add_see_also(manual.see_also, &mut page);
    page.paragraphs(&[DOCUMENTS]);
    Ok(page.finish())
}

/// A word of the synopsis: options in bold, placeholders in italics.
fn synopsis_word(word: &str) -> String {
    let core = word.trim_matches(['[', ']', '.', '|']);
    let Some((before, after)) = word.split_once(core) else { return escape(word) };
    let core = match core {
        option if option.starts_with('-') => bold(option),
        name if name.bytes().all(|byte| byte.is_ascii_uppercase()) => italic(name),
        other => escape(other),
    };
    escape(before) + &core + &escape(after)
}

/// The option's names and its value.
fn tag(option: &OptionSpec) -> String {
    let short = option.short.map(|letter| bold(&format!("-{letter}")));
    let long = option.long.map(|name| bold(&format!("--{name}")));
    let names: Vec<_> = short.into_iter().chain(long).collect();
    let value = if option.value.is_empty() { String::new() } else { italic(option.value) };
    [names.join(", "), value].join(" ").trim_end().to_owned()
}

/// The option's paragraph. Without text of its own it is the help line as a sentence.
fn paragraph(option: &OptionSpec) -> String {
    if !option.doc.is_empty() {
        return option.doc.to_owned();
    }
    let mut letters = option.help.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

fn add_examples(
    workspace: &Workspace,
    command: &CommandDocs,
    page: &mut Roff,
) -> Result<(), Error> {
    if !command.manual.examples.is_empty() {
        page.section("EXAMPLES");
    }
    for (sentence, case) in command.manual.examples {
        page.paragraphs(&[sentence]);
        page.literal(&terminal_session(workspace, &format!("testdata/{}/{case}", command.name()))?);
    }
    Ok(())
}

/// A fixture as a terminal shows it: a prompt, the command line, and its output.
pub(crate) fn terminal_session(workspace: &Workspace, folder: &str) -> Result<String, Error> {
    let part = |name| printable_text(workspace, &format!("{folder}/{name}"));
    Ok(format!("$ {}{}", part("cmd")?, part("stdout")?))
}

/// Reads a file that a page can show. An escape sequence must not get into a page.
fn printable_text(workspace: &Workspace, path: &str) -> Result<String, Error> {
    let invalid = |why: &str| Error::Invalid(format!("{path}: cannot be an example: {why}"));
    let bytes = workspace.read(path)?.ok_or_else(|| invalid("there is no such file"))?;
    let text = String::from_utf8(bytes).map_err(|_| invalid("it is not UTF-8"))?;
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        return Err(invalid("it has control characters"));
    }
    Ok(text)
}

fn add_see_also(others: &[&str], page: &mut Roff) {
    page.section("SEE ALSO");
    for (index, other) in others.iter().enumerate() {
        let (name, section) = other.split_once('(').unwrap_or((other, "1)"));
        let end = if index + 1 < others.len() { "," } else { "" };
        page.line(&format!(".BR {} ({section}{end}", escape(name)));
    }
}

#[cfg(test)]
mod tests;
