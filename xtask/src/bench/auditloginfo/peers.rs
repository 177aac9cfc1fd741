//! Other commands that read an audit log, and what each leaves out of the report on a user.
//!
//! Where a second aureport and the script of 2016 are, variables of the environment tell; see
//! docs/testing.md.

mod original;

use super::logs::{Kind, log};
use super::{Ours, WC, other};
use crate::bench::measure::{Line, in_turns, warm};
use crate::bench::table;
use crate::error::Error;
use crate::tree::Tree;
use original::Original;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Rounds where some lines take hundreds of times as long as others.
const ROUNDS: usize = 3;
/// How often a round runs one of those that take milliseconds.
const RUNS: usize = 9;

/// The variable that names a second aureport.
const NEWER: &str = "AUREPORT_NEWER";

/// Options, and what is left out then.
type Options = (&'static str, &'static str);

const SYSCALLS: Options =
    ("--syscall -i --summary", "who made them; call number 0, which is `read`; commands; files");
const FILES: Options = (
    "--file -i --summary",
    "who opened them; whether they were opened at all: parent directories, loaders, names only asked \
     for; commands; calls",
);
const SEARCH: Options = ("-ul 7005 --raw", "every count: it prints the records");

/// What is compared: `wc`, two others, ours, then those that take longer. And what is not at hand.
#[derive(Default)]
struct Peers {
    found: Vec<(Line, &'static str)>,
    missing: Vec<String>,
}

pub(super) fn run(tree: &Tree, ours: &Ours, out: &mut dyn Write) -> Result<(), Error> {
    let plain = log(tree, Kind::Plain, "25M")?;
    let newer = env::var_os(NEWER);
    let original = Original::new(tree, &plain)?;
    let mut peers = Peers { found: fast(ours, &plain), missing: Vec::new() };
    match &original {
        Some(original) => peers.found.push(original.line()),
        None => peers.missing.push(original::MISSING.to_owned()),
    }
    peers.add("ausearch".as_ref(), &[SEARCH], &plain);
    peers.add("aureport".as_ref(), &[SYSCALLS, FILES], &plain);
    match &newer {
        Some(newer) => peers.add(newer, &[SYSCALLS, FILES], &plain),
        None => peers.missing.push(format!("a second aureport, of {NEWER}")),
    }
    let sentence = format!(
        "A recorded log of 25 MiB in the page cache, without the few events at which the script of \
         2016 stops; medians of {ROUNDS} rounds."
    );
    peers.compare(&sentence, ROUNDS, out)?;
    newer.map_or(Ok(()), |newer| large(tree, ours, &newer, out))
}

/// The second aureport on a log that it reads for minutes.
fn large(tree: &Tree, ours: &Ours, newer: &OsStr, out: &mut dyn Write) -> Result<(), Error> {
    let real = log(tree, Kind::Real, "1G")?;
    let mut peers = Peers { found: fast(ours, &real), missing: Vec::new() };
    peers.add(newer, &[SYSCALLS], &real);
    if !peers.missing.is_empty() {
        return Ok(()); // Told below the table before this one.
    }
    peers.compare("A recorded log of 1 GiB in the page cache, one round.", 1, out)
}

/// Those that take no longer than ours, and ours.
fn fast(ours: &Ours, log: &Path) -> Vec<(Line, &'static str)> {
    let grep = ["grep", "-c", "type=SYSCALL"];
    let found = [
        (other(WC, &["wc", "-l"], log), "all but the number of lines"),
        (other("`cat`", &["cat"], log), "all: it copies"),
        (other("`grep -c type=SYSCALL`", &grep, log), "all but the number of calls of all users"),
        (
            ours.report("`auditloginfo --uid 7005`, two cores", "0,1", log),
            "what is no call: logins, changes of accounts",
        ),
    ];
    found.map(|(line, leaves_out)| (Line { runs: RUNS, ..line }, leaves_out)).into()
}

impl Peers {
    /// Adds a program of the audit package with each of these options.
    fn add(&mut self, program: &OsStr, options: &[Options], log: &Path) {
        let output = Command::new(program).arg("-v").output();
        let told = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let Some((name, version)) = told.as_deref().ok().and_then(name_and_version) else {
            return self.missing.push(Path::new(program).display().to_string());
        };
        for (options, leaves_out) in options {
            let words = options.split(' ').chain(["-if"]).map(OsString::from);
            let words = [program.to_owned()].into_iter().chain(words).chain([log.into()]);
            let line = Line::new(&format!("`{name} {options}`, {version}"), words);
            self.found.push((line, leaves_out));
        }
    }

    /// Measures all and prints the table.
    fn compare(self, sentence: &str, rounds: usize, out: &mut dyn Write) -> Result<(), Error> {
        let (lines, leaves_out): (Vec<_>, Vec<_>) = self.found.into_iter().unzip();
        warm(lines.iter().filter(|line| line.runs > 1))?;
        let all = in_turns(&lines, rounds)?;
        let [wc, _, _, ours, ..] = &all[..] else { return Err(Error::Usage) };
        let rows = lines.iter().zip(&all).zip(leaves_out).map(|((line, figures), leaves_out)| {
            let time = if line.name == WC { table::unit(wc) } else { table::times(figures, wc) };
            let [beside_ours, memory] = [table::times(figures, ours), table::peak(figures)];
            vec![line.name.clone(), time, beside_ours, memory, leaves_out.to_owned()]
        });
        let head = ["", "time beside `wc -l`", "beside `auditloginfo`", "memory", "leaves out"];
        table::print(sentence, &head, &rows.collect::<Vec<_>>(), out)?;
        for missing in self.missing {
            writeln!(out, "Not at hand: {missing}\n")?;
        }
        Ok(())
    }
}

/// Those in what a program of the audit package says of its version.
fn name_and_version(told: &str) -> Option<(&str, &str)> {
    told.trim().split_once(" version ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_told_behind_the_name() {
        assert_eq!(name_and_version("aureport version 4.2.1\n"), Some(("aureport", "4.2.1")));
        assert_eq!(name_and_version("usage: something else\n"), None);
    }

    #[test]
    fn a_program_that_is_not_there_is_missing() {
        let mut peers = Peers::default();
        peers.add("/nonexistent/aureport".as_ref(), &[SYSCALLS], Path::new("audit.log"));
        assert!(peers.found.is_empty());
        assert_eq!(peers.missing, ["/nonexistent/aureport"]);
    }
}
