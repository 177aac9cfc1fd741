//! The calls seen, as a profile that allows them and no others.

use super::Layout;
use crate::names::Call;
use crate::tally::Tally;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The calls of all users asked for.
fn calls(tally: &Tally, layout: &Layout) -> BTreeSet<Call> {
    let counts = layout.users(tally).into_iter().filter_map(|(_, counts)| counts);
    counts.flat_map(|counts| counts.calls.keys().copied()).collect()
}

/// The names of the calls that have one; the number of another means nothing to a filter.
fn names(calls: &BTreeSet<Call>) -> BTreeSet<&'static str> {
    calls.iter().filter_map(|call| call.known_name()).collect()
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
