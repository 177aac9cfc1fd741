//! `mpathstat` beside `iostat -x` on a machine of 1,000 maps with eight paths each.
//!
//! The machine is a tree of files that is mounted over `/sys` and `/proc/diskstats` in a mount
//! namespace of each run, so that both commands read it as they read the running system. What one
//! report costs is the difference of two runs that differ in the number of reports.

use super::made;
use super::measure::{Line, median, system_calls, turns};
use crate::binaries;
use crate::error::Error;
use crate::tree::Tree;
use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const MAPS: usize = 1000;
const PATHS: usize = 8;
const ROUNDS: usize = 5;

/// How many reports the longer run has more than the shorter.
const MORE: u32 = 4;
/// The same of ours, which may come faster than one a second.
const MORE_OURS: u32 = 40;

pub(super) fn run(tree: &Tree, out: &mut dyn Write) -> Result<(), Error> {
    let binary = binaries::release(tree)?.join("mpathstat").display().to_string();
    let machine = machine(MAPS)?;
    let on = |machine: &Path, command: &str| within(machine, command);
    let iostat = |reports: u32| on(&machine, &format!("iostat -dxk 1 {reports}"));
    let ours = |reports: u32| on(&machine, &format!("{binary} -a 0.05 {reports}"));
    let start = on(&machine, &format!("{binary} --since-boot -a 1 1"));
    let lines = [
        iostat(1),
        iostat(1 + MORE),
        ours(1),
        ours(1 + MORE_OURS),
        start,
        within(&machine, "true"),
    ];
    let all = turns(&lines, ROUNDS)?;
    let [few, many, few_ours, many_ours, start, nothing] = &all[..] else {
        return Err(Error::Usage);
    };
    let each = |few: &[super::Figures], many: &[super::Figures], more: u32| {
        let pairs = few.iter().zip(many);
        pairs.map(|(few, many)| (many.cpu_ms - few.cpu_ms) / f64::from(more)).collect::<Vec<_>>()
    };
    let (theirs, own) = (each(few, many, MORE), each(few_ours, many_ours, MORE_OURS));
    let ratios = theirs.iter().zip(&own).map(|(theirs, own)| theirs / own).collect();
    let startup = start.iter().zip(nothing).map(|(start, nothing)| start.wall_ms - nothing.wall_ms);
    writeln!(out, "{MAPS} maps of {PATHS} paths, medians of {ROUNDS} rounds in turns")?;
    writeln!(out, "cpu of a report of iostat -dxk   {:8.1} ms", median(theirs))?;
    writeln!(out, "cpu of a report of mpathstat -a  {:8.1} ms", median(own))?;
    writeln!(out, "iostat's is ours times           {:8.0}", median(ratios))?;
    writeln!(out, "start and one report, wall       {:8.1} ms", median(startup.collect()))?;
    for maps in [1, MAPS] {
        calls(&binary, maps, out)?;
    }
    parsing(tree, out)
}

/// The system calls of a report, the devices being as before.
fn calls(binary: &str, maps: usize, out: &mut dyn Write) -> Result<(), Error> {
    let machine = machine(maps)?;
    let count = |reports: u32| {
        let line = Line::new("", ["sh", "-c", &format!("{binary} -a 0.05 {reports} > /dev/null")]);
        system_calls(&line.within(MOUNTS, &machine))
    };
    let (Some(few), Some(many)) = (count(1)?, count(1 + MORE_OURS)?) else {
        return Ok(());
    };
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let each = (many - few) as f64 / f64::from(MORE_OURS);
    Ok(writeln!(out, "system calls of a report, {maps:4} maps {each:8.1}")?)
}

/// How fast diskstats is read, beside a search for line ends.
fn parsing(tree: &Tree, out: &mut dyn Write) -> Result<(), Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut bench = Command::new(cargo);
    bench.args(["bench", "--quiet", "--package", "sysparse", "--bench", "diskstats"]);
    let output = bench.current_dir(tree.path("")).output().map_err(Error::program("cargo"))?;
    Ok(out.write_all(&output.stdout)?)
}

/// A command as it runs on `machine`.
fn within(machine: &Path, command: &str) -> Line {
    Line::new(command, ["sh", "-c", &format!("exec {command}")]).within(MOUNTS, machine)
}

/// What makes a machine the running system.
const MOUNTS: &str =
    "mount --bind \"$0/sys\" /sys && mount --bind \"$0/proc/diskstats\" /proc/diskstats";

/// A machine with so many maps.
fn machine(maps: usize) -> Result<PathBuf, Error> {
    made(&format!("bench-maps-{maps}"), |machine| {
        let mut diskstats = String::new();
        machine.write("sys/kernel/uevent_seqnum", "4711\n")?;
        machine.write("sys/devices/system/cpu/cpu0/online", "1\n")?;
        for map in 0..maps {
            (0..PATHS).try_for_each(|at| path(machine, map, at, &mut diskstats))?;
            let name = format!("dm-{map}");
            let block = format!("sys/block/{name}");
            let uuid = format!("mpath-3600a0980{map:09}\n");
            machine.write(&format!("{block}/dm/uuid"), uuid)?;
            machine.write(&format!("{block}/dm/name"), format!("mpath{map}\n"))?;
            counters(machine, &block, [253, map], &name, &mut diskstats)?;
        }
        machine.write("proc/diskstats", diskstats)
    })
}

/// A path of a map, with its files where a SCSI disk has them.
fn path(machine: &Tree, map: usize, path: usize, diskstats: &mut String) -> Result<(), Error> {
    let name = letters(map * PATHS + path);
    let (host, target) = (path / 2, path % 2);
    let hctl = format!("{host}:0:{target}:{map}");
    let device = format!("devices/host{host}/target{host}:0:{target}/{hctl}");
    let block = format!("sys/{device}/block/{name}");
    machine.write(&format!("sys/{device}/state"), "running\n")?;
    machine.write(&format!("sys/block/dm-{map}/slaves/{name}"), "")?;
    counters(machine, &block, [8, map * PATHS + path], &name, diskstats)?;
    machine.link(&format!("{block}/device"), &format!("../../../{hctl}"))?;
    machine.link(&format!("sys/block/{name}"), &format!("../{device}/block/{name}"))
}

/// A device's counters, in its own file and in diskstats.
fn counters(
    machine: &Tree,
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
    // A vector of bytes takes all.
    let _ = writeln!(diskstats, "{major:4} {minor:7} {name} {stat}");
    machine.write(&format!("{block}/dev"), format!("{major}:{minor}\n"))?;
    machine.write(&format!("{block}/diskseq"), format!("{n}\n"))?;
    machine.write(&format!("{block}/stat"), format!("{stat}\n"))
}

/// The kernel's name of the disk of that number: `sda`, ..., `sdz`, `sdaa`.
fn letters(number: usize) -> String {
    let mut left = number + 1;
    let mut name = Vec::new();
    while left > 0 {
        left -= 1;
        name.push(char::from(b'a' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    name.reverse();
    name.into_iter().fold("sd".to_owned(), |name, letter| name + &letter.to_string())
}
