//! What the workspace needs beside its crates: `cargo xtask SUBCOMMAND`.

#![forbid(unsafe_code)]

mod bench;
mod binaries;
mod commands;
mod completions;
mod dist;
mod error;
mod man;
mod page;
mod syscalls;
mod test;
mod tidy;
mod tree;

use error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use tree::{Finding, Tree};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&Tree::here(), &words, &mut io::stdout()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a subcommand; false if what it looked at is not as it should be.
fn run(tree: &Tree, words: &[&str], out: &mut impl Write) -> Result<bool, Error> {
    match words {
        ["man"] => page::write(tree, &man::pages(tree)?).map(|()| true),
        ["man", "--check"] => report_findings(&man::check(tree)?, out),
        ["completions"] => page::write(tree, &completions::pages()).map(|()| true),
        ["completions", "--check"] => report_findings(&completions::check(tree)?, out),
        ["test", words @ ..] => test::run(tree, words, out),
        ["tidy"] => report_findings(&tidy::check(tree)?, out),
        ["bench", words @ ..] => bench::run(tree, words, out),
        ["dist"] => dist::run(tree, out),
        ["syscalls"] => syscalls::write(tree).map(|()| true),
        ["syscalls", "--check"] => report_findings(&syscalls::check(tree)?, out),
        ["measured", words @ ..] => bench::measured(words, out),
        _ => Err(Error::Usage),
    }
}

/// Prints findings, a line each; true if there are none.
fn report_findings(findings: &[Finding], out: &mut impl Write) -> Result<bool, Error> {
    for finding in findings {
        writeln!(out, "{finding}")?;
    }
    Ok(findings.is_empty())
}
