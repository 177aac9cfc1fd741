"""tapestat on tape drives that the kernel emulates (scsi_debug), beside sysstat's tapestat."""

import functools
import glob
import json
import os
import re
import signal
import subprocess
import time

from harness import Failed, check, expect_equal, expect_match, expect_no_match, must, once, read, shell, show, show_matches, wait_until, write

THEIRS = "/usr/bin/tapestat"
OURS = "/usr/local/bin/tapestat"
STATS = "/sys/class/scsi_tape"
INTERVAL = 2


# ---- the drives


@once
def drives():
    """Four tape drives; returns their names."""
    must("modprobe st; modprobe scsi_debug ptype=1 num_tgts=2 max_luns=2 dev_size_mb=64 delay=0")
    wait_until("four tape drives", lambda: len(names()) == 4)
    must("udevadm settle")
    return names()


def names():
    return sorted(os.path.basename(path) for path in glob.glob(f"{STATS}/st[0-9]*") if re.fullmatch(r"st\d+", os.path.basename(path)))


def counter(drive, name):
    return int(read(f"{STATS}/{drive}/stats/{name}"))


def write_blocks(drive, kilobytes, count):
    must(f"mt -f /dev/n{drive} rewind && dd if=/dev/zero of=/dev/n{drive} bs={kilobytes}k count={count} 2>&1")


def read_blocks(drive, kilobytes, count):
    """Reads this many blocks, and not up to the end: the read that finds the end counts as one of zero bytes."""
    must(f"mt -f /dev/n{drive} rewind && dd if=/dev/n{drive} of=/dev/null bs={kilobytes}k count={count} 2>&1")


@once
def used_drives():
    """The drives after some use: the first wrote and read, the second wrote, the others did little."""
    first, second, third, _ = drives()
    write_blocks(first, 32, 300)
    read_blocks(first, 32, 300)
    write_blocks(second, 64, 200)
    must(f"mt -f /dev/n{third} weof 2")
    return drives()


def with_uptime(command):
    """Runs a command while a saved /proc/uptime is mounted over the real one, so that two commands see the same time."""
    if not os.path.exists("/tmp/uptime"):
        write("/tmp/uptime", read("/proc/uptime"))
    return f"unshare --mount bash -c 'mount --bind /tmp/uptime /proc/uptime; {command}'"


# ---- beside sysstat's command


@check("tapestat/beside-sysstat")
def beside_sysstat():
    """Since boot, with counters that stand still: the same bytes with every option."""
    used_drives()
    for options in ("", "-k", "-m", "--human", "-z", "-t"):
        environment = "S_COLORS=never S_TIME_FORMAT=ISO TZ=UTC LC_ALL=C"
        theirs = shell(with_uptime(f"{environment} {THEIRS} {options}"))
        ours = shell(with_uptime(f"{environment} {OURS} {options}"))
        expect_equal(f"tapestat {options}", without_time(theirs.out) + theirs.err, without_time(ours.out) + ours.err)
        if options == "" and not re.search(r"^st0 .*[1-9]", theirs.out, re.MULTILINE):
            raise Failed(theirs.command, "a row of st0 with figures", theirs.out + theirs.err)


def without_time(text):
    """The text without the time of day, which passes between two commands."""
    return re.sub(r"\d\d:\d\d:\d\d", "hh:mm:ss", text)


@check("tapestat/beside-sysstat-idle")
def beside_sysstat_idle():
    """Reports by interval of drives that do nothing."""
    used_drives()
    theirs, ours = (shell(f"S_COLORS=never LC_ALL=C {command} 1 2") for command in (THEIRS, OURS))
    last_report = lambda text: text.rstrip().split("\n\n")[-1]  # noqa: E731
    expect_equal("tapestat 1 2", last_report(theirs.out), last_report(ours.out) + ours.err)


# ---- figures


def snapshot(root):
    """Saves what tapestat reads below --root."""
    os.makedirs(f"{root}/proc/sys/kernel")
    for name in ("uptime", "stat", "sys/kernel/hostname", "sys/kernel/ostype", "sys/kernel/osrelease"):
        write(f"{root}/proc/{name}", read(f"/proc/{name}"))
    for drive in names():
        folder = f"{root}{STATS}/{drive}/stats"
        os.makedirs(folder)
        for path in glob.glob(f"{STATS}/{drive}/stats/*"):
            write(f"{folder}/{os.path.basename(path)}", read(path))


@check("tapestat/figures-interval")
def figures_interval():
    """Two snapshots under load: every figure is computed from their counters, and cut off as the original does."""
    first, second = used_drives()[:2]
    folder = "/var/tmp/tapes"
    snapshot(f"{folder}/1")
    write_blocks(first, 32, 200)
    read_blocks(second, 64, 200)
    snapshot(f"{folder}/2")
    result = shell(f"tapestat -y --root {folder} 1 1")
    for drive in used_drives():
        expect_match(result, "^" + r" +".join(map(str, [drive, *figures(folder, drive)])) + "$")


