//! What precedes each line of a text: blanks, `> `, the name of a host, a time.

use sysparse::timestamp;

/// What precedes each line, if it is always the same.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Prefix(Vec<u8>);

/// The longest prefix that is looked for.
const PREFIX_MAX: usize = 200;

impl Prefix {
    /// What precedes the first line that only the description of a map has, the one with its size. It
    /// begins at the first column otherwise.
    pub(super) fn find(head: &[u8]) -> Prefix {
        let mut lines = head.split(|byte| *byte == b'\n');
        Prefix(lines.find_map(before_size).unwrap_or_default().to_vec())
    }

    /// Whether the text is JSON.
    pub(super) fn is_json(&self, head: &[u8]) -> bool {
        let lines = head.split(|byte| *byte == b'\n').filter_map(|line| self.strip(line));
        let mut lines = lines.map(without_prompt).map(<[u8]>::trim_ascii);
        lines.find(|line| !line.is_empty()).is_some_and(|line| line.starts_with(b"{"))
    }

    /// A line without what precedes it. `None` if only that is there.
    pub(super) fn strip<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        if let Some(rest) = line.strip_prefix(&self.0[..]) {
            return Some(without_time(rest));
        }
        (line.trim_ascii_end() != self.0.trim_ascii_end()).then(|| without_time(line))
    }
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
fn before_size(line: &[u8]) -> Option<&[u8]> {
    let line = without_time(line);
    let words = [&b"[size="[..], b"size="];
    let found = words.iter().find_map(|word| line.windows(word.len()).position(|it| it == *word));
    let prefix = line.get(..found.filter(|at| *at <= PREFIX_MAX)?)?;
    let has_features = line.windows(9).any(|word| word == b"features=");
    (has_features || prefix.is_empty()).then_some(prefix)
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
            assert_eq!(found, Prefix(prefix.into()), "{prefix:?}");
            let line = format!("{prefix}`-+- x");
            assert_eq!(found.strip(line.as_bytes()), Some(&b"`-+- x"[..]));
        }
        assert_eq!(Prefix(b"> ".to_vec()).strip(b">"), None);
        assert_eq!(Prefix(b"> ".to_vec()).strip(b"other"), Some(&b"other"[..]));
    }

    #[test]
    fn a_time_is_no_part_of_a_line_unless_it_is_a_log() {
        let none = Prefix::default();
        assert_eq!(none.strip(b"Nov 20 18:01:12 mpatha"), Some(&b"mpatha"[..]));
        let log = &b"Nov 20 18:01:12 | mpatha"[..];
        assert_eq!(none.strip(log), Some(log));
        let branch = &b"| `- 4:0:0:3 sdc"[..];
        assert_eq!(none.strip(&[b"Nov 20 18:01:12 ", branch].concat()), Some(branch));
    }
}
