//! The names of drives.

mod identity;
mod links;
mod shared_ids;

pub(crate) use identity::Identity;
pub(crate) use shared_ids::shared_ids;

use crate::names::links::TapeLinks;
use std::collections::BTreeMap;
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

/// The names of a drive that are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveNames {
    /// 3 of `st3`.
    pub number: u32,
    /// The kernel name, `st3`.
    pub kernel: String,
    /// The name that is shown, safe to print.
    pub shown: String,
    /// The name in messages, safe to print: the one that the user asked for, and that of the kernel.
    pub label: String,
    /// Host, channel, target and LUN, if known.
    pub hctl: Option<String>,
    /// Whether `shown` is the kernel name only because another one does not exist yet: udev makes
    /// links a while after a drive was added.
    pub(crate) is_provisional: bool,
}

/// All names of a drive, as far as they are needed.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    /// 3 of `st3`.
    pub(crate) number: u32,
    /// Host, channel, target and LUN.
    pub(crate) hctl: Option<Vec<u8>>,
    /// The serial number.
    pub(crate) serial: Option<Vec<u8>>,
    /// The id in the kernel.
    pub(crate) wwid: Option<Vec<u8>>,
    /// Of a saved system: a text that changes when the files of the drive had to be opened again.
    pub(crate) reopened: Option<Vec<u8>>,
    /// The links in `/dev/tape/by-id`, the plainest first.
    pub(crate) ids: Vec<Vec<u8>>,
    /// The links in `/dev/tape/by-path`, the plainest first.
    pub(crate) paths: Vec<Vec<u8>>,
}

impl Aliases {
    pub(crate) fn kernel(&self) -> String {
        format!("st{}", self.number)
    }

    /// The address, or the kernel name without one.
    pub(crate) fn address_or_name(&self) -> Vec<u8> {
        self.hctl.clone().unwrap_or_else(|| self.kernel().into_bytes())
    }

    /// The names, except for that of the kernel.
    pub(crate) fn all(&self) -> impl Iterator<Item = &[u8]> {
        let links = self.ids.iter().chain(&self.paths);
        links.chain(&self.hctl).chain(&self.serial).map(Vec::as_slice)
    }

    /// The serial number with the address, for a drive that has several paths.
    pub(crate) fn serial_and_path(&self) -> Option<Vec<u8>> {
        Some([self.serial.as_deref()?, b"@", self.hctl.as_deref()?].concat())
    }
}

/// Reads all drives that the kernel lists, by number. Links are read only if `needs_links`: most runs do
/// not need them.
pub(crate) fn read_aliases(root: &mut SystemRoot, needs_links: bool) -> Vec<Aliases> {
    let names = root.list(CLASS).unwrap_or_default();
    let mut numbers: Vec<u32> = names.iter().filter_map(|name| number(name)).collect();
    numbers.sort_unstable();
    let links =
        |folder| if needs_links { TapeLinks::read(root, folder) } else { TapeLinks::default() };
    let (ids, paths) = (links("dev/tape/by-id"), links("dev/tape/by-path"));
    let read = |number| {
        let device = format!("{CLASS}/st{number}/device");
        let hctl = root.read_link(&device).and_then(|target| hctl_of_target(&target));
        Aliases {
            number,
            hctl,
            serial: serial(root, &device),
            wwid: wwid(root, &device),
            reopened: recorded_reopening(number, root),
            ids: ids.links_to(number),
            paths: paths.links_to(number),
        }
    };
    numbers.into_iter().map(read).collect()
}

/// The names by which drives are shown.
pub(crate) struct Namer {
    naming: Option<Naming>,
    /// By number, the names that several drives have; a drive in it is not shown by such a name.
    shared: BTreeMap<u32, String>,
}

impl Namer {
    /// The names for these drives.
    pub(crate) fn new(naming: Option<Naming>, drives: &[Aliases]) -> Namer {
        let shared = match naming {
            Some(Naming::Id) => shared_ids(drives),
            Some(Naming::Serial) => shared_serials(drives),
            Some(Naming::Path | Naming::Hctl) | None => BTreeMap::new(),
        };
        Namer { naming, shared }
    }

