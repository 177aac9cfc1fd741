//! `cargo xtask completions`: what a shell offers behind a command, from the tables of options.

mod bash;
mod fish;
mod zsh;

use crate::commands;
use crate::error::Error;
use crate::page::{self, Page};
use crate::tree::{Finding, Tree};
use toolkit::cli::OptionSpec;

const FOLDER: &str = "docs/completions";

/// The first line of every file.
const MADE: &str = "# Made by cargo xtask completions; do not edit.\n";

/// The files of all commands: a file a shell, named as the shell looks for it.
pub(crate) fn pages() -> Vec<Page> {
    let mut pages = Vec::new();
    for command in commands::all() {
        let name = command.name();
        let mut add = |path, text| pages.push(Page { path: format!("{FOLDER}/{path}"), text });
        add(format!("bash/{name}"), bash::script(&command));
        add(format!("zsh/_{name}"), zsh::script(&command));
        add(format!("fish/{name}.fish"), fish::script(&command));
    }
    pages
}

/// Looks for files that are missing or stale.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    page::stale(tree, FOLDER, &pages(), "cargo xtask completions")
}

/// The option's names as they are typed: `-s`, `--long`.
fn names(option: &OptionSpec) -> Vec<String> {
    let short = option.short.map(|letter| format!("-{letter}"));
    let long = option.long.map(|name| format!("--{name}"));
    short.into_iter().chain(long).collect()
}

#[cfg(test)]
mod tests;
