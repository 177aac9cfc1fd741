//! The header that syslog, the journal and logcat put before a message: time, host and tag.
//!
//! ```text
//! Nov 22 13:14:51 lab kernel: audit: type=1307 audit(1795353291.280:182100): cwd="/"
//! <13>Nov 22 13:14:51 lab audispd: node=lab type=EOE msg=audit(1795353291.280:182100):
//! 2026-11-22T13:14:51.280+00:00 lab auditd[411]: Init complete
//! <29>1 2026-11-22T13:14:51Z lab audisp-syslog 411 - [origin ip="192.0.2.7"] type=EOE
//! Nov 22 13:14:51 2001:db8::7 audisp-syslog: type=EOE msg=audit(1795353291.280:182100):
//! Nov 22 13:14:51 lab user.info auditd: type=EOE msg=audit(1795353291.280:182100):
//! 11-22 13:14:51.280   411   411 W auditd  : type=1400 audit(0.0:7): avc:  denied  { read }
//! ```
//!
//! Sources: RFC 3164, RFC 5424, journalctl(1) (the short formats of `-o`), `busybox syslogd`, which adds
//! facility and level, and logcat of Android.
//! Anybody on the host can choose the tag and the message of such a line.

use crate::grammar::{Parsed, blanks, literal};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{
    escaped, is_a, is_not, take_till1, take_until, take_while, take_while_m_n, take_while1,
};
use nom::character::complete::{
    alpha1, alphanumeric1, digit1, one_of, space0, space1, u8 as one_byte,
};
use nom::combinator::{map, opt, recognize, value, verify};
use nom::multi::many1_count;
use nom::sequence::{delimited, preceded, terminated};

/// The header of a line, and the message after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The host that wrote the line.
    pub host: Option<&'a [u8]>,
    /// The program that wrote the line, without its process id.
    pub tag: &'a [u8],
    /// What follows the tag and blanks.
    pub message: &'a [u8],
}

/// The header that a line begins with; `None` if it begins with none.
///
/// ```
/// let header = sysparse::syslog::header(b"Nov 22 13:14:51 lab sshd[99]: Invalid user x").unwrap();
/// assert_eq!((header.host, header.tag), (Some(&b"lab"[..]), &b"sshd"[..]));
/// assert_eq!(header.message, b"Invalid user x");
/// assert_eq!(sysparse::syslog::header(b"type=EOE msg=audit(1.000:1): "), None);
/// ```
#[must_use]
pub fn header(line: &[u8]) -> Option<Header<'_>> {
    let found = alt((rfc5424, traditional, logcat)).parse(line);
    found.ok().map(|(message, (host, tag))| Header { host: named(host), tag, message })
}

/// A dash stands for a host that is not known.
fn named(host: &[u8]) -> Option<&[u8]> {
    Some(host).filter(|host| !matches!(*host, b"" | b"-"))
}

type HostAndTag<'a> = (&'a [u8], &'a [u8]);

/// `<29>1 2026-11-22T13:14:51Z lab audisp-syslog 411 - - `
fn rfc5424(input: &[u8]) -> Parsed<'_, HostAndTag<'_>> {
    let word = || terminated(filled_word, literal(b" "));
    let data = alt((literal(b"-"), value((), many1_count(data_element))));
    let start = (opt(priority), literal(b"1 "), iso_time, literal(b" "));
    let (input, (host, tag)) = delimited(start, (word(), word()), (word(), word())).parse(input)?;
    let end = (data, opt(literal(b" ")), opt(literal(b"\xef\xbb\xbf")));
    value((host, tag), end).parse(input)
}

/// `[origin ip="192.0.2.7"]`
fn data_element(input: &[u8]) -> Parsed<'_, ()> {
    let text = opt(escaped(is_not("\"\\"), '\\', one_of_any));
    let quoted = value((), delimited(literal(b"\""), text, literal(b"\"")));
    let parts = many1_count(alt((value((), is_not("\"]")), quoted)));
    value((), delimited(literal(b"["), parts, literal(b"]"))).parse(input)
}

fn one_of_any(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while_m_n(1, 1, |_| true).parse(input)
}

/// `Nov 22 13:14:51 lab sshd[99]: `
fn traditional(input: &[u8]) -> Parsed<'_, HostAndTag<'_>> {
    let time = alt((short_time, full_time, iso_time, unix_time, uptime));
    let start = (opt(priority), time, space1);
    let host = alt((terminated(host_name, space1), terminated(ipv6_address, space1)));
    preceded(start, (host, alt((tag, preceded(facility_and_level, tag))))).parse(input)
}

