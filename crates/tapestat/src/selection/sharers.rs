//! Operands that are ids which several drives share. The link in `/dev/tape/by-id` leads to only one of
//! them, so it does not say which of them is meant.

use super::{LINKS_MAX, Pattern, in_dev, join, matching_in_dev};
use crate::names::{Aliases, shared_ids};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use toolkit::glob;
use toolkit::sampling::SystemRoot;

/// Adds to `numbers`, those of the drives that `pattern` names, the other drives that share an id by
/// which it names them. Returns what is to be reported: one message per id.
pub(super) fn add_sharers(
    pattern: &Pattern,
    numbers: &mut Vec<u32>,
    drives: &[Aliases],
    root: &SystemRoot,
) -> Vec<String> {
    let ids = ids_of(pattern, root);
    let is_named = |id: &Vec<u8>| match pattern {
        Pattern::Glob(pattern) => glob::matches(pattern, id) || ids.contains(id),
        Pattern::Name(name) => name == id || ids.contains(id),
        Pattern::Path(_) | Pattern::Number(_) => ids.contains(id),
    };
    let shared = shared_ids(drives);
    let mut messages = Vec::new();
    for drive in drives {
        // Of several ids, the plainest one is that of the kernel. It has a link for each mode.
        let Some(id) = drive.ids.first() else { continue };
        let Some(problem) = shared.get(&drive.number) else { continue };
        if !is_named(id) && !is_named(&[id, &b"-nst"[..]].concat()) {
            continue;
        }
        let sharers = shared.iter().filter(|(_, other)| *other == problem);
        let sharers: Vec<_> = sharers.map(|(number, _)| *number).collect();
        if !sharers.iter().all(|number| numbers.contains(number)) {
            let names: Vec<_> = sharers.iter().map(|number| format!("st{number}")).collect();
            messages.push(format!("{}: {problem}; all of them are shown", names.join(", ")));
            numbers.extend(sharers);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    messages
}

/// The links in `/dev/tape/by-id` over which the paths of a pattern lead.
fn ids_of(pattern: &Pattern, root: &SystemRoot) -> Vec<Vec<u8>> {
    let paths = match pattern {
        Pattern::Number(_) => Vec::new(),
        Pattern::Path(path) => vec![path.clone()],
        Pattern::Name(name) => vec![in_dev(name)],
        Pattern::Glob(pattern) => matching_in_dev(pattern, root),
    };
    paths.iter().filter_map(|path| id_on_the_way(path, root)).collect()
}

fn id_on_the_way(path: &Path, root: &SystemRoot) -> Option<Vec<u8>> {
    let mut path = path.to_path_buf();
    for _ in 0..=LINKS_MAX {
        if path.parent() == Some(Path::new("dev/tape/by-id")) {
            return Some(path.file_name()?.as_bytes().to_vec());
        }
        path = join(path.parent()?, &root.read_link(&path)?);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use test_support::{temp_dir, write};

    /// What an operand that names `found` names with the drives that share its ids: st0 and st1 share
    /// one; st2 has its own.
    fn sharers(word: &str, found: &[u32]) -> (Vec<u32>, Vec<String>) {
        let folder = temp_dir();
        write(&folder.path().join("proc/uptime"), "1");
        std::fs::create_dir_all(folder.path().join("dev/tape/by-id")).unwrap();
        for (link, target) in [
            ("dev/tape/by-id/scsi-1", "../../st1"),
            ("dev/tape/by-id/scsi-1-nst", "../../nst1"),
            ("dev/tape/by-id/scsi-2", "../../st2"),
            ("dev/mine", "tape/by-id/scsi-1-nst"),
            ("dev/loop", "loop"),
        ] {
            symlink(target, folder.path().join(link)).unwrap();
        }
        let root = SystemRoot::open(Some(folder.path())).unwrap();
        let drive = |number, wwid: &str, ids: &[&str]| Aliases {
            number,
            wwid: Some(wwid.into()),
            serial: Some(format!("SER{number}").into()),
            ids: ids.iter().map(|id| id.as_bytes().to_vec()).collect(),
            ..Aliases::default()
        };
        let drives = [
            drive(0, "naa.1", &[]),
            drive(1, "naa.1", &["scsi-1", "scsi-1-nst"]),
            drive(2, "naa.2", &["scsi-2"]),
        ];
        let mut numbers = found.to_vec();
        let messages = add_sharers(&Pattern::parse(word.as_ref()), &mut numbers, &drives, &root);
        (numbers, messages)
    }

    #[test]
    fn an_id_that_drives_share_names_all_of_them() {
        let message = "st0, st1: these drives share the id naa.1; all of them are shown";
        for word in [
            "scsi-1",
            "scsi-1-nst",
            "/dev/tape/by-id/scsi-1",
            "/dev/mine",
            "mine",
            "scsi-1*",
            "*-nst",
            "/dev/m*",
            "tape/by-id/*1",
        ] {
            assert_eq!(sharers(word, &[1]), (vec![0, 1], vec![message.to_owned()]), "{word}");
        }
    }

    #[test]
    fn other_names_name_one_drive() {
        for (word, found) in [
            ("scsi-2", &[2][..]),
            ("st1", &[1]),
            ("SER1", &[1]),
            ("loop", &[]),
            ("/dev/loop", &[]),
            ("*", &[0, 1, 2]),
        ] {
            assert_eq!(sharers(word, found), (found.to_vec(), Vec::new()), "{word}");
        }
    }
}
