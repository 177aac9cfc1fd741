//! Faults that every command must survive: output that cannot be written, files that cannot be read,
//! signals at any moment, hostile files in a saved system.

use crate::{Rng, TempDir, command, random_cases, skip, stderr, temp_dir, works, write};
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// How many random moments a test tries: the variable `FAULT_ROUNDS`, which `make release-check` sets,
/// or few.
#[must_use]
pub fn fault_rounds() -> u64 {
    env::var("FAULT_ROUNDS").map_or(8, |rounds| rounds.parse().expect("FAULT_ROUNDS: a number"))
}

/// The number of the error "no space left on device", and of "broken pipe".
const WRITE_ERRORS: [i32; 2] = [28, 32];

/// A writer that counts the writes, and fails with the error of a system call from one of them on.
pub struct FailingWriter {
    written: Vec<u8>,
    writes: usize,
    failing: Option<(usize, i32)>,
}

impl FailingWriter {
    fn new(failing: Option<(usize, i32)>) -> FailingWriter {
        FailingWriter { written: Vec::new(), writes: 0, failing }
    }
}

impl Write for FailingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        match self.failing {
            Some((first, error)) if self.writes >= first => {
                // A disk that becomes full takes a part of what is written.
                let taken = if self.writes == first { bytes.len() / 2 } else { 0 };
                self.written.extend_from_slice(&bytes[..taken]);
                if taken > 0 { Ok(taken) } else { Err(io::Error::from_raw_os_error(error)) }
            }
            _ => {
                self.written.extend_from_slice(bytes);
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a command with outputs that fail at each write of its report. `run` returns the number of the
/// error of the output that the command ends with; `None` if it succeeds.
pub fn fail_at_every_write(run: impl Fn(&mut FailingWriter) -> Option<i32>) {
    let mut whole = FailingWriter::new(None);
    assert_eq!(run(&mut whole), None, "without a fault the command succeeds");
    assert!(whole.writes > 0);
    // A release check tries each write.
    let step = if fault_rounds() < 100 { whole.writes / 100 + 1 } else { 1 };
    for first in (1..=whole.writes).step_by(step) {
        for error in WRITE_ERRORS {
            let mut out = FailingWriter::new(Some((first, error)));
            let ended = run(&mut out);
            assert_eq!(ended, Some(error), "write {first} of {}", whole.writes);
            assert!(whole.written.starts_with(&out.written), "write {first} of {}", whole.writes);
        }
    }
}

/// Runs a program with each read of a file failing in turn, by strace. Whatever fails, the program
/// ends with a status, and what it prints is right, unknown, or explained on stderr. `file` limits
/// this to one file.
pub fn fail_every_read(program: &str, words: &[&str], file: Option<&Path>) {
    if !works(command("strace").arg("-V")) {
        return;
    }
    let whole = command(program).args(words).output().expect("it runs");
    let folder = temp_dir();
    let trace = folder.path().join("trace");
    let mut failed = 0;
    for number in 1.. {
        let mut strace = command("strace");
        strace.args(["-f", "-qq", "-o"]).arg(&trace).args(["-e", "trace=read,pread64", "-e"]);
        strace.arg(format!("inject=read,pread64:error=EIO:when={number}"));
        if let Some(file) = file {
            strace.arg("-P").arg(file);
        }
        let output = strace.arg(program).args(words).output().expect("it runs");
        let traced = fs::read_to_string(&trace).unwrap_or_default();
        if !traced.contains("(INJECTED)") {
            break;
        }
        // Without its shared libraries, the program does not start.
        if output.status.code() != Some(127) {
            failed += 1;
            check_read_error(&whole, &output, &format!("read {number} of {words:?}"));
        }
    }
    assert!(failed > 0, "no read of {words:?} failed");
}

/// Runs a program that gets no second thread, by strace. `None`, and the test counts as skipped, if there
/// is no strace, or if the program asks for no thread, as on a machine with one processor.
#[must_use]
pub fn without_threads(program: &str, words: &[&str]) -> Option<Output> {
    if !works(command("strace").arg("-V")) {
        return None;
    }
    let folder = temp_dir();
    let trace = folder.path().join("trace");
    let mut strace = command("strace");
    strace.args(["-f", "-qq", "-o"]).arg(&trace);
    strace.args(["-e", "trace=/clone3?$", "-e", "inject=/clone3?$:error=EAGAIN", program]);
    let output = strace.args(words).output().expect("it runs");
    if !fs::read_to_string(&trace).unwrap_or_default().contains("(INJECTED)") {
        skip("no thread is asked for here");
        return None;
    }
    Some(output)
}

fn check_read_error(whole: &Output, output: &Output, what: &str) {
    let messages = stderr(output);
    assert!(
        matches!(output.status.code(), Some(0..=2 | 6)),
        "{what}: {}: {messages}",
        output.status
    );
    assert!(!messages.contains("panicked"), "{what}: {messages}");
    if messages == stderr(whole) {
        let (whole, text) = (&whole.stdout, &output.stdout);
        assert!(is_less_known(whole, text), "{what}:\n{}", String::from_utf8_lossy(text));
    }
}

/// Whether two tables of tsv are equal but for cells that are empty in the second.
fn is_less_known(whole: &[u8], text: &[u8]) -> bool {
    let rows = |text: &[u8]| -> Vec<Vec<String>> {
        let text = String::from_utf8_lossy(text).into_owned();
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
    };
    let (whole, text) = (rows(whole), rows(text));
    let is_row = |(whole, row): (&Vec<String>, &Vec<String>)| {
        let mut cells = whole.iter().zip(row);
        whole.len() == row.len() && cells.all(|(whole, cell)| cell.is_empty() || cell == whole)
    };
    whole.len() == text.len() && whole.iter().zip(&text).all(is_row)
}

/// Checks that a closed stderr changes neither the output nor the status of a run that prints
/// messages.
pub fn close_stderr(program: &str, words: &[&str]) {
    let open = command(program).args(words).output().expect("it runs");
    assert!(!open.stderr.is_empty(), "{words:?} prints no message");
    let mut shell = command("sh");
    shell.args(["-c", "exec \"$0\" \"$@\" 2>&-", program]).args(words);
    let closed = shell.output().expect("it runs");
    assert_eq!((closed.status, closed.stdout), (open.status, open.stdout), "{words:?}");
    assert!(closed.stderr.is_empty());
}

/// A saved system of `count` samples, which differ in their time only. `tree` is one sample.
#[must_use]
pub fn series(tree: &Path, count: u32) -> TempDir {
    let folder = temp_dir();
    let kernel = tree.join("proc/sys/kernel");
    for number in 1..=count {
        let path = |below: &str| folder.path().join(number.to_string()).join(below);
        write(&path("proc/uptime"), format!("{}.00 1.00\n", 100 + number));
        for file in ["diskstats", "stat"] {
            if let Ok(bytes) = fs::read(tree.join("proc").join(file)) {
                write(&path(&format!("proc/{file}")), bytes);
            }
        }
        for entry in fs::read_dir(&kernel).expect("names").map(|entry| entry.expect("a name")) {
            let name = entry.file_name();
            write(&path("proc/sys/kernel").join(name), fs::read(entry.path()).expect("a name"));
        }
        symlink(tree.join("sys"), path("sys")).expect("a link");
    }
    folder
}

/// The signals that end a run after the current report.
const SIGNALS: [(&str, i32); 3] = [("-INT", 2), ("-TERM", 15), ("-HUP", 1)];

/// Runs `program --root SERIES` and sends a signal at a random moment: the output must be the beginning
/// of the whole report, and in JSON it must be closed.
pub fn interrupt_reports(program: &str, series: &Path, words: &[&str]) {
    if !works(command("jq").arg("--version")) {
        return;
    }
    let root = series.to_str().expect("a path of letters");
    for format in ["JSON", "tsv"] {
        let words = [&["--root", root, "-o", format], words].concat();
        let whole = command(program).args(&words).output().expect("it runs").stdout;
        assert!(whole.len() > 1 << 17, "{} bytes fit into a pipe", whole.len());
        for (signal, number) in SIGNALS {
            random_cases(fault_rounds(), |rng| {
                let output = interrupt(command(program).args(&words), rng, whole.len(), signal);
                if output.status.signal() == Some(number) {
                    // Before the handlers are there.
                    return assert!(output.stdout.is_empty());
                }
                assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
                match format {
                    "JSON" => assert!(is_json(&output.stdout), "{signal}: JSON is not closed"),
                    _ => assert!(whole.starts_with(&output.stdout), "{signal}: no prefix"),
                }
            });
        }
    }
}

/// Reads a random number of bytes of a command's output, sends it a signal, and reads the rest.
fn interrupt(command: &mut Command, rng: &mut Rng, length: usize, signal: &str) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut read = vec![0; rng.usize(..length * 9 / 10)];
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut read).expect("so many bytes");
    crate::send_signal(&child, signal);
    stdout.read_to_end(&mut read).expect("the rest");
    let output = child.wait_with_output().expect("it ends");
    Output { stdout: read, ..output }
}

