//! What must hold for every run.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};
use test_support::processes::Outcome;

/// What the runs of a command on one input showed.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) runs: usize,
    /// What was wrong, with the options.
    pub(super) failures: Vec<String>,
    /// Whether a run printed a row.
    pub(super) has_answer: bool,
    /// Whether a run succeeded without a row.
    pub(super) is_empty_success: bool,
    /// The first message about an answer without a row.
    pub(super) why: Option<String>,
}

/// Checks the outcome of a run with these options, and adds it to the verdict. A row of output is an
/// answer if one of the columns `figures` is known in it, or if that list is empty.
pub(super) fn check(outcome: &Outcome, options: &[&str], figures: &[&str], verdict: &mut Verdict) {
    let format = options.iter().skip_while(|word| **word != "-o").nth(1).copied();
    let (stdout, stderr) =
        [&outcome.stdout, &outcome.stderr].map(|text| String::from_utf8_lossy(text)).into();
    verdict.runs += 1;
    let mut problems = problems(outcome, &stdout, &stderr);
    let has_row = match format {
        Some("tsv") => {
            problems.extend(tsv_problem(&stdout));
            has_tsv_row(&stdout, figures)
        }
        Some("jsonl") => {
            problems.extend(jsonl_problem(&outcome.stdout));
            stdout.lines().any(|line| is_answer(line, figures))
        }
        // Of a text we do not know which lines are headings.
        _ => return add(verdict, problems, options),
    };
    verdict.has_answer |= has_row;
    if !has_row {
        verdict.is_empty_success |= outcome.status() == 0;
        match stderr.lines().next() {
            None => problems.push("an empty answer without a message".to_owned()),
            Some(line) => drop(verdict.why.get_or_insert_with(|| line.to_owned())),
        }
    }
    add(verdict, problems, options);
}

fn add(verdict: &mut Verdict, problems: Vec<String>, options: &[&str]) {
    let options = options.join(" ");
    verdict.failures.extend(problems.into_iter().map(|problem| format!("{options}: {problem}")));
}

/// What is wrong whatever the format of the output.
fn problems(outcome: &Outcome, stdout: &str, stderr: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if outcome.timed_out {
        problems.push("killed after 20 s".to_owned());
    } else if !(0..=2).contains(&outcome.status()) {
        problems.push(format!("status {}: {stderr}", outcome.status()));
    }
    if stderr.contains("panicked at") {
        problems.push(stderr.to_owned());
    }
    if outcome.status() != 0 && stderr.is_empty() {
        problems.push(format!("status {} without a message", outcome.status()));
    }
    for (name, text, bytes) in
        [("stdout", stdout, &outcome.stdout), ("stderr", stderr, &outcome.stderr)]
    {
        if std::str::from_utf8(bytes).is_err() {
            problems.push(format!("{name} is not UTF-8"));
        }
        if text.contains(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\t')) {
            problems.push(format!("a control character on {name}: {text:?}"));
        }
    }
    problems
}

/// Whether a line below the heading has a known figure.
fn has_tsv_row(text: &str, figures: &[&str]) -> bool {
    let mut lines = text.lines();
    let heading: Vec<_> = lines.next().unwrap_or_default().split('\t').collect();
    let is_known = |(name, cell): (&&str, &str)| figures.contains(name) && !cell.is_empty();
    lines.any(|line| figures.is_empty() || heading.iter().zip(line.split('\t')).any(is_known))
}

/// Whether an object of JSON has a known figure.
fn is_answer(line: &str, figures: &[&str]) -> bool {
    let is_known = |name: &&str| {
        let value = line.split_once(&format!("\"{name}\":"));
        value.is_some_and(|(_, value)| !value.trim_start().starts_with("null"))
    };
    figures.is_empty() || figures.iter().any(is_known)
}

/// Whether each line has as many cells as the first.
fn tsv_problem(text: &str) -> Option<String> {
    let widths: BTreeSet<_> = text.lines().map(|line| line.split('\t').count()).collect();
    let is_cut = !text.is_empty() && !text.ends_with('\n');
    (widths.len() > 1 || is_cut).then(|| format!("rows of {widths:?} cells"))
}

/// Whether each line is an object of JSON, according to jq.
fn jsonl_problem(text: &[u8]) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    // Blanks before a line's end are no objects, so each line must be one.
    let filter = r#"all(inputs; fromjson | type == "object")"#;
    let mut jq = Command::new("jq");
    jq.args(["-nRe", filter]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = jq.spawn().and_then(|mut child| {
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(text)?;
        }
        child.wait_with_output()
    });
    match output {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("no JSON: {}", String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Some(format!("jq: {error}")),
    }
}
