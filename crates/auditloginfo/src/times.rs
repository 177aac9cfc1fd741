//! Times on the command line: the words of ausearch(8), times of day, ISO 8601, and seconds since the
//! epoch.

use chrono::{
    DateTime, Datelike, Days, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike,
};
use std::fs;
use std::path::Path;
use sysparse::text;

/// Which end of a time span a time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The first second that counts.
    Start,
    /// The last second that counts.
    Last,
}

/// Parses a time and returns seconds since the epoch. The input is a word of ausearch with or without
/// a time of day, a time of day, seconds since the epoch, or a date and time in ISO 8601. Eight digits
/// that make a date are one.
///
/// A word or a date without a time of day means midnight, with two exceptions for the end of a span:
/// `today` means now, as in ausearch, and a date means the end of that day.
pub(crate) fn parse(input: &str, end: End, now: DateTime<Local>) -> Option<u64> {
    let input = input.trim();
    let seconds = match input.parse::<i64>() {
        Ok(epoch) if !input.starts_with('+') && parse_date(input).is_none() => epoch,
        _ => calendar_seconds(input, end, now)?,
    };
    u64::try_from(seconds).ok()
}

/// The same for everything but a number.
fn calendar_seconds(input: &str, end: End, now: DateTime<Local>) -> Option<i64> {
    if let Ok(zoned) = DateTime::parse_from_rfc3339(&with_seconds(input)) {
        return Some(zoned.timestamp());
    }
    let split = input.split_once([' ', 'T']);
    let (day, time) = split.map_or((input, None), |(day, time)| (day, Some(time)));
    if let (Some(time), None) = (parse_time_of_day(day), time) {
        return local_seconds(now.date_naive().and_time(time), end);
    }
    let time = time.map(|time| parse_time_of_day(time).ok_or(())).transpose().ok()?;
    if let Some(date) = parse_date(day) {
        let default =
            if end == End::Last { NaiveTime::from_hms_opt(23, 59, 59)? } else { NaiveTime::MIN };
        return local_seconds(date.and_time(time.unwrap_or(default)), end);
    }
    let point = parse_word(day, end, now)?;
    local_seconds(time.map_or(point, |time| point.date().and_time(time)), end)
}

/// Parses a whole day: a date, or a word of ausearch that means one. Returns its first and its last
/// second.
pub(crate) fn parse_day(input: &str, now: DateTime<Local>) -> Option<(u64, u64)> {
    let date = match input.trim() {
        word @ ("today" | "yesterday" | "week-ago") => parse_word(word, End::Start, now)?.date(),
        date => parse_date(date)?,
    };
    let midnight = |date: NaiveDate| local_seconds(date.and_time(NaiveTime::MIN), End::Start);
    let (start, next) = (midnight(date)?, midnight(date.succ_opt()?)?);
    Some((u64::try_from(start).ok()?, u64::try_from(next - 1).ok()?))
}

/// Parses `2026-11-22` or `20261122`. Calculations with much later years overflow. Eight digits could
/// also be seconds, but those of a date up to 2099 lie in August 1970.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let is_basic = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (form, end) = if is_basic { ("%Y%m%d", 2100) } else { ("%Y-%m-%d", 10_000) };
    let date = NaiveDate::parse_from_str(text, form).ok()?;
    (1970..end).contains(&date.year()).then_some(date)
}

/// Parses a word of ausearch.
fn parse_word(word: &str, end: End, now: DateTime<Local>) -> Option<NaiveDateTime> {
    let (moment, today) = (now.naive_local(), now.date_naive());
    let midnight = |date: NaiveDate| Some(date.and_time(NaiveTime::MIN));
    match word {
        "now" => Some(moment),
        "today" if end == End::Last => Some(moment),
        "today" => midnight(today),
        "recent" => Some(moment - TimeDelta::minutes(10)),
        "this-hour" => moment.with_minute(0)?.with_second(0),
        "yesterday" => midnight(today.pred_opt()?),
        "this-week" => {
            let days = today.weekday().num_days_from_sunday();
            midnight(today.checked_sub_days(Days::new(days.into()))?)
        }
        "week-ago" => midnight(today.checked_sub_days(Days::new(7))?),
        "this-month" => midnight(today.with_day(1)?),
        "this-year" => midnight(NaiveDate::from_yo_opt(today.year(), 1)?),
        "boot" => {
            Some(DateTime::from_timestamp(boot_time()?, 0)?.with_timezone(&Local).naive_local())
        }
        _ => None,
    }
}

