//! Which drives are selected: the operands of the command line.

mod found;
mod sharers;

use crate::args::DriveWord;
use crate::names::{Aliases, hctl_of_target, number_of_mode};
use crate::other_drives::OtherDrives;
use found::{Found, Target};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use sysparse::device_name::number_after;
use toolkit::escape::{escape_control, escape_path};
use toolkit::glob;
use toolkit::sampling::SystemRoot;

/// The drives that the operands name; all drives if there are none.
#[derive(Debug)]
pub struct DriveSelection {
    operands: Vec<Operand>,
}

/// A word on the command line that names drives.
#[derive(Debug)]
struct Operand {
    /// The word, safe to print.
    word: String,
    /// What is wrong with the word if it is meant to be a number.
    bad_number: Option<String>,
    pattern: Pattern,
    /// What the word named when drives were last listed.
    found: Found,
    /// What is to be reported about ids that several drives share.
    shared_ids: Vec<String>,
}

#[derive(Debug)]
enum Pattern {
    /// `st3` or another mode of it.
    Number(u32),
    /// A path below the root.
    Path(PathBuf),
    /// A serial number, an address, the name of a link or of a device.
    Name(Vec<u8>),
    /// A pattern for any of these, below `/dev`.
    Glob(Vec<u8>),
}

/// The number of links that are followed from an operand, as in the kernel.
const LINKS_MAX: usize = 40;

impl DriveSelection {
    /// The drives that `words` name.
    #[must_use]
    pub fn new(words: &[DriveWord]) -> DriveSelection {
        DriveSelection { operands: words.iter().map(Operand::new).collect() }
    }

    /// Whether more names than the kernel's are needed to find the drives.
    pub(crate) fn needs_names(&self) -> bool {
        let needs = |operand: &Operand| !matches!(operand.pattern, Pattern::Number(_));
        self.operands.iter().any(needs)
    }

    /// Whether a drive can be left out.
    pub(crate) fn is_all(&self) -> bool {
        self.operands.is_empty()
    }

    /// The numbers of the selected drives, with the word that the user asked for if it names only one
    /// drive.
    pub(crate) fn select(
        &mut self,
        drives: &[Aliases],
        others: &OtherDrives,
        root: &SystemRoot,
    ) -> BTreeMap<u32, Option<String>> {
        if self.is_all() {
            return drives.iter().map(|drive| (drive.number, None)).collect();
        }
        let mut selected = BTreeMap::new();
        for operand in &mut self.operands {
            operand.found = operand.find(drives, others, root);
            let numbers = &mut operand.found.drives;
            operand.shared_ids = sharers::add_sharers(&operand.pattern, numbers, drives, root);
            let asked = (numbers.len() == 1).then(|| operand.word.clone());
            for number in numbers {
                selected.entry(*number).or_insert_with(|| asked.clone());
            }
        }
        selected
    }

    /// Whether any operand names nothing that can be shown.
    pub(crate) fn is_missing(&self) -> bool {
        self.operands.iter().any(|operand| operand.found.is_missing())
    }

    /// What is to be reported about drives that cannot be shown. `hint` follows what is said of an operand
    /// that names no other drive.
    pub(crate) fn missing(&self, hint: &str) -> Vec<String> {
        let mut messages = Vec::new();
        for Operand { word, found, .. } in &self.operands {
            let hint = if found.is_missing() { hint } else { "" };
            if found.is_nothing() {
                messages.push(format!("{word}: no such drive, or it has no statistics{hint}"));
            }
            messages.extend(found.messages().map(|message| message + hint));
        }
        messages
    }

    /// What is to be reported about ids that several drives share: one message per id.
    pub(crate) fn shared_ids(&self) -> impl Iterator<Item = &String> {
        self.operands.iter().flat_map(|operand| &operand.shared_ids)
    }

    /// What is wrong with the words, if they are probably no names of drives: a word that begins like
    /// a number, or none of them names a drive and one does not even look like a name.
    pub(crate) fn misuse(&self, waits: bool) -> Option<String> {
        let missing = || self.operands.iter().filter(|operand| operand.found.is_nothing());
        if let Some(problem) = missing().find_map(|operand| operand.bad_number.clone()) {
            return Some(problem);
        }
        let has_none = missing().count() == self.operands.len() && !waits;
        let mut plain = missing().filter(|operand| has_none && operand.is_plain_word());
        plain.next().map(|operand| format!("{}: expected a number or a drive", operand.word))
    }
}

impl Operand {
    fn new(DriveWord { word, bad_number }: &DriveWord) -> Operand {
        Operand {
            word: escape_control(word.as_bytes()),
            bad_number: bad_number.clone(),
            pattern: Pattern::parse(word),
            found: Found::default(),
            shared_ids: Vec::new(),
        }
    }

    fn find(&self, drives: &[Aliases], others: &OtherDrives, root: &SystemRoot) -> Found {
        let mut found = Found::default();
        let target = match &self.pattern {
            Pattern::Number(number) => Some(Target::Drive(*number)),
            Pattern::Path(path) => follow(path, root),
            Pattern::Name(name) => {
                for drive in drives.iter().filter(|drive| has_name(drive, name)) {
                    found.add_drive(drive, &self.word, others);
                }
                let named = || follow(&in_dev(name), root).or(Some(Target::Address(name.clone())));
                if found.is_nothing() { named() } else { None }
            }
            Pattern::Glob(pattern) => {
                find_by_glob(pattern, drives, others, root, &mut found);
                None
            }
        };
        if let Some(target) = target {
            found.add_target(&target, &self.word, drives, others);
        }
        found
    }

