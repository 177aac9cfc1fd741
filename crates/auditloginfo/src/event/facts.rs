//! What the SYSCALL record of an event says of the event's other records.

use crate::names::{Call, Flags, Opening, Purpose};
use crate::section::{Detail, Section};
use sysparse::audit::{self, Record, Value};

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
    #[inline]
    pub(super) fn of(
        record: &Record<'_>,
        read: &audit::Call,
        (call, purpose): (Call, Purpose),
        detail: Detail,
    ) -> Facts {
        let opening = match purpose {
            Purpose::Open(opening) => Some(opening),
            _ => None,
        };
        let failed = read.success == Some(false) && detail.sections.has(Section::Errors);
        Facts {
            counted: Some(read.auid),
            call,
            purpose,
            paths: read.items,
            success: read.success,
            directory: opening.filter(|_| detail.absolute).and_then(|it| directory(record, it)),
            flags: opening.filter(|_| detail.modes).and_then(|it| flags(record, it)),
            error: failed.then(|| error(record)).flatten(),
            is_privileged: detail.sections.has(Section::Privileged)
                && read.auid != 0
                && is_root(record),
        }
    }

    /// The facts of a call that does not count: what else is to be left out.
    pub(super) fn uncounted(self) -> Facts {
        Facts { counted: None, ..self }
    }
}

/// Whether the process had root's rights.
pub(super) fn is_root(record: &Record<'_>) -> bool {
    record.field(b"euid").is_some_and(|euid| euid.raw() == b"0")
}

/// The descriptor in the first argument of a call that takes one.
fn directory(record: &Record<'_>, opening: Opening) -> Option<i32> {
    let argument = record.field(b"a0").filter(|_| opening.at)?.hex()?;
    // The descriptor is an int: the upper half of the register means nothing.
    let [a, b, c, d, ..] = argument.to_le_bytes();
    Some(i32::from_le_bytes([a, b, c, d])).filter(|descriptor| *descriptor != AT_FDCWD)
}

fn flags(record: &Record<'_>, opening: Opening) -> Option<u64> {
    match opening.flags {
        Flags::Second => record.field(b"a1")?.hex(),
        Flags::Third => record.field(b"a2")?.hex(),
        Flags::Creat => Some(CREAT),
        Flags::Openat2 => None,
    }
}

/// The number of the error, from what the call returned.
fn error(record: &Record<'_>) -> Option<i64> {
    record.field(b"exit").and_then(Value::integer).map(i64::wrapping_neg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Arch;
    use crate::section::Sections;

    fn facts(body: &str, number: i64) -> Facts {
        let line = format!("type=SYSCALL msg=audit(1.000:1): arch=c000003e {body} auid=7 euid=0");
        let record = audit::record(line.as_bytes()).expect("sound").expect("a record");
        let read = audit::Call { arch: 0, number, success: Some(false), items: 1, auid: 7 };
        let call = Call { arch: Arch::of(0xc000_003e), number };
        let sections = Section::ALL.into_iter().fold(Sections::EMPTY, Sections::with);
        let detail = Detail { sections, absolute: true, modes: true, overview: false };
        Facts::of(&record, &read, (call, call.purpose()), detail)
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
