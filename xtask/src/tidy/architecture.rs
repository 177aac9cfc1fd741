//! docs/architecture.md names every source file, and no file that does not exist.
//!
//! A file name is a code span or a word of a code block that ends in `.rs`, `.md` or `.toml`, or that
//! begins with `crates/`, `docs/`, `testdata/` or `xtask/`. It is a path below the root of the
//! workspace or, under a heading that names a crate, a path below that crate or its `src`. Elsewhere
//! the end of a path is enough: `args.rs` stands for that of every command.
//!
//! One name may cover several files: `report/*.rs`, `report/{text,json}.rs`, or `report/`, the folder
//! with everything below. A part in capitals stands for any name: `testdata/COMMAND/CASE/cmd`. Tests
//! need not be named, and the folder of a crate does not cover its files.

use super::rust_source::is_test_file;
use crate::error::Error;
use crate::workspace::{Finding, Workspace};

const DOCUMENT: &str = "docs/architecture.md";

/// What file names end with, or begin with.
const ENDINGS: [&str; 3] = [".rs", ".md", ".toml"];
const FOLDERS: [&str; 4] = ["crates", "docs", "testdata", "xtask"];

/// A name in the document.
struct FileName<'a> {
    line: usize,
    /// The crate of the heading above.
    owner: Option<&'a str>,
    name: &'a str,
}

/// Compares the document with the files.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let mut crates: Vec<_> =
        workspace.folders("crates")?.into_iter().map(|name| format!("crates/{name}")).collect();
    crates.push("xtask".to_owned());
    let document = workspace.text(DOCUMENT)?;
    let names = file_names(&document, &crates);
    let files = files(workspace)?;
    let mut findings = missing_files(&names, &files);
    findings.extend(unnamed_sources(&names, &files, &crates));
    Ok(findings)
}

/// Finds names of files that do not exist.
fn missing_files(names: &[FileName<'_>], files: &[String]) -> Vec<Finding> {
    let exists = |name: &FileName<'_>| files.iter().any(|file| name.exists_as(file));
    let missing = names.iter().filter(|name| name.is_file_name() && !exists(name));
    let finding = |name: &FileName<'_>| {
        let problem = format!("there is no file {}; correct the name", name.name);
        Finding::new(format!("{DOCUMENT}:{}", name.line), problem)
    };
    missing.map(finding).collect()
}

/// Finds sources that no name covers.
fn unnamed_sources(names: &[FileName<'_>], files: &[String], crates: &[String]) -> Vec<Finding> {
    let is_source = |file: &str| {
        let path = crates.iter().find_map(|name| file.strip_prefix(name.as_str()));
        path.is_some_and(|path| path.starts_with("/src/")) && !is_test_file(file)
    };
    let names = names.iter().filter(|name| name.is_file_name() || name.name.ends_with('/'));
    let names: Vec<_> = names.filter(|name| !name.is_whole_crate(crates)).collect();
    let is_named = |file: &str| names.iter().any(|name| name.covers(file));
    let unnamed = files.iter().filter(|file| is_source(file) && !is_named(file));
    let problem = format!("{DOCUMENT} does not name this file; add a line on it");
    unnamed.map(|file| Finding::new(file, &problem)).collect()
}

/// Every file of the workspace that the document may name.
fn files(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let mut files = workspace.names("")?;
    files.retain(|name| !name.ends_with('/'));
    for folder in FOLDERS {
        files.extend(workspace.files(folder)?);
    }
    Ok(files)
}

/// The names in code spans and code blocks.
fn file_names<'a>(document: &'a str, crates: &'a [String]) -> Vec<FileName<'a>> {
    let mut names = Vec::new();
    let (mut owner, mut owner_level) = (None, usize::MAX);
    let mut is_fenced = false;
    for (index, text) in document.lines().enumerate() {
        let level = text.len() - text.trim_start_matches('#').len();
        if text.starts_with("```") {
            is_fenced = !is_fenced;
        } else if is_fenced || text.starts_with("    ") {
            names.extend(words(text).map(|name| FileName { line: index + 1, owner, name }));
        } else {
            if level > 0 && (level <= owner_level || owner.is_none()) {
                owner = crate_in(text, crates);
                owner_level = level;
            }
            let spans = text.split('`').skip(1).step_by(2).flat_map(words);
            names.extend(spans.map(|name| FileName { line: index + 1, owner, name }));
        }
    }
    names
}

/// The folder of the crate that a heading names.
fn crate_in<'a>(heading: &str, crates: &'a [String]) -> Option<&'a str> {
    let words = heading.split(|letter: char| !letter.is_alphanumeric() && letter != '-');
    let names = |folder: &str| folder.rsplit('/').next().unwrap_or_default().to_owned();
    let find = |word: &str| crates.iter().find(|folder| names(folder) == word);
    words.filter_map(find).map(String::as_str).next()
}

/// The words of some code, without the punctuation around them.
fn words(code: &str) -> impl Iterator<Item = &str> {
    let is_around = |letter: char| ",;:()[]|`".contains(letter);
    code.split_whitespace()
        .flat_map(|word| word.split('`'))
        .map(move |word| word.trim_matches(is_around).trim_end_matches('.'))
}

