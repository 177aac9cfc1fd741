//! Names of the errors that system calls return.

use super::{Arch, Run, name_in, tables};
use std::borrow::Cow;

/// The name of an error number if all architectures agree on it, else the number.
///
/// `asm-generic/errno-base.h` of the kernel's headers has the first 34; beyond them mips and sparc
/// differ.
#[must_use]
pub fn error_name(arch: Arch, number: i64) -> Cow<'static, str> {
    let is_shared = number <= 34 || arch.has_generic_numbers();
    match name_in(&[tables::ERRORS, KERNEL_ERRORS], number) {
        Some(name) if is_shared => Cow::Borrowed(name),
        _ => Cow::Owned(number.to_string()),
    }
}

/// Errors that the kernel keeps to itself, so that the headers for programs lack them. An audit
/// record shows them where a signal interrupts a call. The source is `include/linux/errno.h`.
#[rustfmt::skip]
const KERNEL_ERRORS: &[Run] = &[
    (512, &["ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND", "ENOIOCTLCMD",
        "ERESTART_RESTARTBLOCK", "EPROBE_DEFER", "EOPENSTALE", "ENOPARAM"]),
    (521, &["EBADHANDLE", "ENOTSYNC", "EBADCOOKIE", "ENOTSUPP", "ETOOSMALL", "ESERVERFAULT",
        "EBADTYPE", "EJUKEBOX", "EIOCBQUEUED", "ERECALLCONFLICT", "ENOGRACE"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_names_where_all_architectures_agree() {
        for (arch, number, name) in [
            (0xc000_003e, 13, "EACCES"),
            (0xc000_003e, 40, "ELOOP"),
            (0xc000_003e, 41, "41"),
            (0xc000_003e, 512, "ERESTARTSYS"),
            (0xc000_003e, 520, "520"),
            (0xc000_003e, 531, "ENOGRACE"),
            (0x8, 2, "ENOENT"),
            (0x8, 40, "40"),
            (0xc000_003e, 99_999, "99999"),
            (0xc000_003e, -1, "-1"),
        ] {
            assert_eq!(error_name(Arch::new(arch), number), name, "{arch:x} {number}");
        }
    }
}
