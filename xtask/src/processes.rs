//! Runs programs with a timeout, and several of them side by side.

use crate::error::Error;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// The result of a run.
pub(crate) struct Outcome {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    exit: ExitStatus,
    /// Whether the run was killed at the timeout.
    pub(crate) timed_out: bool,
}

impl Outcome {
    /// The exit status; 128 plus its number for a signal, as in a shell.
    pub(crate) fn status(&self) -> i32 {
        let signal = self.exit.signal().map(|signal| 128 + signal);
        self.exit.code().or(signal).unwrap_or_default()
    }
}

/// Runs a command with an empty standard input until it and all programs that it started have closed
/// their output.
pub(crate) fn run_with_timeout(command: &mut Command, timeout: Duration) -> io::Result<Outcome> {
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

/// Applies `work` to each item, on one thread per processor. The results have the order of the
/// items.
pub(crate) fn map_in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, Error> + Sync,
) -> Result<Vec<R>, Error> {
    let queue = Mutex::new(items.iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || {
        let mut results = Vec::new();
        while let Some((index, item)) = next() {
            results.push((index, work(item)));
        }
        results
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut results: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .flat_map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
