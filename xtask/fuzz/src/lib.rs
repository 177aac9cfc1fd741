//! What the fuzz targets share: what must hold for every input, and files for the commands to read.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use toolkit::messages::Messages;

/// Whether `part` is a slice of `whole`.
#[must_use]
pub fn lies_in(part: &[u8], whole: &[u8]) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    part.start >= whole.start && part.end <= whole.end
}

/// A temporary file or folder of this process. `cargo xtask fuzz` removes the folder that it is in.
#[must_use]
pub fn temporary(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder.join(name)
}

/// Writes a file, and the folders above it.
pub fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
    fs::write(path, bytes).expect("a file");
}

/// Runs a command, given as `run`, and checks what it prints: text without control characters, and
/// with `-o tsv` as many cells in each line as in the heading. Returns what it printed on stdout.
///
/// # Panics
/// The output is not like that.
pub fn checked<E: Display>(
    words: &[&str],
    run: impl FnOnce(Vec<OsString>, &mut Vec<u8>, &mut Messages<&mut Vec<u8>>) -> Result<u8, E>,
) -> String {
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    let status = run(
        words.iter().map(Into::into).collect(),
        &mut out,
        &mut Messages::new("fuzz", &mut errors),
    );
    match &status {
        Ok(status) => assert!(*status <= 2),
        // Otherwise the target would try nothing from then on.
        Err(error) => assert!(!error.to_string().contains("Too many open files"), "{error}"),
    }
    let errors = String::from_utf8(errors).expect("messages are text");
    let out = String::from_utf8(out).expect("a report is text");
    for text in [&errors, &out] {
        let is_wrong = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
        assert!(!text.contains(is_wrong), "{text:?}");
    }
    if words.windows(2).any(|pair| pair == ["-o", "tsv"]) {
        let widths: BTreeSet<_> = out.lines().map(|line| line.split('\t').count()).collect();
        assert!(widths.len() <= 1, "{widths:?} cells: {out}");
    }
    assert!(!out.is_empty() || !errors.is_empty() || status.is_err(), "{words:?}: silence");
    out
}
