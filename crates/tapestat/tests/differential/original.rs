//! The command of sysstat, which runs in a mount namespace of its own.

use crate::Case;
use std::env;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use test_support::{TempDir, command, repository, temp_dir, works};

/// The command of sysstat: the installed one, or the one that `TAPESTAT_ORIGINAL` names.
pub(crate) struct Original {
    program: PathBuf,
    /// Its version, such as 12.7.9.
    pub(crate) version: [u32; 3],
    folder: TempDir,
}

/// Replaces what the command sees of the system by `$TREES/1`.
const MOUNT: &str = "mount --bind \"$TREES/1/sys\" /sys && \
                     mount --bind \"$TREES/1/proc/uptime\" /proc/uptime && ";

/// Runs `$PROGRAM` by its name alone.
const RUN: &str = "PATH=\"${PROGRAM%/*}:$PATH\" exec \"${PROGRAM##*/}\" \"$@\"";

impl Original {
    /// The command, with a clock that can be replaced; `None` if anything is missing.
    pub(crate) fn find() -> Option<Original> {
        let program = env::var_os("TAPESTAT_ORIGINAL").unwrap_or_else(|| "tapestat".into());
        let folder = temp_dir();
        let clock = folder.path().join("clock.so");
        let source = repository("crates/tapestat/tests/differential/clock.c");
        let has_all = works(command(&program).arg("-V"))
            && works(command("unshare").args(["-m", "sh", "-c", "mount --bind /tmp /sys"]))
            && works(command("cc").args(["-O1", "-shared", "-fPIC", "-o"]).arg(clock).arg(source));
        let output = has_all.then(|| command(&program).arg("-V").output().unwrap())?;
        // Its usage message has the path by which it was called.
        let found = command("sh").args(["-c", "command -v \"$0\""]).arg(&program).output();
        let path = String::from_utf8(found.unwrap().stdout).unwrap();
        let link = folder.path().join("tapestat");
        symlink(path.trim_end(), &link).unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let numbers = text.split([' ', '.', '\n']).filter_map(|word| word.parse().ok());
        let numbers: Vec<u32> = numbers.take(3).collect();
        let version = numbers.try_into();
        Some(Original { program: link, version: version.expect("a version"), folder })
    }

    /// Whether it is at least of this version.
    pub(crate) fn is_since(&self, version: [u32; 3]) -> bool {
        self.version >= version
    }

    /// The command on a saved system, whose trees follow each other without waiting.
    pub(crate) fn on_saved(&self, root: &Path) -> Command {
        let mut command = self.in_namespace(root, &format!("LD_PRELOAD=$CLOCK {RUN}"));
        command.env("CLOCK", self.folder.path().join("clock.so"));
        command
    }

    /// A program on the running system with the first tree of a saved one in its place.
    pub(crate) fn in_place(&self, program: Option<&Path>, root: &Path) -> Command {
        let mut command = self.in_namespace(root, RUN);
        command.env("PROGRAM", program.unwrap_or(&self.program));
        command
    }

    fn in_namespace(&self, root: &Path, run: &str) -> Command {
        let mut command = command("unshare");
        command.args(["-m", "sh", "-c", &format!("{MOUNT}{run}"), "sh"]);
        command.env("TREES", root).env("PROGRAM", &self.program);
        command
    }

    /// Fails unless ours prints the same bytes and ends with the same status.
    pub(crate) fn compare(&self, case: &Case, root: &Path) {
        let theirs = run(&mut self.on_saved(root), case);
        let mut ours = run(command(crate::OURS).arg("--root").arg(root), case);
        ours.stderr = without_reasons(&ours.stderr);
        assert_same(&format!("{case:?}"), &ours, &theirs);
    }
}

/// Messages without those that sysstat does not have: why reports are empty, or lack a drive.
fn without_reasons(stderr: &[u8]) -> Vec<u8> {
    let is_reason = |line: &&[u8]| {
        line.starts_with(b"tapestat: the last drive was removed; ")
            || line.ends_with(b": its counters were reset; it is left out of this report\n")
    };
    let lines = stderr.split_inclusive(|byte| *byte == b'\n').filter(|line| !is_reason(line));
    lines.flatten().copied().collect()
}

/// Fails unless two runs had the same output and the same status.
pub(crate) fn assert_same(what: &str, ours: &Output, theirs: &Output) {
    let text = |output: &Output| {
        let [stdout, stderr] =
            [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        format!("{stdout}{stderr}{}", output.status)
    };
    let is_same = (&ours.stdout, &ours.stderr, ours.status.code())
        == (&theirs.stdout, &theirs.stderr, theirs.status.code());
    assert!(is_same, "{what}\nours:\n{}\nsysstat's:\n{}", text(ours), text(theirs));
}

/// Runs a command with the arguments and the environment of a case.
pub(crate) fn run(command: &mut Command, case: &Case) -> Output {
    for name in ["S_TIME_FORMAT", "S_COLORS", "S_COLORS_SGR", "TZ", "LANG"] {
        command.env_remove(name);
    }
    // Messages of sysstat are not translated, because ours are not.
    command.args(&case.arguments).env("LC_ALL", &case.locale).env("LANGUAGE", "en");
    command.envs(case.environment.iter().map(|(name, value)| (*name, value))).output().unwrap()
}