def figures(folder, drive):
    """Operations per second, kB per second, percents of time, residuals and other operations per second."""

    def delta(name):
        one, two = (int(read(f"{folder}/{number}{STATS}/{drive}/stats/{name}")) for number in (1, 2))
        return two - one

    one, two = (float(read(f"{folder}/{number}/proc/uptime").split()[0]) for number in (1, 2))
    span = round(two - one, 2)
    rate = lambda name, unit=1: int(delta(name) / span / unit)  # noqa: E731
    percent = lambda name: min(int(100 * delta(name) / (span * 1e9)), 999)  # noqa: E731
    times = [percent(f"{kind}_ns") for kind in ("read", "write", "io")]
    return [
        rate("read_cnt"),
        rate("write_cnt"),
        rate("read_byte_cnt", 1024),
        rate("write_byte_cnt", 1024),
        *times,
        rate("resid_cnt"),
        rate("other_cnt"),
    ]


def block_sizes(kilobytes):
    """-x shows the size of the blocks that dd writes and reads, exactly."""
    drive = drives()[2]
    folder = f"/var/tmp/blocks{kilobytes}"
    snapshot(f"{folder}/1")
    write_blocks(drive, kilobytes, 60)
    snapshot(f"{folder}/2")
    read_blocks(drive, kilobytes, 60)
    snapshot(f"{folder}/3")
    written, read_back = records(f"--root {folder} -y {drive} 1 2")
    expect_equal(f"tapestat -x -o jsonl --root {folder}/2", [float(kilobytes)], sizes(written, "write"))
    expect_equal(f"tapestat -x -o jsonl --root {folder}/3", [float(kilobytes)], sizes(read_back, "read"))
    text = shell(f"tapestat --root {folder} -x -y {drive} 1 1")
    expect_match(text, rf"^{drive} .*\b{kilobytes}\.00\b")


def records(arguments):
    result = shell(f"tapestat -x -o jsonl {arguments}")
    found = [json.loads(line) for line in result.out.splitlines()]
    if len(found) != 2:
        raise Failed(result.command, "two records", result.out + result.err)
    return found


def sizes(record, direction):
    """The block size in a record, whatever the field's full name is."""
    return [value for name, value in record.items() if re.fullmatch(rf"kb_per_{direction}|{direction}_block_kb", name)]


for size in (32, 64, 256):
    check(f"tapestat/block-size-{size}k")(functools.partial(block_sizes, size))


@check("tapestat/live")
def live():
    """Live reports of a drive that writes blocks of 64 kB: the drive is shown, with this size, and the others do nothing."""
    drive, idle = drives()[0], drives()[3]
    with Writer(drive, "bs=64k count=100"):
        result = shell(f"tapestat -x -y {INTERVAL} 3")
    expect_match(result, rf"^{drive} .*\b64\.00\b")
    expect_no_match(result, rf"^{idle} .*\b64\.00\b")


class Background:
    """Runs a shell line until the end of a with statement."""

    def __init__(self, command):
        self.command = command

    def __enter__(self):
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(["bash", "-c", self.command], start_new_session=True, stdin=quiet, stdout=quiet, stderr=quiet)

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


class Writer(Background):
    """Writes to a drive over and over."""

    def __init__(self, drive, how, pause_s=0):
        line = f"mt -f /dev/n{drive} rewind; dd if=/dev/zero of=/dev/n{drive} {how}; sleep {pause_s}"
        super().__init__(f"while :; do {line}; done")
        self.drive = drive

    def __enter__(self):
        before = counter(self.drive, "write_cnt")
        super().__enter__()
        wait_until(f"{self.drive} writes", lambda: counter(self.drive, "write_cnt") > before)

    def __exit__(self, *_):
        super().__exit__()
        wait_until(f"{self.drive} rests", lambda: counter(self.drive, "in_flight") == 0)


# Writes blocks of 64 kB at 3,200 kB/s, for ON seconds, and then rests for OFF seconds; rewinds the tape before it is full.
FEED = """
import fcntl, os, struct, sys, time
on, off = float(sys.argv[2]), float(sys.argv[3])
tape = os.open(f"/dev/n{sys.argv[1]}", os.O_RDWR)
while True:
    fcntl.ioctl(tape, 0x40086D01, struct.pack("hi", 6, 1))
    start = time.monotonic()
    for block in range(900):
        fed = block * 0.02
        time.sleep(max(0, start + fed + int(fed / on) * off - time.monotonic()))
        os.write(tape, bytes(65536))
"""


