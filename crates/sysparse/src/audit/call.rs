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
use super::fields::{Value, field_in};
use super::seek::split_near;
use crate::{ParseError, text};

/// A call and who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
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

impl<'a> Call<'a> {
    /// Reads the call of a SYSCALL record.
    ///
    /// # Errors
    /// The record has no architecture, no call or no login user id.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a call that is returned in memory is waited for")]
    pub fn of(record: &Record<'a>) -> Result<Call<'a>, ParseError> {
        match Call::usual(record.body) {
            Some(call) => Ok(call),
            // Taken apart: handed on whole, calls of both ways would be in one place in memory.
            None => Ok(Call { ..Call::any(record)? }),
        }
    }

    /// Reads a call whose fields have the order of the kernel and nothing unusual in them.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "most records of a log are calls")]
    fn usual(body: &'a [u8]) -> Option<Call<'a>> {
        let (arch, rest) = body.strip_prefix(b" arch=")?.split_first_chunk()?;
        let (rest, number) = text::number(rest.strip_prefix(b" syscall=")?).ok()?;
        let rest = rest.strip_prefix(b" success=")?;
        let (success, rest) = match rest.strip_prefix(b"yes ") {
            Some(rest) => (true, rest),
            None => (false, rest.strip_prefix(b"no ")?),
        };
        let (result, rest) = split_near(rest, LEAST, b'm', b" items=")?;
        let (items, rest) = rest.split_first()?;
        let rest = behind_number(rest.strip_prefix(b" ppid=").filter(|_| items.is_ascii_digit())?)?;
        let rest = behind_number(rest.strip_prefix(b" pid=")?)?;
        let (ids, auid) = text::number(rest.strip_prefix(b" auid=")?).ok()?;
        Some(Call {
            arch: usual_arch(*arch)?,
            number: i64::try_from(number).ok()?,
            success: Some(success),
            items: u64::from(items - b'0'),
            auid: u32::try_from(auid).ok().filter(|_| ids.starts_with(b" "))?,
            record: body,
            result,
            ids,
        })
    }

    /// Reads any call.
    #[cold]
    #[inline(never)]
    fn any(record: &Record<'a>) -> Result<Call<'a>, ParseError> {
        let missing = |expected| ParseError { expected, at: record.line.len() };
        let arch = record.field(b"arch").and_then(Value::hex);
        let number = record.field(b"syscall").and_then(Value::integer);
        let success = record.field(b"success");
        let items = record.field(b"items").and_then(Value::number);
        Ok(Call {
            arch: arch.ok_or(missing("arch= and a hexadecimal number"))?,
            number: number.ok_or(missing("syscall= and a number"))?,
            success: success.and_then(|value| match value.raw() {
                b"yes" => Some(true),
                b"no" => Some(false),
                _ => None,
            }),
            items: items.unwrap_or(0),
            auid: record.auid().ok_or(missing("auid= and a user id"))?,
            record: record.body,
            result: &[],
            ids: &[],
        })
    }
}

impl<'a> Call<'a> {
    /// An argument, 0 to 3, as the register held it.
    #[must_use]
    pub fn argument(&self, index: u8) -> Option<u64> {
        let name = [b'a', b'0' + index];
        let mut words = self.result.rsplit(|byte| *byte == b' ');
        let usual = words.nth(3usize.checked_sub(index.into())?);
        match usual.and_then(|word| word.strip_prefix(&name)?.strip_prefix(b"=")) {
            Some(digits) => text::whole_hex(digits),
            None => field_in(self.record, &name)?.hex(),
        }
    }

    /// What the call returned: below zero the number of an error.
    #[must_use]
    pub fn exit(&self) -> Option<i64> {
        field_in(self.record, b"exit")?.integer()
    }

    /// The effective user id of the process.
    #[must_use]
    pub fn euid(&self) -> Option<u32> {
        Call::usual_euid(self.ids).or_else(|| field_in(self.record, b"euid")?.id())
    }

    /// The same, behind the user and the group.
    #[inline]
    fn usual_euid(ids: &'a [u8]) -> Option<u32> {
        let rest = behind_number(ids.strip_prefix(b" uid=")?)?;
        let rest = behind_number(rest.strip_prefix(b" gid=")?)?;
        let (rest, euid) = text::number(rest.strip_prefix(b" euid=")?).ok()?;
        u32::try_from(euid).ok().filter(|_| rest.starts_with(b" "))
    }
}

/// The length of the shortest result and arguments: `exit=0 a0=0 a1=0 a2=0 a3=0`.
const LEAST: usize = 26;

/// The architectures that most machines have.
#[inline(always)]
#[allow(clippy::inline_always, reason = "as for the call")]
fn usual_arch(digits: [u8; 8]) -> Option<u64> {
    match u64::from_le_bytes(digits) {
        X86_64 => Some(0xc000_003e),
        AARCH64 => Some(0xc000_00b7),
        _ => text::whole_hex(&digits),
    }
}

const X86_64: u64 = u64::from_le_bytes(*b"c000003e");
const AARCH64: u64 = u64::from_le_bytes(*b"c00000b7");

/// What follows a number of up to seven digits.
#[inline]
fn behind_number(input: &[u8]) -> Option<&[u8]> {
    let digits = text::count_digits(*input.first_chunk()?);
    input.get(digits..).filter(|_| digits > 0)
}

#[cfg(test)]
mod tests {
    use super::super::{AUID_UNSET, record};
    use super::*;
    use std::format;

    const LINE: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=257 success=no exit=-13 \
                        a0=ffffff9c a1=7f6ad40e73a0 a2=80241 a3=0 items=1 ppid=1853 pid=1906 auid=7005 \
                        uid=1 gid=2 euid=0 suid=4 comm=\"ls\" key=(null)";

    type Told = (u64, i64, Option<bool>, u64, u32);

    fn read(body: &str) -> Result<Told, ParseError> {
        let line = format!("type=SYSCALL msg=audit(1.000:1): {body}");
        let record = record(line.as_bytes()).expect("sound").expect("a record");
        let told = |call: Call<'_>| (call.arch, call.number, call.success, call.items, call.auid);
        let call = Call::of(&record).map(told);
        if let Some(usual) = Call::usual(record.body).map(told) {
            assert_eq!(Call::any(&record).map(told), Ok(usual), "both ways read the same: {body}");
        }
        call
    }

    #[test]
    fn fields_are_found_in_any_order() {
        let wanted = (0xc000_003e, 257, Some(false), 1, AUID_UNSET);
        for body in [
            "arch=c000003e syscall=257 success=no exit=-2 a0=4 items=1 ppid=1 pid=2 auid=-1 uid=0",
            "arch=c000003e syscall=257 success=no exit=-2 a0=4 items=1 ppid=1 pid=2 auid=4294967295",
            "arch=c000003e syscall=257 success=no exit=-2 items=1 ppid=1 pid=2 auid=4294967295 x=y",
            "arch=c000003e syscall=257 per=400000 success=no items=1 auid=4294967295",
            "auid=4294967295 items=1 success=no syscall=257 arch=c000003e",
            " auid=4294967295 success=no  syscall=257 exit=1 items=1 arch=c000003e",
        ] {
            assert_eq!(read(body), Ok(wanted), "{body}");
        }
    }

    #[test]
    fn the_usual_order_is_known_and_what_departs_from_it_is_left_to_the_long_way() {
        let body = LINE.split_once("):").expect("a stamp").1;
        assert!(Call::usual(body.as_bytes()).is_some());
        for (usual, other) in [
            ("success=no", "success=nothing"),
            ("auid=7005 ", "auid=7005x "),
            ("auid=7005 ", "auid=4294967296 "),
            ("pid=1906", "pid="),
            ("syscall=257", "syscall=-1"),
            ("arch=c000003e", "arch=c000003g"),
            ("items=1", "atoms=1"),
        ] {
            let body = body.replace(usual, other);
            assert!(Call::usual(body.as_bytes()).is_none(), "{body}");
        }
        for end in 0..body.len() {
            let _ = read(&body[..end]);
        }
    }

    #[test]
    fn arguments_are_hexadecimal_and_results_are_not() {
        for line in [LINE, &LINE.replace(" items=1 ppid=", " ppid=")] {
            let record = record(line.as_bytes()).expect("sound").expect("a record");
            let call = Call::of(&record).expect("a call");
            let arguments = [0xffff_ff9c, 0x7f6a_d40e_73a0, 0x80241, 0].map(Some);
            assert_eq!([0, 1, 2, 3].map(|index| call.argument(index)), arguments);
            assert_eq!((call.argument(4), call.exit(), call.euid()), (None, Some(-13), Some(0)));
        }
    }

    #[test]
    fn exit_neither_succeeds_nor_fails() {
        let call = read("arch=40000003 syscall=-1 a0=0 items=0 auid=7 uid=7");
        assert_eq!(call, Ok((0x4000_0003, -1, None, 0, 7)));
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
