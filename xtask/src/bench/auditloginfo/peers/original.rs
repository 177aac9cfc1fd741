//! The `auditloginfo.py` of 2016, which is not in the repository.

use crate::bench::measure::BenchCommand;
use crate::error::Error;
use crate::workspace::Workspace;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to report if it is not available.
pub(super) const MISSING: &str = "the script of 2016, see AUDITLOGINFO_PY and PYTHON2";

/// A temporary copy of the script that reads another log; removed when the value is dropped.
pub(super) struct Original {
    copy: PathBuf,
    python: OsString,
}

impl Original {
    /// A copy that reads `log`, if the environment names a script and a python 2.
    pub(super) fn new(workspace: &Workspace, log: &Path) -> Result<Option<Original>, Error> {
        let named = env::var_os("AUDITLOGINFO_PY").zip(env::var_os("PYTHON2"));
        let Some((script, python)) = named else { return Ok(None) };
        let mut make = Command::new("python3");
        make.arg(workspace.path("testdata/make/audit_original.py"));
        make.arg("--script").arg(log).arg(script);
        let output = make.output().map_err(Error::program("python3"))?;
        if !output.status.success() {
            return Err(Error::Invalid(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let name = format!("auditloginfo-{}.py", std::process::id());
        let original = Original { copy: env::temp_dir().join(name), python };
        fs::write(&original.copy, output.stdout).map_err(Error::file(&original.copy))?;
        Ok(Some(original))
    }

    /// The command, and what its report omits.
    pub(super) fn command(&self) -> (BenchCommand, &'static str) {
        let words = [self.python.clone(), self.copy.clone().into(), "--uid".into(), "7005".into()];
        let command = BenchCommand::new("`auditloginfo.py --uid 7005` of 2016", words);
        (command, "files that `openat` opened; hexadecimal values; arguments after the tenth")
    }
}

impl Drop for Original {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.copy);
    }
}
