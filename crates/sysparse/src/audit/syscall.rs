//! The part of a SYSCALL record that every reader needs.
//!
//! ```text
//! arch=c000003e syscall=257 success=no exit=-2 a0=ffffff9c a1=7f6ad40e73a0 a2=80000 a3=0 items=1
//! ppid=1853 pid=1906 auid=7005 uid=7005 gid=7005 euid=7005 ... comm="ls" exe="/usr/bin/ls" ...
//! ```
//!
//! Source: `audit_log_exit` in `kernel/auditsc.c` of Linux. Most records of a log are of this type,
//! and their fields have the order in which the kernel writes them, so that order is tried first.

use super::Record;
use super::fields::{anywhere, auid_anywhere, field_in};
use super::value::{Value, value as quoted_or_bare};
use crate::ParseError;
use crate::grammar::{
    Parsed, digit, finish, hex, integer, literal, number, up_to, up_to_after_at_least,
};
use nom::branch::alt;
use nom::combinator::{map_opt, opt, peek, value};
use nom::error::context;
use nom::sequence::{delimited, preceded, terminated};
use nom::{Err, Parser};

/// A system call and the process that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyscallRecord<'a> {
    /// The architecture: an `AUDIT_ARCH_*` value of `include/uapi/linux/audit.h`.
    pub arch: u64,
    /// The number of the call; -1 occurs.
    pub number: i64,
    /// Whether the call succeeded; nothing if it never returned, as exit.
    pub success: Option<bool>,
    /// How many PATH records the event has.
    pub items: u64,
    /// The login user id; [`AUID_UNSET`](super::AUID_UNSET) for daemons.
    pub auid: u32,
    /// All fields.
    record: &'a [u8],
    /// What the call returned, and its arguments; empty if their place is not known.
    result: &'a [u8],
    /// What follows the login user id: the other ids of the process.
    ids: &'a [u8],
}

impl<'a> SyscallRecord<'a> {
    /// Reads the call of a SYSCALL record.
    ///
    /// ```
    /// use sysparse::audit::{self, SyscallRecord};
    ///
    /// let line = b"type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=257 success=no \
    ///              exit=-13 a0=ffffff9c a1=7f6ad40e73a0 a2=80241 a3=0 items=1 ppid=1 pid=2 \
    ///              auid=7005 uid=7005 gid=7005 euid=0 comm=\"id\"";
    /// let call = SyscallRecord::parse(&audit::record(line)?.expect("a record"))?;
    /// assert_eq!((call.arch, call.number, call.success), (0xc000_003e, 257, Some(false)));
    /// assert_eq!((call.items, call.auid), (1, 7005));
    /// assert_eq!((call.argument(2), call.exit()), (Some(0x80241), Some(-13)));
    /// assert_eq!((call.euid(), call.exe()), (Some(0), None));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// The record has no architecture, no call or no login user id, or ends with the login
    /// user id, which may then be cut off.
    #[inline(always)]
    pub fn parse(record: &Record<'a>) -> Result<SyscallRecord<'a>, ParseError> {
        match in_kernel_order(record.body) {
            Ok((_, call)) => Ok(call),
            Err(_) => Ok(SyscallRecord { ..finish(record.line, in_any_order(record.body))?.1 }),
        }
    }

    /// An argument, 0 to 3, as the register held it.
    #[must_use]
    pub fn argument(&self, index: u8) -> Option<u64> {
        let name = [b'a', b'0' + index];
        field_in(self.result, &name).or_else(|| self.field(&name))?.hex()
    }

    /// What the call returned: below zero the number of an error.
    #[must_use]
    pub fn exit(&self) -> Option<i64> {
        exit(self.result)
            .ok()
            .map_or_else(|| self.field(b"exit")?.integer(), |(_, exit)| Some(exit))
    }

    /// The effective user id of the process.
    #[must_use]
    pub fn euid(&self) -> Option<u32> {
        euid(self.ids).ok().map_or_else(|| self.field(b"euid")?.id(), |(_, euid)| Some(euid))
    }

    /// The executable of the process; `(null)` without quotes for a thread of the kernel.
    #[must_use]
    pub fn exe(&self) -> Option<Value<'a>> {
        exe(self.ids).ok().map_or_else(|| self.field(b"exe"), |(_, exe)| Some(exe))
    }

