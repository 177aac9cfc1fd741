//! Output for programs: one record per line, as tab-separated values or as JSON, or metrics of
//! Prometheus.
//!
//! ```
//! use toolkit::records::{Value, json};
//!
//! let mut out = Vec::new();
//! json(&[("drive", Value::Text(b"st0")), ("reads_per_s", Value::Float(1.25, 1))], &mut out)?;
//! assert_eq!(out, br#"{"drive":"st0","reads_per_s":1.2}"#);
//! # Ok::<(), std::io::Error>(())
//! ```

mod prometheus;

pub use prometheus::{Labels, Metric, MetricKind};

use crate::escape::{Escape, is_control};
use std::fmt;
use std::io::{self, Write};

/// One value of a record.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// A text of any bytes.
    Text(&'a [u8]),
    /// A count.
    Number(u64),
    /// A number with decimals.
    Fixed(Fixed),
    /// A number, and the count of decimals to which it is rounded. It is printed as [`Value::Null`]
    /// unless its digits are a number of 64 bits: other programs would not read it.
    Float(f64, usize),
    /// Several texts: an array in JSON, separated by spaces in TSV.
    List(&'a [&'a [u8]]),
    /// An unknown value: `null` in JSON, empty in TSV.
    Null,
}

/// A number with a fixed count of decimals: `scaled` / 10^`decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    /// The number times 10^`decimals`.
    pub scaled: u64,
    /// The number of decimals.
    pub decimals: usize,
    /// What precedes the decimals. JSON allows only a point.
    pub mark: &'static str,
}

impl Fixed {
    /// The nearest floating-point number.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "the cast rounds to the nearest number")]
    pub fn to_f64(self) -> f64 {
        (0..self.decimals).fold(self.scaled as f64, |value, _| value / 10.0)
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.decimals == 0 {
            return fmt::Display::fmt(&self.scaled, f);
        }
        let one = u32::try_from(self.decimals).ok().and_then(|digits| 10u64.checked_pow(digits));
        let one = one.unwrap_or(u64::MAX);
        let (whole, fraction) = (self.scaled / one, self.scaled % one);
        let width = f.width().unwrap_or(0).saturating_sub(self.decimals + 1);
        write!(f, "{whole:width$}{}{fraction:0decimals$}", self.mark, decimals = self.decimals)
    }
}

/// Writes `values` as one line of tab-separated values that ends with `end`.
///
/// # Errors
/// Those of `out`.
pub fn tsv(values: &[Value<'_>], escape: Escape, end: u8, out: &mut impl Write) -> io::Result<()> {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.write_all(b"\t")?;
        }
        match *value {
            Value::Text(text) => escape.write_field(text, end, out)?,
            Value::List(texts) => {
                list(texts, b" ", |text, out| escape.write_field(text, end, out), out)?;
            }
            number => write_number(number, b"", out)?,
        }
    }
    out.write_all(&[end])
}

/// Writes `values` with their keys as one JSON object, without a line end.
///
/// # Errors
/// Those of `out`.
pub fn json(values: &[(&str, Value<'_>)], out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"{")?;
    for (index, (key, value)) in values.iter().enumerate() {
        write!(out, "{}\"{key}\":", if index > 0 { "," } else { "" })?;
        match *value {
            Value::Text(text) => json_string(text, out)?,
            Value::List(texts) => {
                out.write_all(b"[")?;
                list(texts, b",", json_string, out)?;
                out.write_all(b"]")?;
            }
            number => write_number(number, b"null", out)?,
        }
    }
    out.write_all(b"}")
}

/// Writes a value that is neither a text nor a list.
fn write_number(value: Value<'_>, unknown: &[u8], out: &mut impl Write) -> io::Result<()> {
    match value {
        Value::Number(number) => write!(out, "{number}"),
        Value::Fixed(number) => write!(out, "{number}"),
        Value::Float(number, decimals) if fits(number, decimals) => {
            write!(out, "{number:.decimals$}")
        }
        _ => out.write_all(unknown),
    }
}

/// Whether a number with these decimals has digits that are a number of 64 bits.
fn fits(number: f64, decimals: usize) -> bool {
    const TOO_LARGE: f64 = 18_446_744_073_709_551_616.0;
    (0..decimals).fold(number.abs(), |scaled, _| scaled * 10.0) < TOO_LARGE
}

fn list<W: Write>(
    texts: &[&[u8]],
    separator: &[u8],
    mut write: impl FnMut(&[u8], &mut W) -> io::Result<()>,
    out: &mut W,
) -> io::Result<()> {
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.write_all(separator)?;
        }
        write(text, out)?;
    }
    Ok(())
}

