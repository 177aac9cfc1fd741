//! Departures from the originals: each is a row of a table in docs/compatibility.md that names its
//! fixture, `COMMAND/name`, in the last column; each fixture with a file `differs` stands in one.

use crate::error::Error;
use crate::test;
use crate::tree::{Finding, Tree};

const DOCUMENT: &str = "docs/compatibility.md";

/// Compares the tables with the fixtures.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let cases = test::names(tree)?;
    let mut findings = Vec::new();
    let mut departures = Vec::new();
    let document = if tree.has(DOCUMENT) { tree.text(DOCUMENT)? } else { String::new() };
    for (number, cell) in fixture_cells(&document) {
        let place = format!("{DOCUMENT}:{number}");
        let words: Vec<_> = cell.split([' ', ',', '`']).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            findings.push(Finding::new(&place, "names no fixture; add one and name it"));
        }
        for word in words {
            match cases.iter().find(|case| *case == word) {
                Some(case) => departures.push(case),
                None => findings.push(absent(&place, word)),
            }
        }
    }
    for case in cases.iter().filter(|case| !departures.contains(case)) {
        if tree.has(&format!("testdata/{case}/differs")) {
            let what = "is in no table of docs/compatibility.md; add a row";
            findings.push(Finding::new(format!("testdata/{case}/differs"), what));
        }
    }
    Ok(findings)
}

fn absent(place: &str, fixture: &str) -> Finding {
    let what = format!("there is no fixture {fixture} in testdata; name one that is there");
    Finding::new(place, what)
}

/// The last cells of the rows of tables whose last column is headed `fixture`, with line numbers.
fn fixture_cells(document: &str) -> Vec<(usize, &str)> {
    let mut cells = Vec::new();
    let mut is_ours = false;
    for (index, line) in document.lines().enumerate() {
        let row = line.trim().strip_prefix('|').and_then(|row| row.strip_suffix('|'));
        let Some(cell) = row.and_then(|row| row.rsplit('|').next()).map(str::trim) else {
            is_ours = false;
            continue;
        };
        match cell {
            "fixture" => is_ours = true,
            rule if rule.starts_with("--") || rule.starts_with(":-") => {}
            _ if is_ours => cells.push((index + 1, cell)),
            _ => {}
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    const TABLE: &str = "\
# hail\n\n| the original | ours | fixture |\n|---|---|---|\n| a | b | `hail/one`, wave/three |\n\
| a \\| b | c | gone |\n| a | b | |\n\n| other | table |\n|---|---|\n| x | y |\n";

    #[test]
    fn rows_and_fixtures_must_name_each_other() {
        let lines = found(
            &[
                ("docs/compatibility.md", TABLE),
                ("testdata/hail/one/differs", "because"),
                ("testdata/hail/two/differs", "because"),
                ("testdata/hail/plain/cmd", ""),
                ("testdata/wave/one/differs", "because"),
                ("testdata/wave/three/differs", "because"),
            ],
            check,
        );
        assert_eq!(
            lines,
            [
                "docs/compatibility.md:6: there is no fixture gone in testdata; name one that \
                 is there",
                "docs/compatibility.md:7: names no fixture; add one and name it",
                "testdata/hail/two/differs: is in no table of docs/compatibility.md; add a row",
                "testdata/wave/one/differs: is in no table of docs/compatibility.md; add a row",
            ]
        );
    }
}
