//! Names: their natural order, and the escapes of device mapper.

use std::cmp::Ordering;
use sysparse::text;

/// Compares names in natural order: `mpath2` before `mpath10`.
#[must_use]
pub fn natural_cmp(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        match (a, b) {
            ([b'0'..=b'9', ..], [b'0'..=b'9', ..]) => {
                let ((one, a_rest), (other, b_rest)) = (digits(a), digits(b));
                let order = one.len().cmp(&other.len()).then_with(|| one.cmp(other));
                if order.is_ne() {
                    return order;
                }
                (a, b) = (a_rest, b_rest);
            }
            ([one, a_rest @ ..], [other, b_rest @ ..]) if one == other => (a, b) = (a_rest, b_rest),
            _ => return a.cmp(b),
        }
    }
}

/// Splits off the digits at the start, and removes their leading zeros.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let zeros = number.iter().take_while(|byte| **byte == b'0').count();
    (number.get(zeros..).unwrap_or_default(), rest)
}

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
