//! What dmesg and the kernel write before a message of the kernel.
//!
//! ```text
//! <5>[   12.345678][    T1] audit: type=1307        also after the tag kernel: of syslog
//! [   12.345678 <    0.000001>] audit: type=1307    dmesg -d
//! [Mon Nov 23 02:13:20 2026] audit: type=1307       dmesg -T, words in the language of the locale
//! [Nov23 02:13] audit: type=1307                    dmesg -e and -H, as is the next
//! [  +0.000010] audit: type=1307
//! 2026-11-23T02:13:20,100000+00:00 audit: type=1307 dmesg --time-format iso
//! kern  :notice: [   12.345678] audit: type=1307    dmesg -x
//! [   12.345678] [    T1] audit: type=1307          newer dmesg, CONFIG_PRINTK_CALLER
//! ```
//!
//! Source: dmesg(1) of util-linux. Other programs write such times too, but not before a record of the
//! kernel.

use crate::grammar::{Parsed, blanks, literal, no_match};
use crate::syslog::{digits, iso_time, priority, uptime};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_till1;
use nom::character::complete::{alpha1, digit1, space0, space1};
use nom::combinator::{opt, peek, recognize, value, verify};
use nom::sequence::{delimited, terminated};

/// `<5>[   12.345678][    T1] `
pub(super) fn kernel_time(input: &[u8]) -> Parsed<'_, ()> {
    value((), (opt(priority), uptime, opt((blanks, caller)), blanks)).parse(input)
}

/// What stands before a message of the kernel. Most lines begin with another byte, which costs less to
/// see than that no form fits: 2 % of the instructions for a log of syslog.
pub(super) fn kernel_prefix(input: &[u8]) -> Parsed<'_, ()> {
    match input.first() {
        Some(b'[' | b'<' | b'k' | b'0'..=b'9') => alt((dmesg_prefix, kernel_time)).parse(input),
        _ => Err(no_match(input)),
    }
}

/// What dmesg puts before a message, if an option asks for another time than that of the kernel. Only
/// a record as the kernel writes it may follow.
fn dmesg_prefix(input: &[u8]) -> Parsed<'_, ()> {
    let level = (literal(b"kern"), space0, literal(b":"), alpha1, space0, literal(b": "));
    let time = alt((uptime, bracketed_time, iso_time_of_dmesg));
    let record = peek(literal(b"audit"));
    value((), (opt(level), time, opt((blanks, caller)), blanks, record)).parse(input)
}

/// `[    T1]` for a thread, `[    C0]` for a processor
fn caller(input: &[u8]) -> Parsed<'_, ()> {
    let number = (blanks, alt((literal(b"T"), literal(b"C"))), digit1);
    value((), delimited(literal(b"["), number, literal(b"]"))).parse(input)
}

/// `[Mon Nov 23 02:13:20 2026 <    0.000001>]`
fn bracketed_time(input: &[u8]) -> Parsed<'_, ()> {
    let seconds = || (digit1, literal(b"."), digit1);
    let minute = || (digits(2), literal(b":"), digits(2));
    let day = (word, space1, word, space1, digit1, literal(b" "));
    let year = (literal(b" "), digits(4));
    let time = alt((
        value((), (blanks, opt(literal(b"+")), seconds())),
        value((), (day, minute(), literal(b":"), digits(2), year)),
        value((), (alpha1, digit1, literal(b" "), minute())),
    ));
    let delta = (literal(b" <"), blanks, seconds(), literal(b">"));
    delimited(literal(b"["), terminated(time, opt(delta)), literal(b"]")).parse(input)
}

/// A day of the week or a month.
fn word(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_till1(|byte: u8| byte.is_ascii_whitespace() || byte == b']').parse(input)
}

/// `2026-11-23T02:13:20,100000+00:00`: no other program writes a comma and six digits.
fn iso_time_of_dmesg(input: &[u8]) -> Parsed<'_, ()> {
    const FORM: &[u8] = b"2026-11-23T02:13:20,100000+00:00";
    let is_such = |time: &[u8]| {
        let is_mark = |at: usize| time.get(at) == FORM.get(at);
        time.len() == FORM.len()
            && is_mark(b"2026-11-23".len())
            && is_mark(b"2026-11-23T02:13:20".len())
    };
    value((), verify(recognize(iso_time), is_such)).parse(input)
}
