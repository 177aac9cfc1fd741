//! Who may depend on whom: the libraries on nothing of ours, the commands on the libraries only.

use crate::error::Error;
use crate::workspace::{Finding, Workspace};

const LIBRARIES: [&str; 3] = ["sysparse", "toolkit", TEST_SUPPORT];

/// What tests of every crate may use.
const TEST_SUPPORT: &str = "test-support";

/// Looks at the `Cargo.toml` of every crate.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let crates = workspace.folders("crates")?;
    let mut findings = Vec::new();
    for name in &crates {
        let path = format!("crates/{name}/Cargo.toml");
        let manifest = workspace.text(&path)?;
        let is_library = LIBRARIES.contains(&name.as_str());
        let is_ours =
            |other: &&str| *other != TEST_SUPPORT && crates.iter().any(|name| name == other);
        for other in dependencies(&manifest).filter(is_ours) {
            if is_library || !LIBRARIES.contains(&other) {
                let may =
                    if is_library { "none of our crates" } else { "sysparse and toolkit only" };
                let what = format!("depends on {other}; {name} may depend on {may}");
                findings.push(Finding::new(&path, what));
            }
        }
    }
    Ok(findings)
}

/// The names in all tables of dependencies: `name = ...`, `name.workspace = true`,
/// `[dependencies.name]`.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let mut is_table = false;
    manifest.lines().filter_map(move |line| {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end().trim_end_matches(']');
            is_table = header.ends_with("dependencies");
            return header.split_once("dependencies.").map(|(_, name)| name);
        }
        let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
        (is_table && !name.is_empty() && !name.starts_with('#')).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings;

    #[test]
    fn a_dependency_in_the_wrong_direction_is_found() {
        let wrong = [
            ("crates/sysparse/Cargo.toml", "[dependencies]\nnom.workspace = true\n"),
            ("crates/toolkit/Cargo.toml", "[dependencies]\nsysparse.workspace = true\n"),
            ("crates/hail/Cargo.toml", "[dependencies]\ntoolkit = { path = \"../toolkit\" }\n"),
            (
                "crates/wave/Cargo.toml",
                "[package]\nhail = 1\n[dev-dependencies.hail]\npath = \"\"\n",
            ),
        ];
        assert_eq!(
            findings(&wrong, check),
            [
                "crates/toolkit/Cargo.toml: depends on sysparse; toolkit may depend on none of our \
                 crates",
                "crates/wave/Cargo.toml: depends on hail; wave may depend on sysparse and toolkit \
                 only"
            ]
        );
    }
}
