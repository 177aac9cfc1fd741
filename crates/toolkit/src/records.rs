//! Machine output: one record a line, as tab-separated values or as JSON.

use crate::escape::Escape;
use std::fmt;
use std::io::{self, Write};

/// One value of a record.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// Text, of any bytes.
    Text(&'a [u8]),
    /// A count.
    Number(u64),
    /// A number with decimals.
    Fixed(Fixed),
    /// Several texts: an array in JSON, joined by blanks between tabs.
    List(&'a [&'a [u8]]),
    /// No value: `null`, or nothing between tabs.
    Null,
}

/// A number with a fixed count of decimals: `scaled` / 10^`decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    /// The number times 10^`decimals`.
    pub scaled: u64,
    /// Digits behind the mark.
    pub decimals: usize,
    /// What stands before the decimals; JSON knows only a point.
    pub mark: &'static str,
}

impl Fixed {
    /// The nearest number of floating point.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "the nearest is what is asked for")]
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

/// Writes `values` as a line of tab-separated values that ends with `end`.
///
/// # Errors
/// Those of `out`.
pub fn tsv(values: &[Value<'_>], escape: Escape, end: u8, out: &mut impl Write) -> io::Result<()> {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.write_all(b"\t")?;
        }
        match *value {
            Value::Text(text) => escape.write(text, out)?,
            Value::Number(number) => write!(out, "{number}")?,
            Value::Fixed(number) => write!(out, "{number}")?,
            Value::List(texts) => joined(texts, out, |text, out| escape.write(text, out))?,
            Value::Null => {}
        }
    }
    out.write_all(&[end])
}

fn joined<W: Write>(
    texts: &[&[u8]],
    out: &mut W,
    mut write: impl FnMut(&[u8], &mut W) -> io::Result<()>,
) -> io::Result<()> {
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.write_all(b" ")?;
        }
        write(text, out)?;
    }
    Ok(())
}

/// Writes `values`, each with its key, as one JSON object without a line end.
///
/// # Errors
/// Those of `out`.
pub fn json(values: &[(&str, Value<'_>)], out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"{")?;
    for (index, (key, value)) in values.iter().enumerate() {
        write!(out, "{}\"{key}\":", if index > 0 { "," } else { "" })?;
        match *value {
            Value::Text(text) => json_string(text, out)?,
            Value::Number(number) => write!(out, "{number}")?,
            Value::Fixed(number) => write!(out, "{number}")?,
            Value::List(texts) => json_array(texts, out)?,
            Value::Null => out.write_all(b"null")?,
        }
    }
    out.write_all(b"}")
}

fn json_array(texts: &[&[u8]], out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        json_string(text, out)?;
    }
    out.write_all(b"]")
}

/// Writes a JSON string. JSON has no bytes, so one that is not UTF-8 becomes the text of a
/// backslash and three octal digits; control characters, C1 ones too, are `\u` and four
/// hexadecimal digits.
///
/// # Errors
/// Those of `out`.
pub fn json_string(text: &[u8], out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\"")?;
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' | '\\' => write!(out, "\\{character}")?,
                control if control.is_control() => write!(out, "\\u{:04x}", u32::from(control))?,
                other => write!(out, "{other}")?,
            }
        }
        for byte in chunk.invalid() {
            write!(out, "\\\\{byte:03o}")?;
        }
    }
    out.write_all(b"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELLS: [(&str, Value<'_>); 4] = [
        ("count", Value::Number(3)),
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
    fn a_tsv_line_has_no_tab_but_its_own() {
        let mut out = Vec::new();
        let values = CELLS.map(|(_, value)| value);
        tsv(&values, Escape::Tty, b'\n', &mut out).expect("a vector takes all");
        assert_eq!(out, b"3\ta\\011\"\\377\\302\\233\xc3\xa9\tls  -l\t\n");
    }

    #[test]
    fn json_is_json_whatever_the_bytes() {
        let mut out = Vec::new();
        json(&CELLS, &mut out).expect("a vector takes all");
        let wanted =
            r#"{"count":3,"name":"a\u0009\"\\377\u009bé","argv":["ls","","-l"],"none":null}"#;
        assert_eq!(String::from_utf8(out).as_deref(), Ok(wanted));
    }
}
