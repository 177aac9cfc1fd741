use super::*;
use crate::topology::Map;
use std::time::SystemTime;
use test_support::{temp_dir, write};

fn topology(devices: &[(&str, &str)]) -> Topology {
    let map = |(kernel, identity): &(&str, &str)| Map {
        name: kernel.as_bytes().to_vec(),
        device: Device {
            kernel: (*kernel).into(),
            identity: (*identity).into(),
            ..Device::default()
        },
        ..Map::default()
    };
    Topology::new(devices.iter().map(map).collect())
}

#[test]
fn a_device_keeps_its_reading_in_another_topology() {
    let old = topology(&[("dm-0", "a"), ("dm-1", "b"), ("dm-2", "c")]);
    let new = topology(&[("dm-1", "b"), ("dm-2", "other"), ("dm-3", "d")]);
    let reading = |reads| {
        let io = Io { reads, ..Io::default() };
        Some(Reading { number: (253, reads), io, failures: None })
    };
    let moment = Moment { monotonic: Duration::ZERO, wall: Some(SystemTime::UNIX_EPOCH) };
    let readings = vec![reading(0), reading(1), reading(2)];
    let sample = Sample { moment, topology: Rc::new(old), readings };
    assert_eq!(sample.readings_for(&new), [reading(1), None, None]);
}

#[test]
fn a_count_of_failures_that_is_no_number_is_unknown_and_reported_once() {
    let folder = temp_dir();
    for tree in ["1", "2"] {
        write(&folder.path().join(tree).join("sys/block/sda/device/ioerr_cnt"), "many\n");
    }
    let mut root = SystemRoot::open(Some(folder.path())).unwrap();
    let file = |name: &str| OpenFile::new(format!("sys/block/sda/device/{name}"));
    let mut files = FailureFiles::Scsi { errors: file("ioerr_cnt"), timeouts: file("iotmo_cnt") };
    let mut text = Vec::new();
    let mut messages = Messages::new("mpathstat", &mut text);
    assert_eq!(files.read(&mut root, &mut messages), Failures::default());
    assert!(root.next_tree());
    assert_eq!(files.read(&mut root, &mut messages), Failures::default());
    let text = String::from_utf8(text).unwrap();
    let expected = "ioerr_cnt: expected one hexadecimal number of 64 bits; it counts as unknown\n";
    assert!(text.ends_with(expected) && text.lines().count() == 1, "{text}");
}
