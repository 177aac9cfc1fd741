//! Multipath topology as `multipath -ll` and multipathd's `show topology` print it, line by line.
//!
//! ```text
//! create: mpathb (35000c50000000002) dm-1 LABCO,Virtual B
//! size=512M features='1 queue_if_no_path' hwhandler='0' wp=rw
//! |-+- policy='service-time 0' prio=50 status=active
//! | `- 0:0:1:0 sde 8:64 active ready running
//! `-+- policy='service-time 0' prio=10 status=enabled
//!   `- 1:0:1:0 sdd 8:48 failed faulty offline
//! ```
//!
//! and before multipath-tools 0.4.9, where the version before left out the blank before `dm-`:
//!
//! ```text
//! create: 36000402001f45eb56424ca6800000000dm-0  NEXSAN  ,SATABoy2
//! [size=466G][features=0       ][hwhandler=0        ]
//! \_ round-robin 0 [prio=0][enabled]
//!  \_ 5:0:0:0  sdb 8:16  [active][ready]
//! ```
//!
//! 0.4.5 leaves out the device as well: `mpath7 (36001)`, or `36001` without an alias. Warnings, log
//! lines, prompts and tables stand between. Source: multipath(8), and `libmultipath/print.c` of
//! multipath-tools for what each version prints.

mod map;
#[cfg(test)]
mod tests;

pub use map::Map;

use crate::ParseError;
use crate::device_name::{self, part};
use crate::grammar::{Parsed, expect, literal, parse, word};
use crate::text::strip_codes;
use map::{map_names, names_alone};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{take_till, take_until, take_while};
use nom::character::complete::space0;
use nom::combinator::{
    all_consuming, cut, map, map_parser, not, opt, peek, recognize, rest, value, verify,
};
use nom::multi::fold_many1;
use nom::sequence::{delimited, preceded};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// The name of a map: what follows belongs to it.
    Map(Map<'a>),
    /// A name and a WWID, or a WWID alone, without a device, as multipath-tools 0.4.5 prints a map.
    /// It is one if the next line is the size.
    Name(Map<'a>),
    /// The size and features of the map just named.
    Size,
    /// A path group of the map: what follows belongs to it.
    Group(Group<'a>),
    /// A path of the group.
    Path(Path<'a>),
    /// A warning, a log line, a line of another table.
    Other,
}

/// A path group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group<'a> {
    /// Its priority, which may be negative; empty if it is not printed.
    pub priority: &'a [u8],
    /// `active`, `enabled`, `disabled`, `undef` or `n/a`.
    pub status: &'a [u8],
    /// Whether the tree goes on with another group of the map.
    pub has_next: bool,
}

/// A path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<'a> {
    /// Host, channel, target and LUN, of as many parts as the transport has, or `#:#:#:#`.
    pub hctl: &'a [u8],
    /// The kernel's name, such as `sda`; `-` if the device is gone.
    pub name: &'a [u8],
    /// Major and minor number, such as `8:64`; `-` or `#:#` if the device is gone.
    pub device: &'a [u8],
    /// Whether the tree goes on with another path of the group.
    pub has_next: bool,
    states: &'a [u8],
}

impl<'a> Path<'a> {
    /// Its states: that of device mapper (`active`, `failed`), that of the checker, which may be
    /// two words, and that of the device. Any of them may be missing.
    ///
    /// ```
    /// use sysparse::multipath::{Line, line};
    ///
    /// let path = line(b"| `- 0:0:1:0 sde 8:64 active ready running")?;
    /// let Line::Path(path) = path else { panic!() };
    /// assert!(path.states().eq([&b"active"[..], b"ready", b"running"]));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    pub fn states(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.states
            .split(|byte| matches!(byte, b' ' | b'\t' | b'[' | b']'))
            .map(strip_codes)
            .filter(|word| !word.is_empty())
    }
}

/// Reads one line.
///
/// ```
/// use sysparse::multipath::{Line, line};
///
/// let map = line(b"create: mpathb (35000c5) dm-1 LABCO,Virtual B")?;
/// let Line::Map(map) = map else { panic!() };
/// assert_eq!((map.alias, map.wwid), (&b"mpathb"[..], &b"35000c5"[..]));
/// let group = line(b"|-+- policy='service-time 0' prio=50 status=active")?;
/// let Line::Group(group) = group else { panic!() };
/// assert_eq!((group.priority, group.status), (&b"50"[..], &b"active"[..]));
/// assert!(line(b"| `- 0:0:1:0 sde").is_err());
/// # Ok::<(), sysparse::ParseError>(())
/// ```
///
/// # Errors
/// A branch of the tree (`|-`, `` `- ``, `\_`) that holds neither a path group nor a path.
pub fn line(line: &[u8]) -> Result<Line<'_>, ParseError> {
    let mut line = line.trim_ascii_end();
    while let Some(rest) = line.strip_prefix(b"multipathd>") {
        line = rest.trim_ascii_start();
    }
    let line = strip_codes(line);
    let has_next = has_next(line);
    parse(line, any_line).map(|found| match found {
        Line::Group(group) => Line::Group(Group { has_next, ..group }),
        Line::Path(path) => Line::Path(Path { has_next, ..path }),
        other => other,
    })
}

