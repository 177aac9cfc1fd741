use super::*;
use crate::tidy::findings;

/// The cycles of a crate `hail` with these files.
fn cycles(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> =
        files.iter().map(|(path, text)| (format!("crates/hail/src/{path}"), *text)).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    findings(&files, check)
}

const NONE: [&str; 0] = [];

#[test]
fn modules_that_use_each_other_are_found() {
    let files = [
        ("lib.rs", "mod a;\nmod b;\nmod c;\n"),
        ("a.rs", "//! a\nuse crate::b::B;\n"),
        ("b.rs", "mod inner;\n"),
        ("b/inner.rs", "fn f() {\n    crate::c::g::<u8>();\n}\n"),
        ("c.rs", "use super::a;\n"),
        ("d.rs", "use crate::a::A;\n"),
    ];
    assert_eq!(
        cycles(&files),
        ["crates/hail/src: modules form a cycle: a uses b (a.rs:2), b uses c (b/inner.rs:2), c \
             uses a (c.rs:1); move what they share to another module"]
    );
}

#[test]
fn siblings_in_a_folder_are_compared() {
    let files = [
        ("a.rs", "mod b;\nmod c;\n"),
        ("a/b.rs", "use super::c::C;\n"),
        ("a/c.rs", "use super::b::B;\n"),
    ];
    assert_eq!(
        cycles(&files),
        ["crates/hail/src/a: modules form a cycle: b uses c (a/b.rs:1), c uses b (a/c.rs:1); \
             move what they share to another module"]
    );
}

#[test]
fn a_name_that_a_parent_passes_on_counts_for_its_definition() {
    let parent = "mod b;\nmod c;\npub use b::{B, X as Y};\nuse self::c::C;\n";
    let through_parent =
        |b: &str, c: &str| cycles(&[("a.rs", parent), ("a/b.rs", b), ("a/c.rs", c)]).len();
    assert_eq!(through_parent("use super::C;", "use crate::a::Y;"), 1);
    assert_eq!(through_parent("use super::C;", "fn f(x: super::B::D) {}"), 1);
    assert_eq!(through_parent("use super::C;", "use super::X;"), 0);
    assert_eq!(through_parent("use super::D;", "use super::B;"), 0);
}

#[test]
fn parents_and_children_may_use_each_other() {
    let files = [
        ("lib.rs", "mod a;\npub use a::b::B;\npub struct Error;\n"),
        ("a.rs", "mod b;\nuse b::B;\nuse crate::Error;\npub struct A(B);\n"),
        ("a/b.rs", "use super::A;\nuse crate::{Error, B};\n"),
    ];
    assert_eq!(cycles(&files), NONE);
}

#[test]
fn tests_comments_and_other_crates_do_not_count() {
    let files = [
        ("main.rs", "use hail::a;\n"),
        ("a.rs", "use b::B;\n#[cfg(test)]\nmod tests {\n    use crate::b::B;\n}\n"),
        ("a/tests.rs", "use crate::b::B;\n"),
        ("b.rs", "// use crate::c;\nuse crate::a::A;\nconst C: &str = \"crate::b::c\";\n"),
    ];
    assert_eq!(cycles(&files), NONE);
}
