//! Finds logs that are copies of others: what is decompressed beside the compressed log, a rotation that
//! was interrupted, a copy that was made while the log grew.
//!
//! A log is a copy if all of its bytes, decompressed, are the first bytes of another one. The beginnings
//! of different logs differ, so only copies are read as a whole here.

use super::Note;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use toolkit::input::Source;

/// How many bytes at the beginning of a log are compared first. A record is about as long up to the end
/// of its stamp, which no other log has.
const START: usize = 64;

/// How many bytes are compared at once.
const BLOCK: usize = 1 << 16;

/// Leaves out the logs whose records another one holds too. Returns a note for each.
pub(super) fn leave_out(paths: &mut Vec<PathBuf>) -> Vec<Note> {
    // A single log has no copy, and need not be opened here.
    if paths.len() < 2 {
        return Vec::new();
    }
    let mut kept_by_start: HashMap<_, Vec<usize>> = HashMap::new();
    // The log of which each one is a copy.
    let mut originals = vec![None; paths.len()];
    for (place, path) in paths.iter().enumerate() {
        let Some(start) = start(path) else { continue };
        let kept = kept_by_start.entry(start).or_default();
        let same = kept.iter_mut().find_map(|own| Some((is_longer(path, paths.get(*own)?)?, own)));
        match same {
            Some((true, own)) => {
                let shorter = std::mem::replace(own, place);
                originals.iter_mut().skip(shorter).take(1).for_each(|slot| *slot = Some(place));
            }
            Some((false, own)) => {
                originals.iter_mut().skip(place).take(1).for_each(|slot| *slot = Some(*own));
            }
            None => kept.push(place),
        }
    }
    let pairs = std::mem::take(paths).into_iter().zip(originals).collect::<Vec<_>>();
    let mut notes = Vec::new();
    for (path, original) in &pairs {
        match original.and_then(|place| pairs.get(place)) {
            Some((original, _)) => notes.push(Note::Copy(path.clone(), original.clone())),
            None => paths.push(path.clone()),
        }
    }
    notes
}

/// The first bytes of a regular file, decompressed; `None` if it is shorter.
fn start(path: &Path) -> Option<[u8; START]> {
    let mut start = [0; START];
    reader(path)?.read_exact(&mut start).ok()?;
    Some(start)
}

/// A regular file. Another one could be read only once.
fn reader(path: &Path) -> Option<Box<dyn Read>> {
    match Source::open(Some(path).filter(|path| path.is_file())?).ok()? {
        Source::File(file) => Some(Box::new(file)),
        Source::Stream(stream) => Some(stream),
    }
}

/// Whether the log is to be read rather than `other`, of which it holds the beginning or which holds its
/// beginning: the longer one, or of equal ones the one that is not compressed. `None` if they differ.
fn is_longer(log: &Path, other: &Path) -> Option<bool> {
    let (mut one, mut two) = (reader(log)?, reader(other)?);
    let (mut one_block, mut two_block) = (Vec::new(), Vec::new());
    loop {
        read_block(&mut *one, &mut one_block);
        read_block(&mut *two, &mut two_block);
        let length = one_block.len().min(two_block.len());
        if one_block.get(..length) != two_block.get(..length) {
            return None;
        }
        if length < BLOCK {
            return Some(match one_block.len().cmp(&two_block.len()) {
                Ordering::Equal => Source::is_gzip(other) && !Source::is_gzip(log),
                order => order.is_gt(),
            });
        }
    }
}

/// Reads as many bytes as there are, at most [`BLOCK`]. What cannot be read is reported when the log is
/// read, unless another one holds all that can be.
fn read_block(reader: &mut dyn Read, block: &mut Vec<u8>) {
    block.clear();
    let _: io::Result<usize> = reader.take(BLOCK as u64).read_to_end(block);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;
    use test_support::{temp_dir, works, write};

    #[test]
    fn of_equal_logs_and_of_a_log_and_its_beginning_one_is_read() {
        let folder = temp_dir();
        let file = |name: &str| folder.path().join(name);
        let text = |end: &str| format!("{}{end}", "type=A msg=audit(1.000:1): x\n".repeat(9000));
        write(&file("a"), text(""));
        write(&file("b"), text("more\n"));
        write(&file("c"), text("other\n"));
        write(&file("d"), text(""));
        write(&file("short"), "type=A msg=audit(1.000:1): x\n");
        write(&file("short2"), "type=A msg=audit(1.000:1): x\n");
        write(&file("e"), text("gz\n"));
        assert!(works(Command::new("gzip").arg("-k").arg(file("e"))));
        let left = |names: &[&str]| {
            let mut paths: Vec<_> = names.iter().map(|name| file(name)).collect();
            let notes = leave_out(&mut paths);
            let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
            let copy = |note: &Note| match note {
                Note::Copy(copy, original) => format!("{}={}", name(copy), name(original)),
                note => panic!("{note}"),
            };
            let read: Vec<_> = paths.iter().map(|path| name(path)).collect();
            (read.join(" "), notes.iter().map(copy).collect::<Vec<_>>().join(" "))
        };
        let wanted = |read: &str, copies: &str| (read.to_owned(), copies.to_owned());
        assert_eq!(left(&["a", "b"]), wanted("b", "a=b"));
        assert_eq!(left(&["b", "a"]), wanted("b", "a=b"));
        assert_eq!(left(&["b", "c"]), wanted("b c", ""));
        assert_eq!(left(&["c", "b", "a", "d"]), wanted("c b", "a=c d=c"));
        assert_eq!(left(&["a", "d"]), wanted("a", "d=a"));
        assert_eq!(left(&["e.gz", "e"]), wanted("e", "e.gz=e"));
        assert_eq!(left(&["e", "e.gz"]), wanted("e", "e.gz=e"));
        assert_eq!(left(&["short", "short2", "missing"]), wanted("short short2 missing", ""));
        assert_eq!(left(&["a"]), wanted("a", ""));
    }
}
