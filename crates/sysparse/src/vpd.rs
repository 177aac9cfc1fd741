//! Vital product data of SCSI devices.
//!
//! The kernel keeps the pages in files such as `/sys/class/scsi_tape/st0/device/vpd_pg80`. A page
//! is one byte of device type, the page's code, two bytes of length, most significant first, and
//! as many bytes of contents:
//!
//! ```text
//! 01 80 00 0a  48 55 31 33 32 37 57 45 59 54      ....HU1327WEYT
//! ```
//!
//! Source: SCSI Primary Commands (SPC), vital product data parameters.

use crate::ParseError;
use crate::grammar::{Parsed, expect, literal, parse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::combinator::flat_map;
use nom::number::complete::be_u16;
use nom::sequence::preceded;

/// The serial number in page 0x80, without the blanks and NUL bytes that fill it up.
///
/// ```
/// let page = b"\x01\x80\x00\x0aHU1327WEYT";
/// assert_eq!(sysparse::vpd::unit_serial_number(page), Ok(&b"HU1327WEYT"[..]));
/// ```
///
/// # Errors
/// Another page, or a page that is cut short.
pub fn unit_serial_number(page: &[u8]) -> Result<&[u8], ParseError> {
    let serial = parse(page, page_80)?;
    let end = serial.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    Ok(serial.get(..end).unwrap_or_default().trim_ascii())
}

/// `01 80 00 0a  48 55 31 ...`: the contents.
fn page_80(input: &[u8]) -> Parsed<'_, &[u8]> {
    let length = preceded((take(1usize), literal(b"\x80")), be_u16);
    let contents = |length: u16| expect("the whole page", take(length));
    flat_map(expect("a page with code 0x80", length), contents).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_without_its_filling() {
        assert_eq!(unit_serial_number(b"\x01\x80\0\x06 AB12 rest"), Ok(&b"AB12"[..]));
        assert_eq!(unit_serial_number(b"\x01\x80\0\x04AB\0\0"), Ok(&b"AB"[..]));
        assert_eq!(unit_serial_number(b"\x01\x80\0\0"), Ok(&b""[..]));
    }

    #[test]
    fn another_page_or_a_cut_one_is_an_error() {
        let error = |page| unit_serial_number(page).expect_err("no such page");
        for page in [&b""[..], b"\x01\x80\0", b"\x01\x83\0\x01A"] {
            assert_eq!(error(page), ParseError { expected: "a page with code 0x80", at: 0 });
        }
        let cut = ParseError { expected: "the whole page", at: 4 };
        assert_eq!(error(b"\x01\x80\0\x02A"), cut);
    }
}
