"""Real multipath devices, load on them, and mpathstat beside them.

Four SCSI controllers share disks. The maps are named by their number of paths: four (multibus), pair (multibus, queues if no
path is left), other (failover) and single. A native multipath device of NVMe has a namespace behind two controllers."""

import contextlib
import glob
import os
import re
import signal
import subprocess
import time

from harness import Failed, must, once, read, shell, show, wait_until, write

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


@once
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
        show(line for line in read(self.path).splitlines() if line.startswith("#") and re.search(pattern, line))

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


def row(name, mark):
    """The pattern of a map's or path's row that ends with a mark."""
    return rf"^(\|- )?{re.escape(name)} .*{mark}"


def settled(device):
    """No I/O completes for a second."""
    before = ios(device)
    time.sleep(1)
    return ios(device) == before


def device_address(name):
    """Host, channel, target and LUN of a SCSI device."""
    return os.path.basename(os.path.realpath(f"/sys/block/{name}/device"))
