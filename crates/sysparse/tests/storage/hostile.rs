//! Every prefix and every one-byte change of small samples: no panic, and what is borrowed lies
//! inside the input.

use sysparse::diskstats::disks;
use sysparse::iostat::{Column, Header};
use sysparse::multipath::{Line, line};
use sysparse::text;

fn inside(part: &[u8], whole: &[u8]) {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    assert!(whole.start <= part.start && part.end <= whole.end);
}

/// Calls `read` with every prefix of `sample`, and with every byte of it changed to every other.
fn damage(sample: &[u8], read: impl Fn(&[u8])) {
    for end in test_support::places(sample.len() + 1) {
        read(&sample[..end]);
    }
    let mut changed = sample.to_vec();
    for at in test_support::places(sample.len()) {
        for byte in test_support::every_byte() {
            changed[at] = byte;
            read(&changed);
        }
        changed[at] = sample[at];
    }
}

#[test]
fn diskstats() {
    let sample = b"   8 16 sdb 219 0 6550 277 1 0 0 0 0 260 278 0 0 0 0 1 0\n 8 17 sdb1 1 2 3 4\n \
                   253 0 dm-0 18446744073709551615 0 1310 76 0 0 0 0 0 68 76\n";
    damage(sample, |input| {
        for (number, disk) in disks(input) {
            assert!(number <= 4);
            if let Ok(disk) = disk {
                inside(disk.name, input);
            }
        }
    });
}

#[test]
fn multipath() {
    let sample = b"create: mpathb (35000c5) dm-1 LABCO,Virtual B\n[size=5M][features=0 ]\n\
                   |-+- policy='service-time 0' prio=50 status=active\n\
                   | `- 0:0:1:0 sde 8:64 active i/o pending running\n\
                   \\_ round-robin 0 [prio=0][enabled]\n \\_ 5:0:0:0  sdb 8:16  [active][ready]\n\
                   nvme.1b36 [nvme]:nvme1n1 N\n\x1b[1m3600 0dm-2 X\x1b[0m\n";
    damage(sample, |input| {
        for text in text::lines(input) {
            match line(text) {
                Ok(Line::Map(map) | Line::Name(map)) => {
                    for part in [map.alias, map.wwid, map.kernel.unwrap_or(map.wwid)] {
                        inside(part, input);
                    }
                }
                Ok(Line::Group(group)) => {
                    for part in
                        [group.priority, group.status].iter().filter(|part| !part.is_empty())
                    {
                        inside(part, input);
                    }
                }
                Ok(Line::Path(path)) => {
                    for part in [path.hctl, path.name, path.device] {
                        inside(part, input);
                    }
                    path.states().for_each(|part| inside(part, input));
                }
                Ok(Line::Size | Line::Other) => {}
                Err(bad) => assert!(bad.at <= text.len()),
            }
        }
    });
}

#[test]
fn iostat() {
    let sample =
        b"Device r/s rMB/s await %util\n\x1b[32;22msda\x1b[0m 0,44 \x1b[34;1m  2.58k 3 4%\n\
                   r/s aqu-sz Device\n 1.0 2 odd x\n";
    damage(sample, |input| {
        let mut header = None;
        for text in text::lines(input) {
            header = Header::parse(text).or(header);
            match header.as_ref().map(|header| header.row(text)) {
                Some(Ok(row)) => {
                    inside(row.name, input);
                    for kind in [Column::Reads, Column::ReadKib, Column::AwaitMs, Column::Queue] {
                        assert!(row.value(kind).is_none_or(|value| value >= 0.0));
                    }
                }
                Some(Err(bad)) => assert!(bad.at <= text.len()),
                None => {}
            }
        }
    });
}
