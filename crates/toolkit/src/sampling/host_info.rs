//! What the head of a report says about the host.

use super::system_root::SystemRoot;
use nix::sys::utsname::{UtsName, uname};
use std::ffi::OsStr;

/// The names of a host and the number of its processors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostInfo {
    /// The name of the kernel: `Linux`.
    pub system: String,
    /// The release of the kernel.
    pub release: String,
    /// The host name.
    pub node: String,
    /// The machine type: `x86_64`.
    pub machine: String,
    /// Processors, including those that are offline.
    pub cpus: usize,
}

impl HostInfo {
    /// The names are those of uname(2), or of `proc/sys/kernel` on a saved system. A name that was
    /// not saved is that of the running system.
    pub fn read(root: &mut SystemRoot) -> HostInfo {
        let own = uname().ok();
        let mut name = |file: &str, part: fn(&UtsName) -> &OsStr| {
            let own = || Some(part(own.as_ref()?).to_string_lossy().into_owned());
            saved_name(root, file).or_else(own).unwrap_or_default()
        };
        HostInfo {
            system: name("ostype", UtsName::sysname),
            release: name("osrelease", UtsName::release),
            node: name("hostname", UtsName::nodename),
            machine: name("arch", UtsName::machine),
            cpus: cpus(root),
        }
    }
}

fn saved_name(root: &mut SystemRoot, file: &str) -> Option<String> {
    if !root.is_saved() {
        return None;
    }
    let name = root.read(format!("proc/sys/kernel/{file}")).ok()?.trim_ascii();
    (!name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned())
}

/// The number of folders `cpuN`. Without any, the number of processors that this process may use.
fn cpus(root: &SystemRoot) -> usize {
    let names = root.list("sys/devices/system/cpu").unwrap_or_default();
    match names.iter().filter(|name| is_cpu(name)).count() {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        count => count,
    }
}

fn is_cpu(name: &[u8]) -> bool {
    let number = name.strip_prefix(b"cpu").unwrap_or_default();
    !number.is_empty() && number.iter().all(u8::is_ascii_digit)
}
