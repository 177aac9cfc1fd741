//! The calls seen, as a profile that allows them and no others.

use super::Layout;
use crate::syscall_names::Call;
use crate::tally::{Counts, Tally};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// What the users asked for did.
fn counts<'t>(tally: &'t Tally, layout: &Layout) -> impl Iterator<Item = &'t Counts> {
    layout.users(tally).into_iter().filter_map(|(_, counts)| counts)
}

/// The calls of all users asked for.
fn calls(tally: &Tally, layout: &Layout) -> BTreeSet<Call> {
    counts(tally, layout).flat_map(|counts| counts.calls.iter().map(|(call, _)| call)).collect()
}

/// The names of the calls that have one; the number of another means nothing to a filter.
fn names(calls: &BTreeSet<Call>) -> BTreeSet<&'static str> {
    calls.iter().filter_map(|call| call.known_name()).collect()
}

/// Whether no call has a name. A profile would then refuse every call in one form, and in the other
/// none.
pub(super) fn is_empty(tally: &Tally, layout: &Layout) -> bool {
    names(&calls(tally, layout)).is_empty()
}

/// How often calls were made that have no name, and one of them.
pub(super) fn nameless(tally: &Tally, layout: &Layout) -> Option<(u64, Call)> {
    let calls = counts(tally, layout).flat_map(|counts| counts.calls.iter());
    let nameless = calls.filter(|(call, _)| call.known_name().is_none());
    let pairs = nameless.map(|(call, times)| (times, call));
    pairs.reduce(|(sum, first), (times, call)| (sum + times, first.min(call)))
}

/// A profile as the OCI runtime specification has it in `linux.seccomp`, and docker and podman take
/// it by `--security-opt seccomp=FILE`.
pub(super) fn seccomp(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    let calls = calls(tally, layout);
    let architectures: BTreeSet<_> = calls.iter().filter_map(|call| call.seccomp_arch()).collect();
    writeln!(out, "{{\n\t\"defaultAction\": \"SCMP_ACT_ERRNO\",\n\t\"architectures\": [")?;
    list(&architectures, "\t\t", out)?;
    writeln!(out, "\t],\n\t\"syscalls\": [\n\t\t{{\n\t\t\t\"names\": [")?;
    list(&names(&calls), "\t\t\t\t", out)?;
    writeln!(out, "\t\t\t],\n\t\t\t\"action\": \"SCMP_ACT_ALLOW\"\n\t\t}}\n\t]\n}}")
}

fn list(words: &BTreeSet<&str>, indent: &str, out: &mut impl Write) -> io::Result<()> {
    for (index, word) in words.iter().enumerate() {
        let comma = if index + 1 < words.len() { "," } else { "" };
        writeln!(out, "{indent}\"{word}\"{comma}")?;
    }
    Ok(())
}

/// A line for the `[Service]` section of a unit: systemd.exec(5).
pub(super) fn systemd(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    let calls = calls(tally, layout);
    let names: Vec<_> = names(&calls).into_iter().collect();
    writeln!(out, "SystemCallFilter={}", names.join(" "))
}
