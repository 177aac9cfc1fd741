//! NVMe subsystems and their controllers, as `nvme list-subsys` prints them, line by line.
//!
//! ```text
//! nvme-subsys3 - NQN=nqn.1992-08.com.labco:sn.77aa:subsystem.lab
//!                hostnqn=nqn.2014-08.org.nvmexpress:uuid:00000000-1111
//! \
//!  +- nvme4 tcp traddr=192.0.2.11,trsvcid=4420,host_traddr=192.0.2.1 live optimized
//!  +- nvme5 pcie 0000:01:00.0 live
//! ```
//!
//! Older versions separate the parts of an address by blanks. The access state is printed only if a
//! device was named. Source: nvme-list-subsys(1).

use crate::device_name::number_after;
use crate::device_state::is_controller_state;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// The name of a subsystem: what follows belongs to it.
    Subsystem {
        /// The number in its name.
        number: u64,
        /// Its qualified name.
        nqn: &'a [u8],
    },
    /// A controller of the subsystem.
    Controller(Controller<'a>),
    /// Anything else.
    Other,
}

/// A controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Controller<'a> {
    /// The number in its name: 4 of `nvme4`.
    pub number: u64,
    /// Its transport, such as `tcp`.
    pub transport: &'a [u8],
    /// The address of the port of the array, empty if there is none.
    pub address: &'a [u8],
    /// The address of the host: the one that was asked for, or the one in use; empty if neither is
    /// printed.
    pub host: &'a [u8],
    /// Its state, such as `live`; empty if it is not printed.
    pub state: &'a [u8],
    /// The access state (ANA), empty if it is not printed.
    pub access: &'a [u8],
    /// The first word that is none of these; empty if there is none.
    pub unknown: &'a [u8],
}

/// Reads one line.
///
/// ```
/// use sysparse::nvme_subsystem::{Line, line};
///
/// let found = line(b" +- nvme4 tcp traddr=192.0.2.11,trsvcid=4420 live optimized");
/// let Line::Controller(controller) = found else { panic!() };
/// assert_eq!((controller.number, controller.address), (4, &b"192.0.2.11"[..]));
/// assert_eq!((controller.state, controller.access), (&b"live"[..], &b"optimized"[..]));
/// ```
#[must_use]
pub fn line(line: &[u8]) -> Line<'_> {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    match words.next() {
        Some(b"+-") => controller(words).map_or(Line::Other, Line::Controller),
        Some(name) => {
            let number = number_after(b"nvme-subsys", name);
            let nqn = words.find_map(|word| word.strip_prefix(b"NQN="));
            number.zip(nqn).map_or(Line::Other, |(number, nqn)| Line::Subsystem { number, nqn })
        }
        None => Line::Other,
    }
}

/// Whether this is an access state (ANA).
///
/// ```
/// assert!(sysparse::nvme_subsystem::is_access_state(b"non-optimized"));
/// ```
#[must_use]
pub fn is_access_state(word: &[u8]) -> bool {
    const STATES: [&[u8]; 5] =
        [b"optimized", b"non-optimized", b"inaccessible", b"persistent-loss", b"change"];
    STATES.contains(&word)
}

fn controller<'a>(mut words: impl Iterator<Item = &'a [u8]>) -> Option<Controller<'a>> {
    let number = number_after(b"nvme", words.next()?)?;
    let transport = words.next()?;
    let empty = &b""[..];
    let (address, host, state, access, unknown) = (empty, empty, empty, empty, empty);
    let mut found = Controller { number, transport, address, host, state, access, unknown };
    for part in words.flat_map(|word| word.split(|byte| *byte == b',')) {
        match part {
            // The second and the third word of `deleting (no IO)`.
            b"" | b"(no" | b"IO)" => {}
            _ if is_controller_state(part) => found.state = part,
            _ if is_access_state(part) => found.access = part,
            _ => add_address(&mut found, part),
        }
    }
    Some(found)
}

