//! Committed files that are generated from the commands' tables of options.

use crate::error::Error;
use crate::workspace::{Finding, Workspace};

/// A generated file.
pub(crate) struct GeneratedFile {
    /// Its path below the root of the workspace.
    pub(crate) path: String,
    /// Its contents.
    pub(crate) text: String,
}

/// Writes the files.
pub(crate) fn write(workspace: &Workspace, files: &[GeneratedFile]) -> Result<(), Error> {
    files.iter().try_for_each(|file| workspace.write(&file.path, &file.text))
}

/// Compares what is below `folder` with the files that `command` would write there.
pub(crate) fn compare(
    workspace: &Workspace,
    folder: &str,
    files: &[GeneratedFile],
    command: &str,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for file in files {
        let state = match workspace.read(&file.path)? {
            Some(bytes) if bytes == file.text.as_bytes() => continue,
            Some(_) => "is stale",
            None => "is missing",
        };
        findings.push(Finding::new(&file.path, format!("{state}; run {command}")));
    }
    for path in workspace.files(folder)? {
        if !files.iter().any(|file| file.path == path) {
            findings.push(Finding::new(path, "belongs to no command; remove it"));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::TempWorkspace;

    #[test]
    fn missing_stale_and_stray_files_are_found() {
        let file =
            |name: &str| GeneratedFile { path: format!("docs/{name}"), text: "new".to_owned() };
        let temp = TempWorkspace::new(&[
            ("docs/a", "new"),
            ("docs/b", "old"),
            ("docs/old/d", ""),
            ("e", ""),
        ]);
        let findings = compare(&temp, "docs", &["a", "b", "c"].map(file), "it").expect("readable");
        let lines: Vec<_> = findings.iter().map(Finding::to_string).collect();
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