impl FileName<'_> {
    /// Whether this is the name of a file or folder, and not another word.
    fn is_file_name(&self) -> bool {
        let is_path = |letter: char| letter.is_ascii_alphanumeric() || "_-./*{},".contains(letter);
        let first = self.name.split_once('/').map_or("", |(first, _)| first);
        let has_ending = ENDINGS.iter().any(|ending| self.name.ends_with(ending));
        self.name.chars().all(is_path)
            && !self.name.starts_with(['/', '.'])
            && (has_ending || FOLDERS.contains(&first))
    }

    /// Whether this is the folder of one crate or of several.
    fn is_whole_crate(&self, crates: &[String]) -> bool {
        let is_outer = |part: &str| {
            matches!(part, "" | "*" | "src" | "crates" | "xtask")
                || crates.contains(&format!("crates/{part}"))
        };
        self.name.split('/').all(is_outer)
    }

    /// Whether the name stands for this file or for a folder above it.
    fn exists_as(&self, file: &str) -> bool {
        let folder = format!("{}/", self.name.trim_end_matches('/'));
        self.covers(file) || FileName { name: &folder, ..*self }.covers(file)
    }

    /// Whether the name stands for this file.
    fn covers(&self, file: &str) -> bool {
        alternatives(self.name).iter().any(|name| match self.owner {
            _ if matches(name, file) => true,
            Some(folder) => {
                let below = file.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
                let below_src = below.and_then(|rest| rest.strip_prefix("src/"));
                [below, below_src].into_iter().flatten().any(|rest| matches(name, rest))
            }
            None => {
                let starts = file.match_indices('/').map(|(at, _)| at + 1);
                let mut ends = starts.filter_map(|start| file.get(start..));
                ends.any(|end| matches(name, end))
            }
        })
    }
}

/// The names that a name with one `{a,b}` stands for.
fn alternatives(name: &str) -> Vec<String> {
    let parts = name.split_once('{').and_then(|(before, rest)| {
        let (list, after) = rest.split_once('}')?;
        Some((before, list, after))
    });
    let Some((before, list, after)) = parts else { return vec![name.to_owned()] };
    list.split(',').map(|part| format!("{before}{part}{after}")).collect()
}

/// Whether a name with `*` and capitals stands for a path. A folder stands for all files below.
fn matches(name: &str, path: &str) -> bool {
    let (parts, is_folder) = match name.strip_suffix('/') {
        Some(folder) => (folder, true),
        None => (name, false),
    };
    let mut path = path.split('/');
    let is_match = parts.split('/').all(|part| path.next().is_some_and(|name| is_like(name, part)));
    is_match && path.next().is_some() == is_folder
}

/// Whether a pattern stands for one part of a path.
fn is_like(part: &str, pattern: &str) -> bool {
    if !pattern.is_empty() && pattern.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return true;
    }
    match pattern.split_once('*') {
        None => part == pattern,
        Some((start, end)) => {
            part.len() >= start.len() + end.len() && part.starts_with(start) && part.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings;

    const FILES: [(&str, &str); 10] = [
        ("README.md", ""),
        ("crates/hail/src/lib.rs", ""),
        ("crates/hail/src/args.rs", ""),
        ("crates/hail/src/report.rs", ""),
        ("crates/hail/src/report/text.rs", ""),
        ("crates/hail/src/report/json/a.rs", ""),
        ("crates/hail/src/report/tests.rs", ""),
        ("crates/hail/benches/greet.rs", ""),
        ("crates/wave/src/args.rs", ""),
        ("xtask/src/main.rs", ""),
    ];

    fn check_document(document: &str) -> Vec<String> {
        findings(&[&FILES[..], &[(DOCUMENT, document)]].concat(), check)
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn a_document_that_names_all_files_passes() {
        let document = "Each COMMAND has `args.rs`; see README.md and `crates/hail`, `proc/stat`, `.rs`.\n\n\
                        ## The command `hail`\n\n    lib.rs     greets: `report.rs` prints\n\
                        \n### Reports\n\n```\nreport/{text,html}.rs, report/json/   formats\n```\n\
                        `benches/greet.rs` measures.\n\n## xtask\n\n| `main.rs` | starts |\n";
        assert_eq!(check_document(document), NONE);
    }

    #[test]
    fn files_that_do_not_exist_are_found() {
        let document = "`lib.rs` `args.rs` `report.rs` `crates/hail/src/report/` `main.rs`\n\
                        `gone.rs` and `docs/gone`\n\n## hail\n\n    lib.rs\n    main.rs, x.rs\n\
                        ## Other\n`main.rs`\n";
        assert_eq!(
            check_document(document),
            [
                "docs/architecture.md:2: there is no file gone.rs; correct the name",
                "docs/architecture.md:2: there is no file docs/gone; correct the name",
                "docs/architecture.md:7: there is no file main.rs; correct the name",
                "docs/architecture.md:7: there is no file x.rs; correct the name",
            ]
        );
    }

    #[test]
    fn files_without_a_line_are_found() {
        let document = "`crates/` `crates/wave/src/` `COMMAND`\n## hail\n\n    args.rs, lib.rs, report/*.rs\n\n\
                        ## xtask\n\n    *.rs";
        let problem = "docs/architecture.md does not name this file; add a line on it";
        assert_eq!(
            check_document(document),
            [
                "crates/hail/src/report.rs",
                "crates/hail/src/report/json/a.rs",
                "crates/wave/src/args.rs"
            ]
            .map(|file| format!("{file}: {problem}"))
        );
    }

    #[test]
    fn patterns_stand_for_paths() {
        assert!(matches("a/*.rs", "a/b.rs") && !matches("a/*.rs", "a/b/c.rs"));
        assert!(matches("a/", "a/b/c.rs") && !matches("a/", "a") && !matches("a", "a/b"));
        assert!(matches("a/CASE/c.rs", "a/b/c.rs") && !matches("*a*.rs", "a.rs"));
    }
}
