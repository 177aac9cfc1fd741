//! Names of system calls by architecture and number.
//!
//! The numbers come from the kernel's headers: `cargo xtask syscalls` writes `tables.rs`. 31-bit
//! s390, which the kernel gave up, is in `s390.rs`.
//!
//! ```
//! use auditloginfo::syscall_names::{Arch, Syscall};
//!
//! let call = Syscall { arch: Arch::new(0xc000_003e), number: 257 };
//! assert_eq!((&*call.arch_name(), &*call.name()), ("x86_64", "openat"));
//! ```

mod errors;
mod mode;
mod s390;
mod tables;

pub use errors::error_name;

use std::borrow::Cow;

/// Names of consecutive numbers, and the first of these numbers.
type Run = (i64, &'static [&'static str]);

/// Tables of names; the first that has a number names it.
type Tables = &'static [&'static [Run]];

fn name_in(tables: Tables, number: i64) -> Option<&'static str> {
    tables.iter().copied().flatten().find_map(|(first, names)| {
        names.get(usize::try_from(number.checked_sub(*first)?).ok()?).copied()
    })
}

/// A processor architecture with its calling convention, from a record's `arch=` field.
///
/// The field holds an `AUDIT_ARCH_*` value of `include/uapi/linux/audit.h`: the ELF machine number
/// with flags for 64 bits, little endian, and the n32 convention of MIPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arch(u64);

/// This bit in the number of a call of `x86_64` marks a call of x32.
const X32_BIT: i64 = 0x4000_0000;

impl Arch {
    /// The architecture with this `AUDIT_ARCH_*` value.
    #[must_use]
    pub const fn new(value: u64) -> Arch {
        Arch(value)
    }

    /// The name and the tables of the architecture; `None` if it is unknown.
    fn known(self) -> Option<(&'static str, Tables)> {
        Some(match self.0 {
            0xc000_003e => ("x86_64", &[tables::X86_64]),
            0x4000_0003 => ("i386", &[tables::I386]),
            0x4000_0028 | 0x28 => ("arm", &[tables::ARM]),
            0xc000_00b7 => ("aarch64", &[tables::AARCH64]),
            0x14 | 0x4000_0014 => ("ppc", &[tables::PPC]),
            0x8000_0015 => ("ppc64", &[tables::PPC64]),
            0xc000_0015 => ("ppc64le", &[tables::PPC64]),
            0x16 => ("s390", &[s390::S390, tables::S390X]),
            0x8000_0016 => ("s390x", &[tables::S390X]),
            0x4000_00f3 => ("riscv32", &[tables::RISCV32]),
            0xc000_00f3 => ("riscv64", &[tables::RISCV64]),
            0xc000_0102 => ("loongarch64", &[tables::LOONGARCH64]),
            0x8 => ("mips", &[tables::MIPS]),
            0x4000_0008 => ("mipsel", &[tables::MIPS]),
            0x8000_0008 => ("mips64", &[tables::MIPS64]),
            0xc000_0008 => ("mipsel64", &[tables::MIPS64]),
            0x2 => ("sparc", &[tables::SPARC]),
            0x8000_002b => ("sparc64", &[tables::SPARC64]),
            _ => return None,
        })
    }
}

/// One system call: an architecture and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Syscall {
    /// The architecture.
    pub arch: Arch,
    /// The number, as the record has it; -1 occurs.
    pub number: i64,
}

impl Syscall {
    fn is_x32(self) -> bool {
        self.arch.0 == 0xc000_003e && self.number >= X32_BIT
    }

