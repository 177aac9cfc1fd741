//! Which of our crates may depend on which: the libraries on none, the commands on the libraries.
//! The tests of every crate and the developers' tool xtask may use `test-support`, and nothing else
//! may.

use crate::error::Error;
use crate::workspace::{Finding, Workspace};

const LIBRARIES: [&str; 3] = ["sysparse", "toolkit", TEST_SUPPORT];

/// The library that is a dependency of tests only.
const TEST_SUPPORT: &str = "test-support";

/// A line of a manifest that declares a dependency.
struct Dependency<'a> {
    name: &'a str,
    is_for_tests: bool,
}

/// Checks the `Cargo.toml` of every crate.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let crates = workspace.folders("crates")?;
    let mut findings = Vec::new();
    for name in crates.iter().map(String::as_str).chain(["xtask"]) {
        let folder = if name == "xtask" { "" } else { "crates/" };
        let path = format!("{folder}{name}/Cargo.toml");
        let manifest = workspace.text(&path)?;
        let ours = dependencies(&manifest)
            .filter(|dependency| crates.iter().any(|name| name == dependency.name));
        let problems = ours.filter_map(|dependency| problem(name, &dependency));
        findings.extend(problems.map(|problem| Finding::new(&path, problem)));
    }
    Ok(findings)
}

/// What is wrong if the crate `name` depends on another of our crates.
fn problem(name: &str, dependency: &Dependency<'_>) -> Option<String> {
    let other = dependency.name;
    if other == TEST_SUPPORT && name != "xtask" {
        let what = format!("depends on {other}, which is for tests; make it a dev-dependency");
        return (!dependency.is_for_tests).then_some(what);
    }
    let may = match name {
        "xtask" => return None,
        library if LIBRARIES.contains(&library) => "none of our crates",
        _ if LIBRARIES.contains(&other) => return None,
        _ => "sysparse and toolkit only",
    };
    Some(format!("depends on {other}; {name} may depend on {may}"))
}

/// The entries of all tables of dependencies: `name = ...`, `name.workspace = true`,
/// `[dependencies.name]`.
fn dependencies(manifest: &str) -> impl Iterator<Item = Dependency<'_>> {
    let mut is_table = false;
    let mut is_for_tests = false;
    manifest.lines().filter_map(move |line| {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end().trim_end_matches(']');
            is_table = header.ends_with("dependencies");
            is_for_tests = header.contains("dev-dependencies");
            let name = header.split_once("dependencies.").map(|(_, name)| name)?;
            return Some(Dependency { name, is_for_tests });
        }
        let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
        let is_entry = is_table && !name.is_empty() && !name.starts_with('#');
        is_entry.then_some(Dependency { name, is_for_tests })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings;

    #[test]
    fn a_dependency_in_the_wrong_direction_is_found() {
        let files = [
            ("crates/sysparse/Cargo.toml", "[dependencies]\nnom.workspace = true\n"),
            ("crates/toolkit/Cargo.toml", "[dependencies]\nsysparse.workspace = true\n"),
            ("crates/hail/Cargo.toml", "[dependencies]\ntoolkit = { path = \"../toolkit\" }\n"),
            (
                "crates/wave/Cargo.toml",
                "[package]\nhail = 1\n[dev-dependencies.hail]\npath = \"\"\n",
            ),
            ("xtask/Cargo.toml", "[dependencies]\nhail.workspace = true\n"),
        ];
        assert_eq!(
            findings(&files, check),
            [
                "crates/toolkit/Cargo.toml: depends on sysparse; toolkit may depend on none of our \
                 crates",
                "crates/wave/Cargo.toml: depends on hail; wave may depend on sysparse and toolkit \
                 only"
            ]
        );
    }

    #[test]
    fn test_support_is_for_tests_and_xtask_only() {
        let entry = "test-support.workspace = true\n";
        let normal = format!("[dependencies]\n{entry}");
        let dev = format!("[dev-dependencies]\n{entry}");
        let files = [
            ("crates/test-support/Cargo.toml", ""),
            ("crates/toolkit/Cargo.toml", &dev),
            ("crates/hail/Cargo.toml", &normal),
            ("crates/wave/Cargo.toml", "[build-dependencies.test-support]\nworkspace = true\n"),
            ("xtask/Cargo.toml", &normal),
        ];
        let problem = "depends on test-support, which is for tests; make it a dev-dependency";
        assert_eq!(
            findings(&files, check),
            ["crates/hail", "crates/wave"].map(|folder| format!("{folder}/Cargo.toml: {problem}"))
        );
    }
}