/// `lab`; a word with a colon is the tag of a header without a host.
fn host_name(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_till1(|byte: u8| byte.is_ascii_whitespace() || byte == b':').parse(input)
}

/// `2001:db8::7`, `fe80::1%eth0`; one colon is that of a tag.
fn ipv6_address(input: &[u8]) -> Parsed<'_, &[u8]> {
    let is_digit = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let has_colons = |address: &[u8]| memchr::memchr_iter(b':', address).count() >= 2;
    let zone = preceded(literal(b"%"), take_till1(|byte: u8| !byte.is_ascii_alphanumeric()));
    recognize((verify(take_while1(is_digit), has_colons), opt(zone))).parse(input)
}

/// `user.info `
fn facility_and_level(input: &[u8]) -> Parsed<'_, ()> {
    let level = ["emerg", "alert", "crit", "err", "warn", "warning", "notice", "info", "debug"];
    let is_level = |word: &[u8]| level.iter().any(|level| level.as_bytes() == word);
    value((), (alphanumeric1, literal(b"."), verify(alpha1, is_level), space1)).parse(input)
}

/// `sshd[99]: `
fn tag(input: &[u8]) -> Parsed<'_, &[u8]> {
    let name = take_till1(|byte: u8| byte.is_ascii_whitespace() || matches!(byte, b':' | b'['));
    let id =
        delimited(literal(b"["), take_while(|byte| byte != b']' && byte != b' '), literal(b"]"));
    terminated(name, (opt(id), literal(b":"), space0)).parse(input)
}

/// `11-22 13:14:51.280   411   411 W auditd  : `; logcat names no host. A tag such as `Binder:411_2` has a
/// colon of its own.
fn logcat(input: &[u8]) -> Parsed<'_, HostAndTag<'_>> {
    let year = opt((digits(4), literal(b"-")));
    let time = (year, digits(2), literal(b"-"), digits(2), literal(b" "), clock);
    let ids = (space1, digit1, space1, digit1, space1);
    let level = (one_of("VDIWEFA"), literal(b" "));
    let tag = map(take_until(": "), <[u8]>::trim_ascii_end);
    let tag = verify(tag, |tag: &[u8]| !tag.is_empty());
    let (input, tag) = delimited((time, ids, level), tag, literal(b": ")).parse(input)?;
    Ok((input, (&[], tag)))
}

/// `<13>`
pub(crate) fn priority(input: &[u8]) -> Parsed<'_, ()> {
    value((), delimited(literal(b"<"), one_byte, literal(b">"))).parse(input)
}

/// `[   12.345678]`: seconds since the start of the kernel.
pub(crate) fn uptime(input: &[u8]) -> Parsed<'_, ()> {
    let seconds = (blanks, digit1, literal(b"."), digit1);
    value((), delimited(literal(b"["), seconds, literal(b"]"))).parse(input)
}

/// `Nov 22 13:14:51`, `Nov 22 2026 13:14:51`
fn short_time(input: &[u8]) -> Parsed<'_, ()> {
    let day = take_while_m_n(1, 2, |byte: u8| byte.is_ascii_digit());
    let year = opt((literal(b" "), digits(4)));
    value((), (letters, space1, day, year, literal(b" "), clock)).parse(input)
}

/// `Sun 2026-11-22 13:14:51 UTC`
fn full_time(input: &[u8]) -> Parsed<'_, ()> {
    value((), (letters, literal(b" "), iso_time, literal(b" "), filled_word)).parse(input)
}

/// `2026-11-22T13:14:51.280+01:00`
pub(crate) fn iso_time(input: &[u8]) -> Parsed<'_, ()> {
    let day = (digits(4), literal(b"-"), digits(2), literal(b"-"), digits(2));
    let hours = (one_of("+-"), digits(2), opt(literal(b":")), digits(2));
    let zone = opt(alt((literal(b"Z"), value((), hours))));
    value((), (day, one_of("T "), clock, zone)).parse(input)
}

/// `1795353291.280000`: at least nine digits, or a version number would be a time.
fn unix_time(input: &[u8]) -> Parsed<'_, ()> {
    let seconds = verify(digit1, |digits: &[u8]| digits.len() >= 9);
    value((), (seconds, literal(b"."), digit1)).parse(input)
}

