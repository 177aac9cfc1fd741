//! What follows each line of a text, where something wraps it.
//!
//! ```text
//! "size=40G features='0' hwhandler='0' wp=rw",
//! "`-+- policy='service-time 0' prio=50 status=active",
//! "  `- 1:0:0:1 sdc 8:32 active ready running"
//! ```

use super::prefix::{Part, Prefix, parts};
use sysparse::nvme_subsystem::is_access_state;

/// What follows each line, if it is always the same, except for its numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Suffix(Vec<Part>);

/// Blanks that a text can have at the end of a line if it was copied from a page.
const BLANKS: [&str; 4] = ["\u{a0}", "\u{200b}", "\u{202f}", "\u{3000}"];

impl Suffix {
    /// What follows the first line whose end is known: the one with the size of a map, or a live
    /// controller. A line beside it must have it, too.
    pub(super) fn find(head: &[u8], prefix: &Prefix) -> Suffix {
        let lines = head.split(|byte| *byte == b'\n').map(|line| prefix.strip(line));
        let mut lines = lines.map(trim_end).peekable();
        let mut previous = &b""[..];
        while let Some(line) = lines.next() {
            let after = after_size(line).or_else(|| after_controller(line));
            if let Some(after) = after.filter(|after| !after.is_empty()) {
                let suffix = Suffix(parts(after));
                let mut beside = [Some(previous), lines.peek().copied()].into_iter().flatten();
                if beside.any(|line| suffix.before(line).is_some()) {
                    return suffix;
                }
            }
            previous = line;
        }
        Suffix::default()
    }

    /// A line without what follows it, and without blanks.
    pub(super) fn strip<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let line = trim_end(line);
        self.before(line).map_or(line, trim_end)
    }

    /// What precedes the suffix in a line. That of the last line of a list has no comma.
    fn before<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        let parts = &self.0[..];
        let last = parts.strip_suffix(&[Part::Byte(b',')]).filter(|parts| !parts.is_empty());
        before(line, parts).or_else(|| before(line, last?))
    }
}

/// What precedes `parts` at the end of a line.
fn before<'a>(mut line: &'a [u8], parts: &[Part]) -> Option<&'a [u8]> {
    for part in parts.iter().rev() {
        line = match part {
            Part::Byte(byte) => line.strip_suffix(&[*byte])?,
            Part::Number => {
                let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
                let end = line.len().checked_sub(digits).filter(|_| digits > 0)?;
                line.get(..end)?.trim_ascii_end()
            }
            // Only grep prints it, before a line.
            Part::Separator => return None,
        };
    }
    Some(line)
}

/// What follows `size=40G features='0' hwhandler='0' wp=rw` or `[size=40G][hwhandler=0][rw]`.
fn after_size(line: &[u8]) -> Option<&[u8]> {
    let rest = after(line, b"size=")?;
    let end = match after(rest, b" wp=") {
        Some(wp) => wp.trim_ascii_start().strip_prefix(b"undef").or_else(|| wp.get(2..))?,
        None => rest.get(rest.iter().rposition(|byte| *byte == b']')? + 1..)?,
    };
    as_suffix(end)
}

/// What follows ` +- nvme4 tcp traddr=192.0.2.11,trsvcid=4420 live optimized`.
fn after_controller(line: &[u8]) -> Option<&[u8]> {
    let rest = after(line.trim_ascii_start().strip_prefix(b"+- ")?, b" live")?;
    let word = rest.strip_prefix(b" ").unwrap_or_default();
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'-';
    let length = word.iter().take_while(|byte| is_letter(byte)).count();
    let (access, end) = word.split_at_checked(length)?;
    match access {
        b"" => as_suffix(rest),
        _ => as_suffix(end).filter(|_| is_access_state(access)),
    }
}

/// What follows a word, if it is no part of the word.
fn as_suffix(end: &[u8]) -> Option<&[u8]> {
    let is_part = end.first().is_some_and(u8::is_ascii_alphanumeric);
    (!is_part).then(|| end.trim_ascii_start())
}

