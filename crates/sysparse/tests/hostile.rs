//! Hostile input: every prefix and every one-byte change of every sample. Nothing may panic, and
//! what a record lends out must lie inside the line it was read from.

#![allow(clippy::expect_used, reason = "a test ends at what it does not expect")]

use std::collections::BTreeMap;
use std::fs;
use sysparse::audit::{self, Argument, Call, Path, Record, RecordType, Value};
use sysparse::text;

/// Whether `part` is a slice of `whole`.
fn lies_in(part: &[u8], whole: &[u8]) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    part.start >= whole.start && part.end <= whole.end
}

/// Reads all that can be read of a line; gives what it found as text, to see that changes matter.
fn read_all(line: &[u8]) -> usize {
    let record = match audit::record(line) {
        Ok(Some(record)) => record,
        Ok(None) => return 0,
        Err(malformed) => {
            assert!(malformed.at <= line.len(), "{malformed} in {} bytes", line.len());
            return 1;
        }
    };
    assert!(lies_in(record.body, line) && record.body_offset() + record.body.len() == line.len());
    assert!(record.node().is_none_or(|node| lies_in(node, line)));
    for (name, value) in record.fields() {
        assert!(lies_in(name, line) && lies_in(value.raw(), line));
        assert_eq!(value.text().bytes().count(), value.text().len());
        let _ = (value.number(), value.integer(), value.hex(), value.id(), value.is_null());
    }
    assert!(lies_in(record.event, line));
    let _ = record.stamp();
    match Call::parse(&record) {
        Ok(call) => drop((call.argument(2), call.exit(), call.euid())),
        Err(malformed) => assert!(malformed.at <= line.len()),
    }
    match Path::parse(&record) {
        Ok(path) => {
            let _ = path.is_parent();
            assert!(lies_in(path.name.raw(), line));
        }
        Err(malformed) => assert!(malformed.at <= line.len()),
    }
    2 + record.arguments().count() + usize::from(record.auid().is_some())
}

/// One line of each kind and shape of the sample logs, and odd ones made by hand.
fn samples() -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/samples/auditloginfo");
    let mut kinds = BTreeMap::new();
    for name in ["raw.log", "enriched.log"] {
        let log = fs::read(folder.join(name)).expect("a sample log");
        for line in text::lines(&log).filter(|line| line.len() < 400) {
            let kind = line.split(|byte| *byte == b' ').find(|word| word.starts_with(b"type="));
            kinds.entry((name, kind.map(<[u8]>::to_vec))).or_insert_with(|| line.to_vec());
        }
    }
    assert!(kinds.len() > 20, "the samples hold {} kinds", kinds.len());
    let odd: [&[u8]; 4] = [
        b"Nov 22 13:14:51 lab kernel: audit: type=1300 audit(1.000:1): arch=40000003 syscall=5",
        b"node=a type=EXECVE msg=audit(1.000:1): argc=2 a0=\"a\" a1_len=4 a1[0]=6162 a1[1]=63#035X=1",
        b"type=LOGIN msg=audit(1.000:1): old auid=4294967295 new auid=0 msg='x auid=5'",
        b"type=PATH msg=audit(18446744073709551615.999:18446744073709551615): name=\"\" inode=-1",
    ];
    kinds.into_values().chain(odd.map(<[u8]>::to_vec)).collect()
}

#[test]
fn every_prefix_and_every_one_byte_change_is_read_without_a_panic() {
    let mut outcomes = BTreeMap::<usize, u64>::new();
    for sample in samples() {
        for end in 0..sample.len() {
            *outcomes.entry(read_all(&sample[..end])).or_default() += 1;
        }
        let mut changed = sample.clone();
        for at in 0..sample.len() {
            for byte in 0..=u8::MAX {
                changed[at] = byte;
                *outcomes.entry(read_all(&changed)).or_default() += 1;
            }
            changed[at] = sample[at];
        }
    }
    // No record, a damaged one and sound ones: each must have come up, or nothing was tried.
    assert!(outcomes[&0] > 1000 && outcomes[&1] > 1000 && outcomes.len() > 4, "{outcomes:?}");
}

#[test]
fn hostile_numbers_and_names_are_bounded() {
    let line = b"type=EXECVE msg=audit(1.000:1): argc=99999999999999999999 a0= a99999999999999999999=\"x\" \
                 a1[99999999999999999999]=61 a=\"\" a[0]=1 a1[=2";
    let record: Record<'_> = audit::record(line).expect("sound").expect("a record");
    assert_eq!(record.kind, RecordType::Execve);
    assert!(record.arguments().eq([Argument::Whole(0, Value::Bare(b""))]));
}
