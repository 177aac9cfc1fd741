//! Quotes around a value that a wrapper of the record escaped or doubled.
//!
//! ```text
//! type=PATH msg=audit(1.000:1): item=0 name=\"/etc/motd\" inode=90     in a string of JSON
//! type=PATH msg=audit(1.000:1): item=0 name=""/etc/motd"" inode=90     in a field of CSV
//! ```
//!
//! Without their wrapper such values read as other names. No user can choose them: the kernel and sudo(8)
//! write text that holds a quote or a blank in hexadecimal.

use super::value::Value;
use super::{Record, RecordType};
use crate::ParseError;

/// The error for a record with such values.
const PLAIN_QUOTES: &str = "a value in plain quotes, not in those of a string of JSON or CSV";

impl Record<'_> {
    /// Checks that no quote before a value is escaped or doubled. Except in a command given to sudo, the
    /// text in `msg='...'` is not looked at: users choose it.
    ///
    /// ```
    /// let line = b"type=CWD msg=audit(1.000:1): cwd=\\\"/root\\\"";
    /// let record = sysparse::audit::record(line)?.expect("a record");
    /// assert_eq!(record.check_quotes().unwrap_err().at, 33);
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// A quote is escaped or doubled.
    #[cold]
    #[inline(never)]
    pub fn check_quotes(&self) -> Result<(), ParseError> {
        for (at, word) in self.words() {
            let message = word.strip_prefix(b"msg='");
            if message.is_some() && self.kind != RecordType::UserCmd {
                break;
            }
            let field = message.unwrap_or(word);
            check_field(at + word.len() - field.len(), field)?;
        }
        Ok(())
    }

    /// The same for the first field `name` only.
    pub(super) fn check_name(&self) -> Result<(), ParseError> {
        let name = self.words().find(|(_, word)| word.starts_with(b"name="));
        name.map_or(Ok(()), |(at, field)| check_field(at, field))
    }

    /// The words of the body, each with its place in the line.
    fn words(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let mut next = self.body_offset();
        self.body.split(|byte| *byte == b' ').map(move |word| {
            let at = next;
            next += word.len() + 1;
            (at, word)
        })
    }
}

/// Checks the value of the field that is at that place in its line.
fn check_field(at: usize, field: &[u8]) -> Result<(), ParseError> {
    let value = memchr::memchr(b'=', field).and_then(|at| field.get(at + 1..));
    match value.filter(|value| is_escaped(value)) {
        Some(value) => {
            Err(ParseError { expected: PLAIN_QUOTES, at: at + field.len() - value.len() })
        }
        None => Ok(()),
    }
}

/// Whether a value begins with a quote that is escaped or doubled.
fn is_escaped(value: &[u8]) -> bool {
    match value {
        [b'"', b'"', rest @ ..] => continues_text(rest),
        _ => begins_with_escape(value),
    }
}

/// Whether what was read as a value, and what follows it, begins with such a quote.
#[inline(always)]
pub(super) fn is_misread(value: Value<'_>, rest: &[u8]) -> bool {
    match value {
        Value::Bare(text) => begins_with_escape(text),
        Value::Quoted([]) => continues_text(rest),
        Value::Quoted(_) => false,
    }
}

/// `\"`, or `\\\"` of a string in a string.
#[cold]
#[inline(never)]
fn begins_with_escape(text: &[u8]) -> bool {
    let quote = text.iter().position(|byte| *byte != b'\\');
    quote.is_some_and(|at| at > 0 && text.get(at) == Some(&b'"'))
}

/// Whether text follows an empty value at once, and not what may stand between fields or after the last.
#[cold]
#[inline(never)]
fn continues_text(rest: &[u8]) -> bool {
    rest.first().is_some_and(|byte| byte.is_ascii_graphic() && !b"'#,)".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::super::{Path, record};
    use super::*;
    use std::format;

    fn check(line: &str) -> Result<(), ParseError> {
        record(line.as_bytes()).expect("well-formed").expect("a record").check_quotes()
    }

    #[test]
    fn escaped_and_doubled_quotes_are_found_where_they_stand() {
        for (value, is_plain) in [
            ("\\\"/etc/motd\\\"", false),
            ("\\\\\\\"/etc/motd\\\\\\\"", false),
            ("\"\"/etc/motd\"\"", false),
            ("\"\"\"\"", false),
            ("\"/etc/motd\"", true),
            ("\"\"", true),
            ("\"\"\x1dARCH=x86_64", true),
            ("\"\"#035ARCH=x86_64", true),
            ("\"\\\"", true),
            ("\\", true),
            ("\\a\"", true),
            ("\"a=\\\"", true),
            ("(null)", true),
            ("", true),
        ] {
            for after in ["", " inode=9"] {
                let line = format!("type=PATH msg=audit(1.000:1): item=0 name={value}{after}");
                let wanted = ParseError { expected: PLAIN_QUOTES, at: 42 };
                let wanted = if is_plain { Ok(()) } else { Err(wanted) };
                assert_eq!(check(&line), wanted, "{line}");
                let record = record(line.as_bytes()).expect("well-formed").expect("a record");
                assert_eq!(Path::parse(&record).map(drop), wanted, "{line}");
            }
        }
    }

    #[test]
    fn a_path_record_is_checked_for_its_name_only_in_any_order_of_fields() {
        let place = |body: &str| {
            let line = format!("type=PATH msg=audit(1.000:1): {body}");
            let record = record(line.as_bytes()).expect("well-formed").expect("a record");
            Path::parse(&record).map_err(|error| error.at).err()
        };
        assert_eq!(place("item=0 name=\\\"/a\\\""), Some(42));
        assert_eq!(place("name=\\\"/a\\\" item=0"), Some(35));
        for other in ["obj=\\\"x\\\"", "name=\\\"x\\\"", "rename=\"\"x\"\""] {
            assert_eq!(place(&format!("item=0 name=\"/a\" {other}")), None, "{other}");
            assert_eq!(place(&format!("name=\"/a\" item=0 {other}")), None, "{other}");
        }
    }

    #[test]
    fn of_what_programs_wrote_only_the_commands_of_sudo_are_looked_at() {
        let line = |kind: &str, message: &str| {
            format!("type={kind} msg=audit(1.000:1): pid=7 msg='{message} res=success'")
        };
        for message in ["cwd=\\\"/\\\" cmd=6C73", "op=x cmd=\"\"ls\"\""] {
            assert!(check(&line("USER_CMD", message)).is_err(), "{message}");
            assert_eq!(check(&line("USER_LOGIN", message)), Ok(()), "{message}");
        }
        assert_eq!(check(&line("USER_CMD", "cmd=\"a'b=\\\"")), Ok(()));
        let error = check("type=USER_CMD msg=audit(1.000:1): a=1 msg='cwd=\\\"/\\\"");
        assert_eq!(error.expect_err("escaped").at, 47);
    }
}
