//! How far a long read is, in a line on standard error that is gone when it is done.
//!
//! Shown only where standard error is a terminal, and only once the read has taken a while: never
//! in a log, never in a pipe.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long before the first line, and between lines.
const PERIOD: Duration = Duration::from_millis(500);

/// The bytes read so far, counted by whoever reads them.
pub type Read = Arc<AtomicU64>;

/// Shows how far a read is until it is dropped.
pub struct Progress {
    read: Read,
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins to show how many bytes were read, of `total` if that is known.
    #[must_use]
    pub fn start(total: Option<u64>) -> Progress {
        let read = Read::default();
        let shown = io::stderr().is_terminal().then(|| {
            let (stop, stopped) = channel();
            let counter = Arc::clone(&read);
            (stop, thread::spawn(move || show(&counter, total, &stopped, &mut io::stderr())))
        });
        Progress { read, shown }
    }

    /// The counter of the bytes that were read.
    #[must_use]
    pub fn read(&self) -> &AtomicU64 {
        &self.read
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

/// Writes a line each period until `stopped` hangs up, and then takes it away.
fn show(read: &AtomicU64, total: Option<u64>, stopped: &Receiver<()>, out: &mut impl Write) {
    let begun = Instant::now();
    let mut is_shown = false;
    while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
        let line = line(read.load(Ordering::Relaxed), total, begun.elapsed());
        let _ = write!(out, "\r\x1b[K{line}");
        is_shown = true;
    }
    if is_shown {
        let _ = write!(out, "\r\x1b[K");
    }
}

/// `412 of 1048 MB, 824 MB/s, 1 s left`
fn line(read: u64, total: Option<u64>, taken: Duration) -> String {
    let mega = |bytes: u64| bytes / 1_000_000;
    let millis = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = read.saturating_mul(1000) / millis;
    let Some(total) = total else {
        return format!("{} MB, {} MB/s", mega(read), mega(rate));
    };
    let left = total.saturating_sub(read).checked_div(rate).unwrap_or(0);
    format!("{} of {} MB, {} MB/s, {left} s left", mega(read), mega(total), mega(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_bytes_rate_and_time_left() {
        let second = Duration::from_secs(1);
        let told = line(824_000_000, Some(2_048_000_000), second);
        assert_eq!(told, "824 of 2048 MB, 824 MB/s, 1 s left");
        assert_eq!(line(5_000_000, None, second), "5 MB, 5 MB/s");
        assert_eq!(line(0, Some(1), Duration::ZERO), "0 of 0 MB, 0 MB/s, 0 s left");
    }

    #[test]
    fn the_line_is_gone_when_the_read_is_done() {
        let (stop, stopped) = channel();
        let read = AtomicU64::new(3_000_000);
        let mut out = Vec::new();
        thread::scope(|scope| {
            let (read, out) = (&read, &mut out);
            scope.spawn(move || show(read, None, &stopped, out));
            thread::sleep(PERIOD * 3 / 2);
            drop(stop);
        });
        let text = String::from_utf8(out).expect("text");
        assert!(text.contains("3 MB") && text.ends_with("\r\x1b[K"), "{text:?}");
    }

    #[test]
    fn a_short_read_shows_nothing() {
        let (stop, stopped) = channel();
        drop(stop);
        let mut out = Vec::new();
        show(&AtomicU64::new(1), None, &stopped, &mut out);
        assert!(out.is_empty());
    }
}
