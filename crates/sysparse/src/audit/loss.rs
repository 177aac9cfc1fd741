//! What a log says about records that did not get into it.
//!
//! ```text
//! Nov 22 13:14:51 lab kernel: audit: kauditd_printk_skb: 312 callbacks suppressed
//! Nov 22 13:14:51 lab kernel: audit: audit_lost=4411 audit_rate_limit=0 audit_backlog_limit=64
//! Nov 22 13:14:51 lab rsyslogd: imuxsock[pid: 4, name: audisp-syslog]: 5120 messages lost due to rate-limiting
//! Nov 22 13:14:51 lab systemd-journald[9]: Suppressed 1234 messages from auditd.service
//! Nov 22 13:14:51 lab systemd-journald[9]: Missed 7 kernel messages
//! Nov 22 13:14:51 lab audispd: queue is full - dropping event
//! ```
//!
//! Sources: `kernel/audit.c` and `lib/ratelimit.c` of Linux, and the messages of rsyslog, systemd and audit.

use super::kernel_log::kernel_prefix;
use crate::grammar::{blanks, literal, whole};
use crate::syslog;
use memchr::memmem;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_while;
use nom::character::complete::u64 as number;
use nom::combinator::{map, opt};
use nom::sequence::{delimited, preceded};

/// Records that are missing from a log, as the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The kernel did not print so many records, because there were many in a short time.
    Suppressed(u64),
    /// The kernel has lost so many records since the start.
    Lost(u64),
    /// A program that forwards messages dropped so many, which may be records.
    Dropped(u64),
}

/// The loss that a line reports. `header` is its header of syslog, if it has one.
///
/// ```
/// use sysparse::audit::{Loss, loss};
///
/// let line = b"[   12.345678] audit: kauditd_printk_skb: 312 callbacks suppressed";
/// assert_eq!(loss(line, None), Some(Loss::Suppressed(312)));
/// assert_eq!(loss(b"audit: type=1320 audit(1.000:1):", None), None);
/// ```
#[must_use]
pub fn loss(line: &[u8], header: Option<syslog::Header<'_>>) -> Option<Loss> {
    let Some(header) = header else { return of_kernel(line) };
    match header.tag {
        b"kernel" => of_kernel(header.message),
        b"rsyslogd" | b"rsyslogd-2177" => of_rsyslog(header.message),
        b"systemd-journald" | b"systemd-journal" => of_journald(header.message),
        b"auditd" | b"audispd" => of_auditd(header.message),
        tag if tag.starts_with(b"audisp-") => of_auditd(header.message),
        _ => None,
    }
}

fn of_kernel(message: &[u8]) -> Option<Loss> {
    let printer = alt((literal(b"kauditd_printk_skb: "), literal(b"audit_printk_skb: ")));
    let suppressed = delimited(printer, number, literal(b" callbacks suppressed"));
    let lost = preceded(literal(b"audit_lost="), number);
    let start = (opt(kernel_prefix), opt((literal(b"audit:"), blanks)));
    let found = alt((map(suppressed, Loss::Suppressed), map(lost, Loss::Lost)));
    preceded(start, found).parse(message).ok().map(|(_, loss)| loss)
}

/// Lines that name a program of the audit system.
fn of_rsyslog(message: &[u8]) -> Option<Loss> {
    let end = memmem::find(message, b" messages lost due to rate-limiting")?;
    let before = message.get(..end)?;
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    memmem::find(before, b"audi")?;
    whole(number, before.get(before.len() - digits..)?).map(Loss::Dropped)
}

fn of_journald(message: &[u8]) -> Option<Loss> {
    let unit = preceded(literal(b" messages from "), take_while(|byte: u8| byte != b' '));
    let suppressed = (preceded(literal(b"Suppressed "), number), unit);
    let missed = delimited(literal(b"Missed "), number, literal(b" kernel messages"));
    let of_all = map(missed, |count| (count, &b"audit"[..]));
    let (_, (count, unit)) = alt((suppressed, of_all)).parse(message).ok()?;
    unit.starts_with(b"audi").then_some(Loss::Dropped(count))
}

/// One event in each message.
fn of_auditd(message: &[u8]) -> Option<Loss> {
    let is_full = memmem::find(message, b"full - dropping event").is_some();
    let is_lost = memmem::find(message, b"event lost").is_some();
    let is_record = super::mentions_record(message) || message.starts_with(b"type=");
    ((is_full || is_lost) && !is_record).then_some(Loss::Dropped(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn every_program_reports_losses_in_its_own_words() {
        for (text, wanted) in [
            (
                "kernel: audit: kauditd_printk_skb: 312 callbacks suppressed",
                Some(Loss::Suppressed(312)),
            ),
            (
                "kernel: [   12.345678] audit_printk_skb: 3 callbacks suppressed",
                Some(Loss::Suppressed(3)),
            ),
            ("kernel: audit: audit_lost=4411 audit_rate_limit=0", Some(Loss::Lost(4411))),
            (
                "rsyslogd: imuxsock[pid: 411, name: /usr/sbin/audisp-syslog]: 5120 messages lost due to \
                 rate-limiting",
                Some(Loss::Dropped(5120)),
            ),
            ("rsyslogd: imuxsock[pid: 9, name: eve]: 5 messages lost due to rate-limiting", None),
            (
                "systemd-journald[9]: Suppressed 12 messages from auditd.service",
                Some(Loss::Dropped(12)),
            ),
            ("systemd-journald[9]: Suppressed 12 messages from eve.service", None),
            ("systemd-journald[9]: Missed 7 kernel messages", Some(Loss::Dropped(7))),
            ("audispd: queue is full - dropping event", Some(Loss::Dropped(1))),
            ("auditd[9]: dispatch err (pipe full) event lost", Some(Loss::Dropped(1))),
            ("audisp-remote: queue is full - dropping event", Some(Loss::Dropped(1))),
            ("eve: queue is full - dropping event", None),
            ("auditd[9]: Started dispatcher", None),
            ("audispd: type=USER_CMD msg=audit(1.000:7): cmd=\"event lost\"", None),
            ("audispd: node=a type=USER_CMD msg=audit(1.000:7): cmd=\"event lost\"", None),
            ("audispd: type=EOE full - dropping event", None),
            ("eve: audit: kauditd_printk_skb: 312 callbacks suppressed", None),
            ("kernel: x: kauditd_printk_skb: 312 callbacks suppressed", None),
            ("kernel: audit: audit_lost=99999999999999999999999", None),
        ] {
            let line = format!("Nov 22 13:14:51 lab {text}");
            let header = syslog::header(line.as_bytes());
            assert_eq!(loss(line.as_bytes(), header), wanted, "{line}");
        }
    }
}
