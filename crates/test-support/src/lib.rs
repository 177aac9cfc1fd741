//! What the tests of the workspace share: temporary folders, files of the repository, running a
//! command and reading its output line by line, waiting for a condition, random input, and tests
//! that are skipped.

#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "only tests call this crate, and they fail by a panic"
)]

pub mod faults;
pub mod processes;

use std::env;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

pub use fastrand::Rng;
pub use tempfile::TempDir;

/// A temporary folder, removed when the value is dropped.
#[must_use]
pub fn temp_dir() -> TempDir {
    tempfile::Builder::new().prefix("commands-test-").tempdir().expect("a temporary folder")
}

/// Writes a file, and the folders above it.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
    fs::write(path, contents).expect("a file");
}

/// A file of the repository.
#[must_use]
pub fn repository(path: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A file of `../shared`, beside the repository; `None`, and the test counts as skipped, if it is
/// not there.
#[must_use]
pub fn shared(path: &str) -> Option<PathBuf> {
    let found = repository("../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    skip(&format!("../shared/{path} is not here"));
    None
}

/// A command in the C locale and in UTC, with nothing on its standard input.
#[must_use]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null());
    command
}

/// What a command printed on stdout. It must succeed, and print nothing on stderr.
#[must_use]
pub fn stdout(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("the command starts");
    let is_clean = output.status.success() && output.stderr.is_empty();
    assert!(is_clean, "{command:?}: {}: {}", output.status, stderr(&output));
    output.stdout
}

/// What a command printed on stderr.
#[must_use]
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether a command starts and succeeds here; the test counts as skipped if not.
#[must_use]
pub fn works(command: &mut Command) -> bool {
    let works = command.output().is_ok_and(|output| output.status.success());
    if !works {
        skip(&format!("{} does not work here", command.get_program().to_string_lossy()));
    }
    works
}

/// Reports on stderr that a check is skipped, and why. The reason is one line; checks that are
/// skipped for the same reason should give the same. `make check` counts the skipped checks in the
/// file that the variable `SKIPPED_CHECKS` names.
pub fn skip(reason: &str) {
    // The test harness captures what `eprintln!` prints, but not what is written to the handle.
    let _ = writeln!(io::stderr(), "skipped: {reason}");
    if let Some(path) = env::var_os("SKIPPED_CHECKS") {
        append_line(Path::new(&path), reason).expect("the list of skipped checks");
    }
}

/// Appends a line with one system call, so that lines of several processes do not mix.
fn append_line(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())
}

/// Waits until `condition` holds.
///
/// # Panics
/// It does not hold within a minute.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < TIMEOUT, "waited a minute for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// How long a test waits before it fails.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Asserts that `work` takes at most `times` as long as `base`. Other processes may delay one of them,
/// so that it suffices if it holds once in a few attempts; leave a wide margin on both sides.
///
/// # Panics
/// It takes longer in each attempt.
pub fn takes_at_most(times: u32, mut base: impl FnMut(), mut work: impl FnMut()) {
    fn measure(run: &mut impl FnMut()) -> Duration {
        let start = Instant::now();
        run();
        start.elapsed()
    }
    let is_met = |_| measure(&mut work) <= measure(&mut base) * times;
    assert!((0..ATTEMPTS).any(is_met), "more than {times} times as long");
}

/// How often a time is measured before a test fails.
const ATTEMPTS: u32 = 5;

/// The lines that a running command prints.
pub struct LineReader {
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl LineReader {
    /// Reads the lines of `output` as they arrive.
    pub fn new(output: impl Read + Send + 'static) -> LineReader {
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            lines.for_each(|line| drop(sender.send(line)));
        });
        LineReader { lines, seen: Vec::new() }
    }

    /// Waits for a line that contains `words`, and repeats `work` meanwhile.
    ///
    /// # Panics
    /// There is no such line within a minute, or before the output ends.
    pub fn wait_for(&mut self, words: &str, mut work: impl FnMut()) -> String {
        let start = Instant::now();
        loop {
            work();
            match self.lines.recv_timeout(Duration::from_millis(20)) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(words) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout) if start.elapsed() < TIMEOUT => {}
                Err(why) => panic!("no {words:?} in {:#?}: {why}", self.seen),
            }
        }
    }

    /// All lines, after the output has ended.
    pub fn all(&mut self) -> &[String] {
        self.seen.extend(self.lines.iter());
        &self.seen
    }
}

