//! The states of devices that Linux prints in sysfs, and tools print as they are.
//!
//! ```text
//! running
//! transport-offline
//! deleting (no IO)
//! ```
//!
//! Sources: `sdev_states` in `drivers/scsi/scsi_sysfs.c`, `nvme_sysfs_show_state` in
//! `drivers/nvme/host/sysfs.c`.

/// The states of a SCSI device. Other devices are `running` or `offline` for multipath.
const SCSI_STATES: [&[u8]; 9] = [
    b"created",
    b"running",
    b"cancel",
    b"deleted",
    b"quiesce",
    b"offline",
    b"transport-offline",
    b"blocked",
    b"created-blocked",
];

/// The states of an NVMe controller; before Linux 4.17, one is `reconnecting`.
const NVME_STATES: [&[u8]; 8] = [
    b"new",
    b"live",
    b"resetting",
    b"connecting",
    b"reconnecting",
    b"deleting",
    b"deleting (no IO)",
    b"dead",
];

/// Whether this is a state of a SCSI device or of an NVMe controller.
///
/// ```
/// use sysparse::device_state::is_device_state;
///
/// assert!(is_device_state(b"transport-offline") && is_device_state(b"live"));
/// assert!(!is_device_state(b"faulty"));
/// ```
#[must_use]
pub fn is_device_state(text: &[u8]) -> bool {
    SCSI_STATES.contains(&text) || is_controller_state(text)
}

/// Whether this is a state of an NVMe controller.
#[must_use]
pub fn is_controller_state(text: &[u8]) -> bool {
    NVME_STATES.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_a_whole_text() {
        for state in SCSI_STATES {
            assert!(is_device_state(state) && !is_controller_state(state));
        }
        for state in NVME_STATES {
            assert!(is_device_state(state) && is_controller_state(state));
        }
        for text in [&b""[..], b"runnin", b"running\"", b"Live", b"running live"] {
            assert!(!is_device_state(text));
        }
    }
}
