//! Which drives are selected, and by which names they are shown.

use crate::error::Error;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use sysparse::device_name::{Hctl, number_after};
use sysparse::vpd;
use toolkit::escape::escape_control;
use toolkit::sampling::{OpenFile, SystemRoot};

/// The folder in which the kernel lists the drives.
pub(crate) const CLASS: &str = "sys/class/scsi_tape";

/// The kind of name by which a drive is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The link in `/dev/tape/by-id`.
    Id,
    /// The link in `/dev/tape/by-path`.
    Path,
    /// The serial number.
    Serial,
    /// Host, channel, target and LUN.
    Hctl,
}

/// The names of a drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveNames {
    /// 3 of `st3`.
    pub number: u32,
    /// The kernel name, `st3`.
    pub kernel: String,
    /// The name that is shown, safe to print.
    pub shown: String,
    /// Whether `shown` is the kernel name only because another one does not exist yet: udev makes
    /// links a while after a drive was added.
    pub(crate) is_provisional: bool,
}

/// The drives that are selected, and the kind of name by which they are shown.
#[derive(Debug)]
pub struct DriveSelection {
    /// The numbers of the drives; all drives if empty.
    numbers: Vec<u32>,
    naming: Option<Naming>,
}

impl DriveSelection {
    /// The drives that `words` name; all drives if there are none.
    ///
    /// # Errors
    /// [`Error::NotADrive`] for a word that names no drive.
    pub fn new(
        words: &[OsString],
        naming: Option<Naming>,
        root: &SystemRoot,
    ) -> Result<DriveSelection, Error> {
        let number = |word: &OsString| {
            let not_a_drive = || Error::NotADrive(word.to_string_lossy().into_owned());
            number_of_word(word, root).ok_or_else(not_a_drive)
        };
        let mut numbers = words.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        numbers.sort_unstable();
        numbers.dedup();
        Ok(DriveSelection { numbers, naming })
    }

    /// The numbers of the drives that were named.
    pub(crate) fn named(&self) -> &[u32] {
        &self.numbers
    }

    /// The numbers of the selected drives that the kernel lists, sorted.
    pub(crate) fn listed(&self, root: &SystemRoot) -> Vec<u32> {
        let names = root.list(CLASS).unwrap_or_default();
        let is_selected =
            |number: &u32| self.numbers.is_empty() || self.numbers.binary_search(number).is_ok();
        let mut numbers: Vec<u32> =
            names.iter().filter_map(|name| number(name)).filter(is_selected).collect();
        numbers.sort_unstable();
        numbers
    }

    /// The names of the links in `/dev/tape` by the number of their drive, if drives are shown by
    /// these names.
    pub(crate) fn links(&self, root: &SystemRoot) -> BTreeMap<u32, String> {
        let folder = match self.naming {
            Some(Naming::Id) => "dev/tape/by-id",
            Some(Naming::Path) => "dev/tape/by-path",
            Some(Naming::Serial | Naming::Hctl) | None => return BTreeMap::new(),
        };
        let link = |name: Vec<u8>| {
            let shown = escape_control(&name);
            let target = root.read_link(Path::new(folder).join(OsStr::from_bytes(&name)))?;
            let target = target.file_name()?.as_encoded_bytes();
            // Of the links to a drive, the one to the device that rewinds has the plainest name,
            // and so does the shortest one.
            let rewinds = number(target).is_some();
            Some((number_of_mode(target)?, (!rewinds, shown.len(), shown)))
        };
        let names = root.list(folder).unwrap_or_default();
        let mut links: Vec<_> = names.into_iter().filter_map(link).collect();
        links.sort_unstable_by(|one, other| other.cmp(one));
        links.into_iter().map(|(number, (_, _, name))| (number, name)).collect()
    }

    /// The names of a drive.
    pub(crate) fn names(
        &self,
        root: &mut SystemRoot,
        number: u32,
        links: &BTreeMap<u32, String>,
    ) -> DriveNames {
        let device = format!("{CLASS}/st{number}/device");
        let shown = match self.naming {
            None => None,
            Some(Naming::Id | Naming::Path) => links.get(&number).cloned(),
            Some(Naming::Serial) => serial(root, &device),
            Some(Naming::Hctl) => hctl(root, &device),
        };
        let is_provisional = self.naming.is_some() && shown.is_none();
        let kernel = format!("st{number}");
        let shown = shown.unwrap_or_else(|| kernel.clone());
        DriveNames { number, kernel, shown, is_provisional }
    }
}

/// The serial number that the drive reported to the kernel.
fn serial(root: &mut SystemRoot, device: &str) -> Option<String> {
    let mut file = OpenFile::new(format!("{device}/vpd_pg80"));
    let serial = vpd::unit_serial_number(root.read_attribute(&mut file).ok()?).ok()?;
    (!serial.is_empty()).then(|| escape_control(serial))
}

/// The address of the drive, which is the name of the folder to which `device` leads.
fn hctl(root: &SystemRoot, device: &str) -> Option<String> {
    let target = root.read_link(device)?;
    let address = target.file_name()?.as_encoded_bytes();
    Hctl::parse(address).is_ok().then(|| escape_control(address))
}

/// The number of the drive that a word names: `st3`, `nst3`, `/dev/nst3a`, or a link to one of these.
fn number_of_word(word: &OsStr, root: &SystemRoot) -> Option<u32> {
    let path = Path::new(word);
    number_of_mode(path.file_name()?.as_encoded_bytes()).or_else(|| {
        let target = root.read_link(path.strip_prefix("/").ok()?)?;
        number_of_mode(target.file_name()?.as_encoded_bytes())
    })
}

/// The number of a drive from the name of any of its modes, such as `nst3l`.
fn number_of_mode(name: &[u8]) -> Option<u32> {
    let mut name = name.strip_prefix(b"n").unwrap_or(name);
    while let [rest @ .., b'l' | b'm' | b'a'] = name {
        name = rest;
    }
    number(name)
}

/// The number of a drive from its name `st3`.
fn number(name: &[u8]) -> Option<u32> {
    number_after(b"st", name).and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_is_the_same_drive() {
        for name in [&b"st12"[..], b"nst12", b"st12l", b"nst12a", b"st12m"] {
            assert_eq!(number_of_mode(name), Some(12), "{}", name.escape_ascii());
        }
        for name in
            [&b"st"[..], b"st012", b"st+1", b"sta", b"sg1", b"st99999999999", b"xst1", b"st1x"]
        {
            assert_eq!(number_of_mode(name), None, "{}", name.escape_ascii());
        }
        assert_eq!(number(b"nst1"), None);
    }
}