/// `13:14:51.280`
fn clock(input: &[u8]) -> Parsed<'_, ()> {
    let time = (digits(2), literal(b":"), digits(2), literal(b":"), digits(2));
    value((), (time, opt((is_a(".,"), digit1)))).parse(input)
}

/// `Nov`
fn letters(input: &[u8]) -> Parsed<'_, ()> {
    value((), verify(alpha1, |word: &[u8]| word.len() == 3)).parse(input)
}

pub(crate) fn digits<'a>(
    count: usize,
) -> impl Parser<&'a [u8], Output = &'a [u8], Error = crate::ParseError> {
    take_while_m_n(count, count, |byte: u8| byte.is_ascii_digit())
}

fn filled_word(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_till1(|byte: u8| byte.is_ascii_whitespace()).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: [(&str, &str, &str); 19] = [
        ("Nov 22 13:14:51 lab kernel: ", "lab", "kernel"),
        ("Nov  2 13:14:51 lab sshd[99]: ", "lab", "sshd"),
        ("<13>Nov 22 13:14:51 lab audispd: ", "lab", "audispd"),
        ("Nov 22 2026 13:14:51.123 lab eve: ", "lab", "eve"),
        ("2026-11-22T13:14:51+01:00 lab auditd[411]: ", "lab", "auditd"),
        ("2026-11-22T13:14:51.280Z lab auditd[411]: ", "lab", "auditd"),
        ("2026-11-22 13:14:51,280 lab a.b: ", "lab", "a.b"),
        ("Sun 2026-11-22 13:14:51 UTC lab audit[1]: ", "lab", "audit"),
        ("1795353291.280000 lab kernel: ", "lab", "kernel"),
        ("[   12.345678] lab kernel: ", "lab", "kernel"),
        ("Nov 22 13:14:51 2001:db8::7 eve: ", "2001:db8::7", "eve"),
        ("2026-11-22T13:14:51Z fe80::1%eth0 eve[9]: ", "fe80::1%eth0", "eve"),
        ("Nov 22 13:14:51 ::ffff:192.0.2.7 eve: ", "::ffff:192.0.2.7", "eve"),
        ("Nov 22 13:14:51 lab user.info eve[9]: ", "lab", "eve"),
        ("<29>1 2026-11-22T13:14:51Z lab audisp-syslog 411 - - ", "lab", "audisp-syslog"),
        ("1 2026-11-22T13:14:51Z - x 4 m [a b=\"]\\\"\"][c] \u{feff}", "", "x"),
        ("11-22 13:14:51.280   411   411 W auditd  : ", "", "auditd"),
        ("2026-11-22 13:14:51.280  411  9 I my tag: ", "", "my tag"),
        ("11-22 13:14:51.280  411  9 W Binder:411_2: ", "", "Binder:411_2"),
    ];

    #[test]
    fn every_kind_of_header_gives_its_host_and_its_tag() {
        for (text, host, tag) in HEADERS {
            let line = std::format!("{text}a message: x");
            let found = header(line.as_bytes()).expect(text);
            assert_eq!(found.host.unwrap_or_default(), host.as_bytes(), "{text}");
            assert_eq!((found.tag, found.message), (tag.as_bytes(), &b"a message: x"[..]));
        }
    }

    #[test]
    fn every_prefix_and_every_one_byte_change_is_read_without_a_panic() {
        for (text, ..) in HEADERS {
            let mut changed = text.as_bytes().to_vec();
            for at in test_support::places(changed.len()) {
                let _ = header(&text.as_bytes()[..at]);
                for byte in test_support::every_byte() {
                    changed[at] = byte;
                    let found = header(&changed);
                    assert!(found.is_none_or(|found| changed.ends_with(found.message)));
                }
                changed[at] = text.as_bytes()[at];
            }
        }
    }

    #[test]
    fn other_lines_have_no_header() {
        for line in [
            "",
            "Nov",
            "type=EOE msg=audit(1.000:1):",
            "12.5 a b: c",
            "Nov 22 lab x: y",
            "Nov 22 13:14:51 eve: kernel: x",
            "Nov 22 13:14:51 dead: kernel: x",
            "Nov 22 13:14:51 db8::7eve: kernel: x",
            "Nov 22 13:14:51 lab user.eve kernel: x",
            "11-22 13:14:51.280  411  9 W : x",
        ] {
            assert_eq!(header(line.as_bytes()), None, "{line}");
        }
    }
}
