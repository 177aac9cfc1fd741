//! Sysstat's own tests of tapestat, run with ours: shell scripts and expected outputs in the source of
//! sysstat, which the variable `SYSSTAT_SOURCE` names.

use super::Counts;
use crate::binaries;
use crate::debian::output;
use crate::error::Error;
use crate::workspace::Workspace;
use std::env;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use test_support::{TempDir, skip};

/// The time of the first sample in sysstat's tests, and the seconds between two samples.
const FIRST_TIME: u64 = 1_591_016_002;
const STEP: u64 = 3;

/// The names of the machine in sysstat's tests.
const NAMES: [(&str, &str); 4] = [
    ("ostype", "Linux"),
    ("osrelease", "1.2.3-TEST"),
    ("hostname", "SYSSTAT.TEST"),
    ("arch", "x86_64"),
];

/// The source of sysstat.
pub(super) fn source() -> Option<PathBuf> {
    env::var_os("SYSSTAT_SOURCE").map(PathBuf::from)
}

/// The folder where the tapestat of a source is built: the source itself, or else a copy.
pub(super) fn build(source: &Path) -> Result<PathBuf, Error> {
    if source.join("tapestat").exists() {
        return Ok(source.to_owned());
    }
    let folder = binaries::target_folder()?.with_file_name("sysstat");
    if !folder.join("tapestat").exists() {
        fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        output(Command::new("cp").arg("-R").arg(source.join(".")).arg(&folder))?;
        output(Command::new("./configure").current_dir(&folder))?;
        output(Command::new("make").arg("tapestat").current_dir(&folder))?;
    }
    Ok(folder)
}

/// Runs the tests of tapestat, except those of `-V`, whose version is not ours.
pub(super) fn run(
    workspace: &Workspace,
    filter: &str,
    counts: &mut Counts,
    out: &mut impl Write,
) -> Result<(), Error> {
    if !"tapestat/".starts_with(filter) {
        return Ok(());
    }
    let Some(source) = source() else {
        skip("no tests of sysstat: SYSSTAT_SOURCE does not name its source");
        return Ok(());
    };
    // What the tests read is made by its configure.
    let source = build(&source)?;
    let folder = make_test_folder(&source, &binaries::build(workspace)?.join("tapestat"))?;
    for (name, script) in scripts(&source.join("tests"))? {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).current_dir(folder.path()).env("T_SRCDIR", &source);
        let outcome = shell.output().map_err(Error::program("sh"))?;
        if outcome.status.success() {
            counts.passed += 1;
        } else {
            counts.failed += 1;
            writeln!(out, "FAILED test {name} of sysstat")?;
            out.write_all(&outcome.stdout)?;
            out.write_all(&outcome.stderr)?;
        }
    }
    Ok(())
}

/// The names and texts of the tests that run tapestat.
fn scripts(tests: &Path) -> Result<Vec<(String, String)>, Error> {
    let mut scripts = Vec::new();
    for entry in fs::read_dir(tests).map_err(Error::file(tests))? {
        let entry = entry.map_err(Error::file(tests))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            let text = fs::read(entry.path()).map_err(Error::file(entry.path()))?;
            let text = String::from_utf8_lossy(&text).into_owned();
            if text.contains("./tapestat") && !text.contains(" -V") {
                scripts.push((name, text));
            }
        }
    }
    scripts.sort();
    Ok(scripts)
}

/// Makes a folder to run the tests in. A test makes `tests/root` a link to the system that it is
/// about; our command gets the saved system made from it.
fn make_test_folder(source: &Path, ours: &Path) -> Result<TempDir, Error> {
    let folder = test_support::temp_dir();
    let path = |below: &str| folder.path().join(below);
    fs::create_dir(path("tests")).map_err(Error::file(path("tests")))?;
    let variables = source.join("tests/variables");
    symlink(&variables, path("tests/variables")).map_err(Error::file(&variables))?;
    for (name, roots) in [("root1", [1, 2, 3, 4].as_slice()), ("root4", &[4])] {
        // The tests measure by their own clock, not by the uptime of the later systems.
        let start = source.join(format!("tests/{name}/proc/uptime"));
        let start = fs::read_to_string(&start).map_err(Error::file(start))?;
        for (number, root) in (1..).zip(roots) {
            let system = source.join(format!("tests/root{root}"));
            save(&system, &path(&format!("{name}/{number}")), &start, (number - 1) * STEP)?;
        }
    }
    let text = format!(
        "#!/bin/sh\n[ -L tests/root ] || exec '{0}' \"$@\"\nroot=$(readlink tests/root)\n\
         exec '{0}' --root \"${{root##*/}}\" \"$@\"\n",
        ours.display()
    );
    test_support::write(&path("tapestat"), text);
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(path("tapestat"), mode).map_err(Error::file(path("tapestat")))?;
    Ok(folder)
}

/// Makes a sample of a saved system from a system of the tests, `later` seconds after the first one
/// with the file `/proc/uptime` that `start` is.
fn save(system: &Path, sample: &Path, start: &str, later: u64) -> Result<(), Error> {
    fs::create_dir_all(sample).map_err(Error::file(sample))?;
    output(Command::new("cp").arg("-RP").arg(system.join("sys")).arg(sample))?;
    let uptime = start.split(' ').next().unwrap_or_default();
    let digits: String = uptime.chars().filter(char::is_ascii_digit).collect();
    let hundredths: u64 = digits.parse().unwrap_or_default();
    let clock = format!("{}0000000 {}000000000\n", hundredths + later * 100, FIRST_TIME + later);
    let write = |below: &str, text: &str| test_support::write(&sample.join(below), text);
    write("clock", &clock);
    write("proc/uptime", start);
    for (name, value) in NAMES {
        write(&format!("proc/sys/kernel/{name}"), &format!("{value}\n"));
    }
    Ok(())
}
