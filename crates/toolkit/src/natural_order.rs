//! The order of names that contain numbers.

use std::cmp::Ordering;

/// Compares names in natural order: `mpath2` before `mpath10`.
///
/// ```
/// use std::cmp::Ordering;
/// use toolkit::natural_order::natural_cmp;
///
/// assert_eq!(natural_cmp(b"7:0:2:0", b"7:0:10:0"), Ordering::Less);
/// assert_eq!(natural_cmp(b"7", b"007"), Ordering::Equal);
/// ```
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
