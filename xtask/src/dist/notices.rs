//! The licenses and notices of the crates in a binary, as one text.

use super::linked_crates::LinkedCrate;
use crate::error::Error;
use crate::workspace::Workspace;
use std::fmt::Write as _;

/// The name of the file with the text.
pub(super) const NOTICES: &str = "THIRD-PARTY-NOTICES";

/// How the names of files with licenses and notices begin, in lower case.
const FILES: [&str; 5] = ["license", "unlicense", "copying", "copyright", "notice"];

/// The list of the crates, and each text once. `folder` has the sources of the crates.
pub(super) fn text(
    workspace: &Workspace,
    linked: &[LinkedCrate],
    folder: &str,
) -> Result<String, Error> {
    let mut list = "This program contains the following crates:\n\n".to_owned();
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for linked in linked.iter().filter(|linked| linked.checksum.is_some()) {
        let LinkedCrate { name, version, license, repository, .. } = linked;
        let _ = writeln!(list, "    {name} {version}: {license}; {repository}");
        for (file, text) in notices(workspace, linked, folder)? {
            let place = format!("{} {file}", linked.id());
            match texts.iter_mut().find(|(known, _)| *known == text) {
                Some((_, places)) => places.push(place),
                None => texts.push((text, vec![place])),
            }
        }
    }
    for (text, places) in texts {
        let _ = write!(list, "\n{}\n{}\n\n{text}\n", "-".repeat(80), places.join("\n"));
    }
    Ok(list)
}

/// The names and texts of the files of a crate; an error if it has none.
fn notices(
    workspace: &Workspace,
    linked: &LinkedCrate,
    folder: &str,
) -> Result<Vec<(String, String)>, Error> {
    let folder = format!("{folder}/{}", linked.id());
    let mut found = Vec::new();
    for name in workspace.names(&folder)? {
        let lower = name.to_ascii_lowercase();
        if FILES.iter().any(|start| lower.starts_with(start)) && !name.ends_with('/') {
            let text = workspace.text(&format!("{folder}/{name}"))?;
            found.push((name, text.trim().replace('\r', "")));
        }
    }
    if found.is_empty() {
        return Err(Error::Invalid(format!("{folder}: no license; add a text for this crate")));
    }
    Ok(found)
}
