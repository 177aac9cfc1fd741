"""What the checks share: their registration, running commands, waiting, and the report.

A check is a function with a name. It returns nothing if all is well, and raises Failed otherwise. What several
checks need (a log, maps under load) is made by a function marked `once`, so that a run of few checks makes little."""

import difflib
import fnmatch
import functools
import re
import signal
import subprocess
import time
import traceback

LAB = "/lab"
OUT = f"{LAB}/out"
CHECK_LIMIT_S = 180
CHECKS = {}
# What the check that runs has to show.
SHOWN = []


class Failed(Exception):
    def __init__(self, command, expected, seen):
        self.lines = [("command", command), ("expected", expected), ("seen", seen)]


class TooLong(Exception):
    pass


def check(name):
    """Registers a check."""

    def register(function):
        CHECKS[name] = function
        return function

    return register


def once(function):
    """Runs a function of the preparation on its first call only. Later calls get its value, or fail as it did."""
    outcome = {}

    @functools.wraps(function)
    def cached():
        if not outcome:
            try:
                outcome["value"] = function()
            except Exception as error:
                outcome["error"] = error
        if "error" in outcome:
            raise outcome["error"]
        return outcome["value"]

    return cached


class Result:
    def __init__(self, command, process):
        self.command = command
        self.status = process.returncode
        self.out = process.stdout
        self.err = process.stderr


def shell(command, timeout=90):
    """Runs a shell line and returns its result, whatever its status is."""
    process = subprocess.run(["bash", "-c", command], capture_output=True, timeout=timeout, text=True, errors="surrogateescape")
    return Result(command, process)


def must(command, timeout=90):
    """Runs a shell line of the preparation, which must succeed."""
    result = shell(command, timeout)
    if result.status != 0:
        raise Failed(command, "status 0", f"status {result.status}\n{result.out}{result.err}")
    return result.out


def wait_until(what, condition, limit_s=60):
    """Waits for a condition and returns its value; the check fails if it does not come."""
    end = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed("(preparation)", f"{what} within {limit_s} s", "it did not happen")
        time.sleep(0.2)


def read(path, default=None):
    try:
        with open(path, errors="surrogateescape") as file:
            return file.read()
    except OSError:
        if default is None:
            raise
        return default


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def expect_equal(command, expected, seen):
    if expected == seen:
        return
    if isinstance(expected, str) and isinstance(seen, str):
        only = lambda sign: "\n".join(line[2:] for line in difference if line.startswith(sign))  # noqa: E731
        difference = list(difflib.ndiff(expected.splitlines(), seen.splitlines()))
        raise Failed(command, f"(lines that differ)\n{only('- ')}", f"(lines that differ)\n{only('+ ')}")
    raise Failed(command, short(expected), short(seen))


def expect_match(result, pattern):
    """The output must hold a line that the pattern matches."""
    if not re.search(pattern, result.out, re.MULTILINE):
        raise Failed(result.command, f"a line like {pattern}", result.out + result.err)


def show(lines):
    """Has the report show these lines of a check that is ok: what a command printed."""
    SHOWN.extend(lines)


def show_matches(result, pattern):
    """The output must hold a line that the pattern matches; the report shows the last one."""
    expect_match(result, pattern)
    shown_lines = [line for line in result.out.splitlines() if re.search(pattern, line)]
    show([re.sub(" +", " ", line) for line in shown_lines[-1:]])


def expect_no_match(result, pattern):
    if re.search(pattern, result.out, re.MULTILINE):
        raise Failed(result.command, f"no line like {pattern}", result.out + result.err)


def expect_counts(command, expected, seen):
    """Compares two Counters, and shows only where they differ."""
    if expected == seen:
        return
    differing = sorted(key for key in expected.keys() | seen.keys() if expected[key] != seen[key])
    shown_items = differing[:12]
    more = [f"... and {len(differing) - 12} more"] if len(differing) > 12 else []
    raise Failed(
        command,
        "\n".join([f"{expected[key]} x {short(key)}" for key in shown_items] + more),
        "\n".join([f"{seen[key]} x {short(key)}" for key in shown_items] + more),
    )


def short(value):
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:100]}...{text[-40:]} ({len(text)} characters)"


class Report:
    def __init__(self):
        self.file = open(f"{OUT}/report", "w", errors="backslashreplace")

    def line(self, text):
        print(text, flush=True)
        self.file.write(text + "\n")
        self.file.flush()

    def details(self, pairs):
        for label, text in pairs:
            lines = str(text).rstrip("\n").split("\n")[:40]
            self.line(f"  {label}: {lines[0]}")
            for line in lines[1:]:
                self.line(f"    {line}")

    def run(self, name):
        start = time.monotonic()
        lines = None
        SHOWN.clear()
        try:
            guarded(CHECKS[name])
        except Failed as failure:
            lines = failure.lines
        except Exception:
            lines = [("error", traceback.format_exc())]
        finally:
            print(f"({name}: {time.monotonic() - start:.1f} s)", flush=True)
        self.judge(name, lines)

    def judge(self, name, lines):
        self.line(f"FAILED {name}" if lines else f"ok {name}")
        self.details(lines or [("printed", line) for line in SHOWN])


def guarded(function):
    """Runs a check for at most CHECK_LIMIT_S."""

    def stop(_signal, _frame):
        raise TooLong(f"the check runs longer than {CHECK_LIMIT_S} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(CHECK_LIMIT_S)
    try:
        function()
    finally:
        signal.alarm(0)


def selected(only):
    return [name for name in CHECKS if not only or any(part in name or fnmatch.fnmatch(name, part) for part in only)]


def run_all():
    report = Report()
    report.line("start")
    names = selected(read(f"{LAB}/only").split())
    for name in names:
        report.run(name)
    write(f"{OUT}/dmesg", shell("dmesg").out)
    # The host turns the machine off when it reads this.
    report.line("end")
