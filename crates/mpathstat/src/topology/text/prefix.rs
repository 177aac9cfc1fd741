//! What precedes each line of a text: blanks, `> `, the name of a host, a time, the header of syslog.
//!
//! ```text
//! Nov 20 10:00:00 db01 sh[12]: mpatha (36001) dm-2 LABCO,ARR5
//! Nov 20 10:00:01 db01 sh[12]: size=40G features='0' hwhandler='0' wp=rw
//! ```

use std::net::IpAddr;
use sysparse::text::strip_codes;
use sysparse::{nvme_subsystem, timestamp};

/// What precedes each line, if it is always the same, except for its numbers, as in a time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Prefix(Vec<Part>);

/// A part of what precedes each line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Byte(u8),
    /// A number, with blanks before it or not, of which each line may have another one.
    Number,
    /// What grep puts after the name of a file and the number of a line: `:` if the line matches, `-` if
    /// it stands beside one that does.
    Separator,
}

/// The longest prefix that is looked for.
const PREFIX_MAX: usize = 200;

impl Prefix {
    /// What precedes each line, as it precedes one of them.
    pub(crate) fn new(before: &[u8]) -> Prefix {
        let mut found = if let Some(name) = before_numbered(before) {
            [&parts(name)[..], &[Part::Separator, Part::Number, Part::Separator]].concat()
        } else if let [name @ .., b':' | b'-'] = before {
            [&parts(name)[..], &[Part::Separator]].concat()
        } else {
            parts(before)
        };
        if let [Part::Number, separator @ Part::Byte(b':' | b'-'), ..] = &mut found[..] {
            *separator = Part::Separator;
        }
        Prefix(found)
    }

    /// What precedes the first line that only the description of a map has, the one with its size; the
    /// first NVMe subsystem; or the first key of JSON. It begins at the first column otherwise.
    pub(super) fn find(head: &[u8]) -> Prefix {
        let mut kinds = [before_size, before_subsystem, before_key].into_iter();
        kinds.find_map(|before| find_line(head, before)).unwrap_or_default()
    }

    /// Whether the text is JSON: it begins with a brace, or has keys and no size of a map.
    pub(super) fn is_json(&self, head: &[u8]) -> bool {
        let lines = head.split(|byte| *byte == b'\n').map(|line| self.strip(line));
        let mut lines = lines.map(without_prompt).map(<[u8]>::trim_ascii);
        let begins = lines.find(|line| !line.is_empty()).is_some_and(|line| line.starts_with(b"{"));
        let has = |before| find_line(head, before).is_some();
        begins || has(before_key) && !has(before_size)
    }

    /// A line without what precedes it, and without the codes for a terminal at its ends.
    pub(super) fn strip<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let line = strip_codes(line);
        without_time(self.rest(line).unwrap_or(line))
    }

    /// Whether a name is in it, and not only punctuation and numbers.
    pub(crate) fn has_name(&self) -> bool {
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
        self.0.iter().any(|part| matches!(part, Part::Byte(byte) if is_letter(byte)))
    }

    /// The rest of a line that begins with the prefix.
    pub(crate) fn rest<'a>(&self, mut line: &'a [u8]) -> Option<&'a [u8]> {
        let is_blank = |part: &Part| matches!(part, Part::Byte(b' ' | b'\t'));
        let mut parts = &self.0[..];
        while let [part, tail @ ..] = parts {
            if line.is_empty() && parts.iter().all(is_blank) {
                break;
            }
            parts = tail;
            line = match part {
                Part::Number => after_number(line)?,
                Part::Byte(byte) => line.strip_prefix(&[*byte])?,
                Part::Separator => line.strip_prefix(b":").or_else(|| line.strip_prefix(b"-"))?,
            };
        }
        Some(line)
    }
}

/// What `before` finds before the first of its lines. A name can look like such a line, so that a line
/// beside it must have the prefix, too.
fn find_line(head: &[u8], before: fn(&[u8]) -> Option<&[u8]>) -> Option<Prefix> {
    let mut lines = head.split(|byte| *byte == b'\n').map(strip_codes).peekable();
    let mut previous = &b""[..];
    while let Some(line) = lines.next() {
        if let Some(prefix) = before(line) {
            let prefix = Prefix::new(prefix);
            let mut beside = [Some(previous), lines.peek().copied()].into_iter().flatten();
            if beside.any(|line| prefix.rest(line).is_some()) {
                return Some(prefix);
            }
        }
        previous = line;
    }
    None
}

/// The name of the file in `t.top:12:` or `t.top-12-`, as grep prints it. An address is no such name.
fn before_numbered(prefix: &[u8]) -> Option<&[u8]> {
    let (separator, rest) = prefix.split_last().filter(|(byte, _)| b":-".contains(byte))?;
    let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let name = rest.get(..rest.len() - digits)?.strip_suffix(&[*separator])?;
    let word = rest.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
    (digits > 0 && address_length(word) == 0).then_some(name)
}