/// Writes a JSON string. A control character, also one of bidirectional text, becomes `\u` and four
/// hexadecimal digits. A byte that is not UTF-8, which JSON cannot represent, becomes the text of a
/// backslash and three octal digits. A backslash of the text with which it looks like such an escape
/// becomes `\134`, so that both can be told apart.
///
/// # Errors
/// Those of `out`.
pub fn json_string(text: &[u8], out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\"")?;
    for chunk in text.utf8_chunks() {
        for (at, character) in chunk.valid().char_indices() {
            match character {
                '\\' if is_escape(chunk.valid().as_bytes().get(at + 1..)) => {
                    out.write_all(br"\\134")?;
                }
                '"' | '\\' => write!(out, "\\{character}")?,
                control if is_control(control) => write!(out, "\\u{:04x}", u32::from(control))?,
                other => write!(out, "{other}")?,
            }
        }
        for byte in chunk.invalid() {
            write!(out, "\\\\{byte:03o}")?;
        }
    }
    out.write_all(b"\"")
}

/// Whether a backslash before the text would look like an escape: of a byte from 0x80 on, none of which
/// is UTF-8 by itself, or of a backslash.
fn is_escape(text: Option<&[u8]>) -> bool {
    let digits = text.and_then(|text| text.first_chunk());
    digits.is_some_and(|digits| matches!(digits, b"134" | [b'2' | b'3', b'0'..=b'7', b'0'..=b'7']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [(&str, Value<'_>); 7] = [
        ("count", Value::Number(3)),
        ("rate", Value::Float(2.126, 2)),
        ("ratio", Value::Float(f64::NAN, 2)),
        ("large", Value::Float(2e17, 2)),
        ("name", Value::Text(b"a\t\"\xff\xc2\x9b\xc3\xa9")),
        ("argv", Value::List(&[b"ls", b"", b"-l"])),
        ("none", Value::Null),
    ];

    #[test]
    fn decimals_are_exact_and_aligned() {
        let number = |scaled, decimals| Fixed { scaled, decimals, mark: "," };
        assert_eq!(format!("{:7}|{:3}", number(1205, 2), number(999_999, 1)), "  12,05|99999,9");
        assert_eq!(format!("{:4}|{}", number(7, 0), number(7, 3)), "   7|0,007");
    }

    #[test]
    fn a_tsv_line_has_no_tab_within_a_value() {
        let mut out = Vec::new();
        let values = VALUES.map(|(_, value)| value);
        tsv(&values, Escape::Tty, b'\n', &mut out).unwrap();
        assert_eq!(out, b"3\t2.13\t\t\ta\\011\"\\377\\302\\233\xc3\xa9\tls  -l\t\n");
    }

    #[test]
    fn bytes_that_json_cannot_represent_are_told_apart_from_their_escapes() {
        for (text, wanted) in [
            (&b"\xff"[..], r#""\\377""#),
            (br"\377", r#""\\134377""#),
            (br"\134377", r#""\\134134377""#),
            (br"a\38\3", r#""a\\38\\3""#),
            (br"\033\400", r#""\\033\\400""#),
            (b"\\\xff", r#""\\\\377""#),
            ("\u{202e}\u{2069}".as_bytes(), r#""\u202e\u2069""#),
        ] {
            let mut out = Vec::new();
            json_string(text, &mut out).unwrap();
            assert_eq!(String::from_utf8_lossy(&out), wanted);
        }
    }

    #[test]
    fn json_is_valid_whatever_the_bytes() {
        let mut out = Vec::new();
        json(&VALUES, &mut out).unwrap();
        let wanted = r#"{"count":3,"rate":2.13,"ratio":null,"large":null,"name":"a\u0009\"\\377\u009bé","argv":["ls","","-l"],"none":null}"#;
        assert_eq!(String::from_utf8(out).as_deref(), Ok(wanted));
    }
}
