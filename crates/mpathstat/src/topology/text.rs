//! The topology in a text that `multipath -ll`, multipathd or `nvme list-subsys` printed.
//!
//! ```
//! use mpathstat::topology::text;
//!
//! let text = "mpatha (36001) dm-0 A,B\nsize=1G wp=rw\n`-+- policy='x' prio=50 status=active\n  \
//!             `- 0:0:0:0 sda 8:0 active ready running\n";
//! let topology = text::read(text.as_bytes(), |line, bad| eprintln!("{line}: {bad}"))?;
//! assert_eq!(topology.maps.len(), 1);
//! assert_eq!(topology.paths().count(), 1);
//! # Ok::<(), std::io::Error>(())
//! ```

mod builder;
mod json;
mod path_line;
mod prefix;
mod suffix;

use super::{MultipathdState, Topology};
use crate::text_kind;
use builder::Builder;
pub(crate) use builder::{OTHER_HOST, TOO_MANY};
use json::JsonReader;
pub(crate) use prefix::Prefix;
use std::collections::HashMap;
use std::io::{self, Cursor, Read};
use suffix::Suffix;
use sysparse::ParseError;
use sysparse::multipath::{self, Line};
use toolkit::input::{Ending, Lines};

/// The longest line that is read as a whole. Names are far shorter.
const LINE_MAX: usize = 1 << 16;

/// How much of the text is examined to find what precedes each line of it.
const EXAMINED: u64 = 1 << 20;

/// What some editors write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the topology from `input`. A damaged line is passed to `report`, with its number starting
/// at 1, and left out. All lines of the text may be indented, quoted or have another common prefix.
///
/// # Errors
/// `input` cannot be read.
pub fn read(input: impl Read, report: impl FnMut(usize, ParseError)) -> io::Result<Topology> {
    read_contents(input, report).map(|contents| contents.topology)
}

/// What a text contains.
#[derive(Debug)]
pub struct Contents {
    /// The maps and paths.
    pub topology: Topology,
    /// The maps of which paths are missing, because the text was cut off.
    pub incomplete: Vec<Vec<u8>>,
    /// What the text is, for a message if there is no map in it.
    pub kind: &'static str,
}

/// Like [`read`]. Also returns what else is known of the text.
///
/// # Errors
/// `input` cannot be read.
pub fn read_contents(
    mut input: impl Read,
    mut report: impl FnMut(usize, ParseError),
) -> io::Result<Contents> {
    let mut head = Vec::new();
    input.by_ref().take(EXAMINED).read_to_end(&mut head)?;
    if head.starts_with(BYTE_ORDER_MARK) {
        head.drain(..BYTE_ORDER_MARK.len());
    }
    let prefix = Prefix::find(&head);
    let is_json = prefix.is_json(&head);
    let suffix = Suffix::find(&head, &prefix);
    let kind = match text_kind::describe(&head) {
        text_kind::TOPOLOGY => "it with something else in its lines; save it as it is printed",
        other => other,
    };
    let mut lines = Lines::new(Cursor::new(head).chain(input), LINE_MAX);
    let (mut builder, mut json) = (Builder::default(), JsonReader::default());
    let mut number = 0;
    while let Some(line) = lines.next_line()? {
        number += 1;
        let is_cut = line.ending == Ending::Cut;
        let line = prefix.strip(line.bytes);
        let added = if is_json {
            let added = json.line(line, &mut builder);
            builder.once(added)
        } else {
            let line = suffix.strip(line);
            builder.line(line).and_then(|()| if is_cut { check_end(line) } else { Ok(()) })
        };
        if let Err(error) = added {
            report(number, error);
        }
    }
    let ended = if is_json { json.end() } else { builder.end_map() };
    if let Err(error) = builder.once(ended) {
        report(number, error);
    }
    let incomplete = builder.incomplete();
    Ok(Contents { topology: builder.finish(), incomplete, kind })
}

/// Checks the last line of a text that does not end with a newline: a path has three states, those in
/// brackets end with one.
fn check_end(line: &[u8]) -> Result<(), ParseError> {
    match multipath::line(line) {
        Ok(Line::Path(path)) if path.states().count() < 3 && !line.ends_with(b"]") => {
            Err(ParseError { expected: "more states of the path", at: line.len() })
        }
        _ => Ok(()),
    }
}

/// What the text says about each path, by kernel name.
#[must_use]
pub fn multipathd_states(topology: &Topology) -> HashMap<Vec<u8>, MultipathdState> {
    topology.paths().map(|path| (path.device.kernel.clone(), path.multipathd.clone())).collect()
}
