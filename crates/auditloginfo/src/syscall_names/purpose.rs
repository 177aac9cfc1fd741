//! Which calls open a file or run a command.

use super::Call;

impl Call {
    /// What the call does, as far as a report cares.
    #[must_use]
    pub fn purpose(self) -> Purpose {
        let open = |at, flags| Purpose::Open(Opening { at, flags });
        match self.known_name() {
            Some("open") => open(false, Flags::Second),
            Some("creat") => open(false, Flags::Creat),
            Some("openat" | "open_by_handle_at") => open(true, Flags::Third),
            Some("openat2") => open(true, Flags::Openat2),
            Some("execve" | "execveat") => Purpose::Run,
            Some("io_uring_enter") => Purpose::Uring,
            _ => Purpose::Other,
        }
    }
}

/// What a call does, as far as a report cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It opens a file.
    Open(Opening),
    /// It runs a command.
    Run,
    /// It submits operations, of which some may open files; URINGOP records tell.
    Uring,
    /// Anything else.
    Other,
}

/// What calls do, each looked up once: the calls of a log are few.
#[derive(Debug, Default)]
pub struct Purposes {
    /// By [`Call::remainder`].
    slots: Vec<Option<(Call, Purpose)>>,
}

impl Purposes {
    /// What the call does.
    #[inline]
    pub fn of(&mut self, call: Call) -> Purpose {
        let slot = call.remainder();
        match self.slots.get(slot) {
            Some(Some((known, purpose))) if *known == call => *purpose,
            _ => self.look_up(slot, call),
        }
    }

    #[cold]
    fn look_up(&mut self, slot: usize, call: Call) -> Purpose {
        let purpose = call.purpose();
        self.slots.resize(self.slots.len().max(slot + 1), None);
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some((call, purpose));
        }
        purpose
    }
}

/// How a call opens a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Whether its first argument is a directory that relative names start from.
    pub at: bool,
    /// Where its flags stand.
    pub flags: Flags,
}

/// Where the flags of a call that opens a file stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flags {
    /// In the second argument.
    Second,
    /// In the third argument.
    Third,
    /// Nowhere: the call is creat.
    Creat,
    /// In the event's OPENAT2 record.
    Openat2,
}

/// Whether the `io_uring` operation of that number opens a file: `IORING_OP_OPENAT` and
/// `IORING_OP_OPENAT2` of `include/uapi/linux/io_uring.h`.
#[must_use]
pub fn opens_by_uring(operation: u64) -> bool {
    matches!(operation, 18 | 28)
}

#[cfg(test)]
mod tests {
    use super::super::Arch;
    use super::*;

    fn call(arch: u64, number: i64) -> Call {
        Call { arch: Arch::new(arch), number }
    }

    #[test]
    fn purposes_follow_the_name() {
        let open = |at, flags| Purpose::Open(Opening { at, flags });
        assert_eq!(call(0xc000_003e, 257).purpose(), open(true, Flags::Third));
        assert_eq!(call(0x4000_0003, 5).purpose(), open(false, Flags::Second));
        assert_eq!(call(0x4000_0003, 8).purpose(), open(false, Flags::Creat));
        assert_eq!(call(0xc000_00b7, 437).purpose(), open(true, Flags::Openat2));
        assert_eq!(call(0xc000_003e, 322).purpose(), Purpose::Run);
        assert_eq!(call(0xc000_003e, 426).purpose(), Purpose::Uring);
        assert_eq!(call(0xc000_003e, 3).purpose(), Purpose::Other);
    }

    #[test]
    fn purposes_are_remembered_by_architecture_and_number() {
        let mut purposes = Purposes::default();
        for _ in 0..2 {
            for number in [257, 3, -1, 5, 59, 257 + 512, -255] {
                for arch in [0xc000_003e, 0x4000_0003, 0xdead] {
                    let call = call(arch, number);
                    assert_eq!(purposes.of(call), call.purpose(), "{arch:x} {number}");
                }
            }
        }
    }
}
