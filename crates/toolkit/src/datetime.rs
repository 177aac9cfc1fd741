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
use chrono::{DateTime, FixedOffset, Locale};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// How dates and times are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateTimeFormat {
    /// In the format of this locale.
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
        let (wall, zone) = local(wall);
        let DateTimeFormat::Localized(locale) = self else {
            return wall.format(iso).to_string();
        };
        let format = |locale| {
            let [date, time] = locale::date_and_time(locale);
            let pattern = localized.replace("%x", date).replace("%X", time);
            let pattern = pattern.replace("%Z", &zone.replace('%', "%%"));
            let mut text = String::new();
            write!(text, "{}", wall.format_localized(&pattern, locale)).map(|()| text)
        };
        // A few locales count years in eras, which the formatter does not support.
        format(locale).or_else(|_| format(Locale::POSIX)).unwrap_or_default()
    }
}

/// The time of day in the local time zone: `13:21:04`.
#[must_use]
pub fn clock(wall: SystemTime) -> String {
    local(wall).0.format("%T").to_string()
}

/// A time in the local time zone, and the abbreviation of the zone. The clock of a saved system can
/// have any value: a time before the epoch becomes the epoch, one after the year 9999 the last second
/// of it that is safe to print.
fn local(wall: SystemTime) -> (DateTime<FixedOffset>, String) {
    let seconds = i64::try_from(epoch(wall).min(LAST_SECOND)).unwrap_or_default();
    let timestamp = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    let info = ZONE.to_offset_info(timestamp);
    let utc = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    let offset = FixedOffset::east_opt(info.offset().seconds());
    let time = offset.map_or_else(|| utc.into(), |offset| utc.with_timezone(&offset));
    (time, info.abbreviation().to_owned())
}

static ZONE: LazyLock<TimeZone> = LazyLock::new(local_zone);

/// The local time zone: that of `TZ`, or that of `/etc/localtime`.
fn local_zone() -> TimeZone {
    TimeZone::try_system().unwrap_or_else(|_| {
        // Like the GNU C library, assume the rules of the United States if there are none.
        let variable = std::env::var("TZ").unwrap_or_default();
        let with_rules = format!("{variable},M3.2.0,M11.1.0");
        TimeZone::posix(&with_rules).unwrap_or(TimeZone::UTC)
    })
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
    let date =
        Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let seconds = SignedDuration::from_secs(seconds.try_into().ok()?);
    let time = date.at(0, 0, 0, 0).checked_add(seconds).ok()?;
    let timestamp = match offset {
        Some(offset) => Offset::from_seconds(offset.try_into().ok()?).ok()?.to_timestamp(time),
        None => ZONE.to_ambiguous_timestamp(time).earlier(),
    };
    timestamp.ok().map(SystemTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Local, TimeZone as _};
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
