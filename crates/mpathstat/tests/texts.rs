//! One topology and one report of figures, as every version of the tools and every wrapper prints them,
//! give one report.

#![expect(clippy::unwrap_used, reason = "a failed test panics")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use test_support::{TempDir, repository, skip, temp_dir};
use toolkit::messages::Messages;

/// A folder with all forms of the texts; nothing without Python.
fn texts() -> Option<TempDir> {
    let folder = temp_dir();
    let script = repository("testdata/make/mpath_texts.py");
    let Ok(made) = Command::new("python3").arg(script).arg(folder.path()).status() else {
        skip("no python3");
        return None;
    };
    assert!(made.success());
    Some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 20, "{files:?}");
    files
}

/// What the command prints on both outputs.
fn report(topology: &Path, iostat: &Path, options: &[&str]) -> (String, String) {
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    let words = ["--topology".into(), topology.into(), "--iostat".into(), iostat.into()];
    let words = words.into_iter().chain(options.iter().map(Into::into));
    mpathstat::run(words, &mut out, &mut Messages::new("mpathstat", &mut errors)).unwrap();
    (String::from_utf8(out).unwrap(), String::from_utf8(errors).unwrap())
}

#[test]
fn every_form_of_a_text_means_the_same() {
    let Some(texts) = texts() else { return };
    let (topology, iostat) = (texts.path().join("topology"), texts.path().join("iostat"));
    let wanted = "\
Device Name                                  Reads     Writes    KBytesR/S  KBytesW/S  Await   
mpath7                                       30.00     7.00      2048.00    1280.00    2.00    
|- sdc                                       10.00     5.00      512.00     1024.00    1.00    
|- sdg                                       20.00     2.00      1536.00    256.00     3.00    
";
    let wanted = (wanted.to_owned(), String::new());
    // The oldest topologies have no device of the map, so its name must be in the text.
    let by_name = iostat.join("10-N");
    for file in files(&topology) {
        assert_eq!(report(&file, &by_name, &[]), wanted, "{}", file.display());
    }
    let named = topology.join("0.9.7");
    for file in files(&iostat) {
        assert_eq!(report(&named, &file, &[]), wanted, "{}", file.display());
    }
}

#[test]
fn every_wrapper_of_one_version_has_the_same_groups_and_states() {
    let Some(texts) = texts() else { return };
    let topology = texts.path().join("topology");
    let iostat = texts.path().join("iostat/12.7");
    let wanted = report(&topology.join("0.9.7"), &iostat, &["-o", "jsonl"]);
    let is_other = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy();
        // Versions before 0.4.9 print fewer states, and JSON has no addresses.
        name.starts_with("0.4.") || name.starts_with("json")
    };
    for file in files(&topology).iter().filter(|file| !is_other(file)) {
        assert_eq!(report(file, &iostat, &["-o", "jsonl"]), wanted, "{}", file.display());
    }
}
