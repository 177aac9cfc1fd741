"""auditloginfo against what a program did."""

import errno
import functools
import gzip
import json
import os
import re
import shutil
from collections import Counter

from audit_log import CALLS_32, CALLS_64, DIRECT, LOGS, SESSIONS, counted, enriched_logs, notes, raw_logs
from harness import Failed, check, expect_counts, expect_equal, expect_match, must, shell


SECTIONS = (("--syscalls", "syscall"), ("--commands", "command"), ("--files", "file"), ("--changes", "change"), ("--addresses", "address"))


def expected_items(items, kind):
    """What a section lists; a change that failed is none."""
    return counted(items, kind, lambda item: kind != "change" or item.result == "ok")


# ---- what the command reports


def report(arguments, log):
    """The command and its items, counted by kind, name and detail."""
    command = f"auditloginfo {arguments} -o jsonl {log}"
    result = shell(command)
    if result.status != 0 or result.err:
        raise Failed(command, "status 0 and nothing on stderr", f"status {result.status}\n{result.err}")
    seen = {}
    for line in result.out.splitlines():
        item = json.loads(line)
        name = tuple(item["argv"]) if "argv" in item else item["name"]
        counts = seen.setdefault(item["kind"], Counter())
        counts[name, item.get("detail") or ""] += item.get("count", 1)
    return command, seen


def expect_section(name, arguments, kind, expected, log):
    command, seen = report(f"--uid {SESSIONS[name].auid} {arguments}", log)
    expect_counts(command, expected, seen.get(kind, Counter()))


def named(title):
    """Registers a check for each session in which the program runs directly."""

    def register(function):
        for name in DIRECT:
            check(f"auditloginfo/{title}-{name}")(functools.partial(function, name))
        return function

    return register


@named("calls")
def calls(name):
    logs = raw_logs()
    expect_section(name, "--syscalls", "syscall", counted(notes(logs, name), "syscall"), f"{logs}/audit.log")


@named("commands")
def commands(name):
    logs = raw_logs()
    expect_section(name, "--commands", "command", counted(notes(logs, name), "command"), f"{logs}/audit.log")


@named("files")
def files(name):
    logs = raw_logs()
    expect_section(name, "--files", "file", counted(notes(logs, name), "file"), f"{logs}/audit.log")


@named("failed")
def failed(name):
    logs = raw_logs()
    items = notes(logs, name)
    has_failed = lambda item: item.result != "ok"  # noqa: E731
    for section, kind in (("--files", "file"), ("--syscalls", "syscall")):
        expected = counted(items, kind, has_failed)
        expect_section(name, f"--failed {section}", kind, expected, f"{logs}/audit.log")


@named("errors")
def errors(name):
    """The number of failed calls by error; what a call failed on is checked by the other sections."""
    logs = raw_logs()
    items = [item for item in notes(logs, name) if item.kind == "syscall" and item.result != "ok"]
    expected = Counter(errno.errorcode[int(item.result)] for item in items)
    command, seen = report(f"--uid {SESSIONS[name].auid} --errors", f"{logs}/audit.log")
    by_error = Counter()
    for (_name, error), count in seen.get("error", Counter()).items():
        by_error[error] += count
    expect_counts(command, expected, by_error)


@named("changes")
def changes(name):
    logs = raw_logs()
    items = notes(logs, name)
    expected = counted(items, "change", lambda item: item.result == "ok")
    expect_section(name, "--changes", "change", expected, f"{logs}/audit.log")
    # The log does not say that a file was to be removed that is not there.
    expected = counted(items, "change", lambda item: item.result != "ok" and (item.name, item.detail) != ("/nonexistent", "removed"))
    expect_section(name, "--failed --changes", "change", expected, f"{logs}/audit.log")


@named("addresses")
def addresses(name):
    logs = raw_logs()
    expect_section(name, "--addresses", "address", counted(notes(logs, name), "address"), f"{logs}/audit.log")


@named("programs")
def programs(name):
    """The program makes all calls of its session itself."""
    logs = raw_logs()
    program = CALLS_32 if name == "32" else CALLS_64
    count = sum(counted(notes(logs, name), "syscall").values())
    expect_section(name, "--programs", "program", Counter({(program, ""): count}), f"{logs}/audit.log")


@named("each")
def each(name):
    """The items one by one, counted, are those of the counting report."""
    logs = raw_logs()
    sections = "--syscalls --commands --files --programs --changes --addresses --sudo --privileged --errors --denials"
    arguments = f"--uid {SESSIONS[name].auid} {sections}"
    _, expected = report(arguments, f"{logs}/audit.log")
    command, seen = report(f"{arguments} --each", f"{logs}/audit.log")
    for kind in expected.keys() | seen.keys():
        expect_counts(command, expected.get(kind, Counter()), seen.get(kind, Counter()))


@check("auditloginfo/io_uring")
def io_uring():
    """Files that no system call of the open family opens or changes. A kernel thread may do it; the log then does not say for whom."""
    logs = raw_logs()
    items = notes(logs, "io_uring")
    expect_section("io_uring", "--syscalls", "syscall", counted(items, "syscall"), f"{logs}/audit.log")
    expect_section("io_uring", "--uid unknown --files", "file", counted(items, "file"), f"{logs}/audit.log")
    command, seen = report("--uid unknown --changes", f"{logs}/audit.log")
    expect_counts(command, expected_items(items, "change"), seen.get("change", Counter()))


