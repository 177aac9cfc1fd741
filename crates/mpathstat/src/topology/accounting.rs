//! Devices whose I/O the kernel does not count, because `queue/iostats` is 0. Some udev rules for fast
//! arrays do this. Source: `Documentation/ABI/stable/sysfs-block` of Linux.

use super::{Device, Topology};
use toolkit::escape::escape_control;
use toolkit::sampling::{OpenFile, SystemRoot};

impl Topology {
    /// Finds the devices that the kernel does not count.
    pub fn read_accounting(&mut self, root: &mut SystemRoot) {
        let mut is_off = |device: &Device| {
            let kernel = String::from_utf8_lossy(&device.kernel);
            let mut file = OpenFile::new(format!("sys/block/{kernel}/queue/iostats"));
            root.read_attribute(&mut file).is_ok_and(|text| text.trim_ascii() == b"0")
        };
        for map in &mut self.maps {
            map.device.is_uncounted = is_off(&map.device);
            for path in &mut map.paths {
                path.device.is_uncounted = is_off(&path.device);
            }
        }
    }

    /// Messages about the devices that the kernel does not count, each with its subject. There is none
    /// about maps of the NVMe driver: before Linux 6.4 it cannot count them, and their paths suffice.
    #[must_use]
    pub fn uncounted(&self) -> Vec<(&'static str, String)> {
        let maps = self.maps.iter().filter(|map| !map.is_nvme()).map(|map| &map.device);
        let maps = message(maps, "its figures are the sums of those of its paths");
        let paths = message(self.paths().map(|path| &path.device), "its figures are unknown");
        let maps = maps.map(|message| ("maps without statistics", message));
        maps.into_iter().chain(paths.map(|message| ("paths without statistics", message))).collect()
    }
}

/// The message about those of the devices that are not counted, if there is any.
fn message<'a>(devices: impl Iterator<Item = &'a Device>, result: &str) -> Option<String> {
    let mut devices = devices.filter(|device| device.is_uncounted);
    let name = escape_control(&devices.next()?.kernel);
    let more = if devices.next().is_some() { ", as for others" } else { "" };
    Some(format!(
        "the kernel does not count the I/O of {name}{more}, so {result}; to count it: echo 1 > \
         /sys/block/{name}/queue/iostats"
    ))
}
