//! Sysstat's tapestat, on saved systems: in a mount namespace, with its clock replaced.

use super::super::case::Case;
use super::sysstat;
use crate::error::Error;
use crate::workspace::Workspace;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;
use test_support::processes::Outcome;
use test_support::{TempDir, skip, works};

/// How long a case may run. In some, the original never ends.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A folder `bin` with a script `tapestat` that runs sysstat's one with the system of `--root`.
pub(super) struct Tapestat {
    folder: TempDir,
}

impl Tapestat {
    /// The command that `TAPESTAT_ORIGINAL` names, that of `SYSSTAT_SOURCE`, or the installed one;
    /// `None`, and a check is skipped, if it or anything else is missing.
    pub(super) fn find(workspace: &Workspace) -> Result<Option<Tapestat>, Error> {
        let program = match (env::var_os("TAPESTAT_ORIGINAL"), sysstat::source()) {
            (Some(program), _) => program,
            (None, Some(source)) => sysstat::build(&source)?.join("tapestat").into(),
            (None, None) => OsString::from("tapestat"),
        };
        let folder = test_support::temp_dir();
        let clock = folder.path().join("clock.so");
        let source = workspace.path("crates/tapestat/tests/differential/clock.c");
        let mut compile = Command::new("cc");
        compile.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&clock).arg(source);
        let mut mount = Command::new("unshare");
        mount.args(["-m", "sh", "-c", "mount --bind /tmp /sys"]);
        if !(works(Command::new(&program).arg("-V")) && works(&mut mount) && works(&mut compile)) {
            return Ok(None);
        }
        let version = Command::new(&program).arg("-V").output();
        let version = version.map_err(Error::program("tapestat"))?.stdout;
        if !is_since_12_7(&String::from_utf8_lossy(&version)) {
            skip(
                "sysstat before 12.7 differs from the fixtures; SYSSTAT_SOURCE names no newer one",
            );
            return Ok(None);
        }
        let text = format!(
            "#!/bin/sh\nPROGRAM='{}' CLOCK='{}' SCRATCH='{}'\n{}",
            program.to_string_lossy(),
            clock.display(),
            folder.path().display(),
            include_str!("tapestat.sh")
        );
        let script = folder.path().join("bin/tapestat");
        test_support::write(&script, text);
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&script, mode).map_err(Error::file(script))?;
        Ok(Some(Tapestat { folder }))
    }

    pub(super) fn run(&self, case: Case<'_>) -> Result<Outcome, Error> {
        case.with_timeout(TIMEOUT).run(&self.folder.path().join("bin"))
    }
}

/// Whether the output of `-V` names version 12.7 or a later one.
fn is_since_12_7(text: &str) -> bool {
    let numbers = text.split([' ', '.', '\n']).filter_map(|word| word.parse::<u32>().ok());
    numbers.take(2).ge([12, 7])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_compared_by_its_numbers() {
        for (text, is_newer) in
            [("12.6.1", false), ("12.7.0", true), ("13.0.1", true), ("9.8", false)]
        {
            assert_eq!(
                is_since_12_7(&format!("sysstat version {text}\n(C) S")),
                is_newer,
                "{text}"
            );
        }
        assert!(!is_since_12_7(""));
    }
}
