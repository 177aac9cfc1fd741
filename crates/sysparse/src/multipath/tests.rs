use super::*;
use std::vec::Vec;

fn map(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let utf8 = |bytes| core::str::from_utf8(bytes).expect("UTF-8");
    match line(text.as_bytes()) {
        Ok(Line::Map(map)) => Some((utf8(map.alias), utf8(map.wwid), map.kernel.map(utf8))),
        _ => None,
    }
}

#[test]
fn maps_are_found_in_every_form() {
    for (line, alias, wwid, kernel) in [
        ("mpathg (36f01faf000da) dm-2 DELL,MD36xxi", "mpathg", "36f01faf000da", Some("dm-2")),
        ("36001405b16 dm-5 LIO-ORG ,block0", "36001405b16", "36001405b16", Some("dm-5")),
        ("mpatha (1IET     00080001) dm-0 IET,X", "mpatha", "1IET     00080001", Some("dm-0")),
        ("1IET     00080001 dm-0 IET,X", "1IET     00080001", "1IET     00080001", Some("dm-0")),
        ("create: 360004dm-0  NEXSAN  ,SATABoy2   ", "360004", "360004", Some("dm-0")),
        ("360004\x1b[1mdm-0\x1b[0m  NEXSAN  ,SATABoy2   ", "360004", "360004", Some("dm-0")),
        ("reload: mpatha (36001) dm-10 IBM,2145", "mpatha", "36001", Some("dm-10")),
        ("mpatha (36001) dm-2", "mpatha", "36001", Some("dm-2")),
        ("mpathc (36001) dm-0  ##,##", "mpathc", "36001", Some("dm-0")),
        ("odd \"q\" é (36001) dm-3 X,Y", "odd \"q\" é", "36001", Some("dm-3")),
        ("my dm-1 disk (36001) dm-3 X,Y", "my dm-1 disk", "36001", Some("dm-3")),
        ("nvme.1b-0001 [nvme]:nvme1n1 NVMe,Q", "nvme.1b-0001", "nvme.1b-0001", Some("nvme1n1")),
        ("create: mpathz (36009) undef IBM,2145", "mpathz", "36009", None),
        ("\x1b[1mmpatha (36001) dm-0 A,B\x1b[0m", "mpatha", "36001", Some("dm-0")),
        ("\x1b[1mmpatha\x1b[0m (36001) \x1b[1mdm-0\x1b[0m A", "mpatha", "36001", Some("dm-0")),
        ("size=1 (36001) dm-0 A,B", "size=1", "36001", Some("dm-0")),
        ("-dash_ (36001) dm-0 A,B", "-dash_", "36001", Some("dm-0")),
        ("db.x | y (36001) dm-0 A,B", "db.x | y", "36001", Some("dm-0")),
        ("d-b.1 | y (36001) dm-0 A,B", "d-b.1 | y", "36001", Some("dm-0")),
    ] {
        assert_eq!(map(line), Some((alias, wwid, kernel)), "{line}");
    }
}

#[test]
fn other_lines_name_no_map() {
    for text in [
        "",
        "----",
        "Oct 28 14:02:44 | mpatha (36001) dm-0 reload",
        "645.809680 | Warning: dm-3 multipath devices exist",
        "error calling out for dm-3 of 5",
        "dm-0: device node name blacklisted",
        "sde: couldn't get target port group",
        "     0:0:0:0 sda 8:0   -1  undef ready  VMware,Virtual disk running",
        "2:0:0:0  sda 8:0   1   undef  ready  running orphan",
        "===== paths list =====",
        "name   sysfs uuid",
        "mpath7 dm-4  3600c0ff0000aa11122233344401",
        "lrwxrwxrwx 1 root root 7 Nov 20 09:11 mpath7 -> ../dm-4",
        "/sys/block/dm-4",
        "mpath7 (254:4)",
        " |- (8:96)",
        "    `- (8:32)",
        " `-mpath7 (254:4)",
        "Linux 6.4.0 (labhost.example.com.example)",
        "multipathd> ",
        "- a remark",
        "| a remark",
        "/dev/x (36001) dm-0 A,B",
        "mpatha () dm-0 A,B",
        "/dev/x dm-0 A,B",
        "error calling out for dm-3 of 5, again",
    ] {
        assert_eq!(line(text.as_bytes()), Ok(Line::Other), "{text}");
    }
}

