//! Completion for zsh: the options as `_arguments` wants them.

use super::{MADE, names};
use crate::commands::Documented;
use std::fmt::Write as _;
use toolkit::cli::{OptionSpec, ValueHint};

/// The function for a command, to be loaded from a folder of `fpath`.
pub(super) fn script(command: &Documented) -> String {
    // zsh looks for #compdef in the first line.
    let mut script = format!("#compdef {}\n{MADE}\n_arguments -s -S", command.name());
    for spec in command.options().flat_map(specs) {
        let _ = write!(script, " \\\n    {}", quoted(&spec));
    }
    if command.manual.operand != ValueHint::None {
        let _ = write!(
            script,
            " \\\n    {}",
            quoted(&format!("*{}", value("", command.manual.operand)))
        );
    }
    script.push('\n');
    script
}

/// A spec for each name of an option: a flag once, what takes a value as often as wanted.
fn specs(option: &OptionSpec) -> Vec<String> {
    let names = names(option);
    let help = option.help.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    let spec = |name: &String| {
        if option.value.is_empty() {
            return format!("({}){name}[{help}]", names.join(" "));
        }
        let behind = if name.starts_with("--") { "=" } else { "+" };
        format!("*{name}{behind}[{help}]{}", value(option.value, option.hint))
    };
    names.iter().map(spec).collect()
}

/// What may stand for a value or an operand.
fn value(name: &str, hint: ValueHint) -> String {
    let (default, action) = match hint {
        ValueHint::None => ("value", " ".to_owned()),
        ValueHint::File => ("file", "_files".to_owned()),
        ValueHint::User => ("user", "_users".to_owned()),
        ValueHint::Words(words) => ("word", format!("({})", words.join(" "))),
    };
    format!(":{}:{action}", if name.is_empty() { default } else { name })
}

fn quoted(spec: &str) -> String {
    format!("'{}'", spec.replace('\'', "'\\''"))
}
