//! Problems that are reported on stderr: what is missing from a report, and why.

use super::{Format, Layout, profile};
use crate::file_kind::{FileKind, JOURNAL_EXPORT};
use crate::found::{Found, Losses};
use crate::logs::DEFAULT_LOG;
use crate::times;
use crate::trust::Origin;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use sysparse::audit::Stamp;
use toolkit::escape::{escape_control, escape_path};
use toolkit::messages::{Messages, describe};

/// Reports logs that could not be read, damaged records, incomplete events, and system calls that
/// are unknown.
pub fn report_diagnostics(found: &Found, layout: &Layout, messages: &mut Messages<impl Write>) {
    report_logs(found, messages);
    report_records(found, messages);
    report_doubled(found, messages);
    report_incomplete(found, messages);
    report_untrusted(found, messages);
    report_losses(found.losses, messages);
    if layout.format.is_profile() {
        report_profile(found, layout, messages);
    } else {
        report_architectures(found, layout, messages);
    }
}

/// Reports logs that could not be read, and files that are no audit logs or empty.
fn report_logs(found: &Found, messages: &mut Messages<impl Write>) {
    for (log, error) in &found.unreadable {
        let advice = advice(log, error.kind());
        messages.warn(format_args!("{}: {}{advice}", escape_path(log), describe(error)));
    }
    for (log, kind) in &found.not_audit_logs {
        let note = note_on_gzip(log, *kind);
        messages.warn(format_args!("{}: {kind}{note}", escape_path(log)));
    }
    for log in &found.empty_logs {
        messages.warn(format_args!("{}: empty; there is no record to report", escape_path(log)));
    }
}

/// What `LOG` is in the advice on a file in a compressed one.
fn note_on_gzip(log: &Path, kind: FileKind) -> &'static str {
    let is_gzip = log.extension().is_some_and(|end| end == "gz");
    let needs_note =
        matches!(kind, FileKind::Utf16 | FileKind::Compressed(..) | FileKind::JournalFile);
    if is_gzip && needs_note { "; LOG is what gzip -dc prints of this file" } else { "" }
}

/// What to do about a log that could not be read.
fn advice(log: &Path, error: io::ErrorKind) -> &'static str {
    match error {
        io::ErrorKind::PermissionDenied => {
            "; run as root or as a member of the log's group, such as adm, or give a copy of the log"
        }
        io::ErrorKind::NotFound if times::is_time_of_day(log) => {
            "; put a day and a time of day in one argument: 'yesterday 12:00'"
        }
        io::ErrorKind::NotFound if log == Path::new(DEFAULT_LOG) => {
            "; start auditd, give the path of a log, or read the journal: journalctl -o export --all \
             _TRANSPORT=audit | auditloginfo -"
        }
        io::ErrorKind::NotFound => "; give the path of an audit log",
        // The errors of a decoder for a compressed log that is truncated or damaged.
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
            "; the part before this error is counted; give a complete copy to count the rest"
        }
        io::ErrorKind::IsADirectory => "; give the logs in it",
        _ => "",
    }
}

/// Reports damaged records, and events that ended early or are listed in parts.
fn report_records(found: &Found, messages: &mut Messages<impl Write>) {
    if let Some((log, line, error)) = &found.first_damage {
        let more = match found.damaged - 1 {
            0 => String::new(),
            more => format!("; {more} more"),
        };
        messages.warn(format_args!(
            "{}:{line}: damaged record left out: {error}{more}",
            escape_path(log)
        ));
    }
    if let Some(Stamp { seconds, millis, serial }) = found.ended_early.first {
        messages.warn(format_args!(
            "{} ended early: too much was held at once; records that came later are missing from \
             {seconds}.{millis:03}:{serial} on",
            count_noun(found.ended_early.count, "event")
        ));
    }
    if let Some(Stamp { seconds, millis, serial }) = found.listed_in_parts.first {
        messages.warn(format_args!(
            "{} listed in parts, from {seconds}.{millis:03}:{serial} on: too much was held at once; the \
             later parts lack the program and the working directory",
            count_noun(found.listed_in_parts.count, "event")
        ));
    }
}

