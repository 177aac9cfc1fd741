//! What `--save` saves, `--root` replays byte for byte; and what the metrics are called.

#![expect(clippy::unwrap_used, reason = "a failed test panics")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use test_support::{repository, skip, temp_dir};
use toolkit::messages::Messages;

/// What the command prints on both outputs.
fn report(words: &[&str], root: &Path, save: Option<&Path>) -> (String, String) {
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    let mut all: Vec<OsString> = words.iter().map(Into::into).collect();
    all.extend(["--root".into(), root.into()]);
    all.extend(save.into_iter().flat_map(|save| ["--save".into(), save.into()]));
    mpathstat::run(all, &mut out, &mut Messages::new("mpathstat", &mut errors)).unwrap();
    (String::from_utf8(out).unwrap(), String::from_utf8(errors).unwrap())
}

#[test]
fn a_saved_run_prints_the_same_again() {
    for sample in ["arrays", "offline", "moved", "hang", "ana", "iscsi", "once"] {
        let root = repository("testdata/samples/mpathstat").join(sample);
        for words in [
            &[][..],
            &["-x", "-i", "-a"],
            &["-g", "host,target", "-i"],
            &["-x", "-o", "jsonl"],
            &["-o", "JSON", "-t"],
            &["-o", "prometheus"],
            &["--since-boot", "-t"],
            &["--columns", "host,target,state", "--sort", "kb", "--top", "1"],
        ] {
            let folder = temp_dir();
            let saved = folder.path().join("saved");
            let first = report(words, &root, Some(&saved));
            assert_eq!(report(words, &saved, None), first, "{sample} {words:?}");
        }
    }
}

fn metrics(sample: &str) -> String {
    let samples = repository("testdata/samples/mpathstat");
    report(&["-o", "prometheus"], &samples.join(sample), None).0
}

#[test]
fn every_metric_is_documented_and_no_other() {
    let metrics = metrics("arrays") + &metrics("nvme-diag");
    let names = metrics.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let names: BTreeSet<_> = names.filter_map(|line| line.split(' ').next()).collect();
    assert!(names.len() > 30, "{names:?}");
    let formats = fs::read_to_string(repository("docs/formats.md")).unwrap();
    let documented = formats.split('`').filter(|word| word.starts_with("mpathstat_"));
    assert_eq!(documented.collect::<BTreeSet<_>>(), names);
}

#[test]
fn promtool_is_silent_about_the_metrics() {
    let mut check = Command::new("promtool");
    check.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = check.stderr(Stdio::piped()).spawn() else {
        skip("no promtool");
        return;
    };
    child.stdin.take().unwrap().write_all(metrics("arrays").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}
