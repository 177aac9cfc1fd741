use super::open_file::ATTRIBUTE_MAX;
use super::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;
use test_support::{TempDir, command, temp_dir, works, write};

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
fn numbered_trees_are_read_in_the_order_of_their_numbers_whatever_numbers_are_missing() {
    let numbers = ["0", "2", "9", "10", "18446744073709551615"];
    let others = ["01", "+3", "4x", "18446744073709551616", ".unfinished"];
    let files = numbers.iter().chain(&others).map(|name| format!("{name}/proc/uptime"));
    let files: Vec<_> = files.collect();
    let files: Vec<_> = files.iter().map(|file| (file.as_str(), "")).collect();
    let (folder, mut root) = saved(&[&files[..], &[("5", "no folder")]].concat());
    for number in numbers {
        assert_eq!(root.path(""), folder.path().join(number).join(""));
        assert_eq!(root.next_tree(), number != "18446744073709551615");
    }
    fs::remove_dir_all(folder.path().join("0/proc")).unwrap();
    assert!(SystemRoot::open(Some(folder.path())).is_err(), "the first folder is no tree");
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
fn a_file_of_a_saved_system_neither_blocks_nor_fills_memory() {
    let (folder, mut root) = saved(&[("sys/large", &"x".repeat(ATTRIBUTE_MAX + 1))]);
    let below = |name: &str| folder.path().join("sys").join(name);
    assert!(works(command("mkfifo").arg(below("pipe"))));
    symlink("/dev/zero", below("zero")).unwrap();
    let mut length = |name: &str| {
        root.read_attribute(&mut OpenFile::new(Path::new("sys").join(name))).ok().map(<[u8]>::len)
    };
    assert_eq!(length("large"), Some(ATTRIBUTE_MAX));
    assert_eq!([length("pipe"), length("zero")], [None; 2]);
    assert!(root.read("sys/pipe").is_err() && root.read("sys/zero").is_err());
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
    assert_eq!((host.node.as_deref(), host.cpus), (Some("tower"), Some(3)));
    assert_eq!((host.machine, host.system), (None, None), "not those of the running system");
    let live = HostInfo::read(&mut SystemRoot::open(None).unwrap());
    assert!(live.machine.is_some() && live.cpus.is_some());
}

#[test]
fn the_running_system_has_a_clock_and_counts_events() {
    let mut root = SystemRoot::open(None).unwrap();
    let (first, second) = (root.now().unwrap(), root.now().unwrap());
    assert!(second.monotonic >= first.monotonic);
    let mut events = DeviceEvents::default();
    assert!(events.have_changed(&mut root), "the first answer is yes");
}

/// Everything below a folder: the path of each file and link, with what it holds or leads to.
fn contents(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if let Ok(target) = fs::read_link(&path) {
            found.push((path, target.to_string_lossy().into_owned()));
        } else if path.is_dir() {
            found.extend(contents(&path));
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found.sort();
    found
}

#[test]
fn each_saved_tree_is_complete_although_files_are_read_once() {
    let (source, mut root) = saved(&[
        ("1/proc/uptime", "10 1\n"),
        ("1/sys/class/tape/a/count", "1"),
        ("1/sys/class/tape/b/count", "2"),
        ("1/sys/devices/7/serial", "S"),
        ("2/proc/uptime", "12 1\n"),
        ("2/sys/class/tape/b/count", "3"),
    ]);
    symlink("../../../../devices/7", source.path().join("1/sys/class/tape/b/device")).unwrap();
    let target = temp_dir();
    let run = target.path().join("run");
    root.save_to(&run).unwrap();
    let mut timer = IntervalTimer::start(Duration::from_secs(3600)).unwrap();
    let mut count = OpenFile::new("sys/class/tape/b/count");
    for name in root.list("sys/class/tape").unwrap() {
        root.read(format!("sys/class/tape/{}/count", name.escape_ascii())).unwrap();
    }
    root.read_link("sys/class/tape/b/device").unwrap();
    assert_eq!(root.read("sys/class/tape/b/device/serial").unwrap(), b"S");
    assert_eq!(root.next_sample(&mut timer).unwrap(), NextSample::Due);
    root.list("sys/class/tape").unwrap();
    root.reread(&mut count).unwrap();
    assert_eq!(root.next_sample(&mut timer).unwrap(), NextSample::End);
    root.save_sample().unwrap();
    let expected = [
        ("1/proc/uptime", "10 1\n"),
        ("1/sys/class/tape/a/count", "1"),
        ("1/sys/class/tape/b/count", "2"),
        ("1/sys/class/tape/b/device", "../../../../devices/7"),
        ("1/sys/devices/7/serial", "S"),
        ("2/proc/uptime", "12 1\n"),
        ("2/sys/class/tape/b/count", "3"),
        ("2/sys/class/tape/b/device", "../../../../devices/7"),
        ("2/sys/devices/7/serial", "S"),
    ];
    let expected = expected.map(|(path, text)| (run.join(path), text.to_owned()));
    assert_eq!(contents(&run), expected);
    let mut replay = SystemRoot::open(Some(&run)).unwrap();
    assert_eq!(replay.read("sys/class/tape/b/device/serial").unwrap(), b"S");
    let error = root.save_to(&run).unwrap_err().to_string();
    assert!(error.ends_with("run: the folder is not empty; save to a new one"), "{error}");
}

#[test]
fn a_saved_run_of_this_machine_has_its_clock_and_its_names() {
    if !Path::new("/sys/devices/system/cpu").exists() {
        return test_support::skip("/sys is not mounted");
    }
    let target = temp_dir();
    let mut root = SystemRoot::open(None).unwrap();
    root.save_to(target.path()).unwrap();
    let (now, host) = (root.now().unwrap(), HostInfo::read(&mut root));
    root.save_sample().unwrap();
    let mut replay = SystemRoot::open(Some(target.path())).unwrap();
    assert_eq!(replay.now(), Some(now));
    assert_eq!(HostInfo::read(&mut replay), host);
    assert!(replay.read("proc/uptime").is_ok());
}
