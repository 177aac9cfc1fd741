//! A synthetic system with many maps: the files of `/sys` and `/proc` that `mpathstat` and `iostat`
//! read.

use crate::bench::input::make_folder;
use crate::error::Error;
use crate::workspace::Workspace;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Paths per map.
pub(super) const PATHS: usize = 8;

/// The folder of a system with this many maps. Made on first use.
pub(super) fn make_system(maps: usize) -> Result<PathBuf, Error> {
    make_folder(&format!("bench-maps-{maps}"), |system| {
        let mut diskstats = String::new();
        system.write("sys/kernel/uevent_seqnum", "4711\n")?;
        system.write("sys/devices/system/cpu/cpu0/online", "1\n")?;
        for map in 0..maps {
            (0..PATHS).try_for_each(|path| write_path(system, map, path, &mut diskstats))?;
            let name = format!("dm-{map}");
            let block = format!("sys/block/{name}");
            let uuid = format!("mpath-3600a0980{map:09}\n");
            system.write(&format!("{block}/dm/uuid"), uuid)?;
            system.write(&format!("{block}/dm/name"), format!("mpath{map}\n"))?;
            write_counters(system, &block, [253, map], &name, &mut diskstats)?;
        }
        system.write("proc/diskstats", diskstats)
    })
}

/// Writes the files of a path of a map, where sysfs has those of a SCSI disk.
fn write_path(
    system: &Workspace,
    map: usize,
    path: usize,
    diskstats: &mut String,
) -> Result<(), Error> {
    let name = disk_name(map * PATHS + path);
    let (host, target) = (path / 2, path % 2);
    let hctl = format!("{host}:0:{target}:{map}");
    let device = format!("devices/host{host}/target{host}:0:{target}/{hctl}");
    let block = format!("sys/{device}/block/{name}");
    system.write(&format!("sys/{device}/state"), "running\n")?;
    system.write(&format!("sys/block/dm-{map}/slaves/{name}"), "")?;
    write_counters(system, &block, [8, map * PATHS + path], &name, diskstats)?;
    system.link(&format!("{block}/device"), &format!("../../../{hctl}"))?;
    system.link(&format!("sys/block/{name}"), &format!("../{device}/block/{name}"))
}

/// Writes the counters of a device to its file `stat`, and adds them to diskstats.
fn write_counters(
    system: &Workspace,
    block: &str,
    [major, minor]: [usize; 2],
    name: &str,
    diskstats: &mut String,
) -> Result<(), Error> {
    let n = minor + 1;
    let stat = format!(
        "{} 0 {} {} {} 12 {} {} 0 {} {} 0 0 0 0 {} 40",
        n * 104_729,
        n * 5_000_011,
        n * 70_001,
        n * 50_021,
        n * 3_000_017,
        n * 40_009,
        n * 90_001,
        n * 110_017,
        n * 31
    );
    // Writing to a string cannot fail.
    let _ = writeln!(diskstats, "{major:4} {minor:7} {name} {stat}");
    system.write(&format!("{block}/dev"), format!("{major}:{minor}\n"))?;
    system.write(&format!("{block}/diskseq"), format!("{n}\n"))?;
    system.write(&format!("{block}/stat"), format!("{stat}\n"))
}

/// The kernel's name of the disk with this number: `sda`, ..., `sdz`, `sdaa`.
fn disk_name(number: usize) -> String {
    let mut rest = number + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'a' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    ["sd".to_owned(), letters.iter().rev().collect()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_have_the_names_of_the_kernel() {
        assert_eq!([0, 25, 26, 701, 702].map(disk_name), ["sda", "sdz", "sdaa", "sdzz", "sdaaa"]);
    }
}
