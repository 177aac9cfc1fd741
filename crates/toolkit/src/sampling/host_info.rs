//! What the head of a report says about the host.

use super::system_root::SystemRoot;
use nix::sys::utsname::{UtsName, uname};
use std::ffi::OsStr;

/// The names of a host and the number of its processors. What a saved system lacks is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostInfo {
    /// The name of the kernel: `Linux`.
    pub system: Option<String>,
    /// The version of the kernel.
    pub release: Option<String>,
    /// The host name.
    pub node: Option<String>,
    /// The machine type: `x86_64`.
    pub machine: Option<String>,
    /// Processors, including those that are offline.
    pub cpus: Option<usize>,
}

impl HostInfo {
    /// The names are those of uname(2), or of `proc/sys/kernel` on a saved system.
    pub fn read(root: &mut SystemRoot) -> HostInfo {
        let own = if root.is_saved() { None } else { uname().ok() };
        let mut name = |file: &str, part: fn(&UtsName) -> &OsStr| {
            let below = format!("proc/sys/kernel/{file}");
            let Some(own) = &own else { return saved_name(root, &below) };
            let name = part(own);
            root.save_file(below, name.as_encoded_bytes());
            Some(name.to_string_lossy().into_owned())
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

fn saved_name(root: &mut SystemRoot, below: &str) -> Option<String> {
    let name = root.read(below).ok()?.trim_ascii();
    (!name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned())
}

/// The number of folders `cpuN`. The running system may hide them; then it is the number of
/// processors that this process may use.
fn cpus(root: &SystemRoot) -> Option<usize> {
    let names = root.list("sys/devices/system/cpu").unwrap_or_default();
    match names.iter().filter(|name| is_cpu(name)).count() {
        0 if root.is_saved() => None,
        0 => std::thread::available_parallelism().map(usize::from).ok(),
        count => Some(count),
    }
}

fn is_cpu(name: &[u8]) -> bool {
    let number = name.strip_prefix(b"cpu").unwrap_or_default();
    !number.is_empty() && number.iter().all(u8::is_ascii_digit)
}
