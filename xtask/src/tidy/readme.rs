//! README, CONTRIBUTING and docs/recipes.md are true: every target of make in them exists, every
//! example in README is the output of a fixture, and every recipe is one.

use crate::error::Error;
use crate::workspace::{Finding, Workspace};
use crate::{man, test};
use std::collections::BTreeSet;
use std::process::{Command, Stdio};

const RECIPES: &str = "docs/recipes.md";

/// Checks targets, examples and recipes.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let mut findings = unknown_targets(workspace)?;
    findings.extend(stale_examples(workspace)?);
    findings.extend(untested_recipes(workspace)?);
    Ok(findings)
}

/// Finds recipes that name no fixture. A recipe is a section that ends with its name in parentheses.
fn untested_recipes(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let recipes = workspace.text(RECIPES)?;
    let cases = test::names(workspace)?;
    let is_case = |name: &str| cases.iter().any(|case| case.split('/').nth(1) == Some(name));
    let is_untested = |recipe: &&str| {
        let mut names = recipe.split("(`").skip(1).filter_map(|rest| rest.split_once("`)"));
        !names.any(|(name, _)| is_case(name))
    };
    let finding = |recipe: &str| {
        let title = recipe.lines().next().unwrap_or_default();
        Finding::new(RECIPES, format!("{title}: name the fixture that tests it, as in (`name`)"))
    };
    Ok(recipes.split("\n### ").skip(1).filter(is_untested).map(finding).collect())
}

/// Finds examples in README that no fixture prints. An example begins with a line such as
/// `    $ auditloginfo audit.log`; all its lines are indented by four spaces.
fn stale_examples(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let readme = workspace.text("README.md")?;
    let cases = test::names(workspace)?;
    let mut findings = Vec::new();
    for (prompt, _) in readme.match_indices("    $ ") {
        let example = readme.get(prompt..).unwrap_or_default();
        let line = example.lines().next().unwrap_or_default().trim();
        let command = line.split(' ').nth(1);
        let mut own = cases.iter().filter(|case| case.split('/').next() == command).peekable();
        // A case whose output is not printable text cannot be an example.
        let session = |case| man::terminal_session(workspace, &format!("testdata/{case}")).ok();
        let mut sessions = own.clone().filter_map(session);
        if own.peek().is_some() && !sessions.any(|session| example.starts_with(&indent(&session))) {
            let what = format!("{line}: no fixture prints this; copy the output of one");
            findings.push(Finding::new("README.md", what));
        }
    }
    Ok(findings)
}

fn indent(text: &str) -> String {
    let indent_line =
        |line: &str| if line.is_empty() { "\n".into() } else { format!("    {line}\n") };
    text.lines().map(indent_line).collect()
}

/// Finds targets that make does not know.
fn unknown_targets(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for path in ["README.md", "CONTRIBUTING.md"] {
        let document = workspace.text(path)?;
        for target in targets(&document) {
            if !is_known(workspace, target)? {
                let what =
                    format!("make {target}: the Makefile has no such target; correct the name");
                findings.push(Finding::new(path, what));
            }
        }
    }
    Ok(findings)
}

/// The targets in lines and code spans that begin with `make`.
fn targets(document: &str) -> BTreeSet<&str> {
    let quoted = document.split('`').skip(1).step_by(2);
    let code = document.lines().chain(quoted).map(str::trim_start);
    let words = code.filter_map(|code| code.strip_prefix("make ")).flat_map(|rest| {
        rest.split_whitespace().take_while(|word| !word.starts_with(['#', '&', '|', '`']))
    });
    words.filter(|word| !word.contains('=') && !word.starts_with('-')).collect()
}

/// Whether make knows the target. Builds nothing.
fn is_known(workspace: &Workspace, target: &str) -> Result<bool, Error> {
    let mut make = Command::new("make");
    // If make runs this program, its flags must not apply here.
    make.args(["-n", target]).current_dir(workspace.path("")).env_remove("MAKEFLAGS");
    make.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(make.status().map_err(Error::program("make"))?.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings;

    #[test]
    fn an_unknown_target_is_found() {
        let files = [
            ("Makefile", "all: one\none:\n\ttouch made\n"),
            ("README.md", "We make bread.\n\n    make all one X=1 && make two\n\n`make three`\n"),
            ("CONTRIBUTING.md", "```\nmake -s one # no comment\nmake four\n```\n"),
        ];
        let lines = findings(&files, check);
        assert_eq!(
            lines,
            [
                "README.md: make three: the Makefile has no such target; correct the name",
                "CONTRIBUTING.md: make four: the Makefile has no such target; correct the name"
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
            findings(&files, stale_examples),
            ["README.md: $ hail: no fixture prints this; copy the output of one"]
        );
    }

    #[test]
    fn a_recipe_without_a_fixture_is_found() {
        let files = [
            (RECIPES, "# Recipes\n\n### Loud\n\n(`loud`)\n\n### Quiet\n\n(`gone`)\n\n### Mute\n"),
            ("testdata/hail/loud/cmd", "hail -l\n"),
        ];
        let problem = "name the fixture that tests it, as in (`name`)";
        assert_eq!(
            findings(&files, untested_recipes),
            ["Quiet", "Mute"].map(|title| format!("{RECIPES}: {title}: {problem}"))
        );
    }

    #[test]
    fn nothing_is_built() {
        let temp = crate::workspace::TempWorkspace::new(&[("Makefile", "all:\n\ttouch made\n")]);
        assert!(is_known(&temp, "all").expect("make is there"));
        assert!(!temp.has("made"));
    }
}
