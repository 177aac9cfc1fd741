use super::kept::ATTRIBUTE_MAX;
use super::*;
use std::fs;

const CLOCK: Clock = Clock {
    uptime: |text| std::str::from_utf8(text).ok()?.trim().parse().ok().map(Duration::from_secs),
    btime: |text| std::str::from_utf8(text).ok()?.trim().parse().ok(),
};

/// A folder of this test that is removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let path = std::env::temp_dir().join(format!("toolkit-{}-{name}", std::process::id()));
        let folder = Folder(path);
        for (file, text) in files {
            folder.write(file, text);
        }
        folder
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn host(folder: &Folder) -> Host {
    Host::open(Some(&folder.0), CLOCK).unwrap()
}

#[test]
fn numbered_trees_are_one_machine_at_several_times() {
    let files = [("1/proc/uptime", "10"), ("1/proc/stat", "1000"), ("2/proc/uptime", "12")];
    let folder = Folder::new("numbered", &files);
    let mut host = host(&folder);
    let mut tick = Tick::start(Duration::from_secs(3600)).unwrap();
    let mut uptime = Kept::new("proc/uptime");
    assert_eq!(host.read_again(&mut uptime).unwrap(), b"10");
    let first = host.moment().unwrap();
    assert_eq!(first.wall, SystemTime::UNIX_EPOCH + Duration::from_secs(1010));
    assert_eq!(host.next(&mut tick).unwrap(), Next::Sample);
    assert_eq!(host.read_again(&mut uptime).unwrap(), b"12", "the second tree's file");
    assert_eq!(host.moment().unwrap().at.checked_sub(first.at), Some(Duration::from_secs(2)));
    assert_eq!(host.next(&mut tick).unwrap(), Next::End);
}

#[test]
fn a_kept_file_is_read_as_it_is_now_whatever_its_size() {
    let folder = Folder::new("kept", &[("sys/small", "1\n"), ("proc/large", "")]);
    let mut host = host(&folder);
    let (mut small, mut large) = (Kept::new("sys/small"), Kept::new("proc/large"));
    for text in ["12345\n", "", "7\n"] {
        folder.write("sys/small", text);
        assert_eq!(host.attribute(&mut small).unwrap(), text.as_bytes());
    }
    for length in [ATTRIBUTE_MAX - 1, ATTRIBUTE_MAX, 300_000, 3] {
        folder.write("proc/large", &"x".repeat(length));
        assert_eq!(host.read_again(&mut large).unwrap().len(), length);
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = Folder::new("missing", &[("proc/uptime", "soon")]);
    let mut host = host(&folder);
    let wanted = folder.0.join("sys/none").display().to_string();
    let told = host.read("sys/none").unwrap_err().to_string();
    assert!(told.starts_with(&wanted), "{told}");
    let told = host.uptime().unwrap_err().to_string();
    assert!(told.ends_with("proc/uptime: expected seconds since boot"), "{told}");
    let told = Host::open(Some(&folder.0.join("proc")), CLOCK).unwrap_err().to_string();
    assert!(told.contains("neither proc/ and sys/"), "{told}");
}

#[test]
fn a_saved_machine_has_its_own_names_and_processors() {
    let files = [("proc/sys/kernel/hostname", "tower\n"), ("proc/sys/kernel/arch", "\n")];
    let folder = Folder::new("names", &files);
    for name in ["cpu0", "cpu1", "cpu10", "cpufreq", "cpu"] {
        fs::create_dir_all(folder.0.join("sys/devices/system/cpu").join(name)).unwrap();
    }
    let machine = host(&folder).machine();
    let live = Host::open(None, CLOCK).unwrap().machine();
    assert_eq!((machine.node.as_str(), machine.cpus), ("tower", 3));
    assert_eq!((machine.hardware, machine.system), (live.hardware, live.system));
}

#[test]
fn the_running_system_has_a_clock_and_counts_events() {
    let mut host = Host::open(None, CLOCK).unwrap();
    let (first, second) = (host.moment().unwrap(), host.moment().unwrap());
    assert!(second.at >= first.at);
    let mut uevents = Uevents::default();
    assert!(uevents.changed(&mut host), "the first answer is yes");
}
