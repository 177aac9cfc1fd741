//! The crates that a binary is linked with, as `cargo tree` lists them.
//!
//! ```text
//! 0auditloginfo v1.0.0 (/src/crates/auditloginfo)|MIT OR Apache-2.0|
//! 1nom v8.0.0|MIT|https://github.com/rust-bakery/nom
//! 2memchr v2.8.3|Unlicense/MIT|https://github.com/BurntSushi/memchr (*)
//! ```

use super::output;
use crate::error::Error;
use crate::workspace::Workspace;
use std::process::Command;

/// A crate in a binary.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LinkedCrate {
    pub(super) name: String,
    pub(super) version: String,
    /// The license, as an SPDX expression.
    pub(super) license: String,
    /// Where its source is developed; empty if unknown.
    pub(super) repository: String,
    /// The SHA-256 of its archive in the registry; `None` if it belongs to this workspace.
    pub(super) checksum: Option<String>,
    /// The names of the crates that it uses directly, with their versions.
    pub(super) uses: Vec<String>,
}

impl LinkedCrate {
    /// The name with the version, which is also the name of the folder in `vendor`.
    pub(super) fn id(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }
}

/// The crates of a command, itself first. Crates that only run while it is built are not linked.
pub(super) fn list(workspace: &Workspace, command: &str) -> Result<Vec<LinkedCrate>, Error> {
    let mut cargo = Command::new("cargo");
    cargo.args(["tree", "--locked", "--package", command, "--edges", "normal,no-proc-macro"]);
    cargo.args(["--prefix", "depth", "--format", "{p}|{l}|{r}"]);
    let tree = output(cargo.current_dir(workspace.path("")))?;
    parse(&tree, &workspace.text("Cargo.lock")?)
}

/// Parses the output of `cargo tree`, and takes checksums from the lock file.
pub(super) fn parse(tree: &str, lock: &str) -> Result<Vec<LinkedCrate>, Error> {
    let mut crates: Vec<LinkedCrate> = Vec::new();
    // The crates from the root to the present line.
    let mut branch: Vec<String> = Vec::new();
    for line in tree.lines() {
        let invalid = || Error::Invalid(format!("cargo tree: unexpected line {line:?}"));
        let (depth, linked) = parse_line(line, lock).ok_or_else(invalid)?;
        branch.truncate(depth);
        let user = crates.iter_mut().find(|user| branch.last() == Some(&user.id()));
        if let Some(user) = user.filter(|user| !user.uses.contains(&linked.id())) {
            user.uses.push(linked.id());
        }
        branch.push(linked.id());
        if !crates.iter().any(|seen| seen.id() == linked.id()) {
            crates.push(linked);
        }
    }
    Ok(crates)
}

/// A line: its depth, and the crate.
fn parse_line(line: &str, lock: &str) -> Option<(usize, LinkedCrate)> {
    let digits = line.find(|letter: char| !letter.is_ascii_digit())?;
    let (depth, rest) = line.split_at_checked(digits)?;
    let mut parts = rest.trim_end_matches(" (*)").split('|');
    let mut words = parts.next()?.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    let linked = LinkedCrate {
        name: name.to_owned(),
        version: version.to_owned(),
        // The form of licenses before SPDX expressions.
        license: parts.next()?.replace('/', " OR "),
        repository: parts.next()?.to_owned(),
        checksum: checksum(lock, name, version),
        uses: Vec::new(),
    };
    Some((depth.parse().ok()?, linked))
}

/// The checksum of a crate in the lock file.
fn checksum(lock: &str, name: &str, version: &str) -> Option<String> {
    let start = format!("name = \"{name}\"\nversion = \"{version}\"\n");
    let package = lock.split("[[package]]\n").find(|package| package.starts_with(&start))?;
    let line = package.lines().find_map(|line| line.strip_prefix("checksum = \""))?;
    line.strip_suffix('"').map(str::to_owned)
}
