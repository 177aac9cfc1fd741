use super::*;
use crate::tree::MadeUp;
use std::io;
use std::time::{Duration, Instant};

/// What is told about a case of these files.
fn told(files: &[(&str, &str)]) -> Option<String> {
    let made_up = made_up(files);
    let told = judged(&Case::new(&made_up.0, "hail/it"), Path::new("/none"), false);
    told.expect("the case runs").map(|told| String::from_utf8_lossy(&told).into_owned())
}

fn made_up(files: &[(&str, &str)]) -> MadeUp {
    let files: Vec<_> =
        files.iter().map(|(part, text)| (format!("testdata/hail/it/{part}"), *text)).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    MadeUp::new(&files)
}

#[test]
fn a_case_passes_when_everything_is_as_it_must_be() {
    assert_eq!(told(&[("cmd", "echo a\n"), ("stdout", "a\n")]), None);
    assert_eq!(told(&[("cmd", "cat here"), ("here", "x"), ("stdout", "x")]), None);
    let loud = [("cmd", "echo b >&2; exit 3"), ("stdout", ""), ("stderr", "b\n"), ("status", "3")];
    assert_eq!(told(&loud), None);
    assert_eq!(told(&[("cmd", "kill -9 $$"), ("status", "137\n")]), None);
    assert_eq!(told(&[("cmd", "cat")]), None, "standard input is empty");
}

#[test]
fn a_case_runs_in_an_environment_of_its_own() {
    let print = "echo $LC_ALL $TZ $HOME $NAME ${CARGO_PKG_NAME-none}; echo $PATH | cut -c 1-6";
    let wanted = "C UTC /nonexistent a b=c none\n/none:\n";
    assert_eq!(told(&[("cmd", print), ("env", "NAME=a b=c\n"), ("stdout", wanted)]), None);
}

#[test]
fn each_part_that_differs_is_shown() {
    let files = [("cmd", "echo b; echo e >&2; exit 1"), ("stdout", "a\n"), ("status", "0\n")];
    assert_eq!(
        told(&files).as_deref(),
        Some(
            "FAILED testdata/hail/it\n--- stdout\n+++ actual\n@@ -1 +1 @@\n-a\n+b\n--- stderr\n\
             +++ actual\n@@ -0,0 +1 @@\n+e\n--- status\n+++ actual\n@@ -1 +1 @@\n-0\n+1\n"
        )
    );
    assert!(told(&[("cmd", "printf '\\377\\0'"), ("stdout", "\u{fffd}\0")]).is_some());
    assert!(told(&[("cmd", "echo a"), ("stdout", "a")]).is_some(), "a missing line end counts");
}

#[test]
fn a_case_without_end_is_killed_with_all_it_started() {
    let made_up = made_up(&[("cmd", "echo a; sleep 100 | sleep 100 & wait"), ("stdout", "a\n")]);
    let begun = Instant::now();
    let case = Case::new(&made_up.0, "hail/it").within(Duration::from_millis(300));
    let told = judged(&case, Path::new("/none"), false).expect("it runs").expect("it fails");
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert!(String::from_utf8_lossy(&told).contains("killed after"));
}

#[test]
fn blessing_keeps_what_comes_out() {
    let files = [("cmd", "echo b; exit 2"), ("stdout", "a\n"), ("stderr", "old\n")];
    let made_up = made_up(&files);
    let judge = |bless| judged(&Case::new(&made_up.0, "hail/it"), Path::new("/none"), bless);
    assert!(judge(false).expect("it runs").is_some());
    assert!(judge(true).expect("it runs").is_none());
    assert!(judge(false).expect("it runs").is_none());
    let part = |part: &str| made_up.0.text(&format!("testdata/hail/it/{part}")).expect("readable");
    assert_eq!([part("stdout"), part("status")], ["b\n", "2\n"]);
    assert!(!made_up.0.has("testdata/hail/it/stderr"));
}

#[test]
fn samples_are_no_cases() {
    let files = ["hail/a/cmd", "hail/b/cmd", "samples/hail/a.log", "make/sub/x.py", "file"]
        .map(|path| format!("testdata/{path}"));
    let made_up = MadeUp::new(&files.each_ref().map(|path| (path.as_str(), "")));
    assert_eq!(names(&made_up.0).expect("readable"), ["hail/a", "hail/b"]);
}

#[test]
fn every_fixture_passes() {
    let mut out = Vec::new();
    let passed = run(&Tree::here(), &[], &mut out).expect("the fixtures can be run");
    // Not through the test harness, which would keep the count to itself.
    let _ = io::stderr().write_all(&out);
    assert!(passed);
}
