//! What is told on standard error when a report does not hold all that the logs were meant to.

use super::{Layout, profile};
use crate::scan::Found;
use crate::times;
use std::collections::BTreeMap;
use std::io::{self, Write};
use toolkit::messages::Messages;

/// Tells what could not be read, what was damaged and what was missing.
pub fn tell_doubts(found: &Found, layout: &Layout, messages: &mut Messages<impl Write>) {
    tell_unread(found, messages);
    if let Some((log, line, malformed)) = &found.damage {
        let more = match found.damaged - 1 {
            0 => String::new(),
            more => format!("; {more} more"),
        };
        messages.warn(format_args!(
            "{}:{line}: damaged record left out: {malformed}{more}",
            log.display()
        ));
    }
    if found.incomplete > 0 {
        messages.warn(format_args!(
            "{} incomplete: records are missing; what there is of them is counted",
            counted(found.incomplete, "event")
        ));
    }
    if layout.format.is_profile() {
        return tell_unallowed(found, layout, messages);
    }
    for (arch, calls) in unknown_architectures(found, layout) {
        messages.warn(format_args!(
            "{} of the unknown architecture {arch}, listed by number",
            counted(calls, "system call")
        ));
    }
}

/// Tells of logs that could not be read, or not as audit logs.
fn tell_unread(found: &Found, messages: &mut Messages<impl Write>) {
    for (log, error) in &found.unreadable {
        let hint = match error.kind() {
            io::ErrorKind::PermissionDenied => "; run this as root, or give a copy of the log",
            io::ErrorKind::NotFound if times::is_time_of_day(log) => {
                "; a time of day goes with its day in one argument: 'yesterday 12:00'"
            }
            io::ErrorKind::NotFound => "; give the path of an audit log",
            // What a decoder says of a compressed log that is cut off or damaged.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                "; what could be read of it is counted, give a whole copy for the rest"
            }
            io::ErrorKind::IsADirectory => "; give the logs in it",
            _ => "",
        };
        messages.warn(format_args!("{}: {error}{hint}", log.display()));
    }
    for log in &found.strange {
        messages.warn(format_args!(
            "{}: not one audit record in it; give a log of auditd, or what ausearch --raw prints",
            log.display()
        ));
    }
}

/// Tells of calls that a profile cannot allow, and of a profile that would allow none.
fn tell_unallowed(found: &Found, layout: &Layout, messages: &mut Messages<impl Write>) {
    if let Some((calls, one)) = profile::nameless(&found.tally, layout) {
        messages.warn(format_args!(
            "{} without a known name left out of the profile, such as number {} of {}",
            counted(calls, "system call"),
            one.number,
            one.arch_name()
        ));
    }
    if profile::is_empty(&found.tally, layout) {
        messages.warn(
            "no system call found that a profile could allow; ask for other events, or let auditd \
             record more (see WHAT COUNTS in auditloginfo(1))",
        );
    }
}

/// The calls counted of each unknown architecture.
fn unknown_architectures(found: &Found, layout: &Layout) -> BTreeMap<String, u64> {
    let mut unknown = BTreeMap::new();
    for (_, counts) in layout.users(&found.tally) {
        let calls = counts.into_iter().flat_map(|counts| counts.calls.iter());
        for (call, count) in calls.filter(|(call, _)| !call.is_arch_known()) {
            *unknown.entry(call.arch_name().into_owned()).or_default() += count;
        }
    }
    unknown
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
