//! Completion for zsh: the options as specifications for `_arguments`.

use super::{HEADER, option_names};
use crate::commands::CommandDocs;
use std::fmt::Write as _;
use toolkit::cli::{OptionSpec, ValueHint};

/// The function of a command. Zsh loads it from a folder of `fpath`.
pub(super) fn script(command: &CommandDocs) -> String {
    // zsh expects #compdef in the first line.
    let mut script = format!("#compdef {}\n{HEADER}\n_arguments -s -S", command.name());
    for spec in command.options().flat_map(specs) {
        let _ = write!(script, " \\\n    {}", quote(&spec));
    }
    if command.manual.operand != ValueHint::None {
        let operands = format!("*{}", action("", command.manual.operand));
        let _ = write!(script, " \\\n    {}", quote(&operands));
    }
    script.push('\n');
    script
}

/// One specification per name of an option. A flag is offered once, an option with a value always.
fn specs(option: &OptionSpec) -> Vec<String> {
    let names = option_names(option);
    let help = option.help.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    let spec = |name: &String| {
        if option.value.is_empty() {
            return format!("({}){name}[{help}]", names.join(" "));
        }
        let separator = if name.starts_with("--") { "=" } else { "+" };
        format!("*{name}{separator}[{help}]{}", action(option.value, option.hint))
    };
    names.iter().map(spec).collect()
}

/// The message and action for a value or an operand.
fn action(name: &str, hint: ValueHint) -> String {
    let (default, action) = match hint {
        ValueHint::None => ("value", " ".to_owned()),
        ValueHint::File => ("file", "_files".to_owned()),
        ValueHint::Folder => ("folder", "_path_files -/".to_owned()),
        ValueHint::User([]) => ("user", "_users".to_owned()),
        ValueHint::User(words) => ("user", format!("{{_users; compadd -- {}}}", words.join(" "))),
        ValueHint::Words(words) => ("word", format!("({})", words.join(" "))),
        ValueHint::List(words) => ("word", format!("_values -s , {name} {}", words.join(" "))),
        // Words that precede the cursor are not offered again.
        ValueHint::Output(command) => (
            "device",
            format!(
                "{{local used=(${{words[1,CURRENT-1]}}); \
                 compadd -F used -- ${{(f)\"$({command})\"}}}}"
            ),
        ),
    };
    format!(":{}:{action}", if name.is_empty() { default } else { name })
}

fn quote(spec: &str) -> String {
    format!("'{}'", spec.replace('\'', "'\\''"))
}
