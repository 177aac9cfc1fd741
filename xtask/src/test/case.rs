//! One fixture: a folder with a command line and with what must come of it.

use crate::error::Error;
use crate::tree::Tree;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a case may run.
const LIMIT: Duration = Duration::from_secs(30);

/// A fixture folder.
pub(super) struct Case<'a> {
    tree: &'a Tree,
    name: &'a str,
    limit: Duration,
}

/// What came out.
pub(super) struct Actual {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    status: ExitStatus,
    /// Whether it ran for too long and was killed.
    pub(super) late: bool,
}

impl<'a> Case<'a> {
    /// The case `COMMAND/NAME`.
    pub(super) fn new(tree: &'a Tree, name: &'a str) -> Case<'a> {
        Case { tree, name, limit: LIMIT }
    }

    /// The same case with another time limit.
    #[cfg(test)]
    pub(super) fn within(self, limit: Duration) -> Case<'a> {
        Case { limit, ..self }
    }

    fn part(&self, part: &str) -> String {
        format!("testdata/{}/{part}", self.name)
    }

    /// Runs `cmd` in the case's folder with the commands in `binaries` first on PATH.
    pub(super) fn run(&self, binaries: &Path) -> Result<Actual, Error> {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(self.tree.text(&self.part("cmd"))?);
        shell.current_dir(self.tree.path(&self.part(""))).env_clear();
        shell.env("PATH", path(binaries)).env("LC_ALL", "C").env("TZ", "UTC");
        // Whose home it is must not matter.
        shell.env("HOME", "/nonexistent");
        let variables = self.tree.text(&self.part("env"))?;
        shell.envs(variables.lines().filter_map(|line| line.split_once('=')));
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = shell.process_group(0).spawn().map_err(Error::program("sh"))?;
        waited(child, self.limit).map_err(Error::program("sh"))
    }

    /// Writes what came out as what must come out.
    pub(super) fn keep(&self, actual: &Actual) -> Result<(), Error> {
        self.tree.write(&self.part("stdout"), &actual.stdout)?;
        let status = actual.status_line();
        for (part, bytes) in [("stderr", &actual.stderr), ("status", &status)] {
            if bytes.is_empty() {
                self.tree.remove(&self.part(part))?;
            } else {
                self.tree.write(&self.part(part), bytes)?;
            }
        }
        Ok(())
    }

    /// What is told about a case that failed: where, and a unified diff of each part that differs.
    pub(super) fn differences(&self, actual: &Actual) -> Result<Option<Vec<u8>>, Error> {
        let mut told = Vec::new();
        if actual.late {
            told = format!("killed after {} s\n", self.limit.as_secs()).into_bytes();
        }
        let status = actual.status_line();
        for (part, bytes) in
            [("stdout", &actual.stdout), ("stderr", &actual.stderr), ("status", &status)]
        {
            let wanted = self.tree.read(&self.part(part))?.unwrap_or_default();
            let wanted = if part == "status" { status_line(&wanted) } else { wanted };
            if wanted != *bytes {
                told.extend(self.diff(part, bytes)?);
            }
        }
        let head = format!("FAILED testdata/{}\n", self.name).into_bytes();
        Ok((!told.is_empty()).then(|| [head, told].concat()))
    }

    /// A unified diff from a file of the case, which need not be there, to `bytes`.
    fn diff(&self, part: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let mut diff = Command::new("diff");
        diff.args(["-a", "-u", "-N", "--label", part, "--label", "actual"]);
        diff.arg(self.tree.path(&self.part(part))).arg("-");
        diff.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = diff.spawn().map_err(Error::program("diff"))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(bytes).map_err(Error::program("diff"))?;
        }
        Ok(child.wait_with_output().map_err(Error::program("diff"))?.stdout)
    }
}

impl Actual {
    /// What the file `status` holds: nothing for 0; for a signal 128 and its number, as a shell
    /// has it.
    fn status_line(&self) -> Vec<u8> {
        let signal = self.status.signal().map(|signal| 128 + signal);
        let status = self.status.code().or(signal).unwrap_or_default();
        status_line(status.to_string().as_bytes())
    }
}

/// A status as a line of its own; 0 is nothing.
fn status_line(status: &[u8]) -> Vec<u8> {
    match status.trim_ascii() {
        b"" | b"0" => Vec::new(),
        other => [other, b"\n"].concat(),
    }
}

/// The commands in `binaries`, then those of the system.
fn path(binaries: &Path) -> OsString {
    let mut path = binaries.as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

/// Reads all that comes out. What is left of the process group at the time limit, however deep in
/// a pipeline, is killed.
fn waited(child: Child, limit: Duration) -> std::io::Result<Actual> {
    let group = child.id().try_into().map(Pid::from_raw).map_err(std::io::Error::other)?;
    let (ended, end) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let late = end.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
            late && killpg(group, Signal::SIGKILL).is_ok()
        });
        let output = child.wait_with_output();
        drop(ended);
        let late = watch.join().unwrap_or(false);
        let output = output?;
        Ok(Actual { stdout: output.stdout, stderr: output.stderr, status: output.status, late })
    })
}