class Feed(Writer):
    def __init__(self, drive, on_s, off_s):
        write("/tmp/feed.py", FEED)
        Background.__init__(self, f"exec python3 /tmp/feed.py {drive} {on_s} {off_s}")
        self.drive = drive


@check("tapestat/gaps")
def gaps():
    """A drive that gets data half of the time has gaps, one that always gets data at the same rate has none."""
    starved, steady = drives()[:2]
    with Feed(starved, 0.5, 0.5), Feed(steady, 100, 0):
        result = shell(f"tapestat --gaps -y -o jsonl {starved} {steady} 5 3")
    found = {starved: [], steady: []}
    for line in result.out.splitlines():
        record = json.loads(line)
        found[record["drive"]].append(record)
    few, many = (min(record["gaps"] for record in found[starved]), max(record["gaps"] for record in found[steady]))
    percents = [record["gap_pct"] for record in found[starved]]
    if len(percents) != 3 or few < 3 or many > 1 or min(percents) < 25:
        raise Failed(result.command, f"at least 3 gaps and 25 % of {starved}, at most 1 gap of {steady}", result.out + result.err)
    show([f"gap% {record['gap_pct']:.0f}, {record['gaps']} gaps of {name}" for name in found for record in found[name]])


@check("tapestat/through-sg")
def through_sg():
    """A program that drives the tape through sg: st's counters stand still, and the state is unknown, not idle."""
    drive = drives()[1]
    generic = os.path.basename(glob.glob(f"{STATS}/{drive}/device/scsi_generic/sg*")[0])
    completed = lambda: int(read(f"{STATS}/{drive}/device/iodone_cnt"), 16)  # noqa: E731
    before = completed()
    with Background(f"while :; do sg_inq /dev/{generic}; done"):
        wait_until(f"the drive completes commands ({generic})", lambda: completed() > before + 20)
        result = shell(f"tapestat -x -y {drive} {INTERVAL} 3")
    show_matches(result, rf"^{drive} .* -$")
    expect_no_match(result, rf"^{drive} .*idle")


# ---- drives come and go


class Watch:
    """tapestat -w while drives come and go."""

    def __enter__(self):
        self.path = "/tmp/tapes"
        self.command = f"tapestat -w -y {INTERVAL}"
        self.file = open(self.path, "w")
        self.process = subprocess.Popen(["bash", "-c", f"exec {self.command}"], stdout=self.file, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.file.close()

    def expect(self, pattern, limit_s=60):
        end = time.monotonic() + limit_s
        while not re.search(pattern, read(self.path), re.MULTILINE):
            if time.monotonic() > end:
                raise Failed(self.command, f"a line like {pattern} within {limit_s} s", read(self.path)[-2000:])
            time.sleep(0.2)


@check("tapestat/drives-removed-and-added")
def drives_removed_and_added():
    last = drives()[3]
    device = os.path.realpath(f"{STATS}/{last}/device")
    host = os.path.basename(device).split(":")[0]
    with Watch() as watch:
        watch.expect(rf"^{last} ")
        write(f"{device}/delete", "1")
        try:
            watch.expect(rf"{last}\b.*(removed|gone)")
        finally:
            write(f"/sys/class/scsi_host/host{host}/scan", "- - -")
            wait_until("four tape drives", lambda: len(names()) == 4)
        watch.expect(rf"{names()[3]}\b.*(added|new)")


@check("tapestat/as-nobody")
def as_nobody():
    used_drives()
    command = with_uptime("LC_ALL=C {} tapestat -x")
    as_root = shell(command.format(""))
    nobody = shell(command.format("setpriv --reuid 65534 --regid 65534 --clear-groups"))
    expect_match(as_root, "^st0 ")
    expect_equal(nobody.command, as_root.out, nobody.out + nobody.err)


@check("tapestat/save-and-replay")
def save_and_replay():
    drive = drives()[0]
    with Writer(drive, "bs=64k count=100"):
        saved = shell(f"tapestat -x --save /var/tmp/saved-tapes {INTERVAL} 3")
    replay = shell(f"tapestat -x --root /var/tmp/saved-tapes {INTERVAL} 3")
    expect_equal(replay.command, saved.out, replay.out + replay.err)


@check("tapestat/no-drives")
def no_drives():
    """Without drives both commands say the same, with the same status. This check runs last: it removes the drives."""
    drives()
    must("modprobe -r scsi_debug")
    wait_until("no tape drives", lambda: not names())
    theirs, ours = (shell(f"LC_ALL=C {command}") for command in (THEIRS, OURS))
    expect_equal("tapestat (status)", theirs.status, ours.status)
    expect_equal("tapestat", theirs.out + theirs.err, ours.out + ours.err)
