//! A command that sudo(8) was asked to run, from a `USER_CMD` record.
//!
//! ```text
//! type=USER_CMD msg=audit(1795400000.100:502): pid=5514 uid=1500 auid=1500 ses=7 msg='cwd="/home/mira"
//!   cmd=636174202F6574632F736861646F77 exe="/usr/bin/sudo" terminal=pts/2 res=success'
//! ```
//!
//! `cmd=` is the whole command line, and hexadecimal if it has more than one word. `res=` says whether
//! sudo ran it; syslog can cut off the end of a long record.

use sysparse::audit::{Record, Value};
use sysparse::text::Text;

/// Writes the command to `line`, and its directory after a NUL. Returns false if the record has no
/// command.
pub(crate) fn write(record: &Record<'_>, line: &mut Vec<u8>) -> bool {
    line.clear();
    let Some(command) = field(record, b"cmd") else { return false };
    let text = match command {
        // Half a byte is left of what was cut off.
        Value::Bare([digits @ .., half])
            if half.is_ascii_hexdigit() && Text::is_hex(digits) && succeeded(record).is_none() =>
        {
            Text::Hex(digits)
        }
        _ => command.text(),
    };
    text.append_to(line);
    line.push(0);
    if let Some(directory) = field(record, b"cwd") {
        directory.text().append_to(line);
    }
    true
}

/// Whether sudo ran the command; `None` if the record does not say, because its end is cut off.
pub(crate) fn succeeded(record: &Record<'_>) -> Option<bool> {
    let result = field(record, b"res")?.raw();
    let begins = |words: [&[u8]; 2]| words.into_iter().any(|word| result.starts_with(word));
    if begins([b"success", b"1"]) { Some(true) } else { begins([b"failed", b"0"]).then_some(false) }
}

/// The first field of that name in the message.
pub(crate) fn field<'a>(record: &Record<'a>, name: &[u8]) -> Option<Value<'a>> {
    record.message()?.find(|(own, _)| *own == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    #[test]
    fn a_command_and_its_directory_are_decoded() {
        for (message, wanted) in [
            ("cwd=\"/home/a\" cmd=\"id\" res=success", Some(("id|/home/a", Some(true)))),
            ("cwd=2F6120 cmd=6C73202F res=failed", Some(("ls /|/a ", Some(false)))),
            ("cmd=\"id\" res=1", Some(("id|", Some(true)))),
            ("cmd=\"id\" res=0", Some(("id|", Some(false)))),
            ("cmd=\"id\" res=succ", Some(("id|", None))),
            ("cmd=6C73202F", Some(("ls /|", None))),
            ("cmd=6C73202", Some(("ls |", None))),
            ("cmd=ABC res=1", Some(("ABC|", Some(true)))),
            ("cmd=ABZ", Some(("ABZ|", None))),
            ("op=login res=success", None),
        ] {
            let line = format!("type=USER_CMD msg=audit(1.000:1): pid=1 auid=7 msg='{message}'");
            let record = audit::record(line.as_bytes()).expect("well-formed").expect("a record");
            let mut line = Vec::new();
            let found = write(&record, &mut line)
                .then(|| (String::from_utf8_lossy(&line).replace('\0', "|"), succeeded(&record)));
            assert_eq!(found, wanted.map(|(line, succeeded)| (line.to_owned(), succeeded)));
        }
    }
}
