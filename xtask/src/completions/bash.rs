//! Completion for bash 4 or later, which needs no bash-completion package.

use super::{MADE, names};
use crate::commands::Documented;
use std::fmt::Write as _;
use toolkit::cli::ValueHint;

/// Bash takes `--name=value` for three words, so the option is looked for before the `=` too.
/// Behind `--` all words are operands.
const HEAD: &str = r#"
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} word
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
        [[ $word != -- ]] || prev=--
    done
    COMPREPLY=()
    case $prev in
"#;

/// The script for a command.
pub(super) fn script(command: &Documented) -> String {
    let name = command.name();
    let mut script = format!("{MADE}\n_{name}() {{{HEAD}    --) ;;\n");
    for option in command.options().filter(|option| !option.value.is_empty()) {
        let _ = writeln!(script, "    {})", names(option).join(" | "));
        offer(option.hint, "        ", &mut script);
        script.push_str("        return\n        ;;\n");
    }
    script.push_str("    esac\n    if [[ $cur == -* && $prev != -- ]]; then\n");
    let names: Vec<_> = command.options().flat_map(names).collect();
    generate(&format!("-W '{}'", names.join(" ")), "        ", &mut script);
    script.push_str("        return\n    fi\n");
    offer(command.manual.operand, "    ", &mut script);
    let _ = write!(script, "}}\ncomplete -F _{name} {name}\n");
    script
}

/// The lines that fill COMPREPLY.
fn offer(hint: ValueHint, indent: &str, script: &mut String) {
    match hint {
        ValueHint::None => {}
        ValueHint::File => {
            let _ = writeln!(script, "{indent}compopt -o filenames");
            generate("-f", indent, script);
        }
        ValueHint::User => generate("-u", indent, script),
        ValueHint::Words(list) => generate(&format!("-W '{}'", list.join(" ")), indent, script),
    }
}

fn generate(action: &str, indent: &str, script: &mut String) {
    let _ = writeln!(script, "{indent}mapfile -t COMPREPLY < <(compgen {action} -- \"$cur\")");
}