    /// A field that does not stand where the kernel writes it.
    #[cold]
    #[inline(never)]
    fn field(&self, name: &[u8]) -> Option<Value<'a>> {
        field_in(self.record, name)
    }
}

/// The length of `exit=0 a0=0 a1=0 a2=0 a3=0`.
const SHORTEST_RESULT: usize = 26;

/// Whether a record in the kernel's order ends with the login user id. More fields follow it, so it may be
/// cut off.
fn ends_with_auid(record: &[u8]) -> bool {
    let fields = record.rsplit(|byte| *byte == b' ').take(3);
    let names = fields.filter_map(|field| field.split(|byte| *byte == b'=').next());
    names.eq([&b"auid"[..], b"pid", b"ppid"])
}

/// ` arch=c000003e syscall=257 success=no ... items=1 ppid=1853 pid=1906 auid=7005 `
#[inline(always)]
fn in_kernel_order(record: &[u8]) -> Parsed<'_, SyscallRecord<'_>> {
    let arch = alt((
        value(0xc000_003e, literal(b" arch=c000003e syscall=")),
        value(0xc000_00b7, literal(b" arch=c00000b7 syscall=")),
        delimited(literal(b" arch="), hex, literal(b" syscall=")),
    ));
    let success =
        alt((value(true, literal(b" success=yes ")), value(false, literal(b" success=no "))));
    let few_items = terminated(digit, literal(b" ppid="));
    let items = alt((few_items, terminated(number, literal(b" ppid="))));
    let (ids, (arch, number, success, result, items, auid)) = (
        arch,
        map_opt(number, |number| i64::try_from(number).ok()),
        success,
        up_to_after_at_least(SHORTEST_RESULT, b'm', b" items="),
        items,
        preceded(up_to(b'u', b" auid="), map_opt(number, |id| u32::try_from(id).ok())),
    )
        .parse(record)?;
    peek(literal(b" ")).parse(ids)?;
    Ok((
        ids,
        SyscallRecord { arch, number, success: Some(success), items, auid, record, result, ids },
    ))
}

/// `exit=-2 `
fn exit(result: &[u8]) -> Parsed<'_, i64> {
    delimited(literal(b"exit="), integer, literal(b" ")).parse(result)
}

/// ` uid=7005 gid=7005 euid=7005 `
#[inline]
fn euid(ids: &[u8]) -> Parsed<'_, u32> {
    let id = map_opt(number, |id| u32::try_from(id).ok());
    delimited(up_to(b'e', b" euid="), id, literal(b" ")).parse(ids)
}

/// ` uid=7005 ... comm="ls" exe="/usr/bin/ls"`
fn exe(ids: &[u8]) -> Parsed<'_, Value<'_>> {
    preceded(up_to(b'x', b" exe="), quoted_or_bare).parse(ids)
}

/// The same fields, wherever they stand.
#[cold]
#[inline(never)]
fn in_any_order(record: &[u8]) -> Parsed<'_, SyscallRecord<'_>> {
    if ends_with_auid(record) {
        return Err(Err::Error(ParseError { expected: "a field after auid=", at: 0 }));
    }
    let is_yes = |value: Value<'_>| match value.raw() {
        b"yes" => Some(true),
        b"no" => Some(false),
        _ => None,
    };
    let (rest, (arch, number, auid, success, items)) = (
        context("arch= and a hexadecimal number", anywhere(b"arch", Value::hex)),
        context("syscall= and a number", anywhere(b"syscall", Value::integer)),
        context("auid= and a user id", auid_anywhere),
        opt(anywhere(b"success", is_yes)),
        opt(anywhere(b"items", Value::number)),
    )
        .parse(record)?;
    let items = items.unwrap_or(0);
    Ok((rest, SyscallRecord { arch, number, success, items, auid, record, result: &[], ids: &[] }))
}

#[cfg(test)]
mod tests {
    use super::super::{AUID_UNSET, record};
    use super::*;
    use std::format;

