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
fn a_path_keeps_its_reading_only_in_the_same_map() {
    let maps = |maps: &[(&str, &str, &str)]| {
        let map = |(wwid, kernel, identity): &(&str, &str, &str)| {
            let device = |kernel: &str, identity: &str| Device {
                kernel: kernel.into(),
                identity: identity.into(),
                ..Device::default()
            };
            let path = Path { device: device(&format!("sd{wwid}"), "x"), ..Path::default() };
            let (wwid, device) = ((*wwid).into(), device(kernel, identity));
            Map { wwid, device, paths: vec![path], ..Map::default() }
        };
        Topology::new(maps.iter().map(map).collect())
    };
    let old = maps(&[("a", "dm-0", "1"), ("b", "dm-1", "2")]);
    let reading = Some(Reading::default());
    let moment = Moment { monotonic: Duration::ZERO, wall: None };
    let sample = Sample { moment, topology: Rc::new(old.clone()), readings: vec![reading; 4] };
    assert_eq!(sample.readings_for(&old), [reading; 4]);
    for (changed, wanted) in [
        (("a", "dm-0", "1"), [reading, reading]),
        (("a", "dm-2", "1"), [None, None]),
        (("a", "dm-0", "3"), [None, None]),
    ] {
        let new = maps(&[changed, ("b", "dm-1", "2")]);
        assert_eq!(sample.readings_for(&new)[..2], wanted, "{changed:?}");
        assert_eq!(sample.readings_for(&new)[2..], [reading; 2]);
    }
    let mut joined = old.maps.clone();
    let path = joined[1].paths.remove(0);
    joined[0].paths.push(path);
    let new = Topology::new(joined);
    assert_eq!(sample.readings_for(&new), [reading, reading, None, reading], "dm-0 sda sdb dm-1");
}

#[test]
fn a_restart_between_samples_is_distinguished_from_one_moment() {
    let problem = |last, now| time_problem(Duration::from_secs(last), Duration::from_secs(now));
    let begins = |found: Option<&str>, start: &str| found.is_some_and(|it| it.starts_with(start));
    assert_eq!(problem(1, 2), None);
    assert!(begins(problem(2, 2), "no time passed"));
    assert!(begins(problem(2, 1), "the uptime is less"));
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
