use super::*;
use std::cmp::Ordering;
use sysparse::ParseError;

fn read(input: &str) -> (Topology, Vec<(usize, ParseError)>) {
    let mut reported = Vec::new();
    let topology = text::read(input.as_bytes(), |line, bad| reported.push((line, bad))).unwrap();
    (topology, reported)
}

const SAVED: &str = "mpath10 (36001) dm-0 A,B\n\
    size=1G features='0' hwhandler='0' wp=rw\n\
    |-+- policy='service-time 0' prio=50 status=active\n\
    | `- 0:0:1:0 sde 8:64 active i/o pending running\n\
    `-+- policy='service-time 0' prio=10 status=enabled\n  \
      `- 1:0:1:0 sdd 8:48 failed faulty offline\n\
    create: mpath2 (36002) dm-1 A,B\n[size=1G]\n\\_ round-robin 0 [prio=1][active]\n \\_ 2:0:0:0 sdb 8:16 [active][ready]\n";

#[test]
fn names_have_a_natural_order() {
    let mut names = ["mpath10", "mpath2", "mpath", "mpath02b", "mpath2a", "sdaa", "sdb"];
    names.sort_by(|a, b| natural_cmp(a.as_bytes(), b.as_bytes()));
    assert_eq!(names, ["mpath", "mpath2", "mpath2a", "mpath02b", "mpath10", "sdaa", "sdb"]);
    assert_eq!(natural_cmp(b"7", b"007"), Ordering::Equal);
    assert_eq!(
        natural_cmp(b"99999999999999999999999", b"100000000000000000000000"),
        Ordering::Less
    );
}

#[test]
fn names_of_device_mapper_are_unescaped() {
    assert_eq!(unescape(br"odd\x20name\x20\xc3\xa9"), "odd name é".as_bytes());
    assert_eq!(unescape(br"a\x2 \y\x"), br"a\x2 \y\x");
}

#[test]
fn a_saved_text_has_maps_groups_and_states() {
    let (topology, reported) = read(SAVED);
    assert_eq!(reported, []);
    let names: Vec<_> = topology.maps.iter().map(|map| &map.name[..]).collect();
    assert_eq!(names, [&b"mpath2"[..], b"mpath10"]);
    let [old, new] = &topology.maps[..] else { panic!() };
    let (sde, sdd, sdb) = (&new.paths[0], &new.paths[1], &old.paths[0]);
    assert_eq!(sde.multipathd.states, b"active i/o pending");
    assert_eq!((&sdd.state[..], sdd.bad_state()), (&b"offline"[..], Some(&b"offline"[..])));
    assert_eq!([sde, sdd].map(Path::group), [b"1:active".to_vec(), b"2:enabled".to_vec()]);
    assert_eq!((&sdb.state[..], &sdb.multipathd.states[..]), (&b""[..], &b"active ready"[..]));
    assert_eq!(
        (&sdd.endpoints.host[..], &sdd.endpoints.target[..]),
        (&b"host1"[..], &b"target1:0:1"[..])
    );
    assert_eq!((new.usable(), topology.names.len()), (1, 5));
}

#[test]
fn lines_without_a_map_are_reported_once_and_left_out() {
    let lost = SAVED.replace("create: mpath2 (36002) dm-1 A,B\n", "mpath2 36002 damaged A,B\n");
    let (topology, reported) = read(&lost);
    assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [8]);
    assert_eq!(topology.maps.len(), 1);
    assert_eq!(topology.maps[0].paths.len(), 2);
}

