//! Any bytes as vital product data of a SCSI device.
#![no_main]

use fuzz::lies_in;
use libfuzzer_sys::fuzz_target;
use sysparse::vpd;

fuzz_target!(|page: &[u8]| {
    match vpd::unit_serial_number(page) {
        Ok(serial) => assert!(serial.is_empty() || lies_in(serial, page)),
        Err(error) => assert!(error.at <= page.len()),
    }
});
