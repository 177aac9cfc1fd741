"""mpathstat on real multipath devices: figures from the kernel's counters, and staged incidents.

Four SCSI controllers share disks. The maps are named by their number of paths: four (multibus), pair (multibus, queues if no
path is left), other (failover) and single. nvme is the native multipath device of a namespace behind two controllers."""

import contextlib
import functools
import glob
import os
import re
import shutil
import signal
import subprocess
import time

from harness import (
    Failed,
    check,
    expect_equal,
    expect_match,
    expect_no_match,
    must,
    read,
    shell,
    wait_until,
    write,
)

MULTIPATH_CONF = """defaults {
	user_friendly_names no
	find_multipaths no
	polling_interval 2
	max_polling_interval 4
	path_grouping_policy multibus
	path_selector "round-robin 0"
	enable_foreign ".*"
}
blacklist {
	devnode "^vd"
}
multipaths {
	multipath {
		wwid 35000c50000000001
		alias four
	}
	multipath {
		wwid 35000c50000000002
		alias pair
		no_path_retry queue
	}
	multipath {
		wwid 35000c50000000003
		alias other
		path_grouping_policy failover
	}
	multipath {
		wwid 35000c50000000004
		alias single
	}
}
"""
PATHS = {"four": 4, "pair": 2, "other": 2, "single": 1}
# Intervals in seconds: under emulation processes are slow, and a report must span several I/Os.
INTERVAL = 2


# ---- the devices


