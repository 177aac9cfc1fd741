//! Whether devices were added or removed.

use super::open_file::OpenFile;
use super::system_root::SystemRoot;

/// The number of uevents so far, which the kernel sends when a device is added, removed or changed.
#[derive(Debug)]
pub struct DeviceEvents {
    seqnum: OpenFile,
    last: Vec<u8>,
}

impl Default for DeviceEvents {
    fn default() -> DeviceEvents {
        DeviceEvents { seqnum: OpenFile::new("sys/kernel/uevent_seqnum"), last: Vec::new() }
    }
}

impl DeviceEvents {
    /// Whether devices may have changed since the last call. Always true in the first call, on a
    /// saved system, and if the number cannot be read.
    pub fn have_changed(&mut self, root: &mut SystemRoot) -> bool {
        let is_saved = root.is_saved();
        let now = root.read_attribute(&mut self.seqnum).unwrap_or_default();
        if !is_saved && !now.is_empty() && now == self.last {
            return false;
        }
        self.last.clear();
        self.last.extend_from_slice(now);
        true
    }
}
