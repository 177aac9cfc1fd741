//! Records whose end is missing: the kernel, syslog and others that pass records on cut long ones.
//!
//! ```text
//! audit: type=1307 audit(1795400000.100:7): cwd=2F7372762F6D79206
//! audit: type=1400 audit(1795400000.100:9): avc:  denied  { read } for  pid=7 ... tcontext=system_u:obj
//! ```

use super::fields::field_in;
use super::value::Value;
use super::{Record, RecordType};
use crate::ParseError;
use crate::text::Text;

/// Fields whose value the kernel writes in quotes or as pairs of hexadecimal digits.
const TEXTS: [&[u8]; 6] = [b"name", b"cwd", b"exe", b"comm", b"path", b"proctitle"];

impl Record<'_> {
    /// Checks that the record does not certainly end inside of a value, nor before the class of the object
    /// of a denial of SELinux. Text in `msg='...'`, which users choose, is not looked at.
    ///
    /// ```
    /// let line = b"type=CWD msg=audit(1.000:1): cwd=2F746D702F612";
    /// let record = sysparse::audit::record(line)?.expect("a record");
    /// assert_eq!(record.check_end().unwrap_err().at, line.len());
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// The end of the record is missing.
    pub fn check_end(&self) -> Result<(), ParseError> {
        let has = |name: &[u8]| field_in(self.body, name).is_some();
        if self.kind == RecordType::Avc && has(b"scontext") && !has(b"tclass") {
            return Err(ParseError { expected: "tclass=", at: self.line.len() });
        }
        let last = self.body.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
        let Some(at) = memchr::memchr(b'=', last) else { return Ok(()) };
        let (name, value) = (last.get(..at).unwrap_or_default(), last.get(at + 1..));
        let is_cut = match value.unwrap_or_default() {
            // Without the names that auditd adds, in upper case, the record is still whole.
            [b'"', text @ ..] => {
                name.first().is_some_and(u8::is_ascii_lowercase)
                    && memchr::memchr(b'"', text).is_none()
            }
            digits => TEXTS.contains(&name) && Value::Bare(digits).cut_text().is_some(),
        };
        if is_cut && memchr::memmem::find(self.body, b" msg='").is_none() {
            return Err(ParseError { expected: "the rest of the record", at: self.line.len() });
        }
        Ok(())
    }
}

impl<'a> Value<'a> {
    /// What is left of hexadecimal text that is certainly cut: the digits are odd in number. Half a byte is
    /// left out.
    ///
    /// ```
    /// use sysparse::audit::Value;
    /// use sysparse::text::Text;
    ///
    /// assert_eq!(Value::Bare(b"6C737").cut_text(), Some(Text::Hex(b"6C73")));
    /// assert_eq!(Value::Bare(b"6C73").cut_text(), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn cut_text(self) -> Option<Text<'a>> {
        match self {
            Value::Bare([digits @ .., half]) => {
                let is_digit = matches!(half, b'0'..=b'9' | b'A'..=b'F');
                let is_hex = is_digit && (digits.is_empty() || Text::is_hex(digits));
                is_hex.then_some(Text::Hex(digits))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use std::format;

    #[test]
    fn a_record_that_ends_inside_of_a_value_is_cut() {
        let is_cut = |text: &str| {
            let (kind, body) = text.split_once(' ').expect("a type");
            let line = format!("type={kind} msg=audit(1.000:1): {body}");
            let record = record(line.as_bytes()).expect("sound").expect("a record");
            record.check_end().is_err()
        };
        for cut in [
            "CWD cwd=2F746",
            "CWD cwd=2",
            "CWD cwd=\"/tm",
            "CWD cwd=\"",
            "AVC avc:  denied  { read } for  pid=1 scontext=a:b:c tcontext=a:b",
            "AVC avc:  denied  { read } for  pid=1 name=\"sha",
            "AVC apparmor=\"DENIED\" operation=\"open\" name=2F612",
        ] {
            assert!(is_cut(cut), "{cut}");
        }
        for whole in [
            "CWD cwd=2F74",
            "CWD cwd=(null)",
            "CWD cwd=\"/\"",
            "CWD ",
            "AVC avc:  denied  { read } for  pid=1 scontext=a tcontext=b tclass=file permissive=0",
            "AVC avc:  denied  { read } for  pid=1 scontext=a tcontext=b tclass=file",
            "AVC apparmor=\"DENIED\" operation=\"open\" name=\"/a\" fsuid=0 ouid=123",
            "USER_AVC pid=1 msg='x y=\"a",
            "SECCOMP auid=7 code=0x7ffc0000",
            "CWD cwd=2F746g",
            "CWD cwd=2F74g",
            "AVC avc:  denied  { read } for  pid=1 tclass=file UID=\"ro",
            "AVC avc:  denied  { read } for  pid=1 ino=7",
        ] {
            assert!(!is_cut(whole), "{whole}");
        }
    }
}
