"""mpathstat's figures: computed again from the kernel's counters, and beside iostat."""

import contextlib
import glob
import os
import re

from harness import Failed, check, expect_equal, must, once, read, wait_until, write
from mpath_devices import PATHS, dm_name, ios, load, maps, mpathstat, nvme_head, nvme_paths, paths, settled

def copy_folder(folder, root):
    """Copies the files and links of a sysfs folder, without its folders."""
    os.makedirs(f"{root}{folder}", exist_ok=True)
    for entry in os.scandir(folder):
        to = f"{root}{entry.path}"
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), to)
        elif entry.is_file():
            with contextlib.suppress(OSError):
                write(to, read(entry.path))


def snapshot(root):
    """Saves what mpathstat reads below --root. The counters and the time are read first, right after each other."""
    counters, uptime = read("/proc/diskstats"), read("/proc/uptime")
    os.makedirs(f"{root}/proc/sys/kernel")
    write(f"{root}/proc/diskstats", counters)
    write(f"{root}/proc/uptime", uptime)
    for name in ("stat", "sys/kernel/hostname", "sys/kernel/ostype", "sys/kernel/osrelease"):
        write(f"{root}/proc/{name}", read(f"/proc/{name}"))
    for folder in ("/sys/block", "/sys/class/nvme", "/sys/class/nvme-subsystem"):
        copy_folder(folder, root)
        for link in glob.glob(f"{folder}/*"):
            device = os.path.realpath(link)
            for part in (device, f"{device}/dm", f"{device}/slaves", f"{device}/holders", os.path.realpath(f"{device}/device")):
                if os.path.isdir(part) and not os.path.exists(f"{root}{part}"):
                    copy_folder(part, root)
    for folder in glob.glob("/sys/class/nvme-subsystem/*/nvme*"):
        device = os.path.realpath(folder)
        if not os.path.exists(f"{root}{device}"):
            copy_folder(device, root)


@once
def snapshots():
    """Two snapshots under load, as numbered folders."""
    folder = "/var/tmp/snapshots"
    maps()
    with contextlib.ExitStack() as stack:
        for device in ("/dev/mapper/four", "/dev/mapper/pair", "/dev/mapper/other", f"/dev/{nvme_head()}"):
            stack.enter_context(load(device, "--rw=randrw --bsrange=4k-32k"))
        snapshot(f"{folder}/1")
        reached = ios(dm_name("four")) + 100
        wait_until("100 more I/Os", lambda: ios(dm_name("four")) > reached)
        snapshot(f"{folder}/2")
    return folder


def counters(folder):
    """Counters by device: reads, sectors read, ms read, writes, sectors written, ms written."""
    values = {}
    for line in read(f"{folder}/proc/diskstats").splitlines():
        fields = line.split()
        numbers = [int(field) for field in fields[3:]]
        values[fields[2]] = (numbers[0], numbers[2], numbers[3], numbers[4], numbers[6], numbers[7])
    return values


def seconds(folder):
    return float(read(f"{folder}/proc/uptime").split()[0])


def figures(old, new, span):
    """Reads/s, writes/s, kB read/s, kB written/s and the mean time of an I/O in ms."""
    reads, read_sectors, read_ms, writes, written_sectors, write_ms = (b - a for a, b in zip(old, new))
    await_ms = (read_ms + write_ms) / (reads + writes) if reads + writes else 0.0
    return [reads / span, writes / span, read_sectors / 2 / span, written_sectors / 2 / span, await_ms]


def rows(text):
    """The rows of the last report: device name and five figures."""
    last = text.split("Device Name")[-1]
    found = re.findall(r"^(?:\|- )?(\S+)" + r" +(\d+\.\d+|-)" * 5, last, re.MULTILINE)
    return {name: figures for name, *figures in found}


def devices():
    """The kernel's name by the name in a report."""
    names = {name: kernel_name for name, kernel_name in maps().items()}
    names[nvme_head()] = nvme_head()
    for path in [path for name in PATHS for path in paths(name)] + nvme_paths():
        names[path] = path
    return names


def expect_close(command, device, expected, seen, tolerance=0.011):
    """Figures are printed with two decimals."""
    close = all(value != "-" and abs(float(value) - figure) <= tolerance for figure, value in zip(expected, seen))
    if not close:
        raise Failed(command, f"{device} " + " ".join(f"{figure:.2f}" for figure in expected), f"{device} " + " ".join(seen))


def expect_figures(command, text, old, new, span):
    seen = rows(text)
    for device in ("four", "pair", "other", nvme_head(), *paths("four"), *paths("pair"), *paths("other"), *nvme_paths()):
        if device not in seen:
            raise Failed(command, f"a row of {device}", text)
        kernel_name = devices()[device]
        expect_close(command, device, figures(old.get(kernel_name, (0,) * 6), new[kernel_name], span), seen[device])


@check("mpathstat/figures-interval")
def figures_interval():
    """Two snapshots of this system: every figure is computed from their counters."""
    folder = snapshots()
    old, new = counters(f"{folder}/1"), counters(f"{folder}/2")
    result = mpathstat(f"--root {folder} 1 1")
    expect_figures(result.command, result.out + result.err, old, new, seconds(f"{folder}/2") - seconds(f"{folder}/1"))


@check("mpathstat/figures-since-boot")
def figures_since_boot():
    folder = snapshots()
    result = mpathstat(f"--root {folder}/2 --since-boot")
    expect_figures(result.command, result.out + result.err, {}, counters(f"{folder}/2"), seconds(f"{folder}/2"))


@check("mpathstat/beside-iostat")
def beside_iostat():
    """Both commands since boot, while the counters stand still and a saved /proc/uptime is mounted over the real one."""
    folder = f"{snapshots()}/2"
    wait_until("no I/O", lambda: settled(dm_name("four")) and settled(dm_name("other")))
    command = "S_COLORS=never iostat -x -k; mpathstat --since-boot 1 1"
    text = must(f"unshare --mount bash -c 'mount --bind {folder}/proc/uptime /proc/uptime; {command}'")
    of_iostat = iostat_rows(text)
    seen = rows(text)
    for device in ("four", "pair", "other", nvme_head(), *paths("four"), *paths("pair"), *paths("other")):
        theirs = of_iostat[devices()[device]]
        expected = [float(theirs[column]) for column in ("r/s", "w/s", "rkB/s", "wkB/s")]
        expect_close(command, device, expected, seen[device][:4])


def iostat_rows(text):
    """The figures of iostat by device and column."""
    lines = [line.split() for line in text.split("Device Name")[0].splitlines()]
    heading = next(line for line in lines if line and line[0] == "Device")
    return {line[0]: dict(zip(heading, line)) for line in lines[lines.index(heading) + 1 :] if line}


@check("mpathstat/topology")
def topology():
    """The maps and paths are those of device-mapper and of the NVMe subsystem."""
    expected = {name: set(re.findall(r"\((\w+)\)", must(f"dmsetup deps -o blkdevname {name}"))) for name in maps()}
    expected[nvme_head()] = set(nvme_paths())
    result = mpathstat("-a 1 1")
    seen, map_paths = {}, set()
    for bar, name in re.findall(r"^(\|- )?(\S+) +\d", result.out, re.MULTILINE):
        if bar:
            map_paths.add(name)
        else:
            map_paths = seen.setdefault(name, set())
    expect_equal(result.command, expected, seen)
