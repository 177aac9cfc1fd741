//! Profiles that allow what is in the logs and nothing else.

mod apparmor;
mod files;
mod systemd;

use super::{Format, Layout};
use crate::item::address_families;
use crate::syscall_names::Syscall;
use crate::tally::{Counts, SocketFamilies, Tally};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The counts of the selected login users.
fn counts<'t>(tally: &'t Tally, layout: &Layout) -> impl Iterator<Item = &'t Counts> {
    layout.users(tally).into_iter().filter_map(|(_, counts)| counts)
}

/// The calls of all selected login users.
fn calls(tally: &Tally, layout: &Layout) -> BTreeSet<Syscall> {
    counts(tally, layout).flat_map(|counts| counts.calls.iter().map(|(call, _)| call)).collect()
}

/// The names of the calls. A call without a known name cannot stand in a filter.
fn names(calls: &BTreeSet<Syscall>) -> BTreeSet<&'static str> {
    calls.iter().filter_map(|call| call.known_name()).collect()
}

/// The calls that no program starts, ends or handles a signal without. Most leave no SYSCALL record:
/// exit(2) does not return, and the kernel makes the others for the program.
const BASE_CALLS: [&str; 6] =
    ["execve", "exit", "exit_group", "restart_syscall", "rt_sigreturn", "sigreturn"];

/// The names that a profile allows: those of the calls, and those that every program needs.
fn allowed_names(calls: &BTreeSet<Syscall>) -> BTreeSet<&'static str> {
    names(calls).into_iter().chain(BASE_CALLS).collect()
}

/// `ENOSYS`. A C library then tries an older call, where it would give up after `EPERM`.
const ERRNO: u8 = 38;

/// The rules of an AppArmor profile.
fn rules<'t>(tally: &'t Tally, layout: &Layout) -> apparmor::Rules<'t> {
    apparmor::Rules::collect(|| counts(tally, layout))
}

/// Whether there is nothing to allow. A seccomp profile would then deny every call, and the systemd
/// setting none.
pub(super) fn is_empty(tally: &Tally, layout: &Layout) -> bool {
    match layout.format {
        Format::Apparmor => rules(tally, layout).is_empty(),
        _ => names(&calls(tally, layout)).is_empty(),
    }
}

/// The number of calls that have no known name, and an example, if the profile names calls.
pub(super) fn unnamed_calls(tally: &Tally, layout: &Layout) -> Option<(u64, Syscall)> {
    if layout.format == Format::Apparmor {
        return None;
    }
    let calls = counts(tally, layout).flat_map(|counts| counts.calls.iter());
    let unnamed = calls.filter(|(call, _)| call.known_name().is_none());
    let pairs = unnamed.map(|(call, times)| (times, call));
    pairs.reduce(|(sum, first), (times, call)| (sum + times, first.min(call)))
}

/// Writes a profile in the form of `linux.seccomp` in the OCI runtime specification, which docker and
/// podman read with `--security-opt seccomp=FILE`.
pub(super) fn write_seccomp(
    tally: &Tally,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    let calls = calls(tally, layout);
    let architectures: BTreeSet<_> = calls.iter().filter_map(|call| call.seccomp_arch()).collect();
    writeln!(out, "{{\n\t\"defaultAction\": \"SCMP_ACT_ERRNO\",\n\t\"defaultErrnoRet\": {ERRNO},")?;
    writeln!(out, "\t\"architectures\": [")?;
    write_list(&architectures, "\t\t", out)?;
    writeln!(out, "\t],\n\t\"syscalls\": [\n\t\t{{\n\t\t\t\"names\": [")?;
    write_list(&allowed_names(&calls), "\t\t\t\t", out)?;
    writeln!(out, "\t\t\t],\n\t\t\t\"action\": \"SCMP_ACT_ALLOW\"\n\t\t}}\n\t]\n}}")
}

fn write_list(words: &BTreeSet<&str>, indent: &str, out: &mut impl Write) -> io::Result<()> {
    for (index, word) in words.iter().enumerate() {
        let comma = if index + 1 < words.len() { "," } else { "" };
        writeln!(out, "{indent}\"{word}\"{comma}")?;
    }
    Ok(())
}

/// Writes a systemd drop-in.
pub(super) fn write_systemd(
    tally: &Tally,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    let files = systemd::written_files(|| counts(tally, layout));
    let has_file =
        counts(tally, layout).any(|counts| counts.files.total() + counts.changes.total() > 0);
    let families = socket_families(tally, layout);
    systemd::write(&calls(tally, layout), families, has_file.then_some(&files), out)
}

/// The address families of the sockets of all selected login users.
fn socket_families(tally: &Tally, layout: &Layout) -> SocketFamilies {
    let mut families = SocketFamilies::default();
    counts(tally, layout).for_each(|counts| families.merge(counts.socket_families));
    families
}

/// Why a drop-in for systemd allows fewer families of sockets than the log holds, or restricts none.
pub(super) fn families_left_out(tally: &Tally, layout: &Layout) -> Option<String> {
    let families = socket_families(tally, layout);
    let unnamed = || families.iter().find(|family| address_families::name(*family).is_none());
    if layout.format != Format::Systemd {
        return None;
    }
    if families.missing > 0 {
        return Some(format!(
            "no RestrictAddressFamilies= in the profile: the log does not say the address family of \
             every socket; missing: {}",
            families.missing
        ));
    }
    let family = unnamed().or(families.others)?;
    Some(format!("sockets of the unknown address family {family} left out of the profile"))
}

/// A file because of which a drop-in for systemd leaves the whole file system writable.
pub(super) fn file_in_root(tally: &Tally, layout: &Layout) -> Option<String> {
    let files = || systemd::written_files(|| counts(tally, layout));
    let is_systemd = layout.format == Format::Systemd;
    is_systemd.then(files).and_then(|files| systemd::file_in_root(&files).map(str::to_owned))
}

/// Writes the skeleton of an AppArmor profile.
pub(super) fn write_apparmor(
    tally: &Tally,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    rules(tally, layout).write(out)
}

/// The number of files that the profile leaves out for each reason.
pub(super) fn files_left_out(tally: &Tally, layout: &Layout) -> Vec<(usize, &'static str)> {
    let files = match layout.format {
        Format::Systemd => systemd::written_files(|| counts(tally, layout)),
        Format::Apparmor => rules(tally, layout).files,
        _ => return Vec::new(),
    };
    files.left_out().into_iter().filter(|(count, _)| *count > 0).collect()
}
