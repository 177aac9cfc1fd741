//! The times in a text.

use std::time::{Duration, SystemTime};
use sysparse::ParseError;
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
    /// Whether a time that is unknown was reported.
    has_reported: bool,
}

/// What a line should be that is no time.
pub(super) const UNREAD_TIME: &str = "a time such as 2026-11-20 12:00:03";

const DAY: Duration = Duration::from_secs(86_400);

impl TextClock {
    /// Sets the date from which times without one count.
    pub(super) fn set_date(&mut self, date: Option<Date>) {
        if date.is_some() {
            let has_reported = self.has_reported;
            *self = TextClock { date, has_reported, ..TextClock::default() };
        }
    }

    /// The time of day of a report; an error the first time that it is unknown.
    pub(super) fn wall(&mut self, time: &Timestamp) -> Result<Option<SystemTime>, ParseError> {
        let wall = self.time(time);
        let expected = match wall {
            Some(_) => return Ok(wall),
            None if time.is_ambiguous => "24 hours, AM or PM in the time of this report,",
            None => "a date before the time of this report,",
        };
        self.report(expected)?;
        Ok(None)
    }

    /// The time of day at which the interval of the next report begins, if it is known.
    pub(super) fn begin_interval(&mut self, begin: &Timestamp) -> Option<SystemTime> {
        self.time(begin)
    }

    /// An error, the first time.
    pub(super) fn report(&mut self, expected: &'static str) -> Result<(), ParseError> {
        let is_first = !std::mem::replace(&mut self.has_reported, true);
        if is_first { Err(ParseError { expected, at: 0 }) } else { Ok(()) }
    }

    /// A time of day; `None` if its date, AM or PM is unknown.
    fn time(&mut self, time: &Timestamp) -> Option<SystemTime> {
        if time.is_epoch {
            return SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(time.seconds));
        }
        if time.is_ambiguous {
            return None;
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
    fn an_unknown_time_is_reported_once() {
        let mut clock = TextClock::default();
        let time = timestamp::whole_line("20/11/2026 09:05:09 μμ".as_bytes()).unwrap();
        assert!(clock.wall(&time).unwrap_err().expected.contains("AM or PM"));
        assert_eq!(clock.wall(&time), Ok(None));
        let time = timestamp::whole_line(b"12:00:00").unwrap();
        assert_eq!(clock.wall(&time), Ok(None));
        assert!(TextClock::default().wall(&time).unwrap_err().expected.contains("date"));
    }

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
