//! The stamp, which identifies the event of a record: `audit(1477415593.489:57658):`.

use crate::grammar::{Parsed, literal, no_match, number};
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{fail, map, peek, recognize};
use nom::error::context;
use nom::sequence::{preceded, terminated};

/// When an event happened and which one it is: `1477415593.489:57658`.
///
/// Serials begin again at each boot, and daemon records have serials of their own; with the time
/// and the node a serial names one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Stamp {
    /// Seconds since the epoch.
    pub seconds: u64,
    /// The fraction as printed, three digits: milliseconds.
    pub millis: u64,
    /// The event's number since boot.
    pub serial: u64,
}

impl Stamp {
    /// Reads `1477415593.489:57658`, a record's [`event`](super::Record::event); zeros if it is
    /// none.
    ///
    /// ```
    /// let stamp = sysparse::audit::Stamp::parse(b"1477415593.489:57658");
    /// assert_eq!((stamp.seconds, stamp.millis, stamp.serial), (1_477_415_593, 489, 57658));
    /// ```
    #[must_use]
    #[inline]
    pub fn parse(event: &[u8]) -> Stamp {
        stamp(event).map(|(_, stamp)| stamp).unwrap_or_default()
    }
}

const FORM: &str = "audit(SECONDS.MILLIS:SERIAL):";
pub(super) const INTERPRETED: &str =
    "audit(SECONDS.MILLIS:SERIAL): (which ausearch prints with --raw)";

/// The event in `msg=audit(1477415593.489:57658):`. Some records of auditd itself have no colon, such
/// as `type=DAEMON_CONFIG msg=audit(1490239800.477:34) config changed`.
#[cold]
#[inline(never)]
pub(super) fn event(input: &[u8]) -> Parsed<'_, &[u8]> {
    context(FORM, preceded(opening, stamp_and_end)).parse(input)
}

/// `1477415593.489:57658):`
#[cold]
#[inline(never)]
pub(super) fn stamp_and_end(input: &[u8]) -> Parsed<'_, &[u8]> {
    let end = alt((literal(b"):"), terminated(literal(b")"), peek(literal(b" ")))));
    context(FORM, terminated(recognize(stamp), end)).parse(input)
}

/// `msg=audit(`; the kernel itself writes no `msg=`.
pub(super) fn opening(input: &[u8]) -> Parsed<'_, ()> {
    alt((literal(b"msg=audit("), literal(b"audit("))).parse(input)
}

/// `1477415593.489:57658`
#[inline]
fn stamp(input: &[u8]) -> Parsed<'_, Stamp> {
    let parts = (terminated(number, point), terminated(number, literal(b":")), number);
    map(parts, |(seconds, millis, serial)| Stamp { seconds, millis, serial }).parse(input)
}

/// The point after the seconds; a date such as `11/22/26 13:08:13.368:22` is no stamp.
#[inline]
fn point(input: &[u8]) -> Parsed<'_, ()> {
    alt((literal(b"."), preceded(peek(literal(b"/")), context(INTERPRETED, fail())))).parse(input)
}

/// The same as [`stamp_and_end`] for ten digits of seconds, three of milliseconds and up to ten of the
/// serial, as stamps are from 2001 to 2286: +7 to 9 % CPU without, docs/performance.md.
#[inline(always)]
pub(super) fn fast_stamp(start: &[u8]) -> Parsed<'_, &[u8]> {
    let (rest, ()) = fast_time(start)?;
    let (event, end) = start.split_at_checked(16 + leading_digits(rest)).unwrap_or_default();
    let (body, ()) = literal(b"):")(end)?;
    Ok((body, event))
}

/// The number of digits, up to eight, at the start of a text.
#[inline(always)]
fn leading_digits(text: &[u8]) -> usize {
    let Some(start) = text.first_chunk() else { return count_digits(text) };
    mismatches(*start, b"00000000").trailing_zeros() as usize / 8
}

