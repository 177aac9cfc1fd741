//! What a machine is called, and how many processors it has.

use super::Host;
use nix::sys::utsname::uname;

/// A machine's names and size, as the headers of reports show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The kernel's name: `Linux`.
    pub system: String,
    /// The kernel's release.
    pub release: String,
    /// The host name.
    pub node: String,
    /// The hardware: `x86_64`.
    pub hardware: String,
    /// Processors, those switched off too.
    pub cpus: usize,
}

impl Host {
    /// The names and the size of this machine. A saved machine's names are those of
    /// `proc/sys/kernel`; what is missing there is that of the running system.
    pub fn machine(&mut self) -> Machine {
        let own = uname().ok();
        let own = |part: fn(&nix::sys::utsname::UtsName) -> &std::ffi::OsStr| {
            own.as_ref().map(|own| part(own).to_string_lossy().into_owned()).unwrap_or_default()
        };
        Machine {
            system: self.name("ostype").unwrap_or_else(|| own(|own| own.sysname())),
            release: self.name("osrelease").unwrap_or_else(|| own(|own| own.release())),
            node: self.name("hostname").unwrap_or_else(|| own(|own| own.nodename())),
            hardware: self.name("arch").unwrap_or_else(|| own(|own| own.machine())),
            cpus: self.cpus(),
        }
    }

    /// A name that was saved.
    fn name(&mut self, file: &str) -> Option<String> {
        if !self.is_saved() {
            return None;
        }
        let text = self.read(format!("proc/sys/kernel/{file}")).ok()?;
        let text = String::from_utf8_lossy(text.trim_ascii());
        (!text.is_empty()).then(|| text.into_owned())
    }

    /// The folders `cpuN`; where there are none, what the running system lets this process use.
    fn cpus(&self) -> usize {
        let folder = std::fs::read_dir(self.path("sys/devices/system/cpu"));
        let names = folder.into_iter().flatten().flatten().map(|entry| entry.file_name());
        let count = names.filter(|name| is_cpu(name.as_encoded_bytes())).count();
        match count {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            count => count,
        }
    }
}

fn is_cpu(name: &[u8]) -> bool {
    matches!(name.strip_prefix(b"cpu"), Some(number) if number.iter().all(u8::is_ascii_digit) && !number.is_empty())
}