@functools.cache
def maps():
    """Starts multipathd and waits until every map has its paths; returns the kernel name of each map."""
    write("/etc/multipath.conf", MULTIPATH_CONF)
    must("modprobe -a dm-multipath dm-round-robin dm-service-time")
    subprocess.Popen(["multipathd", "-d", "-s"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until("multipathd answers", lambda: shell("multipathd show status").status == 0)
    wait_until("every map has its paths", lambda: all(len(paths(name)) == count for name, count in PATHS.items()))
    must("udevadm settle")
    return {name: dm_name(name) for name in PATHS}


def dm_name(name):
    """The kernel's name of a map, such as dm-0."""
    link = f"/dev/mapper/{name}"
    return os.path.basename(os.path.realpath(link)) if os.path.exists(link) else None


def paths(name):
    kernel_name = dm_name(name)
    return sorted(os.listdir(f"/sys/block/{kernel_name}/slaves")) if kernel_name else []


def nvme_head():
    return next(name for name in sorted(os.listdir("/sys/block")) if re.fullmatch(r"nvme\d+n\d+", name))


def nvme_paths():
    found = [re.search(r"nvme\d+c\d+n\d+$", path) for path in glob.glob("/sys/class/nvme-subsystem/*/nvme*/nvme*c*n*")]
    return sorted({match[0] for match in found if match})


def statistics(device):
    """The counters of a block device, in the order of the kernel's document on the file stat."""
    return [int(number) for number in read(f"/sys/block/{device}/stat").split()]


def in_flight(device):
    return statistics(device)[8]


def ios(device):
    """Reads and writes that the device has completed."""
    return statistics(device)[0] + statistics(device)[4]


@contextlib.contextmanager
def background(command):
    """Runs a shell line in a process group of its own, and kills it at the end."""
    process = subprocess.Popen(
        ["bash", "-c", command], start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # A process that waits for I/O ends only when the I/O does.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)


@contextlib.contextmanager
def load(device, options="--rw=randrw --bs=4k"):
    """Random reads and writes on a device by four threads, about 40 a second in all."""
    kernel_name = os.path.basename(os.path.realpath(device))
    before = ios(kernel_name)
    # A job in a process of its own would leave the process group. Threads keep four requests in flight when none completes.
    jobs = "--thread --numjobs=4 --ioengine=psync --direct=1 --size=64m --time_based --runtime=900 --rate_iops=6,4"
    with background(f"exec fio --name=load --filename={device} {jobs} {options}") as process:
        wait_until(f"I/O on {device}", lambda: ios(kernel_name) > before + 20)
        yield process


@contextlib.contextmanager
def offline(names):
    """Takes SCSI devices offline; at the end they run again, and their maps use them."""
    try:
        for name in names:
            write(f"/sys/block/{name}/device/state", "offline\n")
        yield
    finally:
        for name in names:
            write(f"/sys/block/{name}/device/state", "running\n")
        wait_until("every path is active", lambda: not re.search(r"failed|faulty|offline", shell("multipath -l").out))


def mpathstat(arguments, timeout=90):
    return shell(f"mpathstat {arguments}", timeout)


class Watch:
    """mpathstat while something happens: it reports until the watch ends, and each step waits for what it prints."""

    def __init__(self, arguments):
        self.command = f"mpathstat {arguments} {INTERVAL}"
        self.path = "/tmp/watch"
        self.file = open(self.path, "w")
        self.process = subprocess.Popen(["bash", "-c", f"exec {self.command}"], stdout=self.file, stderr=subprocess.STDOUT)
        self.expect("Device Name")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.file.close()

    def expect(self, pattern, limit_s=60):
        """Waits until a line matches; lines before those that matched earlier do not count."""
        end = time.monotonic() + limit_s
        while not re.search(pattern, read(self.path), re.MULTILINE):
            if time.monotonic() > end:
                raise Failed(self.command, f"a line like {pattern} within {limit_s} s", self.tail())
            time.sleep(0.2)

    def tail(self):
        """The change lines, and the last lines."""
        lines = read(self.path).splitlines()
        return "\n".join([line for line in lines if line.startswith("#")] + ["..."] + lines[-12:])

    def expect_not(self, pattern):
        if re.search(pattern, read(self.path), re.MULTILINE):
            raise Failed(self.command, f"no line like {pattern}", self.tail())

    def next_reports(self, count):
        """Waits for some more reports."""
        reached = read(self.path).count("Device Name") + count
        wait_until(f"{count} more reports", lambda: read(self.path).count("Device Name") >= reached)


# ---- figures


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


@functools.cache
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
    seen = {}
    for bar, name in re.findall(r"^(\|- )?(\S+) +\d", result.out, re.MULTILINE):
        if bar:
            last.add(name)
        else:
            last = seen.setdefault(name, set())
    expect_equal(result.command, expected, seen)


# ---- incidents


def row(name, mark):
    """The pattern of a map's or path's row that ends with a mark."""
    return rf"^(\|- )?{re.escape(name)} .*{mark}"


@check("mpathstat/quiet")
def quiet():
    """Under a steady load nothing is marked, and no path changes."""
    maps()
    with load("/dev/mapper/four"):
        result = mpathstat(f"-i four {INTERVAL} 4")
    expect_match(result, row("four", ""))
    expect_no_match(result, "<-|^#")


@check("mpathstat/usable-paths")
def usable_paths():
    """With -i the row of a map says how many of its paths are usable."""
    maps()
    with load("/dev/mapper/four"), load("/dev/mapper/single"):
        result = mpathstat(f"-i four single {INTERVAL} 2")
    expect_match(result, row("four", r"\b4/4\b"))
    expect_match(result, row("single", r"\b1/1\b"))


@check("mpathstat/path-offline-before-start")
def path_offline_before_start():
    maps()
    path = paths("four")[1]
    with load("/dev/mapper/four"), offline([path]):
        result = mpathstat(f"-i four {INTERVAL} 2")
    expect_match(result, row(path, "<-.*offline"))
    expect_match(result, row("four", r"\b3/4\b"))


@check("mpathstat/path-offline-while-running")
def path_offline_while_running():
    maps()
    path = paths("four")[1]
    with load("/dev/mapper/four"), Watch("four") as watch:
        with offline([path]):
            watch.expect(rf"^# [\d:]+ four: path {path} offline \(3/4 running\)")
        watch.expect(rf"^# [\d:]+ four: path {path} running \(4/4 running\)")


@check("mpathstat/path-failed")
def path_failed():
    """A path that multipathd took out of use; its SCSI device runs."""
    maps()
    path = paths("four")[2]
    with load("/dev/mapper/four"):
        try:
            must(f"multipathd fail path {path}")
            result = mpathstat(f"-i -x four {INTERVAL} 3")
        finally:
            must(f"multipathd reinstate path {path}")
    expect_match(result, row(path, "<-.*failed"))
    expect_match(result, row("four", r"\b3/4\b"))


@check("mpathstat/path-deleted-and-added")
def path_deleted_and_added():
    """A SCSI device that is deleted while the command runs, and found again by a scan of its controller."""
    maps()
    path = paths("four")[3]
    address = device_address(path)
    host = address.split(":")[0]
    with load("/dev/mapper/four"), Watch("four") as watch:
        write(f"/sys/block/{path}/device/delete", "1")
        try:
            watch.expect(rf"^# [\d:]+ four: path {path} (gone|removed) ")
        finally:
            write(f"/sys/class/scsi_host/host{host}/scan", "- - -")
            wait_until("the map has four paths", lambda: len(paths("four")) == 4)
        # The path may come back under another name.
        added = next(name for name in paths("four") if device_address(name) == address)
        watch.expect(rf"^# [\d:]+ four: path {added} added \(4/4 running\)")


def device_address(name):
    """Host, channel, target and LUN of a SCSI device."""
    return os.path.basename(os.path.realpath(f"/sys/block/{name}/device"))


@check("mpathstat/all-paths-offline")
def all_paths_offline():
    """No path is left, and the map queues: the map is shown, and -i says how many requests wait."""
    kernel_name = maps()["pair"]
    names = paths("pair")
    with load("/dev/mapper/pair"):
        with offline(names):
            wait_until("requests wait in the map", lambda: in_flight(kernel_name) >= 4 and settled(kernel_name))
            plain = mpathstat(f"{INTERVAL} 2")
            result = mpathstat(f"-i {INTERVAL} 2")
            waiting = in_flight(kernel_name)
    expect_match(plain, row("pair", ""))
    expect_match(result, row("pair", rf"<- no path, {waiting} queued"))
    expect_match(result, row("pair", r"\b0/2\b"))


def settled(device):
    """No I/O completes for a second."""
    before = ios(device)
    time.sleep(1)
    return ios(device) == before


@contextlib.contextmanager
def debug_map():
    """A map of two paths to one disk of scsi_debug, whose commands can be made to hang."""
    maps()
    must("modprobe scsi_debug vpd_use_hostno=0 add_host=2 num_tgts=1 max_luns=1 dev_size_mb=64 delay=0")
    try:
        wait_until("a map of scsi_debug's disks", lambda: debug_name() and len(paths(debug_name())) == 2)
        must("udevadm settle")
        yield debug_name()
    finally:
        shell(f"multipathd del map {debug_name()}")
        wait_until("scsi_debug is unloaded", lambda: shell("modprobe -r scsi_debug").status == 0)


def debug_name():
    """The name of the map above scsi_debug's disks, if there is one."""
    models = glob.glob("/sys/block/sd*/device/model")
    disks = [path.split("/")[3] for path in models if read(path).strip() == "scsi_debug"]
    names = [read(path).strip() for disk in disks for path in glob.glob(f"/sys/block/{disk}/holders/dm-*/dm/name")]
    return names[0] if names else None


@check("mpathstat/path-hangs")
def path_hangs():
    """The commands on one path get no answer: its requests are in flight, and none completes."""
    with debug_map() as name, load(f"/dev/mapper/{name}", "--rw=randread --bs=4k"):
        path = max(paths(name), key=ios)
        with no_answers(path):
            wait_until("requests hang on the path", lambda: in_flight(path) >= 4 and settled(path))
            result = mpathstat(f"-i {INTERVAL} 2")
            stuck = in_flight(path)
        wait_until("the requests end", lambda: not settled(dm_name(name)))
    expect_match(result, row(name, ""))
    expect_match(result, row(path, rf"<- stuck {stuck} in flight"))
    expect_match(result, rf"^\|- {path} .* - +<-")


@contextlib.contextmanager
def no_answers(path):
    """Reads from a disk of scsi_debug get no answer. They fail after the time limit of SCSI commands."""
    write(f"/sys/block/{path}/device/timeout", "40")
    inject = f"/sys/kernel/debug/scsi_debug/{device_address(path)}/error"
    try:
        # A command that times out (0), a thousand times, READ(10).
        write(inject, "0 -1000 0x28\n")
        yield
    finally:
        write(inject, "- 0 0x28\n")


@check("mpathstat/past-the-map")
def past_the_map():
    """I/O on a path that does not come through the map."""
    maps()
    path = paths("four")[0]
    with background(f"while :; do dd if=/dev/{path} of=/dev/null bs=4k iflag=direct count=2000; done"):
        before = ios(path)
        wait_until("I/O on the path", lambda: ios(path) > before + 50)
        result = mpathstat(f"-i {INTERVAL} 4")
    expect_match(result, row("four", ""))
    expect_match(result, row(path, "<- not through the map"))


# Discards 1 MiB over and over. The device stays open: udev reads from a device that was open for writing when it is closed.
DISCARD = """
import fcntl, os, struct
device = os.open("/dev/mapper/four", os.O_RDWR)
while True:
    fcntl.ioctl(device, 0x1277, struct.pack("QQ", 32 << 20, 1 << 20))
"""


@check("mpathstat/only-discards")
def only_discards():
    """A map that only discards is shown, and -x has columns for discards."""
    kernel_name = maps()["four"]
    write("/tmp/discard.py", DISCARD)
    before = statistics(kernel_name)[11]
    with background("exec python3 /tmp/discard.py"):
        wait_until("discards", lambda: statistics(kernel_name)[11] > before + 3)
        result = mpathstat(f"{INTERVAL} 2")
        more = mpathstat(f"-x four {INTERVAL} 2")
    expect_match(result, r"^four +0\.00 +0\.00 ")
    expect_match(more, r"^Device Name.*[Dd]isc")


@check("mpathstat/fstrim")
def fstrim():
    """fstrim of a file system on a map: no mark, no change."""
    maps()
    must("mkfs.ext4 -q -F /dev/mapper/other 65536; mkdir -p /mnt/lab; mount /dev/mapper/other /mnt/lab")
    try:
        with Watch("-a -i other") as watch:
            must("fstrim /mnt/lab")
            watch.next_reports(2)
            watch.expect_not("<-|^#")
    finally:
        must("umount /mnt/lab")


@check("mpathstat/nvme-controller-removed")
def nvme_controller_removed():
    """One of two controllers of the NVMe namespace is removed under load, and comes back."""
    maps()
    head = nvme_head()
    wait_until("two NVMe paths", lambda: len(nvme_paths()) == 2)
    path = nvme_paths()[1]
    controller = os.path.realpath(f"/sys/block/{path}/device")
    with load(f"/dev/{head}"), Watch(head) as watch:
        write(f"{controller}/device/remove", "1")
        try:
            watch.expect(rf"^# [\d:]+ {head}: path {path} (gone|removed) ")
        finally:
            write("/sys/bus/pci/rescan", "1")
            wait_until("two NVMe paths", lambda: len(nvme_paths()) == 2)
        watch.expect(rf"^# [\d:]+ {head}: path nvme\d+c\d+n\d+ added \(2/2")


# ---- without help


@check("mpathstat/multipathd-stopped")
def multipathd_stopped():
    """The report needs no answer of multipathd."""
    maps()
    pid = must("pidof multipathd").split()[0]
    with load("/dev/mapper/four"):
        os.kill(int(pid), signal.SIGSTOP)
        try:
            start = time.monotonic()
            result = mpathstat(f"-x four {INTERVAL} 2", timeout=60)
            took = time.monotonic() - start
        finally:
            os.kill(int(pid), signal.SIGCONT)
    expect_match(result, row("four", ""))
    expect_equal(f"{result.command} (its status)", 0, result.status)
    if took > 30:
        raise Failed(result.command, "at most 30 s", f"{took:.1f} s")


@check("mpathstat/as-nobody")
def as_nobody():
    """An ordinary user gets the same rows."""
    folder = snapshots()
    shutil.rmtree("/var/tmp/for-nobody", ignore_errors=True)
    shutil.copytree(folder, "/var/tmp/for-nobody", symlinks=True)
    must("chmod -R a+rX /var/tmp/for-nobody")
    as_root = mpathstat("--root /var/tmp/for-nobody 1 1")
    nobody = shell("setpriv --reuid 65534 --regid 65534 --clear-groups mpathstat --root /var/tmp/for-nobody 1 1")
    expect_equal(nobody.command, as_root.out, nobody.out + nobody.err)
    with load("/dev/mapper/four"):
        live = shell(f"setpriv --reuid 65534 --regid 65534 --clear-groups mpathstat -x four {INTERVAL} 1")
    expect_match(live, row("four", "4/4"))
    expect_equal(f"{live.command} (its status)", 0, live.status)


@check("mpathstat/save-and-replay", needs=("mpathstat", "--save"))
def save_and_replay():
    """What --save recorded gives the same report by --root, byte for byte."""
    maps()
    for options in ("", "-i", "-x", "-o jsonl"):
        folder = f"/var/tmp/saved{options.replace(' ', '')}"
        with load("/dev/mapper/four"):
            live = mpathstat(f"{options} --save {folder} {INTERVAL} 3")
        replay = mpathstat(f"{options} --root {folder} {INTERVAL} 3")
        expect_equal(replay.command, live.out, replay.out + replay.err)