#[test]
fn a_damaged_text_is_read_to_its_end() {
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
fn changes_are_found_by_wwid_and_name() {
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
            format!("{} {} {}", change.map.escape_ascii(), path.escape_ascii(), change.kind)
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
fn the_name_of_an_nvme_path_has_its_controller() {
    let controller = |kernel: &[u8]| Endpoints::from_address(b"1:0:1", kernel).controller;
    assert_eq!(controller(b"nvme1c0n1"), b"nvme0");
    assert_eq!(controller(b"nvme12n3"), b"nvme12");
    assert_eq!(controller(b"sda"), b"host1");
    assert_eq!(Endpoints::from_address(b"", b"dasda").host, b"-");
}

#[test]
fn a_state_that_no_kernel_prints_is_unknown_and_reported_once() {
    let odd = SAVED.replace("running", "running|").replace("offline", "offline x");
    let (topology, reported) = read(&odd);
    assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4]);
    assert!(reported[0].1.expected.starts_with("a device state such as running"));
    assert!(topology.paths().all(|path| path.state.is_empty()));
    assert_eq!(topology.maps[1].usable(), 1, "the other one has failed");
    let cut = SAVED.lines().take(4).collect::<Vec<_>>().join("\n").replace("running", "x");
    assert_eq!(incomplete(&cut), ["mpath10"], "no line is missing because of that");
    let nvme = "nvme-subsys3 - NQN=nqn.x\n\\\n +- nvme4 tcp traddr=a live\"\n +- nvme5 tcp traddr=b live x\n";
    let (_, reported) = read(nvme);
    assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3]);
    let json = |state: &str| {
        format!(
            "{{\"maps\": [{{\"name\": \"a\", \"uuid\": \"36001\", \"path_groups\": [{{\"paths\": [\n{{\"dev\": \"sda\", \"dev_st\": \"{state}\"}}]}}]}}]}}"
        )
    };
    for (state, wanted, lines) in
        [("offline", "offline", vec![]), ("undef", "", vec![]), ("odd", "", vec![2])]
    {
        let (topology, reported) = read(&json(state));
        assert_eq!(topology.maps[0].paths[0].state, wanted.as_bytes(), "{state}");
        assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), lines, "{state}");
    }
}

#[test]
fn the_later_description_of_a_map_holds() {
    let (topology, reported) = read(&format!("{SAVED}{}", SAVED.replace("offline", "running")));
    assert_eq!(reported, []);
    assert_eq!((topology.maps.len(), topology.paths().count()), (2, 3));
    assert_eq!(topology.maps[1].paths[1].state, b"running");
    // A name alone, as in the table of `show maps`, describes nothing.
    let (again, _) = read(&format!("{SAVED}mpath10 (36001) dm-0 A,B\n"));
    assert_eq!(again.maps[1].paths.len(), 2);
    // A size is more than a name: the map has lost its paths.
    let (gone, _) = read(&format!("{SAVED}mpath10 (36001) dm-0 A,B\nsize=2G wp=rw\n"));
    assert_eq!(gone.maps[1].paths, []);
}

#[test]
fn the_later_description_of_a_map_in_json_holds() {
    let json = |groups: &str| {
        format!(
            "{{\"maps\": [{{\"name\": \"a\", \"uuid\": \"36001\", \"path_groups\": [{groups}]}}]}}\n"
        )
    };
    let group = "{\"group\": 1, \"paths\": [{\"dev\": \"sda\"}, {\"dev\": \"sdb\"}]}";
    for (later, wanted) in
        [("", 0), ("{\"group\": 1, \"paths\": []}", 0), (&group.replace("sdb", "sda"), 1)]
    {
        let (topology, reported) = read(&format!("{}{}", json(group), json(later)));
        assert_eq!((reported, topology.maps.len()), (vec![], 1));
        assert_eq!(topology.maps[0].paths.len(), wanted, "{later}");
    }
}

#[test]
fn json_says_whether_a_map_is_suspended() {
    for (state, wanted) in [("suspend", true), ("active", false), ("undef", false)] {
        // The state of a group and of a path has the same key.
        let text = format!(
            "{{\"maps\": [{{\"uuid\": \"36001\", \"dm_st\": \"{state}\", \"path_groups\": [{{\"dm_st\": \
             \"active\", \"paths\": [{{\"dev\": \"sda\", \"dm_st\": \"active\"}}]}}]}}]}}"
        );
        assert_eq!(read(&text).0.maps[0].is_suspended, wanted, "{state}");
    }
}

#[test]
fn a_map_of_which_only_the_name_is_understood_is_reported_once() {
    let lost = SAVED.replace("size=1G", "x").replace("- 0:", "- ?").replace("- 1:", "- ?");
    let expected = |text: &str| {
        let (topology, reported) = read(text);
        let reported = reported.iter().map(|(line, bad)| (*line, bad.expected));
        (topology.maps.len(), reported.collect::<Vec<_>>())
    };
    let names = "mpatha (36001) dm-0 A,B\nmpathb (36002) dm-1 A,B\n";
    assert_eq!(expected(names), (0, vec![(2, "the size of the map before this")]));
    let (maps, reported) = expected(&lost);
    assert_eq!((maps, reported.last()), (1, Some(&(7, "the size of the map before this"))));
    let other = SAVED.replace("`- 0:", "* 0:").replace("`- 1:", "* 1:");
    assert_eq!(expected(&other), (2, vec![(4, "a path group or a path")]));
    let none = "mpatha (36001) dm-0 A,B\nsize=1G features='0' wp=rw\nother 8:16\n";
    assert_eq!(expected(none), (1, vec![]), "it has lost its paths");
}

