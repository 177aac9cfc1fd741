//! Every difference from an original is shown by a fixture and listed in docs/compatibility.md: a row
//! of a table there names its fixtures, `COMMAND/CASE`, in the last column, and every fixture with a
//! file `differs` is in a row.
//!
//! Such a fixture has a file `original` too, which says how the original runs the case: an empty file
//! if it runs `cmd`; `AUID LOG` for the script of auditloginfo, which has no option for the log; or
//! `not run: REASON`. A fixture in which both agree has that file if the original can run it.

use crate::error::Error;
use crate::test;
use crate::workspace::{Finding, Workspace};

const DOCUMENT: &str = "docs/compatibility.md";

/// Compares the tables with the fixtures.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let cases = test::names(workspace)?;
    let mut findings = Vec::new();
    let mut listed = Vec::new();
    let document = if workspace.has(DOCUMENT) { workspace.text(DOCUMENT)? } else { String::new() };
    for (number, cell) in fixture_cells(&document) {
        let place = format!("{DOCUMENT}:{number}");
        let words: Vec<_> = cell.split([' ', ',', '`']).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            findings.push(Finding::new(&place, "names no fixture; add one and name it"));
        }
        for word in words {
            match cases.iter().find(|case| *case == word) {
                Some(case) => listed.push(case),
                None => findings.push(no_such_fixture(&place, word)),
            }
        }
    }
    for case in cases.iter().filter(|case| !listed.contains(case)) {
        if workspace.has(&format!("testdata/{case}/differs")) {
            let what = "is in no table of docs/compatibility.md; add a row";
            findings.push(Finding::new(format!("testdata/{case}/differs"), what));
        }
    }
    for case in &cases {
        let problem = marker_problem(workspace, case)?;
        findings.extend(problem.map(|problem| Finding::new(format!("testdata/{case}"), problem)));
    }
    Ok(findings)
}

/// What is wrong with the file `original` of a case.
fn marker_problem(workspace: &Workspace, case: &str) -> Result<Option<String>, Error> {
    let path = |file: &str| format!("testdata/{case}/{file}");
    let differs = workspace.has(&path("differs"));
    if !workspace.has(&path("original")) {
        let problem = "has differs, but no original; add it, empty if the original can run cmd";
        return Ok(differs.then(|| problem.to_owned()));
    }
    let text = workspace.text(&path("original"))?;
    let is_valid = match text.strip_prefix("not run:") {
        Some(reason) => differs && !reason.trim().is_empty(),
        None if case.starts_with("auditloginfo/") => {
            let log =
                text.trim_end().split_once(' ').filter(|(auid, _)| auid.parse::<u32>().is_ok());
            log.is_some_and(|(_, log)| workspace.has(&path(log)))
        }
        None => text.is_empty(),
    };
    let problem = "has an original that says nothing valid; write nothing, AUID LOG if this is of \
                   auditloginfo, or \"not run: REASON\" if there is a file differs";
    Ok((!is_valid).then(|| problem.to_owned()))
}

fn no_such_fixture(place: &str, fixture: &str) -> Finding {
    let what = format!("there is no fixture testdata/{fixture}; correct the name");
    Finding::new(place, what)
}

/// The last cells of all rows of tables whose last column is `fixture`, with line numbers.
fn fixture_cells(document: &str) -> Vec<(usize, &str)> {
    let mut cells = Vec::new();
    let mut in_table = false;
    for (index, line) in document.lines().enumerate() {
        let row = line.trim().strip_prefix('|').and_then(|row| row.strip_suffix('|'));
        let Some(cell) = row.and_then(|row| row.rsplit('|').next()).map(str::trim) else {
            in_table = false;
            continue;
        };
        match cell {
            "fixture" => in_table = true,
            rule if rule.starts_with("--") || rule.starts_with(":-") => {}
            _ if in_table => cells.push((index + 1, cell)),
            _ => {}
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings;

    const TABLE: &str = "\
# hail\n\n| the original | ours | fixture |\n|---|---|---|\n| a | b | `hail/one`, wave/three |\n\
| a \\| b | c | gone |\n| a | b | |\n\n| other | table |\n|---|---|\n| x | y |\n";

    #[test]
    fn rows_and_fixtures_must_name_each_other() {
        let lines = findings(
            &[
                ("docs/compatibility.md", TABLE),
                ("testdata/hail/one/differs", "because"),
                ("testdata/hail/one/original", ""),
                ("testdata/hail/two/differs", "because"),
                ("testdata/hail/two/original", "not run: because"),
                ("testdata/hail/plain/cmd", ""),
                ("testdata/wave/one/differs", "because"),
                ("testdata/wave/one/original", ""),
                ("testdata/wave/three/differs", "because"),
                ("testdata/wave/three/original", ""),
            ],
            check,
        );
        assert_eq!(
            lines,
            [
                "docs/compatibility.md:6: there is no fixture testdata/gone; correct the name",
                "docs/compatibility.md:7: names no fixture; add one and name it",
                "testdata/hail/two/differs: is in no table of docs/compatibility.md; add a row",
                "testdata/wave/one/differs: is in no table of docs/compatibility.md; add a row",
            ]
        );
    }

    #[test]
    fn a_case_says_how_the_original_runs_it() {
        let is_valid = |case: &str, files: &[(&str, &str)]| {
            let files: Vec<_> = files
                .iter()
                .map(|(file, text)| (format!("testdata/{case}/{file}"), *text))
                .collect();
            let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
            let temp = crate::workspace::TempWorkspace::new(&files);
            marker_problem(&temp, case).expect("readable files").is_none()
        };
        assert!(is_valid("hail/a", &[("cmd", "hail")]));
        assert!(is_valid("hail/a", &[("original", "")]));
        assert!(is_valid("hail/a", &[("differs", "because"), ("original", "not run: no log\n")]));
        assert!(!is_valid("hail/a", &[("differs", "because")]));
        assert!(!is_valid("hail/a", &[("differs", "because"), ("original", "not run: \n")]));
        assert!(!is_valid("hail/a", &[("original", "not run: no log\n")]));
        assert!(!is_valid("hail/a", &[("original", "7005 a.log\n")]));
        let log = ("a.log", "");
        assert!(is_valid("auditloginfo/a", &[log, ("original", "7005 a.log\n")]));
        assert!(!is_valid("auditloginfo/a", &[log, ("original", "7005 b.log\n")]));
        assert!(!is_valid("auditloginfo/a", &[log, ("original", "")]));
    }
}
