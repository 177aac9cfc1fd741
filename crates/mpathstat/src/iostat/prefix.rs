//! What precedes the text of each line: the name of a host, times, or both.

use crate::topology::text;
use sysparse::iostat::Header;
use sysparse::timestamp::{self, Timestamp};

/// What precedes each line besides times. It is unknown until the first header.
#[derive(Debug, Default)]
pub(super) struct Prefix(Option<text::Prefix>);

/// A line and what precedes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a [u8],
    /// The last time before the text.
    pub(super) time: Option<Timestamp>,
    /// How many times precede the text: one of `ts`, one of `sar`, or both.
    pub(super) times: usize,
    /// The text from its last time on.
    pub(super) from_time: &'a [u8],
    /// Whether the name that precedes the other lines is missing.
    pub(super) lacks_name: bool,
}

/// The first key of the JSON of iostat.
const JSON_KEY: &[u8] = b"\"sysstat\"";

const TIMES_MAX: usize = 2;

/// The longest prefix that is examined for a time.
const PREFIX_MAX: usize = 200;

impl Prefix {
    /// Reads a line, and its header if it is one. What precedes the first header precedes each line.
    pub(super) fn read<'a>(&mut self, line: &'a [u8]) -> (Line<'a>, Option<Header>) {
        let found = self.split(line);
        if let Some(header) = Header::parse(found.text) {
            if is_of_averages(found.text) {
                return (found, None);
            }
            self.0.get_or_insert_default();
            return (found, Some(header));
        }
        let after_prefix = Header::after_prefix(found.text).filter(|_| self.0.is_none());
        let Some((before, header)) = after_prefix else { return (found, None) };
        let prefix = without_time(before);
        // A header of sar has a time, except for that of the averages.
        if prefix == before && found.time.is_none() && Header::is_sar(found.text) {
            return (found, None);
        }
        self.0 = Some(text::Prefix::new(prefix));
        (self.split(line), Some(header))
    }

    /// Whether a line has the first key of JSON. What precedes it precedes each line.
    pub(super) fn begins_json(&mut self, line: &[u8]) -> bool {
        let text = self.split(line).text;
        let at = text.windows(JSON_KEY.len()).position(|found| found == JSON_KEY);
        let Some((before, key)) = at.and_then(|at| text.split_at_checked(at)) else { return false };
        let after = key.get(JSON_KEY.len()..).unwrap_or_default();
        if !after.trim_ascii_start().starts_with(b":") {
            return false;
        }
        let before = before.trim_ascii_end();
        let before = before.strip_suffix(b"{").unwrap_or(before);
        self.0 = Some(text::Prefix::new(without_time(before).trim_ascii_end()));
        true
    }

    /// Whether a line is a header behind something else than what precedes the other lines.
    pub(super) fn is_other_header(line: &Line<'_>) -> bool {
        line.lacks_name && Header::after_prefix(line.text).is_some()
    }

    pub(super) fn split<'a>(&self, line: &'a [u8]) -> Line<'a> {
        let mut lacks_name = self.0.as_ref().is_some_and(text::Prefix::has_name);
        let mut strip = |line: &'a [u8]| {
            let rest = self.0.as_ref().and_then(|prefix| prefix.rest(line));
            lacks_name &= rest.is_none();
            rest.unwrap_or(line)
        };
        let text = strip(line);
        let mut found = Line { text, time: None, times: 0, from_time: text, lacks_name: false };
        while found.times < TIMES_MAX {
            let Some((time, rest)) = timestamp::prefix(found.text) else { break };
            let (time, rest) = without_am_or_pm(time, rest);
            let (times, from_time, text) = (found.times + 1, found.text, strip(rest));
            found = Line { text, time: Some(time), times, from_time, lacks_name: false };
        }
        Line { lacks_name: lacks_name && !found.text.is_empty(), ..found }
    }
}

/// Whether a line is the header of the averages of sar, whose label would be the first column where the
/// device stands last: `Average: tps rkB/s DEV`, `Moyenne : tps rkB/s DEV`, `平均時間： tps rkB/s DEV`.
fn is_of_averages(line: &[u8]) -> bool {
    let mut words =
        line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).take(LABEL_WORDS);
    Header::is_sar(line)
        && words.any(|word| word.ends_with(b":") || word.ends_with("：".as_bytes()))
}

/// How many words the label of averages can have.
const LABEL_WORDS: usize = 2;

/// The text without a word such as `μμ` before it, with which sar means AM or PM in another language.
fn without_am_or_pm(time: Timestamp, text: &[u8]) -> (Timestamp, &[u8]) {
    let blank = text.iter().position(u8::is_ascii_whitespace);
    let is_word = !text.first().is_none_or(u8::is_ascii);
    let rest = blank.filter(|_| is_word && time.date.is_none()).and_then(|at| text.get(at..));
    rest.map_or((time, text), |rest| (Timestamp { is_ambiguous: true, ..time }, rest))
}

