//! A progress line on standard error during a long read.
//!
//! The line is shown only if standard error is a terminal, and only after a while, so that it never
//! gets into a log or a pipe. It is erased when the read ends.
//!
//! ```
//! use std::sync::atomic::Ordering;
//! use toolkit::progress::Progress;
//!
//! let progress = Progress::start(Some(1 << 20));
//! progress.read().fetch_add(1 << 16, Ordering::Relaxed);
//! ```

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The time to the first line, and from one line to the next.
const PERIOD: Duration = Duration::from_millis(500);

/// Shows the progress of a read until it is dropped.
pub struct Progress {
    bytes_read: Arc<AtomicU64>,
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to show how many bytes were read, of `total` if that is known.
    #[must_use]
    pub fn start(total: Option<u64>) -> Progress {
        let bytes_read = Arc::<AtomicU64>::default();
        let shown = io::stderr().is_terminal().then(|| {
            let (stop, stopped) = channel();
            let counter = Arc::clone(&bytes_read);
            let show = move || show(&counter, total, &stopped, PERIOD, &mut io::stderr());
            // If the system refuses a thread, there is no progress line.
            Some((stop, thread::Builder::new().spawn(show).ok()?))
        });
        let shown = shown.flatten();
        Progress { bytes_read, shown }
    }

    /// The number of bytes that were read, which the reader increases.
    #[must_use]
    pub fn read(&self) -> &AtomicU64 {
        &self.bytes_read
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.shown.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

/// Writes a line once per `period` until the sender of `stopped` is dropped, and then erases it.
fn show(
    bytes_read: &AtomicU64,
    total: Option<u64>,
    stopped: &Receiver<()>,
    period: Duration,
    out: &mut impl Write,
) {
    let start = Instant::now();
    let mut is_shown = false;
    while stopped.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
        let line = line(bytes_read.load(Ordering::Relaxed), total, start.elapsed());
        let _ = write!(out, "\r\x1b[K{line}");
        is_shown = true;
    }
    if is_shown {
        let _ = write!(out, "\r\x1b[K");
    }
}

/// `412 of 1048 MB, 824 MB/s, 1 s left`
fn line(bytes_read: u64, total: Option<u64>, elapsed: Duration) -> String {
    let mega = |bytes: u64| bytes / 1_000_000;
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = bytes_read.saturating_mul(1000) / millis;
    let Some(total) = total else {
        return format!("{} MB, {} MB/s", mega(bytes_read), mega(rate));
    };
    let left = total.saturating_sub(bytes_read).checked_div(rate).unwrap_or(0);
    format!("{} of {} MB, {} MB/s, {left} s left", mega(bytes_read), mega(total), mega(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_bytes_rate_and_time_left() {
        let second = Duration::from_secs(1);
        let shown = line(824_000_000, Some(2_048_000_000), second);
        assert_eq!(shown, "824 of 2048 MB, 824 MB/s, 1 s left");
        assert_eq!(line(5_000_000, None, second), "5 MB, 5 MB/s");
        assert_eq!(line(0, Some(1), Duration::ZERO), "0 of 0 MB, 0 MB/s, 0 s left");
    }

    /// Ends the progress line once it was written.
    struct EndAfterLine {
        text: Vec<u8>,
        stop: Option<Sender<()>>,
    }

    impl Write for EndAfterLine {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.text.extend_from_slice(bytes);
            if self.text.ends_with(b" MB/s") {
                self.stop = None;
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_line_is_erased_at_the_end() {
        let (stop, stopped) = channel();
        let mut out = EndAfterLine { text: Vec::new(), stop: Some(stop) };
        show(&AtomicU64::new(3_000_000), None, &stopped, Duration::from_millis(1), &mut out);
        let text = String::from_utf8(out.text).unwrap();
        assert!(text.starts_with("\r\x1b[K3 MB, ") && text.ends_with("\r\x1b[K"), "{text:?}");
    }

    #[test]
    fn a_short_read_shows_nothing() {
        let (stop, stopped) = channel();
        drop(stop);
        let mut out = Vec::new();
        show(&AtomicU64::new(1), None, &stopped, PERIOD, &mut out);
        assert!(out.is_empty());
    }
}
