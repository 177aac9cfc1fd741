//! Any bytes as a saved topology, and after two bytes 0xff as a saved text of iostat; also any
//! contents of the files of a saved system. The first byte chooses the options.
#![no_main]

use fuzz::{checked, temporary, write};
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::OnceLock;

const OPTIONS: [&[&str]; 8] = [
    &["-o", "tsv"],
    &["-x", "-i"],
    &["-o", "tsv", "-g", "host,target"],
    &["-o", "jsonl", "-x", "-i"],
    &["-o", "JSON", "-x"],
    &["-o", "prometheus"],
    &["--human", "-x", "-t", "-g", "group"],
    &["--sort", "kb", "--top", "1", "-z"],
];

const DISKSTATS: &str = " 253 0 dm-0 1 0 8 5 1 0 8 5 0 5 5\n 8 0 sda 1 0 8 5 1 0 8 5 0 5 5\n";

/// The files of the saved system that get their contents from the input, in this order, and what is
/// in them if the input says nothing.
const FILES: [(&str, &str); 12] = [
    ("1/proc/diskstats", DISKSTATS),
    ("2/proc/diskstats", DISKSTATS),
    ("2/proc/uptime", "101.50 1.00\n"),
    ("2/proc/stat", "btime 1700000000\n"),
    ("1/sys/block/dm-0/dm/name", "mpatha\n"),
    ("1/sys/block/dm-0/dm/uuid", "mpath-36001\n"),
    ("2/sys/block/sda/device/state", "running\n"),
    ("2/sys/block/sda/device/ioerr_cnt", "0x1\n"),
    ("2/sys/block/sda/device/access_state", "active/optimized\n"),
    ("2/run/multipathd.json", "{}"),
    ("2/clock", "1000000000 1700000000000000000\n"),
    ("2/sys/block/nvme0c0n1/ana_state", "optimized\n"),
];

fuzz_target!(|input: &[u8]| {
    let Some((option, texts)) = input.split_first() else { return };
    let options = OPTIONS[usize::from(*option) % OPTIONS.len()];
    let run = |words: &[&str]| {
        checked(&[words, options].concat(), |words, out, messages| {
            mpathstat::run(words, out, messages)
        })
    };
    let mut parts = texts.splitn(2, |byte| *byte == 0xff);
    let names = ["topology", "iostat"].map(|name| {
        let file = temporary(name);
        write(&file, parts.next().unwrap_or_default());
        file.into_os_string().into_string().expect("a path of letters")
    });
    run(&["--topology", &names[0], "--iostat", &names[1], "-a"]);
    let root = saved_system();
    let mut parts = texts.split(|byte| *byte == 0xff);
    for (file, default) in FILES {
        let contents = parts.next().filter(|contents| !contents.is_empty());
        write(&root.join(file), contents.unwrap_or(default.as_bytes()));
    }
    run(&["--root", root.to_str().expect("a path of letters"), "--since-boot", "-a", "1"]);
});

/// A system with a map of two paths and one of NVMe, in two samples.
fn saved_system() -> &'static PathBuf {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let root = temporary("root");
        for sample in ["1", "2"] {
            let file =
                |below: &str, text: &str| write(&root.join(sample).join(below), text.as_bytes());
            file("proc/uptime", "100.00 1.00\n");
            file("sys/block/dm-0/dm/uuid", "mpath-36001\n");
            file("sys/block/dm-0/dm/name", "mpatha\n");
            for path in ["sda", "sdb"] {
                file(&format!("sys/block/dm-0/slaves/{path}/dev"), "");
                file(&format!("sys/block/{path}/device/state"), "running\n");
                file(&format!("sys/block/{path}/device/ioerr_cnt"), "0x1\n");
            }
            file("sys/block/nvme0n1/wwid", "eui.01\n");
            for path in ["nvme0c0n1", "nvme0c1n1"] {
                file(&format!("sys/block/{path}/ana_state"), "optimized\n");
            }
        }
        root
    })
}
