//! Asks the shells themselves what they complete. The test of a shell that is not installed is
//! skipped.

use super::*;
use crate::commands::{CommandDocs, sample_command};
use crate::workspace::TempWorkspace;
use std::process::Command;
use toolkit::cli::ValueHint;

/// A shell that completes.
struct Shell {
    program: &'static [&'static str],
    /// The name and the text of a command's completion script.
    script: fn(&CommandDocs) -> (String, String),
    /// A shell script that prints the offers for a command line, one per line. `$FILE` is the
    /// completion script, `$NAME` the command, `$LAST` the word to complete, `$BEFORE` the words
    /// between the two.
    ask: &'static str,
}

const BASH: Shell = Shell {
    program: &["bash", "--norc", "-c"],
    script: |command| (command.name().to_owned(), bash::script(command)),
    ask: include_str!("tests/ask.bash"),
};

const ZSH: Shell = Shell {
    program: &["zsh", "-f", "-c"],
    script: |command| (format!("_{}", command.name()), zsh::script(command)),
    ask: include_str!("tests/ask.zsh"),
};

const FISH: Shell = Shell {
    program: &["fish", "--no-config", "-c"],
    script: |command| (format!("{}.fish", command.name()), fish::script(command)),
    ask: include_str!("tests/ask.fish"),
};

impl Shell {
    /// Whether the shell is installed; the test counts as skipped if not.
    fn is_installed(&self) -> bool {
        test_support::works(Command::new(self.program[0]).arg("--version"))
    }

    /// The sorted offers for `last` after the words `before`.
    fn offers(&self, command: &CommandDocs, before: &str, last: &str) -> Vec<String> {
        let (name, script) = (self.script)(command);
        let temp = TempWorkspace::new(&[(&name, &script), ("a file", ""), ("folder/b", "")]);
        let output = Command::new(self.program[0])
            .args(&self.program[1..])
            .arg(self.ask)
            .current_dir(temp.path(""))
            .env("FILE", temp.path(&name))
            .envs([("NAME", command.name()), ("BEFORE", before), ("LAST", last), ("HOME", "/")])
            .output()
            .expect("the shell starts");
        let messages = test_support::stderr(&output);
        assert_eq!(messages, "", "{}: {before} {last}", self.program[0]);
        let mut offers: Vec<_> =
            String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
        offers.sort();
        offers.dedup();
        offers
    }

    fn assert_offers(&self, before: &str, last: &str, expected: &[&str]) {
        let offers = self.offers(&sample_command(), before, last);
        assert_eq!(offers, expected, "{}: hail {before} {last}", self.program[0]);
    }

    fn assert_offers_every_option(&self, command: &CommandDocs) {
        let mut longs: Vec<_> =
            command.options().filter_map(|opt| opt.long).map(|name| format!("--{name}")).collect();
        longs.sort();
        let offers = self.offers(command, "", "--");
        assert_eq!(offers, longs, "{}: {}", self.program[0], command.name());
    }

    fn assert_completes(&self) {
        commands::all()
            .iter()
            .chain([&sample_command()])
            .for_each(|command| self.assert_offers_every_option(command));
        let words = ["hello", "moin", "servus"];
        self.assert_offers("--greeting", "", &words);
        self.assert_offers("-l -g", "", &words);
        self.assert_offers("-g moin --greeting", "s", &["servus"]);
        self.assert_offers("", "--lo", &["--loud"]);
        self.assert_offers("-l", "--ti", &["--times"]);
        self.assert_offers("--times", "", &[]);
        self.assert_offers("--user", "roo", &["root"]);
        self.assert_offers("--user", "any", &["anybody"]);
        self.assert_offers("--into", "", &["folder"]);
        self.assert_offers("--into", "a", &[]);
        self.assert_offers("--parts", "", &["eyes", "hand", "head"]);
        self.assert_offers("--", "--lo", &[]);
        self.assert_offers("-l", "a", &["a file"]);
        self.assert_offers("--from", "a", &["a file"]);
        self.assert_offers("--from", "fo", &["folder"]);
    }
}

/// What is offered as an operand of a command with four devices, one of which has an odd name.
fn devices(shell: &Shell, before: &str, last: &str) -> Vec<String> {
    let mut command = sample_command();
    command.manual.operand = ValueHint::Output("printf '%s\\n' one two three '$HOME'");
    shell.offers(&command, before, last)
}

fn assert_offers_each_device_once(shell: &Shell) {
    assert_eq!(devices(shell, "", ""), ["$HOME", "one", "three", "two"]);
    assert_eq!(devices(shell, "-l two", "t"), ["three"]);
    assert_eq!(devices(shell, "one two", ""), ["$HOME", "three"]);
}

#[test]
fn bash_completes() {
    if BASH.is_installed() {
        BASH.assert_completes();
        assert_offers_each_device_once(&BASH);
        BASH.assert_offers("--parts", "hand,", &["hand,eyes", "hand,head"]);
        BASH.assert_offers("--parts", "hand,eyes,h", &["hand,eyes,head"]);
        BASH.assert_offers("--greeting =", "m", &["moin"]);
        BASH.assert_offers("--greeting", "=", &["hello", "moin", "servus"]);
    }
}

#[test]
fn zsh_completes() {
    if ZSH.is_installed() {
        ZSH.assert_completes();
        assert_offers_each_device_once(&ZSH);
        ZSH.assert_offers("--parts", "hand,", &["eyes", "head"]);
        ZSH.assert_offers("--parts", "hand,eyes,h", &["head"]);
        ZSH.assert_offers("", "--greeting=m", &["moin"]);
    }
}

#[test]
fn fish_completes() {
    if FISH.is_installed() {
        FISH.assert_completes();
        assert_offers_each_device_once(&FISH);
        FISH.assert_offers("--parts", "hand,", &["hand,eyes", "hand,head"]);
        FISH.assert_offers("--parts", "hand,eyes,h", &["hand,eyes,head"]);
        FISH.assert_offers("", "--greeting=m", &["--greeting=moin"]);
    }
}

#[test]
fn the_committed_scripts_agree_with_the_tables() {
    assert_eq!(check(&Workspace::here()).expect("readable files"), []);
}
