//! What is told on standard error when a report does not hold all that the logs were meant to.

use super::Layout;
use crate::scan::Found;
use std::collections::BTreeMap;
use std::io::{self, Write};
use toolkit::finish::Messages;

/// Tells what could not be read, what was damaged and what was missing.
pub fn tell_doubts(found: &Found, layout: &Layout, messages: &mut Messages<impl Write>) {
    for (log, error) in &found.unreadable {
        let hint = match error.kind() {
            io::ErrorKind::PermissionDenied => "; run this as root, or give a copy of the log",
            io::ErrorKind::NotFound => "; give the path of an audit log",
            io::ErrorKind::IsADirectory => "; give the logs in it",
            _ => "",
        };
        messages.tell(format_args!("{}: {error}{hint}", log.display()));
    }
    for log in &found.strange {
        messages.tell(format_args!("{}: not one audit record in it", log.display()));
    }
    if let Some((log, line, malformed)) = &found.damage {
        let more = match found.damaged - 1 {
            0 => String::new(),
            more => format!("; {more} more"),
        };
        messages.tell(format_args!(
            "{}:{line}: damaged record left out: {malformed}{more}",
            log.display()
        ));
    }
    if found.incomplete > 0 {
        messages.tell(format_args!(
            "{} incomplete: records are missing; what there is of them is counted",
            counted(found.incomplete, "event")
        ));
    }
    for (arch, calls) in unknown_architectures(found, layout) {
        messages.tell(format_args!(
            "{} of the unknown architecture {arch}, listed by number",
            counted(calls, "system call")
        ));
    }
}

/// The calls counted of each unknown architecture.
fn unknown_architectures(found: &Found, layout: &Layout) -> BTreeMap<String, u64> {
    let mut unknown = BTreeMap::new();
    for (_, counts) in layout.users(&found.tally) {
        let calls = counts.into_iter().flat_map(|counts| &counts.calls);
        for (call, count) in calls.filter(|(call, _)| !call.is_arch_known()) {
            *unknown.entry(call.arch_name().into_owned()).or_default() += count;
        }
    }
    unknown
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
