//! README and CONTRIBUTING are true: what they tell a reader to make, make knows how to make, and
//! what they show of a command's output is a fixture.

use crate::error::Error;
use crate::tree::{Finding, Tree};
use crate::{man, test};
use std::collections::BTreeSet;
use std::process::{Command, Stdio};

/// Looks at targets and examples.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let mut findings = unknown_targets(tree)?;
    findings.extend(stale_examples(tree)?);
    Ok(findings)
}

/// Lines of README such as `    $ auditloginfo audit.log` that do not begin a fixture's command
/// line and output, each line indented by four blanks.
fn stale_examples(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let readme = tree.text("README.md")?;
    let cases = test::names(tree)?;
    let mut findings = Vec::new();
    for (prompt, _) in readme.match_indices("    $ ") {
        let example = readme.get(prompt..).unwrap_or_default();
        let line = example.lines().next().unwrap_or_default().trim();
        let command = line.split(' ').nth(1);
        let mut own = cases.iter().filter(|case| case.split('/').next() == command).peekable();
        // What cannot be shown, such as the output of a case of bytes that are no text, is no example.
        let mut shown =
            own.clone().filter_map(|case| man::shown(tree, &format!("testdata/{case}")).ok());
        if own.peek().is_some() && !shown.any(|shown| example.starts_with(&indented(&shown))) {
            let what = format!("{line}: no fixture prints this; copy one's output");
            findings.push(Finding::new("README.md", what));
        }
    }
    Ok(findings)
}

fn indented(text: &str) -> String {
    let indent = |line: &str| if line.is_empty() { "\n".into() } else { format!("    {line}\n") };
    text.lines().map(indent).collect()
}

/// Asks make about every target that is named.
fn unknown_targets(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for path in ["README.md", "CONTRIBUTING.md"] {
        let document = tree.text(path)?;
        for target in targets(&document) {
            if !is_known(tree, target)? {
                let what = format!("make {target}: the Makefile has no such target; correct one");
                findings.push(Finding::new(path, what));
            }
        }
    }
    Ok(findings)
}

/// The targets of the lines and quotations of code that begin with `make`.
fn targets(document: &str) -> BTreeSet<&str> {
    let quoted = document.split('`').skip(1).step_by(2);
    let code = document.lines().chain(quoted).map(str::trim_start);
    let words = code.filter_map(|code| code.strip_prefix("make ")).flat_map(|rest| {
        rest.split_whitespace().take_while(|word| !word.starts_with(['#', '&', '|', '`']))
    });
    words.filter(|word| !word.contains('=') && !word.starts_with('-')).collect()
}

/// Whether make would know what to do; nothing is done.
fn is_known(tree: &Tree, target: &str) -> Result<bool, Error> {
    let mut make = Command::new("make");
    // The make that may have started this one must not have a say.
    make.args(["-n", target]).current_dir(tree.path("")).env_remove("MAKEFLAGS");
    make.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(make.status().map_err(Error::program("make"))?.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn a_target_that_is_not_there_is_found() {
        let files = [
            ("Makefile", "all: one\none:\n\ttouch made\n"),
            ("README.md", "We make bread.\n\n    make all one X=1 && make two\n\n`make three`\n"),
            ("CONTRIBUTING.md", "```\nmake -s one # no comment\nmake four\n```\n"),
        ];
        let lines = found(&files, check);
        assert_eq!(
            lines,
            [
                "README.md: make three: the Makefile has no such target; correct one",
                "CONTRIBUTING.md: make four: the Makefile has no such target; correct one"
            ]
        );
    }

    #[test]
    fn an_example_that_no_fixture_prints_is_found() {
        let readme = "We run\n\n    $ hail -l\n    HELLO\n\n    YOU\n\nor\n\n    $ hail\n    hi\n    $ ls\n\n    $ make it\n";
        let files = [
            ("README.md", readme),
            ("testdata/hail/loud/cmd", "hail -l\n"),
            ("testdata/hail/loud/stdout", "HELLO\n\nYOU\n"),
            ("testdata/hail/plain/cmd", "hail\n"),
            ("testdata/hail/plain/stdout", "hello\n"),
            ("testdata/make/sub/it.py", ""),
        ];
        assert_eq!(
            found(&files, stale_examples),
            ["README.md: $ hail: no fixture prints this; copy one's output"]
        );
    }

    #[test]
    fn nothing_is_made() {
        let made_up = crate::tree::MadeUp::new(&[("Makefile", "all:\n\ttouch made\n")]);
        assert!(is_known(&made_up.0, "all").expect("make is there"));
        assert!(!made_up.0.has("made"));
    }
}
