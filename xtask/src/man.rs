//! `cargo xtask man`: the manual pages, from the tables of options and from fixtures.
//!
//! An example of a page is a fixture: what stands there was run, and `cargo xtask test` runs it
//! again.

mod roff;

use crate::commands::{self, Documented};
use crate::error::Error;
use crate::page::{self, Page};
use crate::tree::{Finding, Tree};
use roff::{Roff, bold, escaped, italic};
use std::io::{self, Write};
use std::process::Command;
use toolkit::cli::OptionSpec;

const FOLDER: &str = "docs/man";

/// The date of the pages: that of the release, for pages that change from day to day cannot be
/// compared with those that are committed.
const RELEASED: &str = "2026-11-24";

/// The pages of all commands.
pub(crate) fn pages(tree: &Tree) -> Result<Vec<Page>, Error> {
    let page = |command: &Documented| {
        let path = format!("{FOLDER}/{}.1", command.name());
        Ok(Page { path, text: text(tree, command)? })
    };
    commands::all().iter().map(page).collect()
}

/// Looks for pages that are missing or stale, and for what mandoc finds wrong with them.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let pages = pages(tree)?;
    let mut findings = page::stale(tree, FOLDER, &pages, "cargo xtask man")?;
    for page in pages.iter().filter(|page| tree.has(&page.path)) {
        findings.extend(lint(tree, &page.path)?);
    }
    Ok(findings)
}

/// What mandoc says of a page; nothing, and a word on standard error, where there is no mandoc.
fn lint(tree: &Tree, path: &str) -> Result<Vec<Finding>, Error> {
    let mut mandoc = Command::new("mandoc");
    match mandoc.args(["-T", "lint", "-W", "warning"]).arg(tree.path(path)).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            Ok(said.lines().map(|line| Finding::new(path, line)).collect())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let _ = writeln!(io::stderr(), "{path}: not read by mandoc, which is not installed");
            Ok(Vec::new())
        }
        Err(error) => Err(Error::program("mandoc")(error)),
    }
}

/// The page of a command.
fn text(tree: &Tree, command: &Documented) -> Result<String, Error> {
    let manual = &command.manual;
    let mut page = Roff::new(manual.name, RELEASED, env!("CARGO_PKG_VERSION"));
    page.section("NAME");
    page.line(&escaped(&format!("{} - {}", manual.name, manual.summary)));
    page.section("SYNOPSIS");
    for (index, form) in manual.synopsis.iter().enumerate() {
        if index > 0 {
            page.line(".br");
        }
        let words: Vec<_> = form.split(' ').map(word).collect();
        page.line(&format!("{} {}", bold(manual.name), words.join(" ")));
    }
    page.section("DESCRIPTION");
    page.paragraphs(manual.description);
    page.section("OPTIONS");
    for (title, options) in &command.groups {
        page.subsection(title);
        for option in options {
            page.item(&tag(option), &doc(option));
        }
    }
    for (title, paragraphs) in manual.sections {
        page.section(title);
        page.paragraphs(paragraphs);
    }
    examples(tree, command, &mut page)?;
    see_also(manual.see_also, &mut page);
    Ok(page.end())
}

/// A word of the synopsis: options are bold, what stands for something else is italic.
fn word(word: &str) -> String {
    let core = word.trim_matches(['[', ']', '.', '|']);
    let Some((before, after)) = word.split_once(core) else { return escaped(word) };
    let set = match core {
        option if option.starts_with('-') => bold(option),
        name if name.bytes().all(|byte| byte.is_ascii_uppercase()) => italic(name),
        other => escaped(other),
    };
    escaped(before) + &set + &escaped(after)
}

/// The option as it is typed, with its value.
fn tag(option: &OptionSpec) -> String {
    let short = option.short.map(|letter| bold(&format!("-{letter}")));
    let long = option.long.map(|name| bold(&format!("--{name}")));
    let names: Vec<_> = short.into_iter().chain(long).collect();
    let value = if option.value.is_empty() { String::new() } else { italic(option.value) };
    [names.join(", "), value].join(" ").trim_end().to_owned()
}

/// The option's paragraph: the help line as a sentence if it has none of its own.
fn doc(option: &OptionSpec) -> String {
    if !option.doc.is_empty() {
        return option.doc.to_owned();
    }
    let mut letters = option.help.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

fn examples(tree: &Tree, command: &Documented, page: &mut Roff) -> Result<(), Error> {
    if !command.manual.examples.is_empty() {
        page.section("EXAMPLES");
    }
    for (sentence, case) in command.manual.examples {
        page.paragraphs(&[sentence]);
        page.literal(&shown(tree, &format!("testdata/{}/{case}", command.name()))?);
    }
    Ok(())
}

/// A fixture as it looks on a terminal: the command line behind a prompt, then what it prints.
pub(crate) fn shown(tree: &Tree, folder: &str) -> Result<String, Error> {
    Ok(format!("$ {}{}", part(tree, folder, "cmd")?, part(tree, folder, "stdout")?))
}

/// A part of a fixture, which must be printable: an escape sequence has no place in a page.
fn part(tree: &Tree, folder: &str, name: &str) -> Result<String, Error> {
    let path = format!("{folder}/{name}");
    let unfit = |why: &str| Error::Unfit(format!("{path}: a page's example, but {why}"));
    let bytes = tree.read(&path)?.ok_or_else(|| unfit("it is not there"))?;
    let text = String::from_utf8(bytes).map_err(|_| unfit("it is not UTF-8"))?;
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        return Err(unfit("it holds control characters"));
    }
    Ok(text)
}

fn see_also(others: &[&str], page: &mut Roff) {
    if others.is_empty() {
        return;
    }
    page.section("SEE ALSO");
    for (index, other) in others.iter().enumerate() {
        let (name, section) = other.split_once('(').unwrap_or((other, "1)"));
        let end = if index + 1 < others.len() { "," } else { "" };
        page.line(&format!(".BR {} ({section}{end}", escaped(name)));
    }
}

#[cfg(test)]
mod tests;
