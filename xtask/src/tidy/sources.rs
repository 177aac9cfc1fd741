//! Our Rust sources: nothing left behind, and no standard library in `sysparse`.

use crate::error::Error;
use crate::tree::{Finding, Tree};
use std::path::Path;

/// What is written to be taken out again. Cut in two, so that this file does not hold them.
const LEFT_BEHIND: [&str; 5] = [
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
];

/// Looks at every line of every source.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for path in [tree.files("crates")?, tree.files("xtask")?].concat() {
        if Path::new(&path).extension() != Some("rs".as_ref()) {
            continue;
        }
        let source = tree.text(&path)?;
        findings.extend(left_behind(&path, &source));
        if path.starts_with("crates/sysparse/src/") && !path.ends_with("/tests.rs") {
            findings.extend(uses_std(&path, &source));
        }
    }
    Ok(findings)
}

fn left_behind(path: &str, source: &str) -> Vec<Finding> {
    let finding = |(number, line): (usize, &str)| {
        let mark = LEFT_BEHIND.iter().find(|mark| line.contains(**mark))?;
        let what = format!("{mark} was left behind; do it or take it out");
        Some(Finding::new(format!("{path}:{number}"), what))
    };
    numbered(source).filter_map(finding).collect()
}

/// Lines of code before the module of tests that name `std` or `alloc`.
fn uses_std(path: &str, source: &str) -> Vec<Finding> {
    let code = numbered(source).take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    let code = code.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let foreign = ["std::", "alloc::", "extern crate"];
    let wrong = code.filter(|(_, line)| foreign.iter().any(|name| line.contains(name)));
    let what = "sysparse uses core only; write core::, or move this to a command";
    wrong.map(|(number, _)| Finding::new(format!("{path}:{number}"), what)).collect()
}

fn numbered(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source.lines().enumerate().map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn what_was_left_behind_is_found() {
        let source = format!("fn a() {{\n    {}b)\n}}\n", LEFT_BEHIND[4]);
        let marked = format!("// {} later\n", LEFT_BEHIND[0]);
        let lines = found(
            &[
                ("crates/hail/src/lib.rs", &source),
                ("xtask/src/main.rs", &marked),
                ("crates/hail/notes", &marked),
            ],
            check,
        );
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("crates/hail/src/lib.rs:2: "), "{lines:?}");
        assert!(lines[1].starts_with("xtask/src/main.rs:1: "), "{lines:?}");
    }

    #[test]
    fn std_outside_tests_is_found_in_sysparse() {
        let source =
            "// std::a\nuse core::fmt;\nuse std::fmt;\n#[cfg(test)]\nmod tests { use std::io; }";
        let files = [
            ("crates/sysparse/src/lib.rs", source),
            ("crates/sysparse/src/audit/tests.rs", "use std::io;"),
            ("crates/sysparse/tests/hostile.rs", "use std::io;"),
            ("crates/toolkit/src/lib.rs", "use std::io;"),
        ];
        let lines = found(&files, check);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("crates/sysparse/src/lib.rs:3: sysparse uses core only"));
    }
}
