//! Fields in the order in which the kernel writes them: each is looked for from where the one before
//! was found. One that stands elsewhere is found as well, only slower.

use super::Record;
use super::fields::Value;

/// The value of the field `mark`, a blank and `name=`, which should come next in `rest`.
#[inline]
pub(super) fn next<'a, const N: usize>(
    record: &Record<'a>,
    rest: &mut &'a [u8],
    mark: &[u8; N],
) -> Option<Value<'a>> {
    if let Some(tail) = rest.strip_prefix(mark) {
        let (value, tail) = Value::split(tail)?;
        *rest = tail;
        return Some(value);
    }
    record.field_named(mark.get(1..N - 1)?)
}

/// The value of the field `mark`, which should come somewhere in `rest`, as the first word in which
/// the letter `rare` occurs.
#[inline]
pub(super) fn seek<'a, const N: usize>(
    record: &Record<'a>,
    rest: &mut &'a [u8],
    mark: &[u8; N],
    rare: u8,
) -> Option<Value<'a>> {
    let before = mark.iter().position(|letter| *letter == rare)?;
    let at = memchr::memchr(rare, rest).and_then(|at| at.checked_sub(before));
    if let Some(tail) = at.and_then(|at| rest.get(at..)?.strip_prefix(mark)) {
        *rest = tail;
        return Some(Value::split(tail)?.0);
    }
    record.field_named(mark.get(1..N - 1)?)
}
