#!/usr/bin/env python3
"""What iostat itself prints of two saved trees: it runs in a mount namespace of its own, in which the machine is the first
tree when it takes its first sample, and the second when it takes the other.

    iostat.py TREE TREE      status 77 if that cannot be done here
"""
import os, shutil, subprocess, sys, tempfile


def sysfs(tree, folder):
    """iostat reads sys/block/NAME/stat; here it has what diskstats of the same moment has."""
    for line in open(f"{tree}/proc/diskstats"):
        words = line.split()
        os.makedirs(f"{folder}/block/{words[2]}")
        with open(f"{folder}/block/{words[2]}/stat", "w") as file:
            file.write(" ".join(words[3:]) + "\n")
    os.makedirs(f"{folder}/devices/system/cpu/cpu0")


if not shutil.which("iostat") or os.geteuid() != 0:
    sys.exit(77)
with tempfile.TemporaryDirectory() as work:
    for number, tree in enumerate(sys.argv[1:]):
        sysfs(tree, f"{work}/{number}")
        for name in ("diskstats", "uptime"):
            shutil.copy(f"{tree}/proc/{name}", f"{work}/{name}{number}")
    bind = "; ".join(f"mount --bind {work}/%d /sys; mount --bind {work}/uptime%d /proc/uptime; mount --bind {work}/diskstats%d /proc/diskstats" % (n, n, n) for n in (0,)) + " || exit 77"
    swap = bind.replace("0 /", "1 /")
    script = f"{bind}; (sleep 0.5; {swap}) & iostat -dxky 1 1"
    sys.exit(subprocess.run(["unshare", "-m", "sh", "-c", script]).returncode)