fn is_json(text: &[u8]) -> bool {
    let mut jq = command("jq");
    jq.arg("-e").arg(".sysstat").stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = jq.spawn().expect("jq");
    child.stdin.take().expect("a pipe").write_all(text).expect("jq reads all");
    child.wait().expect("a status").success()
}

/// Sends a signal at random moments to `program --root SERIES --save FOLDER`. The saved folders must be
/// whole: replayed, they give the reports that the run had printed, and perhaps one more.
pub fn interrupt_saving(program: &str, series: &Path, words: &[&str]) {
    let root = series.to_str().expect("a path of letters");
    let words = [&["-o", "jsonl"], words].concat();
    let replay = |root: &Path| {
        let output = command(program).args(&words).arg("--root").arg(root).output();
        output.expect("it runs")
    };
    let whole = replay(series).stdout;
    assert!(whole.len() > 1 << 17, "{} bytes fit into a pipe", whole.len());
    // A sample without a second one is reported since boot.
    let first = temp_dir();
    let copied = command("cp").arg("-RP").arg(series.join("1")).arg(first.path()).status();
    assert!(copied.expect("cp").success());
    let alone = replay(first.path()).stdout;
    for signal in ["-INT", "-TERM", "-HUP", "-KILL"] {
        random_cases(fault_rounds().div_ceil(4), |rng| {
            let folder = temp_dir();
            let saved = folder.path().join("saved");
            let mut run = command(program);
            run.args(["--root", root]).args(&words).arg("--save").arg(&saved);
            let printed = interrupt(&mut run, rng, whole.len(), signal).stdout;
            let names = fs::read_dir(&saved).into_iter().flatten();
            let names: BTreeSet<_> = names.map(|name| name.expect("a name").file_name()).collect();
            let numbered = names.iter().filter(|name| *name != ".unfinished").count();
            // A sample is saved after its report, so a run that is killed may lack the last one.
            let may_lack_last = signal == "-KILL";
            if numbered == 0 {
                let is_first = may_lack_last && alone.starts_with(&printed);
                return assert!(printed.is_empty() || is_first, "{signal}: nothing is saved");
            }
            let replayed = replay(&saved);
            let messages = stderr(&replayed);
            assert_eq!(replayed.status.code(), Some(0), "{signal}: {messages}");
            let replayed = replayed.stdout;
            let is_saved = may_lack_last || replayed.starts_with(&printed);
            assert!(is_saved, "{signal}: the saved run lacks a report");
            let expected = if numbered == 1 { &alone } else { &whole };
            assert!(expected.starts_with(&replayed), "{signal}: the saved run differs");
        });
    }
}