/// Whether a branch of the tree is not the last one: `|-`. Before multipath-tools 0.4.9, the tree does
/// not tell.
fn has_next(line: &[u8]) -> bool {
    let dash = line.iter().position(|byte| *byte == b'-');
    dash.and_then(|dash| line.get(..dash)).is_some_and(|before| before.ends_with(b"|"))
}

fn any_line(input: &[u8]) -> Parsed<'_, Line<'_>> {
    let drawn_branch = expect("a path group or a path", alt((group, path)));
    alt((
        // A map can have the name `size=1`.
        preceded(peek(literal(b"size=")), map(map_names, Line::Map)),
        value(Line::Size, (tree, opt(literal(b"[")), literal(b"size="))),
        preceded(verify(tree, ends_old_branch), alt((path, old_group))),
        // `dmsetup ls --tree` draws the same tree with device numbers in parentheses.
        preceded((verify(tree, is_drawn), not(literal(b"("))), cut(drawn_branch)),
        preceded(verify(tree, has_branch), alt((group, path))),
        map(map_names, Line::Map),
        map(names_alone, Line::Name),
        value(Line::Other, rest),
    ))
    .parse(input)
}

/// `|-+- ` or `| |- ` or ` \_ `: lines that join the branches to their map. In a text that was copied
/// from a page, blanks may be non-breaking spaces.
fn tree(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while(|byte| b" \t|`'-+\\_\xc2\xa0".contains(&byte)).parse(input)
}

fn has_branch(tree: &[u8]) -> bool {
    tree.iter().any(|byte| matches!(byte, b'-' | b'_'))
}

/// Whether this is the tree that multipath draws, and not some other line that begins with a dash.
fn is_drawn(tree: &[u8]) -> bool {
    let start = tree.trim_ascii_start();
    let is_branch = [&b"|"[..], b"`", b"\\_"].iter().any(|branch| start.starts_with(branch));
    is_branch && has_branch(tree) && tree.ends_with(b" ")
}

fn ends_old_branch(tree: &[u8]) -> bool {
    tree.ends_with(b"\\_ ")
}

/// `policy='service-time 0' prio=50 status=active`
fn group(input: &[u8]) -> Parsed<'_, Line<'_>> {
    let priority = preceded((take_until(" prio="), literal(b" prio=")), word);
    let status = preceded((take_until(" status="), literal(b" status=")), word);
    let group = (peek(opt(priority)), status);
    map(preceded(literal(b"policy="), group), |(priority, status)| {
        Line::Group(Group { priority: priority.unwrap_or_default(), status, has_next: false })
    })
    .parse(input)
}

/// `round-robin 0 [prio=0][enabled]`
fn old_group<'a>(input: &'a [u8]) -> Parsed<'a, Line<'a>> {
    let is_end = |byte| matches!(byte, b'[' | b']');
    let bracket = delimited(literal(b"["), take_till(is_end), opt(literal(b"]")));
    let empty = || Group { priority: b"", status: b"", has_next: false };
    let add = |group: Group<'a>, value: &'a [u8]| match value.strip_prefix(b"prio=") {
        Some(priority) => Group { priority: priority.trim_ascii_end(), ..group },
        None if group.status.is_empty() => Group { status: value.trim_ascii_end(), ..group },
        None => group,
    };
    let group = fold_many1(preceded(take_till(|byte| byte == b'['), bracket), empty, add);
    let group = verify(group, |group| !group.status.is_empty());
    map(preceded(not(hctl), group), Line::Group).parse(input)
}

/// `0:0:1:0 sde 8:64 active ready running`
fn path(input: &[u8]) -> Parsed<'_, Line<'_>> {
    let name = verify(plain_word, |name: &[u8]| !name.is_empty());
    map((hctl, space0, name, space0, device, rest), |(hctl, _, name, _, device, states)| {
        Line::Path(Path { hctl, name, device, has_next: false, states })
    })
    .parse(input)
}

/// `0:0:1:0`
fn hctl(input: &[u8]) -> Parsed<'_, &[u8]> {
    whole_word(device_name::hctl).parse(input)
}

/// `8:64`, or `-`.
fn device(input: &[u8]) -> Parsed<'_, &[u8]> {
    alt((whole_word(literal(b"-")), whole_word((part, literal(b":"), part)))).parse(input)
}

/// A word, in color or not, that is `content` from end to end.
fn whole_word<'a, T>(
    content: impl Parser<&'a [u8], Output = T, Error = ParseError>,
) -> impl Parser<&'a [u8], Output = &'a [u8], Error = ParseError> {
    map_parser(plain_word, recognize(all_consuming(content)))
}

fn plain_word(input: &[u8]) -> Parsed<'_, &[u8]> {
    map(word, strip_codes).parse(input)
}
