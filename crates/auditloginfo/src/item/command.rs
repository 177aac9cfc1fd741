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
const MISSING_MAX: u64 = 1 << 10;

/// Writes the command line of one record to `line`. Returns whether the record holds all of it.
/// `exe` is the executable: it stands for an empty first argument.
pub(crate) fn write_if_whole(record: &Record<'_>, exe: &[u8], line: &mut Vec<u8>) -> bool {
    line.clear();
    let mut count = None;
    let mut next = 0;
    for argument in record.arguments() {
        match argument {
            Argument::Count(arguments) if count.is_none() => count = Some(arguments),
            Argument::Whole(index, value) if index == next && value.cut_text().is_none() => {
                value.text().append_to(line);
                line.push(0);
                next += 1;
            }
            _ => return false,
        }
    }
    name_program(exe, line);
    count == Some(next)
}

/// Writes the executable in brackets where the first argument is empty or there is none.
fn name_program(exe: &[u8], line: &mut Vec<u8>) {
    if !exe.is_empty() && line.first().is_none_or(|byte| *byte == 0) {
        line.splice(..line.len().min(1), [b"[", exe, b"]\0"].concat());
    }
}

/// Which piece of a command line: the number of the argument, the number of the piece.
type ArgumentPart = (u64, u64);

/// Pieces of a command line that follow each other, decoded, with a NUL between arguments.
#[derive(Debug)]
struct Run {
    last: ArgumentPart,
    bytes: Vec<u8>,
}

/// The arguments in the EXECVE records of one event. They are decoded as they come, so that what is
/// held is not longer than the command line.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// The number of arguments, if a record holds it. Kernels of 2006 write none.
    argc: Option<u64>,
    /// The number of pieces.
    pieces: u64,
    /// The runs by their first piece. In the order in which the kernel writes there is one.
    runs: BTreeMap<ArgumentPart, Run>,
    /// For each argument in several pieces the length that was announced, and that of the pieces, as
    /// they are written.
    lengths: BTreeMap<u64, (Option<u64>, u64)>,
    /// The size of the decoded bytes.
    bytes: usize,
    /// Whether the end of an argument is cut off.
    is_cut: bool,
}

/// What a run or a length takes besides its bytes, in bytes.
const ENTRY_SIZE: usize = 128;

impl Arguments {
    /// Adds the arguments of a record. A piece that is there already is left out. If not `keeps_bytes`,
    /// only the places are kept. Returns whether anything is new.
    pub(crate) fn add(&mut self, record: &Record<'_>, keeps_bytes: bool) -> bool {
        let (argc, pieces) = (self.argc, self.pieces);
        for argument in record.arguments() {
            match argument {
                Argument::Count(count) => self.argc = self.argc.max(Some(count)),
                Argument::Length(index, length) => {
                    self.lengths.entry(index).or_default().0.get_or_insert(length);
                }
                Argument::Whole(index, value) => {
                    let _ = self.add_piece((index, 0), value, keeps_bytes);
                }
                Argument::Part(index, piece, value) => {
                    if self.add_piece((index, piece), value, keeps_bytes) {
                        self.lengths.entry(index).or_default().1 += value.raw().len() as u64;
                    }
                }
            }
        }
        self.argc != argc || self.pieces != pieces
    }

    /// Whether both hold a piece.
    pub(crate) fn overlaps(&self, other: &Arguments) -> bool {
        let held = |first: &ArgumentPart, last: ArgumentPart| {
            let before = self.runs.range(..=last).next_back();
            before.is_some_and(|(_, run)| run.last >= *first)
        };
        self.argc.is_some() && other.argc.is_some()
            || other.runs.iter().any(|(first, run)| held(first, run.last))
    }

    /// Adds one piece. Returns whether it is new.
    fn add_piece(&mut self, part: ArgumentPart, value: Value<'_>, keeps_bytes: bool) -> bool {
        let before = self.runs.range_mut(..=part).next_back();
        if before.as_ref().is_some_and(|(_, run)| part <= run.last) {
            return false;
        }
        self.pieces += 1;
        let run = match before {
            Some((_, run)) if follows(run.last, part) => run,
            _ => self.runs.entry(part).or_insert(Run { last: part, bytes: Vec::new() }),
        };
        let cut = value.cut_text();
        self.is_cut |= cut.is_some();
        if keeps_bytes {
            let size = run.bytes.len();
            if part.0 != run.last.0 {
                run.bytes.push(0);
            }
            cut.unwrap_or(value.text()).append_to(&mut run.bytes);
            self.bytes += run.bytes.len() - size;
        }
        run.last = part;
        true
    }

    /// Adds the arguments that another part of the log holds of the same command.
    pub(crate) fn merge(&mut self, other: Arguments) {
        self.argc = self.argc.max(other.argc);
        self.pieces += other.pieces;
        self.bytes += other.bytes;
        self.is_cut |= other.is_cut;
        for (index, (announced, written)) in other.lengths {
            let length = self.lengths.entry(index).or_default();
            *length = (length.0.or(announced), length.1 + written);
        }
        for (first, run) in other.runs {
            match self.runs.range_mut(..=first).next_back() {
                Some((_, before)) if run.last <= before.last => {}
                Some((_, before)) if follows(before.last, first) => before.append(first, &run),
                _ => drop(self.runs.insert(first, run)),
            }
        }
    }

