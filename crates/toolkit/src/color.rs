//! The colours of figures, as `S_COLORS` and `S_COLORS_SGR` set them for sysstat's commands.

use std::fmt::{self, Arguments};
use std::io::{self, Write};

/// What a figure means; each has a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
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

impl Role {
    /// That of a percentage.
    #[must_use]
    pub fn percent(value: f64) -> Role {
        match value {
            90.0.. => Role::Alarm,
            75.0.. => Role::High,
            ..=0.5 => Role::Zero,
            _ => Role::Value,
        }
    }

    /// That of any other figure.
    #[must_use]
    pub fn figure(is_zero: bool) -> Role {
        if is_zero { Role::Zero } else { Role::Value }
    }
}

/// The colours in use, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colors(Option<[String; 5]>);

impl Colors {
    /// What the environment asks for: without `S_COLORS`, colours on a terminal.
    #[must_use]
    pub fn from_env(is_terminal: bool) -> Colors {
        let value = |name| std::env::var(name).ok();
        Colors::new(value("S_COLORS").as_deref(), value("S_COLORS_SGR").as_deref(), is_terminal)
    }

    /// Those of the two variables' values.
    #[must_use]
    pub fn new(when: Option<&str>, sgr: Option<&str>, is_terminal: bool) -> Colors {
        match when {
            Some("never") => Colors(None),
            Some("always") => Colors(Some(palette(sgr))),
            _ => Colors(is_terminal.then(|| palette(sgr))),
        }
    }

    /// Writes `text` in the colour of `hue`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(
        &self,
        hue: Role,
        text: Arguments<'_>,
        out: &mut (impl Write + ?Sized),
    ) -> io::Result<()> {
        let Some(sgr) = self.sgr(hue) else {
            return out.write_fmt(text);
        };
        write!(out, "\x1b[{sgr}m{text}\x1b[0m")
    }

    fn sgr(&self, hue: Role) -> Option<impl fmt::Display> {
        let [item, value, zero, high, alarm] = self.0.as_ref()?;
        Some(match hue {
            Role::Item => item,
            Role::Value => value,
            Role::Zero => zero,
            Role::High => high,
            Role::Alarm => alarm,
        })
    }
}

/// The colours in the order of [`Role`], after the items `X=31;1` of `S_COLORS_SGR`.
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

    fn painted(colours: &Colors, hue: Role) -> String {
        let mut out = Vec::new();
        colours.write(hue, format_args!(" {:>3}", 7), &mut out).expect("a vector takes all");
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn colours_are_for_terminals_unless_told_otherwise() {
        let has = |when, terminal| Colors::new(when, None, terminal).0.is_some();
        assert!(has(None, true) && has(Some("always"), false) && has(Some("no"), true));
        assert!(!has(None, false) && !has(Some("never"), true) && !has(Some("auto"), false));
    }

    #[test]
    fn items_change_colours_and_cannot_smuggle_escapes() {
        let sgr = "I=1:H=36:II=2:N=\x1b[2J:Z=:q=4:W=012345:junk";
        let colours = Colors::new(Some("always"), Some(sgr), false);
        assert_eq!(painted(&colours, Role::Item), "\x1b[1m   7\x1b[0m");
        assert_eq!(painted(&colours, Role::Alarm), "\x1b[36m   7\x1b[0m");
        assert_eq!(painted(&colours, Role::Value), "\x1b[34;1m   7\x1b[0m");
        assert_eq!(painted(&colours, Role::Zero), "\x1b[34;22m   7\x1b[0m");
        assert_eq!(painted(&colours, Role::High), "\x1b[35;1m   7\x1b[0m");
        assert_eq!(painted(&Colors(None), Role::Item), "   7");
    }

    #[test]
    fn percentages_have_bounds() {
        let hues = [0.5, 0.6, 74.9, 75.0, 90.0].map(Role::percent);
        assert_eq!(hues, [Role::Zero, Role::Value, Role::Value, Role::High, Role::Alarm]);
    }
}
