//! The command line in EXECVE records.
//!
//! ```text
//! type=EXECVE msg=audit(1795352893.420:99): argc=3 a0="ls" a1="-l" a2=6D7920646972
//! type=EXECVE msg=audit(1795352893.421:99): argc=2 a0="sh" a1_len=40000 a1[0]=2F62...
//! type=EXECVE msg=audit(1795352893.421:99): a1[1]=696E...
//! ```
//!
//! A command line is written as its arguments, each followed by a NUL, which no argument can hold.

use std::collections::BTreeMap;
use sysparse::audit::{Argument, Record, Value};

/// The number of missing arguments that are written as empty ones, at most: a short record must not
/// make a long command.
const MISSING_MAX: usize = 1 << 10;

/// Writes the command line of one record to `line`. Returns whether the record holds all of it.
pub(crate) fn write_if_whole(record: &Record<'_>, line: &mut Vec<u8>) -> bool {
    line.clear();
    let mut count = None;
    let mut next = 0;
    for argument in record.arguments() {
        match argument {
            Argument::Count(arguments) if count.is_none() => count = Some(arguments),
            Argument::Whole(index, value) if index == next => {
                value.text().append_to(line);
                line.push(0);
                next += 1;
            }
            _ => return false,
        }
    }
    count == Some(next)
}

/// The arguments in the EXECVE records of one event.
pub(crate) struct Arguments<'a> {
    /// The number of arguments, if a record holds it.
    argc: Option<u64>,
    /// The pieces of arguments: the number of the argument, the number of the piece, the piece.
    /// They are sorted.
    pieces: Vec<(u64, u64, Value<'a>)>,
    /// The lengths of the arguments that are in several pieces.
    lengths: BTreeMap<u64, u64>,
}

