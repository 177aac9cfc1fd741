//! The length of an interval, as sysstat computes it.

use std::time::Duration;

/// The nearest floating-point number.
#[allow(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
pub(super) fn seconds(interval: Duration) -> f64 {
    interval.as_micros() as f64 / 1e6
}

/// The time from one sample to the next as sysstat counts it: the difference of two times in whole
/// milliseconds. It is 1 at least, but 0 if the clock stands still.
pub(super) fn interval_between(old: Duration, new: Duration) -> Duration {
    if new <= old {
        return Duration::ZERO;
    }
    let millis = new.as_millis().saturating_sub(old.as_millis()).max(1);
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// The time since boot in milliseconds as sysstat computes it, which sometimes is one less than right.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and no time is negative"
)]
pub(super) fn whole_millis(uptime: Duration) -> Duration {
    Duration::from_millis((seconds(uptime) * 1000.0) as u64)
}