def check_through(name, exe):
    logs = raw_logs()
    items = notes(logs, name)
    for section, kind in SECTIONS:
        expect_section(name, f"--exe {exe} {section}", kind, expected_items(items, kind), f"{logs}/audit.log")


@check("auditloginfo/through-sudo")
def through_sudo():
    check_through("sudo", CALLS_64)


@check("auditloginfo/through-su")
def through_su():
    check_through("su", CALLS_64)


@check("auditloginfo/privileged")
def privileged():
    """As root under another login user: every command of the session, and through sudo the program and sudo itself."""
    logs = raw_logs()
    expect_section("root", "--privileged", "privileged", counted(notes(logs, "root"), "command"), f"{logs}/audit.log")
    items = counted(notes(logs, "sudo"), "command")
    command, seen = report(f"--uid {SESSIONS['sudo'].auid} --privileged --exe {CALLS_64}", f"{logs}/audit.log")
    expect_counts(command, items, seen.get("privileged", Counter()))


@check("auditloginfo/overview")
def overview():
    """The rows of the overview: calls, commands and files of each login user."""
    logs = raw_logs()
    result = shell(f"auditloginfo {logs}/audit.log")
    for name in DIRECT:
        items = notes(logs, name)
        calls, commands, files = (sum(counted(items, kind).values()) for kind in ("syscall", "command", "file"))
        expect_match(result, rf"^{SESSIONS[name].auid} +\S+ +\d+ +{calls} +{commands} +{files} ")


@check("auditloginfo/sudo-section")
def sudo_section():
    logs = raw_logs()
    result = shell(f"auditloginfo --uid {SESSIONS['sudo'].auid} --sudo {logs}/audit.log")
    expect_match(result, rf"{CALLS_64} all /var/tmp/work/sudo\.\d+ +1$")


# ---- the forms of a log agree


def expect_same_reports(logs, names, other):
    """The report on the other form is that on the plain log, byte for byte."""
    for name in names:
        arguments = f"auditloginfo --uid {SESSIONS[name].auid}"
        plain = shell(f"{arguments} {logs}/audit.log")
        expect_match(plain, r"^   close \d+$")
        result = shell(f"{arguments} {other}")
        expect_equal(result.command, plain.out, result.out + result.err)


@check("auditloginfo/form-syslog")
def form_syslog():
    logs = raw_logs()
    expect_same_reports(logs, SESSIONS, f"{logs}/syslog")


@check("auditloginfo/form-gzip")
def form_gzip():
    logs = raw_logs()
    with open(f"{logs}/audit.log", "rb") as plain, gzip.open(f"{logs}/copy.gz", "wb", 1) as packed:
        shutil.copyfileobj(plain, packed)
    expect_same_reports(logs, DIRECT, f"{logs}/copy.gz")


@check("auditloginfo/form-stdin")
def form_stdin():
    logs = raw_logs()
    expect_same_reports(logs, ["64"], f"- < {logs}/audit.log")
    expect_same_reports(logs, ["64"], f"<(cat {logs}/audit.log)")


@check("auditloginfo/form-ausearch-raw")
def form_ausearch_raw():
    logs = raw_logs()
    expect_same_reports(logs, ["64"], f"<(ausearch --input {logs}/audit.log --raw -ul {SESSIONS['64'].auid})")


@check("auditloginfo/form-enriched")
def form_enriched():
    """What the program did, from enriched records in files that auditd rotated."""
    logs = enriched_logs()
    if not os.path.exists(f"{logs}/audit.log.1"):
        raise Failed(f"ls {logs}", "audit.log.1", " ".join(os.listdir(logs)))
    for name in DIRECT:
        for section, kind in SECTIONS:
            expected = expected_items(notes(logs, name), kind)
            expect_section(name, f"--rotated {section}", kind, expected, f"{logs}/audit.log")


@check("auditloginfo/form-rotated-gzip")
def form_rotated_gzip():
    """Rotated files that were compressed, as logrotate does, with other times: the same report."""
    logs = enriched_logs()
    packed = f"{LOGS}/packed"
    shutil.copytree(logs, packed)
    must(f"gzip -1 {packed}/audit.log.[0-9]*")
    for name in DIRECT:
        arguments = f"auditloginfo --uid {SESSIONS[name].auid} --rotated"
        plain = shell(f"{arguments} {logs}/audit.log")
        result = shell(f"{arguments} {packed}/audit.log")
        expect_equal(result.command, plain.out, result.out + result.err)


@check("auditloginfo/form-rotated-order")
def form_rotated_order():
    """The rotated files as operands, oldest first, are what --rotated reads."""
    logs = enriched_logs()
    numbers = sorted((int(file.split(".")[-1]) for file in os.listdir(logs) if re.fullmatch(r"audit\.log\.\d+", file)), reverse=True)
    operands = " ".join([f"{logs}/audit.log.{number}" for number in numbers] + [f"{logs}/audit.log"])
    one = shell(f"auditloginfo --uid all {operands}")
    result = shell(f"auditloginfo --uid all --rotated {logs}/audit.log")
    expect_equal(result.command, one.out, result.out + result.err)