/// The time of the last boot in seconds since the epoch: `btime` of `proc_stat(5)`. Unlike the difference
/// of the wall clock and the uptime, it stays the same from one run to the next.
fn boot_time() -> Option<i64> {
    let stat = fs::read("/proc/stat").ok()?;
    let seconds = text::lines(&stat).find_map(|line| line.strip_prefix(b"btime "))?;
    i64::try_from(text::whole_number(seconds)?).ok()
}

/// Whether an operand looks like a time of day that was meant to follow a day.
pub(crate) fn is_time_of_day(path: &Path) -> bool {
    path.to_str().is_some_and(|text| parse_time_of_day(text).is_some())
}

/// Parses `14:30` or `14:30:59`, with or without a fraction of a second.
fn parse_time_of_day(text: &str) -> Option<NaiveTime> {
    let forms = ["%H:%M:%S%.f", "%H:%M"];
    forms.iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok())
}

/// Completes an ISO 8601 time for a parser of RFC 3339, which requires seconds, and a colon and minutes
/// in the time zone.
fn with_seconds(input: &str) -> String {
    let zone_at = input.rfind(['Z', 'z', '+']).or_else(|| input.rfind('-').filter(|at| *at > 10));
    let (time, zone) = input.split_at(zone_at.unwrap_or(input.len()));
    let seconds = if time.matches(':').count() == 1 { ":00" } else { "" };
    let zone = match zone.len() {
        3 => format!("{zone}:00"),
        5 if !zone.contains(':') => zone
            .split_at_checked(3)
            .map_or(zone.to_owned(), |(hours, minutes)| format!("{hours}:{minutes}")),
        _ => zone.to_owned(),
    };
    format!("{time}{seconds}{zone}")
}

