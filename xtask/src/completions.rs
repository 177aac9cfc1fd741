//! `cargo xtask completions`: completion scripts for bash, zsh and fish, generated from the tables
//! of options.

mod bash;
mod fish;
mod zsh;

use crate::commands;
use crate::error::Error;
use crate::generated::{self, GeneratedFile};
use crate::workspace::{Finding, Workspace};
use toolkit::cli::OptionSpec;

const FOLDER: &str = "docs/completions";

/// A line at the top of every script.
const HEADER: &str = "# Made by cargo xtask completions; do not edit.\n";

/// The scripts of all commands: one per shell, under the file name that the shell looks for.
pub(crate) fn scripts() -> Vec<GeneratedFile> {
    let mut scripts = Vec::new();
    for command in commands::all() {
        let name = command.name();
        let mut add =
            |path, text| scripts.push(GeneratedFile { path: format!("{FOLDER}/{path}"), text });
        add(format!("bash/{name}"), bash::script(&command));
        add(format!("zsh/_{name}"), zsh::script(&command));
        add(format!("fish/{name}.fish"), fish::script(&command));
    }
    scripts
}

/// Finds scripts that are missing, stale or left over.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    generated::compare(workspace, FOLDER, &scripts(), "cargo xtask completions")
}

/// The option's names as a user types them: `-s`, `--long`.
fn option_names(option: &OptionSpec) -> Vec<String> {
    let short = option.short.map(|letter| format!("-{letter}"));
    let long = option.long.map(|name| format!("--{name}"));
    short.into_iter().chain(long).collect()
}

#[cfg(test)]
mod tests;
