//! Committed files that are made from the tables of options.

use crate::error::Error;
use crate::tree::{Finding, Tree};

/// A made file.
pub(crate) struct Page {
    /// Where it stands.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) text: String,
}

/// Writes pages.
pub(crate) fn write(tree: &Tree, pages: &[Page]) -> Result<(), Error> {
    pages.iter().try_for_each(|page| tree.write(&page.path, &page.text))
}

/// Compares the files below `folder` with the `pages` that `mend` would write there.
pub(crate) fn stale(
    tree: &Tree,
    folder: &str,
    pages: &[Page],
    mend: &str,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for page in pages {
        let what = match tree.read(&page.path)? {
            Some(bytes) if bytes == page.text.as_bytes() => continue,
            Some(_) => "is stale",
            None => "is missing",
        };
        findings.push(Finding::new(&page.path, format!("{what}; run {mend}")));
    }
    for path in tree.files(folder)? {
        if !pages.iter().any(|page| page.path == path) {
            findings.push(Finding::new(path, "belongs to no command; remove it"));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::MadeUp;

    #[test]
    fn missing_stale_and_stray_pages_are_found() {
        let page = |name: &str| Page { path: format!("docs/{name}"), text: "new".to_owned() };
        let made_up =
            MadeUp::new(&[("docs/a", "new"), ("docs/b", "old"), ("docs/old/d", ""), ("e", "")]);
        let found = stale(&made_up.0, "docs", &["a", "b", "c"].map(page), "it").expect("readable");
        let lines: Vec<_> = found.iter().map(Finding::to_string).collect();
        assert_eq!(
            lines,
            [
                "docs/b: is stale; run it",
                "docs/c: is missing; run it",
                "docs/old/d: belongs to no command; remove it"
            ]
        );
    }
}
