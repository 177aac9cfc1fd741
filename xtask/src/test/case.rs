//! One fixture: a folder with a command line and its expected output.

use crate::error::Error;
use crate::workspace::Workspace;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use test_support::processes::{FIXTURE_TIMEOUT, Outcome, fixture, run_with_timeout};

/// A fixture folder.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    workspace: &'a Workspace,
    name: &'a str,
    timeout: Duration,
}

impl<'a> Case<'a> {
    /// The case `COMMAND/CASE`.
    pub(super) fn new(workspace: &'a Workspace, name: &'a str) -> Case<'a> {
        Case { workspace, name, timeout: FIXTURE_TIMEOUT }
    }

    /// Replaces the timeout.
    pub(super) fn with_timeout(self, timeout: Duration) -> Case<'a> {
        Case { timeout, ..self }
    }

    /// The path of a file of the case, below the root of the workspace.
    fn path(&self, file: &str) -> String {
        format!("testdata/{}/{file}", self.name)
    }

    /// Runs `cmd` in the case's folder, with the folder `binaries` first on PATH.
    pub(super) fn run(&self, binaries: &Path) -> Result<Outcome, Error> {
        let folder = self.workspace.path(&self.path(""));
        let mut shell = fixture(&folder, binaries).map_err(Error::file(&folder))?;
        run_with_timeout(&mut shell, self.timeout).map_err(Error::program("sh"))
    }

    /// Makes the actual output the expected output.
    pub(super) fn bless(&self, actual: &Outcome) -> Result<(), Error> {
        self.workspace.write(&self.path("stdout"), &actual.stdout)?;
        let status = status_line(actual.status().to_string().as_bytes());
        for (file, bytes) in [("stderr", &actual.stderr), ("status", &status)] {
            if bytes.is_empty() {
                self.workspace.remove(&self.path(file))?;
            } else {
                self.workspace.write(&self.path(file), bytes)?;
            }
        }
        Ok(())
    }

    /// The report of a failed case: its name, and a unified diff of each file that differs. `None`
    /// if the case passed.
    pub(super) fn compare(&self, actual: &Outcome) -> Result<Option<Vec<u8>>, Error> {
        let mut report = Vec::new();
        if actual.timed_out {
            report = format!("killed after {} s\n", self.timeout.as_secs()).into_bytes();
        }
        let status = status_line(actual.status().to_string().as_bytes());
        for (file, bytes) in
            [("stdout", &actual.stdout), ("stderr", &actual.stderr), ("status", &status)]
        {
            let expected = self.workspace.read(&self.path(file))?.unwrap_or_default();
            let expected = if file == "status" { status_line(&expected) } else { expected };
            if expected != *bytes {
                report.extend(self.diff(file, bytes)?);
            }
        }
        let head = format!("FAILED testdata/{}\n", self.name).into_bytes();
        Ok((!report.is_empty()).then(|| [head, report].concat()))
    }

    /// The text of a file of the case; `None` if there is none.
    pub(super) fn text(&self, file: &str) -> Result<Option<String>, Error> {
        let path = self.path(file);
        self.workspace.has(&path).then(|| self.workspace.text(&path)).transpose()
    }

    /// Whether a run printed the expected standard output and ended with the expected status.
    pub(super) fn agrees_with(&self, actual: &Outcome) -> Result<bool, Error> {
        let expected =
            |file| Ok::<_, Error>(self.workspace.read(&self.path(file))?.unwrap_or_default());
        let status = status_line(actual.status().to_string().as_bytes());
        Ok(expected("stdout")? == actual.stdout && status_line(&expected("status")?) == status)
    }

    /// A unified diff from a file of the case, which may be missing, to `bytes`.
    fn diff(&self, file: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let mut diff = Command::new("diff");
        diff.args(["-a", "-u", "-N", "--label", file, "--label", "actual"]);
        diff.arg(self.workspace.path(&self.path(file))).arg("-");
        diff.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = diff.spawn().map_err(Error::program("diff"))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(bytes).map_err(Error::program("diff"))?;
        }
        Ok(child.wait_with_output().map_err(Error::program("diff"))?.stdout)
    }
}

/// An exit status as one line; empty for 0.
fn status_line(status: &[u8]) -> Vec<u8> {
    match status.trim_ascii() {
        b"" | b"0" => Vec::new(),
        other => [other, b"\n"].concat(),
    }
}
