use super::check::check;
use super::*;
use std::process::Command;
use std::time::Duration;
use test_support::processes::run_with_timeout;

/// What is wrong with a run of a shell script that stands for a command with these options.
fn failures(script: &str, options: &[&str]) -> Vec<String> {
    verdict(script, options, &[]).failures
}

fn verdict(script: &str, options: &[&str], figures: &[&str]) -> Verdict {
    let mut shell = Command::new("sh");
    let outcome = run_with_timeout(shell.args(["-c", script]), Duration::from_secs(20));
    let mut verdict = Verdict::default();
    check(&outcome.expect("a shell"), options, figures, &mut verdict);
    verdict
}

#[test]
fn a_row_without_a_figure_is_no_answer() {
    let has_answer = |script: &str, format| verdict(script, &["-o", format], &["b"]).has_answer;
    assert!(has_answer("printf 'a\\tb\\n1\\t\\n1\\t2\\n'", "tsv"));
    assert!(!has_answer("printf 'a\\tb\\n1\\t\\n'", "tsv"));
    assert!(has_answer("echo '{\"a\":null,\"b\":0}'", "jsonl"));
    assert!(!has_answer("echo '{\"a\":0,\"b\":null}'", "jsonl"));
}

#[test]
fn sound_output_passes() {
    for (script, options) in [
        ("printf 'a\\tb\\n1\\t2\\n'", &["-o", "tsv"]),
        ("printf '{}\\n{\"a\":1}\\n'", &["-o", "jsonl"]),
        ("echo none >&2; exit 1", &["-o", "jsonl"]),
        ("printf 'a\\n'; echo none >&2", &["-o", "tsv"]),
    ] {
        assert_eq!(failures(script, options), Vec::<String>::new(), "{script}");
    }
    assert!(failures("", &["-x"]).is_empty());
}

#[test]
fn each_fault_is_found() {
    for (script, options, problem) in [
        ("", &["-o", "tsv"], "an empty answer without a message"),
        ("printf 'a\\tb\\n'", &["-o", "tsv"], "an empty answer without a message"),
        ("", &["-o", "jsonl"], "an empty answer without a message"),
        ("printf 'a\\tb\\n1\\n'", &["-o", "tsv"], "rows of {1, 2} cells"),
        ("printf 'a\\n1'", &["-o", "tsv"], "rows of {1} cells"),
        ("printf '{}\\n[]\\n'", &["-o", "jsonl"], "no JSON"),
        ("printf '{\\n}\\n'", &["-o", "jsonl"], "no JSON"),
        ("printf 'a\\n\\033\\n'", &["-o", "tsv"], "a control character on stdout"),
        ("echo; printf '\\a' >&2", &["-x", ""], "a control character on stderr"),
        ("printf 'a\\n\\377\\n'", &["-o", "tsv"], "stdout is not UTF-8"),
        ("exit 1", &["-x", ""], "status 1 without a message"),
        ("echo x >&2; kill -6 $$", &["-x", ""], "status 134"),
        ("echo x >&2; exit 101", &["-x", ""], "status 101"),
        ("echo thread panicked at x >&2; exit 1", &["-x", ""], "panicked"),
    ] {
        let found = failures(script, options);
        assert!(found.iter().any(|found| found.contains(problem)), "{script}: {found:?}");
    }
}

#[test]
fn files_and_roots_are_found() {
    let folder = test_support::temp_dir();
    let path = |below: &str| folder.path().join(below);
    for file in ["a/b.log", "r/proc/uptime", "s/1/sys/x"] {
        test_support::write(&path(file), "");
    }
    std::os::unix::fs::symlink("..", path("a/loop")).expect("a link");
    let mut inputs = Vec::new();
    collect(folder.path(), &mut inputs).expect("readable");
    inputs.sort();
    let files = ["a/b.log", "r/proc/uptime", "s/1/sys/x"].map(|file| Input::File(path(file)));
    let roots = ["r", "s", "s/1"].map(|root| Input::Root(path(root)));
    assert_eq!(inputs, files.into_iter().chain(roots).collect::<Vec<_>>());
}

#[test]
fn the_summary_counts_by_folder() {
    let input = Input::File("/c/audit/a".into());
    let verdict = Verdict {
        runs: 4,
        failures: vec!["-o tsv: status 134".into()],
        why: Some("no records".into()),
        ..Verdict::default()
    };
    let outcomes = [(&input, vec![(Role::Log, verdict)])];
    let mut out = Vec::new();
    assert!(!report(Path::new("/c"), &outcomes, &mut out).expect("a report"));
    let text = String::from_utf8(out).expect("text");
    assert_eq!(
        text,
        "FAILED audit/a: auditloginfo: -o tsv: status 134\nempty audit/a: auditloginfo: no records\n\
         kind inputs answered runs failures\naudit 1 0 4 1\n3 runs passed, 1 failed\n"
    );
}