#[test]
fn a_cut_end_is_reported() {
    let expected = |text: &str| {
        let (_, reported) = read(text);
        reported.iter().map(|(_, bad)| bad.expected).collect::<Vec<_>>()
    };
    let whole = SAVED.trim_end();
    assert_eq!(expected(whole), [""; 0], "a path with states in brackets");
    assert_eq!(expected(&whole[..whole.len() - 2]), ["more states of the path"]);
    let (before, _) = whole.split_once("\ncreate").unwrap();
    assert_eq!(expected(before), [""; 0]);
    let cut = before.trim_end_matches(" offline");
    assert_eq!(expected(cut), ["more states of the path"]);
    assert_eq!(expected(&format!("{cut}\n")), [""; 0], "not at the end of a text");
}

#[test]
fn the_paths_of_a_map_are_bounded_by_bytes() {
    let path = |number| format!("`- 2:0:0:{number} sd{number} 8:0 active ready running\n");
    let paths: String = (0..200_000).map(path).collect();
    let text = format!("m (w) dm-0 A,B\n{paths}");
    let (topology, reported) = read(&text);
    let expected: Vec<_> = reported.iter().map(|(_, bad)| bad.expected).collect();
    assert_eq!(expected, ["maps and paths of at most 64 MiB; the rest is not read;"]);
    assert!((20_000..200_000).contains(&topology.paths().count()));
}

#[test]
fn names_that_are_too_long_are_left_out() {
    let long = "x".repeat(60_000);
    let (topology, reported) = read(&SAVED.replace("mpath2 ", &format!("{long} ")));
    assert_eq!((topology.maps.len(), reported.len()), (1, 2));
}

#[test]
fn namespaces_are_those_that_have_figures() {
    let text = "nvme-subsys3 - NQN=nqn.x\n\\\n +- nvme4 tcp traddr=192.0.2.11 live optimized\n \
                +- nvme5 tcp traddr=192.0.2.12 connecting inaccessible\n";
    let (topology, reported) = read(text);
    assert_eq!((reported, topology.maps.len()), (Vec::new(), 0));
    let names = [&b"nvme3n2"[..], b"nvme3c4n7", b"nvme0n1", b"sda"];
    let found = topology.with_namespaces(names.into_iter()).unwrap();
    let maps: Vec<_> = found.maps.iter().map(|map| (&map.name[..], map.usable())).collect();
    assert_eq!(maps, [(&b"nvme3n2"[..], 1), (b"nvme3n7", 1)]);
    assert!(topology.with_namespaces([&b"sda"[..], b"nvme0n1"].into_iter()).is_none());
    assert_eq!(found.maps[1].paths[1].device.kernel, b"nvme3c5n7");
    assert_eq!(found.maps[1].paths[0].endpoints.target, b"nvme4 192.0.2.11");
    assert!(found.with_namespaces(names.into_iter()).is_none(), "nothing new");
}

#[test]
fn access_states_are_those_of_one_namespace() {
    let dump = |first: &str, second: &str| {
        let controller = |number, access| format!(" +- nvme{number} tcp traddr=a live {access}\n");
        format!("nvme-subsys3 - NQN=n\n\\\n{}{}", controller(4, first), controller(5, second))
    };
    // The access states of each map, and whether they are unclear.
    let found = |text: &str, steps: &[&[&[u8]]]| {
        let (mut topology, reported) = read(text);
        assert_eq!(reported, []);
        for names in steps {
            assert_eq!(topology.unclear_subsystem(), None, "{text}");
            topology = topology.with_namespaces(names.iter().copied()).unwrap();
        }
        let access = topology.paths().map(|path| String::from_utf8(path.access.clone()).unwrap());
        (access.collect::<Vec<_>>().join(" "), topology.unclear_subsystem())
    };
    let one = dump("optimized", "inaccessible");
    let states = "optimized inaccessible".to_owned();
    let unclear = |spaces| (" ".repeat(spaces), Some(3));
    assert_eq!(found(&one, &[&[b"nvme3n1"]]), (states.clone(), None));
    assert_eq!(found(&one, &[&[b"nvme3n1", b"nvme3n2"]]), unclear(3));
    assert_eq!(found(&one, &[&[b"nvme3n1"], &[b"nvme3n2"]]), unclear(3));
    assert_eq!(found(&format!("{one}{one}"), &[&[b"nvme3n1"]]), (states.clone(), None));
    let other = dump("inaccessible", "optimized");
    assert_eq!(found(&format!("{one}{other}"), &[&[b"nvme3n1"]]), unclear(1));
    assert_eq!(found(&format!("{one}{other}{other}"), &[&[b"nvme3n1"]]), unclear(1));
    let joined = other.replace("nvme-subsys3 - NQN=n\n", "");
    assert_eq!(found(&format!("{one}{joined}"), &[&[b"nvme3n1"]]), unclear(1));
    let two: &[&[u8]] = &[b"nvme3n1", b"nvme3n2"];
    assert_eq!(found(&dump("", ""), &[two]), (" ".repeat(3), None), "no states were printed");
    assert_eq!(found(&format!("{}{one}", dump("", "")), &[&[b"nvme3n1"]]), (states, None));
    // What multipath says about a map is of this map.
    let native = "eui.1 [nvme]:nvme3n2 NVMe,x,1\nsize=1 features='n/a' wp=rw\n\
        `-+- policy='n/a' prio=50 status=optimized\n  `- 3:4:1 nvme3c4n2 0:0 n/a optimized live\n";
    let (access, _) = found(&format!("{native}{one}"), &[&[b"nvme3n1", b"nvme3n2"]]);
    assert_eq!(access, "optimized  ");
}

