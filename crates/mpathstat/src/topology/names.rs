//! Names: the escapes of device mapper and of sysfs.

use sysparse::text;

/// The name that the user gave to a map. libdevmapper escapes each byte that is not a letter, a digit
/// or one of `#+-.:=@_`, for example as `\x20`.
#[must_use]
pub fn unescape(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let [byte, tail @ ..] = rest {
        let escaped = match rest {
            [b'\\', b'x', high, low, tail @ ..] => text::whole_hex(&[*high, *low])
                .and_then(|hex| Some((u8::try_from(hex).ok()?, tail))),
            _ => None,
        };
        let (byte, tail) = escaped.unwrap_or((*byte, tail));
        plain.push(byte);
        rest = tail;
    }
    plain
}

/// The name that `/proc/diskstats` and texts of iostat have for a device: `cciss/c0d0` for `cciss!c0d0`
/// in sysfs.
#[must_use]
pub fn name_in_diskstats(kernel: &[u8]) -> Vec<u8> {
    kernel.iter().map(|byte| if *byte == b'!' { b'/' } else { *byte }).collect()
}
