//! Files of one number, and files with a name and a number on each line.
//!
//! Sysfs has most statistics in files of one number:
//!
//! ```text
//! $ cat /sys/class/scsi_tape/st0/stats/read_byte_cnt
//! 2048000
//! $ cat /sys/class/scsi_tape/st0/device/iotmo_cnt
//! 0x1f
//! $ cat /proc/uptime
//! 144.04 109.63
//! $ grep btime /proc/stat
//! btime 1795353600
//! ```
//!
//! Sources: `Documentation/ABI/testing/sysfs-class-scsi_tape` of Linux, `proc_uptime(5)` (seconds
//! since boot, and seconds that the processors were idle), `proc_stat(5)`.

use crate::ParseError;
use crate::grammar::{Parsed, expect, hex, is_blank, literal, number, parse, whole};
use crate::text::lines;
use core::time::Duration;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{digit1, space1};
use nom::combinator::{all_consuming, eof, map, opt};
use nom::sequence::{delimited, preceded, terminated};

/// The one decimal number of a file. Blanks around it do not count, nor do NUL bytes after it, as
/// a saved copy of a whole page has them.
///
/// ```
/// assert_eq!(sysparse::counter::count(b"2048000\n"), Ok(2_048_000));
/// ```
///
/// # Errors
/// Anything else: no number, a sign, one beyond 64 bits, more than one.
#[inline]
pub fn count(file: &[u8]) -> Result<u64, ParseError> {
    parse(file, expect("one number of 64 bits", alone(number)))
}

/// The one decimal number of a file, which may be below zero: the kernel prints some counters with a
/// sign, because it subtracts from them.
///
/// ```
/// assert_eq!(sysparse::counter::signed_count(b"-262144\n"), Ok(-262_144));
/// ```
///
/// # Errors
/// Anything else: no number, one beyond 64 bits, more than one.
pub fn signed_count(file: &[u8]) -> Result<i128, ParseError> {
    let signed = map((opt(literal(b"-")), number), |(minus, number)| {
        let number = i128::from(number);
        if minus.is_some() { -number } else { number }
    });
    parse(file, expect("one number of 64 bits", alone(signed)))
}

/// The one hexadecimal number of a file, with or without `0x`: `iotmo_cnt` of a SCSI device.
///
/// ```
/// assert_eq!(sysparse::counter::hex_count(b"0x1f\n"), Ok(31));
/// ```
///
/// # Errors
/// Anything else.
pub fn hex_count(file: &[u8]) -> Result<u64, ParseError> {
    let prefixed = preceded(opt(literal(b"0x")), hex);
    parse(file, expect("one hexadecimal number of 64 bits", alone(prefixed)))
}

/// The number after `name` at the start of a line, such as `btime` in `/proc/stat`.
///
/// ```
/// let stat = b"cpu  1 2\nbtime 1795353600\n";
/// assert_eq!(sysparse::counter::value(stat, b"btime"), Ok(1_795_353_600));
/// ```
///
/// # Errors
/// No such line.
pub fn value(file: &[u8], name: &[u8]) -> Result<u64, ParseError> {
    let named = |line| whole(delimited((tag(name), space1), number, whitespace), line);
    let expected = "a line of this name and a number";
    lines(file).find_map(named).ok_or(ParseError { expected, at: 0 })
}

/// The time since boot: the first number of `/proc/uptime`, in seconds with decimals.
///
/// ```
/// let uptime = sysparse::counter::uptime(b"144.04 109.63\n")?;
/// assert_eq!(uptime.as_millis(), 144_040);
/// # Ok::<(), sysparse::ParseError>(())
/// ```
///
/// # Errors
/// No such number.
pub fn uptime(file: &[u8]) -> Result<Duration, ParseError> {
    let end = alt((take_while1(is_blank), terminated(take_while(is_filling), eof)));
    parse(file, expect("seconds since boot", delimited(whitespace, seconds, end)))
}

