"""mpathstat without help: multipathd does not answer, the user is not root, the input was saved."""

import os
import shutil
import signal
import time

from harness import Failed, check, expect_equal, expect_match, must, shell
from mpath_devices import INTERVAL, load, maps, mpathstat, row
from mpath_figures import snapshots

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


@check("mpathstat/save-and-replay")
def save_and_replay():
    """What --save recorded gives the same report by --root, byte for byte."""
    maps()
    for options in ("", "-i", "-x", "-o jsonl"):
        folder = f"/var/tmp/saved{options.replace(' ', '')}"
        with load("/dev/mapper/four"):
            live = mpathstat(f"{options} --save {folder} {INTERVAL} 3")
        replay = mpathstat(f"{options} --root {folder} {INTERVAL} 3")
        expect_equal(replay.command, live.out, replay.out + replay.err)
