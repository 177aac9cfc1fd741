//! The times that `iostat -t`, `sar` and `ts` print, in the forms of most locales.
//!
//! ```text
//! 11/20/2026 12:00:03 PM
//! 2026-11-20T12:00:03+0100
//! 20.11.2026 12:00:03
//! Nov 20 12:00:03 sda  1.00 ...
//! [12:00:03] sda  1.00 ...
//! 1795353600
//! ```
//!
//! Of `11/20/2026` the first number is the month, unless it is larger than 12. Sources: iostat(1),
//! sar(1), ts(1).

use crate::ParseError;
use crate::grammar::{Parsed, literal, number, whole};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag_no_case, take_while_m_n, take_while1};
use nom::character::complete::{digit1, one_of, space0, space1};
use nom::combinator::{eof, map, map_opt, opt, peek, value, verify};
use nom::sequence::{delimited, preceded, terminated};

/// A time. What it does not contain is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timestamp {
    /// Year, month and day.
    pub date: Option<Date>,
    /// Seconds since midnight, or since the epoch if `is_epoch`.
    pub seconds: u64,
    /// Seconds east of UTC; otherwise it is the local time of an unknown zone.
    pub offset: Option<i64>,
    /// Whether the time is a number of seconds since the epoch.
    pub is_epoch: bool,
}

/// A date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Date {
    /// The year, if known.
    pub year: Option<u64>,
    /// The month, starting at 1.
    pub month: u64,
    /// The day of the month, starting at 1.
    pub day: u64,
}

/// The time that a whole line is.
///
/// ```
/// let time = sysparse::timestamp::whole_line(b"11/20/2026 12:00:03 AM").expect("a time");
/// assert_eq!((time.seconds, time.date.map(|date| date.day)), (3, Some(20)));
/// ```
#[must_use]
pub fn whole_line(line: &[u8]) -> Option<Timestamp> {
    whole(delimited(space0, alt((timestamp, epoch)), space0), line)
}

/// The time before the rest of a line, in brackets or not, and the rest.
///
/// ```
/// let (time, rest) = sysparse::timestamp::prefix(b"[18:01:12] sda 1.00").expect("a time");
/// assert_eq!((time.seconds, rest), (64_872, &b"sda 1.00"[..]));
/// ```
#[must_use]
pub fn prefix(line: &[u8]) -> Option<(Timestamp, &[u8])> {
    let bracketed = delimited(literal(b"["), timestamp, literal(b"]"));
    let end = alt((value((), literal(b" ")), value((), literal(b"\t")), value((), eof)));
    let parsed = terminated(alt((bracketed, timestamp)), end).parse(line);
    parsed.ok().map(|(rest, time)| (time, rest))
}

/// The date in a line such as `Linux 6.4.0 (lab) \t11/20/26 \t_x86_64_\t(8 CPU)`.
///
/// ```
/// let date = sysparse::timestamp::date_in(b"Linux 6.4.0 (lab) \t11/20/26 \t_x86_64_");
/// assert_eq!(date.and_then(|date| date.year), Some(2026));
/// ```
#[must_use]
pub fn date_in(line: &[u8]) -> Option<Date> {
    // The release of the kernel before the host can look like a date.
    let host = memchr::memchr(b')', line)?;
    let words = line.get(host..)?.split(u8::is_ascii_whitespace);
    words.rev().find_map(|word| whole(numeric_date, word))
}

fn timestamp(input: &[u8]) -> Parsed<'_, Timestamp> {
    let gap = alt((value((), literal(b"T")), value((), space1)));
    let date = terminated(alt((numeric_date, named_date)), gap);
    map((opt(date), clock, opt(zone)), |(date, seconds, offset)| Timestamp {
        date,
        seconds,
        offset,
        is_epoch: false,
    })
    .parse(input)
}

/// `1795353600`
fn epoch(input: &[u8]) -> Parsed<'_, Timestamp> {
    let seconds = verify(number, |seconds| (100_000_000..100_000_000_000).contains(seconds));
    map(seconds, |seconds| Timestamp { seconds, is_epoch: true, ..Timestamp::default() })
        .parse(input)
}

/// `12:00:03 PM`, `12:00:03.123`
fn clock(input: &[u8]) -> Parsed<'_, u64> {
    let fraction = opt(preceded(literal(b"."), digit1));
    let parts = (two_digits, literal(b":"), two_digits, literal(b":"), two_digits, fraction);
    let half =
        opt(preceded(space0, alt((value(0, tag_no_case("AM")), value(12, tag_no_case("PM"))))));
    map_opt((parts, half), |((hour, (), minute, (), second, _), half)| {
        let hour = half.map_or(hour, |half| hour % 12 + half);
        (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3600 + minute * 60 + second)
    })
    .parse(input)
}

/// `+0100`, `+01:00` or `Z`
fn zone(input: &[u8]) -> Parsed<'_, i64> {
    let offset = map((one_of("+-"), two_digits, opt(literal(b":")), two_digits), offset_seconds);
    alt((value(0, literal(b"Z")), offset)).parse(input)
}

fn offset_seconds((sign, hours, _, minutes): (char, u64, Option<()>, u64)) -> i64 {
    let seconds = i64::try_from(hours * 3600 + minutes * 60).unwrap_or(0);
    if sign == '-' { -seconds } else { seconds }
}

