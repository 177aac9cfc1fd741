//! Dates and times as sysstat prints them: in the format of `LC_TIME`, or in that of ISO 8601 if
//! `S_TIME_FORMAT` says so.
//!
//! ```
//! use std::time::UNIX_EPOCH;
//! use toolkit::datetime::{DateTimeFormat, TimeFormat};
//!
//! assert_eq!(DateTimeFormat::Iso.time(TimeFormat::Epoch, UNIX_EPOCH), "0");
//! ```

use crate::locale;
use chrono::{DateTime, Local, Locale, NaiveDate, TimeDelta, TimeZone as _};
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

/// How dates and times are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateTimeFormat {
    /// As is usual in this locale.
    Localized(Locale),
    /// `2026-11-22` and `2026-11-22T13:21:04+0000`.
    Iso,
}

/// How the time of a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFormat {
    /// Date and time of day in the local time zone.
    Local,
    /// Seconds since the epoch.
    Epoch,
}

impl DateTimeFormat {
    /// The format that the environment selects. As in sysstat, `S_TIME_FORMAT` only counts if it is
    /// exactly `ISO`.
    #[must_use]
    pub fn from_env() -> DateTimeFormat {
        if std::env::var_os("S_TIME_FORMAT").is_some_and(|value| value == "ISO") {
            return DateTimeFormat::Iso;
        }
        DateTimeFormat::Localized(locale::for_category("LC_TIME"))
    }

    /// The date in the local time zone.
    #[must_use]
    pub fn date(self, wall: SystemTime) -> String {
        self.format(wall, "%x", "%F")
    }

    /// Date and time in the local time zone.
    #[must_use]
    pub fn date_time(self, wall: SystemTime) -> String {
        self.format(wall, "%x %X", "%FT%T%z")
    }

    /// The time that precedes a report.
    #[must_use]
    pub fn time(self, time: TimeFormat, wall: SystemTime) -> String {
        match time {
            TimeFormat::Local => self.date_time(wall),
            TimeFormat::Epoch => epoch(wall).to_string(),
        }
    }

    fn format(self, wall: SystemTime, localized: &str, iso: &str) -> String {
        let wall = local(wall);
        let DateTimeFormat::Localized(locale) = self else {
            return wall.format(iso).to_string();
        };
        let mut text = String::new();
        // A few locales count years in eras, which the formatter does not support.
        if write!(text, "{}", wall.format_localized(localized, locale)).is_err() {
            return wall.format_localized(localized, Locale::POSIX).to_string();
        }
        text
    }
}

/// The time of day in the local time zone: `13:21:04`.
#[must_use]
pub fn clock(wall: SystemTime) -> String {
    local(wall).format("%T").to_string()
}

/// A time in the local time zone. The clock of a saved system can have any value: a time before the
/// epoch becomes the epoch, one after the year 9999 the last second of it that is safe to print.
fn local(wall: SystemTime) -> DateTime<Local> {
    let seconds = i64::try_from(epoch(wall).min(LAST_SECOND)).unwrap_or_default();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().into()
}

/// 9999-12-30 23:59:59 UTC: a day before the end of the year, because of time zones.
const LAST_SECOND: u64 = 253_402_214_399;

/// Seconds since the epoch; 0 before it.
#[must_use]
pub fn epoch(wall: SystemTime) -> u64 {
    wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The time `seconds` after the midnight that begins the day `[year, month, day]`. Without an `offset`,
/// the seconds that its zone is east of UTC, it is a local time.
///
/// ```
/// use toolkit::datetime::{epoch, from_calendar};
///
/// let wall = from_calendar([2026, 11, 20], 43_200, Some(3600));
/// assert_eq!(wall.map(epoch), Some(1_795_172_400));
/// ```
#[must_use]
pub fn from_calendar(day: [u64; 3], seconds: u64, offset: Option<i64>) -> Option<SystemTime> {
    let [year, month, day] = day;
    let date = NaiveDate::from_ymd_opt(
        i32::try_from(year).ok()?,
        u32::try_from(month).ok()?,
        u32::try_from(day).ok()?,
    )?;
    let midnight = date.and_hms_opt(0, 0, 0)?;
    let time =
        midnight.checked_add_signed(TimeDelta::try_seconds(i64::try_from(seconds).ok()?)?)?;
    match offset {
        Some(offset) => Some((time.and_utc() - TimeDelta::try_seconds(offset)?).into()),
        None => Local.from_local_datetime(&time).earliest().map(SystemTime::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn wall() -> SystemTime {
        Local.with_ymd_and_hms(2026, 11, 22, 13, 21, 4).unwrap().into()
    }

    #[test]
    fn dates_depend_on_the_locale() {
        let dates = |locale| DateTimeFormat::Localized(locale).date_time(wall());
        assert_eq!(dates(Locale::POSIX), "11/22/26 13:21:04");
        assert_eq!(dates(Locale::en_US), "11/22/2026 01:21:04 PM");
        assert_eq!(dates(Locale::de_DE), "22.11.2026 13:21:04");
        assert_eq!(dates(Locale::fr_FR), "22/11/2026 13:21:04");
        assert_eq!(dates(Locale::ja_JP), "2026年11月22日 13時21分04秒");
        assert_eq!(DateTimeFormat::Iso.date(wall()), "2026-11-22");
        assert!(DateTimeFormat::Iso.date_time(wall()).starts_with("2026-11-22T13:21:04"));
        assert_eq!(clock(wall()), "13:21:04");
    }

    #[test]
    fn every_locale_and_every_time_can_be_printed() {
        let far = UNIX_EPOCH + Duration::from_secs(200_000_000_000);
        for locale in [Locale::th_TH, Locale::fa_IR, Locale::lo_LA, Locale::am_ET] {
            assert!(!DateTimeFormat::Localized(locale).date_time(far).is_empty(), "{locale:?}");
        }
        let beyond = UNIX_EPOCH + Duration::from_secs(9_000_000_000_000_000);
        assert!(DateTimeFormat::Iso.date(beyond).starts_with("9999-12-3"));
        assert_eq!([epoch(UNIX_EPOCH - Duration::from_secs(1)), epoch(far)], [0, 200_000_000_000]);
    }
}