fn after<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let at = line.windows(word.len()).position(|found| found == word)?;
    line.get(at + word.len()..)
}

fn trim_end(mut line: &[u8]) -> &[u8] {
    loop {
        line = line.trim_ascii_end();
        let shorter = BLANKS.iter().find_map(|blank| line.strip_suffix(blank.as_bytes()));
        let Some(shorter) = shorter else { return line };
        line = shorter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Suffix {
        Suffix::find(text.as_bytes(), &Prefix::find(text.as_bytes()))
    }

    #[test]
    fn a_suffix_is_what_follows_the_size() {
        for end in ["\",", " |", "$", "^M$", "<br>", "'", " \\", ";", " 2026-11-20T10:00:00Z\"}"] {
            for size in [
                "size=1G features='0' hwhandler='0' wp=rw",
                "size=1G features='0' hwhandler='0' wp=undef",
                "[size=1G][features=0][hwhandler=0]",
            ] {
                let found = find(&format!("mpatha (36001) dm-0 A,B{end}\n{size}{end}\n"));
                let line = format!("active ready running{end}");
                assert_eq!(found.strip(line.as_bytes()), b"active ready running", "{end}");
                let other = "active ready running)";
                assert_eq!(found.strip(other.as_bytes()), other.as_bytes(), "{end}");
            }
        }
    }

    #[test]
    fn each_line_has_numbers_and_blanks_of_its_own_in_the_suffix() {
        let size = "size=1G features='0' hwhandler='0' wp=rw";
        let found = find(&format!("{size}  at 10:00:01 |\n`-+- x at  9:59:00 |\n"));
        assert_eq!(found.strip(b"running  at 12:00:00 | "), b"running");
        assert_eq!(found.strip(b"running  at 12:00: |"), b"running  at 12:00: |");
    }

    #[test]
    fn the_last_line_of_a_list_has_no_comma() {
        let found = find("size=1G hwhandler='0' features='0' wp=rw\",\n`-+- x\"\n");
        assert_eq!(found.strip(b"running\","), b"running");
        assert_eq!(found.strip(b"running\""), b"running");
        let comma = find("size=1G hwhandler='0' features='0' wp=rw,\n`-+- x,\n");
        assert_eq!(comma.strip(b"running,"), b"running");
        assert_eq!(comma.strip(b"running;"), b"running;");
    }

    #[test]
    fn a_suffix_follows_a_line_beside_the_size() {
        let size = "size=1G features='0' hwhandler='0' wp=rw";
        assert_eq!(find(&format!("x\n{size}\",\ny\n")), Suffix::default());
        assert_eq!(find(&format!("x\n{size}\ny\n")), Suffix::default());
        assert_eq!(find(&format!("xo\n{size}o\nyo\n")), Suffix::default(), "part of the word");
        assert_eq!(find(&format!("x;\n{size};\ny\n")).strip(b"z;"), b"z");
        assert_eq!(find(&format!("x\n{size};\ny;\n")).strip(b"z;"), b"z");
    }

    #[test]
    fn a_suffix_is_what_follows_a_live_controller() {
        for state in ["live", "live non-optimized"] {
            let line = |number| format!("\" +- nvme{number} tcp traddr=a {state}\",\n");
            let text = format!("\"nvme-subsys0 - NQN=nqn.x\",\n{}{}", line(1), line(2));
            assert_eq!(find(&text).strip(b"dead\","), b"dead", "{state}");
        }
        let other = "nvme-subsys0 - NQN=nqn.x\n\\\n +- nvme0 tcp live odd|\n +- nvme0 tcp odd|\n";
        assert_eq!(find(other), Suffix::default());
    }

    #[test]
    fn blanks_of_a_page_are_no_part_of_a_line() {
        let none = Suffix::default();
        for line in ["a", "a ", "a\u{a0}", "a \u{a0}\u{200b} ", "a\u{3000}\t\u{202f}"] {
            assert_eq!(none.strip(line.as_bytes()), b"a", "{line:?}");
        }
        assert_eq!(none.strip(b"\xc2"), b"\xc2");
    }
}
