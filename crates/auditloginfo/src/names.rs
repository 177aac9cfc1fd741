//! The names of system calls by architecture and number.
//!
//! The tables for most architectures are those of the `syscalls` crate; what it lacks (x32 and
//! 31-bit s390) stands in [`tables`].

mod mode;
mod tables;

use std::borrow::Cow;

/// A processor architecture with its calling convention, from a record's `arch=` field.
///
/// The field holds an `AUDIT_ARCH_*` value of `include/uapi/linux/audit.h`: the ELF machine number
/// with marks for 64 bits, little endian, and the n32 convention of MIPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arch(u64);

/// x32 calls carry the architecture of `x86_64` and this mark in their number.
const X32: i64 = 0x4000_0000;

type Lookup = fn(usize) -> Option<&'static str>;

/// The lookup function of one table of the `syscalls` crate.
macro_rules! table {
    ($arch:ident) => {
        |number| syscalls::$arch::Sysno::new(number).map(|call| call.name())
    };
}

impl Arch {
    /// The architecture with that `AUDIT_ARCH_*` value.
    #[must_use]
    pub fn of(value: u64) -> Arch {
        Arch(value)
    }

    /// The name and the table of calls; nothing if the architecture is unknown.
    fn known(self) -> Option<(&'static str, Lookup)> {
        Some(match self.0 {
            0xc000_003e => ("x86_64", table!(x86_64)),
            0x4000_0003 => ("i386", table!(x86)),
            0x4000_0028 | 0x28 => ("arm", table!(arm)),
            0xc000_00b7 => ("aarch64", table!(aarch64)),
            0x14 | 0x4000_0014 => ("ppc", table!(powerpc)),
            0x8000_0015 => ("ppc64", table!(powerpc64)),
            0xc000_0015 => ("ppc64le", table!(powerpc64)),
            0x16 => ("s390", tables::s390),
            0x8000_0016 => ("s390x", table!(s390x)),
            0x4000_00f3 => ("riscv32", table!(riscv32)),
            0xc000_00f3 => ("riscv64", table!(riscv64)),
            0xc000_0102 => ("loongarch64", table!(loongarch64)),
            0x8 => ("mips", table!(mips)),
            0x4000_0008 => ("mipsel", table!(mips)),
            0x8000_0008 => ("mips64", table!(mips64)),
            0xc000_0008 => ("mipsel64", table!(mips64)),
            0x2 => ("sparc", table!(sparc)),
            0x8000_002b => ("sparc64", table!(sparc64)),
            _ => return None,
        })
    }
}

/// One system call: an architecture and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Call {
    /// The architecture.
    pub arch: Arch,
    /// The number, as the record has it; -1 occurs.
    pub number: i64,
}

impl Call {
    fn is_x32(self) -> bool {
        self.arch.0 == 0xc000_003e && self.number >= X32
    }

    /// The kernel's name of the call, if the number is known.
    #[must_use]
    pub fn known_name(self) -> Option<&'static str> {
        let (_, lookup) = self.arch.known()?;
        if self.is_x32() {
            return tables::x32(usize::try_from(self.number & !X32).ok()?);
        }
        kernel_name(lookup(usize::try_from(self.number).ok()?)?)
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

    /// Whether the architecture is known.
    #[must_use]
    pub fn is_arch_known(self) -> bool {
        self.arch.known().is_some()
    }
}

/// The kernel's name for one of the `syscalls` crate, which has a word of Rust's as it is written in
/// Rust, one name that the kernel took back, and names for numbers that are no calls.
fn kernel_name(name: &'static str) -> Option<&'static str> {
    match name {
        "r#break" => Some("break"),
        "fstatat" => Some("newfstatat"),
        _ if name.starts_with("reserved") || name.starts_with("unused") => None,
        _ => Some(name),
    }
}

/// The name of an error number, if all architectures agree on it, else the number.
///
/// `include/uapi/asm-generic/errno-base.h` holds the first 34; beyond them mips and sparc differ.
#[must_use]
pub fn error(arch: Arch, number: i64) -> Cow<'static, str> {
    let is_shared = number <= 34 || arch.has_generic_numbers();
    let known = i32::try_from(number).ok().map(syscalls::Errno::new);
    let name = known.and_then(|error| error.name_and_description()).map(|(name, _)| name);
    match name {
        Some(name) if is_shared => Cow::Borrowed(name),
        _ => Cow::Owned(number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arch: u64, number: i64) -> Call {
        Call { arch: Arch::of(arch), number }
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
    fn names_are_those_of_calls() {
        for (arch, number) in [0x4000_0003, 0xc000_003e, 0xc000_00b7, 0x8, 0xc000_0015, 0x2]
            .into_iter()
            .flat_map(|arch| (0..7000).map(move |number| (arch, number)))
        {
            let name = call(arch, number).known_name().unwrap_or_default();
            let is_word = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
            assert!(name.bytes().all(is_word), "{arch:x} {number}: {name}");
        }
    }

    #[test]
    fn what_is_unknown_keeps_its_number() {
        assert_eq!(call(0xc000_003e, 9999).name(), "syscall-9999");
        assert_eq!(call(0xdead, 3).name(), "syscall-3");
        assert_eq!(call(0xdead, 3).arch_name(), "dead");
        assert_eq!(call(0xc000_003e, -1).name(), "syscall--1");
    }

    #[test]
    fn errors_have_names_where_all_agree() {
        assert_eq!(error(Arch::of(0xc000_003e), 13), "EACCES");
        assert_eq!(error(Arch::of(0xc000_003e), 40), "ELOOP");
        assert_eq!(error(Arch::of(0x8), 2), "ENOENT");
        assert_eq!(error(Arch::of(0x8), 40), "40");
        assert_eq!(error(Arch::of(0xc000_003e), 99_999), "99999");
    }
}
