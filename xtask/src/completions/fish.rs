//! Completion for fish: a line an option.

use super::MADE;
use crate::commands::Documented;
use std::fmt::Write as _;
use toolkit::cli::{OptionSpec, ValueHint};

/// The script for a command.
pub(super) fn script(command: &Documented) -> String {
    let name = command.name();
    let mut script = MADE.to_owned();
    let _ = match offered(command.manual.operand) {
        // Files are what fish offers of itself.
        _ if command.manual.operand == ValueHint::File => Ok(()),
        Some(words) => writeln!(script, "complete -c {name} -f -a {}", quoted(&words)),
        None => writeln!(script, "complete -c {name} -f"),
    };
    for option in command.options() {
        let _ = writeln!(script, "complete -c {name}{}", switches(option));
    }
    script
}

fn switches(option: &OptionSpec) -> String {
    let mut switches = String::new();
    if let Some(letter) = option.short {
        let _ = write!(switches, " -s {letter}");
    }
    if let Some(name) = option.long {
        let _ = write!(switches, " -l {name}");
    }
    match (option.value, option.hint) {
        ("", _) => {}
        (_, ValueHint::File) => switches.push_str(" -r -F"),
        (_, hint) => {
            switches.push_str(" -x");
            if let Some(words) = offered(hint) {
                let _ = write!(switches, " -a {}", quoted(&words));
            }
        }
    }
    let _ = write!(switches, " -d {}", quoted(option.help));
    switches
}

/// What fish expands to the words on offer.
fn offered(hint: ValueHint) -> Option<String> {
    match hint {
        ValueHint::None | ValueHint::File => None,
        ValueHint::User => Some("(__fish_complete_users)".to_owned()),
        ValueHint::Words(words) => Some(words.join(" ")),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