/// Reports records that the logs hold twice, or that may be the same.
fn report_doubled(found: &Found, messages: &mut Messages<impl Write>) {
    if found.doubled > 0 {
        let note = if found.has_several_logs {
            "; if one log holds a part of another one, give only one of them: records that are far \
             apart count twice"
        } else {
            ""
        };
        messages.warn(format_args!(
            "{} logged twice; each is counted once{note}",
            count_noun(found.doubled, "record")
        ));
    }
    if found.has_possibly_doubled {
        messages.warn(format_args!(
            "some records with and without the name of a host have the same time and serial number, and \
             all of them are counted; if they come from one host, give only one of the logs, or select the \
             host with --node"
        ));
    }
}

/// Reports events whose records are missing or cut off.
fn report_incomplete(found: &Found, messages: &mut Messages<impl Write>) {
    if found.incomplete > 0 {
        messages.warn(format_args!(
            "{} incomplete: records are missing or cut off; what is there is counted",
            count_noun(found.incomplete, "event")
        ));
    }
}

/// Reports records that stand where anybody can write them or lack a serial number, and messages that
/// the journal left out.
fn report_untrusted(found: &Found, messages: &mut Messages<impl Write>) {
    if found.untrusted.total() > 0 {
        let lines = count_noun(found.untrusted.total(), "line");
        let mut places: Vec<_> = found.untrusted.origins().map(describe_origin).collect();
        let listed: u64 = found.untrusted.origins().map(|(_, count)| count).sum();
        if listed < found.untrusted.total() {
            places.push(format!("{} elsewhere", found.untrusted.total() - listed));
        }
        let places = places.join(", ");
        let mut parts = vec![places.as_str()];
        parts.extend(found.untrusted.origins().filter_map(|(origin, _)| advice_on_origin(origin)));
        parts.dedup();
        messages.warn(format_args!(
            "{lines} with a record not counted, because any user can write there: {}",
            parts.join("; ")
        ));
    }
    if found.unnumbered > 0 {
        messages.warn(format_args!(
            "{} of journalctl not counted, because the serial numbers of their events are missing; use \
             {JOURNAL_EXPORT}",
            count_noun(found.unnumbered, "record")
        ));
    }
    if found.events_in_json > 0 {
        messages.warn(format_args!(
            "{} in JSON of laurel or go-audit not counted; give a log of auditd",
            count_noun(found.events_in_json, "event")
        ));
    }
    if found.cut_entries > 0 {
        messages.warn(format_args!(
            "{} without a message, because journalctl left out long fields; use journalctl --all",
            count_noun(found.cut_entries, "journal entry")
        ));
    }
}

/// Reports that records are missing from the logs, if the logs say so.
fn report_losses(losses: Losses, messages: &mut Messages<impl Write>) {
    let parts = [
        (losses.suppressed, "not printed by the kernel (callbacks suppressed)"),
        (losses.lost, "lost by the kernel since its start (audit_lost)"),
        (losses.dropped, "dropped on their way to the log"),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
    if !parts.is_empty() {
        let parts: Vec<_> = parts.iter().map(|(count, what)| format!("{count} {what}")).collect();
        messages.warn(format_args!(
            "the logs say that records are missing from them, so that counts are too low: {}; give the \
             log of auditd instead if it is there, and see auditctl(8), -b and -r",
            parts.join(", ")
        ));
    }
}

/// What to do about records that are not counted, if only trusted programs can have written them.
fn advice_on_origin(origin: &Origin) -> Option<&'static str> {
    Some(match origin {
        Origin::Text => "if users cannot write these lines, remove the text before the records",
        Origin::Json => {
            "if users cannot write the strings, extract them: jq -r .KEY LOG | auditloginfo -"
        }
        Origin::Message(_) => "a record counts only directly after a trusted tag; see --tag",
        Origin::Tag(_) => "if you trust a tag, give --tag TAG",
        Origin::Transport(transport) if transport.is_empty() => {
            "have journalctl print all fields, or at least _TRANSPORT"
        }
        Origin::Transport(_) => return None,
    })
}

