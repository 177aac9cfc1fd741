//! What the SYSCALL record of an event says of the event's other records.

use crate::section::{Detail, Section};
use crate::syscall_names::{Call, Flags, Opening, Purpose};
use sysparse::audit;

/// What the SYSCALL record of an event says. What nobody asks for is not read and not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// Who caused the event, if it counts.
    pub(super) counted: Option<u32>,
    pub(super) call: Call,
    pub(super) purpose: Purpose,
    /// How many PATH records belong to the event.
    pub(super) paths: u64,
    /// Whether the call succeeded; nothing if it never returned, as with exit.
    pub(super) success: Option<bool>,
    /// The directory that relative names start from, if it is a descriptor.
    pub(super) directory: Option<i32>,
    /// The flags that a file was opened with, as far as the call's arguments tell.
    pub(super) flags: Option<u64>,
    /// The error that the call failed with.
    pub(super) error: Option<i64>,
    /// Whether root's rights were in force while somebody else was logged in.
    pub(super) is_privileged: bool,
}

/// The descriptor that stands for the working directory: `AT_FDCWD` of `fcntl.h`.
const AT_FDCWD: i32 = -100;

/// What creat opens with: `O_CREAT | O_WRONLY`; that it truncates goes without saying.
const CREAT: u64 = 0o101;

impl Facts {
    /// What a call says that counts for `counted`, without what few people ask for.
    #[inline]
    pub(super) fn of(
        read: audit::Call<'_>,
        (call, purpose): (Call, Purpose),
        counted: Option<u32>,
    ) -> Facts {
        Facts {
            counted,
            call,
            purpose,
            paths: read.items,
            success: read.success,
            directory: None,
            flags: None,
            error: None,
            is_privileged: false,
        }
    }

    /// Adds what else the call says, as far as it is asked for. A call that is lent here would be in
    /// memory for everybody, and waited for.
    #[inline(never)]
    pub(super) fn look_at(&mut self, read: audit::Call<'_>, detail: Detail) {
        let opening = match self.purpose {
            Purpose::Open(opening) => Some(opening),
            _ => None,
        };
        let failed = self.success == Some(false) && detail.sections.has(Section::Errors);
        self.directory = opening.filter(|_| detail.absolute).and_then(|it| directory(&read, it));
        self.flags = opening.filter(|_| detail.modes).and_then(|it| flags(&read, it));
        self.error = failed.then(|| read.exit()).flatten().map(i64::wrapping_neg);
        self.is_privileged =
            detail.sections.has(Section::Privileged) && read.auid != 0 && read.euid() == Some(0);
    }

    /// Whether only an OPENAT2 record tells the flags.
    pub(super) fn has_flags_elsewhere(&self) -> bool {
        matches!(self.purpose, Purpose::Open(Opening { flags: Flags::Openat2, .. }))
    }
}

/// The descriptor in the first argument of a call that takes one.
fn directory(read: &audit::Call<'_>, opening: Opening) -> Option<i32> {
    let argument = opening.at.then(|| read.argument(0)).flatten()?;
    // The descriptor is an int: the upper half of the register means nothing.
    let [a, b, c, d, ..] = argument.to_le_bytes();
    Some(i32::from_le_bytes([a, b, c, d])).filter(|descriptor| *descriptor != AT_FDCWD)
}

fn flags(read: &audit::Call<'_>, opening: Opening) -> Option<u64> {
    match opening.flags {
        Flags::Second => read.argument(1),
        Flags::Third => read.argument(2),
        Flags::Creat => Some(CREAT),
        Flags::Openat2 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::section::Sections;
    use crate::syscall_names::Arch;

    fn facts(body: &str, number: i64) -> Facts {
        let line = format!(
            "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall={number} success=no {body} \
             items=1 ppid=1 pid=2 auid=7 euid=0"
        );
        let record = audit::record(line.as_bytes()).expect("sound").expect("a record");
        let read = audit::Call::of(&record).expect("a call");
        let call = Call { arch: Arch::new(read.arch), number: read.number };
        let sections = Section::ALL.into_iter().fold(Sections::EMPTY, Sections::with);
        let detail = Detail { sections, absolute: true, modes: true, overview: false };
        let mut facts = Facts::of(read, (call, call.purpose()), Some(7));
        facts.look_at(read, detail);
        facts
    }

    #[test]
    fn a_descriptor_hides_the_place_unless_it_is_the_working_directory() {
        assert_eq!(facts("a0=4", 257).directory, Some(4));
        assert_eq!(facts("a0=ffffff9c", 257).directory, None);
        assert_eq!(facts("a0=ffffffffffffff9c", 257).directory, None);
        assert_eq!(facts("a0=4", 2).directory, None);
    }

    #[test]
    fn flags_stand_where_the_call_has_them() {
        assert_eq!(facts("a0=1 a1=2 a2=3", 2).flags, Some(2));
        assert_eq!(facts("a0=1 a1=2 a2=3", 257).flags, Some(3));
        assert_eq!(facts("a0=1 a1=2 a2=3", 304).flags, Some(3));
        assert_eq!(facts("a0=1 a1=2 a2=3", 85).flags, Some(0o101));
        assert_eq!(facts("a0=1 a1=2 a2=3", 437).flags, None);
    }

    #[test]
    fn the_error_is_what_exit_says() {
        assert_eq!(facts("exit=-13", 2).error, Some(13));
        assert!(facts("exit=-13", 2).is_privileged);
    }
}
