//! Any bytes as lines of an audit log: no panic, and what a record borrows lies inside its line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sysparse::audit::{self, Call, Path};
use sysparse::text;

fn lies_in(part: &[u8], whole: &[u8]) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    part.start >= whole.start && part.end <= whole.end
}

fuzz_target!(|log: &[u8]| {
    for line in text::lines(log) {
        let Ok(Some(record)) = audit::record(line) else { continue };
        assert_eq!(record.body_offset() + record.body.len(), line.len());
        for (name, value) in record.fields() {
            assert!(lies_in(name, line) && lies_in(value.raw(), line));
            assert_eq!(value.text().bytes().count(), value.text().len());
            let _ = (value.number(), value.integer(), value.hex(), value.octal(), value.id());
        }
        let inner = record.message().into_iter().flatten();
        assert!(inner.chain(record.fields()).all(|(name, _)| lies_in(name, line)));
        assert!(lies_in(record.event, line));
        let call = Call::parse(&record).map(|call| (call.argument(2), call.exit(), call.euid()));
        let path = Path::parse(&record).map(|path| (path.name, path.is_parent()));
        let _ = (call, path, record.stamp(), record.auid(), record.arguments().count());
    }
});
