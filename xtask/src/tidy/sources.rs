//! No Rust source has marks of unfinished work, and `sysparse` uses `core` only.

use crate::error::Error;
use crate::workspace::{Finding, Workspace};

/// Marks of unfinished work. Each is split in two, so that this file does not have them.
const UNFINISHED: [&str; 5] = [
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
];

/// Checks every source.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for path in [workspace.files("crates")?, workspace.files("xtask")?].concat() {
        if path.strip_suffix(".rs").is_none() {
            continue;
        }
        let source = workspace.text(&path)?;
        findings.extend(find_unfinished(&path, &source));
        if path.starts_with("crates/sysparse/src/") && !path.ends_with("/tests.rs") {
            findings.extend(find_std(&path, &source));
        }
    }
    Ok(findings)
}

fn find_unfinished(path: &str, source: &str) -> Vec<Finding> {
    let finding = |(number, line): (usize, &str)| {
        let mark = UNFINISHED.iter().find(|mark| line.contains(**mark))?;
        let problem = format!("{mark} marks unfinished work; finish it");
        Some(Finding::new(format!("{path}:{number}"), problem))
    };
    numbered(source).filter_map(finding).collect()
}

/// Finds lines of code before the module of tests that name `std` or `alloc`.
fn find_std(path: &str, source: &str) -> Vec<Finding> {
    let code = numbered(source).take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    let code = code.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let names = ["std::", "alloc::", "extern crate"];
    let wrong = code.filter(|(_, line)| names.iter().any(|name| line.contains(name)));
    let problem = "sysparse uses core only; write core::, or move this to a command";
    wrong.map(|(number, _)| Finding::new(format!("{path}:{number}"), problem)).collect()
}

fn numbered(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source.lines().enumerate().map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings;

    #[test]
    fn unfinished_work_is_found() {
        let source = format!("fn a() {{\n    {}b)\n}}\n", UNFINISHED[4]);
        let marked = format!("// {} later\n", UNFINISHED[0]);
        let lines = findings(
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
        let lines = findings(&files, check);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("crates/sysparse/src/lib.rs:3: sysparse uses core only"));
    }
}
