//! The command on a running system that changes: a tree of files, mounted over `/sys` and
//! `/proc/diskstats` in a mount namespace of its own, is changed while the command runs.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed test may panic, a skipped one says so"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// A machine of files.
struct Machine {
    root: PathBuf,
    /// The kernel's count of changes.
    events: u32,
    /// What devices have done: name, reads.
    reads: Vec<(&'static str, u64)>,
}

impl Machine {
    fn new(name: &str) -> Machine {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        let mut machine = Machine { root, events: 0, reads: Vec::new() };
        fs::create_dir_all(machine.root.join("sys/block")).unwrap();
        fs::create_dir_all(machine.root.join("proc")).unwrap();
        machine.read(&[]);
        machine.warn();
        machine
    }

    fn write(&self, below: &str, text: &str) {
        let path = self.root.join(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The kernel tells of a change.
    fn warn(&mut self) {
        self.events += 1;
        self.write("sys/kernel/uevent_seqnum", &format!("{}\n", self.events));
    }

    fn map(&mut self, paths: &[&'static str]) {
        self.write("sys/block/dm-0/dm/uuid", "mpath-36001\n");
        self.write("sys/block/dm-0/dm/name", "mpatha\n");
        for path in paths {
            self.path(path);
        }
        self.reads.push(("dm-0", 0));
    }

    fn path(&mut self, path: &'static str) {
        let host = path.bytes().last().unwrap() - b'a';
        let device = format!("devices/host{host}/target{host}:0:0/{host}:0:0:0");
        self.write(&format!("sys/{device}/state"), "running\n");
        self.write(&format!("sys/{device}/block/{path}/dev"), "");
        self.write(&format!("sys/block/dm-0/slaves/{path}"), "");
        symlink(
            format!("../../../{host}:0:0:0"),
            self.root.join(format!("sys/{device}/block/{path}/device")),
        )
        .unwrap();
        symlink(format!("../{device}/block/{path}"), self.root.join(format!("sys/block/{path}")))
            .unwrap();
        self.reads.push((path, 0));
    }

    /// These devices read more.
    fn read(&mut self, more: &[(&str, u64)]) {
        let mut text = String::new();
        for (minor, (name, reads)) in self.reads.iter_mut().enumerate() {
            *reads += more.iter().find(|(path, _)| path == name).map_or(0, |(_, reads)| *reads);
            let counted = format!("{reads} 0 0 {reads} 0 0 0 0 0 0 0");
            text.extend(["   8 ", &minor.to_string(), " ", name, " ", &counted, "\n"]);
        }
        // The mounted file has to stay the same one, and to be whole at any time.
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(false);
        let mut file = file.open(self.root.join("proc/diskstats")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.set_len(text.len() as u64).unwrap();
    }

    /// Starts the command on this machine; nothing where namespaces cannot be made.
    fn run(&self, words: &str) -> Option<Run> {
        let mounts =
            "mount --bind \"$0/sys\" /sys && mount --bind \"$0/proc/diskstats\" /proc/diskstats";
        let mut tried = Command::new("unshare");
        tried.args(["--mount", "sh", "-c", mounts]).arg(&self.root).stderr(Stdio::null());
        if !tried.status().is_ok_and(|status| status.success()) {
            eprintln!("skipped: no mount namespace");
            return None;
        }
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &format!("{mounts} && exec {words}")]);
        let built = Path::new(env!("CARGO_BIN_EXE_mpathstat")).parent().unwrap();
        let path = format!("{}:{}", built.display(), std::env::var("PATH").unwrap());
        command.arg(&self.root).env("PATH", path).env("TZ", "UTC").env("S_COLORS", "never");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let told = self::lines(child.stderr.take().unwrap());
        let lines = self::lines(child.stdout.take().unwrap());
        Some(Run { child, lines, told })
    }
}

/// Lines as they come.
fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The running command.
struct Run {
    child: Child,
    lines: Receiver<String>,
    told: Receiver<String>,
}

impl Run {
    /// The first line that holds `words`; `work` goes on until it comes.
    fn until(&self, words: &str, mut work: impl FnMut()) -> String {
        let start = Instant::now();
        let mut seen = Vec::new();
        while start.elapsed() < Duration::from_secs(10) {
            work();
            if let Ok(line) = self.lines.recv_timeout(Duration::from_millis(100)) {
                if line.contains(words) {
                    return line;
                }
                seen.push(line);
            }
        }
        panic!("no {words:?} in {seen:#?}");
    }

    fn end(mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
fn changes_show_in_the_next_report_and_signals_end_the_run_well() {
    let mut machine = Machine::new("live-changes");
    let Some(run) = machine.run("mpathstat 0.05") else { return };
    let told = run.told.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(told, "mpathstat: there is no multipath map here; waiting for one");
    machine.map(&["sda", "sdb"]);
    machine.read(&[]);
    machine.warn();
    run.until(" mpatha: map added (2/2 running)", || ());
    run.until("|- sda ", || machine.read(&[("sda", 50), ("dm-0", 50)]));
    machine.write("sys/devices/host1/target1:0:0/1:0:0:0/state", "offline\n");
    machine.warn();
    run.until(" mpatha: path sdb offline (1/2 running)", || ());
    machine.path("sdc");
    machine.read(&[]);
    machine.warn();
    run.until(" mpatha: path sdc added (2/3 running)", || ());
    run.until("|- sdc ", || machine.read(&[("sdc", 7), ("dm-0", 7)]));
    fs::remove_file(machine.root.join("sys/block/dm-0/slaves/sda")).unwrap();
    machine.reads.retain(|(name, _)| *name != "sda");
    machine.read(&[]);
    machine.warn();
    run.until(" mpatha: path sda removed (1/2 running)", || ());
    assert_eq!(run.end("-INT"), Some(0));
}

#[test]
fn nobody_needs_root() {
    let mut machine = Machine::new("live-user");
    machine.map(&["sda", "sdb"]);
    machine.read(&[]);
    let user = "setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs";
    let Some(run) = machine.run(&format!("{user} mpathstat -x 0.05")) else { return };
    let row = run.until("|- sda ", || machine.read(&[("sda", 100), ("dm-0", 100)]));
    assert!(row.contains("running") && row.contains("0:0:0:0"), "{row}");
    assert_eq!(run.told.try_recv().ok(), None);
    assert_eq!(run.end("-TERM"), Some(0));
}

#[test]
fn one_report_of_no_map_is_a_failure() {
    let machine = Machine::new("live-none");
    let Some(mut run) = machine.run("mpathstat 1 1") else { return };
    assert_eq!(run.child.wait().unwrap().code(), Some(1));
    let told = run.told.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(told, "mpathstat: there is no multipath map here");
}
