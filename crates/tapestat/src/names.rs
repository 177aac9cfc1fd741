//! Which drives are meant, and what they are called.

use crate::args::{Args, Naming};
use crate::error::Error;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use sysparse::vpd;
use toolkit::escape::escape_control;
use toolkit::host::Host;

/// Where the kernel lists the drives.
pub(crate) const CLASS: &str = "sys/class/scsi_tape";

/// What a drive is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// 3 of `st3`.
    pub number: u32,
    /// The kernel's name, `st3`.
    pub kernel: String,
    /// The name that was asked for, safe to print; the kernel's if there is none.
    pub shown: String,
    /// Whether `shown` may get better: links are made a while after the drive came.
    pub(crate) is_provisional: bool,
}

/// Which drives are meant, and by what they are named.
#[derive(Debug)]
pub(crate) struct Choice {
    /// By number; empty: all.
    wanted: Vec<u32>,
    naming: Option<Naming>,
}

impl Choice {
    pub(crate) fn new(args: &Args, host: &Host) -> Result<Choice, Error> {
        let mut wanted = Vec::with_capacity(args.drives.len());
        for word in &args.drives {
            wanted.push(operand(word, host).ok_or_else(|| {
                let word = word.to_string_lossy();
                Error::Drive(format!(
                    "{word}: leads to no tape drive; name drives as st0 or by a link below /dev/tape"
                ))
            })?);
        }
        wanted.sort_unstable();
        wanted.dedup();
        Ok(Choice { wanted, naming: args.naming })
    }

    /// The drives that were asked for; empty: all.
    pub(crate) fn wanted(&self) -> &[u32] {
        &self.wanted
    }

    /// The numbers of those drives that are meant and that the kernel lists, sorted.
    pub(crate) fn numbers(&self, host: &Host) -> Vec<u32> {
        let entries = fs::read_dir(host.path(CLASS)).into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| number(&entry.file_name()));
        let is_meant =
            |number: &u32| self.wanted.is_empty() || self.wanted.binary_search(number).is_ok();
        let mut numbers: Vec<u32> = numbers.filter(is_meant).collect();
        numbers.sort_unstable();
        numbers
    }

    /// The names of links in `/dev/tape` by the drives that they lead to, if such names are wanted.
    pub(crate) fn links(&self, host: &Host) -> BTreeMap<u32, String> {
        let folder = match self.naming {
            Some(Naming::Id) => "dev/tape/by-id",
            Some(Naming::Path) => "dev/tape/by-path",
            Some(Naming::Serial | Naming::Hctl) | None => return BTreeMap::new(),
        };
        let entries = fs::read_dir(host.path(folder)).into_iter().flatten().flatten();
        let links = entries.filter_map(|entry| {
            let target = fs::read_link(entry.path()).ok()?;
            let rewinds = number(target.file_name()?).is_some();
            // The link to the device that rewinds has the plainer name, and so has the shorter one.
            let name = escape_control(entry.file_name().as_encoded_bytes());
            Some((mode_of(target.file_name()?)?, (!rewinds, name.len(), name)))
        });
        let mut links: Vec<_> = links.collect();
        links.sort_unstable_by(|one, other| other.cmp(one));
        links.into_iter().map(|(number, (_, _, name))| (number, name)).collect()
    }

    /// What a drive is called.
    pub(crate) fn names(&self, host: &Host, number: u32, links: &BTreeMap<u32, String>) -> Names {
        let device = host.path(format!("{CLASS}/st{number}/device"));
        let shown = match self.naming {
            None => None,
            Some(Naming::Id | Naming::Path) => links.get(&number).cloned(),
            Some(Naming::Serial) => serial(&device),
            Some(Naming::Hctl) => hctl(&device),
        };
        let is_provisional = self.naming.is_some() && shown.is_none();
        let kernel = format!("st{number}");
        Names { number, shown: shown.unwrap_or_else(|| kernel.clone()), kernel, is_provisional }
    }
}

/// The serial number that the drive gave to the kernel.
fn serial(device: &Path) -> Option<String> {
    let page = fs::read(device.join("vpd_pg80")).ok()?;
    let serial = vpd::unit_serial_number(&page).ok()?;
    (!serial.is_empty()).then(|| escape_control(serial))
}

/// The folder that the drive's `device` leads to is named by host, channel, target and unit.
fn hctl(device: &Path) -> Option<String> {
    Some(escape_control(fs::read_link(device).ok()?.file_name()?.as_encoded_bytes()))
}

/// The number of a drive that a word names: `st3`, `nst3`, `/dev/nst3a`, or a link to one of these.
fn operand(word: &OsStr, host: &Host) -> Option<u32> {
    let path = Path::new(word);
    mode_of(path.file_name()?).or_else(|| {
        let link = fs::read_link(host.path(path.strip_prefix("/").ok()?)).ok()?;
        mode_of(link.file_name()?)
    })
}

/// The number of a drive out of the name of any of its modes: `st3`, `nst3l`.
fn mode_of(name: &OsStr) -> Option<u32> {
    let name = name.to_str()?;
    let name = name.strip_prefix('n').unwrap_or(name);
    number(OsStr::new(name.trim_end_matches(['l', 'm', 'a'])))
}

/// The number of a drive out of its name `st3`.
fn number(name: &OsStr) -> Option<u32> {
    let digits = name.to_str()?.strip_prefix("st")?;
    let number: u32 = digits.parse().ok()?;
    // Not st+3, not st03.
    (number.to_string() == digits).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_is_the_same_drive() {
        for name in ["st12", "nst12", "st12l", "nst12a", "st12m"] {
            assert_eq!(mode_of(OsStr::new(name)), Some(12), "{name}");
        }
        for name in ["st", "st012", "st+1", "sta", "sg1", "st99999999999", "xst1", "st1x"] {
            assert_eq!(mode_of(OsStr::new(name)), None, "{name}");
        }
        assert_eq!(number(OsStr::new("nst1")), None);
    }
}