/// What precedes each line without the time at its end.
fn without_time(before: &[u8]) -> &[u8] {
    let is_time = |at: &usize| before.get(*at..).is_some_and(is_time);
    let time = (0..before.len().min(PREFIX_MAX)).find(is_time);
    before.get(..time.unwrap_or(before.len())).unwrap_or_default()
}

fn is_time(text: &[u8]) -> bool {
    timestamp::prefix(text).is_some_and(|(_, rest)| rest.trim_ascii().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_times_can_precede_each_line() {
        for (before, prefix, times) in [
            ("", "", 0),
            ("db1: ", "db1: ", 0),
            ("10:00:00 ", "", 1),
            ("10:00:00 db1: ", "db1: ", 1),
            ("db1: 10:00:00 PM       ", "db1: ", 1),
            ("Nov 20 10:00:00 db1 sar[7]: 10:00:00 ", "db1 sar[7]: ", 2),
        ] {
            let mut found = Prefix::default();
            let header = format!("{before}Device r/s w/s");
            let (line, header) = found.read(header.as_bytes());
            assert_eq!((header.is_some(), line.times), (true, times), "{before:?}");
            assert_eq!(found.0, Some(text::Prefix::new(prefix.as_bytes())), "{before:?}");
            let row = format!("{before}sda 1 2");
            let (line, header) = found.read(row.as_bytes());
            assert_eq!(line.text.trim_ascii(), b"sda 1 2", "{before:?}");
            assert!(header.is_none());
            let (line, _) = found.read(before.trim_end().as_bytes());
            assert_eq!((line.text, line.times), (&b""[..], times), "{before:?}");
        }
    }

    #[test]
    fn each_line_has_numbers_of_its_own() {
        for [one, other] in [
            ["Fri Nov 20 18:01:00 2026 ", "Fri Nov 20 18:01:59 2026 "],
            ["1795168800.000000 ", "1795168801.999999 "],
            ["9:", "10:"],
            ["<5>", "<6>"],
        ] {
            let mut found = Prefix::default();
            assert!(found.read(format!("{one}Device r/s w/s").as_bytes()).1.is_some(), "{one}");
            let row = format!("{other}sda 1 2");
            assert_eq!(found.read(row.as_bytes()).0.text, b"sda 1 2", "{one}");
        }
    }

    #[test]
    fn a_word_for_am_or_pm_is_no_name() {
        let read = |line: &str| {
            let (line, _) = Prefix::default().read(line.as_bytes());
            (line.text.to_vec(), line.time.map(|time| time.is_ambiguous))
        };
        assert_eq!(read("09:05:09 μμ  sda 1"), (b"  sda 1".to_vec(), Some(true)));
        assert_eq!(read("09:05:09 PM  sda 1"), (b" sda 1".to_vec(), Some(false)));
        let named = "Nov 20 09:05:09 μμ 1";
        assert_eq!(read(named), ("μμ 1".as_bytes().to_vec(), Some(false)));
    }

    #[test]
    fn what_precedes_the_first_key_of_json_precedes_each_line() {
        for (line, prefix) in [
            ("\t\"sysstat\": {", ""),
            ("{\"sysstat\": {", ""),
            ("db1: {\"sysstat\":", "db1:"),
            ("[10:00:00] db1 iostat[7]:  \"sysstat\" : {", "db1 iostat[7]:"),
            ("db1 10:00:00   \"sysstat\": {", "db1"),
        ] {
            let mut found = Prefix::default();
            assert!(found.begins_json(line.as_bytes()), "{line}");
            assert_eq!(found.0, Some(text::Prefix::new(prefix.as_bytes())), "{line}");
        }
        for line in ["sysstat: {", "\"sysstat\"", "a \"sysstat\" b:", "\"hosts\": ["] {
            assert!(!Prefix::default().begins_json(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn a_header_of_averages_is_none() {
        for label in
            ["Average:", "Moyenne :", "Trung bình:", "평균:", "平均時間：", "db1: Average:"]
        {
            for header in ["DEV tps rkB/s", "tps rkB/s DEV"] {
                let read = |line: &str| {
                    let name = label.strip_prefix("db1: ").map(|_| text::Prefix::new(b"db1: "));
                    Prefix(name).read(line.as_bytes()).1.is_some()
                };
                assert!(!read(&format!("{label}  {header}")), "{label} {header}");
                assert!(read(&format!("10:00:00 {header}")), "{label} {header}");
            }
        }
        assert!(Prefix::default().read(b"Device: r/s w/s").1.is_some());
        assert!(Prefix::default().read(b"db1: Device: r/s w/s").1.is_some());
    }
}