    /// The kernel's name of the call, if the number is known.
    #[must_use]
    pub fn known_name(self) -> Option<&'static str> {
        let (_, tables) = self.arch.known()?;
        // Before Linux 5.4, the bit did not keep the kernel from running other calls of x86_64.
        let x32: Tables = &[tables::X32, tables::X86_64];
        if self.is_x32() {
            return name_in(x32, self.number & !X32_BIT);
        }
        name_in(tables, self.number)
    }

    /// The name, or `syscall-N`.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        let numbered = || Cow::Owned(format!("syscall-{}", self.number));
        self.known_name().map_or_else(numbered, Cow::Borrowed)
    }

    /// The architecture's name, or its value in hexadecimal.
    #[must_use]
    pub fn arch_name(self) -> Cow<'static, str> {
        match self.arch.known() {
            Some(_) if self.is_x32() => Cow::Borrowed("x32"),
            Some((name, _)) => Cow::Borrowed(name),
            None => Cow::Owned(format!("{:x}", self.arch.0)),
        }
    }

    /// The name of the architecture in seccomp profiles; libseccomp knows no others.
    #[must_use]
    pub fn seccomp_arch(self) -> Option<&'static str> {
        Some(match &*self.arch_name() {
            "x86_64" => "SCMP_ARCH_X86_64",
            "x32" => "SCMP_ARCH_X32",
            "i386" => "SCMP_ARCH_X86",
            "arm" => "SCMP_ARCH_ARM",
            "aarch64" => "SCMP_ARCH_AARCH64",
            "ppc" => "SCMP_ARCH_PPC",
            "ppc64" => "SCMP_ARCH_PPC64",
            "ppc64le" => "SCMP_ARCH_PPC64LE",
            "s390" => "SCMP_ARCH_S390",
            "s390x" => "SCMP_ARCH_S390X",
            "riscv64" => "SCMP_ARCH_RISCV64",
            "loongarch64" => "SCMP_ARCH_LOONGARCH64",
            "mips" => "SCMP_ARCH_MIPS",
            "mipsel" => "SCMP_ARCH_MIPSEL",
            "mips64" => "SCMP_ARCH_MIPS64",
            "mipsel64" => "SCMP_ARCH_MIPSEL64",
            _ => return None,
        })
    }

    /// The name of the architecture in `SystemCallArchitectures=`, if systemd knows it.
    #[must_use]
    pub fn systemd_arch(self) -> Option<&'static str> {
        Some(match self.seccomp_arch()? {
            "SCMP_ARCH_X86_64" => "x86-64",
            "SCMP_ARCH_X32" => "x32",
            "SCMP_ARCH_X86" => "x86",
            "SCMP_ARCH_ARM" => "arm",
            "SCMP_ARCH_AARCH64" => "arm64",
            "SCMP_ARCH_PPC" => "ppc",
            "SCMP_ARCH_PPC64" => "ppc64",
            "SCMP_ARCH_PPC64LE" => "ppc64-le",
            "SCMP_ARCH_S390" => "s390",
            "SCMP_ARCH_S390X" => "s390x",
            "SCMP_ARCH_RISCV64" => "riscv64",
            "SCMP_ARCH_LOONGARCH64" => "loongarch64",
            "SCMP_ARCH_MIPS" => "mips",
            "SCMP_ARCH_MIPSEL" => "mips-le",
            "SCMP_ARCH_MIPS64" => "mips64",
            "SCMP_ARCH_MIPSEL64" => "mips64-le",
            _ => return None,
        })
    }

    /// Whether the architecture is known.
    #[must_use]
    pub fn is_arch_known(self) -> bool {
        self.arch.known().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arch: u64, number: i64) -> Syscall {
        Syscall { arch: Arch::new(arch), number }
    }

    #[test]
    fn names_follow_the_architecture() {
        for (arch, number, arch_name, name) in [
            (0xc000_003e, 0, "x86_64", "read"),
            (0xc000_003e, 2, "x86_64", "open"),
            (0xc000_003e, 0x4000_0000 + 520, "x32", "execve"),
            (0xc000_003e, 0x4000_0000 + 257, "x32", "openat"),
            (0x4000_0003, 3, "i386", "read"),
            (0x4000_0028, 322, "arm", "openat"),
            (0xc000_00b7, 56, "aarch64", "openat"),
            (0x14, 5, "ppc", "open"),
            (0xc000_0015, 286, "ppc64le", "openat"),
            (0x8000_0016, 288, "s390x", "openat"),
            (0x16, 199, "s390", "getuid32"),
            (0x16, 5, "s390", "open"),
            (0xc000_00f3, 56, "riscv64", "openat"),
            (0xc000_0102, 221, "loongarch64", "execve"),
            (0x8, 4005, "mips", "open"),
            (0xc000_0008, 5002, "mipsel64", "open"),
            (0x2, 5, "sparc", "open"),
            (0x8000_002b, 284, "sparc64", "openat"),
            (0x4000_0003, 17, "i386", "break"),
            (0xc000_00b7, 79, "aarch64", "newfstatat"),
            (0xc000_0102, 79, "loongarch64", "newfstatat"),
            (0x8, 4018, "mips", "syscall-4018"),
        ] {
            let call = call(arch, number);
            assert_eq!((&*call.arch_name(), &*call.name()), (arch_name, name), "{arch:x} {number}");
        }
    }

    #[test]
    fn an_unknown_call_or_architecture_keeps_its_number() {
        assert_eq!(call(0xc000_003e, 9999).name(), "syscall-9999");
        assert_eq!(call(0xdead, 3).name(), "syscall-3");
        assert_eq!(call(0xdead, 3).arch_name(), "dead");
        assert_eq!(call(0xc000_003e, -1).name(), "syscall--1");
    }
}
