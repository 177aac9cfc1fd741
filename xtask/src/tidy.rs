//! `cargo xtask tidy`: what a compiler does not see.
//!
//! Each check takes the tree, looks at one thing, and gives a line for each place that is wrong.

mod compatibility;
mod dependencies;
mod fixtures;
mod readme;
mod sources;

use crate::error::Error;
use crate::tree::{Finding, Tree};
use crate::{commands, completions, man};

/// Runs all checks.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let commands = commands::all();
    let findings = [
        dependencies::check(tree)?,
        sources::check(tree)?,
        fixtures::check(tree, &commands)?,
        compatibility::check(tree)?,
        readme::check(tree)?,
        man::check(tree)?,
        completions::check(tree)?,
    ];
    Ok(findings.into_iter().flatten().collect())
}

/// What a check finds in a made-up tree, a line a finding.
#[cfg(test)]
fn found(
    files: &[(&str, &str)],
    check: impl FnOnce(&Tree) -> Result<Vec<Finding>, Error>,
) -> Vec<String> {
    let made_up = crate::tree::MadeUp::new(files);
    check(&made_up.0).expect("the tree can be read").iter().map(Finding::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let findings = check(&Tree::here()).expect("the tree can be read");
        let lines: Vec<_> = findings.iter().map(Finding::to_string).collect();
        assert!(findings.is_empty(), "\n{}", lines.join("\n"));
    }
}
