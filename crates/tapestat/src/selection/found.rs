//! What an operand names: drives, some of which may have no statistics.

use crate::names::Aliases;
use crate::other_drives::{OtherDrives, named};
use std::collections::BTreeMap;

/// What an operand names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The numbers of the drives that `st` serves.
    pub(super) drives: Vec<u32>,
    /// Whether any of them has statistics.
    has_statistics: bool,
    /// The names of those without statistics, by driver, if any serves them.
    without_statistics: BTreeMap<Option<String>, Vec<String>>,
}

/// Where a path leads.
pub(super) enum Target {
    Drive(u32),
    Address(Vec<u8>),
    /// A device of the driver `lin_tape`.
    LinTape,
}

impl Found {
    /// Adds a drive, which is called `name` in messages.
    pub(super) fn add_drive(&mut self, drive: &Aliases, name: &str, others: &OtherDrives) {
        self.drives.push(drive.number);
        match others.get(&drive.address_or_name()) {
            Some(other) => self.add_without_statistics(other.driver.as_deref(), name),
            None => self.has_statistics = true,
        }
    }

    /// Adds the drive to which a path leads.
    pub(super) fn add_target(
        &mut self,
        target: &Target,
        name: &str,
        drives: &[Aliases],
        others: &OtherDrives,
    ) {
        let is_target = |drive: &&Aliases| match target {
            Target::Drive(number) => drive.number == *number,
            Target::Address(hctl) => drive.hctl.as_ref() == Some(hctl),
            Target::LinTape => false,
        };
        match (drives.iter().find(is_target), target) {
            (Some(drive), _) => self.add_drive(drive, name, others),
            (None, Target::LinTape) => self.add_without_statistics(Some("lin_tape"), name),
            (None, Target::Address(hctl)) => {
                if let Some(other) = others.get(hctl) {
                    self.add_without_statistics(other.driver.as_deref(), name);
                }
            }
            (None, Target::Drive(_)) => {}
        }
    }

    pub(super) fn add_without_statistics(&mut self, driver: Option<&str>, name: &str) {
        let names = self.without_statistics.entry(driver.map(str::to_owned)).or_default();
        names.push(name.to_owned());
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.drives.is_empty() && self.without_statistics.is_empty()
    }

    /// Whether there is nothing to show.
    pub(super) fn is_missing(&self) -> bool {
        !self.has_statistics
    }

    /// What is to be reported about drives without statistics, one message per driver.
    pub(super) fn messages(&self) -> impl Iterator<Item = String> {
        self.without_statistics.iter().map(|(driver, names)| {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let names = named(&names);
            match driver.as_deref() {
                Some("st") => format!("{names}: the driver st keeps statistics since Linux 4.2"),
                Some(driver) => format!("{names}: the driver {driver} keeps no statistics"),
                None => format!("{names}: there is no driver that keeps statistics"),
            }
        })
    }
}
