//! Completion for bash 4 or later, without the package bash-completion.

use super::{HEADER, option_names};
use crate::commands::CommandDocs;
use std::fmt::Write as _;
use toolkit::cli::ValueHint;

/// Bash splits `--name=value` into three words, so the option may also be the word before the `=`.
/// After `--` all words are operands.
const FUNCTION_START: &str = r#"
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

/// The script of a command.
pub(super) fn script(command: &CommandDocs) -> String {
    let name = command.name();
    let mut script = format!("{HEADER}\n_{name}() {{{FUNCTION_START}    --) ;;\n");
    for option in command.options().filter(|option| !option.value.is_empty()) {
        let _ = writeln!(script, "    {})", option_names(option).join(" | "));
        add_offers(option.hint, "        ", &mut script);
        script.push_str("        return\n        ;;\n");
    }
    script.push_str("    esac\n    if [[ $cur == -* && $prev != -- ]]; then\n");
    let names: Vec<_> = command.options().flat_map(option_names).collect();
    add_compgen(&format!("-W '{}'", names.join(" ")), "        ", &mut script);
    script.push_str("        return\n    fi\n");
    add_offers(command.manual.operand, "    ", &mut script);
    let _ = write!(script, "}}\ncomplete -F _{name} {name}\n");
    script
}

/// Adds the lines that fill COMPREPLY.
fn add_offers(hint: ValueHint, indent: &str, script: &mut String) {
    match hint {
        ValueHint::None => {}
        ValueHint::File => add_files("-f", indent, script),
        ValueHint::Folder => add_files("-d", indent, script),
        ValueHint::User([]) => add_compgen("-u", indent, script),
        ValueHint::User(words) => {
            add_compgen(&format!("-u -W '{}'", words.join(" ")), indent, script);
        }
        ValueHint::Words(list) => {
            add_compgen(&format!("-W '{}'", list.join(" ")), indent, script);
        }
        ValueHint::List(words) => add_list(words, indent, script),
        ValueHint::Output(command) => add_operands(command, indent, script),
    }
}

fn add_files(action: &str, indent: &str, script: &mut String) {
    let _ = writeln!(script, "{indent}compopt -o filenames");
    add_compgen(action, indent, script);
}

/// Offers the words that are not in the list that was begun, each after this list.
fn add_list(words: &[&str], indent: &str, script: &mut String) {
    let _ = write!(
        script,
        "{indent}local list=${{cur%\"${{cur##*,}}\"}} words=()\n\
         {indent}for word in {}; do\n\
         {indent}    [[ ,$list == *\",$word,\"* ]] || words+=(\"$list$word\")\n\
         {indent}done\n",
        words.join(" ")
    );
    add_compgen("-W \"${words[*]}\"", indent, script);
}

/// Offers the lines that a command prints, without the words that precede the cursor. compgen would
/// expand what they contain.
fn add_operands(command: &str, indent: &str, script: &mut String) {
    let _ = write!(
        script,
        "{indent}local offer\n\
         {indent}while IFS= read -r offer; do\n\
         {indent}    [[ $offer == \"$cur\"* ]] || continue\n\
         {indent}    for word in \"${{COMP_WORDS[@]:1:COMP_CWORD - 1}}\"; do\n\
         {indent}        [[ $word != \"$offer\" ]] || continue 2\n\
         {indent}    done\n\
         {indent}    COMPREPLY+=(\"$offer\")\n\
         {indent}done < <({command})\n"
    );
}

fn add_compgen(action: &str, indent: &str, script: &mut String) {
    let _ = writeln!(script, "{indent}mapfile -t COMPREPLY < <(compgen {action} -- \"$cur\")");
}