/// `11/20/2026`, `20.11.26`, `2026-11-20`, `2026年11月20日`
fn numeric_date(input: &[u8]) -> Parsed<'_, Date> {
    let mark = || take_while1(|byte: u8| b"/.-".contains(&byte) || byte >= 0x80);
    let end = take_while_m_n(0, 3, |byte: u8| byte >= 0x80);
    let numbers = (short_number, mark(), short_number, mark(), short_number, end);
    map_opt(numbers, |(first, mark, second, _, third, _)| to_date(first, mark, second, third))
        .parse(input)
}

fn to_date(first: u64, mark: &[u8], second: u64, third: u64) -> Option<Date> {
    let year = |year: u64| Some(if year < 100 { year + 2000 } else { year });
    let date = match mark {
        _ if first > 31 => Date { year: Some(first), month: second, day: third },
        b"/" if first <= 12 => Date { year: year(third), month: first, day: second },
        _ => Date { year: year(third), month: second, day: first },
    };
    let is_valid = (1..=12).contains(&date.month) && (1..=31).contains(&date.day);
    is_valid.then_some(date)
}

/// `Nov 20`
fn named_date(input: &[u8]) -> Parsed<'_, Date> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let name = take_while_m_n(3, 3, |byte: u8| byte.is_ascii_alphabetic());
    let month = map_opt(name, |name: &[u8]| MONTHS.chunks(3).zip(1..).find(|(it, _)| *it == name));
    let day = preceded(space1, short_number);
    map((month, day), |((_, month), day)| Date { year: None, month, day }).parse(input)
}

fn two_digits(input: &[u8]) -> Parsed<'_, u64> {
    let digits = take_while_m_n(1, 2, |byte: u8| byte.is_ascii_digit());
    map_opt(digits, crate::text::whole_number).parse(input)
}

/// A number of at most four digits.
fn short_number(input: &[u8]) -> Parsed<'_, u64> {
    let digits = take_while_m_n(1, 4, |byte: u8| byte.is_ascii_digit());
    let end = peek(nom::combinator::not(digit1::<_, ParseError>));
    map_opt(terminated(digits, end), crate::text::whole_number).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<(Option<Date>, u64, Option<i64>)> {
        whole_line(text.as_bytes()).map(|time| (time.date, time.seconds, time.offset))
    }

    #[test]
    fn times_of_every_locale_are_read() {
        let date = Some(Date { year: Some(2026), month: 11, day: 20 });
        let noon = 12 * 3600 + 3;
        for text in [
            "11/20/2026 12:00:03 PM",
            "11/20/26 12:00:03",
            "20/11/2026 12:00:03",
            "20.11.2026 12:00:03",
            "2026-11-20 12:00:03",
            "20-11-26 12:00:03",
            "2026年11月20日 12:00:03",
        ] {
            assert_eq!(parse(text), Some((date, noon, None)), "{text}");
        }
        assert_eq!(parse("2026-11-20T12:00:03+0100"), Some((date, noon, Some(3600))));
        assert_eq!(parse("2026-11-20T12:00:03-05:30"), Some((date, noon, Some(-19_800))));
        assert_eq!(parse("2026-11-20T12:00:03Z"), Some((date, noon, Some(0))));
        assert_eq!(parse("12:00:03 AM"), Some((None, 3, None)));
        assert_eq!(parse("23:59:60"), Some((None, 86_400, None)), "a leap second");
        assert_eq!(parse("11:59:58 pm"), Some((None, 86_398, None)));
        let named = Some(Date { year: None, month: 11, day: 20 });
        assert_eq!(parse("Nov 20 12:00:03"), Some((named, noon, None)));
        let epoch = whole_line(b"1795353600").map(|time| (time.is_epoch, time.seconds));
        assert_eq!(epoch, Some((true, 1_795_353_600)));
    }

    #[test]
    fn other_text_is_no_time() {
        for text in [
            "",
            "12:00",
            "24:00:00",
            "25:00:00",
            "12:00:61",
            "12:60:00",
            "13/32/2026 12:00:00",
            "sda 12:00:03",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(prefix(b"12:00:03x sda"), None);
        assert_eq!(prefix(b"sda 12:00:03"), None);
        assert_eq!(date_in(b"Linux 5.4.20 (host) _x86_64_"), None);
    }

    #[test]
    fn years_of_two_digits_are_of_this_century() {
        let date = |text: &str| parse(text).and_then(|(date, ..)| date);
        let last = |year| Some(Date { year: Some(year), month: 12, day: 31 });
        assert_eq!(date("31.12.99 12:00:03"), last(2099));
        assert_eq!(date("31.12.100 12:00:03"), last(100));
        assert_eq!(date("12/31/26 12:00:03"), last(2026));
        assert_eq!(date("32-12-31 12:00:03"), last(32), "no month has 32 days");
        assert_eq!(date("32.13.26 12:00:03"), None);
    }

    #[test]
    fn a_time_may_precede_a_line() {
        let seconds = |line: &'static [u8]| prefix(line).map(|(time, rest)| (time.seconds, rest));
        assert_eq!(seconds(b"18:01:12 sda 1.00"), Some((64_872, &b"sda 1.00"[..])));
        assert_eq!(seconds(b"[18:01:12]\tsda"), Some((64_872, &b"sda"[..])));
        assert_eq!(seconds(b"18:01:12"), Some((64_872, &b""[..])));
        let date = Date { year: Some(2026), month: 11, day: 20 };
        assert_eq!(date_in(b"Linux 6.4.0 (lab) \t11/20/26 \t_x86_64_\t(8 CPU)"), Some(date));
    }
}
