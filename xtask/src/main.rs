//! Tasks of this workspace other than building and testing: `cargo xtask SUBCOMMAND`.

#![forbid(unsafe_code)]

mod bench;
mod binaries;
mod commands;
mod completions;
mod corpus;
mod debian;
mod dist;
mod error;
mod fuzz;
mod generated;
mod lab;
mod man;
mod processes;
mod syscalls;
mod test;
mod tidy;
mod workspace;

use error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use workspace::{Finding, Workspace};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&Workspace::here(), &words, &mut io::stdout()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a subcommand; false if a check or a fixture failed.
fn run(
    workspace: &Workspace,
    words: &[&str],
    out: &mut (impl Write + Send),
) -> Result<bool, Error> {
    match words {
        ["man"] => generated::write(workspace, &man::pages(workspace)?).map(|()| true),
        ["man", "--check"] => report_findings(&man::check(workspace)?, out),
        ["completions"] => generated::write(workspace, &completions::scripts()).map(|()| true),
        ["completions", "--check"] => report_findings(&completions::check(workspace)?, out),
        ["test", words @ ..] => test::run(workspace, words, out),
        ["tidy"] => report_findings(&tidy::check(workspace)?, out),
        ["bench", words @ ..] => bench::run(workspace, words, out),
        ["corpus", folder] => corpus::run(workspace, folder, out),
        ["fuzz", words @ ..] => fuzz::run(workspace, words, out),
        ["dist"] => dist::run(workspace, out),
        ["lab", words @ ..] => lab::run(workspace, words, out),
        ["syscalls"] => syscalls::write(workspace).map(|()| true),
        ["syscalls", "--check"] => report_findings(&syscalls::check(workspace)?, out),
        ["measure-once", words @ ..] => bench::measure_once(words, out),
        _ => Err(Error::Usage),
    }
}

/// Prints one finding per line; true if there are none.
fn report_findings(findings: &[Finding], out: &mut impl Write) -> Result<bool, Error> {
    for finding in findings {
        writeln!(out, "{finding}")?;
    }
    Ok(findings.is_empty())
}
