//! Any bytes as an export of the journal, and as one in JSON.
#![no_main]

use fuzz::{checked, temporary, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|entries: &[u8]| {
    for (name, start) in [("export", &b"__CURSOR=s=1\n"[..]), ("json", b"{\"__CURSOR\":\"s=1\",")] {
        let log = temporary(name);
        write(&log, &[start, entries].concat());
        let log = log.to_str().expect("a path of letters");
        checked(
            &["--uid", "all", "--commands", "--files", "-o", "tsv", log],
            |words, out, messages| auditloginfo::run(words, out, messages),
        );
    }
});
