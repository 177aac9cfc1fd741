//! Files of one number, and files of a name and a number a line.
//!
//! Sysfs gives most statistics as a file of one number (`Documentation/ABI/testing/sysfs-class-scsi_tape`):
//!
//! ```text
//! $ cat /sys/class/scsi_tape/st0/stats/read_byte_cnt
//! 2048000
//! ```
//!
//! `/proc/uptime` (`proc_uptime(5)`) is `144.04 109.63`: seconds since boot, and those that the
//! processors were idle. `/proc/stat` (`proc_stat(5)`) has lines such as `btime 1795353600`.

use crate::ParseError;
use crate::text::{lines, number, whole_hex, whole_number, word};
use core::time::Duration;

/// The one decimal number of a file. Blanks around it and NUL bytes behind it, which a saved copy of
/// a whole page has, do not count.
///
/// ```
/// assert_eq!(sysparse::counter::count(b"2048000\n"), Ok(2_048_000));
/// ```
///
/// # Errors
/// Anything else: no number, a sign, one beyond 64 bits, more than one.
#[inline]
pub fn count(file: &[u8]) -> Result<u64, ParseError> {
    let text = file.strip_suffix(b"\n").unwrap_or(file);
    whole_number(text)
        .or_else(|| whole_number(trimmed(file)))
        .ok_or(ParseError { expected: "one number of 64 bits", at: 0 })
}

/// The one hexadecimal number of a file, with or without `0x`, such as `iotmo_cnt` of a SCSI device.
///
/// # Errors
/// Anything else.
pub fn hex_count(file: &[u8]) -> Result<u64, ParseError> {
    let text = trimmed(file);
    whole_hex(text.strip_prefix(b"0x").unwrap_or(text))
        .ok_or(ParseError { expected: "one hexadecimal number of 64 bits", at: 0 })
}

/// The number behind a name at the start of a line, such as `btime` in `/proc/stat`.
///
/// # Errors
/// No such line, or no number in it.
pub fn named(file: &[u8], name: &[u8]) -> Result<u64, ParseError> {
    let line = lines(file).find(|line| word(line).0 == name);
    let value = line.and_then(|line| whole_number(word(line).1.trim_ascii()));
    value.ok_or(ParseError { expected: "a line of this name and a number", at: 0 })
}

/// The time since boot: the first number of `/proc/uptime`, in seconds with decimals.
///
/// # Errors
/// No such number.
pub fn uptime(file: &[u8]) -> Result<Duration, ParseError> {
    let seconds = word(trimmed(file)).0;
    let bad = ParseError { expected: "seconds since boot", at: 0 };
    let (rest, whole) = number(seconds).map_err(|_| bad)?;
    let nanos = match rest {
        [] => 0,
        [b'.', digits @ ..] => fraction_ns(digits).ok_or(bad)?,
        _ => return Err(bad),
    };
    Ok(Duration::new(whole, nanos))
}

/// Nanoseconds of the digits behind a decimal point; those beyond the ninth do not count.
fn fraction_ns(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let padded = digits.iter().copied().chain(core::iter::repeat(b'0'));
    Some(padded.take(9).fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

/// Without blanks around it and NUL bytes behind it.
fn trimmed(file: &[u8]) -> &[u8] {
    let end = file.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    file.get(..end).unwrap_or_default().trim_ascii()
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
    fn hexadecimal_counts_may_have_a_prefix() {
        assert_eq!([hex_count(b"0x1f\n"), hex_count(b"1f")], [Ok(31); 2]);
        assert!(hex_count(b"0x\n").is_err() && hex_count(b"-0x1").is_err());
    }

    #[test]
    fn a_named_number_is_found_by_its_whole_name() {
        let stat = b"cpu  1 2\nbtimes 3\nbtime 1795353600\nintr 1 2\n";
        assert_eq!(named(stat, b"btime"), Ok(1_795_353_600));
        assert!(named(stat, b"intr").is_err() && named(b"", b"btime").is_err());
    }

    #[test]
    fn uptime_has_decimals() {
        assert_eq!(uptime(b"144.04 109.63\n"), Ok(Duration::from_millis(144_040)));
        assert_eq!(uptime(b"7\n"), Ok(Duration::from_secs(7)));
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
            for end in 0..=sample.len() {
                let mut changed = std::vec::Vec::from(&sample[..end]);
                for at in 0..end {
                    for byte in 0..=u8::MAX {
                        changed[at] = byte;
                        let _ = (count(&changed), hex_count(&changed), uptime(&changed));
                        let _ = named(&changed, b"btime");
                    }
                    changed[at] = sample[at];
                }
            }
        }
    }
}
