//! The command on a running system that changes: a tree of files, mounted over `/sys` and
//! `/proc/diskstats` in a mount namespace of its own, is changed while the command runs.

#![expect(clippy::unwrap_used, reason = "a failed test may panic")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use test_support::{
    LineReader, TempDir, command, send_signal, stdout, temp_dir, wait_until, works, write,
};

/// A system of files.
struct System {
    root: TempDir,
    /// The number of events of the kernel.
    events: u32,
    /// The devices, and how many reads each has done.
    reads: Vec<(&'static str, u64)>,
}

impl System {
    fn new() -> System {
        let mut system = System { root: temp_dir(), events: 0, reads: Vec::new() };
        // Whoever runs the command must be able to read the tree.
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(system.root.path(), mode).unwrap();
        fs::create_dir_all(system.path_of("sys/block")).unwrap();
        fs::create_dir_all(system.path_of("proc")).unwrap();
        system.read(&[]);
        system.send_event();
        system
    }

    fn path_of(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    fn write(&self, below: &str, text: &str) {
        write(&self.path_of(below), text);
    }

    /// The kernel reports a change.
    fn send_event(&mut self) {
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
            self.path_of(&format!("sys/{device}/block/{path}/device")),
        )
        .unwrap();
        symlink(format!("../{device}/block/{path}"), self.path_of(&format!("sys/block/{path}")))
            .unwrap();
        self.reads.push((path, 0));
    }

    /// Increases the reads of these devices.
    fn read(&mut self, more: &[(&str, u64)]) {
        let mut text = String::new();
        for (minor, (name, reads)) in self.reads.iter_mut().enumerate() {
            *reads += more.iter().find(|(path, _)| path == name).map_or(0, |(_, reads)| *reads);
            let counted = format!("{reads} 0 0 {reads} 0 0 0 0 0 0 0");
            text.extend(["   8 ", &minor.to_string(), " ", name, " ", &counted, "\n"]);
        }
        // The mounted file must stay the same file, and be whole at any time.
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(false);
        let mut file = file.open(self.path_of("proc/diskstats")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.set_len(text.len() as u64).unwrap();
    }

    /// Starts the command on this system; `None` where there are no mount namespaces.
    fn run(&self, words: &str) -> Option<Run> {
        self.run_in(&["--mount"], words)
    }

    /// The same in these namespaces.
    fn run_in(&self, namespaces: &[&str], words: &str) -> Option<Run> {
        let mounts =
            "mount --bind \"$0/sys\" /sys && mount --bind \"$0/proc/diskstats\" /proc/diskstats";
        let mut unshare = command("unshare");
        unshare.args(namespaces).args(["sh", "-c", mounts]).arg(self.root.path());
        if !works(&mut unshare) {
            return None;
        }
        let built = Path::new(env!("CARGO_BIN_EXE_mpathstat")).parent().unwrap();
        let path = format!("{}:{}", built.display(), std::env::var("PATH").unwrap());
        let mut unshare = command("unshare");
        unshare.args(namespaces).args(["sh", "-c", &format!("{mounts} && {words}")]);
        unshare.arg(self.root.path()).env("PATH", path).env("S_COLORS", "never");
        let mut child = unshare.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let reports = LineReader::new(child.stdout.take().unwrap());
        let messages = LineReader::new(child.stderr.take().unwrap());
        Some(Run { child, reports, messages })
    }
}

/// The running command.
struct Run {
    child: Child,
    reports: LineReader,
    messages: LineReader,
}

impl Run {
    /// Ends the run by a signal. Returns the exit status.
    fn end(&mut self, signal: &str) -> Option<i32> {
        send_signal(&self.child, signal);
        self.child.wait().unwrap().code()
    }

