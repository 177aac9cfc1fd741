//! The length of an interval, as sysstat computes it.

use std::time::Duration;

/// The nearest floating-point number.
#[allow(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
pub(super) fn seconds(interval: Duration) -> f64 {
    interval.as_micros() as f64 / 1e6
}

/// The time from one sample to the next in milliseconds as sysstat counts it: the difference of the
/// seconds, and that of the microseconds without its fraction of a millisecond. It is 1 at least, but
/// 0 if the clock stands still.
pub(super) fn interval_between(old: Duration, new: Duration) -> Duration {
    let micros = |time: Duration| i64::from(time.subsec_micros());
    let Some(seconds) = new.as_secs().checked_sub(old.as_secs()).filter(|_| new > old) else {
        return Duration::ZERO;
    };
    let millis = (micros(new) - micros(old)) / 1000;
    let millis = Duration::from_secs(seconds).as_millis().saturating_add_signed(millis.into());
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX).max(1))
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
