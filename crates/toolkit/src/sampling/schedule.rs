//! When samples are taken and reports are printed: the operands INTERVAL and COUNT.

use std::ops::RangeInclusive;
use std::time::Duration;

/// When samples are taken and reports are printed.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    /// The time from one sample to the next, if it was given. Commands decide what 0 means.
    pub interval: Option<Duration>,
    /// The number of reports; without it, reports continue until a signal arrives.
    pub count: Option<u64>,
    /// Whether the first report covers the time since boot. Otherwise it covers the first interval.
    pub since_boot: bool,
}

/// The intervals that are accepted besides 0: a millisecond to a hundred years.
const INTERVAL_LIMITS: RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(100 * 365 * 86_400);

/// The interval if none is given.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(1);

impl Schedule {
    /// Takes a number among the operands: first the interval, then the count.
    ///
    /// ```
    /// use std::time::Duration;
    /// use toolkit::sampling::Schedule;
    ///
    /// let mut schedule = Schedule::default();
    /// schedule.add_number("2.5")?;
    /// schedule.add_number("3")?;
    /// assert_eq!(schedule.period(), Duration::from_millis(2500));
    /// assert_eq!(schedule.count, Some(3));
    /// assert!(schedule.add_number("4").is_err());
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// A clause that names the number and what is wrong with it.
    pub fn add_number(&mut self, word: &str) -> Result<(), String> {
        if self.interval.is_none() {
            let is_valid = |time: &Duration| time.is_zero() || INTERVAL_LIMITS.contains(time);
            self.interval = seconds(word).filter(is_valid);
            return self.interval.map(|_| ()).ok_or_else(|| Schedule::bad_interval(word));
        }
        if self.count.is_some() {
            return Err(format!("unexpected third number {word}"));
        }
        self.count = word.parse().ok().filter(|count| *count > 0);
        let problem = || format!("count {word}: expected a whole number, 1 to {}", u64::MAX);
        self.count.map(|_| ()).ok_or_else(problem)
    }

    /// The clause about a word that is no interval.
    #[must_use]
    pub fn bad_interval(word: &str) -> String {
        let [min, max] =
            [INTERVAL_LIMITS.start(), INTERVAL_LIMITS.end()].map(Duration::as_secs_f64);
        format!("interval {word}: expected seconds, {min} to {max}")
    }

    /// The time from one sample to the next; a second if none or 0 was given.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.interval.filter(|interval| !interval.is_zero()).unwrap_or(DEFAULT_INTERVAL)
    }
}

/// A time in seconds, with or without decimals.
fn seconds(word: &str) -> Option<Duration> {
    let is_decimal = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_number = is_decimal && !word.starts_with('.') && !word.ends_with('.');
    Duration::try_from_secs_f64(word.parse().ok().filter(|_| is_number)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(words: &str) -> String {
        let mut schedule = Schedule::default();
        let added = words.split(' ').try_for_each(|word| schedule.add_number(word));
        added.expect_err(words)
    }

    #[test]
    fn an_interval_is_decimal_and_within_limits() {
        for wrong in ["0.0001", "1..2", "1e3", "5.", ".5", "inf", "nan", "-1", "1,5", "3153600001"]
        {
            let expected = format!("interval {wrong}: expected seconds, 0.001 to 3153600000");
            assert_eq!(problem(wrong), expected);
        }
        for (word, millis) in
            [("0", 0), ("0.001", 1), ("2.5", 2500), ("3153600000", 3_153_600_000_000)]
        {
            let mut schedule = Schedule::default();
            assert_eq!(schedule.add_number(word), Ok(()));
            assert_eq!(schedule.interval, Some(Duration::from_millis(millis)), "{word}");
        }
    }

    #[test]
    fn a_count_is_a_whole_number_of_reports() {
        for wrong in ["0", "2.5", "-1", "99999999999999999999"] {
            let expected =
                format!("count {wrong}: expected a whole number, 1 to 18446744073709551615");
            assert_eq!(problem(&format!("1 {wrong}")), expected);
        }
        assert_eq!(problem("1 2 3"), "unexpected third number 3");
    }

    #[test]
    fn without_an_interval_the_period_is_a_second() {
        for interval in [None, Some(Duration::ZERO)] {
            let schedule = Schedule { interval, ..Schedule::default() };
            assert_eq!(schedule.period(), DEFAULT_INTERVAL);
        }
    }
}
