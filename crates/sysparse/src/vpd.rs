//! Vital product data of SCSI devices, as the kernel keeps it in files such as
//! `/sys/class/scsi_tape/st0/device/vpd_pg80`.
//!
//! A page (SCSI Primary Commands, vital product data parameters) is one byte of device type, the
//! page's code, two bytes of length, most significant first, and as many bytes of contents:
//!
//! ```text
//! 01 80 00 0a  48 55 31 33 32 37 57 45 59 54      ....HU1327WEYT
//! ```

use crate::ParseError;

/// The serial number out of page 0x80, without the blanks that fill it up.
///
/// # Errors
/// Another page, or a page cut short.
pub fn unit_serial_number(page: &[u8]) -> Result<&[u8], ParseError> {
    let [_, 0x80, high, low, contents @ ..] = page else {
        return Err(ParseError { expected: "a page with code 0x80", at: 0 });
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let serial = contents.get(..length).ok_or(ParseError { expected: "the whole page", at: 4 })?;
    let end = serial.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    Ok(serial.get(..end).unwrap_or_default().trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_without_its_filling() {
        assert_eq!(unit_serial_number(b"\x01\x80\0\x06 AB12 rest"), Ok(&b"AB12"[..]));
        assert_eq!(unit_serial_number(b"\x01\x80\0\x04AB\0\0"), Ok(&b"AB"[..]));
        assert_eq!(unit_serial_number(b"\x01\x80\0\0"), Ok(&b""[..]));
        for bad in [&b""[..], b"\x01\x80\0", b"\x01\x83\0\x01A", b"\x01\x80\0\x02A"] {
            assert!(unit_serial_number(bad).is_err(), "{bad:?}");
        }
    }
}
