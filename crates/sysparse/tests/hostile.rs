//! Hostile input: every prefix and every one-byte change of every sample. Nothing may panic, what a
//! record borrows must lie inside its line, and the fast paths must read what the grammars read.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends at what it does not expect"
)]

use std::collections::BTreeMap;
use std::fs;
use sysparse::ParseError;
use sysparse::audit::{self, Argument, Path, Record, RecordType, SyscallRecord, Value};
use sysparse::sockaddr::{ByteOrder, SocketAddress};
use sysparse::text;
use test_support::{random_cases, repository};

/// Whether `part` is a slice of `whole`.
fn lies_in(part: &[u8], whole: &[u8]) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    part.start >= whole.start && part.end <= whole.end
}

/// Reads everything that can be read of a line; returns a number that depends on what was found.
fn read_all(line: &[u8]) -> usize {
    let record = match audit::record(line) {
        Ok(Some(record)) => record,
        Ok(None) => return 0,
        Err(error) => {
            assert!(error.at <= line.len(), "{error} in {} bytes", line.len());
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
    if let Some(denial) = record.denial() {
        assert!(denial.permissions.is_empty() || lies_in(denial.permissions, line));
        assert!(
            denial.fields().all(|(name, value)| lies_in(name, line) && lies_in(value.raw(), line))
        );
    }
    assert!(lies_in(record.event, line));
    let _ = record.stamp();
    match SyscallRecord::parse(&record) {
        Ok(call) => assert!(call.exe().is_none_or(|exe| lies_in(exe.raw(), line))),
        Err(error) => assert_eq!(error.at, line.len()),
    }
    match Path::parse(&record) {
        Ok(path) => {
            let nametype = path.nametype();
            assert!(lies_in(path.name.raw(), line));
            assert!(nametype.is_empty() || lies_in(nametype, line));
        }
        Err(error) => assert!(error.at == line.len() || record.check_quotes().is_err()),
    }
    2 + record.arguments().count() + usize::from(record.auid().is_some())
}

/// What the commands read of a record, as text.
fn facts(record: &Record<'_>) -> String {
    let call = SyscallRecord::parse(record).map(|call| {
        let arguments = [0, 1, 2, 3, 4].map(|index| call.argument(index));
        let values = (call.arch, call.number, call.success, call.items, call.auid);
        let ids = (call.euid(), call.exe());
        format!("{values:x?} {arguments:x?} {:?} {ids:?}", call.exit())
    });
    let path = Path::parse(record).map(|path| (path.name, path.is_parent()));
    let (call, path) = (call.map_err(|error| error.expected), path.map_err(|error| error.expected));
    let (stamp, node) = (record.stamp(), record.node());
    format!("{:?} {stamp:?} {node:?} {call:?} {path:?}", record.kind)
}

/// Compares a line with one that no fast path takes: without `msg=`, and with another field before
/// those of the kernel.
fn compare_with_slow_paths(line: &[u8]) {
    const MSG: &[u8] = b"msg=";
    let Some(at) = line.windows(10).position(|part| part == b"msg=audit(") else { return };
    let (before, stamp) = (&line[..at], &line[at + MSG.len()..]);
    match audit::record(line) {
        Ok(Some(record)) if record.body_offset() > at => {
            let stamp = &stamp[..stamp.len() - record.body.len()];
            let slow = [before, stamp, b" x=1", record.body].concat();
            let slow = audit::record(&slow).expect("sound").expect("a record");
            assert_eq!(facts(&record), facts(&slow), "{}", line.escape_ascii());
        }
        Err(error) if error.at > at + MSG.len() => {
            let slow = [before, stamp].concat();
            let wanted = Err(ParseError { at: error.at - MSG.len(), ..error });
            assert_eq!(audit::record(&slow), wanted, "{}", line.escape_ascii());
        }
        _ => {}
    }
}

/// One line of each kind and shape of the sample logs, and odd ones made by hand; under Miri the latter
/// alone.
fn samples() -> Vec<Vec<u8>> {
    let mut kinds = BTreeMap::new();
    for name in ["raw.log", "enriched.log"] {
        let log = repository("testdata/samples/auditloginfo").join(name);
        if cfg!(miri) {
            break;
        }
        let log = fs::read(log).expect("a sample log");
        for line in text::lines(&log).filter(|line| line.len() < 400) {
            let kind = line.split(|byte| *byte == b' ').find(|word| word.starts_with(b"type="));
            kinds.entry((name, kind.map(<[u8]>::to_vec))).or_insert_with(|| line.to_vec());
        }
    }
    assert!(cfg!(miri) || kinds.len() > 20, "the samples hold {} kinds", kinds.len());
    let odd: [&[u8]; 5] = [
        b"Nov 22 13:14:51 lab kernel: audit: type=1300 audit(1.000:1): arch=40000003 syscall=5",
        b"node=a type=EXECVE msg=audit(1.000:1): argc=2 a0=\"a\" a1_len=4 a1[0]=6162 a1[1]=63#035X=1",
        b"type=LOGIN msg=audit(1.000:1): old auid=4294967295 new auid=0 msg='x auid=5'",
        b"type=PATH msg=audit(18446744073709551615.999:18446744073709551615): name=\"\" inode=-1",
        b"type=SYSCALL msg=audit(11/22/26 13:08:13.368:22) : arch=x86_64 syscall=openat",
    ];
    kinds.into_values().chain(odd.map(<[u8]>::to_vec)).collect()
}

#[test]
fn every_prefix_and_every_one_byte_change_is_read_without_a_panic() {
    let mut outcomes = BTreeMap::<usize, u64>::new();
    let mut read = |line: &[u8]| {
        *outcomes.entry(read_all(line)).or_default() += 1;
        compare_with_slow_paths(line);
    };
    for sample in samples() {
        for end in test_support::places(sample.len() + 1) {
            read(&sample[..end]);
        }
        let mut changed = sample.clone();
        for at in test_support::places(sample.len()) {
            for byte in test_support::every_byte() {
                changed[at] = byte;
                read(&changed);
            }
            changed[at] = sample[at];
        }
    }
    // No record, a damaged one and sound ones: each must have come up, or nothing was tried.
    let (each, kinds) = if cfg!(miri) { (0, 2) } else { (1000, 4) };
    assert!(outcomes[&0] > each && outcomes[&1] > each && outcomes.len() > kinds, "{outcomes:?}");
}

#[test]
fn lines_of_random_pieces_are_read_without_a_panic() {
    let samples = samples();
    random_cases(20_000, |rng| {
        let mut line = Vec::new();
        for _ in 0..rng.usize(1..6) {
            let sample = rng.choice(&samples).expect("a sample");
            let start = rng.usize(..=sample.len());
            line.extend_from_slice(&sample[start..rng.usize(start..=sample.len())]);
        }
        read_all(&line);
    });
}

#[test]
fn socket_addresses_of_random_bytes_borrow_from_them() {
    random_cases(20_000, |rng| {
        let mut bytes: Vec<u8> = (0..rng.usize(..40)).map(|_| rng.u8(..)).collect();
        if let Some(family) = bytes.first_chunk_mut() {
            // One of the families that are read, in either order of bytes.
            let known = rng.choice([1u16, 2, 10, 16, 17, 40]).expect("a family");
            *family = if rng.bool() { known.to_le_bytes() } else { known.to_be_bytes() };
        }
        for order in [ByteOrder::Little, ByteOrder::Big] {
            match SocketAddress::parse(&bytes, order) {
                Ok(SocketAddress::Unix(name) | SocketAddress::Abstract(name)) => {
                    assert!(lies_in(name, &bytes));
                }
                Ok(_) => assert!(bytes.len() >= 2),
                Err(error) => assert_eq!((bytes.len() < 2, error.at), (true, 0)),
            }
        }
    });
}

#[test]
fn hostile_numbers_and_names_are_bounded() {
    let line = b"type=EXECVE msg=audit(1.000:1): argc=99999999999999999999 a0= a99999999999999999999=\"x\" \
                 a1[99999999999999999999]=61 a=\"\" a[0]=1 a1[=2";
    let record: Record<'_> = audit::record(line).expect("sound").expect("a record");
    assert_eq!(record.kind, RecordType::Execve);
    assert!(record.arguments().eq([Argument::Whole(0, Value::Bare(b""))]));
}
