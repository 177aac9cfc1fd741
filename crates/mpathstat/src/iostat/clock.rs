//! The times in a text.

use std::time::{Duration, SystemTime};
use sysparse::timestamp::{Date, Timestamp};
use toolkit::datetime;

/// Completes the times of a text: some have no date, or a date without a year.
#[derive(Debug, Default)]
pub(super) struct TextClock {
    /// The date in the first line of the text.
    date: Option<Date>,
    /// The latest time, and how many times midnight has passed since the date.
    last: Option<SystemTime>,
    midnights: u32,
}

const DAY: Duration = Duration::from_secs(86_400);

impl TextClock {
    /// Sets the date from which times without one count.
    pub(super) fn set_date(&mut self, date: Option<Date>) {
        if date.is_some() {
            *self = TextClock { date, ..TextClock::default() };
        }
    }

    /// A time of day; `None` if its date is unknown.
    pub(super) fn time(&mut self, time: &Timestamp) -> Option<SystemTime> {
        if time.is_epoch {
            return SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(time.seconds));
        }
        let date = time.date.or(self.date)?;
        let year = date.year.or(self.date.and_then(|date| date.year))?;
        let day = [year, date.month, date.day];
        let wall = datetime::from_calendar(day, time.seconds, time.offset)?;
        if time.date.is_some() {
            return Some(wall);
        }
        let mut wall = wall.checked_add(DAY.checked_mul(self.midnights)?)?;
        if self.last.is_some_and(|last| wall < last) {
            self.midnights += 1;
            wall = wall.checked_add(DAY)?;
        }
        self.last = Some(wall);
        Some(wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::timestamp;

    #[test]
    fn times_without_a_date_count_from_that_of_the_text() {
        let mut clock = TextClock::default();
        let mut seconds = |text: &str, date: Option<&str>| {
            clock.set_date(date.and_then(|date| timestamp::date_in(date.as_bytes())));
            let time = timestamp::whole_line(text.as_bytes()).unwrap();
            clock.time(&time).map(datetime::epoch)
        };
        assert_eq!(seconds("12:00:00", None), None, "the date is unknown");
        let noon = seconds("12:00:00", Some("Linux (lab) 11/20/2026")).unwrap();
        assert_eq!(seconds("11:59:00", None), Some(noon + 86_340), "midnight has passed");
        assert_eq!(seconds("12:00:00", None), Some(noon + 86_400));
        assert_eq!(seconds("Nov 20 12:00:00", None), Some(noon));
        assert_eq!(seconds("1795353600", None), Some(1_795_353_600));
        assert_eq!(seconds("2026-11-20T12:00:00+0100", None), Some(1_795_172_400));
    }
}
