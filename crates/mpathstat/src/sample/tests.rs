use super::*;
use crate::topology::Map;
use std::time::SystemTime;

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
