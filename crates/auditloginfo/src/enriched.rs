//! The login user's name, as auditd adds it to a record with `log_format = ENRICHED`.
//!
//! ```text
//! type=SYSCALL msg=audit(1795352893.420:99): arch=c000003e ... key=(null)<0x1d>ARCH=x86_64 AUID="mira"
//! ```
//!
//! Where a program between auditd and the log replaces the byte 0x1d, a blank, `#035`, `\035` or `^]`
//! stands in its place.

use memchr::memmem;
use sysparse::audit::NAME_SEPARATORS;

/// The longest name that is kept, in bytes. useradd(8) allows 256.
const NAME_MAX: usize = 256;

/// The name of the login user in a line; `None` if the line is not enriched, or if auditd did not
/// know the name. Text that an audited user chooses is no name: it stands in quotes, without blanks
/// and quotes, or inside `msg='...'`.
#[inline]
pub(crate) fn login_name(line: &[u8]) -> Option<&[u8]> {
    name(line, b"AUID=\"")
}

/// The same for the user whose name follows `key`, such as `EUID="`.
pub(crate) fn name<'l>(line: &'l [u8], key: &[u8]) -> Option<&'l [u8]> {
    if !is_enriched(line) {
        return None;
    }
    let own = memchr::memrchr(b'\'', line).and_then(|at| line.get(at + 1..)).unwrap_or(line);
    let at = memmem::rfind(own, key)?;
    let (before, name) = own.split_at_checked(at)?;
    let is_field =
        before.ends_with(b" ") || NAME_SEPARATORS.iter().any(|mark| before.ends_with(mark));
    let name = name.get(key.len()..)?;
    let name = name.get(..memchr::memchr(b'"', name)?)?;
    let is_known = !name.is_empty() && name != b"unset" && !name.starts_with(b"unknown(");
    (is_field && is_known && name.len() <= NAME_MAX).then_some(name)
}

/// What stands before the names that auditd added.
pub(crate) fn without_names(body: &[u8]) -> &[u8] {
    let own = memchr::memrchr(b'\'', body).unwrap_or(0);
    let (before, after) = body.split_at_checked(own).unwrap_or_default();
    let ends =
        [separator(after), memmem::find(after, b" UID=\""), memmem::find(after, b" AUID=\"")];
    let end = ends.into_iter().flatten().min();
    end.and_then(|end| body.get(..before.len() + end)).unwrap_or(body)
}

/// Where the first separator is that is not inside quotes, where a user can have chosen the bytes.
fn separator(text: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    text.iter().enumerate().position(|(at, byte)| match byte {
        b'"' => {
            is_quoted = !is_quoted;
            false
        }
        b'\x1d' | b'#' | b'^' | b'\\' if !is_quoted => {
            let rest = text.get(at..).unwrap_or_default();
            NAME_SEPARATORS.iter().any(|mark| rest.starts_with(mark))
        }
        _ => false,
    })
}

/// Whether the last field has an upper-case name and a value in quotes. Most lines that are not
/// enriched do not end with a quote.
#[inline]
fn is_enriched(line: &[u8]) -> bool {
    let Some(line) = line.strip_suffix(b"\"") else { return false };
    let before_value = memchr::memrchr(b'=', line).and_then(|at| line.get(at.checked_sub(1)?));
    before_value.is_some_and(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_taken_from_the_enriched_part_only() {
        for (line, name) in [
            ("auid=7 key=(null)\x1dARCH=x86_64 AUID=\"mira\" UID=\"root\"", Some("mira")),
            ("auid=7 key=(null) ARCH=x86_64 AUID=\"mira\" UID=\"root\"", Some("mira")),
            ("auid=7 key=(null)#035AUID=\"mira\"", Some("mira")),
            ("auid=7 key=(null)^]ARCH=x86_64 UID=\"root\"^]AUID=\"mira\"", Some("mira")),
            ("auid=7 key=(null)\\035AUID=\"mira\"", Some("mira")),
            ("auid=7 msg='op=x res=success'\x1dUID=\"root\" AUID=\"mira\"", Some("mira")),
            ("auid=7 msg='x AUID=\"eve\" res=success'\x1dUID=\"root\"", None),
            ("auid=7 msg='x AUID=\"eve\" res=success'", None),
            ("auid=7 comm=\"AUID=\" key=\"k\"", None),
            ("auid=7 key=(null)\x1dAUID=\"unset\"", None),
            ("auid=7 key=(null)\x1dAUID=\"unknown(7)\"", None),
            ("auid=7 key=(null)\x1dOLD-AUID=\"mira\"", None),
            ("auid=7", None),
            ("", None),
        ] {
            assert_eq!(login_name(line.as_bytes()), name.map(str::as_bytes), "{line}");
        }
    }

    #[test]
    fn the_names_are_cut_off_at_a_separator_outside_of_quotes() {
        for separator in ["\x1d", "#035", "^]", "\\035", " "] {
            for record in [
                "pid=1 auid=7 msg='op=x res=success'",
                "denied { read } comm=\"a\" tclass=c",
                "comm=\"a#035A=^]B=\\035C=\" name=\"b^]c\" permissive=1",
                "msg='op=\"x^]A=1' res=1",
                "a#03=1 b=^ c=\\03",
            ] {
                for names in ["UID=\"root\" AUID=\"mira\"", "AUID=\"mira\" UID=\"root\""] {
                    let line = format!("{record}{separator}{names}");
                    let found = without_names(line.as_bytes());
                    assert_eq!(found, record.as_bytes(), "{line}");
                }
                assert_eq!(without_names(record.as_bytes()), record.as_bytes());
            }
        }
    }
}
