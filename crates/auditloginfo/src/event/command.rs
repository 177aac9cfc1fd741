//! A command line out of EXECVE records.
//!
//! ```text
//! type=EXECVE msg=audit(1795352893.420:99): argc=3 a0="ls" a1="-l" a2=6D7920646972
//! type=EXECVE msg=audit(1795352893.421:99): argc=2 a0="sh" a1_len=40000 a1[0]=2F62...
//! type=EXECVE msg=audit(1795352893.421:99): a1[1]=696E...
//! ```
//!
//! The result is each argument with a NUL behind it: no argument can hold one.

use std::collections::BTreeMap;
use sysparse::audit::{Argument, Record, Value};

/// How many arguments are made up for a command whose records say that it has more than were found:
/// a short record must not make a long command.
const MISSING_MAX: usize = 1 << 10;

/// Puts the command line of one record into `line`, if the record holds all of it.
pub(super) fn whole(record: &Record<'_>, line: &mut Vec<u8>) -> bool {
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

/// The pieces of a command, of several records.
struct Pieces<'a> {
    /// How many arguments there are, if a record says so.
    count: Option<u64>,
    /// The numbers of an argument and of a part of it, and the part, in order.
    parts: Vec<(u64, u64, Value<'a>)>,
    /// How long the arguments in parts are.
    lengths: BTreeMap<u64, u64>,
}

impl<'a> Pieces<'a> {
    fn of(records: impl Iterator<Item = Record<'a>>) -> Pieces<'a> {
        let mut pieces = Pieces { count: None, parts: Vec::new(), lengths: BTreeMap::new() };
        for argument in records.flat_map(|record| record.arguments()) {
            match argument {
                Argument::Count(count) => pieces.count = pieces.count.max(Some(count)),
                Argument::Length(index, length) => drop(pieces.lengths.insert(index, length)),
                Argument::Whole(index, value) => pieces.parts.push((index, 0, value)),
                Argument::Part(index, part, value) => pieces.parts.push((index, part, value)),
            }
        }
        let most = pieces.most();
        pieces.parts.retain(|(index, ..)| *index < most);
        pieces.parts.sort_by_key(|(index, part, _)| (*index, *part));
        pieces.parts.dedup_by_key(|(index, part, _)| (*index, *part));
        pieces
    }

    /// How many arguments the command can have at most.
    fn most(&self) -> u64 {
        (self.parts.len() + MISSING_MAX) as u64
    }

    /// Whether these are sure to be all pieces of the command.
    fn are_all(&self) -> bool {
        let mut next = 0;
        let is_whole = |argument: &[(u64, u64, Value<'_>)]| {
            let Some((index, part, _)) = argument.last() else { return false };
            let length: usize = argument.iter().map(|(_, _, value)| value.raw().len()).sum();
            let is_next = std::mem::replace(&mut next, index + 1) == *index;
            // An argument in parts is whole if it is as long as was said.
            let said = self.lengths.get(index);
            is_next && said.map_or(*part == 0, |said| *said == length as u64)
        };
        let mut arguments = self.parts.chunk_by(|(one, ..), (other, ..)| one == other);
        arguments.all(is_whole) && self.count == Some(next)
    }
}

/// Whether the records are sure to hold all of a command.
pub(super) fn is_all<'a>(records: impl Iterator<Item = Record<'a>>) -> bool {
    Pieces::of(records).are_all()
}

/// Puts the command line of several records into `line`, arguments that no record holds as empty
/// ones. True if none was missing; nothing if there is no record.
pub(super) fn joined<'a>(
    records: impl Iterator<Item = Record<'a>>,
    line: &mut Vec<u8>,
) -> Option<bool> {
    let pieces = Pieces::of(records);
    let found = pieces.parts.last().map_or(0, |(index, ..)| index + 1);
    if pieces.count.is_none() && found == 0 {
        return None;
    }
    line.clear();
    let end = pieces.count.unwrap_or(found).clamp(found, pieces.most());
    let mut is_whole = pieces.count == Some(end);
    let mut parts = pieces.parts.into_iter().peekable();
    for argument in 0..end {
        is_whole &= parts.peek().is_some_and(|(index, ..)| *index == argument);
        while let Some((_, _, value)) = parts.next_if(|(index, ..)| *index == argument) {
            value.text().append_to(line);
        }
        line.push(0);
    }
    Some(is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    /// The command line of records with these bodies, joined, and whether none was missing.
    fn join(bodies: &[&str]) -> Option<(String, bool)> {
        let lines: Vec<_> =
            bodies.iter().map(|body| format!("type=EXECVE msg=audit(1.000:1): {body}")).collect();
        let records = lines.iter().filter_map(|line| audit::record(line.as_bytes()).ok().flatten());
        let mut line = Vec::new();
        let is_whole = joined(records, &mut line)?;
        Some((String::from_utf8_lossy(&line).replace('\0', "|"), is_whole))
    }

    fn joins(bodies: &[&str], line: &str, is_whole: bool) {
        assert_eq!(join(bodies), Some((line.to_owned(), is_whole)), "{bodies:?}");
    }

    #[test]
    fn arguments_are_decoded_and_joined_from_pieces_and_records_in_any_order() {
        joins(&["argc=2 a0=\"ls\" a1=6D7920646972"], "ls|my dir|", true);
        joins(&["argc=2 a0=\"sh\" a1_len=4 a1[0]=6C a1[1]=73"], "sh|ls|", true);
        joins(&["argc=3 a0=\"a\"", "a1=\"b\"", "a2=\"c\""], "a|b|c|", true);
        joins(&["a2=\"c\"", "a1[1]=73", "argc=3 a0=\"a\" a1_len=4 a1[0]=6C"], "a|ls|c|", true);
    }

    #[test]
    fn a_missing_argument_is_empty() {
        joins(&["argc=4 a0=\"a\" a2=\"c\""], "a||c||", false);
        joins(&["a1=\"b\""], "|b|", false);
        assert_eq!(join(&["x=1"]), None);
    }

    #[test]
    fn all_pieces_are_there_when_their_lengths_say_so() {
        let are_all = |bodies: &[&str]| {
            let lines = bodies.iter().map(|body| format!("type=EXECVE msg=audit(1.000:1): {body}"));
            let lines: Vec<_> = lines.collect();
            is_all(lines.iter().filter_map(|line| audit::record(line.as_bytes()).ok().flatten()))
        };
        assert!(are_all(&["argc=2 a0=\"ls\" a1=6D7920646972"]));
        assert!(are_all(&["argc=2 a0=\"sh\" a1_len=4 a1[0]=6C", "a1[1]=73"]));
        assert!(are_all(&["a1[1]=73", "argc=2 a0=\"sh\" a1_len=4 a1[0]=6C"]));
        assert!(are_all(&["argc=2", "a0=\"sh\"", "a1=\"a\""]));
        assert!(!are_all(&["argc=2 a0=\"sh\" a1_len=6 a1[0]=6C", "a1[1]=73"]));
        assert!(!are_all(&["argc=2 a0=\"sh\" a1[0]=6C", "a1[1]=73"]));
        assert!(!are_all(&["argc=3 a0=\"sh\"", "a2=\"b\""]));
        assert!(!are_all(&["a0=\"sh\""]) && !are_all(&[]));
    }

    #[test]
    fn absurd_numbers_cost_nothing() {
        let (line, is_whole) = join(&["argc=18446744073709551615 a0=\"a\""]).expect("a command");
        assert_eq!((line.len(), is_whole), (2 + 1024, false));
        // Found by fuzzing: two million empty arguments out of one short record.
        let (line, is_whole) = join(&["argc=2 a0=\"a\" a2000000=\"b\""]).expect("a command");
        assert_eq!((line.as_str(), is_whole), ("a||", false));
        joins(&["argc=1 a0=\"a\" a18446744073709551615=\"b\""], "a|", true);
    }

    #[test]
    fn one_record_with_all_of_it_needs_no_joining() {
        let whole = |body: &str| {
            let line = format!("type=EXECVE msg=audit(1.000:1): {body}");
            let record = audit::record(line.as_bytes()).expect("sound").expect("a record");
            let mut command = Vec::new();
            whole(&record, &mut command).then_some(command)
        };
        assert_eq!(whole("argc=2 a0=\"ls\" a1=2D6C").as_deref(), Some(&b"ls\0-l\0"[..]));
        assert_eq!(whole("argc=0").as_deref(), Some(&b""[..]));
        for part in ["argc=2 a0=\"ls\"", "a1=\"x\"", "argc=1 a0_len=2 a0[0]=6C", "argc=2 a1=\"x\""]
        {
            assert_eq!(whole(part), None, "{part}");
        }
    }
}
