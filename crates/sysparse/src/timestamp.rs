//! The times that `iostat -t`, `sar` and `ts` print, in the forms of most locales.
//!
//! ```text
//! 11/20/2026 12:00:03 PM
//! 2026-11-20T12:00:03+0100
//! 20.11.2026 12.00.03
//! 2026年11月20日 12時00分03秒
//! Time: 12:00:03 PM
//! Nov 20 12:00:03 sda  1.00 ...
//! [12:00:03] sda  1.00 ...
//! 1795353600
//! ```
//!
//! Of `11/20/2026` the first number is the month, unless it is larger than 12. [`Date::order`] says
//! whether that is certain. The third is Finnish, the
//! fourth Japanese, `Time:` of sysstat before 9.1. Of the words for morning and afternoon, only
//! AM and PM are known. Sources: iostat(1), sar(1), ts(1), the locales of glibc.

use crate::ParseError;
use crate::grammar::{Parsed, literal, number, whole};
use core::ops::RangeInclusive;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while_m_n, take_while1};
use nom::character::complete::{digit1, one_of, space0, space1};
use nom::combinator::{eof, map, map_opt, not, opt, peek, rest, value, verify};
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
    /// Whether AM or PM follows.
    pub has_half: bool,
    /// Whether an unknown word follows, which may mean AM or PM.
    pub is_ambiguous: bool,
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
    /// What its form says about the order of day and month.
    pub order: DateOrder,
}

/// The order of day and month in a date with slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// It does not matter, as in `05/05/2026`, or does not follow from the date, as in `2026-11-20`.
    #[default]
    None,
    /// The month comes first, as in `11/20/2026`.
    MonthFirst,
    /// The day comes first, as in `20/11/2026`.
    DayFirst,
    /// It may be either, as in `05/11/2026`, which is read with the month first.
    Unknown,
}

impl Date {
    /// The date with day and month exchanged.
    #[must_use]
    pub fn exchanged(self) -> Date {
        Date { month: self.day, day: self.month, ..self }
    }
}

/// The time that a whole line is. If a date is in it, or `Time:` before it, an unknown word may follow.
///
/// ```
/// let time = sysparse::timestamp::whole_line(b"11/20/2026 12:00:03 AM").expect("a time");
/// assert_eq!((time.seconds, time.date.map(|date| date.day)), (3, Some(20)));
/// ```
#[must_use]
pub fn whole_line(line: &[u8]) -> Option<Timestamp> {
    let labelled = map(preceded((literal(b"Time:"), space0), with_word), |(time, _)| Some(time));
    let dated =
        map(with_word, |(time, word)| (word.is_empty() || time.date.is_some()).then_some(time));
    let time = map_opt(alt((labelled, dated, map(epoch, Some))), |time| time);
    whole(delimited(space0, time, space0), line)
}

/// The longest word that may mean AM or PM.
const WORD_MAX: usize = 40;

/// `20/11/2026 12:00:03 μμ`: a time and the rest of its line.
fn with_word(input: &[u8]) -> Parsed<'_, (Timestamp, &[u8])> {
    let word = map(rest, <[u8]>::trim_ascii);
    let word =
        verify(word, |word: &[u8]| word.len() <= WORD_MAX && !word.iter().any(u8::is_ascii_digit));
    map((timestamp, word), |(time, word)| {
        (Timestamp { is_ambiguous: !time.has_half && !word.is_empty(), ..time }, word)
    })
    .parse(input)
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
    let after = line.get(host..)?;
    let columns = after.split(|byte| *byte == b'\t').map(<[u8]>::trim_ascii);
    let words = after.split(u8::is_ascii_whitespace);
    columns.rev().chain(words.rev()).find_map(|word| whole(numeric_date, word))
}

fn timestamp(input: &[u8]) -> Parsed<'_, Timestamp> {
    let gap = alt((value((), literal(b"T")), value((), space1)));
    let date = terminated(alt((numeric_date, named_date)), gap);
    // `12.00.03` looks like a date.
    let dated = (map(date, Some), clock);
    let parts = (alt((dated, map(clock, |clock| (None, clock)))), opt(zone));
    map(parts, |((date, (seconds, has_half)), offset)| Timestamp {
        date,
        seconds,
        offset,
        has_half,
        ..Timestamp::default()
    })
    .parse(input)
}

/// `1795353600`
fn epoch(input: &[u8]) -> Parsed<'_, Timestamp> {
    let seconds = verify(number, |seconds| (100_000_000..100_000_000_000).contains(seconds));
    map(seconds, |seconds| Timestamp { seconds, is_epoch: true, ..Timestamp::default() })
        .parse(input)
}

