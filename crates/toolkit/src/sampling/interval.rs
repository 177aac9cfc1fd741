//! The interval: absolute deadlines on a monotonic clock, until SIGHUP, SIGINT or SIGTERM.
//!
//! Each deadline is computed from the previous one, so that delays do not add up. After a delay of
//! more than an interval, as when the process was stopped or a virtual machine was paused, the
//! missed deadlines are dropped and the next one is an interval from now. While the machine is
//! suspended the clock stands still.

use super::error::Error;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level::pipe};
use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The times at which samples are due.
#[derive(Debug)]
pub struct IntervalTimer {
    interval: Duration,
    due: Instant,
    /// Readable once a signal arrived.
    stop: UnixStream,
}

impl IntervalTimer {
    /// Starts now: the first sample is due one `interval` from now. From now on, the first SIGHUP,
    /// SIGINT or SIGTERM does not end the process but [`IntervalTimer::wait`]. The second one ends the
    /// process, in case it hangs. SIGHUP stays ignored if it is, as below nohup(1).
    ///
    /// # Errors
    /// [`Error::Wait`] if the system refuses a socket or a signal handler.
    pub fn start(interval: Duration) -> Result<IntervalTimer, Error> {
        let stop = stop_on_signals().map_err(Error::Wait)?;
        Ok(IntervalTimer::stopped_by(stop, interval))
    }

    /// A timer that stops when `stop` is readable.
    fn stopped_by(stop: UnixStream, interval: Duration) -> IntervalTimer {
        let now = Instant::now();
        IntervalTimer { interval, due: next_deadline(now, now, interval), stop }
    }

    /// Waits until the next sample is due. Returns false, at once, if a signal arrived.
    ///
    /// # Errors
    /// [`Error::Wait`] if the system refuses to wait.
    pub fn wait(&mut self) -> Result<bool, Error> {
        let is_due = self.wait_until(self.due)?;
        if is_due {
            self.due = next_deadline(self.due, Instant::now(), self.interval);
        }
        Ok(is_due)
    }

    /// Like [`IntervalTimer::wait`], and calls `observe` every `step` in the meantime.
    ///
    /// # Errors
    /// [`Error::Wait`] if the system refuses to wait.
    pub fn wait_and_observe(
        &mut self,
        step: Duration,
        mut observe: impl FnMut(),
    ) -> Result<bool, Error> {
        let now = Instant::now();
        let mut next = next_deadline(now, now, step);
        while next < self.due {
            if !self.wait_until(next)? {
                return Ok(false);
            }
            observe();
            next = next_deadline(next, Instant::now(), step);
        }
        self.wait()
    }

    /// Waits until `time`. Returns false, at once, if a signal arrived.
    fn wait_until(&self, time: Instant) -> Result<bool, Error> {
        loop {
            if self.poll_stop(time.saturating_duration_since(Instant::now()))? {
                return Ok(false);
            }
            if Instant::now() >= time {
                return Ok(true);
            }
        }
    }

    /// Whether SIGHUP, SIGINT or SIGTERM arrived.
    ///
    /// # Errors
    /// [`Error::Wait`] if the system refuses to poll.
    pub fn is_stopped(&self) -> Result<bool, Error> {
        self.poll_stop(Duration::ZERO)
    }

    /// Waits for a signal for `timeout`, rounded up to milliseconds, or less.
    fn poll_stop(&self, timeout: Duration) -> Result<bool, Error> {
        let millis = timeout.as_nanos().div_ceil(1_000_000);
        let timeout = PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX);
        let mut polled = [PollFd::new(self.stop.as_fd(), PollFlags::POLLIN)];
        match poll(&mut polled, timeout) {
            Ok(count) => Ok(count > 0),
            Err(Errno::EINTR) => Ok(false),
            Err(error) => Err(Error::Wait(error.into())),
        }
    }
}

/// A stream that is readable once SIGHUP, SIGINT or SIGTERM arrived. The handlers are installed once
/// in a process and stay.
fn stop_on_signals() -> io::Result<UnixStream> {
    static STOP: Mutex<Option<UnixStream>> = Mutex::new(None);
    let mut stop = STOP.lock().unwrap_or_else(PoisonError::into_inner);
    match &*stop {
        Some(stop) => stop.try_clone(),
        None => stop.insert(catch_signals()?).try_clone(),
    }
}

/// Catches the first SIGHUP, SIGINT or SIGTERM. The result is readable once one arrived.
fn catch_signals() -> io::Result<UnixStream> {
    let (stop, signaled) = UnixStream::pair()?;
    let is_second = Arc::new(AtomicBool::new(false));
    let hangup = Some(SIGHUP).filter(|signal| !is_ignored(*signal));
    for signal in [SIGINT, SIGTERM].into_iter().chain(hangup) {
        flag::register_conditional_default(signal, Arc::clone(&is_second))?;
        flag::register(signal, Arc::clone(&is_second))?;
        pipe::register(signal, signaled.try_clone()?)?;
    }
    Ok(stop)
}

/// Whether a signal is ignored.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t"));
    let ignored = ignored.and_then(|set| u64::from_str_radix(set, 16).ok()).unwrap_or_default();
    ignored >> (signal - 1) & 1 == 1
}

/// The deadline after `due`, which was met at `now`.
fn next_deadline(due: Instant, now: Instant, interval: Duration) -> Instant {
    match due.checked_add(interval) {
        Some(next) if next > now => next,
        _ => now.checked_add(interval).unwrap_or(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const INTERVAL: Duration = Duration::from_millis(20);

    #[test]
    fn delays_do_not_add_up_and_a_pause_drops_deadlines() {
        let start = Instant::now();
        assert_eq!(next_deadline(start, start + INTERVAL / 2, INTERVAL), start + INTERVAL);
        let resumed = start + INTERVAL * 7 / 2;
        assert_eq!(next_deadline(start, resumed, INTERVAL), resumed + INTERVAL);
        assert!(next_deadline(start, start, Duration::MAX) >= start, "there is no such time");
    }

    #[test]
    fn deadlines_are_kept_until_the_timer_is_stopped() {
        let (stop, mut signaled) = UnixStream::pair().unwrap();
        let start = Instant::now();
        let mut timer = IntervalTimer::stopped_by(stop, INTERVAL);
        for number in 1..=5 {
            assert!(timer.wait().unwrap());
            assert!(start.elapsed() >= INTERVAL * number, "deadline {number} is early");
        }
        assert!(!timer.is_stopped().unwrap());
        signaled.write_all(b"!").unwrap();
        assert!(timer.is_stopped().unwrap() && !timer.wait().unwrap());
        assert!(!timer.wait().unwrap(), "a stopped timer stays stopped");
        assert!(!timer.wait_and_observe(INTERVAL / 4, || panic!("it is stopped")).unwrap());
    }

    #[test]
    fn steps_are_observed_until_the_deadline() {
        let (stop, _signaled) = UnixStream::pair().unwrap();
        let start = Instant::now();
        let mut timer = IntervalTimer::stopped_by(stop, INTERVAL);
        let mut steps = Vec::new();
        let fifth = INTERVAL / 5;
        assert!(timer.wait_and_observe(fifth, || steps.push(start.elapsed())).unwrap());
        assert!(start.elapsed() >= INTERVAL && steps.len() < 5, "{steps:?}");
        assert!(steps.iter().zip(1..).all(|(time, number)| *time >= fifth * number), "{steps:?}");
    }
}
