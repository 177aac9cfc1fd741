//! Names that the kernel gives to devices.
//!
//! ```text
//! 2:0:1:0      LUN 0 of target 1 on channel 0 of SCSI host 2
//! nvme1c0n2    namespace 2 of NVMe subsystem 1, through controller 0
//! nvme1n2      namespace 2 of NVMe subsystem 1; without multipathing, of controller 1
//! st3          SCSI tape drive 3
//! ```
//!
//! Source: `Documentation/scsi/scsi_mid_low_api.rst` and `drivers/nvme/host/multipath.c` of Linux.

use crate::ParseError;
use crate::grammar::{Parsed, expect, literal, number, parse, whole};
use crate::text::whole_number;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{all_consuming, map_parser, opt, peek, recognize, value};
use nom::multi::many0_count;
use nom::sequence::{preceded, separated_pair};

/// The address of a SCSI device: host, channel, target and LUN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hctl<'a> {
    /// The number of the host; `#` if the device was removed.
    pub host: &'a [u8],
    /// The address without the LUN, such as `2:0:1`.
    pub target: &'a [u8],
}

impl<'a> Hctl<'a> {
    /// Parses an address. multipath prints one of three or more parts for devices of other kinds,
    /// and `#` for each part that is unknown.
    ///
    /// ```
    /// use sysparse::device_name::Hctl;
    ///
    /// let address = Hctl::parse(b"2:0:1:0")?;
    /// assert_eq!((address.host, address.target), (&b"2"[..], &b"2:0:1"[..]));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// Anything else than three or more numbers or `#` with colons between them.
    pub fn parse(name: &'a [u8]) -> Result<Hctl<'a>, ParseError> {
        let host = map_parser(peek(all_consuming(hctl)), recognize(part));
        let host = parse(name, expect("an address such as 2:0:1:0", host))?;
        let last = name.iter().rposition(|byte| *byte == b':').unwrap_or(0);
        Ok(Hctl { host, target: name.get(..last).unwrap_or_default() })
    }
}

/// `2:0:1:0`: three or more parts.
pub(crate) fn hctl(input: &[u8]) -> Parsed<'_, &[u8]> {
    let more = many0_count(preceded(literal(b":"), part));
    recognize((part, literal(b":"), part, literal(b":"), part, more)).parse(input)
}

/// `2`, or `#` if it is unknown.
pub(crate) fn part(input: &[u8]) -> Parsed<'_, ()> {
    alt((value((), number), literal(b"#"))).parse(input)
}

/// The name of an NVMe block device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NvmeName {
    /// The number of the subsystem; without multipathing, of the controller.
    pub instance: u64,
    /// The number of the controller, if the device is one of several paths to the namespace.
    pub controller: Option<u64>,
    /// The number of the namespace.
    pub namespace: u64,
}

impl NvmeName {
    /// Parses the name of an NVMe block device, but not that of a partition.
    ///
    /// ```
    /// use sysparse::device_name::NvmeName;
    ///
    /// let name = NvmeName::parse(b"nvme1c0n2")?;
    /// assert_eq!((name.instance, name.controller, name.namespace), (1, Some(0), 2));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// Any other name.
    pub fn parse(name: &[u8]) -> Result<NvmeName, ParseError> {
        let instance = preceded(literal(b"nvme"), number);
        let controller = opt(preceded(literal(b"c"), number));
        let namespace = preceded(literal(b"n"), number);
        let whole = all_consuming((instance, controller, namespace));
        let (instance, controller, namespace) =
            parse(name, expect("a name such as nvme1n2", whole))?;
        Ok(NvmeName { instance, controller, namespace })
    }
}

/// The number of a device whose name is `prefix` and a number; `None` for any other name. A number
/// with leading zeros is not one that the kernel gives.
///
/// ```
/// use sysparse::device_name::number_after;
///
/// assert_eq!(number_after(b"st", b"st3"), Some(3));
/// assert_eq!(number_after(b"st", b"st03"), None);
/// ```
#[must_use]
pub fn number_after(prefix: &[u8], name: &[u8]) -> Option<u64> {
    let digits = name.strip_prefix(prefix)?;
    whole_number(digits).filter(|_| digits == b"0" || !digits.starts_with(b"0"))
}

/// Major and minor number of a block device.
///
/// ```
/// assert_eq!(sysparse::device_name::device_number(b"8:16"), Some((8, 16)));
/// ```
#[must_use]
pub fn device_number(text: &[u8]) -> Option<(u64, u64)> {
    whole(separated_pair(number, literal(b":"), number), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_three_or_more_parts() {
        let parse = |name| Hctl::parse(name).ok().map(|hctl| (hctl.host, hctl.target));
        assert_eq!(parse(b"#:#:#:#"), Some((&b"#"[..], &b"#:#:#"[..])));
        assert_eq!(parse(b"1:0:1"), Some((&b"1"[..], &b"1:0"[..])));
        for bad in [&b""[..], b"0:0", b"0:0:0:", b":0:0:0", b"0:0:x:0", b"0000:00:1f.2", b"1::1:0"]
        {
            assert_eq!(parse(bad), None, "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn an_nvme_name_has_a_namespace() {
        let parse = |name| NvmeName::parse(name).ok().map(|it| (it.instance, it.controller));
        assert_eq!(parse(b"nvme12n3"), Some((12, None)));
        assert_eq!(parse(b"nvme1c22n3"), Some((1, Some(22))));
        for bad in [&b""[..], b"nvme0", b"nvme0n1p1", b"nvmen1", b"nvme0cn1", b"sda", b"nvme0c1"] {
            assert_eq!(parse(bad), None, "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn a_numbered_name_is_written_as_the_kernel_writes_it() {
        for (name, number) in [(&b"st0"[..], Some(0)), (b"st12", Some(12)), (b"st", None)] {
            assert_eq!(number_after(b"st", name), number);
        }
        for bad in [&b"st+1"[..], b"st01", b"st1x", b"nst1", b"st99999999999999999999"] {
            assert_eq!(number_after(b"st", bad), None, "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn every_prefix_and_every_changed_byte_is_read_without_panic() {
        for sample in [&b"2:0:1:0"[..], b"nvme1c0n2", b"st3"] {
            for end in test_support::places(sample.len() + 1) {
                let mut changed = std::vec::Vec::from(&sample[..end]);
                for at in test_support::places(end) {
                    for byte in test_support::every_byte() {
                        changed[at] = byte;
                        let _ = (Hctl::parse(&changed).ok(), NvmeName::parse(&changed).ok());
                        let _ = number_after(b"st", &changed);
                    }
                    changed[at] = sample[at];
                }
            }
        }
    }

    #[test]
    fn a_device_number_is_two_numbers() {
        assert_eq!([&b"8:16"[..], b"259:0"].map(device_number), [Some((8, 16)), Some((259, 0))]);
        for bad in [&b""[..], b"8", b"8:", b":16", b"8:16:1", b"8 16", b"-8:16", b"x:16"] {
            assert_eq!(device_number(bad), None, "{}", bad.escape_ascii());
        }
    }
}
