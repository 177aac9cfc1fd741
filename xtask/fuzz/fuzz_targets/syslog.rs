//! Any bytes as lines with the header of syslog, the journal or logcat.
#![no_main]

use fuzz::lies_in;
use libfuzzer_sys::fuzz_target;
use sysparse::{syslog, text};

fuzz_target!(|log: &[u8]| {
    for line in text::lines(log) {
        if let Some(header) = syslog::header(line) {
            assert!(lies_in(header.tag, line) && lies_in(header.message, line));
            assert!(header.host.is_none_or(|host| !host.is_empty() && lies_in(host, line)));
        }
    }
});