/// Sends a signal, such as `-INT`, to a running command.
pub fn send_signal(child: &Child, signal: &str) {
    let status = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()), "kill {signal}");
}

/// How often a test tries something that it should try `count` times. Miri interprets the code, which
/// takes several hundred times as long, so there it is a few times.
#[must_use]
pub const fn rounds(count: u64) -> u64 {
    if cfg!(miri) && count > 8 { 8 } else { count }
}

/// The places of a text of so many bytes at which a test cuts it or changes a byte: each, or under Miri
/// one of 23.
pub fn places(length: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by(if cfg!(miri) { 23 } else { 1 })
}

/// Every byte that a test puts in the place of another; under Miri a few that mean something.
pub fn every_byte() -> impl Iterator<Item = u8> {
    let few: &[u8] = if cfg!(miri) { b"\"\xff" } else { &[] };
    let all = if cfg!(miri) { 0..0 } else { 0..256u16 };
    few.iter().copied().chain(all.filter_map(|byte| byte.try_into().ok()))
}

/// Runs `test` on `count` random inputs. The seeds are the same in every run; a failing case prints
/// its seed, and `TEST_SEED=seed` runs that case alone. Under Miri there are two: a case can take minutes.
pub fn random_cases(count: u64, test: impl Fn(&mut Rng)) {
    let count = if cfg!(miri) { count.min(2) } else { count };
    let alone = env::var("TEST_SEED").ok().map(|seed| seed.parse().expect("TEST_SEED: a number"));
    for seed in alone.map_or(0..count, |seed: u64| seed..seed + 1) {
        let print_seed = SeedOnPanic(seed);
        test(&mut Rng::with_seed(seed));
        drop(print_seed);
    }
}

/// Prints the seed of a case if the case panics.
struct SeedOnPanic(u64);

impl Drop for SeedOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = writeln!(io::stderr(), "the failing case: TEST_SEED={}", self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn random_cases_are_the_same_in_every_run() {
        let drawn = || {
            let sum = Cell::new(0u64);
            random_cases(20, |rng| sum.set(sum.get().wrapping_add(rng.u64(..))));
            sum.get()
        };
        assert_eq!(drawn(), drawn());
    }

    #[test]
    fn skipped_checks_are_listed_one_per_line() {
        let folder = temp_dir();
        let list = folder.path().join("skipped-checks");
        for reason in ["no fish", "no zsh"] {
            append_line(&list, reason).expect("a line");
        }
        assert_eq!(fs::read_to_string(list).expect("two lines"), "no fish\nno zsh\n");
    }

    #[test]
    fn lines_are_read_as_they_arrive() {
        let mut shell = command("sh");
        shell.args(["-c", "echo one; read _; echo two; echo three"]);
        let mut child =
            shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
        let mut lines = LineReader::new(child.stdout.take().expect("a pipe"));
        assert_eq!(lines.wait_for("on", || ()), "one");
        drop(child.stdin.take());
        assert_eq!(lines.wait_for("two", || ()), "two");
        assert_eq!(lines.all(), ["one", "two", "three"]);
        assert!(child.wait().expect("a status").success());
    }

    #[test]
    fn work_that_takes_longer_in_each_attempt_fails() {
        let spin = |rounds: u32| {
            assert!((0..rounds * 100_000).all(|it| std::hint::black_box(it) < u32::MAX));
        };
        takes_at_most(8, || spin(1), || spin(2));
        let slow = std::panic::catch_unwind(|| takes_at_most(8, || spin(1), || spin(64)));
        assert!(slow.is_err());
    }

    #[test]
    fn a_wait_ends_as_soon_as_the_condition_holds() {
        let calls = Cell::new(0);
        wait_until("the third call", || {
            calls.set(calls.get() + 1);
            calls.get() == 3
        });
        assert_eq!(calls.get(), 3);
    }
}
