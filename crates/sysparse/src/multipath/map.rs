//! The line that names a map.
//!
//! ```text
//! create: mpathb (35000c50000000002) dm-1 LABCO,Virtual B
//! 1IET     00080001 dm-0 IET,X
//! 36000402001f45eb56424ca6800000000dm-0  NEXSAN  ,SATABoy2
//! nvme.1b36-0001 [nvme]:nvme1n1 NVMe,QEMU
//! mpathz (36009) undef IBM,2145
//! ```
//!
//! A name may hold anything, blanks and ` (` and ` dm-1 ` too, so a line is searched for what is
//! sure: the kernel's name after the names, and the last ` (` in them.

use crate::grammar::{Parsed, blanks, escape_sequence, first, is_blank, literal, number, word};
use crate::text::strip_codes;
use memchr::memmem;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{take_till1, take_until};
use nom::character::complete::one_of;
use nom::combinator::{eof, map_opt, not, opt, peek, recognize, rest, value, verify};
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};

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

pub(super) fn map_names(input: &[u8]) -> Parsed<'_, Map<'_>> {
    let start = (opt(action), escapes, not(one_of(" \t")), not(log_time));
    let without_alias = preceded(not(first(end_of_names)), alt((unnamed, glued, foreign, planned)));
    preceded(start, alt((named, without_alias))).parse(input)
}

/// `mpath7 (3600c0ff0000aa11122233344401)`, or the WWID alone, to the end of the line: without a device.
pub(super) fn names_alone(input: &[u8]) -> Parsed<'_, Map<'_>> {
    let start = (opt(action), escapes, not(one_of(" \t")), not(log_time));
    let names = terminated(take_till1(|byte| byte == b')'), (literal(b")"), escapes, eof));
    let aliased = map_opt(names, |names| Map::named(names, None));
    let without_alias = map_opt(terminated(word, eof), |wwid| Map::unnamed(wwid, None));
    preceded(start, verify(alt((aliased, without_alias)), |map| is_wwid(map.wwid))).parse(input)
}

/// Whether this looks like the identifier of a disk, and not like a device number or a remark.
fn is_wwid(text: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"._:-".contains(byte);
    text.len() >= WWID_MIN && text.iter().all(is_word) && text.iter().any(u8::is_ascii_digit)
}

/// The length of the shortest WWID of SCSI: a type and 64 bits in hexadecimal digits.
const WWID_MIN: usize = 17;

/// `create: `: what multipath is about to do with the map.
fn action(input: &[u8]) -> Parsed<'_, ()> {
    let action = alt((
        literal(b"create"),
        literal(b"reload"),
        literal(b"reject"),
        literal(b"rename"),
        literal(b"resize"),
        literal(b"switchpg"),
    ));
    terminated(action, literal(b": ")).parse(input)
}

/// `Oct 28 14:02:44 | ` or `557.082297 | `, at the start of a log line.
fn log_time(input: &[u8]) -> Parsed<'_, &[u8]> {
    let is_time = |time: &[u8]| {
        time.last().is_some_and(u8::is_ascii_digit)
            && time.iter().all(|byte| byte.is_ascii_alphanumeric() || b" :.".contains(byte))
            && time.iter().any(|byte| b":.".contains(byte))
    };
    verify(take_until(" | "), is_time).parse(input)
}

/// `mpathb (35000c50000000002) dm-1 `
fn named(input: &[u8]) -> Parsed<'_, Map<'_>> {
    map_opt(first(end_of_names), |(names, kernel)| Map::named(names, Some(kernel))).parse(input)
}

/// `) dm-1 `
fn end_of_names(input: &[u8]) -> Parsed<'_, &[u8]> {
    let gap = (literal(b")"), escapes, literal(b" "), blanks);
    preceded(gap, kernel).parse(input)
}

/// `1IET     00080001 dm-0 `
fn unnamed(input: &[u8]) -> Parsed<'_, Map<'_>> {
    let end = terminated(preceded(literal(b" "), kernel), vendor);
    map_opt(first(end), |(wwid, kernel)| Map::unnamed(wwid, Some(kernel))).parse(input)
}

/// ` NEXSAN  ,SATABoy2`: vendor and product, which other lines with the name of a device lack.
fn vendor(input: &[u8]) -> Parsed<'_, &[u8]> {
    peek(verify(rest, |rest: &[u8]| rest.contains(&b','))).parse(input)
}

/// `36000402001f45eb56424ca6800000000dm-0 `: before multipath-tools 0.4.9.
fn glued(input: &[u8]) -> Parsed<'_, Map<'_>> {
    // Escape sequences before it are taken off the WWID: to read them at each place takes long.
    let end = terminated(plain_kernel, vendor);
    let parts = verify(first(end), |(wwid, _): &(&[u8], _)| !wwid.contains(&b' '));
    map_opt(parts, |(wwid, kernel)| Map::unnamed(wwid, Some(kernel))).parse(input)
}

/// `nvme.1b36-0001 [nvme]:nvme1n1 `: a map that device mapper has no part in.
fn foreign(input: &[u8]) -> Parsed<'_, Map<'_>> {
    let kernel = verify(word, |kernel: &[u8]| !kernel.is_empty());
    let end = preceded(literal(b" [nvme]:"), kernel);
    map_opt(first(end), |(wwid, kernel)| Map::unnamed(wwid, Some(kernel))).parse(input)
}

/// `mpathz (36009) undef `: a map that is not made yet.
fn planned(input: &[u8]) -> Parsed<'_, Map<'_>> {
    map_opt(first(literal(b") undef ")), |(names, ())| Map::named(names, None)).parse(input)
}

/// `dm-1`, in color or not, to the end of a word.
fn kernel(input: &[u8]) -> Parsed<'_, &[u8]> {
    preceded(escapes, plain_kernel).parse(input)
}

fn plain_kernel(input: &[u8]) -> Parsed<'_, &[u8]> {
    let name = recognize((literal(b"dm-"), number));
    terminated(name, (escapes, not(take_till1(is_blank)))).parse(input)
}

fn escapes(input: &[u8]) -> Parsed<'_, ()> {
    value((), many0_count(escape_sequence)).parse(input)
}

impl<'a> Map<'a> {
    /// The map of `mpathb (35000c50000000002`.
    fn named(names: &'a [u8], kernel: Option<&'a [u8]>) -> Option<Map<'a>> {
        let (alias, wwid) = names.split_at(memmem::rfind(names, b" (")?);
        let (alias, wwid) = (strip_codes(alias), wwid.get(2..)?);
        let is_name = !alias.is_empty() && !alias.contains(&b'/') && !wwid.is_empty();
        is_name.then_some(Map { alias, wwid, kernel })
    }

    /// The map of a WWID alone. Only one that begins with a digit may hold blanks: a sentence that
    /// names a device is no map.
    fn unnamed(wwid: &'a [u8], kernel: Option<&'a [u8]>) -> Option<Map<'a>> {
        let wwid = strip_codes(wwid.trim_ascii_end());
        let is_wwid = !wwid.contains(&b' ') || wwid.first().is_some_and(u8::is_ascii_digit);
        let is_name = is_wwid && !wwid.is_empty() && !wwid.contains(&b'/');
        is_name.then_some(Map { alias: wwid, wwid, kernel })
    }
}