#[test]
fn a_name_may_have_no_device() {
    let found = line(b"mpath7 (3600c0ff0000aa11122233344401)");
    let map = Map { alias: b"mpath7", wwid: b"3600c0ff0000aa11122233344401", kernel: None };
    assert_eq!(found, Ok(Line::Name(map)));
    let map = Map { alias: map.wwid, ..map };
    assert_eq!(line(b"3600c0ff0000aa11122233344401"), Ok(Line::Name(map)));
    assert_eq!(line(b"3600c0ff0000aa11122233344401 more"), Ok(Line::Other));
}

#[test]
fn a_prompt_may_precede_a_line() {
    assert_eq!(map("multipathd> mpatha (36001) dm-0 A,B"), Some(("mpatha", "36001", Some("dm-0"))));
}

#[test]
fn groups_and_paths_are_found_in_every_form() {
    for (text, priority, status, has_next) in [
        ("|-+- policy='round-robin 0' prio=-1 status=active", "-1", "active", true),
        ("'-+- policy='service-time 0' prio=10 status=enabled", "10", "enabled", false),
        ("\t\t-+- policy='service-time 0' prio=1 status=active", "1", "active", false),
        ("\\_ round-robin 0 [prio=0][enabled]", "0", "enabled", false),
        ("\\_ round-robin 0 [active][first]", "", "active", false),
    ] {
        let (priority, status) = (priority.as_bytes(), status.as_bytes());
        let group = Group { priority, status, has_next };
        assert_eq!(line(text.as_bytes()), Ok(Line::Group(group)), "{text}");
    }
    for (text, hctl, name, device, states) in [
        ("| |- 12:0:0:1 sdc 8:32   active ready running", "12:0:0:1", "sdc", "8:32", 3),
        (
            "  `- 3:0:0:1077035049 sdaa 65:160 failed ready running",
            "3:0:0:1077035049",
            "sdaa",
            "65:160",
            3,
        ),
        (" \\_ 5:0:0:0  sdb 8:16  [active][ready]", "5:0:0:0", "sdb", "8:16", 2),
        ("  `- 1:0:1 nvme1c0n1 0:0 n/a n/a live", "1:0:1", "nvme1c0n1", "0:0", 3),
        ("\t\t  - 34:0:0:1 sdc 8:32  ## ## ##", "34:0:0:1", "sdc", "8:32", 3),
        ("\u{a0} |- 34:0:0:1 sdc 8:32  ## ## ##", "34:0:0:1", "sdc", "8:32", 3),
        ("  |- #:#:#:# - #:#  active undef running", "#:#:#:#", "-", "#:#", 3),
        ("  `- 0:0:0:1 sdb 8:16 active i/o pending running", "0:0:0:1", "sdb", "8:16", 4),
        ("  `- 0:0:0:1 sdb 8:16", "0:0:0:1", "sdb", "8:16", 0),
    ] {
        let Ok(Line::Path(path)) = line(text.as_bytes()) else { panic!("{text}") };
        let found = [path.hctl, path.name, path.device];
        assert_eq!(found, [hctl.as_bytes(), name.as_bytes(), device.as_bytes()], "{text}");
        assert_eq!(path.states().count(), states, "{text}");
        assert_eq!(path.has_next, text.contains("|- "), "{text}");
    }
    let Ok(Line::Path(path)) = line(b" \\_ 5:0:0:0  sdb 8:16  [active][ready]") else { panic!() };
    assert_eq!(path.states().collect::<Vec<_>>(), [&b"active"[..], b"ready"]);
}

#[test]
fn an_error_in_a_branch_has_its_place() {
    for (text, at) in [
        ("  `- 0:0:0 sdb", 5),
        ("| |- sdb 8:16 active", 5),
        ("`-+- polcy='x' prio=1", 5),
        (" \\_ 5:0:0:0", 4),
        ("  |- 0:0:0:1 sdb x:16 active", 5),
    ] {
        let expected = "a path group or a path";
        assert_eq!(line(text.as_bytes()), Err(ParseError { expected, at }), "{text}");
    }
}

#[test]
fn many_codes_for_the_terminal_in_a_line_take_linear_time() {
    for code in ["\x1b[m", "\x01", " \x1b[1m", ")\x07"] {
        let long = std::format!("x{}x", code.repeat(1 << 14));
        let short = std::format!("x{}x", code.repeat(1 << 8));
        let read = |text: &str| assert_eq!(line(text.as_bytes()), Ok(Line::Other));
        // Quadratic time is 64 times as long.
        test_support::takes_at_most(8, || (0..64).for_each(|_| read(&short)), || read(&long));
    }
}
