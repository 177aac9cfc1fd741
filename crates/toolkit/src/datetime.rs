//! Dates and times as sysstat prints them: those of `LC_TIME`, or ISO 8601 if `S_TIME_FORMAT` says so.

use crate::locale;
use chrono::{DateTime, Local, Locale};
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

/// How dates and times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// As in this locale.
    Localized(Locale),
    /// `2026-11-22` and `2026-11-22T13:21:04+0000`.
    Iso,
}

/// How a report's time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Date and time of day.
    Local,
    /// Seconds since the epoch.
    Epoch,
}

impl Stamp {
    /// What the environment asks for; of `S_TIME_FORMAT` only exactly `ISO` counts.
    #[must_use]
    pub fn from_env() -> Stamp {
        if std::env::var_os("S_TIME_FORMAT").is_some_and(|value| value == "ISO") {
            return Stamp::Iso;
        }
        Stamp::Localized(locale::of("LC_TIME"))
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

    /// The time that stands before a report.
    #[must_use]
    pub fn time(self, time: Time, wall: SystemTime) -> String {
        match time {
            Time::Local => self.date_time(wall),
            Time::Epoch => epoch(wall).to_string(),
        }
    }

    fn format(self, wall: SystemTime, localized: &str, iso: &str) -> String {
        let wall = local(wall);
        let Stamp::Localized(locale) = self else {
            return wall.format(iso).to_string();
        };
        let mut text = String::new();
        // A few locales write years in eras, which the formatter does not know.
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

/// A time in the local time zone. A saved machine may claim any time: those before the epoch and
/// those beyond the year 9999 are the first and the last second between.
fn local(wall: SystemTime) -> DateTime<Local> {
    let seconds = i64::try_from(epoch(wall).min(LAST_SECOND)).unwrap_or_default();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().into()
}

/// 9999-12-30 23:59:59 UTC: a day before the end, for the sake of all time zones.
const LAST_SECOND: u64 = 253_402_214_399;

/// Seconds since the epoch; 0 before it.
#[must_use]
pub fn epoch(wall: SystemTime) -> u64 {
    wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use std::time::Duration;

    fn wall() -> SystemTime {
        Local.with_ymd_and_hms(2026, 11, 22, 13, 21, 4).unwrap().into()
    }

    #[test]
    fn dates_are_those_of_the_country() {
        let dates = |locale| Stamp::Localized(locale).date_time(wall());
        assert_eq!(dates(Locale::POSIX), "11/22/26 13:21:04");
        assert_eq!(dates(Locale::en_US), "11/22/2026 01:21:04 PM");
        assert_eq!(dates(Locale::de_DE), "22.11.2026 13:21:04");
        assert_eq!(dates(Locale::fr_FR), "22/11/2026 13:21:04");
        assert_eq!(dates(Locale::ja_JP), "2026年11月22日 13時21分04秒");
        assert_eq!(Stamp::Iso.date(wall()), "2026-11-22");
        assert!(Stamp::Iso.date_time(wall()).starts_with("2026-11-22T13:21:04"));
        assert_eq!(clock(wall()), "13:21:04");
    }

    #[test]
    fn no_locale_and_no_time_is_too_strange() {
        let far = UNIX_EPOCH + Duration::from_secs(200_000_000_000);
        for locale in [Locale::th_TH, Locale::fa_IR, Locale::lo_LA, Locale::am_ET] {
            assert!(!Stamp::Localized(locale).date_time(far).is_empty(), "{locale:?}");
        }
        let beyond = UNIX_EPOCH + Duration::from_secs(9_000_000_000_000_000);
        assert!(Stamp::Iso.date(beyond).starts_with("9999-12-3"));
        assert_eq!([epoch(UNIX_EPOCH - Duration::from_secs(1)), epoch(far)], [0, 200_000_000_000]);
    }
}
