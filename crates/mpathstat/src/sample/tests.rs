use super::iostat::{Report, Reports};
use super::*;
use sysparse::ParseError;

fn device(kernel: &str, identity: &str) -> Device {
    Device { kernel: kernel.into(), identity: identity.into(), slot: 0 }
}

fn topology(devices: &[(&str, &str)]) -> Topology {
    let map = |(kernel, identity): &(&str, &str)| crate::topology::Map {
        name: kernel.as_bytes().to_vec(),
        device: device(kernel, identity),
        ..Default::default()
    };
    Topology::new(devices.iter().map(map).collect())
}

#[test]
fn readings_follow_devices_into_another_topology() {
    let old = topology(&[("dm-0", "a"), ("dm-1", "b"), ("dm-2", "c")]);
    let new = topology(&[("dm-1", "b"), ("dm-2", "other"), ("dm-3", "d")]);
    let reading = |reads| {
        let io = Io { reads, ..Io::default() };
        Some(Reading { number: (253, reads), io, failures: None })
    };
    let sample = Sample { moment: None, readings: vec![reading(0), reading(1), reading(2)] };
    assert_eq!(sample.under(&old, &new).readings, [reading(1), None, None]);
}

fn read(input: &str) -> (Vec<Report>, Vec<(usize, ParseError)>) {
    let (mut found, mut told) = (Vec::new(), Vec::new());
    let mut reports = Reports::new(input.as_bytes());
    while let Some(report) = reports.next_report(|line, bad| told.push((line, bad))).unwrap() {
        found.push(report);
    }
    (found, told)
}

const TEXT: &str = "Linux 6.1 (lab)\n\nDevice r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\n\
    sda 1.0 2.0 8.0 16.0 0.5 1.5 0.01 3.0\nsdb 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0\n\n\
    Device r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\n\n\
    Device r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\nsda 3.0 0 0 0 0 0 0 0\n\
    Device r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\nodd\\x20name 4.0 0 0 0 0 0 0 0\n";

#[test]
fn a_report_ends_with_a_blank_line_or_where_the_next_begins() {
    let (reports, told) = read(TEXT);
    assert_eq!(told, []);
    assert_eq!(reports.iter().map(HashMap::len).collect::<Vec<_>>(), [2, 0, 1, 1]);
    assert!((reports[0][&b"sda"[..]].await_ms() - 3.5 / 3.0).abs() < 1e-9);
    assert!(reports[3].contains_key(&b"odd name"[..]));
}

#[test]
fn a_report_in_several_tables_is_one() {
    let pretty = "r/s rkB/s r_await Device\n1.0 8.0 0.5 sda\n\nw/s wkB/s w_await Device\n2.0 16.0 1.5 sda\n\n\
                  f/s aqu-sz %util Device\n0.0 0.01 3.0 sda\n\n";
    let (reports, told) = read(&pretty.repeat(2));
    assert_eq!((reports.len(), told.len()), (2, 0));
    assert!((reports[1][&b"sda"[..]].writes - 2.0).abs() < 1e-9);
}

#[test]
fn damage_is_told_by_line_and_the_rest_is_used() {
    let (reports, told) =
        read(&format!("sda 1.0 2.0 3.0 4.0 5.0\n{}", TEXT.replace("0.5 1.5", "0.5 x")));
    assert_eq!(told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 5]);
    assert_eq!(reports.iter().map(HashMap::len).collect::<Vec<_>>(), [1, 0, 1, 1]);
    for end in 0..TEXT.len() {
        read(&TEXT[..end]);
    }
}
