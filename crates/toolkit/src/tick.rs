//! The interval: absolute deadlines on a monotonic clock, and an end by SIGINT or SIGTERM.
//!
//! A deadline follows from the one before, so that lateness does not add up. After a pause of more
//! than a whole interval (a stopped process, a virtual machine put aside) the deadlines that were
//! missed are dropped and a new cadence starts. While the machine is suspended the clock stands
//! still, and so do the deadlines.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level::pipe};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// The times of the samples.
#[derive(Debug)]
pub struct Tick {
    period: Duration,
    due: Instant,
    /// Readable once a signal came.
    signal: UnixStream,
}

impl Tick {
    /// Starts now: the first wait ends one `period` from here. From here on the first SIGINT or
    /// SIGTERM does not end the process but [`Tick::wait`]; the second ends the process, in case it
    /// hangs.
    ///
    /// # Errors
    /// The system refuses a pipe or a signal handler.
    pub fn start(period: Duration) -> io::Result<Tick> {
        let (signal, handler) = UnixStream::pair()?;
        let again = Arc::new(AtomicBool::new(false));
        for number in [SIGINT, SIGTERM] {
            flag::register_conditional_default(number, Arc::clone(&again))?;
            flag::register(number, Arc::clone(&again))?;
            pipe::register(number, handler.try_clone()?)?;
        }
        let now = Instant::now();
        Ok(Tick { period, due: following(now, now, period), signal })
    }

    /// Waits for the next deadline; false at once if SIGINT or SIGTERM came.
    ///
    /// # Errors
    /// The system cannot wait.
    pub fn wait(&mut self) -> io::Result<bool> {
        loop {
            let left = self.due.saturating_duration_since(Instant::now());
            if self.signalled(left)? {
                return Ok(false);
            }
            let now = Instant::now();
            if now >= self.due {
                self.due = following(self.due, now, self.period);
                return Ok(true);
            }
        }
    }

    /// Whether SIGINT or SIGTERM came.
    ///
    /// # Errors
    /// The system cannot tell.
    pub fn is_stopped(&self) -> io::Result<bool> {
        self.signalled(Duration::ZERO)
    }

    /// Waits for a signal for `left`, rounded up to milliseconds, or less.
    fn signalled(&self, left: Duration) -> io::Result<bool> {
        let millis = left.as_nanos().div_ceil(1_000_000);
        let timeout = PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX);
        let mut watched = [PollFd::new(self.signal.as_fd(), PollFlags::POLLIN)];
        match poll(&mut watched, timeout) {
            Ok(count) => Ok(count > 0),
            Err(Errno::EINTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// The deadline after `due`, which was met at `now`.
fn following(due: Instant, now: Instant, period: Duration) -> Instant {
    match due.checked_add(period) {
        Some(next) if next > now => next,
        _ => now.checked_add(period).unwrap_or(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use signal_hook::low_level::raise;

    const PERIOD: Duration = Duration::from_millis(20);

    #[test]
    fn lateness_does_not_add_up_and_a_pause_starts_anew() {
        let start = Instant::now();
        assert_eq!(following(start, start + PERIOD / 2, PERIOD), start + PERIOD);
        let resumed = start + PERIOD * 7 / 2;
        assert_eq!(following(start, resumed, PERIOD), resumed + PERIOD);
        assert!(following(start, start, Duration::MAX) >= start, "no such time");
    }

    #[test]
    fn deadlines_are_kept_until_a_signal_ends_the_wait() {
        let start = Instant::now();
        let mut tick = Tick::start(PERIOD).unwrap();
        for round in 1..=5 {
            assert!(tick.wait().unwrap());
            assert!(start.elapsed() >= PERIOD * round, "round {round} came early");
        }
        assert!(!tick.is_stopped().unwrap());
        raise(SIGTERM).unwrap();
        assert!(tick.is_stopped().unwrap() && !tick.wait().unwrap());
        assert!(!tick.wait().unwrap(), "the end stays the end");
    }
}
