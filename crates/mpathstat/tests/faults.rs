//! Faults of the system: output that cannot be written, files that cannot be read, signals, limits, a
//! clock that is set, ten thousand devices, hostile files.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;
use test_support::faults::{
    close_stderr, fail_at_every_write, fail_every_read, interrupt_reports, interrupt_saving,
    limited, replace_files, series, with_clock,
};
use test_support::{LineReader, command, repository, send_signal, stderr, temp_dir, works, write};
use toolkit::exit::ExitStatus;
use toolkit::messages::Messages;

const MPATHSTAT: &str = env!("CARGO_BIN_EXE_mpathstat");

fn sample(name: &str) -> String {
    let path = fs::canonicalize(repository("testdata/samples/mpathstat").join(name));
    path.unwrap().into_os_string().into_string().unwrap()
}

#[test]
fn output_that_fails_at_any_write_is_reported() {
    let root = sample("once");
    for format in [&[][..], &["-x", "-i"], &["-o", "JSON"], &["-o", "tsv"], &["-o", "prometheus"]] {
        fail_at_every_write(|out| {
            let words = [&["--root", &root, "-a", "--since-boot", "1", "1"], format].concat();
            let words = words.into_iter().map(OsString::from);
            let result = mpathstat::run(words, out, &mut Messages::new("mpathstat", Vec::new()));
            result.err().and_then(|error| error.write_error()?.raw_os_error())
        });
    }
}

#[test]
fn a_read_that_fails_is_explained_or_unknown() {
    let root = sample("once");
    fail_every_read(
        MPATHSTAT,
        &["--root", &root, "-a", "-o", "tsv", "--since-boot", "1", "1"],
        None,
    );
    let (topology, iostat) = (sample("friendly.txt"), sample("iostat-12.txt"));
    let words = ["--topology", &topology, "--iostat", &iostat, "-o", "tsv"];
    fail_every_read(MPATHSTAT, &words, Some(topology.as_ref()));
    fail_every_read(MPATHSTAT, &words, Some(iostat.as_ref()));
}

#[test]
fn a_closed_stderr_changes_nothing_else() {
    close_stderr(MPATHSTAT, &["--root", &sample("none"), "1", "1"]);
    close_stderr(MPATHSTAT, &["--topology", &sample("iostat-12.txt"), "--iostat", "/dev/null"]);
    close_stderr(MPATHSTAT, &["--gone"]);
}

#[test]
fn a_signal_at_any_moment_ends_a_whole_report() {
    let series = series(sample("load/1").as_ref(), 150);
    interrupt_reports(MPATHSTAT, series.path(), &["-a", "-x", "1"]);
}

#[test]
fn a_signal_at_any_moment_leaves_whole_saved_folders() {
    let series = series(sample("load/1").as_ref(), 20);
    interrupt_saving(MPATHSTAT, series.path(), &["-a", "1"]);
}

#[test]
fn a_file_size_limit_leaves_no_half_saved_folder() {
    let folder = temp_dir();
    let saved = folder.path().join("saved");
    let words = ["--root", &sample("load"), "--save", saved.to_str().unwrap(), "1", "1"];
    let output = limited("ulimit -f 1", MPATHSTAT, &words);
    assert_ne!(output.status.code(), Some(0));
    let names = fs::read_dir(&saved).unwrap().map(|name| name.unwrap().file_name());
    assert!(names.into_iter().all(|name| name == ".unfinished"), "no numbered tree is there");
}

#[test]
fn hostile_files_neither_hang_nor_leak_nor_panic() {
    let files = [
        "proc/diskstats",
        "proc/uptime",
        "proc/stat",
        "sys",
        "sys/block",
        "sys/block/dm-0",
        "sys/block/dm-0/dm",
        "sys/block/dm-0/dm/name",
        "sys/block/dm-0/dm/uuid",
        "sys/block/dm-0/slaves",
        "sys/block/nvme1n1/wwid",
    ];
    let tree = sample("load/1");
    replace_files(MPATHSTAT, tree.as_ref(), &files, &["-a", "-x", "-i", "1", "1"]);
    replace_files(MPATHSTAT, tree.as_ref(), &files, &["-a", "-o", "jsonl", "1", "1"]);
}

#[test]
fn ten_thousand_devices_fit_into_the_limits() {
    let folder = temp_dir();
    let (mut topology, mut diskstats) = (String::new(), String::new());
    for map in 0..2000 {
        writeln!(topology, "mpath{map} (36{map:06}) dm-{map} LAB,Disk").unwrap();
        writeln!(diskstats, "253 {map} dm-{map} 1 0 8 5 1 0 8 5 0 5 5").unwrap();
        for path in 0..4 {
            let disk = format!("sd{map}p{path}");
            writeln!(topology, "`- {path}:0:0:{map} {disk} 8:{map} active ready running").unwrap();
            writeln!(diskstats, "8 {map} {disk} 1 0 8 5 1 0 8 5 0 5 5").unwrap();
        }
    }
    write(&folder.path().join("topology"), topology);
    write(&folder.path().join("proc/diskstats"), diskstats);
    write(&folder.path().join("proc/uptime"), "100.00 1.00\n");
    fs::create_dir(folder.path().join("sys")).unwrap();
    let file = folder.path().join("topology");
    let (file, root) = (file.to_str().unwrap(), folder.path().to_str().unwrap());
    let words = ["--topology", file, "--root", root, "-a", "-o", "tsv", "1", "1"];
    let output = limited("ulimit -n 64 && ulimit -v 262144", MPATHSTAT, &words);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 10_001);
}

#[test]
fn a_clock_that_is_set_changes_no_interval() {
    let folder = temp_dir();
    let clock = folder.path().join("clock");
    let Some(faked) = with_clock(&clock) else { return };
    if !works(command("unshare").args(["-m", "sh", "-c", "mount --bind /tmp /sys"])) {
        return;
    }
    let set = |time: &str| {
        write(&folder.path().join("new"), format!("{time}\n"));
        fs::rename(folder.path().join("new"), &clock).unwrap();
    };
    set("2026-01-01 00:00:00");
    let mounts = "mount --bind \"$0\"/sys /sys && \
                  mount --bind \"$0\"/proc/diskstats /proc/diskstats && exec \"$@\"";
    let mut unshare = command("unshare");
    unshare.args(["-m", "sh", "-c", mounts]);
    unshare.arg(sample("load/1")).arg(faked.get_program()).args(faked.get_args());
    unshare.args([MPATHSTAT, "-a", "-o", "tsv", "0.05"]).stdout(Stdio::piped());
    let mut child = unshare.spawn().unwrap();
    let mut rows = LineReader::new(child.stdout.take().unwrap());
    for year in ["2026", "2020", "2038"] {
        set(&format!("{year}-01-01 00:00:00"));
        rows.wait_for(&format!("{year}-01-01T"), || ());
    }
    send_signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let rows = rows.all();
    let seconds = rows.iter().skip(1).map(|row| row.split('\t').nth(1).unwrap().parse::<f64>());
    let seconds: Vec<_> = seconds.collect::<Result<_, _>>().unwrap();
    assert!(seconds.iter().all(|seconds| (0.001..60.0).contains(seconds)), "{seconds:?}");
}
