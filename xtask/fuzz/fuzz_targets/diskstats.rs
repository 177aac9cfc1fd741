//! Any bytes as `/proc/diskstats`.
#![no_main]

use fuzz::lies_in;
use libfuzzer_sys::fuzz_target;
use sysparse::diskstats::{disk, disks};
use sysparse::text;

fuzz_target!(|file: &[u8]| {
    let lines = text::lines(file).count();
    for (number, disk) in disks(file) {
        assert!((1..=lines).contains(&number));
        if let Ok(disk) = disk {
            assert!(lies_in(disk.name, file) && !disk.name.is_empty());
        }
    }
    for line in text::lines(file) {
        if let Err(error) = disk(line) {
            assert!(error.at <= line.len());
        }
    }
});
