//! No test sleeps for a fixed time: tests wait for a condition. A test that needs real time to pass
//! says why in a comment, `// Real time: REASON`, on the line of the call or above it.

use super::rust_source::{code, is_test_file, test_lines};
use crate::error::Error;
use crate::workspace::{Finding, Workspace};

/// What begins the comment with the reason.
const REAL_TIME: &str = "// Real time: ";

/// Checks every source but those of `test-support`, which has the loop that waits for a condition.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for path in [workspace.files("crates")?, workspace.files("xtask")?].concat() {
        if path.strip_suffix(".rs").is_some() && !path.starts_with("crates/test-support/") {
            findings.extend(find_sleep(&path, &workspace.text(&path)?));
        }
    }
    Ok(findings)
}

/// Finds calls in tests without a reason.
fn find_sleep(path: &str, source: &str) -> Vec<Finding> {
    let code = code(source);
    let is_test = test_lines(&code).into_iter().map(|is_test| is_test || is_test_file(path));
    let mut is_allowed = false;
    let mut findings = Vec::new();
    for (((index, line), code), is_test) in
        source.lines().enumerate().zip(code.lines()).zip(is_test)
    {
        let reason = line.split_once(REAL_TIME).map(|(_, reason)| reason.trim());
        is_allowed |= reason.is_some_and(|reason| !reason.is_empty());
        if is_test && !is_allowed && code.contains("thread::sleep") {
            let problem = format!(
                "a test sleeps; wait for a condition with test_support::wait_until, or say why time \
                 must pass in a comment above: {REAL_TIME}..."
            );
            findings.push(Finding::new(format!("{path}:{}", index + 1), problem));
        }
        // The comment may have more lines, and holds for the first line of code below it.
        is_allowed &= code.trim().is_empty();
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings;

    #[test]
    fn tests_that_sleep_are_found() {
        let source = "fn wait() {\n    thread::sleep(PERIOD);\n}\n#[cfg(test)]\nmod tests {\n    \
                      fn a() {\n        std::thread::sleep(PERIOD); // thread::sleep\n    }\n}\n";
        let allowed = "// thread::sleep\n// Real time: the timer itself is tested,\n// so it runs.\n\
                       thread::sleep(PERIOD);\nthread::sleep(PERIOD); // Real time: a race\n\
                       thread::sleep(PERIOD);\n// Real time: \nuse std::thread::sleep;\n";
        let files = [
            ("crates/hail/src/lib.rs", source),
            ("crates/hail/tests/run.rs", allowed),
            ("crates/test-support/src/tests.rs", "thread::sleep(PERIOD);"),
        ];
        let lines = findings(&files, check);
        let problem = "a test sleeps; wait for a condition with test_support::wait_until, or say why \
                       time must pass in a comment above: // Real time: ...";
        assert_eq!(
            lines,
            [
                "crates/hail/src/lib.rs:7",
                "crates/hail/tests/run.rs:6",
                "crates/hail/tests/run.rs:8"
            ]
            .map(|place| format!("{place}: {problem}"))
        );
    }
}