    /// Whether it looks like any word rather than the name of a device.
    fn is_plain_word(&self) -> bool {
        let word = &self.word;
        let is_device = word.starts_with("sg") || word.contains(['/', ':', '-', '.']);
        matches!(self.pattern, Pattern::Name(_)) && (!is_device || word == "-")
    }
}

impl Pattern {
    fn parse(word: &OsStr) -> Pattern {
        let word = word.as_bytes();
        let below_dev = word.strip_prefix(b"/dev/").unwrap_or(word);
        if glob::is_pattern(below_dev) {
            return Pattern::Glob(below_dev.to_vec());
        }
        match (number_of_mode(below_dev), word.strip_prefix(b"/")) {
            (Some(number), _) => Pattern::Number(number),
            (None, Some(path)) => {
                Pattern::Path(join(Path::new(""), Path::new(OsStr::from_bytes(path))))
            }
            (None, None) => Pattern::Name(word.to_vec()),
        }
    }
}

fn has_name(drive: &Aliases, name: &[u8]) -> bool {
    drive.all().any(|alias| alias == name) || drive.serial_and_path().as_deref() == Some(name)
}

/// Finds the drives that a pattern matches by any name, or by the name of anything in `/dev`.
fn find_by_glob(
    pattern: &[u8],
    drives: &[Aliases],
    others: &OtherDrives,
    root: &SystemRoot,
    found: &mut Found,
) {
    let matches = |drive: &&Aliases| {
        let kernel = drive.kernel();
        let modes = [kernel.clone(), format!("n{kernel}")];
        modes.iter().any(|name| glob::matches(pattern, name.as_bytes()))
            || drive.all().any(|name| glob::matches(pattern, name))
    };
    for drive in drives.iter().filter(matches) {
        found.add_drive(drive, &drive.kernel(), others);
    }
    let is_st = |address: &[u8]| drives.iter().any(|drive| drive.address_or_name() == address);
    for (address, other) in others.iter() {
        if glob::matches(pattern, address) && !is_st(address) {
            found.add_without_statistics(other.driver.as_deref(), &escape_control(address));
        }
    }
    for path in matching_in_dev(pattern, root) {
        if let Some(target) = follow(&path, root) {
            let name = format!("/{}", escape_path(&path));
            found.add_target(&target, &name, drives, others);
        }
    }
}

/// The paths in `dev` whose names match a pattern, all in one folder.
fn matching_in_dev(pattern: &[u8], root: &SystemRoot) -> Vec<PathBuf> {
    let (folder, names) = match pattern.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (pattern.get(..slash).unwrap_or_default(), pattern.get(slash + 1..)),
        None => (&b""[..], Some(pattern)),
    };
    let folder = in_dev(folder);
    let mut found = root.list(&folder).unwrap_or_default();
    found.retain(|name| names.is_some_and(|pattern| glob::matches(pattern, name)));
    found.iter().map(|name| folder.join(OsStr::from_bytes(name))).collect()
}

/// The path of something in `/dev`.
fn in_dev(name: &[u8]) -> PathBuf {
    join(Path::new("dev"), Path::new(OsStr::from_bytes(name)))
}

/// Follows links from a path, until one leads to a tape device.
fn follow(path: &Path, root: &SystemRoot) -> Option<Target> {
    let mut path = path.to_path_buf();
    for _ in 0..=LINKS_MAX {
        let name = path.file_name()?.as_encoded_bytes();
        let drive = number_of_mode(name).map(Target::Drive);
        if path.parent() == Some(Path::new("dev")) {
            if drive.is_some() {
                return drive;
            }
            if number_after(b"sg", name).is_some() {
                let device =
                    Path::new("sys/class/scsi_generic").join(path.file_name()?).join("device");
                return hctl_of_target(&root.read_link(device)?).map(Target::Address);
            }
            if name.starts_with(b"IBMtape") {
                return Some(Target::LinTape);
            }
        }
        let Some(target) = root.read_link(&path) else { return drive };
        path = join(path.parent()?, &target);
    }
    None
}

/// The path below the root to which `target`, which may be absolute, leads from `folder`.
fn join(folder: &Path, target: &Path) -> PathBuf {
    let mut path = if target.is_absolute() { PathBuf::new() } else { folder.to_path_buf() };
    for part in target.components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => {
                path.pop();
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use test_support::{temp_dir, write};

    #[test]
    fn links_of_any_depth_are_followed_within_the_root() {
        let folder = temp_dir();
        let root = folder.path();
        write(&root.join("proc/uptime"), "1");
        for (link, target) in [
            ("dev/tape/by-id/a", "../../nst3"),
            ("dev/two", "tape/by-id/a"),
            ("dev/absolute", "/dev/two"),
            ("dev/library/st0", "../nst3"),
            ("dev/loop", "loop"),
            ("dev/far", "../../../../../dev/st3"),
            ("sys/class/scsi_generic/sg7/device", "../../../7:0:1:0"),
        ] {
            let link = root.join(link);
            std::fs::create_dir_all(link.parent().unwrap()).unwrap();
            symlink(target, link).unwrap();
        }
        let root = SystemRoot::open(Some(root)).unwrap();
        for path in ["dev/two", "dev/absolute", "dev/library/st0", "dev/far", "dev/st3m"] {
            assert!(matches!(follow(Path::new(path), &root), Some(Target::Drive(3))), "{path}");
        }
        for path in ["dev/loop", "dev/none", "dev/sg8", ""] {
            assert!(follow(Path::new(path), &root).is_none(), "{path}");
        }
        let sg7 = follow(Path::new("dev/sg7"), &root);
        assert!(matches!(sg7, Some(Target::Address(hctl)) if hctl == b"7:0:1:0"));
        assert!(matches!(follow(Path::new("dev/IBMtape0n"), &root), Some(Target::LinTape)));
    }
}