    /// All messages, except that this machine may run no multipathd.
    fn other_messages(&mut self) -> Vec<&String> {
        let is_other = |line: &&String| !line.contains("multipathd does not run");
        self.messages.all().iter().filter(is_other).collect()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
fn changes_are_shown_in_the_next_report() {
    let mut system = System::new();
    let Some(mut run) = system.run("exec mpathstat 0.05") else { return };
    run.messages.wait_for("mpathstat: there is no multipath map here; waiting for one", || ());
    system.map(&["sda", "sdb"]);
    system.read(&[]);
    system.send_event();
    run.reports.wait_for(" mpatha: map added (2/2 running)", || ());
    run.reports.wait_for("|- sda ", || system.read(&[("sda", 50), ("dm-0", 50)]));
    system.write("sys/devices/host1/target1:0:0/1:0:0:0/state", "offline\n");
    system.send_event();
    run.reports.wait_for(" mpatha: path sdb offline (1/2 running)", || ());
    system.path("sdc");
    system.read(&[]);
    system.send_event();
    run.reports.wait_for(" mpatha: path sdc added (2/3 running)", || ());
    run.reports.wait_for("|- sdc ", || system.read(&[("sdc", 7), ("dm-0", 7)]));
    fs::remove_file(system.path_of("sys/block/dm-0/slaves/sda")).unwrap();
    system.reads.retain(|(name, _)| *name != "sda");
    system.read(&[]);
    system.send_event();
    run.reports.wait_for(" mpatha: path sda removed (1/2 running)", || ());
    assert_eq!(run.end("-INT"), Some(0));
}

#[test]
fn the_command_needs_no_root_privileges() {
    let mut system = System::new();
    system.map(&["sda", "sdb"]);
    system.read(&[]);
    let user = "setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs";
    let Some(mut run) = system.run(&format!("exec {user} mpathstat -x 0.05")) else { return };
    let row = run.reports.wait_for("|- sda ", || system.read(&[("sda", 100), ("dm-0", 100)]));
    assert!(row.contains("running") && row.contains("0:0:0:0"), "{row}");
    assert_eq!(run.end("-TERM"), Some(0));
    assert!(run.other_messages().is_empty());
}

#[test]
fn a_single_report_without_a_map_is_a_failure() {
    let system = System::new();
    let Some(mut run) = system.run("exec mpathstat 1 1") else { return };
    run.messages.wait_for("mpathstat: there is no multipath map here", || ());
    assert_eq!(run.child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_path_that_was_gone_before_the_start_stays_marked() {
    let mut system = System::new();
    system.map(&["sda", "sdb"]);
    system.read(&[]);
    fs::remove_file(system.path_of("sys/block/sdb")).unwrap();
    let Some(mut run) = system.run("exec mpathstat -a -i 0.05") else { return };
    for _ in 0..3 {
        run.reports.wait_for("|- sda ", || ());
        let row = run.reports.wait_for("|- sdb ", || ());
        assert!(row.contains("<- gone"), "{row}");
    }
    assert_eq!(run.end("-TERM"), Some(0));
}

#[test]
fn what_a_running_system_showed_is_replayed_byte_for_byte() {
    let mut system = System::new();
    system.map(&["sda", "sdb"]);
    system.read(&[]);
    system.write("sys/devices/system/cpu/cpu0/online", "1\n");
    let options =
        ["", "-x -i -t", "-a -U -y", "-o JSON -t", "-o jsonl -x -i", "-o tsv", "-g host -i"];
    for (number, options) in options.iter().enumerate() {
        let saved = system.path_of(&format!("saved{number}"));
        let words = format!("exec mpathstat {options} --save \"$0/saved{number}\" 0.05 3");
        let Some(mut run) = system.run(&words) else { return };
        let shown = loop {
            system.read(&[("sda", 7), ("dm-0", 7)]);
            if run.child.try_wait().unwrap().is_some() {
                break run.reports.all().to_vec();
            }
        };
        let mut replay = command(env!("CARGO_BIN_EXE_mpathstat"));
        replay.args(options.split_whitespace()).arg("--root").arg(&saved);
        let replayed = String::from_utf8(stdout(&mut replay)).unwrap();
        assert_eq!(replayed.lines().collect::<Vec<_>>(), shown, "{options}");
        assert!(shown.len() > 3, "{options}: {shown:?}");
        assert_eq!(run.other_messages(), [""; 0]);
    }
}

/// A multipathd that answers four requests with a map of so many paths, and then makes a file.
const MULTIPATHD: &str = r#"import socket, struct, sys
count, done = int(sys.argv[1]), sys.argv[2]
lines = ["mpatha (36001) dm-0 A,B\n", "size=1G features='0'\n"]
lines += ["`-+- policy='x' prio=50 status=active\n", "  |- 0:0:0:0 sda 8:0 active ready running\n"]
path = "  |- 10:0:%d:1000 sd%06d 65:128 active undef unknown      \n"
lines += [path % (number % 9, number) for number in range(count)]
answer = "".join(lines).encode() + b"\0"
server = socket.socket(socket.AF_UNIX)
server.bind("\0/org/kernel/linux/storage/multipathd")
server.listen()
server.settimeout(60)
for _ in range(4):
    peer = server.accept()[0]
    peer.recv(100)
    peer.sendall(struct.pack("N", len(answer)) + answer)
    peer.close()
open(done, "w").close()
"#;

/// The most memory that a run used, in MiB.
fn peak_mib(run: &Run) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", run.child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
}

#[test]
fn answers_of_multipathd_take_bounded_memory_however_long_the_interval() {
    let mut system = System::new();
    system.map(&["sda", "sdb"]);
    system.read(&[]);
    system.write("multipathd.py", MULTIPATHD);
    let is_refused = "the answer of multipathd takes more than 64 MiB";
    // About the longest answer that is used, of 4 MB, and one of 16 MB. Four answers of 4 MB, kept until the
    // next report, would take 200 MiB.
    for (paths, interval) in [(60_000, "0.5"), (60_000, "600"), (260_000, "0.5")] {
        let words = format!(
            "{{ python3 \"$0/multipathd.py\" {paths} \"$0/{paths}-{interval}\" & }} && \
             exec mpathstat -a -x --columns group {interval}"
        );
        let Some(mut run) = system.run_in(&["--mount", "--net"], &words) else { return };
        match (paths, interval) {
            (60_000, "0.5") => drop(run.reports.wait_for("1:active", || ())),
            (260_000, _) => drop(run.messages.wait_for(is_refused, || ())),
            _ => {}
        }
        let done = system.path_of(&format!("{paths}-{interval}"));
        wait_until("four answers", || done.exists());
        let peak_mib = peak_mib(&run);
        assert!((8..128).contains(&peak_mib), "{paths} paths every {interval} s: {peak_mib} MiB");
        run.end("-TERM");
    }
}