/// What no output may contain: the contents of a file outside the saved system.
const SECRET: &str = "4242424242";

/// Runs `program --root ROOT` with each of the `files` of a saved system replaced by something hostile,
/// with 20 seconds and 512 MiB of address space.
pub fn replace_files(program: &str, tree: &Path, files: &[&str], words: &[&str]) {
    let folder = temp_dir();
    let secret = folder.path().join("secret");
    write(&secret, format!("{SECRET}\n"));
    for file in files {
        for kind in Hostile::ALL {
            let root = folder.path().join("root");
            let copied = command("cp").arg("-RP").arg(tree).arg(&root).status();
            assert!(copied.expect("cp").success());
            kind.put(&root.join(file), &secret);
            let mut shell = command("sh");
            shell.args(["-c", "ulimit -v 524288 && exec timeout 20 \"$0\" \"$@\"", program]);
            let output = shell.arg("--root").arg(&root).args(words).output().expect("it runs");
            let what = format!("{kind:?} in the place of {file}: {}", stderr(&output));
            assert!(matches!(output.status.code(), Some(0..=2)), "{what}: {}", output.status);
            let text = String::from_utf8(output.stdout).expect("text");
            assert!(!format!("{text}{what}").contains(SECRET), "{what}: {text}");
            fs::remove_dir_all(&root).expect("a folder");
        }
    }
}

