//! Other commands that read an audit log, and what each omits from the report on a user.
//!
//! Environment variables name a second aureport and the script of 2016, see docs/testing.md.

mod original;

use super::logs::{LogKind, make_log};
use super::{OurCommand, WC, other_command};
use crate::bench::measure::{BenchCommand, measure_interleaved, warm_up};
use crate::bench::table;
use crate::error::Error;
use crate::workspace::Workspace;
use original::Original;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Fewer rounds than elsewhere, because some commands take seconds.
const ROUNDS: usize = 3;
/// How often a round runs the commands that take milliseconds.
const RUNS: usize = 9;

/// The variable that names a second aureport.
const SECOND_AUREPORT: &str = "AUREPORT_NEWER";

/// Options, and what the report omits with them.
type Options = (&'static str, &'static str);

const SYSCALLS: Options = (
    "--syscall -i --summary",
    "who made the calls; call number 0, which is `read`; commands; files",
);
const FILES: Options = (
    "--file -i --summary",
    "who opened the files; whether they were opened, or are parent directories, loaders or names that \
     were only looked up; commands; calls",
);
const SEARCH: Options = ("-ul 7005 --raw", "every count: it prints the records");

/// The commands to compare, each with what it omits: `wc`, two others, ours, then the slower ones.
/// And the names of those that are not available.
#[derive(Default)]
struct Peers {
    found: Vec<(BenchCommand, &'static str)>,
    missing: Vec<String>,
}

pub(super) fn run(
    workspace: &Workspace,
    ours: &OurCommand,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let plain = make_log(workspace, LogKind::Plain, "25M")?;
    let second = env::var_os(SECOND_AUREPORT);
    let original = Original::new(workspace, &plain)?;
    let mut peers = Peers { found: fast_commands(ours, &plain), missing: Vec::new() };
    match &original {
        Some(original) => peers.found.push(original.command()),
        None => peers.missing.push(original::MISSING.to_owned()),
    }
    peers.add("ausearch".as_ref(), &[SEARCH], &plain);
    peers.add("aureport".as_ref(), &[SYSCALLS, FILES], &plain);
    match &second {
        Some(second) => peers.add(second, &[SYSCALLS, FILES], &plain),
        None => peers.missing.push(format!("a second aureport, see {SECOND_AUREPORT}")),
    }
    let sentence = format!(
        "A recorded log of 25 MiB in the page cache, without the few events at which the script of \
         2016 stops; medians of {ROUNDS} rounds."
    );
    peers.compare(&sentence, ROUNDS, out)?;
    second.map_or(Ok(()), |second| compare_on_large_log(workspace, ours, &second, out))
}

/// The second aureport on a log that it reads for minutes.
fn compare_on_large_log(
    workspace: &Workspace,
    ours: &OurCommand,
    second: &OsStr,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let log = make_log(workspace, LogKind::Recorded, "1G")?;
    let mut peers = Peers { found: fast_commands(ours, &log), missing: Vec::new() };
    peers.add(second, &[SYSCALLS], &log);
    if !peers.missing.is_empty() {
        return Ok(()); // The previous table has reported it.
    }
    peers.compare("A recorded log of 1 GiB in the page cache, one round.", 1, out)
}

/// Our command, and those that are no slower.
fn fast_commands(ours: &OurCommand, log: &Path) -> Vec<(BenchCommand, &'static str)> {
    let grep = ["grep", "-c", "type=SYSCALL"];
    let found = [
        (other_command(WC, &["wc", "-l"], log), "everything but the number of lines"),
        (other_command("`cat`", &["cat"], log), "everything: it copies"),
        (
            other_command("`grep -c type=SYSCALL`", &grep, log),
            "everything but the number of calls of all users",
        ),
        (
            ours.user_report("`auditloginfo --uid 7005`, two cores", "0,1", log),
            "events without a call: logins, changes of accounts",
        ),
    ];
    found.map(|(command, omits)| (BenchCommand { runs: RUNS, ..command }, omits)).into()
}

impl Peers {
    /// Adds a program of the audit package with each of these options.
    fn add(&mut self, program: &OsStr, options: &[Options], log: &Path) {
        let output = Command::new(program).arg("-v").output();
        let output = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let Some((name, version)) = output.as_deref().ok().and_then(parse_version) else {
            return self.missing.push(Path::new(program).display().to_string());
        };
        for (options, omits) in options {
            let words = options.split(' ').chain(["-if"]).map(OsString::from);
            let words = [program.to_owned()].into_iter().chain(words).chain([log.into()]);
            let command = BenchCommand::new(&format!("`{name} {options}`, {version}"), words);
            self.found.push((command, omits));
        }
    }

    /// Measures all commands and prints the table.
    fn compare(self, sentence: &str, rounds: usize, out: &mut dyn Write) -> Result<(), Error> {
        let (commands, omits): (Vec<_>, Vec<_>) = self.found.into_iter().unzip();
        warm_up(commands.iter().filter(|command| command.runs > 1))?;
        let results = measure_interleaved(&commands, rounds)?;
        let [wc, _, _, ours, ..] = &results[..] else { return Err(Error::Usage) };
        let rows = commands.iter().zip(&results).zip(omits).map(|((command, this), omits)| {
            let is_wc = command.name == WC;
            let time = if is_wc { table::baseline(wc) } else { table::wall_ratio(this, wc) };
            let [to_ours, memory] = [table::wall_ratio(this, ours), table::peak_memory(this)];
            vec![command.name.clone(), time, to_ours, memory, omits.to_owned()]
        });
        let headings = ["", "time / `wc -l`", "time / `auditloginfo`", "memory", "omits"];
        table::print(sentence, &headings, &rows.collect::<Vec<_>>(), out)?;
        for missing in self.missing {
            writeln!(out, "Not available: {missing}\n")?;
        }
        Ok(())
    }
}

/// The name and the version in the output of a program of the audit package with `-v`.
fn parse_version(output: &str) -> Option<(&str, &str)> {
    output.trim().split_once(" version ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_follows_the_name() {
        assert_eq!(parse_version("aureport version 4.2.1\n"), Some(("aureport", "4.2.1")));
        assert_eq!(parse_version("usage: something else\n"), None);
    }

    #[test]
    fn a_program_that_is_not_installed_is_missing() {
        let mut peers = Peers::default();
        peers.add("/nonexistent/aureport".as_ref(), &[SYSCALLS], Path::new("audit.log"));
        assert!(peers.found.is_empty());
        assert_eq!(peers.missing, ["/nonexistent/aureport"]);
    }
}
