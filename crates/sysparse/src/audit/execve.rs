//! The arguments of an EXECVE record.
//!
//! ```text
//! argc=3 a0="ls" a1="-l" a2_len=4 a2[0]=2F74 a2[1]=6D70
//! ```
//!
//! Source: `audit_log_execve_info` in `kernel/auditsc.c` of Linux.

use super::Record;
use super::fields::field_or_word;
use super::value::{Value, value};
use crate::grammar::{Parsed, blanks, literal, number};
use crate::text;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, map_opt};
use nom::sequence::{delimited, preceded, separated_pair};

/// One piece of a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument<'a> {
    /// `argc=3`: how many arguments the command has.
    Count(u64),
    /// `a1="-l"`: an argument in one piece.
    Whole(u64, Value<'a>),
    /// `a1_len=4`: the number of bytes in which the parts of an argument are written, together.
    Length(u64, u64),
    /// `a1[0]=6C73`: a part of an argument too long for one piece; its number, the part's number.
    Part(u64, u64, Value<'a>),
}

impl<'a> Record<'a> {
    /// The arguments of a command, of an EXECVE record.
    ///
    /// ```
    /// use sysparse::audit::{self, Argument, Value};
    ///
    /// let line = b"type=EXECVE msg=audit(1.000:1): argc=2 a0=\"ls\" a1_len=2 a1[0]=\"-l\"";
    /// let record = audit::record(line)?.expect("a record");
    /// assert!(record.arguments().eq([
    ///     Argument::Count(2),
    ///     Argument::Whole(0, Value::Quoted(b"ls")),
    ///     Argument::Length(1, 2),
    ///     Argument::Part(1, 0, Value::Quoted(b"-l")),
    /// ]));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    pub fn arguments(&self) -> impl Iterator<Item = Argument<'a>> + use<'a> {
        let mut rest = self.body;
        let fields = core::iter::from_fn(move || {
            let other = map(field_or_word, |_| None);
            let (tail, found) =
                preceded(blanks, alt((map(argument, Some), other))).parse(rest).ok()?;
            rest = tail;
            Some(found)
        });
        fields.flatten()
    }
}

/// `argc=3`, `a1="-l"`, `a1_len=4` or `a1[0]=6C73`
fn argument(input: &[u8]) -> Parsed<'_, Argument<'_>> {
    let count = map_opt(value, |count| text::whole_number(count.raw()));
    let whole = separated_pair(number, literal(b"="), value);
    let length = separated_pair(number, literal(b"_len="), map_opt(value, Value::number));
    let part = (number, delimited(literal(b"["), number, literal(b"]=")), value);
    let argument = alt((
        map(whole, |(index, value)| Argument::Whole(index, value)),
        map(length, |(index, length)| Argument::Length(index, length)),
        map(part, |(index, part, value)| Argument::Part(index, part, value)),
    ));
    let count = map(preceded(literal(b"argc="), count), Argument::Count);
    alt((preceded(literal(b"a"), argument), count)).parse(input)
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use super::*;

    fn read(line: &str) -> Record<'_> {
        record(line.as_bytes()).expect("well-formed").expect("a record")
    }

    #[test]
    fn arguments_come_whole_and_in_parts() {
        let record =
            read("type=EXECVE msg=audit(1.2:3): argc=3 a0=\"ls\" a1_len=4 a1[0]=6C a1[1]=73");
        assert!(record.arguments().eq([
            Argument::Count(3),
            Argument::Whole(0, Value::Quoted(b"ls")),
            Argument::Length(1, 4),
            Argument::Part(1, 0, Value::Bare(b"6C")),
            Argument::Part(1, 1, Value::Bare(b"73")),
        ]));
    }
}
