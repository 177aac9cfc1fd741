//! Multipath topology as `multipath -ll` and multipathd's `show topology` print it, a line at a time.
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
//! Warnings, log lines and tables stand between. Source: multipath(8), and `libmultipath/print.c`
//! of multipath-tools for what each version prints.

mod map;
#[cfg(test)]
mod tests;

pub use map::Map;

use crate::ParseError;
use crate::device_name::Hctl;
use crate::text::{self, uncoloured};
use memchr::memmem;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// The name of a map: what follows belongs to it.
    Map(Map<'a>),
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
}

/// A path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<'a> {
    /// Host, channel, target and LUN, of as many parts as the transport has, or `#:#:#:#`.
    pub hctl: &'a [u8],
    /// The kernel's name, such as `sda`; `-` if the device went.
    pub name: &'a [u8],
    /// Major and minor number, such as `8:64`; `-` or `#:#` if the device went.
    pub device: &'a [u8],
    states: &'a [u8],
}

impl<'a> Path<'a> {
    /// Its states: that of device mapper (`active`, `failed`), that of the checker, which may be
    /// two words, and that of the device. Any of them may be missing.
    pub fn states(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.states
            .split(|byte| matches!(byte, b' ' | b'\t' | b'[' | b']'))
            .map(uncoloured)
            .filter(|word| !word.is_empty())
    }
}

/// Reads one line.
///
/// # Errors
/// A branch of the tree (`|-`, `` `- ``, `\_`) that holds neither a path group nor a path.
pub fn line(line: &[u8]) -> Result<Line<'_>, ParseError> {
    let text = uncoloured(line.trim_ascii_end());
    let leaf = text.iter().position(|byte| !b" \t|`'-+\\_".contains(byte)).unwrap_or(text.len());
    let (tree, rest) = text.split_at(leaf);
    if rest.starts_with(b"size=") || rest.starts_with(b"[size=") {
        return Ok(Line::Size);
    }
    if !tree.iter().any(|byte| matches!(byte, b'-' | b'_')) {
        return Ok(Map::of(text).map_or(Line::Other, Line::Map));
    }
    let branch = Group::of(tree, rest).map(Line::Group).or_else(|| Path::of(rest).map(Line::Path));
    match branch {
        Some(line) => Ok(line),
        None if !is_branch(tree) => Ok(Map::of(text).map_or(Line::Other, Line::Map)),
        None => Err(ParseError { expected: "a path group or a path", at: leaf }),
    }
}

/// Whether this is the tree that multipath draws, and not some other line that begins with a dash.
fn is_branch(tree: &[u8]) -> bool {
    let drawn = tree.trim_ascii_start();
    drawn.starts_with(b"|") || drawn.starts_with(b"`") || drawn.starts_with(b"\\_")
}

impl<'a> Group<'a> {
    fn of(tree: &[u8], rest: &'a [u8]) -> Option<Group<'a>> {
        if rest.starts_with(b"policy=") {
            let priority = after(rest, b" prio=").map_or(&b""[..], |rest| text::word(rest).0);
            return Some(Group { priority, status: text::word(after(rest, b" status=")?).0 });
        }
        if !tree.ends_with(b"\\_ ") || Hctl::parse(text::word(rest).0).is_ok() {
            return None;
        }
        let mut group = Group { priority: b"", status: b"" };
        for part in rest.split(|byte| *byte == b'[').skip(1) {
            let value = part.split(|byte| *byte == b']').next()?.trim_ascii_end();
            match value.strip_prefix(b"prio=") {
                Some(priority) => group.priority = priority,
                None if group.status.is_empty() => group.status = value,
                None => {}
            }
        }
        (!group.status.is_empty()).then_some(group)
    }
}

impl<'a> Path<'a> {
    fn of(rest: &'a [u8]) -> Option<Path<'a>> {
        let (hctl, rest) = text::word(rest);
        let (name, rest) = text::word(rest.trim_ascii_start());
        let (device, states) = text::word(rest.trim_ascii_start());
        let (hctl, name, device) = (uncoloured(hctl), uncoloured(name), uncoloured(device));
        let known = Hctl::parse(hctl).is_ok() && !name.is_empty() && is_device(device);
        known.then_some(Path { hctl, name, device, states })
    }
}

/// Whether this is a major and a minor number, or stands in for them.
fn is_device(word: &[u8]) -> bool {
    let mut parts = word.splitn(2, |byte| *byte == b':');
    let number = |part: &[u8]| part == b"#" || text::whole_number(part).is_some();
    word == b"-" || (parts.next().is_some_and(number) && parts.next().is_some_and(number))
}

/// What follows `mark`.
fn after<'a>(input: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    input.get(memmem::find(input, mark)? + mark.len()..)
}
