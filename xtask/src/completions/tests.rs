//! The scripts, asked by the shells themselves. A shell that is not installed is skipped.

use super::*;
use crate::commands::{Documented, hail};
use crate::tree::MadeUp;
use std::io::{self, Write};
use std::process::Command;

/// A shell that completes, and the script that makes it do so: it gets the command's completion
/// file as `$FILE`, the command's name as `$NAME`, the words before the last as `$BEFORE` and the
/// last, which is to be completed, as `$LAST`, and prints what is on offer, a line each.
struct Shell {
    program: &'static [&'static str],
    file: fn(&Documented) -> (String, String),
    ask: &'static str,
}

const BASH: Shell = Shell {
    program: &["bash", "--norc", "-c"],
    file: |command| (command.name().to_owned(), bash::script(command)),
    ask: include_str!("tests/ask.bash"),
};

const ZSH: Shell = Shell {
    program: &["zsh", "-f", "-c"],
    file: |command| (format!("_{}", command.name()), zsh::script(command)),
    ask: include_str!("tests/ask.zsh"),
};

const FISH: Shell = Shell {
    program: &["fish", "--no-config", "-c"],
    file: |command| (format!("{}.fish", command.name()), fish::script(command)),
    ask: include_str!("tests/ask.fish"),
};

impl Shell {
    /// Whether the shell is installed; tells if it is not.
    fn is_there(&self) -> bool {
        let is_there = Command::new(self.program[0]).arg("--version").output().is_ok();
        if !is_there {
            let program = self.program[0];
            let _ = writeln!(io::stderr(), "{program}: not installed, its completions not tried");
        }
        is_there
    }

    /// What is offered for `last` behind `before`, sorted.
    fn offers(&self, command: &Documented, before: &str, last: &str) -> Vec<String> {
        let (name, script) = (self.file)(command);
        let made_up = MadeUp::new(&[(&name, &script), ("a file", ""), ("folder/b", "")]);
        let output = Command::new(self.program[0])
            .args(&self.program[1..])
            .arg(self.ask)
            .current_dir(made_up.0.path(""))
            .env("FILE", made_up.0.path(&name))
            .envs([("NAME", command.name()), ("BEFORE", before), ("LAST", last), ("HOME", "/")])
            .output()
            .expect("the shell starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said, "", "{}: {before} {last}", self.program[0]);
        let mut offers: Vec<_> =
            String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
        offers.sort();
        offers.dedup();
        offers
    }

    fn offers_these(&self, before: &str, last: &str, wanted: &[&str]) {
        let offers = self.offers(&hail(), before, last);
        assert_eq!(offers, wanted, "{}: hail {before} {last}", self.program[0]);
    }

    fn knows_every_option(&self, command: &Documented) {
        let mut longs: Vec<_> =
            command.options().filter_map(|opt| opt.long).map(|name| format!("--{name}")).collect();
        longs.sort();
        let offers = self.offers(command, "", "--");
        assert_eq!(offers, longs, "{}: {}", self.program[0], command.name());
    }

    fn completes(&self) {
        commands::all()
            .iter()
            .chain([&hail()])
            .for_each(|command| self.knows_every_option(command));
        let words = ["hello", "moin", "servus"];
        self.offers_these("--greeting", "", &words);
        self.offers_these("-l -g", "", &words);
        self.offers_these("-g moin --greeting", "s", &["servus"]);
        self.offers_these("", "--lo", &["--loud"]);
        self.offers_these("-l", "--ti", &["--times"]);
        self.offers_these("--times", "", &[]);
        self.offers_these("--user", "roo", &["root"]);
        self.offers_these("--", "--lo", &[]);
        self.offers_these("-l", "a", &["a file"]);
        self.offers_these("--from", "a", &["a file"]);
        self.offers_these("--from", "fo", &["folder"]);
    }
}

#[test]
fn bash_completes() {
    if BASH.is_there() {
        BASH.completes();
        BASH.offers_these("--greeting =", "m", &["moin"]);
        BASH.offers_these("--greeting", "=", &["hello", "moin", "servus"]);
    }
}

#[test]
fn zsh_completes() {
    if ZSH.is_there() {
        ZSH.completes();
        ZSH.offers_these("", "--greeting=m", &["moin"]);
    }
}

#[test]
fn fish_completes() {
    if FISH.is_there() {
        FISH.completes();
        FISH.offers_these("", "--greeting=m", &["--greeting=moin"]);
    }
}

#[test]
fn committed_files_are_what_the_tables_say() {
    assert_eq!(check(&Tree::here()).expect("the tree can be read"), []);
}