/// `3 after the tag eve`
fn describe_origin((origin, count): (&Origin, u64)) -> String {
    match origin {
        Origin::Text => format!("{count} after other text"),
        Origin::Json => format!("{count} in other strings of JSON"),
        Origin::Message(tag) => format!("{count} in messages of {}", escape_control(tag)),
        Origin::Tag(tag) if tag.is_empty() => format!("{count} after an empty tag"),
        Origin::Tag(tag) => format!("{count} after the tag {}", escape_control(tag)),
        Origin::Transport(transport) if transport.is_empty() => {
            format!("{count} in journal entries without a transport")
        }
        Origin::Transport(transport) => {
            format!("{count} in journal entries of the transport {}", escape_control(transport))
        }
    }
}

/// Reports system calls that a profile omits, and a profile that would allow none.
fn report_profile(found: &Found, layout: &Layout, messages: &mut Messages<impl Write>) {
    if let Some((calls, example)) = profile::unnamed_calls(&found.tally, layout) {
        messages.warn(format_args!(
            "{} without a known name left out of the profile, for example number {} of {}",
            count_noun(calls, "system call"),
            example.number,
            example.arch_name()
        ));
    }
    if let Some(reason) = profile::families_left_out(&found.tally, layout) {
        messages.warn(reason);
    }
    for (count, reason) in profile::files_left_out(&found.tally, layout) {
        let files = count_noun(count as u64, "file");
        messages.warn(format_args!("{files} left out of the profile, because {reason}"));
    }
    if let Some(file) = profile::file_in_root(&found.tally, layout) {
        messages.warn(format_args!(
            "ReadWritePaths=-/ leaves the whole file system writable, because of {file}; name the \
             files in / that the service needs instead"
        ));
    }
    if profile::is_empty(&found.tally, layout) {
        let what = match layout.format {
            Format::Apparmor => "file, program, denied capability or denied socket",
            _ => "system call",
        };
        messages.warn(format_args!(
            "no {what} found that a profile could allow; select other events, or audit more \
             system calls (see WHAT COUNTS in auditloginfo(1))"
        ));
    }
}

/// The number of unknown architectures that are reported, at most: whoever writes to a log chooses it.
const ARCHITECTURES_MAX: usize = 10;

/// Reports calls of unknown architectures.
fn report_architectures(found: &Found, layout: &Layout, messages: &mut Messages<impl Write>) {
    let mut unknown: BTreeMap<String, u64> = BTreeMap::new();
    for (_, counts) in layout.users(&found.tally) {
        let calls = counts.into_iter().flat_map(|counts| counts.calls.iter());
        for (call, count) in calls.filter(|(call, _)| !call.is_arch_known()) {
            *unknown.entry(call.arch_name().into_owned()).or_default() += count;
        }
    }
    let more = unknown.len().saturating_sub(ARCHITECTURES_MAX) as u64;
    for (arch, calls) in unknown.into_iter().take(ARCHITECTURES_MAX) {
        messages.warn(format_args!(
            "{} of the unknown architecture {arch}, listed by number",
            count_noun(calls, "system call")
        ));
    }
    if more > 0 {
        messages.warn(format_args!("{} more", count_noun(more, "unknown architecture")));
    }
}

fn count_noun(count: u64, noun: &str) -> String {
    match noun.strip_suffix('y').filter(|_| count != 1) {
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {noun}{}", if count == 1 { "" } else { "s" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_auditd_writes_no_log_the_advice_is_to_read_the_journal() {
        let advice_on = |log: &str| advice(Path::new(log), io::ErrorKind::NotFound);
        assert!(advice_on(DEFAULT_LOG).contains("journalctl -o export"));
        assert_eq!(advice_on("gone.log"), "; give the path of an audit log");
    }
}
