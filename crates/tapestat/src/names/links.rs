//! The links to drives that udev makes in `/dev/tape`.

use super::{number, number_of_mode};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use toolkit::sampling::SystemRoot;

/// The links in a folder, by the number of the drive to which they lead.
#[derive(Debug, Default)]
pub(super) struct TapeLinks(BTreeMap<u32, Vec<Link>>);

/// What makes a link less plain, and its name. Of the links to a drive, the one to the device that
/// rewinds has the plainest name, and so does the shortest one.
type Link = (bool, usize, Vec<u8>);

impl TapeLinks {
    pub(super) fn read(root: &SystemRoot, folder: &str) -> TapeLinks {
        let mut links: BTreeMap<u32, Vec<Link>> = BTreeMap::new();
        for name in root.list(folder).unwrap_or_default() {
            let target = root.read_link(Path::new(folder).join(OsStr::from_bytes(&name)));
            let target = target.as_deref().and_then(Path::file_name).map(OsStr::as_bytes);
            let drive = target.and_then(|target| Some((target, number_of_mode(target)?)));
            if let Some((target, drive)) = drive {
                let rewinds = number(target).is_some();
                links.entry(drive).or_default().push((!rewinds, name.len(), name));
            }
        }
        for links in links.values_mut() {
            links.sort_unstable();
        }
        TapeLinks(links)
    }

    /// The names of the links to a drive, the plainest first.
    pub(super) fn links_to(&self, number: u32) -> Vec<Vec<u8>> {
        let links = self.0.get(&number).map_or(&[][..], Vec::as_slice);
        links.iter().map(|(_, _, name)| name.clone()).collect()
    }
}