/// What may stand in the place of a file.
#[derive(Debug, Clone, Copy)]
enum Hostile {
    Loop,
    OutsideLink,
    AbsoluteLink,
    Fifo,
    Device,
    HugeFile,
    Folder,
    Missing,
}

impl Hostile {
    const ALL: [Hostile; 8] = [
        Hostile::Loop,
        Hostile::OutsideLink,
        Hostile::AbsoluteLink,
        Hostile::Fifo,
        Hostile::Device,
        Hostile::HugeFile,
        Hostile::Folder,
        Hostile::Missing,
    ];

    fn put(self, place: &Path, secret: &Path) {
        if place.is_dir() {
            fs::remove_dir_all(place).expect("a folder");
        } else {
            fs::remove_file(place).expect("a file");
        }
        let link = |target: &Path| symlink(target, place).expect("a link");
        match self {
            Hostile::Loop => link(Path::new(place.file_name().expect("a name"))),
            Hostile::OutsideLink => {
                let up: PathBuf = (0..30).map(|_| "..").collect();
                link(&up.join(secret.strip_prefix("/").expect("an absolute path")));
            }
            Hostile::AbsoluteLink => link(secret),
            Hostile::Fifo => assert!(works(command("mkfifo").arg(place))),
            Hostile::Device => link(Path::new("/dev/zero")),
            Hostile::HugeFile => {
                let file = fs::File::create(place).expect("a file");
                file.set_len(1 << 36).expect("a sparse file");
            }
            Hostile::Folder => fs::create_dir(place).expect("a folder"),
            Hostile::Missing => {}
        }
    }
}

/// Runs a program under limits of the shell, such as `-n 32`.
#[must_use]
pub fn limited(limits: &str, program: &str, words: &[&str]) -> Output {
    let mut shell = command("sh");
    shell.args(["-c", &format!("{limits} && exec \"$0\" \"$@\""), program]).args(words);
    shell.output().expect("it runs")
}

/// A command below libfaketime with a time of day that the file `clock` sets; `None`, and the test
/// counts as skipped, if that is not installed. The monotonic clock stays as it is.
#[must_use]
pub fn with_clock(clock: &Path) -> Option<Command> {
    // A program of 32 bits, which a machine of 64 bits may run too, needs its own library.
    let folders: &[&str] = match env::consts::ARCH {
        "x86" => &["i386-linux-gnu"],
        "x86_64" => &["x86_64-linux-gnu", "../lib64"],
        _ => &["aarch64-linux-gnu", "../lib64"],
    };
    let library = |folder| Path::new("/usr/lib").join(folder).join("faketime/libfaketime.so.1");
    let mut libraries = folders.iter().map(library);
    let Some(library) = libraries.find(|library| library.exists()) else {
        skip(&format!("libfaketime for {} is not installed", env::consts::ARCH));
        return None;
    };
    let mut env = command("env");
    env.arg(format!("LD_PRELOAD={}", library.display()));
    env.arg(format!("FAKETIME_TIMESTAMP_FILE={}", clock.display()));
    env.args(["FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"]);
    Some(env)
}