/// The parts of what precedes a line. A number in the name of a host belongs to the name: lines of
/// another host describe other maps.
pub(super) fn parts(mut prefix: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut is_name = false;
    while let [byte, tail @ ..] = prefix {
        is_name &= !b" \t[(<:,".contains(byte);
        let address = if is_name { 0 } else { address_length(prefix) };
        if address > 0 {
            let (address, rest) = prefix.split_at(address);
            parts.extend(address.iter().copied().map(Part::Byte));
            prefix = rest;
        } else if let Some(rest) = after_number(prefix).filter(|_| !is_name) {
            parts.push(Part::Number);
            // `2026-11-20T10:00:00`
            let rest_of_time = rest.strip_prefix(b"T");
            parts.extend(rest_of_time.map(|_| Part::Byte(b'T')));
            prefix = rest_of_time.unwrap_or(rest);
        } else {
            is_name |= byte.is_ascii_alphabetic() || !byte.is_ascii();
            parts.push(Part::Byte(*byte));
            prefix = tail;
        }
    }
    parts
}

/// The length of the word at the beginning of `text`, with the blanks before it, if it is the address
/// of a host; otherwise 0.
fn address_length(text: &[u8]) -> usize {
    let word = text.trim_ascii_start();
    let word = word.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let name = word.strip_suffix(b":").unwrap_or(word);
    let address = std::str::from_utf8(name).ok().and_then(|name| name.parse::<IpAddr>().ok());
    address.map_or(0, |_| text.len() - text.trim_ascii_start().len() + word.len())
}

/// What follows a number that may be padded with blanks.
fn after_number(text: &[u8]) -> Option<&[u8]> {
    let number = text.trim_ascii_start();
    let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
    number.get(digits..).filter(|_| digits > 0)
}

/// A line without a time before it. A line of a log, in which `| ` and text follow, keeps it.
fn without_time(line: &[u8]) -> &[u8] {
    let Some((_, rest)) = timestamp::prefix(line) else { return line };
    match rest.strip_prefix(b"| ") {
        Some([byte, ..]) if !b"|`' ".contains(byte) => line,
        _ => rest,
    }
}

fn without_prompt(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"multipathd>").unwrap_or(line)
}

/// What precedes `size=40G features=` or `[size=40G][features=` in a line.
pub(super) fn before_size(line: &[u8]) -> Option<&[u8]> {
    let (prefix, _) = split_at_word(line, b"[size=").or_else(|| split_at_word(line, b"size="))?;
    let has_features = line.windows(9).any(|word| word == b"features=");
    (has_features || prefix.is_empty()).then_some(prefix)
}

/// What precedes `nvme-subsys3 - NQN=nqn.1992-08.com.labco` in a line.
fn before_subsystem(line: &[u8]) -> Option<&[u8]> {
    let (prefix, rest) = split_at_word(line, b"nvme-subsys")?;
    matches!(nvme_subsystem::line(rest), nvme_subsystem::Line::Subsystem { .. }).then_some(prefix)
}

/// What precedes `"maps": [{` in a line, without the brace that may be before it.
fn before_key(line: &[u8]) -> Option<&[u8]> {
    KEYS.iter().find_map(|key| {
        let (prefix, rest) = split_at_word(line, key)?;
        let prefix = prefix.trim_ascii_end();
        let prefix = prefix.strip_suffix(b"{").unwrap_or(prefix).trim_ascii_end();
        rest.get(key.len()..)?.trim_ascii_start().starts_with(b":").then_some(prefix)
    })
}

/// The first keys of the JSON of multipathd.
const KEYS: [&[u8]; 3] = [b"\"major_version\"", b"\"maps\"", b"\"map\""];

