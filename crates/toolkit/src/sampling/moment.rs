//! The moment of a sample, and the file `clock` in which `--save` records it.

use std::time::{Duration, SystemTime};

/// When a sample was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time on a clock that is never set back. Only the difference of two moments of the same
    /// system means anything. On the running system it excludes the time of a suspend.
    pub monotonic: Duration,
    /// The time of day; unknown if a saved system does not have it.
    pub wall: Option<SystemTime>,
}

impl Moment {
    /// The moment `uptime` after boot, which was `btime` seconds after the epoch.
    #[must_use]
    pub fn after_boot(uptime: Duration, btime: Option<u64>) -> Moment {
        let booted = btime.and_then(|btime| after_epoch(Duration::from_secs(btime)));
        Moment { monotonic: uptime, wall: booted.and_then(|booted| booted.checked_add(uptime)) }
    }

    /// The text of the file `clock`: the monotonic time and the nanoseconds since the epoch.
    pub(super) fn to_clock(self) -> String {
        let wall = self.wall.and_then(|wall| wall.duration_since(SystemTime::UNIX_EPOCH).ok());
        let wall = wall.map(|wall| format!(" {}", wall.as_nanos())).unwrap_or_default();
        format!("{}{wall}\n", self.monotonic.as_nanos())
    }

    /// The moment in a file `clock`, if it holds one.
    pub(super) fn from_clock(text: &[u8]) -> Option<Moment> {
        let mut numbers = std::str::from_utf8(text).ok()?.split_ascii_whitespace();
        let mut next = || Some(Duration::from_nanos(numbers.next()?.parse().ok()?));
        Some(Moment { monotonic: next()?, wall: next().and_then(after_epoch) })
    }
}

fn after_epoch(since: Duration) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_after_boot_has_a_time_of_day_if_the_time_of_boot_is_known() {
        let moment = Moment::after_boot(Duration::from_secs(10), Some(1000));
        assert_eq!(moment.wall, after_epoch(Duration::from_secs(1010)));
        for btime in [None, Some(u64::MAX)] {
            let moment = Moment::after_boot(Duration::MAX, btime);
            assert_eq!(moment, Moment { monotonic: Duration::MAX, wall: None });
        }
    }

    #[test]
    fn a_clock_is_read_as_it_was_written() {
        let monotonic = Duration::from_nanos(12_345_678_901);
        for wall in [None, after_epoch(Duration::from_nanos(1_790_000_000_000_000_001))] {
            let moment = Moment { monotonic, wall };
            assert_eq!(Moment::from_clock(moment.to_clock().as_bytes()), Some(moment));
        }
        for wrong in [&b""[..], b"soon", b"-1", b"1.5 2", b"\xff"] {
            assert_eq!(Moment::from_clock(wrong), None, "{}", wrong.escape_ascii());
        }
    }
}
