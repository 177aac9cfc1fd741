//! How a file was opened, from the flags of the call.

use super::Arch;
use sysparse::sockaddr::ByteOrder;

/// The values of `O_CREAT`, `O_TRUNC`, `O_APPEND` and `O_EXCL`.
type OpenFlags = [u64; 4];

/// Those of `include/uapi/asm-generic/fcntl.h`.
const GENERIC_FLAGS: OpenFlags = [0o100, 0o1000, 0o2000, 0o200];

impl Arch {
    /// Whether the architecture has the numbers of `include/uapi/asm-generic`, unlike some older
    /// ones.
    pub(super) fn has_generic_numbers(self) -> bool {
        self.flags() == &GENERIC_FLAGS
    }

    fn flags(self) -> &'static OpenFlags {
        match self.0 {
            0x8 | 0x4000_0008 | 0x8000_0008 | 0xc000_0008 => &[0x100, 0x200, 0x8, 0x400],
            0x2 | 0x8000_002b => &[0x200, 0x400, 0x8, 0x800],
            _ => &GENERIC_FLAGS,
        }
    }

    /// Whether a file is truncated if it is opened with these flags.
    #[must_use]
    pub fn truncates(self, flags: u64) -> bool {
        let [_, truncate, ..] = *self.flags();
        flags & truncate != 0
    }

    /// Whether a file without a name is created if a directory is opened with these flags: the bit
    /// `__O_TMPFILE`.
    #[must_use]
    pub fn creates_unnamed(self, flags: u64) -> bool {
        let bit = match self.0 {
            0x2 | 0x8000_002b => 0x200_0000,
            _ => 0o20_000_000,
        };
        flags & bit != 0
    }

    /// The order of bytes in numbers: the bit `__AUDIT_ARCH_LE` of `include/uapi/linux/audit.h`.
    #[must_use]
    pub fn byte_order(self) -> ByteOrder {
        if self.0 & 0x4000_0000 == 0 { ByteOrder::Big } else { ByteOrder::Little }
    }

    /// Appends how a file is opened with these flags: c(reate), then r, w or rw, then t(runcate),
    /// a(ppend), x for exclusive.
    pub fn append_mode(self, flags: u64, mode: &mut Vec<u8>) {
        let [create, truncate, append, exclusive] = *self.flags();
        let mut letters = |flag: u64, letters: &[u8]| {
            if flags & flag == flag {
                mode.extend_from_slice(letters);
            }
        };
        letters(create, b"c");
        match flags & 3 {
            0 => letters(0, b"r"),
            1 => letters(0, b"w"),
            _ => letters(0, b"rw"),
        }
        letters(truncate, b"t");
        letters(append, b"a");
        letters(exclusive, b"x");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_name_has_its_own_bit_in_the_flags() {
        let creates = |arch, flags| Arch::new(arch).creates_unnamed(flags);
        assert!(creates(0xc000_003e, 0o20_200_002) && creates(0x8, 0o20_200_002));
        assert!(!creates(0xc000_003e, 0o2_200_102) && !creates(0xc000_003e, 0x200_0002));
        assert!(creates(0x2, 0x200_0002) && creates(0x8000_002b, 0x200_0002));
        assert!(!creates(0x8000_002b, 0o20_000_002));
    }

    #[test]
    fn modes_are_read_from_the_flags_of_the_architecture() {
        let mode = |arch, flags| {
            let mut mode = Vec::new();
            Arch::new(arch).append_mode(flags, &mut mode);
            String::from_utf8(mode).expect("letters")
        };
        for (flags, wanted) in [
            (0, "r"),
            (0o1, "w"),
            (0o2, "rw"),
            (0o101, "cw"),
            (0o1101, "cwt"),
            (0o2102, "crwa"),
            (0o301, "cwx"),
            (0o2_000_000, "r"),
        ] {
            assert_eq!(mode(0xc000_003e, flags), wanted, "{flags:o}");
        }
        assert_eq!(
            (mode(0x4000_0008, 0x301), mode(0x8000_002b, 0xa02)),
            ("cwt".into(), "crwx".into())
        );
    }
}
