//! Random saved systems.

use std::fs::create_dir_all;
use std::os::unix::fs::symlink;
use std::path::Path;
use tapestat::sample::FILES;
use test_support::{Rng, write};

/// The names of a system.
const NAMES: [(&str, &str); 4] = [
    ("ostype", "Linux"),
    ("osrelease", "7.3.4+deb13-amd64"),
    ("hostname", "vault"),
    ("arch", "x86_64"),
];

/// Any magnitude up to 10^15: beyond that, floating-point numbers do not include every integer.
fn value(rng: &mut Rng) -> u64 {
    let end = 10u64.pow(rng.u32(..16));
    if rng.u8(..4) == 0 { 0 } else { rng.u64(..end) }
}

/// What a system must not have for the comparison with a certain sysstat in a certain locale.
#[derive(Clone, Copy, Default)]
pub(crate) struct Exclusions {
    /// Hundredths of a second in the time since boot.
    pub(crate) hundredths: bool,
    /// A first sample without drives.
    pub(crate) empty: bool,
    /// Percentages from 50 to 89, and those near to them.
    pub(crate) middle_percentages: bool,
}

impl Exclusions {
    /// The increase of a time in nanoseconds over so many hundredths of a second.
    fn time(self, increase_ns: u64, hundredths: u64) -> u64 {
        let is_middle = (48..92).contains(&(increase_ns / 100_000 / hundredths));
        if self.middle_percentages && is_middle { 0 } else { increase_ns }
    }
}

/// Writes trees 1 to `count` of one system below `root`.
pub(crate) fn system(rng: &mut Rng, root: &Path, count: u64, exclusions: Exclusions) {
    let mut drives: Vec<(u64, [u64; 9])> = Vec::new();
    for number in [0, 1, 2, 3, 7, 10, 99, 100, 999] {
        if rng.u8(..3) == 0 || (number == 0 && exclusions.empty) {
            drives.push((number, [0; 9]));
        }
    }
    let (cpus, btime) = (rng.u32(1..=12), rng.u64(..2_000_000_000));
    // The clock of half of the systems has nanoseconds, and that of the others is their uptime.
    let has_clock = rng.bool();
    let mut step = 100 + value(rng) % 10_000_000_000;
    let mut hundredths = 0;
    for tree in 1..=count {
        if exclusions.hundredths {
            step += 100 - step % 100;
        }
        hundredths += step;
        let root = root.join(tree.to_string());
        let uptime = format!("{}.{:02} 1.00\n", hundredths / 100, hundredths % 100);
        write(&root.join("proc/uptime"), uptime);
        write(&root.join("proc/stat"), format!("btime {btime}\n"));
        if has_clock {
            let ns = hundredths * 10_000_000 + rng.u64(..10_000_000);
            write(&root.join("clock"), format!("{ns} {}\n", btime * 1_000_000_000 + ns));
        }
        for (file, name) in NAMES {
            write(&root.join("proc/sys/kernel").join(file), format!("{name}\n"));
        }
        for cpu in 0..cpus {
            create_dir_all(root.join(format!("sys/devices/system/cpu/cpu{cpu}"))).unwrap();
        }
        for (_, counters) in &mut drives {
            // Counters are reset only before the last sample: sysstat shows the drive again one
            // report later than we do.
            if tree == count && counters[0] > 0 && rng.u8(..8) == 0 {
                *counters = [0; 9];
                continue;
            }
            for (index, counter) in counters.iter_mut().enumerate() {
                let increase = value(rng);
                *counter += if index < 3 { exclusions.time(increase, step) } else { increase };
            }
        }
        // Drives are removed, but not added: sysstat shows a new drive one report later than we do.
        drives.retain(|(number, _)| rng.u8(..12) > 0 || (*number == 0 && exclusions.empty));
        for (number, counters) in &drives {
            drive(rng, &root, *number, counters);
        }
        step = rng.u64(100..1100);
    }
}

/// A drive in some of its modes, which all have the same statistics.
fn drive(rng: &mut Rng, root: &Path, number: u64, counters: &[u64; 9]) {
    let class = root.join("sys/class/scsi_tape");
    for (file, value) in FILES.iter().zip(counters) {
        let end = if rng.bool() { "\n" } else { "" };
        write(&class.join(format!("st{number}/stats/{file}")), format!("{value}{end}"));
    }
    create_dir_all(&class).unwrap();
    for mode in [format!("nst{number}"), format!("st{number}a")] {
        symlink(format!("st{number}"), class.join(mode)).unwrap();
    }
}