    const LINE: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=257 success=no exit=-13 \
                        a0=ffffff9c a1=7f6ad40e73a0 a2=80241 a3=0 items=1 ppid=1853 pid=1906 auid=7005 \
                        uid=1 gid=2 euid=0 suid=4 comm=\"ls\" exe=\"/bin/ls\" key=(null)";

    fn read(body: &str) -> Result<(u64, i64, Option<bool>, u64, u32), ParseError> {
        let line = format!("type=SYSCALL msg=audit(1.000:1): {body}");
        let call =
            SyscallRecord::parse(&record(line.as_bytes()).expect("sound").expect("a record"))?;
        Ok((call.arch, call.number, call.success, call.items, call.auid))
    }

    #[test]
    fn fields_are_found_in_any_order() {
        let wanted = (0xc000_003e, 257, Some(false), 1, AUID_UNSET);
        for body in [
            "arch=c000003e syscall=257 success=no exit=-2 a0=4 items=1 ppid=1 pid=2 auid=-1 uid=0 x=y",
            "arch=c000003e syscall=257 success=no exit=-2 a0=4 items=1 pid=2 auid=4294967295",
            "arch=c000003e syscall=257 success=no exit=-2 items=1 ppid=1 pid=2 auid=4294967295 x=y",
            "arch=c000003e syscall=257 per=400000 success=no items=1 auid=4294967295",
            "auid=4294967295 items=1 success=no syscall=257 arch=c000003e",
            " auid=4294967295 success=no  syscall=257 exit=1 items=1 arch=c000003e",
        ] {
            assert_eq!(read(body), Ok(wanted), "{body}");
        }
    }

    #[test]
    fn another_order_or_value_is_left_to_the_search() {
        let body = LINE.split_once("):").expect("a stamp").1;
        assert!(in_kernel_order(body.as_bytes()).is_ok());
        for (usual, other) in [
            ("success=no", "success=nothing"),
            ("auid=7005 ", "auid=7005x "),
            ("auid=7005 ", "auid=4294967296 "),
            ("syscall=257", "syscall=-1"),
            ("arch=c000003e", "arch=c000003g"),
            ("items=1", "atoms=1"),
        ] {
            let body = body.replace(usual, other);
            assert!(in_kernel_order(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn arguments_are_hexadecimal_and_results_are_not() {
        for line in [LINE, &LINE.replace(" items=1 ppid=", " ppid=")] {
            let record = record(line.as_bytes()).expect("sound").expect("a record");
            let call = SyscallRecord::parse(&record).expect("a call");
            let arguments = [0xffff_ff9c, 0x7f6a_d40e_73a0, 0x80241, 0].map(Some);
            assert_eq!([0, 1, 2, 3].map(|index| call.argument(index)), arguments);
            assert_eq!((call.argument(4), call.exit(), call.euid()), (None, Some(-13), Some(0)));
            assert_eq!(call.exe(), Some(Value::Quoted(b"/bin/ls")));
            let line = line.replace(" euid=0 ", " euid=12 ");
            let other = super::super::record(line.as_bytes()).expect("sound").expect("a record");
            assert_eq!(SyscallRecord::parse(&other).map(|call| call.euid()), Ok(Some(12)));
        }
    }

    #[test]
    fn exit_neither_succeeds_nor_fails() {
        let success =
            |word| read(&format!("success={word} arch=1 syscall=2 auid=7")).map(|call| call.2);
        let words = ["yes", "no", "maybe"].map(success);
        assert_eq!(words, [Ok(Some(true)), Ok(Some(false)), Ok(None)]);
        let call = read("arch=40000003 syscall=-1 a0=0 items=0 auid=7 uid=7");
        assert_eq!(call, Ok((0x4000_0003, -1, None, 0, 7)));
    }

    #[test]
    fn a_login_user_id_at_the_end_may_be_cut_off() {
        let [auid, uid] = [" auid=", " uid="].map(|field| LINE.find(field).expect("a field"));
        for end in auid + " auid=7".len()..uid {
            let record = record(&LINE.as_bytes()[..end]).expect("sound").expect("a record");
            let error = SyscallRecord::parse(&record).expect_err("cut");
            assert_eq!((error.expected, error.at), ("a field after auid=", end));
        }
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
