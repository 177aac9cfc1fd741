//! The `auditloginfo.py` of 2016, run by a Python 2.7.

use super::{Counts, ORIGINALS};
use crate::debian;
use crate::error::Error;
use crate::workspace::Workspace;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The last suite of Debian with Python 2.
const SUITE: &str = "bullseye";
const PACKAGES: [&str; 3] = ["python2.7-minimal", "libpython2.7-minimal", "libpython2.7-stdlib"];

/// Runs the cases by `testdata/make/audit_original.py`.
pub(super) fn run(
    workspace: &Workspace,
    cases: &[String],
    counts: &mut Counts,
    out: &mut impl Write,
) -> Result<(), Error> {
    let mut names = Vec::new();
    for case in cases {
        let original = workspace.text(&format!("testdata/{case}/original"))?;
        match original.as_str() {
            "" => {}
            text if text.starts_with("not run:") => counts.not_run += 1,
            _ => names.extend(case.split('/').nth(1)),
        }
    }
    if names.is_empty() {
        return Ok(());
    }
    let Some(folder) = env::var_os(ORIGINALS) else {
        let what = "no auditloginfo.py of 2016: ORIGINALS does not name its folder";
        test_support::skip(what);
        return Ok(());
    };
    let script = PathBuf::from(folder).join("auditloginfo.py");
    let mut compare = Command::new("python3");
    compare.arg(workspace.path("testdata/make/audit_original.py")).arg(script).arg(python2()?);
    let output = compare.args(&names).output().map_err(Error::program("python3"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let failed = failures(&text).filter(|failed| (*failed == 0) == output.status.success());
    let Some(failed) = failed else {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Invalid(format!("audit_original.py: {text}{errors}")));
    };
    if failed > 0 {
        out.write_all(text.as_bytes())?;
    }
    counts.failed += failed;
    counts.passed += names.len() - failed;
    Ok(())
}

/// The number in the last line, `49 fixtures, 0 failed`.
fn failures(text: &str) -> Option<usize> {
    let (_, last) = text.lines().last()?.split_once(" fixtures, ")?;
    last.strip_suffix(" failed")?.parse().ok()
}

/// The Python 2.7 that `PYTHON2` names, or that of Debian.
fn python2() -> Result<OsString, Error> {
    if let Some(python) = env::var_os("PYTHON2") {
        return Ok(python);
    }
    let folder = crate::binaries::target_folder()?.with_file_name("python2.7");
    let script = folder.join("python2");
    if !script.exists() {
        debian::unpack("python2.7", SUITE, &PACKAGES)?;
        write_script(&folder, &script)?;
    }
    Ok(script.into())
}

/// Writes a script that runs the interpreter with the library beside it.
fn write_script(folder: &Path, script: &Path) -> Result<(), Error> {
    let home = folder.join("usr");
    let home = home.display();
    let text = format!("#!/bin/sh\nPYTHONHOME='{home}' exec '{home}/bin/python2.7' \"$@\"\n");
    fs::write(script, text).map_err(Error::file(script))?;
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(script, mode).map_err(Error::file(script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_has_the_number_of_failures() {
        assert_eq!(failures("a: differs\n49 fixtures, 1 failed\n"), Some(1));
        assert_eq!(failures("Traceback\n"), None);
    }
}
