//! What tells one event from another: `audit(1477415593.489:57658):`.

use crate::text::{self, literal};
use nom::branch::alt;
use nom::combinator::recognize;
use nom::sequence::{separated_pair, terminated};
use nom::{IResult, Parser};

/// When an event happened and which one it is: `1477415593.489:57658`.
///
/// The serial alone starts anew at each boot, and daemon records count their own; with the time and
/// the node it names one event.
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
    /// Reads `1477415593.489:57658`, a record's [`event`](super::Record::event).
    #[must_use]
    #[inline]
    pub fn of(event: &[u8]) -> Stamp {
        Stamp::of_usual(event).or_else(|| Some(parts(event).ok()?.1)).unwrap_or_default()
    }

    #[inline]
    fn of_usual(event: &[u8]) -> Option<Stamp> {
        let (time, serial) = event.split_first_chunk::<15>()?;
        let [high @ .., s9, s10, b'.', m1, m2, m3, b':'] = time else { return None };
        let low = text::eight_digits([b'0', b'0', b'0', *s9, *s10, *m1, *m2, *m3])?;
        Some(Stamp {
            seconds: text::eight_digits(*high)? * 100 + low / 1000,
            millis: low % 1000,
            serial: text::last_digits(*event.last_chunk()?, serial.len())?,
        })
    }
}

/// The event in `msg=audit(1477415593.489:57658):`, and what follows. The kernel itself writes no
/// `msg=`.
pub(super) fn any(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (input, ()) = alt((literal(b"msg=audit("), literal(b"audit("))).parse(input)?;
    let (body, event) = terminated(recognize(parts), literal(b"):")).parse(input)?;
    Ok((event, body))
}

/// `1477415593.489:57658`
fn parts(input: &[u8]) -> IResult<&[u8], Stamp> {
    let time = separated_pair(text::number, literal(b"."), text::number);
    let (input, (seconds, millis)) = terminated(time, literal(b":")).parse(input)?;
    let (input, serial) = text::number(input)?;
    Ok((input, Stamp { seconds, millis, serial }))
}

/// The same as [`any`], if the seconds have ten digits, as they had from 2001 to 2286, the fraction
/// three and the serial up to seven: all places are known.
#[inline(always)]
#[allow(clippy::inline_always, reason = "every record that counts has one")]
pub(super) fn usual(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let input = input.strip_prefix(b"msg=audit(")?;
    let serial = input.get(15..)?;
    let (high, low) = (input.first_chunk()?, input.get(7..15)?.first_chunk()?);
    let digits = text::count_digits(*serial.first_chunk()?);
    let is_usual = text::fits(*high, b"00000000") && text::fits(*low, b"000.000:");
    let body = serial.get(digits..)?.strip_prefix(b"):")?;
    let event = input.get(..15 + digits)?;
    (is_usual && digits > 0).then_some((event, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_find_the_same() {
        for text in [
            "msg=audit(1477415593.489:57658): a",
            "msg=audit(1477415593.489:1):         ",
            "msg=audit(1477415593.489:1234567): ",
            "msg=audit(1477415593.489:12345678): abcdefgh",
            "msg=audit(147741559.489:57658): abcdefgh",
            "msg=audit(1477415593.48:57658): abcdefgh",
            "msg=audit(1477415593.489:57658) abcdefgh",
            "msg=audit(1477415593.489:): abcdefgh",
            "msg=audit(14774x5593.489:57658): abcdefgh",
            "msg=audit(1477415593,489:57658): abcdefgh",
            "msg=audit(1477415593.489;57658): abcdefgh",
            "msg=audit(1477415593.4.9:57658): abcdefgh",
            "audit(1477415593.489:57658): abcdefgh",
        ] {
            let any = any(text.as_bytes()).ok();
            if let Some(usual) = usual(text.as_bytes()) {
                assert_eq!(Some(usual), any, "{text}");
            }
            if let Some((event, _)) = any {
                assert_eq!(Stamp::of(event), parts(event).expect("a stamp").1, "{text}");
            }
        }
        assert!(usual(b"msg=audit(1477415593.489:57658): a").is_some());
    }

    #[test]
    fn a_stamp_of_another_time_is_read_too() {
        let stamp = |seconds, millis, serial| Stamp { seconds, millis, serial };
        assert_eq!(Stamp::of(b"1477415593.489:57658"), stamp(1_477_415_593, 489, 57_658));
        assert_eq!(Stamp::of(b"99.5:123456789"), stamp(99, 5, 123_456_789));
        assert_eq!(Stamp::of(b"14774155930.489:1"), stamp(14_774_155_930, 489, 1));
        assert_eq!(Stamp::of(b""), Stamp::default());
    }
}