    /// The size of what is held, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.bytes + (self.runs.len() + self.lengths.len()) * ENTRY_SIZE
    }

    /// The largest plausible number of arguments.
    fn max_argc(&self) -> u64 {
        self.pieces.saturating_add(MISSING_MAX)
    }

    /// Whether the records say nothing about the command line.
    pub(crate) fn is_empty(&self) -> bool {
        self.argc.is_none() && self.runs.is_empty()
    }

    /// Whether the records certainly hold the whole command line.
    pub(crate) fn is_whole(&self) -> bool {
        let mut next = None;
        let is_next = |(first, run): (&ArgumentPart, &Run)| {
            let last = next.replace(run.last);
            last.map_or(*first == (0, 0), |last| follows(last, *first))
        };
        !self.is_cut
            && self.lengths.values().all(|(announced, written)| *announced == Some(*written))
            && self.runs.iter().all(is_next)
            && self.argc == Some(next.map_or(0, |(index, _)| index + 1))
    }

    /// Writes the command line to `line`, with an empty argument for each one that is missing.
    /// `exe` is the executable: it stands for an empty first argument. Returns whether none is
    /// missing.
    pub(crate) fn write(&self, exe: &[u8], line: &mut Vec<u8>) -> bool {
        line.clear();
        let mut is_whole = !self.is_cut;
        let mut last = None;
        let max_argc = self.max_argc();
        for (first, run) in self.runs.iter().filter(|((index, _), _)| *index < max_argc) {
            if last.is_some_and(|last| *first <= last) {
                continue;
            }
            let begun = last.map_or(0, |(index, _)| index);
            is_whole &= last.map_or(*first == (0, 0), |last| follows(last, *first));
            line.extend((begun..first.0).map(|_| 0));
            line.extend_from_slice(&run.bytes);
            last = Some(run.last);
        }
        let found = last.map_or(0, |(index, _)| index.saturating_add(1));
        let end = self.argc.unwrap_or(found).clamp(found, found.max(max_argc));
        let begun = last.map_or(0, |(index, _)| index);
        line.extend((begun..end).map(|_| 0));
        let has_first = self.runs.first_key_value().map_or(end == 0, |(first, _)| *first == (0, 0));
        if has_first {
            name_program(exe, line);
        }
        let has_all = self.argc.is_none_or(|argc| argc == end) && found == end;
        let is_piece_missing = |(announced, written): &(Option<u64>, u64)| {
            announced.is_some_and(|all| all != *written)
        };
        is_whole && has_all && !self.lengths.values().any(is_piece_missing)
    }
}

impl Run {
    /// Appends a run whose first piece follows the last one of this.
    fn append(&mut self, first: ArgumentPart, next: &Run) {
        if first.0 != self.last.0 {
            self.bytes.push(0);
        }
        self.bytes.extend_from_slice(&next.bytes);
        self.last = next.last;
    }
}

/// Whether no piece can be missing between the two.
fn follows(last: ArgumentPart, next: ArgumentPart) -> bool {
    let continues = next.0 == last.0 && next.1.checked_sub(1) == Some(last.1);
    continues || next.1 == 0 && next.0.checked_sub(1) == Some(last.0)
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

    fn arguments(lines: &[String]) -> Arguments {
        let mut arguments = Arguments::default();
        for line in lines {
            arguments.add(&record(line), true);
        }
        arguments
    }

    /// The command line in records with these bodies, and whether nothing is missing.
    fn write(bodies: &[&str]) -> (String, bool) {
        let mut line = Vec::new();
        let is_whole = arguments(&lines(bodies)).write(b"", &mut line);
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
        let short = ["argc=2 a0=\"a\" a1_len=6 a1[0]=6C", "a1[1]=73"];
        assert_eq!(write(&short), ("a|ls|".to_owned(), false));
        assert_eq!(write(&["argc=2 a0=\"a\" a1[0]=6C", "a1[1]=73"]), ("a|ls|".to_owned(), true));
        assert!(arguments(&lines(&["x=1"])).is_empty());
    }

    #[test]
    fn a_command_of_a_kernel_that_writes_no_number_of_arguments_is_whole_without_a_gap() {
        assert_eq!(write(&["a0=\"ls\" a1=\"-l\""]), ("ls|-l|".to_owned(), true));
        assert_eq!(write(&["a0=\"ls\" a2=\"-l\""]), ("ls||-l|".to_owned(), false));
        assert_eq!(write(&["argc=3 a0=\"ls\" a1=\"-l\""]), ("ls|-l||".to_owned(), false));
        assert!(!arguments(&lines(&["a0=\"ls\""])).is_whole(), "more may come");
    }

    #[test]
    fn of_an_argument_that_is_cut_the_whole_bytes_are_written() {
        let cut = ["argc=2 a0=\"sh\" a1=6C737"];
        assert_eq!(write(&cut), ("sh|ls|".to_owned(), false));
        assert!(!arguments(&lines(&cut)).is_whole());
        assert_eq!(write(&["argc=1 a0=7"]), ("|".to_owned(), false));
        assert_eq!(write(&["argc=1 a0=6C7g3"]), ("6C7g3|".to_owned(), true));
        let mut first = arguments(&lines(&["argc=2 a0=\"sh\""]));
        first.merge(arguments(&lines(&["a1=6C737"])));
        assert!(!first.is_whole() && !first.write(b"", &mut Vec::new()));
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
            write_if_whole(&record(&lines[0]), b"", &mut command).then_some(command)
        };
        assert_eq!(write("argc=2 a0=\"ls\" a1=2D6C").as_deref(), Some(&b"ls\0-l\0"[..]));
        assert_eq!(write("argc=0").as_deref(), Some(&b""[..]));
        for part in [
            "argc=2 a0=\"ls\"",
            "a1=\"x\"",
            "argc=1 a0_len=2 a0[0]=6C",
            "argc=2 a1=\"x\"",
            "argc=1 a0=6C7",
        ] {
            assert_eq!(write(part), None, "{part}");
        }
    }
}
