//! Records as journalctl prints them for people, without the time and the serial number of the event.
//!
//! ```text
//! Nov 22 13:14:51 lab audit[1953]: SYSCALL arch=c000003e syscall=257 ...   -o short, and syslog
//! Nov 22 13:14:51 lab audit: EXECVE argc=2 a0="cat" a1="/etc/motd"
//! Nov 22 13:14:51 audit[1953]: <audit-1300> arch=c000003e ...              --no-hostname
//! SYSCALL arch=c000003e syscall=257 ...                                    -o cat
//! ```
//!
//! They cannot be assigned to events, so they are counted and reported.

use memchr::memmem;
use sysparse::syslog::Header;

/// How the most frequent records start. Others look like lines of any program.
const STARTS: [&[u8]; 7] = [
    b"SYSCALL arch=",
    b"EXECVE argc=",
    b"CWD cwd=",
    b"PATH item=",
    b"PROCTITLE proctitle=",
    b"AVC avc: ",
    b"AVC apparmor=",
];

/// Whether a line without a stamp is such a record. `header` is its header of syslog, if it has one.
pub(crate) fn is_record(line: &[u8], header: Option<Header<'_>>) -> bool {
    match header {
        Some(header) => header.tag == b"audit" && has_type(header.message),
        None => {
            STARTS.iter().any(|start| line.starts_with(start))
                || after_tag(line).is_some_and(has_type)
        }
    }
}

/// What follows ` audit[1953]: ` or ` audit: `.
fn after_tag(line: &[u8]) -> Option<&[u8]> {
    const TAG: &[u8] = b" audit";
    memmem::find_iter(line, TAG).find_map(|at| {
        let rest = line.get(at + TAG.len()..)?;
        let rest = match rest.strip_prefix(b"[") {
            Some(id) => {
                // The number of a process; another `[` must not have the rest of the line searched.
                let digits = id.iter().take_while(|byte| byte.is_ascii_digit()).count();
                id.get(digits..)?.strip_prefix(b"]")?
            }
            None => rest,
        };
        rest.strip_prefix(b": ")
    })
}

/// Whether a message begins with the type of a record: `USER_CMD `, `AUDIT1334 `, `UNKNOWN[1334] ` or
/// `<audit-1300> `.
fn has_type(message: &[u8]) -> bool {
    let word = message.split(|byte| *byte == b' ').next().unwrap_or_default();
    let is_name = |byte: &u8| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'[' | b']')
    };
    let is_type = word.len() >= 3 && word.iter().all(is_name);
    is_type || word.starts_with(b"<audit-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::syslog;

    fn is_such(line: &str) -> bool {
        is_record(line.as_bytes(), syslog::header(line.as_bytes()))
    }

    #[test]
    fn records_are_recognized_in_every_short_format_of_journalctl() {
        for line in [
            "Nov 22 13:14:51 lab audit[1953]: SYSCALL arch=c000003e",
            "Nov 22 13:14:51 lab audit: EXECVE argc=2",
            "Sun 2026-11-22 13:14:51 UTC lab audit[1]: UNKNOWN[1334] prog-id=1",
            "2026-11-22T13:14:51+00:00 lab audit[1]: <audit-1300> arch=c000003e",
            "Nov 22 13:14:51 audit[1953]: AVC avc:  denied",
            "Nov 22 13:14:51 audit: PATH item=0",
            "CWD cwd=\"/\"",
        ] {
            assert!(is_such(line), "{line}");
        }
    }

    #[test]
    fn other_lines_are_none() {
        for line in [
            "",
            "ERROR code=5",
            "Nov 22 13:14:51 lab audit[1953]: started",
            "Nov 22 13:14:51 lab sshd[9]: x audit[1]: SYSCALL arch=c000003e",
            "Nov 22 13:14:51 lab kernel: audit: kauditd_printk_skb: 5 callbacks suppressed",
            "Nov 22 13:14:51 audit[1953",
        ] {
            assert!(!is_such(line), "{line}");
        }
    }
}
