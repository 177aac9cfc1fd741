//! Runs programs with a timeout, and the command lines of fixtures.

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a fixture may run.
pub const FIXTURE_TIMEOUT: Duration = Duration::from_secs(30);

/// The result of a run.
pub struct Outcome {
    /// What the program printed on stdout.
    pub stdout: Vec<u8>,
    /// What it printed on stderr.
    pub stderr: Vec<u8>,
    exit: ExitStatus,
    /// Whether the run was killed at the timeout.
    pub timed_out: bool,
}

impl Outcome {
    /// The exit status; 128 plus its number for a signal, as in a shell.
    #[must_use]
    pub fn status(&self) -> i32 {
        let signal = self.exit.signal().map(|signal| 128 + signal);
        self.exit.code().or(signal).unwrap_or_default()
    }
}

/// Runs a command with an empty standard input until it and all programs that it started have closed
/// their output.
///
/// # Errors
/// The command does not start.
pub fn run_with_timeout(command: &mut Command, timeout: Duration) -> io::Result<Outcome> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    wait_with_timeout(command.process_group(0).spawn()?, timeout)
}

/// Reads all output of a process group until its end. At the timeout kills the whole group, so that
/// no part of a pipeline survives.
fn wait_with_timeout(child: Child, timeout: Duration) -> io::Result<Outcome> {
    let group = child.id().try_into().map(Pid::from_raw).map_err(io::Error::other)?;
    let (end_sender, end_receiver) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watchdog = scope.spawn(move || {
            let end = end_receiver.recv_timeout(timeout);
            end == Err(mpsc::RecvTimeoutError::Timeout) && killpg(group, Signal::SIGKILL).is_ok()
        });
        let output = child.wait_with_output();
        drop(end_sender);
        let timed_out = watchdog.join().unwrap_or(false);
        let output = output?;
        let (stdout, stderr, exit) = (output.stdout, output.stderr, output.status);
        Ok(Outcome { stdout, stderr, exit, timed_out })
    })
}

/// The command line of the fixture in `folder`, with the folder `binaries` first on PATH.
///
/// # Errors
/// A file of the fixture cannot be read.
pub fn fixture(folder: &Path, binaries: &Path) -> io::Result<Command> {
    let text = |file| match fs::read(folder.join(file)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        bytes => bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    };
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(text("cmd")?).current_dir(folder).env_clear();
    shell.env("PATH", search_path(binaries)).env("LC_ALL", "C").env("TZ", "UTC");
    // Files in a home folder must not change the output.
    shell.env("HOME", "/nonexistent");
    shell.envs(text("env")?.lines().filter_map(|line| line.split_once('=')));
    Ok(shell)
}

/// PATH with the folder `binaries` first.
fn search_path(binaries: &Path) -> OsString {
    let mut path = binaries.as_os_str().to_owned();
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    path
}
