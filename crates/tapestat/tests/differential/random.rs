//! Random machines, the same for the same seed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use tapestat::sample::FILES;

/// splitmix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    /// Of any magnitude up to 10^15: beyond that floating point does not have every whole number.
    fn value(&mut self) -> u64 {
        if self.below(4) == 0 {
            return 0;
        }
        let magnitude = u32::try_from(self.below(16)).unwrap();
        self.below(10u64.pow(magnitude))
    }
}

/// What a machine must not have for the comparison with a certain sysstat in a certain locale.
#[derive(Clone, Copy)]
pub(crate) struct Spared {
    /// Hundredths of a second in the uptime.
    pub(crate) hundredths: bool,
    /// To be without a drive at first.
    pub(crate) empty: bool,
    /// Percentages from 50 to 89.
    pub(crate) middle_percentages: bool,
}

impl Spared {
    /// The growth of a time in nanoseconds over so many hundredths of a second.
    fn time(self, growth_ns: u64, hundredths: u64) -> u64 {
        let is_middle = (50..90).contains(&(growth_ns / 100_000 / hundredths));
        if self.middle_percentages && is_middle { 0 } else { growth_ns }
    }
}

/// Writes trees 1 to `count` of one machine below `root`.
pub(crate) fn machine(random: &mut Random, root: &Path, count: u64, spared: Spared) {
    let numbers = [0, 1, 2, 3, 7, 10, 99, 100, 999];
    let mut drives: Vec<(u64, [u64; 9])> = Vec::new();
    for number in numbers {
        if random.below(3) == 0 || (number == 0 && spared.empty) {
            drives.push((number, [0; 9]));
        }
    }
    let (cpus, btime) = (1 + random.below(12), random.below(2_000_000_000));
    let mut step = 100 + random.value() % 10_000_000_000;
    let mut hundredths = 0;
    for tree in 1..=count {
        if spared.hundredths {
            step += 100 - step % 100;
        }
        hundredths += step;
        let root = root.join(tree.to_string());
        write(
            &root.join("proc/uptime"),
            &format!("{}.{:02} 1.00\n", hundredths / 100, hundredths % 100),
        );
        write(&root.join("proc/stat"), &format!("btime {btime}\n"));
        for cpu in 0..cpus {
            fs::create_dir_all(root.join(format!("sys/devices/system/cpu/cpu{cpu}"))).unwrap();
        }
        for (_, counters) in &mut drives {
            // A drive may begin anew before the last sample: after it, sysstat shows it later than we.
            if tree == count && counters[0] > 0 && random.below(8) == 0 {
                *counters = [0; 9];
                continue;
            }
            for (index, counter) in counters.iter_mut().enumerate() {
                let growth = random.value();
                *counter += if index < 3 { spared.time(growth, step) } else { growth };
            }
        }
        // Now and then a drive goes. One that comes is shown by sysstat later than by us.
        drives.retain(|(number, _)| random.below(12) > 0 || (*number == 0 && spared.empty));
        for (number, counters) in &drives {
            drive(random, &root, *number, counters);
        }
        step = 100 + random.below(1000);
    }
}

/// A drive in some of its modes, all with the same statistics.
fn drive(random: &mut Random, root: &Path, number: u64, counters: &[u64; 9]) {
    let class = root.join("sys/class/scsi_tape");
    for (file, value) in FILES.iter().zip(counters) {
        let end = random.of(&["\n", ""]);
        write(&class.join(format!("st{number}/stats/{file}")), &format!("{value}{end}"));
    }
    for mode in [format!("nst{number}"), format!("st{number}a")] {
        symlink(format!("st{number}"), class.join(mode)).unwrap();
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