impl<'a> Arguments<'a> {
    /// Reads the arguments of all records.
    pub(crate) fn from_records(records: impl Iterator<Item = Record<'a>>) -> Arguments<'a> {
        let mut all = Arguments { argc: None, pieces: Vec::new(), lengths: BTreeMap::new() };
        for argument in records.flat_map(|record| record.arguments()) {
            match argument {
                Argument::Count(count) => all.argc = all.argc.max(Some(count)),
                Argument::Length(index, length) => drop(all.lengths.insert(index, length)),
                Argument::Whole(index, value) => all.pieces.push((index, 0, value)),
                Argument::Part(index, piece, value) => all.pieces.push((index, piece, value)),
            }
        }
        let max_argc = all.max_argc();
        all.pieces.retain(|(index, ..)| *index < max_argc);
        all.pieces.sort_by_key(|(index, piece, _)| (*index, *piece));
        all.pieces.dedup_by_key(|(index, piece, _)| (*index, *piece));
        all
    }

    /// The largest plausible number of arguments.
    fn max_argc(&self) -> u64 {
        (self.pieces.len() + MISSING_MAX) as u64
    }

    /// The number of arguments up to the last one that was found.
    fn found(&self) -> u64 {
        self.pieces.last().map_or(0, |(index, ..)| index + 1)
    }

    /// Whether the records say nothing about the command line.
    pub(crate) fn is_empty(&self) -> bool {
        self.argc.is_none() && self.pieces.is_empty()
    }

    /// Whether the records certainly hold the whole command line.
    pub(crate) fn is_whole(&self) -> bool {
        let mut next = 0;
        let is_whole = |pieces: &[(u64, u64, Value<'_>)]| {
            let Some((index, last_piece, _)) = pieces.last() else { return false };
            let is_next = std::mem::replace(&mut next, index + 1) == *index;
            let length: usize = pieces.iter().map(|(_, _, value)| value.raw().len()).sum();
            let has_all = match self.lengths.get(index) {
                Some(expected) => *expected == length as u64,
                None => *last_piece == 0,
            };
            is_next && has_all
        };
        let mut arguments = self.pieces.chunk_by(|(one, ..), (other, ..)| one == other);
        arguments.all(is_whole) && self.argc == Some(next)
    }

    /// Writes the command line to `line`, with an empty argument for each one that is missing.
    /// Returns whether none is missing.
    pub(crate) fn write(self, line: &mut Vec<u8>) -> bool {
        line.clear();
        let found = self.found();
        let end = self.argc.unwrap_or(found).clamp(found, self.max_argc());
        let mut is_whole = self.argc == Some(end);
        let mut pieces = self.pieces.into_iter().peekable();
        for argument in 0..end {
            is_whole &= pieces.peek().is_some_and(|(index, ..)| *index == argument);
            while let Some((_, _, value)) = pieces.next_if(|(index, ..)| *index == argument) {
                value.text().append_to(line);
            }
            line.push(0);
        }
        is_whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    fn lines(bodies: &[&str]) -> Vec<String> {
        bodies.iter().map(|body| format!("type=EXECVE msg=audit(1.000:1): {body}")).collect()
    }

    fn record(line: &str) -> Record<'_> {
        audit::record(line.as_bytes()).expect("well-formed").expect("a record")
    }

    fn arguments(lines: &[String]) -> Arguments<'_> {
        Arguments::from_records(lines.iter().map(|line| record(line)))
    }

    /// The command line in records with these bodies, and whether nothing is missing.
    fn write(bodies: &[&str]) -> (String, bool) {
        let mut line = Vec::new();
        let is_whole = arguments(&lines(bodies)).write(&mut line);
        (String::from_utf8_lossy(&line).replace('\0', "|"), is_whole)
    }

    #[test]
    fn arguments_are_decoded_and_put_in_order() {
        for (bodies, line) in [
            (&["argc=2 a0=\"ls\" a1=6D7920646972"][..], "ls|my dir|"),
            (&["argc=2 a0=\"sh\" a1_len=4 a1[0]=6C a1[1]=73"], "sh|ls|"),
            (&["argc=3 a0=\"a\"", "a1=\"b\"", "a2=\"c\""], "a|b|c|"),
            (&["a2=\"c\"", "a1[1]=73", "argc=3 a0=\"a\" a1_len=4 a1[0]=6C"], "a|ls|c|"),
        ] {
            assert_eq!(write(bodies), (line.to_owned(), true), "{bodies:?}");
        }
    }

    #[test]
    fn a_missing_argument_is_empty() {
        assert_eq!(write(&["argc=4 a0=\"a\" a2=\"c\""]), ("a||c||".to_owned(), false));
        assert_eq!(write(&["a1=\"b\""]), ("|b|".to_owned(), false));
        assert!(arguments(&lines(&["x=1"])).is_empty());
    }

    #[test]
    fn the_lengths_tell_whether_all_pieces_are_there() {
        let is_whole = |bodies: &[&str]| arguments(&lines(bodies)).is_whole();
        assert!(is_whole(&["argc=2 a0=\"ls\" a1=6D7920646972"]));
        assert!(is_whole(&["argc=2 a0=\"sh\" a1_len=4 a1[0]=6C", "a1[1]=73"]));
        assert!(is_whole(&["a1[1]=73", "argc=2 a0=\"sh\" a1_len=4 a1[0]=6C"]));
        assert!(is_whole(&["argc=2", "a0=\"sh\"", "a1=\"a\""]));
        assert!(!is_whole(&["argc=2 a0=\"sh\" a1_len=6 a1[0]=6C", "a1[1]=73"]));
        assert!(!is_whole(&["argc=2 a0=\"sh\" a1[0]=6C", "a1[1]=73"]));
        assert!(!is_whole(&["argc=3 a0=\"sh\"", "a2=\"b\""]));
        assert!(!is_whole(&["a0=\"sh\""]) && !is_whole(&[]));
    }

    #[test]
    fn absurd_numbers_do_not_make_long_commands() {
        let (line, is_whole) = write(&["argc=18446744073709551615 a0=\"a\""]);
        assert_eq!((line.len(), is_whole), (2 + 1024, false));
        // Found by fuzzing: a short record made two million empty arguments.
        assert_eq!(write(&["argc=2 a0=\"a\" a2000000=\"b\""]), ("a||".to_owned(), false));
        let last = "argc=1 a0=\"a\" a18446744073709551615=\"b\"";
        assert_eq!(write(&[last]), ("a|".to_owned(), true));
    }

    #[test]
    fn a_single_record_is_written_only_if_it_holds_the_whole_command() {
        let write = |body: &str| {
            let lines = lines(&[body]);
            let mut command = Vec::new();
            write_if_whole(&record(&lines[0]), &mut command).then_some(command)
        };
        assert_eq!(write("argc=2 a0=\"ls\" a1=2D6C").as_deref(), Some(&b"ls\0-l\0"[..]));
        assert_eq!(write("argc=0").as_deref(), Some(&b""[..]));
        for part in ["argc=2 a0=\"ls\"", "a1=\"x\"", "argc=1 a0_len=2 a0[0]=6C", "argc=2 a1=\"x\""]
        {
            assert_eq!(write(part), None, "{part}");
        }
    }
}