/// Converts a local time to seconds since the epoch. Of a time that occurs twice, when the clock is set
/// back, a span starts with the first and ends with the second, in whatever order chrono returns them; a
/// time that is skipped, when the clock is set forward, is an hour later.
fn local_seconds(time: NaiveDateTime, end: End) -> Option<i64> {
    let seconds = |time: NaiveDateTime| {
        let found = time.and_local_timezone(Local);
        let both = [found.earliest()?.timestamp(), found.latest()?.timestamp()];
        if end == End::Start { both.into_iter().min() } else { both.into_iter().max() }
    };
    seconds(time).or_else(|| seconds(time + TimeDelta::hours(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses a text on Tuesday, 24 November 2026, 02:52:46 local time, and formats the result as
    /// local time.
    fn parse(text: &str, end: End) -> Option<String> {
        let moment = NaiveDate::from_ymd_opt(2026, 11, 24)?.and_hms_opt(2, 52, 46)?;
        let now = moment.and_local_timezone(Local).earliest()?;
        let seconds = i64::try_from(super::parse(text, end, now)?).ok()?;
        let point = DateTime::from_timestamp(seconds, 0)?.with_timezone(&Local);
        Some(point.format("%F %T").to_string())
    }

    #[test]
    fn eight_digits_that_make_a_date_are_one() {
        for (text, start, last) in [
            ("20261122", "2026-11-22 00:00:00", "2026-11-22 23:59:59"),
            ("20261122 10:30", "2026-11-22 10:30:00", "2026-11-22 10:30:00"),
            ("20261122T10:30", "2026-11-22 10:30:00", "2026-11-22 10:30:00"),
        ] {
            assert_eq!(parse(text, End::Start).as_deref(), Some(start), "{text}");
            assert_eq!(parse(text, End::Last).as_deref(), Some(last), "{text}");
        }
        for seconds in ["20261322", "20261131", "21000101", "2026112", "202611222"] {
            let parsed = super::parse(seconds, End::Start, Local::now());
            assert_eq!(parsed, seconds.parse().ok(), "{seconds}");
        }
    }

    #[test]
    fn words_have_the_meaning_that_they_have_in_ausearch() {
        for (word, start, last) in [
            ("now", "2026-11-24 02:52:46", "2026-11-24 02:52:46"),
            ("recent", "2026-11-24 02:42:46", "2026-11-24 02:42:46"),
            ("this-hour", "2026-11-24 02:00:00", "2026-11-24 02:00:00"),
            ("today", "2026-11-24 00:00:00", "2026-11-24 02:52:46"),
            ("yesterday", "2026-11-23 00:00:00", "2026-11-23 00:00:00"),
            ("this-week", "2026-11-22 00:00:00", "2026-11-22 00:00:00"),
            ("week-ago", "2026-11-17 00:00:00", "2026-11-17 00:00:00"),
            ("this-month", "2026-11-01 00:00:00", "2026-11-01 00:00:00"),
            ("this-year", "2026-01-01 00:00:00", "2026-01-01 00:00:00"),
            ("yesterday 10:30", "2026-11-23 10:30:00", "2026-11-23 10:30:00"),
            ("10:30:05", "2026-11-24 10:30:05", "2026-11-24 10:30:05"),
        ] {
            assert_eq!(parse(word, End::Start).as_deref(), Some(start), "{word}");
            assert_eq!(parse(word, End::Last).as_deref(), Some(last), "{word}");
        }
    }

    #[test]
    fn the_boot_time_does_not_change() {
        let boot = |now: &str| {
            let now = DateTime::parse_from_rfc3339(now).expect("a time").with_timezone(&Local);
            super::parse("boot", End::Start, now).expect("a time")
        };
        let first = boot("2026-11-24T02:52:46Z");
        assert!((1_000_000_000..4_000_000_000).contains(&first), "{first}");
        assert_eq!(boot("2026-11-24T02:52:46.999Z"), first);
    }

    #[test]
    fn a_date_covers_its_whole_day() {
        assert_eq!(parse("2026-11-20", End::Start).as_deref(), Some("2026-11-20 00:00:00"));
        assert_eq!(parse("2026-11-20", End::Last).as_deref(), Some("2026-11-20 23:59:59"));
        for text in ["2026-11-20T08:05", "2026-11-20 08:05:00", "2026-11-20T08:05:00.25"] {
            assert_eq!(parse(text, End::Last).as_deref(), Some("2026-11-20 08:05:00"), "{text}");
        }
    }

    #[test]
    fn times_with_a_zone_and_epoch_seconds_do_not_depend_on_the_local_zone() {
        let parse = |text| super::parse(text, End::Start, Local::now());
        for text in [
            "1795352885",
            "2026-11-22T13:08:05Z",
            "2026-11-22 13:08:05Z",
            "2026-11-22T14:08:05+01:00",
            "2026-11-22T14:08:05+0100",
            "2026-11-22T14:08:05.999+01",
            "2026-11-22T08:08:05-05:00",
        ] {
            assert_eq!(parse(text), Some(1_795_352_885), "{text}");
        }
        assert_eq!(parse("2026-11-22T13:08Z"), Some(1_795_352_880));
    }

    #[test]
    fn a_day_lasts_from_midnight_to_midnight() {
        let moment =
            NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date").and_time(NaiveTime::MIN);
        let now = moment.and_local_timezone(Local).earliest().expect("a time");
        for (word, date) in [
            ("today", "2026-11-24"),
            ("yesterday", "2026-11-23"),
            ("week-ago", "2026-11-17"),
            ("2026-03-29", "2026-03-29"),
        ] {
            let (first, last) = parse_day(word, now).expect("a day");
            assert_eq!(Some(first), super::parse(date, End::Start, now), "{word}");
            assert_eq!(Some(last), super::parse(date, End::Last, now), "{word}");
        }
        for other in ["", "now", "recent", "boot", "2026-11-24 10:30", "1795352885", "2026-02-30"] {
            assert_eq!(parse_day(other, now), None, "{other}");
        }
    }

    #[test]
    fn other_text_is_rejected() {
        for text in [
            "",
            "tomorrow",
            "-5",
            "+5",
            "2026-13-01",
            "25:00",
            "today 25:00",
            "2026-11-20 x",
            "é+123",
            "2026-01-01T00:00+1é2",
            "+262142-12-31T23:59",
            "-262142-01-01",
            "10000-01-01",
            "1969-12-30",
        ] {
            assert_eq!(parse(text, End::Start), None, "{text}");
        }
    }
}
