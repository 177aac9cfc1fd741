//! The colours of figures, as `S_COLORS` and `S_COLORS_SGR` set them for sysstat's commands.

use std::fmt::{self, Arguments};
use std::io::{self, Write};

/// What a figure means; each has a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hue {
    /// The name of a device.
    Item,
    /// A value that is not zero.
    Value,
    /// Zero.
    Zero,
    /// A percentage from 75 on.
    High,
    /// A percentage from 90 on.
    Alarm,
}

impl Hue {
    /// That of a percentage.
    #[must_use]
    pub fn percent(value: f64) -> Hue {
        match value {
            90.0.. => Hue::Alarm,
            75.0.. => Hue::High,
            ..=0.5 => Hue::Zero,
            _ => Hue::Value,
        }
    }

    /// That of any other figure.
    #[must_use]
    pub fn figure(is_zero: bool) -> Hue {
        if is_zero { Hue::Zero } else { Hue::Value }
    }
}

/// The colours in use, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colours(Option<[String; 5]>);

impl Colours {
    /// What the environment asks for: without `S_COLORS`, colours on a terminal.
    #[must_use]
    pub fn from_env(is_terminal: bool) -> Colours {
        let value = |name| std::env::var(name).ok();
        Colours::new(value("S_COLORS").as_deref(), value("S_COLORS_SGR").as_deref(), is_terminal)
    }

    /// Those of the two variables' values.
    #[must_use]
    pub fn new(when: Option<&str>, sgr: Option<&str>, is_terminal: bool) -> Colours {
        match when {
            Some("never") => Colours(None),
            Some("always") => Colours(Some(palette(sgr))),
            _ => Colours(is_terminal.then(|| palette(sgr))),
        }
    }

    /// Writes `text` in the colour of `hue`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(
        &self,
        hue: Hue,
        text: Arguments<'_>,
        out: &mut (impl Write + ?Sized),
    ) -> io::Result<()> {
        let Some(sgr) = self.sgr(hue) else {
            return out.write_fmt(text);
        };
        write!(out, "\x1b[{sgr}m{text}\x1b[0m")
    }

    fn sgr(&self, hue: Hue) -> Option<impl fmt::Display> {
        let [item, value, zero, high, alarm] = self.0.as_ref()?;
        Some(match hue {
            Hue::Item => item,
            Hue::Value => value,
            Hue::Zero => zero,
            Hue::High => high,
            Hue::Alarm => alarm,
        })
    }
}

/// The colours in the order of [`Hue`], after the items `X=31;1` of `S_COLORS_SGR`.
fn palette(items: Option<&str>) -> [String; 5] {
    let mut palette = ["32;22", "34;1", "34;22", "35;1", "31;1"].map(str::to_owned);
    for item in items.unwrap_or_default().split(':') {
        let Some((letter, sgr)) = item.split_once('=') else {
            continue;
        };
        let [name, value, zero, high, alarm] = &mut palette;
        let colour = match letter {
            "I" => name,
            "N" => value,
            "Z" => zero,
            "M" | "W" => high,
            "H" | "X" => alarm,
            _ => continue,
        };
        if is_sgr(sgr) {
            sgr.clone_into(colour);
        }
    }
    palette
}

/// Whether this selects a colour; nothing else may go into an escape sequence.
fn is_sgr(text: &str) -> bool {
    (1..=SGR_MAX).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b';'))
}

/// The longest that sysstat takes.
const SGR_MAX: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(colours: &Colours, hue: Hue) -> String {
        let mut out = Vec::new();
        colours.write(hue, format_args!(" {:>3}", 7), &mut out).expect("a vector takes all");
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn colours_are_for_terminals_unless_told_otherwise() {
        let has = |when, terminal| Colours::new(when, None, terminal).0.is_some();
        assert!(has(None, true) && has(Some("always"), false) && has(Some("no"), true));
        assert!(!has(None, false) && !has(Some("never"), true) && !has(Some("auto"), false));
    }

    #[test]
    fn items_change_colours_and_cannot_smuggle_escapes() {
        let sgr = "I=1:H=36:II=2:N=\x1b[2J:Z=:q=4:W=012345:junk";
        let colours = Colours::new(Some("always"), Some(sgr), false);
        assert_eq!(painted(&colours, Hue::Item), "\x1b[1m   7\x1b[0m");
        assert_eq!(painted(&colours, Hue::Alarm), "\x1b[36m   7\x1b[0m");
        assert_eq!(painted(&colours, Hue::Value), "\x1b[34;1m   7\x1b[0m");
        assert_eq!(painted(&colours, Hue::Zero), "\x1b[34;22m   7\x1b[0m");
        assert_eq!(painted(&colours, Hue::High), "\x1b[35;1m   7\x1b[0m");
        assert_eq!(painted(&Colours(None), Hue::Item), "   7");
    }

    #[test]
    fn percentages_have_bounds() {
        let hues = [0.5, 0.6, 74.9, 75.0, 90.0].map(Hue::percent);
        assert_eq!(hues, [Hue::Zero, Hue::Value, Hue::Value, Hue::High, Hue::Alarm]);
    }
}
