//! Completion for fish: one line per option.

use super::HEADER;
use crate::commands::CommandDocs;
use std::fmt::Write as _;
use toolkit::cli::{OptionSpec, ValueHint};

/// The script of a command.
pub(super) fn script(command: &CommandDocs) -> String {
    let name = command.name();
    let mut script = HEADER.to_owned();
    let _ = match offers(command.manual.operand) {
        // Fish offers files by default.
        _ if command.manual.operand == ValueHint::File => Ok(()),
        Some(words) => writeln!(script, "complete -c {name} -f -a {}", quote(&words)),
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
            if let Some(words) = offers(hint) {
                let _ = write!(switches, " -a {}", quote(&words));
            }
        }
    }
    let _ = write!(switches, " -d {}", quote(option.help));
    switches
}

/// The words to offer, or code that fish expands to them.
fn offers(hint: ValueHint) -> Option<String> {
    match hint {
        ValueHint::None | ValueHint::File => None,
        ValueHint::Folder => Some("(__fish_complete_directories)".to_owned()),
        ValueHint::User(words) => {
            Some(format!("(__fish_complete_users) {}", words.join(" ")).trim_end().to_owned())
        }
        ValueHint::Words(words) => Some(words.join(" ")),
        ValueHint::List(words) => Some(format!(
            "(set -l list (commandline -ct | string replace -r -- '^-.*=' '' | string match -r -- '.*,'); \
             for word in {}; contains -- $word (string split , -- $list); \
             or echo -- \"$list$word\"; end)",
            words.join(" ")
        )),
        // Words that precede the cursor are not offered again.
        ValueHint::Output(command) => Some(format!(
            "(for word in ({command}); contains -- $word (commandline -opc); or echo -- $word; end)"
        )),
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
