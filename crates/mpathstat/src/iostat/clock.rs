//! The times in a text.

use std::time::{Duration, SystemTime};
use sysparse::ParseError;
use sysparse::timestamp::{Date, DateOrder, Timestamp};
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
    /// The order of day and month in the text, once it is known.
    order: Option<DateOrder>,
    /// The last date that may have either order.
    unordered: Option<Date>,
    /// Whether a date that may have either order was used.
    is_uncertain: bool,
    /// Whether that matters, and was not reported.
    needs_order: bool,
}

/// What a line should be that is no time.
pub(super) const UNREAD_TIME: &str = "a time such as 2026-11-20 12:00:03";

/// What is wrong with a date that may have either order. It is taken to have the one of the C locale.
const UNKNOWN_ORDER: ParseError = ParseError {
    expected: "a date whose order is certain (S_TIME_FORMAT=ISO prints one); the first number is taken \
               for the month,",
    at: 0,
};

/// How many days apart two dates that follow each other in a text are at most, if their order is right.
const STEP_DAYS: u64 = 7;

const DAY: Duration = Duration::from_secs(86_400);

impl TextClock {
    /// Sets the date from which times without one count.
    pub(super) fn set_date(&mut self, date: Option<Date>) {
        if let Some(date) = date {
            self.learn_order(date);
            (self.date, self.last, self.midnights) = (Some(date), None, 0);
        }
    }

    /// Wants to know whether the order of day and month is uncertain.
    pub(super) fn need_order(&mut self) {
        self.needs_order = true;
    }

    /// An error, once, if a time has a date that may have either order.
    pub(super) fn check_order(&mut self) -> Result<(), ParseError> {
        let is_new = self.is_uncertain && std::mem::take(&mut self.needs_order);
        if is_new { Err(UNKNOWN_ORDER) } else { Ok(()) }
    }

    /// Learns the order of day and month: from a date that can have only one, or from two dates that are
    /// near each other in only one of the orders.
    fn learn_order(&mut self, date: Date) {
        let learnt = match date.order {
            DateOrder::None => return,
            DateOrder::MonthFirst | DateOrder::DayFirst => Some(date.order),
            DateOrder::Unknown => self.unordered.replace(date).and_then(|before| {
                let month_first = is_step(before, date);
                let day_first = is_step(before.exchanged(), date.exchanged());
                let order = if day_first { DateOrder::DayFirst } else { DateOrder::MonthFirst };
                (month_first != day_first).then_some(order)
            }),
        };
        self.order = learnt.or(self.order);
    }

    /// A date in the order of the text.
    fn in_order(&mut self, date: Date) -> Date {
        match self.order {
            _ if date.order != DateOrder::Unknown => date,
            Some(DateOrder::DayFirst) => date.exchanged(),
            Some(_) => date,
            None => {
                self.is_uncertain = true;
                date
            }
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
        time.date.into_iter().for_each(|date| self.learn_order(date));
        let date = self.in_order(time.date.or(self.date)?);
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

/// Whether a date is the same as the one before it, or a few days later.
fn is_step(before: Date, date: Date) -> bool {
    let midnight =
        |date: Date| datetime::from_calendar([date.year?, date.month, date.day], 0, Some(0));
    let step =
        midnight(date).zip(midnight(before)).map(|(date, before)| date.duration_since(before));
    step.is_some_and(|step| step.is_ok_and(|step| step.as_secs() <= STEP_DAYS * DAY.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::timestamp;

    #[test]
    fn a_text_has_one_order_of_day_and_month() {
        // The month of each date, and after how many of them the order was reported as unknown.
        let months = |dates: &[&str]| {
            let mut clock = TextClock::default();
            clock.need_order();
            let mut reported = Vec::new();
            let mut month = |date: &str| {
                let time = timestamp::whole_line(format!("{date} 12:00:00").as_bytes()).unwrap();
                let wall = clock.time(&time).unwrap();
                reported.push(clock.check_order().is_err());
                (1..=12).find(|month| {
                    datetime::from_calendar([2026, *month, 1], 0, None).unwrap() > wall
                })
            };
            let months: Vec<_> =
                dates.iter().map(|date| month(date).map_or(12, |next| next - 1)).collect();
            (months, reported.iter().position(|it| *it))
        };
        assert_eq!(months(&["11/20/2026", "12/01/2026"]), (vec![11, 12], None));
        assert_eq!(months(&["20/11/2026", "01/12/2026"]), (vec![11, 12], None));
        assert_eq!(
            months(&["12/11/2026", "13/11/2026", "01/12/2026"]),
            (vec![12, 11, 12], Some(0))
        );
        assert_eq!(months(&["05/11/2026", "05/11/2026"]), (vec![5, 5], Some(0)));
        assert_eq!(months(&["05/11/2026", "06/11/2026", "07/11/2026"]), (vec![5, 11, 11], Some(0)));
        assert_eq!(months(&["05/11/2026", "05/12/2026", "06/01/2026"]), (vec![5, 5, 6], Some(0)));
        assert_eq!(months(&["01/08/2026", "08/08/2026", "08/09/2026"]), (vec![1, 8, 8], Some(0)));
        assert_eq!(months(&["02/01/2026", "02/08/2026", "03/01/2026"]), (vec![2, 2, 3], Some(0)));
        assert_eq!(months(&["06/11/2026", "05/11/2026"]), (vec![6, 5], Some(0)), "backwards");
        assert_eq!(months(&["05/05/2026", "2026-06-05", "05.06.2026"]), (vec![5, 6, 6], None));
    }

    #[test]
    fn the_first_line_of_a_text_has_the_order_of_its_dates() {
        let mut clock = TextClock::default();
        clock.need_order();
        let mut day = |header: &str, time: &str| {
            clock.set_date(timestamp::date_in(format!("Linux (lab) {header}").as_bytes()));
            let wall = clock.time(&timestamp::whole_line(time.as_bytes()).unwrap()).unwrap();
            (datetime::epoch(wall) / 86_400, clock.check_order())
        };
        let fifth = 1_793_836_800 / 86_400;
        assert_eq!(day("05/11/2026", "1793880000"), (fifth, Ok(())), "not used");
        assert_eq!(day("05/11/2026", "12:00:00"), (fifth - 178, Err(UNKNOWN_ORDER)), "May 11");
        assert_eq!(day("05/11/2026", "12:00:01"), (fifth - 178, Ok(())), "once");
        assert_eq!(day("13/11/2026", "05/11/2026 12:00:00"), (fifth, Ok(())));
        assert_eq!(day("05/11/2026", "12:00:00"), (fifth, Ok(())));
    }

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