/// `traddr=192.0.2.11`, `host_traddr=192.0.2.1` or `0000:01:00.0`
fn add_address<'a>(found: &mut Controller<'a>, part: &'a [u8]) {
    if let Some(address) = part.strip_prefix(b"traddr=") {
        found.address = address;
    } else if let Some(host) = part.strip_prefix(b"host_traddr=") {
        found.host = host;
    } else if let Some(host) = part.strip_prefix(b"src_addr=") {
        found.host = if found.host.is_empty() { host } else { found.host };
    } else if part.contains(&b'=') {
        // Another part of the address.
    } else if found.address.is_empty() {
        found.address = part;
    } else if found.unknown.is_empty() {
        found.unknown = part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_version_are_read() {
        for (text, address, host, state) in [
            (
                " +- nvme0 tcp traddr=10.0.0.1,trsvcid=4420,host_traddr=10.0.0.9 live",
                "10.0.0.1",
                "10.0.0.9",
                "live",
            ),
            (" +- nvme0 tcp traddr=10.0.0.1 trsvcid=4420 connecting", "10.0.0.1", "", "connecting"),
            (
                " +- nvme0 fc traddr=nn-0x1:pn-0x2 host_traddr=nn-0x3:pn-0x4 live",
                "nn-0x1:pn-0x2",
                "nn-0x3:pn-0x4",
                "live",
            ),
            (
                " +- nvme0 tcp traddr=10.0.0.1,trsvcid=4420,src_addr=10.0.0.9 live",
                "10.0.0.1",
                "10.0.0.9",
                "live",
            ),
            (
                " +- nvme0 tcp traddr=10.0.0.1,host_traddr=10.0.0.8,src_addr=10.0.0.9 live",
                "10.0.0.1",
                "10.0.0.8",
                "live",
            ),
            (" +- nvme0 pcie 0000:01:00.0 live", "0000:01:00.0", "", "live"),
            (" +- nvme0 pcie 0000:01:00.0", "0000:01:00.0", "", ""),
        ] {
            let Line::Controller(found) = line(text.as_bytes()) else { panic!("{text}") };
            let parts = [found.address, found.host, found.state];
            assert_eq!(parts, [address, host, state].map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn a_word_that_is_no_part_of_a_controller_is_unknown() {
        for (text, state, access, unknown) in [
            (" +- nvme0 tcp traddr=a,trsvcid=4420 live optimized", "live", "optimized", ""),
            (
                " +- nvme0 tcp traddr=a, trsvcid=4420 deleting (no IO) change",
                "deleting",
                "change",
                "",
            ),
            (" +- nvme0 tcp traddr=a reconnecting", "reconnecting", "", ""),
            (" +- nvme0 tcp traddr=a live\",", "", "", "live\""),
            (" +- nvme0 tcp traddr=a live optimized| x", "live", "", "optimized|"),
        ] {
            let Line::Controller(found) = line(text.as_bytes()) else { panic!("{text}") };
            let parts = [found.address, found.state, found.access, found.unknown];
            assert_eq!(parts, ["a", state, access, unknown].map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn other_lines_are_neither() {
        for text in [
            "",
            "\\",
            "   hostnqn=nqn.2014",
            "nvme-subsys NQN=x",
            "nvme-subsys1 - x",
            " +- sda",
            "+-",
        ] {
            assert_eq!(line(text.as_bytes()), Line::Other, "{text}");
        }
    }

    #[test]
    fn each_part_of_a_controller_has_its_place() {
        let read = |text: &'static str| {
            let Line::Controller(found) = line(text.as_bytes()) else { panic!("{text}") };
            [found.transport, found.address, found.access, found.state]
                .map(|part| core::str::from_utf8(part).expect("text"))
        };
        assert_eq!(
            read(" +- nvme0 rdma trsvcid=4420 live inaccessible"),
            ["rdma", "", "inaccessible", "live"]
        );
        assert_eq!(
            read(" +- nvme0 pcie 0000:01:00.0 first non-optimized"),
            ["pcie", "0000:01:00.0", "non-optimized", ""]
        );
        for access in ["optimized", "persistent-loss", "change"] {
            let text = std::format!(" +- nvme0 tcp traddr=a {access} live");
            let Line::Controller(found) = line(text.as_bytes()) else { panic!("{text}") };
            assert_eq!((found.access, found.state), (access.as_bytes(), &b"live"[..]));
        }
    }
}
