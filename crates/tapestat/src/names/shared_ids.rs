//! Ids that several drives share. udev makes one link in `/dev/tape/by-id` for an id, and it leads to
//! the drive that was found last.

use super::Aliases;
use std::collections::{BTreeMap, BTreeSet};
use sysparse::device_name::Hctl;
use toolkit::escape::escape_control;

/// The drives whose id belongs to other drives, too, with the problem in words.
pub(crate) fn shared_ids(drives: &[Aliases]) -> BTreeMap<u32, String> {
    let mut shared = BTreeMap::new();
    let mut by_wwid: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
    let mut without_wwid = Vec::new();
    for drive in drives {
        match &drive.wwid {
            Some(wwid) => by_wwid.entry(wwid).or_default().push(drive.number),
            None => without_wwid.push(drive),
        }
    }
    for (wwid, numbers) in by_wwid.into_iter().filter(|(_, numbers)| numbers.len() > 1) {
        let problem = format!("these drives share the id {}", escape_control(wwid));
        shared.extend(numbers.into_iter().map(|number| (number, problem.clone())));
    }
    shared.extend(probably_shared(&without_wwid));
    shared
}

/// Without the ids of the kernel: a drive that has a serial number but no link has lost its link to
/// another drive, if that is another unit of the same target.
fn probably_shared(drives: &[&Aliases]) -> BTreeMap<u32, String> {
    let target = |drive: &Aliases| {
        let hctl = drive.hctl.as_deref()?;
        Some(Hctl::parse(hctl).ok()?.target.to_vec())
    };
    let is_lost = |drive: &&&Aliases| drive.ids.is_empty() && drive.serial.is_some();
    let targets: BTreeSet<_> = drives.iter().filter(is_lost).map(|drive| target(drive)).collect();
    let affected = drives.iter().filter(|drive| drive.serial.is_some());
    let affected: Vec<_> = affected.filter(|drive| targets.contains(&target(drive))).collect();
    let ids: Vec<_> = affected.iter().filter_map(|drive| drive.ids.first()).collect();
    if ids.is_empty() {
        return BTreeMap::new();
    }
    let ids: Vec<_> = ids.into_iter().map(|id| escape_control(id)).collect();
    let problem = format!("some of these drives share an id, one of {}", ids.join(", "));
    affected.into_iter().map(|drive| (drive.number, problem.clone())).collect()
}