#[cold]
fn count_digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// `1477415593.489:5`: the time, and the first digit of the serial.
#[inline(always)]
pub(super) fn fast_time(start: &[u8]) -> Parsed<'_, ()> {
    let (time, rest) = start.split_first_chunk::<16>().ok_or(no_match(start))?;
    let word = |bytes: Option<&[u8; 8]>| bytes.copied().unwrap_or_default();
    let others = mismatches(word(time.first_chunk()), b"00000000")
        | mismatches(word(time.last_chunk()), b"00.000:0");
    if others == 0 { Ok((rest, ())) } else { Err(no_match(start)) }
}

/// The highest bit of each byte of `word` that differs from `form`, in which `0` stands for any digit.
#[inline(always)]
fn mismatches(word: [u8; 8], form: &[u8; 8]) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    let largest = form.map(|byte| if byte == b'0' { 9 } else { 0 });
    let values = u64::from_le_bytes(word) ^ u64::from_le_bytes(*form);
    (((values & LOW) + (LOW - u64::from_le_bytes(largest))) | values) & !LOW
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_path_agrees_with_the_grammar() {
        let mut agreed = 0;
        for sample in ["1477415593.489:57658", "1477415593.489:1234567890", "99.5:12345678901"] {
            let sample = std::format!("{sample}): a");
            for at in 0..sample.len() {
                for byte in test_support::every_byte() {
                    let mut changed = sample.clone().into_bytes();
                    changed[at] = byte;
                    for input in [&changed[..], &changed[..at]] {
                        let fast = fast_stamp(input).ok();
                        assert!(fast.is_none() || fast == stamp_and_end(input).ok());
                        agreed += u32::from(fast.is_some());
                    }
                }
            }
        }
        assert!(agreed > if cfg!(miri) { 0 } else { 1000 });
    }

    #[test]
    fn two_wrong_bytes_do_not_make_up_for_each_other() {
        let sample = b"1477415593.489:57658): a";
        assert!(fast_time(sample).is_ok());
        for at in 0..8 {
            let mut changed = *sample;
            (changed[at], changed[at + 8]) = (b'x', b'x');
            assert!(fast_time(&changed).is_err(), "{at}");
        }
    }

    #[test]
    fn a_stamp_has_numbers_of_any_length() {
        let stamp = |seconds, millis, serial| Stamp { seconds, millis, serial };
        assert_eq!(Stamp::parse(b"1477415593.489:57658"), stamp(1_477_415_593, 489, 57_658));
        assert_eq!(Stamp::parse(b"99.5:123456789"), stamp(99, 5, 123_456_789));
        assert_eq!(Stamp::parse(b"14774155930.489:1"), stamp(14_774_155_930, 489, 1));
        assert_eq!(Stamp::parse(b""), Stamp::default());
    }

    #[test]
    fn an_event_is_found_with_and_without_msg() {
        for opening in ["msg=", ""] {
            for stamp in ["1477415593.489:57658", "1477415593.489:1", "99.5:12345678"] {
                let input = std::format!("{opening}audit({stamp}): a");
                assert_eq!(event(input.as_bytes()), Ok((&b" a"[..], stamp.as_bytes())));
            }
        }
        let bare = b"msg=audit(1477415593.489:57658) a";
        assert_eq!(event(bare), Ok((&b" a"[..], &b"1477415593.489:57658"[..])));
        for damaged in [
            "msg=audit(1477415593.489:57658)a",
            "msg=audit(1477415593.489:57658)",
            "msg=audit(1477415593.489:): a",
            "msg=audit(14774x5593.489:57658): a",
            "msg=audit(1477415593,489:57658): a",
            "msg=audit(1477415593.489;57658): a",
            "msg=audit(1477415593.4.9:57658): a",
        ] {
            assert!(event(damaged.as_bytes()).is_err(), "{damaged}");
        }
    }
}
