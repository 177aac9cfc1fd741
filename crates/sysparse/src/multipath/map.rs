//! The line that names a map.

use crate::text::{self, uncoloured};
use memchr::memmem;

/// A map's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Map<'a> {
    /// The name below `/dev/mapper`; it may hold blanks. The WWID if the map has no other.
    pub alias: &'a [u8],
    /// The identifier of the disk; it may hold blanks.
    pub wwid: &'a [u8],
    /// The kernel's name: `dm-2`, or `nvme1n1` for a map of the NVMe driver's own. Nothing if
    /// device mapper does not have the map yet.
    pub kernel: Option<&'a [u8]>,
}

/// What multipath is about to do with a map, printed before its name with a colon.
const ACTIONS: [&[u8]; 6] = [b"create", b"reload", b"reject", b"rename", b"resize", b"switchpg"];

impl<'a> Map<'a> {
    /// The map that `line` names, if it does.
    pub(super) fn of(line: &'a [u8]) -> Option<Map<'a>> {
        let line = without_action(line);
        if line.starts_with(b" ") || line.starts_with(b"\t") || is_log(line) {
            return None;
        }
        let (names, kernel) = split(line)?;
        let names = uncoloured(names.trim_ascii_end());
        let Some((alias, wwid)) = in_brackets(names) else {
            let alone = !names.contains(&b' ') || names.first().is_some_and(u8::is_ascii_digit);
            return (alone && !names.is_empty()).then_some(Map {
                alias: names,
                wwid: names,
                kernel,
            });
        };
        Some(Map { alias, wwid, kernel })
    }
}

fn without_action(line: &[u8]) -> &[u8] {
    let rest = ACTIONS.iter().find_map(|action| line.strip_prefix(*action)?.strip_prefix(b": "));
    uncoloured(rest.unwrap_or(line))
}

/// Whether a time and a bar lead the line: `Oct 28 14:02:44 | ` or `557.082297 | `.
fn is_log(line: &[u8]) -> bool {
    memmem::find(line, b" | ").and_then(|at| line.get(..at)).is_some_and(|time| {
        time.last().is_some_and(u8::is_ascii_digit)
            && time.iter().all(|byte| byte.is_ascii_alphanumeric() || b" :.".contains(byte))
            && time.iter().any(|byte| b":.".contains(byte))
    })
}

/// `alias (wwid)`.
fn in_brackets(names: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = names.strip_suffix(b")")?;
    let at = memmem::rfind(inner, b" (")?;
    let (alias, wwid) = (uncoloured(inner.get(..at)?), inner.get(at + 2..)?);
    (!alias.is_empty() && !wwid.is_empty()).then_some((alias, wwid))
}

/// Splits a line before the kernel's name, which follows at best a closing bracket, else a blank,
/// else, in old versions, the WWID itself.
fn split(line: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let best = candidates(line)
        .min_by_key(|(names, _)| (!names.trim_ascii_end().ends_with(b")"), !names.ends_with(b" ")));
    best.or_else(|| foreign(line)).or_else(|| planned(line))
}

/// Every place where `dm-NUMBER` ends a word.
fn candidates(line: &[u8]) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
    memmem::find_iter(line, b"dm-").filter_map(|at| {
        let (names, rest) = line.split_at(at);
        let (names, kernel) = (uncoloured(names), uncoloured(text::word(rest).0));
        let glued = !names.ends_with(b" ") && names.contains(&b' ');
        let numbered = text::whole_number(kernel.strip_prefix(b"dm-")?).is_some();
        (numbered && !glued && !names.is_empty()).then_some((names, Some(kernel)))
    })
}

/// `WWID [nvme]:nvme1n1 ...`: a map that device mapper has no part in.
fn foreign(line: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let at = memmem::find(line, b" [nvme]:")?;
    let kernel = text::word(line.get(at + b" [nvme]:".len()..)?).0;
    (!kernel.is_empty()).then_some((line.get(..at)?, Some(kernel)))
}

/// `alias (WWID) undef VENDOR,PRODUCT`: a map that is not made yet.
fn planned(line: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let at = memmem::find(line, b") undef ")?;
    Some((line.get(..=at)?, None))
}
