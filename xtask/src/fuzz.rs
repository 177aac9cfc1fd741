//! `cargo xtask fuzz`: builds the targets in `xtask/fuzz` and runs each for some seconds, see
//! docs/testing.md.
//!
//! The code is instrumented as cargo-fuzz does it, but without the address sanitizer, which needs a
//! nightly toolchain: there is no unsafe code of ours that it could check.

use crate::binaries;
use crate::error::Error;
use crate::processes::map_in_parallel;
use crate::workspace::Workspace;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// What the compiler adds to the code so that libFuzzer sees what an input reaches.
const RUSTFLAGS: [&str; 8] = [
    "--cfg",
    "fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// The options of libFuzzer besides the time: a run that hangs or takes too much memory is a finding.
const OPTIONS: [&str; 4] =
    ["-timeout=10", "-rss_limit_mb=1024", "-max_len=16384", "-print_final_stats=1"];

/// What the words ask for.
struct Options<'a> {
    seconds: &'a str,
    targets: Vec<&'a str>,
}

/// Builds the targets that the words name, or all, and runs them, one per processor at a time; false
/// if one had a finding.
pub(crate) fn run(
    workspace: &Workspace,
    words: &[&str],
    out: &mut (impl Write + Send),
) -> Result<bool, Error> {
    let all = targets(workspace)?;
    let options = parse(words, &all)?;
    let built = build(workspace)?;
    let out = Mutex::new(out);
    let passed = map_in_parallel(&options.targets, |target| {
        let result = fuzz(workspace, &built, target, options.seconds)?;
        let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
        match &result {
            Ok(executed) => writeln!(out, "{target}: {executed} runs without a finding")?,
            Err(messages) => writeln!(out, "FAILED {target}\n{messages}")?,
        }
        out.flush()?;
        Ok(result.is_ok())
    })?;
    let findings = passed.iter().filter(|passed| !**passed).count();
    let out = out.into_inner().unwrap_or_else(PoisonError::into_inner);
    writeln!(out, "{} passed, {findings} failed", passed.len() - findings)?;
    Ok(findings == 0)
}

fn parse<'a>(words: &[&'a str], all: &'a [String]) -> Result<Options<'a>, Error> {
    let (seconds, targets) = match words {
        ["--seconds", seconds, targets @ ..] => (*seconds, targets),
        targets => ("5", targets),
    };
    if seconds.parse::<u32>().is_err() {
        return Err(Error::Usage);
    }
    if let Some(unknown) = targets.iter().find(|target| !all.iter().any(|name| name == *target)) {
        let problem = format!("no fuzz target {unknown}; there are {}", all.join(", "));
        return Err(Error::Invalid(problem));
    }
    let all = all.iter().map(String::as_str);
    let targets = if targets.is_empty() { all.collect() } else { targets.to_vec() };
    Ok(Options { seconds, targets })
}

/// The names of all targets.
fn targets(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let names = workspace.names("xtask/fuzz/fuzz_targets")?;
    Ok(names.iter().filter_map(|name| name.strip_suffix(".rs")).map(str::to_owned).collect())
}

/// Builds all targets, and returns the folder that they are in.
fn build(workspace: &Workspace) -> Result<PathBuf, Error> {
    let host = host()?;
    let target = binaries::target_folder()?.with_file_name("fuzz");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    // With a target, build scripts and procedural macros are not instrumented.
    build.args(["build", "--quiet", "--release", "--bins", "--target", &host]);
    build.arg("--target-dir").arg(&target).current_dir(workspace.path("xtask/fuzz"));
    build.env("RUSTFLAGS", RUSTFLAGS.join(" ")).env_remove("CARGO_ENCODED_RUSTFLAGS");
    match build.status().map_err(Error::program("cargo"))? {
        status if status.success() => Ok(target.join(host).join("release")),
        status => Err(Error::Invalid(format!("cargo build of xtask/fuzz: {status}"))),
    }
}

/// The name of this machine's platform, such as `x86_64-unknown-linux-gnu`.
fn host() -> Result<String, Error> {
    let output = Command::new("rustc").arg("-vV").output().map_err(Error::program("rustc"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::Invalid("rustc -vV names no host".into()))
}

/// Runs a target. Returns how many inputs it executed, or the messages of a finding. New inputs are
/// kept in `corpus/TARGET` below `built`, findings in `artifacts`.
fn fuzz(
    workspace: &Workspace,
    built: &Path,
    target: &str,
    seconds: &str,
) -> Result<Result<u64, String>, Error> {
    let grown = built.join("corpus").join(target);
    let artifacts = built.join("artifacts");
    let temporary = test_support::temp_dir();
    for folder in [&grown, &artifacts] {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let mut prefix = OsString::from("-artifact_prefix=");
    prefix.push(artifacts.join(format!("{target}-")));
    let mut command = Command::new(built.join(target));
    command.arg(format!("-max_total_time={seconds}")).args(OPTIONS).arg(prefix);
    command.arg(grown).arg(workspace.path(&format!("xtask/fuzz/corpus/{target}")));
    command.env("TMPDIR", temporary.path()).env("LC_ALL", "C").env("TZ", "UTC");
    let output = command.output().map_err(Error::program(target))?;
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    let executed = executed(&messages).filter(|_| output.status.success());
    Ok(executed.ok_or_else(|| last_lines(&messages)))
}

/// The number of inputs that libFuzzer says it executed.
fn executed(messages: &str) -> Option<u64> {
    let name = "stat::number_of_executed_units:";
    let line = messages.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().parse().ok().filter(|executed| *executed > 0)
}

/// The end of the messages, in which the finding is.
fn last_lines(messages: &str) -> String {
    let lines: Vec<_> = messages.lines().collect();
    lines.get(lines.len().saturating_sub(30)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_choose_targets_and_seconds() {
        let all = ["audit", "vpd"].map(str::to_owned);
        let options = parse(&["--seconds", "600", "vpd"], &all).expect("sound");
        assert_eq!((options.seconds, options.targets), ("600", vec!["vpd"]));
        let options = parse(&[], &all).expect("sound");
        assert_eq!((options.seconds, options.targets), ("5", vec!["audit", "vpd"]));
        assert!(parse(&["--seconds", "x"], &all).is_err());
        assert!(parse(&["gone"], &all).is_err());
    }

    #[test]
    fn a_run_that_executed_nothing_did_not_pass() {
        assert_eq!(executed("a\nstat::number_of_executed_units: 412\nb"), Some(412));
        assert_eq!(executed("stat::number_of_executed_units: 0\n"), None);
        assert_eq!(executed("panicked"), None);
    }

    #[test]
    fn every_target_has_inputs_to_begin_with() {
        let workspace = Workspace::here();
        for target in targets(&workspace).expect("targets") {
            let inputs = workspace.names(&format!("xtask/fuzz/corpus/{target}")).expect("a folder");
            assert!(inputs.len() >= 3, "{target} has {} inputs", inputs.len());
            let manifest = workspace.text("xtask/fuzz/Cargo.toml").expect("readable");
            assert!(manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")), "{target}");
        }
    }
}