/// `12:00:03 PM`, `12:00:03.123`, `12.00.03`, `12時00分03秒`: the seconds, and whether AM or PM follows.
fn clock(input: &[u8]) -> Parsed<'_, (u64, bool)> {
    let fraction = opt(preceded(literal(b"."), digit1));
    let usual = (two_digits, literal(b":"), two_digits, literal(b":"), two_digits, fraction);
    let usual = map(usual, |(hour, (), minute, (), second, _)| [hour, minute, second]);
    map_opt((alt((usual, with_points, with_signs)), opt(half)), |([hour, minute, second], half)| {
        let is_valid = hour < 24 && minute < 60 && second <= 60 && (half.is_none() || hour <= 12);
        let hour = half.map_or(hour, |half| hour % 12 + half);
        is_valid.then_some((hour * 3600 + minute * 60 + second, half.is_some()))
    })
    .parse(input)
}

/// `12.00.03`, as in Finland
fn with_points(input: &[u8]) -> Parsed<'_, [u64; 3]> {
    let digits = || take_while_m_n(2, 2, |byte: u8| byte.is_ascii_digit());
    let number = || map_opt(digits(), crate::text::whole_number);
    let parts = (number(), literal(b"."), number(), literal(b"."), number());
    map(parts, |(hour, (), minute, (), second)| [hour, minute, second]).parse(input)
}

/// `12時00分03秒` or `12시 00분 03초`
fn with_signs(input: &[u8]) -> Parsed<'_, [u64; 3]> {
    let hours = (alt((tag("時"), tag("时"), tag("시"))), space0);
    let minutes = (alt((tag("分"), tag("분"))), space0);
    let seconds = alt((tag("秒"), tag("초")));
    let parts = (two_digits, hours, two_digits, minutes, two_digits, seconds);
    map(parts, |(hour, _, minute, _, second, _)| [hour, minute, second]).parse(input)
}

/// ` PM` or ` p. m.`: the hours before it
fn half(input: &[u8]) -> Parsed<'_, u64> {
    let letter = alt((value(0, tag_no_case("a")), value(12, tag_no_case("p"))));
    let dots = (literal(b"."), space0, tag_no_case("m."));
    let end = alt((value((), dots), value((), (tag_no_case("m"), not(word_byte)))));
    delimited(space0, letter, end).parse(input)
}

/// A byte that would make the word longer.
fn word_byte(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while_m_n(1, 1, |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80).parse(input)
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

/// `11/20/2026`, `20.11.26`, `20. 11. 2026`, `2026-11-20`, `2026.11.20.`, `2026年11月20日`
fn numeric_date(input: &[u8]) -> Parsed<'_, Date> {
    let mark = || {
        let mark = take_while1(|byte: u8| b"/.-".contains(&byte) || byte >= 0x80);
        terminated(mark, opt(literal(b" ")))
    };
    let sign = take_while_m_n(1, 3, |byte: u8| byte >= 0x80);
    let end = opt(alt((value((), sign), literal(b"."))));
    let numbers = (short_number, mark(), short_number, mark(), short_number, end);
    map_opt(numbers, |(first, mark, second, next, third, _)| {
        to_date(first, mark == b"/" && next == b"/", second, third)
    })
    .parse(input)
}

/// The years of which dates are known. Others are of another calendar.
const YEARS: RangeInclusive<u64> = 1970..=2200;

fn to_date(first: u64, has_slashes: bool, second: u64, third: u64) -> Option<Date> {
    let year = |year: u64| Some(if year < 100 { year + 2000 } else { year });
    let order = match (has_slashes, first, second) {
        (true, 13..=31, _) => DateOrder::DayFirst,
        (true, ..=12, 13..) => DateOrder::MonthFirst,
        (true, ..=12, _) if first != second => DateOrder::Unknown,
        _ => DateOrder::None,
    };
    let date = if first > 31 {
        Date { year: Some(first), month: second, day: third, order }
    } else if has_slashes && first <= 12 {
        Date { year: year(third), month: first, day: second, order }
    } else {
        Date { year: year(third), month: second, day: first, order }
    };
    let is_known = date.year.is_some_and(|year| YEARS.contains(&year));
    let is_valid = (1..=12).contains(&date.month) && (1..=31).contains(&date.day);
    (is_known && is_valid).then_some(date)
}

/// `Nov 20`
fn named_date(input: &[u8]) -> Parsed<'_, Date> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let name = take_while_m_n(3, 3, |byte: u8| byte.is_ascii_alphabetic());
    let month = map_opt(name, |name: &[u8]| MONTHS.chunks(3).zip(1..).find(|(it, _)| *it == name));
    let day = preceded(space1, short_number);
    map((month, day), |((_, month), day)| Date { month, day, ..Date::default() }).parse(input)
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
mod tests;
