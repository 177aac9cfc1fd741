use super::*;
use crate::workspace::TempWorkspace;
use std::io;
use std::time::{Duration, Instant};

/// The report of a failure of the case with these files.
fn failure(files: &[(&str, &str)]) -> Option<String> {
    let workspace = workspace_with_case(files);
    let report = verdict(&Case::new(&workspace, "hail/it"), Path::new("/none"), false);
    report.expect("the case runs").map(|report| String::from_utf8_lossy(&report).into_owned())
}

fn workspace_with_case(files: &[(&str, &str)]) -> TempWorkspace {
    let files: Vec<_> =
        files.iter().map(|(file, text)| (format!("testdata/hail/it/{file}"), *text)).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    TempWorkspace::new(&files)
}

#[test]
fn a_case_passes_if_all_output_is_as_expected() {
    assert_eq!(failure(&[("cmd", "echo a\n"), ("stdout", "a\n")]), None);
    assert_eq!(failure(&[("cmd", "cat here"), ("here", "x"), ("stdout", "x")]), None);
    let loud = [("cmd", "echo b >&2; exit 3"), ("stdout", ""), ("stderr", "b\n"), ("status", "3")];
    assert_eq!(failure(&loud), None);
    assert_eq!(failure(&[("cmd", "kill -9 $$"), ("status", "137\n")]), None);
    assert_eq!(failure(&[("cmd", "cat")]), None, "standard input is empty");
    let marked = [("cmd", "echo a"), ("stdout", "a\n"), ("original", ""), ("differs", "because")];
    assert_eq!(failure(&marked), None, "files on the original are no output");
}

#[test]
fn a_case_has_its_own_environment() {
    let print = "echo $LC_ALL $TZ $HOME $NAME ${CARGO_PKG_NAME-none}; echo $PATH | cut -c 1-6";
    let expected = "C UTC /nonexistent a b=c none\n/none:\n";
    assert_eq!(failure(&[("cmd", print), ("env", "NAME=a b=c\n"), ("stdout", expected)]), None);
}

#[test]
fn the_report_shows_each_file_that_differs() {
    let files = [("cmd", "echo b; echo e >&2; exit 1"), ("stdout", "a\n"), ("status", "0\n")];
    assert_eq!(
        failure(&files).as_deref(),
        Some(
            "FAILED testdata/hail/it\n--- stdout\n+++ actual\n@@ -1 +1 @@\n-a\n+b\n--- stderr\n\
             +++ actual\n@@ -0,0 +1 @@\n+e\n--- status\n+++ actual\n@@ -1 +1 @@\n-0\n+1\n"
        )
    );
    assert!(failure(&[("cmd", "printf '\\377\\0'"), ("stdout", "\u{fffd}\0")]).is_some());
    assert!(failure(&[("cmd", "echo a"), ("stdout", "a")]).is_some(), "a missing line end counts");
}

#[test]
fn a_case_that_does_not_end_is_killed_with_its_children() {
    let cmd = "echo a; sleep 100 | sleep 100 & wait";
    let workspace = workspace_with_case(&[("cmd", cmd), ("stdout", "a\n")]);
    let start = Instant::now();
    let case = Case::new(&workspace, "hail/it").with_timeout(Duration::from_millis(300));
    let report = verdict(&case, Path::new("/none"), false).expect("it runs").expect("it fails");
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(String::from_utf8_lossy(&report).contains("killed after"));
}

#[test]
fn blessing_keeps_the_actual_output() {
    let files = [("cmd", "echo b; exit 2"), ("stdout", "a\n"), ("stderr", "old\n")];
    let workspace = workspace_with_case(&files);
    let run = |bless| verdict(&Case::new(&workspace, "hail/it"), Path::new("/none"), bless);
    assert!(run(false).expect("it runs").is_some());
    assert!(run(true).expect("it runs").is_none());
    assert!(run(false).expect("it runs").is_none());
    let text = |file| workspace.text(&format!("testdata/hail/it/{file}")).expect("readable");
    assert_eq!([text("stdout"), text("status")], ["b\n", "2\n"]);
    assert!(!workspace.has("testdata/hail/it/stderr"));
}

#[test]
fn samples_are_not_cases() {
    let files = ["hail/a/cmd", "hail/b/cmd", "samples/hail/a.log", "make/sub/x.py", "file"]
        .map(|path| format!("testdata/{path}"));
    let workspace = TempWorkspace::new(&files.each_ref().map(|path| (path.as_str(), "")));
    assert_eq!(names(&workspace).expect("readable"), ["hail/a", "hail/b"]);
}

#[test]
fn every_fixture_passes() {
    let mut out = Vec::new();
    let passed = run(&Workspace::here(), &[], &mut out).expect("the fixtures run");
    // The test harness would capture what `eprintln!` prints.
    let _ = io::stderr().write_all(&out);
    assert!(passed);
}
