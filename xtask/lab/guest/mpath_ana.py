"""A target of NVMe in this machine, with two ports whose access states (ANA) change."""

import contextlib
import glob
import os
import re

from harness import check, must, read, shell, show_matches, wait_until, write
from mpath_devices import INTERVAL, Watch, load, mpathstat, row

NVMET = "/sys/kernel/config/nvmet"
SUBSYSTEM = f"{NVMET}/subsystems/ana"
FILE = "/var/tmp/ana"


@contextlib.contextmanager
def target():
    """A namespace of the target behind two ports, and a controller for each; yields the device and its path through port 2."""
    must("modprobe -a nvmet nvme-loop; mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config")
    try:
        must(f"""set -e; truncate -s 64M {FILE}; mkdir {SUBSYSTEM} {SUBSYSTEM}/namespaces/1; cd {SUBSYSTEM}
            echo 1 > attr_allow_any_host; cd namespaces/1; echo {FILE} > device_path; echo 1 > buffered_io; echo 1 > enable""")
        for port in (1, 2):
            must(f"""set -e; mkdir {NVMET}/ports/{port}; cd {NVMET}/ports/{port}; echo loop > addr_trtype; echo {port} > addr_traddr
                ln -s {SUBSYSTEM} subsystems/ana; nvme connect -t loop -a {port} -n ana""")
        wait_until("two paths to the target", lambda: len(paths()) == 2)
        path = paths()[1]
        yield re.sub(r"c\d+", "", path), path
    finally:
        shell(f"""nvme disconnect -n ana; rm -f {NVMET}/ports/*/subsystems/ana; rmdir {NVMET}/ports/*
            echo 0 > {SUBSYSTEM}/namespaces/1/enable; rmdir {SUBSYSTEM}/namespaces/1 {SUBSYSTEM}; rm -f {FILE}""")


def paths():
    """The paths to the target, in the order of its ports."""
    found = {}
    for controller in glob.glob("/sys/class/nvme/nvme*"):
        if read(f"{controller}/transport", "").strip() == "loop":
            for path in glob.glob(f"{controller}/nvme*c*n*"):
                found[read(f"{controller}/address")] = os.path.basename(path)
    return [found[address] for address in sorted(found)]


@check("mpathstat/ana-states")
def ana_states():
    """The target makes one of two paths inaccessible while the command runs, and optimized again."""
    with target() as (head, path), load(f"/dev/{head}"):
        state = f"{NVMET}/ports/2/ana_groups/1/ana_state"
        with Watch(f"-i {head}") as watch:
            write(state, "inaccessible")
            watch.expect(rf"^# [\d:]+ {head}: path {path} .*inaccessible")
            result = mpathstat(f"-i {head} {INTERVAL} 2")
            write(state, "optimized")
            watch.expect(rf"^# [\d:]+ {head}: path {path} .*\boptimized")
        show_matches(result, row(head, r"1/2 \(1 inaccessible\)"))
