//! The colors of names and figures, which `S_COLORS` and `S_COLORS_SGR` select as for sysstat's
//! commands.
//!
//! ```
//! use toolkit::color::{Colors, Role};
//!
//! let mut out = Vec::new();
//! let colors = Colors::new(Some("always"), Some("I=36"), false);
//! colors.write(Role::Item, format_args!("{}", "st0"), &mut out)?;
//! assert_eq!(out, b"\x1b[36mst0\x1b[0m");
//! # Ok::<(), std::io::Error>(())
//! ```

use std::fmt::{self, Arguments};
use std::io::{self, Write};

/// What a text is; each role has a color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The name of a device.
    Item,
    /// A value that is not zero.
    Value,
    /// Zero.
    Zero,
    /// A percentage of at least 75.
    High,
    /// A percentage of at least 90.
    Alarm,
}

impl Role {
    /// The role of a percentage.
    #[must_use]
    pub fn percent(value: f64) -> Role {
        match value {
            90.0.. => Role::Alarm,
            75.0.. => Role::High,
            ..=0.5 => Role::Zero,
            _ => Role::Value,
        }
    }

    /// The role of any other figure.
    #[must_use]
    pub fn figure(is_zero: bool) -> Role {
        if is_zero { Role::Zero } else { Role::Value }
    }
}

/// The colors, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colors(Option<[String; 5]>);

impl Colors {
    /// The colors that the environment selects. Without `S_COLORS`, only a terminal has colors.
    #[must_use]
    pub fn from_env(is_terminal: bool) -> Colors {
        let value = |name| std::env::var(name).ok();
        Colors::new(value("S_COLORS").as_deref(), value("S_COLORS_SGR").as_deref(), is_terminal)
    }

    /// The colors for `when`, the value of `S_COLORS`, and `sgr`, that of `S_COLORS_SGR`.
    #[must_use]
    pub fn new(when: Option<&str>, sgr: Option<&str>, is_terminal: bool) -> Colors {
        match when {
            Some("never") => Colors(None),
            Some("always") => Colors(Some(palette(sgr))),
            _ => Colors(is_terminal.then(|| palette(sgr))),
        }
    }

    /// Writes `text` in the color of `role`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(
        &self,
        role: Role,
        text: Arguments<'_>,
        out: &mut (impl Write + ?Sized),
    ) -> io::Result<()> {
        let Some(sgr) = self.sgr(role) else {
            return out.write_fmt(text);
        };
        write!(out, "\x1b[{sgr}m{text}\x1b[0m")
    }

    fn sgr(&self, role: Role) -> Option<impl fmt::Display> {
        let [item, value, zero, high, alarm] = self.0.as_ref()?;
        Some(match role {
            Role::Item => item,
            Role::Value => value,
            Role::Zero => zero,
            Role::High => high,
            Role::Alarm => alarm,
        })
    }
}

/// The colors in the order of [`Role`], with the changes of `S_COLORS_SGR`, such as `X=31;1`.
fn palette(items: Option<&str>) -> [String; 5] {
    let mut palette = ["32;22", "34;1", "34;22", "35;1", "31;1"].map(str::to_owned);
    for item in items.unwrap_or_default().split(':') {
        let Some((letter, sgr)) = item.split_once('=') else {
            continue;
        };
        let [name, value, zero, high, alarm] = &mut palette;
        let color = match letter {
            "I" => name,
            "N" => value,
            "Z" => zero,
            "M" | "W" => high,
            "H" | "X" => alarm,
            _ => continue,
        };
        if is_sgr(sgr) {
            sgr.clone_into(color);
        }
    }
    palette
}

/// Whether this can be the argument of the escape sequence for a color.
fn is_sgr(text: &str) -> bool {
    (1..=SGR_MAX).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b';'))
}

/// The length of the longest argument that sysstat accepts since 12.7.9: `38;2;255;255;255`.
const SGR_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn colored(colors: &Colors, role: Role) -> String {
        let mut out = Vec::new();
        colors.write(role, format_args!(" {:>3}", 7), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_terminal_has_colors_unless_the_environment_differs() {
        let has = |when, terminal| Colors::new(when, None, terminal).0.is_some();
        assert!(has(None, true) && has(Some("always"), false) && has(Some("no"), true));
        assert!(!has(None, false) && !has(Some("never"), true) && !has(Some("auto"), false));
    }

    #[test]
    fn items_change_colors_but_cannot_insert_escapes() {
        let sgr = "I=1:H=36:II=2:N=\x1b[2J:Z=:q=4:W=01234567890123456:X=38;2;255;255;255:junk";
        let colors = Colors::new(Some("always"), Some(sgr), false);
        assert_eq!(colored(&colors, Role::Item), "\x1b[1m   7\x1b[0m");
        assert_eq!(colored(&colors, Role::Alarm), "\x1b[38;2;255;255;255m   7\x1b[0m");
        assert_eq!(colored(&colors, Role::Value), "\x1b[34;1m   7\x1b[0m");
        assert_eq!(colored(&colors, Role::Zero), "\x1b[34;22m   7\x1b[0m");
        assert_eq!(colored(&colors, Role::High), "\x1b[35;1m   7\x1b[0m");
        assert_eq!(colored(&Colors(None), Role::Item), "   7");
    }

    #[test]
    fn high_percentages_have_roles_of_their_own() {
        let roles = [0.5, 0.6, 74.9, 75.0, 90.0].map(Role::percent);
        assert_eq!(roles, [Role::Zero, Role::Value, Role::Value, Role::High, Role::Alarm]);
    }
}
