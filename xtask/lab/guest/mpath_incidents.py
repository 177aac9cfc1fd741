"""Incidents staged on real multipath devices, and what mpathstat shows of them."""

import contextlib
import glob
import os
import re

from harness import check, expect_match, expect_no_match, must, read, shell, show, show_matches, wait_until, write
from mpath_devices import (
    INTERVAL,
    Watch,
    background,
    device_address,
    dm_name,
    in_flight,
    ios,
    load,
    maps,
    mpathstat,
    nvme_head,
    nvme_paths,
    offline,
    paths,
    row,
    settled,
    statistics,
)

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
    show_matches(result, row(path, "<-.*offline"))
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
    show_matches(result, row(path, "<-.*failed"))
    expect_match(result, row("four", r"\b3/4\b"))


@check("mpathstat/path-failed-while-running")
def path_failed_while_running():
    """The SCSI device runs all the time, so only multipathd knows."""
    maps()
    path = paths("four")[2]
    with load("/dev/mapper/four"), Watch("-i four") as watch:
        try:
            must(f"multipathd fail path {path}")
            watch.expect(rf"^# [\d:]+ four: path {path} failed \(3/4 running\)")
        finally:
            must(f"multipathd reinstate path {path}")
        watch.expect(rf"^# [\d:]+ four: path {path} active \(4/4 running\)")


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
    show_matches(result, row("pair", rf"<- no path, {waiting} queued"))
    expect_match(result, row("pair", r"\b0/2\b"))


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
    show_matches(result, row(path, rf"<- stuck {stuck} in flight"))
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


@check("mpathstat/map-suspended")
def map_suspended():
    """device-mapper holds the requests back, as the mark says: they are in flight in the map, and none of its paths has one."""
    kernel_name = maps()["four"]
    with load("/dev/mapper/four"):
        must("dmsetup suspend --noflush --nolockfs four")
        try:
            wait_until("requests wait in the map", lambda: in_flight(kernel_name) >= 4 and settled(kernel_name))
            result = mpathstat(f"-i four {INTERVAL} 2")
            stuck = in_flight(kernel_name)
        finally:
            must("dmsetup resume four")
    show_matches(result, row("four", rf"<- suspended, stuck {stuck} in flight"))


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
    show_matches(result, row(path, "<- not through the map"))


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
    show_matches(result, r"^four +0\.00 +0\.00 ")
    expect_match(more, r"^Device Name.*[Dd]isc")


@check("mpathstat/fstrim")
def fstrim():
    """fstrim of a file system on a map: its discards are shown; no mark, no change."""
    maps()
    must("mkfs.ext4 -q -F -E nodiscard /dev/mapper/other 65536; mkdir -p /mnt/lab; mount /dev/mapper/other /mnt/lab")
    try:
        with Watch("-i --columns discards,d_await other") as watch:
            must("fstrim /mnt/lab")
            watch.expect(r"^other +(?!0\.00 )\d")
            watch.next_reports(1)
            watch.expect_not("<-|^#")
            show(re.findall(r"^other +(?!0\.00 )\d.*", read(watch.path), re.MULTILINE)[:1])
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
    with load(f"/dev/{head}"), Watch(f"-i {head}") as watch:
        write(f"{controller}/device/remove", "1")
        try:
            watch.expect(rf"^# [\d:]+ {head}: path {path} (gone|removed) ")
        finally:
            write("/sys/bus/pci/rescan", "1")
            wait_until("two NVMe paths", lambda: len(nvme_paths()) == 2)
        watch.expect(rf"^# [\d:]+ {head}: path nvme\d+c\d+n\d+ added \(2/2")
