//! The part of a SYSCALL record that every reader needs, read in one go.
//!
//! ```text
//! arch=c000003e syscall=257 success=no exit=-2 a0=ffffff9c a1=7f6ad40e73a0 a2=80000 a3=0 items=1
//! ppid=1853 pid=1906 auid=7005 uid=7005 gid=7005 euid=7005 ... comm="ls" exe="/usr/bin/ls" key=(null)
//! ```
//!
//! Most records of a log are of this type, so its fields are looked for in the order in which the
//! kernel writes them (`audit_log_exit` in `kernel/auditsc.c`), each from where the one before was
//! found; one that stands elsewhere is found as well, only slower.

use super::Record;
use super::fields::Value;
use super::seek::{next, seek};
use crate::Malformed;

/// A call and who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The architecture: an `AUDIT_ARCH_*` value of `include/uapi/linux/audit.h`.
    pub arch: u64,
    /// The number of the call; -1 occurs.
    pub number: i64,
    /// Whether the call succeeded; nothing if it never returned, as exit.
    pub success: Option<bool>,
    /// How many PATH records the event has.
    pub items: u64,
    /// The login user id; [`UNSET`](super::UNSET) for daemons.
    pub auid: u32,
}

impl Call {
    /// Reads the call of a SYSCALL record.
    ///
    /// # Errors
    /// The record has no architecture, no call or no login user id.
    #[inline]
    pub fn of(record: &Record<'_>) -> Result<Call, Malformed> {
        let missing = |expected| Malformed { expected, at: record.at + record.body.len() };
        let mut rest = record.body;
        let arch = next(record, &mut rest, b" arch=").and_then(Value::hex);
        let number = next(record, &mut rest, b" syscall=").and_then(Value::integer);
        let success = next(record, &mut rest, b" success=");
        let items = seek(record, &mut rest, b" items=", b'm').and_then(Value::number);
        let auid = seek(record, &mut rest, b" auid=", b'u').and_then(Value::id);
        Ok(Call {
            arch: arch.ok_or(missing("arch= and a hexadecimal number"))?,
            number: number.ok_or(missing("syscall= and a number"))?,
            success: success.and_then(|value| match value.raw() {
                b"yes" => Some(true),
                b"no" => Some(false),
                _ => None,
            }),
            items: items.unwrap_or(0),
            auid: auid.ok_or(missing("auid= and a user id"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{UNSET, record};
    use super::*;
    use std::format;

    fn read(body: &str) -> Result<Call, Malformed> {
        let line = format!("type=SYSCALL msg=audit(1.000:1): {body}");
        Call::of(&record(line.as_bytes()).expect("sound").expect("a record"))
    }

    #[test]
    fn fields_are_found_in_any_order() {
        let wanted =
            Call { arch: 0xc000_003e, number: 257, success: Some(false), items: 1, auid: UNSET };
        for body in [
            "arch=c000003e syscall=257 success=no exit=-2 a0=4 items=1 ppid=1 pid=2 auid=-1 uid=0",
            "arch=c000003e syscall=257 per=400000 success=no items=1 auid=4294967295",
            "auid=4294967295 items=1 success=no syscall=257 arch=c000003e",
            " auid=4294967295 success=no  syscall=257 exit=1 items=1 arch=c000003e",
        ] {
            assert_eq!(read(body), Ok(wanted), "{body}");
        }
    }

    #[test]
    fn exit_neither_succeeds_nor_fails() {
        let call = read("arch=40000003 syscall=-1 a0=0 items=0 auid=7 uid=7").expect("a call");
        let wanted = Call { arch: 0x4000_0003, number: -1, success: None, items: 0, auid: 7 };
        assert_eq!(call, wanted);
    }

    #[test]
    fn a_record_without_what_it_needs_is_malformed() {
        for (body, expected) in [
            ("arch=c000003e syscall=2", "auid= and a user id"),
            ("arch=c000003e syscall=2 auid=x", "auid= and a user id"),
            ("syscall=2 auid=7", "arch= and a hexadecimal number"),
            ("arch=c000003e syscall=open auid=7", "syscall= and a number"),
        ] {
            let malformed = read(body).expect_err(body);
            assert_eq!((malformed.expected, malformed.at), (expected, 33 + body.len()));
        }
    }
}