/// What precedes a word near the beginning of a line, and what follows.
fn split_at_word<'a>(line: &'a [u8], word: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = line.windows(word.len()).position(|found| found == word)?;
    line.split_at_checked(at).filter(|_| at <= PREFIX_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_what_precedes_the_size() {
        let size = "size=40G features='0' hwhandler='0' wp=rw";
        for prefix in ["", "    ", "\t", "> ", "> > ", "db1: ", "db 1 | "] {
            let text = format!("{prefix}mpatha (36001) dm-0 A,B\n{prefix}{size}\n");
            let found = Prefix::find(text.as_bytes());
            let line = format!("{prefix}`-+- x");
            assert_eq!(found.strip(line.as_bytes()), &b"`-+- x"[..]);
        }
        assert_eq!(Prefix::new(b"> ").strip(b">"), b"");
        assert_eq!(Prefix::new(b"> ").strip(b"other"), b"other");
    }

    #[test]
    fn a_prefix_is_what_precedes_a_subsystem_or_a_key() {
        for prefix in ["", "> ", "db1: ", "Nov 20 10:00:00 db01 sh[12]: "] {
            let subsystem = format!("{prefix}nvme-subsys0 - NQN=nqn.x\n{prefix}\\\n");
            let found = Prefix::find(subsystem.as_bytes());
            let line = format!("{prefix} +- nvme0");
            assert_eq!(found.strip(line.as_bytes()), b" +- nvme0", "{prefix}");
            assert!(!found.is_json(subsystem.as_bytes()), "{prefix}");
            let json = format!("# show\n{prefix}{{\n{prefix}  \"maps\" : [{{\n");
            let found = Prefix::find(json.as_bytes());
            let line = format!("{prefix}   \"name\"");
            assert_eq!(found.strip(line.as_bytes()).trim_ascii(), b"\"name\"", "{prefix}");
            assert!(found.is_json(json.as_bytes()), "{prefix}");
            let size = format!("{json}size=1G features='0'\n");
            assert!(!found.is_json(size.as_bytes()), "{prefix}");
        }
        assert!(!Prefix::default().is_json(b"\"maps\"\n"));
    }

    #[test]
    fn each_line_has_numbers_of_its_own_in_the_prefix() {
        for [one, other] in [
            ["Nov  9 10:00:00 db01 sh[12]: ", "Nov 10 10:00:01 db01 sh[7]: "],
            ["2026-11-20T10:00:00+01:00 db01 x: ", "2026-11-20T10:00:09+01:00 db01 x: "],
            ["[Fri Nov 20 18:01:00 2026] ", "[Fri Nov 20 18:01:59 2026] "],
            ["[    9.345678] ", "[   12.000001] "],
            ["2026-11-20 18:01:00,123 INFO ", "2026-11-20 18:01:01,002 INFO "],
            ["> 1795168800.000000 ", "> 1795168801.999999 "],
            ["9:", "10:"],
            ["     9\t", "    10\t"],
            ["<0>", "<6>"],
            ["9:", "10-"],
            ["9:Nov  9 10:00:00 db1 x: ", "10-Nov  9 10:00:01 db1 x: "],
            ["t.top:", "t.top-"],
            ["t-1.top:9:", "t-1.top-10-"],
        ] {
            let size = "size=40G features='0' hwhandler='0' wp=rw";
            let text = format!("{one}mpatha (36001) dm-0 A,B\n{other}{size}\n");
            let found = Prefix::find(text.as_bytes());
            let line = format!("{one}| |- 0:0:1:1 sdb 8:16");
            assert_eq!(found.strip(line.as_bytes()), b"| |- 0:0:1:1 sdb 8:16", "{one}");
            assert_eq!(found.strip(other.trim_end().as_bytes()), b"", "{one}");
        }
    }

    #[test]
    fn a_number_in_the_name_of_a_host_belongs_to_it() {
        for [one, other] in [
            ["db1: ", "db2: "],
            ["db-1: ", "db-2: "],
            ["10.0.0.5: ", "10.0.0.6: "],
            ["Nov 20 10:00:00 fe80::1 x: ", "Nov 20 10:00:00 fe80::2 x: "],
            ["[db1] ", "[db2] "],
            ["db1:", "db2:"],
            ["db-1:", "db-2:"],
            ["db1.top-", "db2.top-"],
            ["a.top:1:", "b.top:1:"],
            ["fe80::1:", "fe80::2:"],
            ["x 10.0.0.5:", "x 10.0.0.6:"],
        ] {
            let prefix = Prefix::new(one.as_bytes());
            assert_eq!(prefix.rest(other.as_bytes()), None, "{one}");
            assert_eq!(prefix.rest(one.as_bytes()), Some(&b""[..]), "{one}");
            assert!(prefix.has_name(), "{one}");
        }
    }

    #[test]
    fn punctuation_and_numbers_are_no_name() {
        for before in ["", "  ", "> ", "12:", "12-", "  \"", "<5> "] {
            assert!(!Prefix::new(before.as_bytes()).has_name(), "{before}");
        }
        assert!(Prefix::new("ü: ".as_bytes()).has_name());
    }

    #[test]
    fn a_name_that_looks_like_the_size_precedes_no_other_line() {
        let head = b"x size=1G features=y (36001) dm-0 A,B\nsize=40G features='0' wp=rw\n`-+- \n";
        assert_eq!(Prefix::find(head), Prefix::default());
    }

    #[test]
    fn a_time_is_no_part_of_a_line_unless_it_is_a_log() {
        let none = Prefix::default();
        assert_eq!(none.strip(b"Nov 20 18:01:12 mpatha"), b"mpatha");
        let log = &b"Nov 20 18:01:12 | mpatha"[..];
        assert_eq!(none.strip(log), log);
        let branch = &b"| `- 4:0:0:3 sdc"[..];
        assert_eq!(none.strip(&[b"Nov 20 18:01:12 ", branch].concat()), branch);
    }
}
