//! `cargo xtask tidy`: rules of this workspace that no compiler checks.
//!
//! Each check enforces one rule, and reports one finding per violation.

mod architecture;
mod compatibility;
mod dependencies;
mod fixtures;
mod module_cycles;
mod packaging;
mod readme;
mod rust_source;
mod sleeping_tests;
mod sources;

use crate::error::Error;
use crate::workspace::{Finding, Workspace};
use crate::{commands, completions, man};

/// Runs all checks.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let commands = commands::all();
    let findings = [
        dependencies::check(workspace)?,
        sources::check(workspace)?,
        sleeping_tests::check(workspace)?,
        module_cycles::check(workspace)?,
        architecture::check(workspace)?,
        fixtures::check(workspace, &commands)?,
        compatibility::check(workspace)?,
        readme::check(workspace)?,
        packaging::check(workspace)?,
        man::check(workspace)?,
        completions::check(workspace)?,
    ];
    Ok(findings.into_iter().flatten().collect())
}

/// Runs a check on a workspace with these files; returns one line per finding.
#[cfg(test)]
fn findings(
    files: &[(&str, &str)],
    check: impl FnOnce(&Workspace) -> Result<Vec<Finding>, Error>,
) -> Vec<String> {
    let temp = crate::workspace::TempWorkspace::new(files);
    check(&temp).expect("readable files").iter().map(Finding::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let findings = check(&Workspace::here()).expect("readable files");
        let lines: Vec<_> = findings.iter().map(Finding::to_string).collect();
        assert!(findings.is_empty(), "\n{}", lines.join("\n"));
    }
}
