//! How fast `/proc/diskstats` of 9,000 devices is read, beside a search for its line ends.

#![expect(clippy::print_stdout, reason = "a benchmark tells what it found")]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;
use sysparse::diskstats::disks;

const DEVICES: u64 = 9000;
const ROUNDS: u32 = 300;

/// Counters of all lengths, as a machine has them that was up for weeks.
fn text() -> String {
    let mut text = String::new();
    for n in 0..DEVICES {
        let _ = writeln!(
            text,
            "{:4} {:7} sd{n} {} {} {} {} {} {} {} {} {} {} {} 0 0 0 0 {} {}",
            8 + n % 200,
            n,
            n * 7919 % 100_000_000,
            n % 13,
            n * 99_991 % 10_000_000_000,
            n * 3571 % 10_000_000,
            n * 7001 % 10_000_000,
            n % 97,
            n * 88_883 % 10_000_000_000,
            n * 3373 % 10_000_000,
            n % 5,
            n * 3331 % 100_000_000,
            n * 6661 % 100_000_000,
            n % 1000,
            n % 300,
        );
    }
    text
}

/// Bytes a second of the best round, in GB.
fn speed(text: &str, read: impl Fn(&[u8]) -> u64) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(read(black_box(text.as_bytes())));
        best = best.min(start.elapsed().as_secs_f64());
    }
    #[expect(clippy::cast_precision_loss, reason = "a million bytes")]
    let bytes = text.len() as f64;
    bytes / best / 1e9
}

fn main() {
    let text = text();
    let sum = |io: sysparse::diskstats::Io| io.reads ^ io.sectors_read ^ io.writes ^ io.queued_ms;
    let parsed = speed(&text, |text| {
        disks(text).filter_map(|(_, disk)| disk.ok()).fold(0, |all, disk| all ^ sum(disk.io))
    });
    let lines = speed(&text, |text| memchr::memchr_iter(b'\n', text).count() as u64);
    println!("diskstats of {DEVICES} devices, {} bytes", text.len());
    println!("read at                          {parsed:8.2} GB/s");
    println!("line ends alone are found in     {:8.3} of the time", parsed / lines);
}