    /// What is to be reported about ids that several drives share: one message per id.
    pub(crate) fn problems(&self) -> Vec<String> {
        if self.naming != Some(Naming::Id) {
            return Vec::new();
        }
        let mut drives: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (number, problem) in &self.shared {
            drives.entry(problem).or_default().push(format!("st{number}"));
        }
        let text = |(problem, drives): (&str, Vec<String>)| {
            format!("{}: {problem}; they are shown by their kernel names", drives.join(", "))
        };
        drives.into_iter().map(text).collect()
    }

    /// The names of a drive that the user asked for by `asked`, if by any name.
    pub(crate) fn names(&self, drive: &Aliases, asked: Option<&str>) -> DriveNames {
        let is_shared = self.shared.contains_key(&drive.number);
        let name = match self.naming {
            None => None,
            Some(Naming::Id) => drive.ids.first().filter(|_| !is_shared).cloned(),
            Some(Naming::Path) => drive.paths.first().cloned(),
            Some(Naming::Serial) if is_shared => drive.serial_and_path(),
            Some(Naming::Serial) => drive.serial.clone(),
            Some(Naming::Hctl) => drive.hctl.clone(),
        };
        let is_provisional = self.naming.is_some() && name.is_none() && !is_shared;
        let kernel = drive.kernel();
        let shown = name.map_or_else(|| kernel.clone(), |name| escape_control(&name));
        let asked = asked.unwrap_or(&shown);
        let label = if asked == kernel { kernel.clone() } else { format!("{asked} ({kernel})") };
        let hctl = drive.hctl.as_deref().map(escape_control);
        DriveNames { number: drive.number, kernel, shown, label, hctl, is_provisional }
    }
}

/// The drives with a serial number that another one has, too: most likely one drive on two paths.
fn shared_serials(drives: &[Aliases]) -> BTreeMap<u32, String> {
    let mut by_serial: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
    for drive in drives {
        if let Some(serial) = &drive.serial {
            by_serial.entry(serial).or_default().push(drive.number);
        }
    }
    let shared = by_serial.into_values().filter(|numbers| numbers.len() > 1);
    shared.flatten().map(|number| (number, String::new())).collect()
}

/// The serial number that the drive reported to the kernel.
fn serial(root: &mut SystemRoot, device: &str) -> Option<Vec<u8>> {
    let mut file = OpenFile::new(format!("{device}/vpd_pg80"));
    let serial = vpd::unit_serial_number(root.read_attribute(&mut file).ok()?).ok()?;
    (!serial.is_empty()).then(|| serial.to_vec())
}

/// The id of the drive in the kernel.
fn wwid(root: &mut SystemRoot, device: &str) -> Option<Vec<u8>> {
    let mut file = OpenFile::new(format!("{device}/wwid"));
    let wwid = root.read_attribute(&mut file).ok()?.trim_ascii();
    (!wwid.is_empty()).then(|| wwid.to_vec())
}

/// The file in which `--save` records that the files of a drive had to be opened again, because they
/// were those of a drive that was removed.
pub(crate) fn reopened(number: u32) -> String {
    format!("{CLASS}/st{number}/reopened")
}

fn recorded_reopening(number: u32, root: &mut SystemRoot) -> Option<Vec<u8>> {
    if !root.is_saved() {
        return None;
    }
    root.read(reopened(number)).ok().map(<[u8]>::to_vec)
}

/// The address of a SCSI device, which is the name of the folder to which the link `device` leads.
pub(crate) fn hctl_of_target(target: &Path) -> Option<Vec<u8>> {
    let address = target.file_name()?.as_encoded_bytes();
    Hctl::parse(address).is_ok().then(|| address.to_vec())
}

/// The number of a drive from the name of any of its modes, such as `nst3l`.
pub(crate) fn number_of_mode(name: &[u8]) -> Option<u32> {
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

    #[test]
    fn one_drive_on_two_paths_has_the_path_beside_its_serial_number() {
        let drive = |number, serial: &str, hctl: &str| Aliases {
            number,
            serial: Some(serial.into()),
            hctl: Some(hctl.into()),
            ..Aliases::default()
        };
        let drives = [drive(0, "A", "1:0:0:0"), drive(1, "B", "1:0:1:0"), drive(2, "A", "2:0:0:0")];
        let namer = Namer::new(Some(Naming::Serial), &drives);
        let shown = drives.each_ref().map(|drive| namer.names(drive, None).shown);
        assert_eq!(shown, ["A@1:0:0:0", "B", "A@2:0:0:0"]);
        assert_eq!(namer.names(&drives[1], Some("mine")).label, "mine (st1)");
    }
}
