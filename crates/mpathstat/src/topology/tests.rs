use super::*;
use std::cmp::Ordering;
use sysparse::ParseError;

fn read(input: &str) -> (Topology, Vec<(usize, ParseError)>) {
    let mut told = Vec::new();
    let topology = text::read(input.as_bytes(), |line, bad| told.push((line, bad))).unwrap();
    (topology, told)
}

const SAVED: &str = "mpath10 (36001) dm-0 A,B\n\
    size=1G features='0' hwhandler='0' wp=rw\n\
    |-+- policy='service-time 0' prio=50 status=active\n\
    | `- 0:0:1:0 sde 8:64 active i/o pending running\n\
    `-+- policy='service-time 0' prio=10 status=enabled\n  \
      `- 1:0:1:0 sdd 8:48 failed faulty offline\n\
    create: mpath2 (36002) dm-1 A,B\n[size=1G]\n\\_ round-robin 0 [prio=1][active]\n \\_ 2:0:0:0 sdb 8:16 [active][ready]\n";

#[test]
fn people_count_this_way() {
    let mut names = ["mpath10", "mpath2", "mpath", "mpath02b", "mpath2a", "sdaa", "sdb"];
    names.sort_by(|a, b| natural(a.as_bytes(), b.as_bytes()));
    assert_eq!(names, ["mpath", "mpath2", "mpath2a", "mpath02b", "mpath10", "sdaa", "sdb"]);
    assert_eq!(natural(b"7", b"007"), Ordering::Equal);
    assert_eq!(natural(b"99999999999999999999999", b"100000000000000000000000"), Ordering::Less);
}

#[test]
fn escapes_of_device_mapper_are_undone() {
    assert_eq!(unescaped(br"odd\x20name\x20\xc3\xa9"), "odd name é".as_bytes());
    assert_eq!(unescaped(br"a\x2 \y\x"), br"a\x2 \y\x");
}

#[test]
fn saved_text_gives_maps_groups_and_states() {
    let (topology, told) = read(SAVED);
    assert_eq!(told, []);
    let names: Vec<_> = topology.maps.iter().map(|map| &map.name[..]).collect();
    assert_eq!(names, [&b"mpath2"[..], b"mpath10"]);
    let [old, new] = &topology.maps[..] else { panic!() };
    let (sde, sdd, sdb) = (&new.paths[0], &new.paths[1], &old.paths[0]);
    assert_eq!(sde.manager.states, b"active i/o pending");
    assert_eq!((&sdd.state[..], sdd.is_running(), sdd.is_failed()), (&b"offline"[..], false, true));
    assert_eq!([sde, sdd].map(Path::group), [b"1:active".to_vec(), b"2:enabled".to_vec()]);
    assert_eq!((&sdb.state[..], &sdb.manager.states[..]), (&b""[..], &b"active ready"[..]));
    assert_eq!((&sdd.ends.host[..], &sdd.ends.target[..]), (&b"host1"[..], &b"target1:0:1"[..]));
    assert_eq!((new.running(), topology.names.len()), (1, 5));
}

#[test]
fn lines_of_no_map_are_told_once_and_given_to_none() {
    let lost = SAVED.replace("create: mpath2 (36002) dm-1 A,B\n", "mpath2 36002 damaged A,B\n");
    let (topology, told) = read(&lost);
    assert_eq!(told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [8]);
    assert_eq!(topology.maps.len(), 1);
    assert_eq!(topology.maps[0].paths.len(), 2);
}

#[test]
fn no_damage_of_saved_text_stops_the_reading() {
    for end in 0..SAVED.len() {
        read(&SAVED[..end]);
    }
    let mut changed = SAVED.as_bytes().to_vec();
    for at in 0..changed.len() {
        for byte in [0, b'\n', b' ', b'|', b'-', b'(', b')', b'[', 0x1b, 0xff, b'9', b':'] {
            changed[at] = byte;
            let topology = text::read(&changed[..], |_, _| ()).unwrap();
            assert!(topology.devices().all(|device| device.slot < topology.names.len()));
        }
        changed[at] = SAVED.as_bytes()[at];
    }
}

#[test]
fn changes_tell_what_came_went_and_turned() {
    let (old, _) = read(SAVED);
    let edited = SAVED
        .replace("mpath10 ", "other ")
        .replace("sde 8:64 active i/o pending running", "sde 8:64 active ready blocked")
        .replace("sdd", "sdq")
        .replace("36002", "36003");
    let (new, _) = read(&edited);
    let found: Vec<_> = changes(&old, &new)
        .into_iter()
        .map(|change| {
            let path = change.path.unwrap_or_default();
            format!("{} {} {}", change.map.escape_ascii(), path.escape_ascii(), change.what)
        })
        .collect();
    let wanted = [
        "mpath2  removed",
        "mpath2  added",
        "other  renamed from mpath10",
        "other sdd removed",
        "other sde blocked",
        "other sdq added",
    ];
    assert_eq!(found, wanted);
    assert_eq!(changes(&old, &old), []);
}

#[test]
fn controllers_of_nvme_are_in_the_names_of_paths() {
    let controller = |kernel: &[u8]| Ends::of_hctl(b"1:0:1", kernel).controller;
    assert_eq!(controller(b"nvme1c0n1"), b"nvme0");
    assert_eq!(controller(b"nvme12n3"), b"nvme12");
    assert_eq!(controller(b"sda"), b"host1");
    assert_eq!(Ends::of_hctl(b"", b"dasda").host, b"-");
}
