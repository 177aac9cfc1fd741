//! What distinguishes a drive from another one that had the same name before.

use super::Aliases;

/// What distinguishes a drive from another one that had the same name before, as far as it is known.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    /// The address, the serial number and the id.
    known: [Option<Vec<u8>>; 3],
    /// See [`Aliases::reopened`].
    reopened: Option<Vec<u8>>,
}

impl Identity {
    pub(crate) fn new(drive: &Aliases) -> Identity {
        Identity {
            known: [&drive.hctl, &drive.serial, &drive.wwid].map(Clone::clone),
            reopened: drive.reopened.clone(),
        }
    }

    /// Whether they are those of two drives. What is unknown of either of them proves nothing.
    pub(crate) fn differs(&self, other: &Identity) -> bool {
        let mut known = self.known.iter().zip(&other.known);
        let is_other = |(one, other): (&Option<_>, &Option<_>)| {
            one.is_some() && other.is_some() && one != other
        };
        known.any(is_other) || self.reopened != other.reopened
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drive_differs_in_whatever_is_known_of_both() {
        let text = |text: &str| (!text.is_empty()).then(|| text.as_bytes().to_vec());
        let identity = |[hctl, serial, wwid, reopened]: [&str; 4]| {
            let [hctl, serial, wwid, reopened] = [hctl, serial, wwid, reopened].map(text);
            Identity::new(&Aliases { hctl, serial, wwid, reopened, ..Aliases::default() })
        };
        let drive = ["7:0:0:0", "A", "naa.1", "1"];
        let differs = |other| identity(drive).differs(&identity(other));
        assert!(!differs(drive));
        assert!(!differs(["", "", "", "1"]), "nothing else is known");
        for (place, other) in ["7:0:1:0", "B", "naa.2", "2"].into_iter().enumerate() {
            let mut changed = drive;
            changed[place] = other;
            assert!(differs(changed), "{other}");
        }
        assert!(differs(["7:0:0:0", "A", "naa.1", ""]), "it was reopened or was not");
    }
}
