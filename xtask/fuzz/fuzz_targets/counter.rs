//! Any bytes as a file of one number, `/proc/stat` and `/proc/uptime`; numbers in text.
#![no_main]

use fuzz::lies_in;
use libfuzzer_sys::fuzz_target;
use sysparse::{counter, text};

fuzz_target!(|file: &[u8]| {
    for result in [counter::count(file), counter::hex_count(file), counter::value(file, b"btime")] {
        assert!(result.err().is_none_or(|error| error.at <= file.len()));
    }
    assert!(counter::signed_count(file).err().is_none_or(|error| error.at <= file.len()));
    assert!(counter::uptime(file).err().is_none_or(|error| error.at <= file.len()));
    let _ = (text::whole_number(file), text::whole_hex(file));
    if let Some((number, rest)) = text::decimal(file) {
        assert!(number.is_finite() && lies_in(rest, file), "{number}");
    }
});