/// The maps of which a text lacks paths.
fn incomplete(text: &str) -> Vec<String> {
    let contents = text::read_contents(text.as_bytes(), |_, _| ()).unwrap();
    let names = contents.incomplete.into_iter().map(|name| String::from_utf8(name).unwrap());
    names.collect()
}

#[test]
fn a_map_without_the_paths_that_the_tree_announces_is_incomplete() {
    assert_eq!(incomplete(SAVED), [""; 0]);
    let lines: Vec<_> = SAVED.lines().collect();
    // Ends after each line: the names are reported otherwise, or the map may have no path.
    let at_end: Vec<_> =
        (1..=lines.len()).map(|end| incomplete(&(lines[..end].join("\n") + "\n"))).collect();
    let (none, ten, two) = (vec![], vec!["mpath10".to_owned()], vec!["mpath2".to_owned()]);
    let wanted = [&none, &none, &ten, &ten, &ten, &none, &none, &none, &two, &none];
    assert_eq!(at_end.iter().collect::<Vec<_>>(), wanted);
    // Without each line: a second path of a group, or a group, may not have been there.
    for (missing, wanted) in [(2, &none), (3, &ten), (4, &ten), (5, &ten), (8, &none), (9, &two)] {
        let mut lines = lines.clone();
        lines.remove(missing);
        assert_eq!(incomplete(&(lines.join("\n") + "\n")), *wanted, "{missing}");
    }
    let siblings = SAVED.replace("| `- 0:0:1:0 sde", "| |- 0:0:1:0 sde");
    assert_eq!(incomplete(&siblings), ["mpath10"]);
    let siblings = SAVED.replace("  `- 1:0:1:0 sdd", "  |- 1:0:1:0 sdd");
    assert_eq!(incomplete(&siblings), ["mpath10"]);
}

#[test]
fn a_damaged_line_or_a_later_description_is_not_missing() {
    let damaged = SAVED.replace("`- 1:0:1:0 sdd 8:48", "`- 1:0:1:0 sdd");
    assert_eq!(incomplete(&damaged), [""; 0]);
    let cut: String = SAVED.split_inclusive('\n').take(4).collect();
    assert_eq!(incomplete(&cut), ["mpath10"]);
    assert_eq!(incomplete(&format!("{cut}{SAVED}")), [""; 0]);
    assert_eq!(incomplete(&format!("{SAVED}{cut}")), ["mpath10"]);
    let names: String = SAVED.split_inclusive('\n').take(2).collect();
    assert_eq!(incomplete(&format!("{cut}{names}")), [""; 0], "it has lost its paths");
    let group: String = SAVED.split_inclusive('\n').take(3).collect();
    assert_eq!(incomplete(&format!("{SAVED}{group}")), ["mpath10"]);
}

#[test]
fn lines_of_another_host_are_reported() {
    let host =
        |name: &str| SAVED.replace("[features", " [features").replace('\n', &format!("\n{name}: "));
    let text = format!("db1: {}\ndb2: {}", host("db1"), host("db2").replace("36001", "36003"));
    let (topology, reported) = read(&text);
    assert_eq!(topology.maps.len(), 2);
    assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [13]);
    assert!(reported[0].1.expected.ends_with("select the lines of one host,"));
}
