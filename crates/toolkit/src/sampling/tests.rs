use super::open_file::ATTRIBUTE_MAX;
use super::*;
use std::fs;
use std::time::{Duration, SystemTime};
use test_support::{TempDir, temp_dir, write};

/// A saved system with these files.
fn saved(files: &[(&str, &str)]) -> (TempDir, SystemRoot) {
    let folder = temp_dir();
    for (file, text) in files {
        write(&folder.path().join(file), text);
    }
    let root = SystemRoot::open(Some(folder.path())).unwrap();
    (folder, root)
}

#[test]
fn numbered_trees_are_one_system_at_several_times() {
    let (_folder, mut root) = saved(&[("1/proc/uptime", "10"), ("2/proc/uptime", "12")]);
    let mut timer = IntervalTimer::start(Duration::from_secs(3600)).unwrap();
    let mut uptime = OpenFile::new("proc/uptime");
    assert_eq!(root.reread(&mut uptime).unwrap(), b"10");
    assert_eq!(root.next_sample(&mut timer).unwrap(), NextSample::Due);
    assert_eq!(root.reread(&mut uptime).unwrap(), b"12", "the file of the second tree");
    assert_eq!(root.next_sample(&mut timer).unwrap(), NextSample::End);
    assert_eq!(root.now(), None, "a saved system has a clock of its own");
}

#[test]
fn the_moment_after_boot_has_a_time_of_day() {
    let moment = Moment::after_boot(Duration::from_secs(10), Some(1000));
    assert_eq!(moment.wall, SystemTime::UNIX_EPOCH + Duration::from_secs(1010));
    let strange = Moment::after_boot(Duration::MAX, Some(u64::MAX));
    assert_eq!(strange.monotonic, Duration::MAX);
}

#[test]
fn an_open_file_is_read_as_it_is_now_whatever_its_size() {
    let (folder, mut root) = saved(&[("sys/small", "1\n"), ("proc/large", "")]);
    let (mut small, mut large) = (OpenFile::new("sys/small"), OpenFile::new("proc/large"));
    for text in ["12345\n", "", "7\n"] {
        write(&folder.path().join("sys/small"), text);
        assert_eq!(root.read_attribute(&mut small).unwrap(), text.as_bytes());
    }
    for length in [ATTRIBUTE_MAX - 1, ATTRIBUTE_MAX, 300_000, 3] {
        write(&folder.path().join("proc/large"), "x".repeat(length));
        assert_eq!(root.reread(&mut large).unwrap().len(), length);
    }
}

#[test]
fn an_error_names_the_file() {
    let (folder, mut root) = saved(&[("proc/uptime", "soon")]);
    let error = root.read("sys/none").unwrap_err();
    let expected = format!("{}/sys/none: No such file or directory", folder.path().display());
    assert!(error.is_gone() && error.to_string() == expected, "{error}");
    let error = root.malformed("proc/uptime", "a time").to_string();
    assert!(error.ends_with("proc/uptime: expected a time"), "{error}");
    let error = SystemRoot::open(Some(&folder.path().join("proc"))).unwrap_err().to_string();
    assert!(error.ends_with("proc: expected proc/ and sys/, or numbered folders with them"));
}

#[test]
fn a_saved_system_has_its_own_names_and_processors() {
    let (folder, mut root) =
        saved(&[("proc/sys/kernel/hostname", "tower\n"), ("proc/sys/kernel/arch", "\n")]);
    for name in ["cpu0", "cpu1", "cpu10", "cpufreq", "cpu"] {
        fs::create_dir_all(folder.path().join("sys/devices/system/cpu").join(name)).unwrap();
    }
    let host = HostInfo::read(&mut root);
    let live = HostInfo::read(&mut SystemRoot::open(None).unwrap());
    assert_eq!((host.node.as_str(), host.cpus), ("tower", 3));
    assert_eq!((host.machine, host.system), (live.machine, live.system));
}

#[test]
fn the_running_system_has_a_clock_and_counts_events() {
    let mut root = SystemRoot::open(None).unwrap();
    let (first, second) = (root.now().unwrap(), root.now().unwrap());
    assert!(second.monotonic >= first.monotonic);
    let mut events = DeviceEvents::default();
    assert!(events.have_changed(&mut root), "the first answer is yes");
}