/// `144.04`
fn seconds(input: &[u8]) -> Parsed<'_, Duration> {
    let fraction = opt(preceded(literal(b"."), digit1));
    map((number, fraction), |(seconds, digits)| {
        Duration::new(seconds, digits.map_or(0, fraction_ns))
    })
    .parse(input)
}

/// Nanoseconds of the digits after a decimal point; those beyond the ninth do not count.
fn fraction_ns(digits: &[u8]) -> u32 {
    let padded = digits.iter().copied().chain(core::iter::repeat(b'0'));
    padded.take(9).fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
}

/// Nothing but a value, with blanks around it and NUL bytes after it.
fn alone<'a, T>(
    value: impl Parser<&'a [u8], Output = T, Error = ParseError>,
) -> impl Parser<&'a [u8], Output = T, Error = ParseError> {
    all_consuming(delimited(whitespace, value, (whitespace, take_while(|byte| byte == 0))))
}

fn whitespace(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while(|byte: u8| byte.is_ascii_whitespace()).parse(input)
}

fn is_filling(byte: u8) -> bool {
    byte == 0 || byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_one_number() {
        let mut page = [0; 4096];
        page[..3].copy_from_slice(b"12\n");
        assert_eq!(count(&page), Ok(12));
        assert_eq!(count(b" 7 \n"), Ok(7));
        assert_eq!(count(b"18446744073709551615"), Ok(u64::MAX));
        for bad in [&b""[..], b"\n", b"-1\n", b"1 2\n", b"1\x002", b"x", b"18446744073709551616"] {
            assert!(count(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_signed_count_may_be_below_zero() {
        assert_eq!([signed_count(b"-131072\n"), signed_count(b" 7\n\0")], [Ok(-131_072), Ok(7)]);
        assert_eq!(signed_count(b"18446744073709551615"), Ok(u64::MAX.into()));
        for bad in [&b""[..], b"-", b"- 1", b"--1", b"+1", b"1-", b"-18446744073709551616"] {
            assert!(signed_count(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn hexadecimal_counts_may_have_a_prefix() {
        assert_eq!([hex_count(b"0x1f\n"), hex_count(b"1f")], [Ok(31); 2]);
        assert!(hex_count(b"0x\n").is_err() && hex_count(b"-0x1").is_err());
    }

    #[test]
    fn a_named_number_is_found_by_its_whole_name() {
        let stat = b"cpu  1 2\nbtimes 3\nbtime 1795353600\nintr 1 2\n";
        assert_eq!(value(stat, b"btime"), Ok(1_795_353_600));
        assert!(value(stat, b"intr").is_err() && value(b"", b"btime").is_err());
    }

    #[test]
    fn uptime_has_decimals() {
        assert_eq!(uptime(b"144.04 109.63\n"), Ok(Duration::from_millis(144_040)));
        assert_eq!(uptime(b"7\n"), Ok(Duration::from_secs(7)));
        assert_eq!(uptime(b"7\0\n\0"), Ok(Duration::from_secs(7)));
        assert!(uptime(b"7\0x").is_err() && uptime(b"7x").is_err());
        assert_eq!(uptime(b"0.1234567899"), Ok(Duration::from_nanos(123_456_789)));
        for bad in [&b""[..], b".5", b"5.", b"-1.0", b"1,5", b"1e3", b"18446744073709551616.0"] {
            assert!(uptime(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn every_prefix_and_every_changed_byte_is_read_without_panic() {
        let samples =
            [&b"2048000\n"[..], b"0xffff\n", b"btime 17\nx\n", b"144.04 109.63\n", b"12\n\0\0"];
        for sample in samples {
            for end in test_support::places(sample.len() + 1) {
                let mut changed = std::vec::Vec::from(&sample[..end]);
                for at in test_support::places(end) {
                    for byte in test_support::every_byte() {
                        changed[at] = byte;
                        let _ = (count(&changed), hex_count(&changed), uptime(&changed));
                        let _ = value(&changed, b"btime");
                    }
                    changed[at] = sample[at];
                }
            }
        }
    }
}
