//! The texts of `--help` and `--version`, made from the table of options.

use super::{Command, OptionSpec};
use std::fmt::Write as _;

impl<A> Command<A> {
    /// The text of `--help`: the forms of the call, then one line per option.
    #[must_use]
    pub fn help(&self) -> String {
        let mut text = format!("{} - {}\n", self.about.name, self.about.summary);
        for (index, form) in self.about.synopsis.iter().enumerate() {
            let lead = if index == 0 { "Usage:" } else { "      " };
            let _ = writeln!(text, "{lead} {} {form}", self.about.name);
        }
        let width = self.options().map(|opt| opt.about.usage_column().len()).max().unwrap_or(0);
        for (title, option_specs) in self.option_specs() {
            let _ = writeln!(text, "\n{title}:");
            for spec in option_specs {
                let _ = writeln!(text, "  {:width$}  {}", spec.usage_column(), spec.help);
            }
        }
        text
    }

    /// The text of `--version`.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{} {}\n", self.about.name, env!("CARGO_PKG_VERSION"))
    }
}

impl OptionSpec {
    /// The option and its value as `--help` lists them, such as `-o, --output FORMAT`.
    #[must_use]
    pub fn usage_column(&self) -> String {
        let mut column = match (self.short, self.long) {
            (Some(short), Some(long)) => format!("-{short}, --{long}"),
            (Some(short), None) => format!("-{short}"),
            (None, long) => format!("    --{}", long.unwrap_or_default()),
        };
        if !self.value.is_empty() {
            column.push(' ');
            column.push_str(self.value);
        }
        column
    }
}
