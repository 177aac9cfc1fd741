"""auditloginfo against what a program did: calls.c makes known calls and writes down each of them."""

import codecs
import errno
import functools
import glob
import gzip
import json
import os
import re
import shutil
import socket
import threading
import time
from collections import Counter, namedtuple

from harness import OUT, Failed, check, expect_counts, expect_equal, expect_match, must, read, shell, wait_until, write

LOGS = "/var/tmp/logs"
CALLS_64, CALLS_32 = "/usr/local/bin/calls64", "/usr/local/bin/calls32"
OPER = 7001

# One login user for each way in which the program runs.
Session = namedtuple("Session", "auid user arch command")
SESSIONS = {
    "64": Session(7101, OPER, "x86_64", [CALLS_64, "all"]),
    "32": Session(7102, OPER, "i386", [CALLS_32, "all"]),
    "root": Session(7103, 0, "x86_64", [CALLS_64, "all"]),
    "sudo": Session(7104, OPER, "x86_64", ["/usr/bin/sudo", "-n", CALLS_64, "all"]),
    "su": Session(7105, 0, "x86_64", ["/usr/bin/su", "oper", "-c", f"exec {CALLS_64} all"]),
}
DIRECT = ["64", "32", "root"]

RULES = """-D
-b 65536
-f 1
--backlog_wait_time 60000
-a always,exit -F arch=b64 -S all -F auid>=7100 -F auid<7200
-a always,exit -F arch=b32 -S all -F auid>=7100 -F auid<7200
-a always,io_uring -S openat -F auid>=7100 -F auid<7200
"""

AUDITD_CONF = """local_events = yes
write_logs = yes
log_file = /var/log/audit/audit.log
log_group = root
log_format = {format}
flush = INCREMENTAL_ASYNC
freq = 200
max_log_file = {megabytes}
num_logs = 50
priority_boost = 4
name_format = NONE
max_log_file_action = {action}
space_left = 50
space_left_action = IGNORE
admin_space_left = 25
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
q_depth = 8000
overflow_action = IGNORE
plugin_dir = /etc/audit/plugins.d
"""

# The words of --changes for what the program notes.
CHANGES = {
    "created": "created",
    "removed": "removed",
    "moved-from": "moved-from",
    "moved-to": "moved-to",
    "linked": "linked",
    "truncated": "truncated",
    "mode": "mode",
    "owner": "owner",
    "attributes": "attributes",
    "mounted": "mounted",
    "unmounted": "unmounted",
}


# ---- what the program did

Item = namedtuple("Item", "kind name detail result")


def octal(error):
    """Bytes that are not UTF-8 are printed as a backslash and three octal digits."""
    bad = error.object[error.start : error.end]
    return "".join(f"\\{byte:03o}" for byte in bad), error.end


codecs.register_error("octal", octal)


def from_hex(digits):
    return bytes.fromhex(digits).decode("utf-8", "octal")


def parse_note(line, arch):
    fields = line.split("\t")
    if fields[0] == "call":
        return Item("syscall", fields[1], arch, fields[2])
    kind, detail, name, result = fields
    if kind == "command":
        return Item(kind, tuple(from_hex(word) for word in name.split(" ")), "", result)
    return Item(kind, from_hex(name), detail, result)


def notes(logs, name):
    """What the session's program did, from the notes that it and its login wrote."""
    items = []
    for part in ("login", "calls"):
        text = read(f"{logs}/{name}.{part}", "")
        items += [parse_note(line, SESSIONS[name].arch) for line in text.splitlines()]
    return items


def counted(items, kind, keep=lambda item: True):
    return Counter((item.name, item.detail) for item in items if item.kind == kind and keep(item))


# ---- the real logs


def configure(log_format, megabytes, action):
    shutil.rmtree("/var/log/audit", ignore_errors=True)
    os.makedirs("/var/log/audit", 0o750)
    text = AUDITD_CONF.format(format=log_format, megabytes=megabytes, action=action)
    write("/etc/audit/auditd.conf", text)
    os.chmod("/etc/audit/auditd.conf", 0o640)
    plugin = read("/etc/audit/plugins.d/syslog.conf")
    write("/etc/audit/plugins.d/syslog.conf", re.sub(r"(?m)^active = .*", "active = yes", plugin))
    write("/tmp/rules", RULES)


def audit_status():
    return dict(re.findall(r"^(\w+) (\d+)$", must("auditctl -s"), re.MULTILINE))


def start_auditd():
    must("auditd")
    wait_until("auditd answers", lambda: int(audit_status()["pid"]) > 0)
    must("auditctl -e 1; auditctl -R /tmp/rules")


def stop_auditd():
    wait_until("the kernel's backlog is empty", lambda: audit_status()["backlog"] == "0")
    must("auditctl -D; auditctl -e 0")
    pid = audit_status()["pid"]
    must(f"kill {pid}")
    wait_until("auditd ends", lambda: not os.path.exists(f"/proc/{pid}"))


def run_session(logs, name):
    """Runs the program under its login user. The notes of the login and of the program go to files of their own."""
    session = SESSIONS[name]
    folder = f"/var/tmp/work/{name}.{time.monotonic_ns()}"
    command = session.command[:-1] + [f"{session.command[-1]} {folder}"] if name == "su" else session.command + [folder]
    words = " ".join(f"'{word}'" for word in command)
    program = CALLS_32 if name == "32" else CALLS_64
    # The program that executes another writes its notes first, so the two parts are separated afterwards.
    result = shell(f"'{program}' login {session.auid} {session.user} {words}", timeout=120)
    first, separator, rest = result.out.partition("command\t")
    line, _, program_notes = rest.partition("\n")
    write_line, _, program_notes = program_notes.partition("\n")
    login = f"{first}{separator}{line}\n{write_line}\n"
    if "exit_group" not in program_notes:
        raise Failed(" ".join(command), "notes that end with exit_group", result.out[-500:] + result.err)
    if name in ("su", "sudo"):
        # The report is filtered by the executable, so that the execution of su or sudo is not in it, but that of the program is.
        argv = " ".join(word.encode().hex() for word in [CALLS_64, "all", folder])
        login = f"{first}command\t\t{argv}\tok\n{write_line}\n"
    with open(f"{logs}/{name}.login", "a") as file:
        file.write(login)
    with open(f"{logs}/{name}.calls", "a") as file:
        file.write(program_notes)


def record(form, log_format, megabytes, action, names, repetitions=1):
    """Makes a log of auditd with the sessions `names`, in a folder of its own with the notes.

    Under emulation auditd may be too slow, and the kernel drops events. Such a log proves nothing, so it is made again."""
    for attempt in range(3):
        logs = f"{LOGS}/{form}.{attempt}"
        missing = record_once(logs, log_format, megabytes, action, names, repetitions)
        shutil.copytree(logs, f"{OUT}/{form}.{attempt}")
        if not missing:
            return logs
        print(f"{logs}: events {missing} are missing", flush=True)
    raise Failed("(preparation)", f"a complete log in {form}", f"missing events: {missing}")


def record_once(logs, log_format, megabytes, action, names, repetitions):
    """Makes a log, and returns the serial numbers around gaps in it."""
    os.makedirs(logs)
    os.makedirs("/var/tmp/work", exist_ok=True)
    os.chmod("/var/tmp/work", 0o1777)
    configure(log_format, megabytes, action)
    syslog = Syslog(f"{logs}/syslog")
    start_auditd()
    for _ in range(repetitions):
        for name in names:
            run_session(logs, name)
            wait_until("the kernel's backlog is empty", lambda: audit_status()["backlog"] == "0")
    syslog.wait_for(stamps("/var/log/audit/audit.log")[-1])
    stop_auditd()
    syslog.close()
    for file in os.listdir("/var/log/audit"):
        shutil.move(f"/var/log/audit/{file}", logs)
    return gaps(logs)


def stamps(log):
    return re.findall(r"^type=(?!DAEMON).*?msg=(audit\([\d.:]+\))", read(log), re.MULTILINE)


def gaps(logs):
    """The serial numbers before and after each gap in the files of a log."""
    found = {int(stamp.split(":")[1][:-1]) for path in glob.glob(f"{logs}/audit.log*") for stamp in stamps(path)}
    ordered = sorted(found)
    return [(one, two) for one, two in zip(ordered, ordered[1:]) if two != one + 1]


class Syslog:
    """Receives on /dev/log, and writes a file as rsyslogd does."""

    def __init__(self, path):
        self.path = path
        if os.path.lexists("/dev/log"):
            os.remove("/dev/log")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        self.socket.settimeout(0.5)
        self.closing = False
        self.thread = threading.Thread(target=self.receive, daemon=True)
        self.thread.start()

    def receive(self):
        with open(self.path, "wb") as file:
            while True:
                try:
                    message = self.socket.recv(65536)
                except TimeoutError:
                    if self.closing:
                        return
                    continue
                match = re.match(rb"<\d+>(\w+ +\d+ [\d:]+) (.*)", message.rstrip(b"\n\0"), re.DOTALL)
                if match:
                    file.write(match[1] + b" lab " + match[2] + b"\n")
                    file.flush()

    def wait_for(self, stamp):
        """Waits until the plugin has sent the event with this stamp."""
        wait_until(f"{stamp} in syslog", lambda: stamp in read(self.path))

    def close(self):
        self.closing = True
        self.thread.join(30)
        self.socket.close()
        os.remove("/dev/log")


@functools.cache
def raw_logs():
    return record("raw", "RAW", 99, "IGNORE", SESSIONS)


@functools.cache
def enriched_logs():
    return record("enriched", "ENRICHED", 1, "ROTATE", ["64", "32", "root"], 2)


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


def named(kind, title):
    """Registers a check for each session in which the program runs directly."""

    def register(function):
        for name in DIRECT:
            check(f"auditloginfo/{title}-{name}", kind)(functools.partial(function, name))
        return function

    return register


@named(None, "calls")
def calls(name):
    logs = raw_logs()
    expect_section(name, "--syscalls", "syscall", counted(notes(logs, name), "syscall"), f"{logs}/audit.log")


@named(None, "commands")
def commands(name):
    logs = raw_logs()
    expect_section(name, "--commands", "command", counted(notes(logs, name), "command"), f"{logs}/audit.log")


@named(None, "files")
def files(name):
    logs = raw_logs()
    expect_section(name, "--files", "file", counted(notes(logs, name), "file"), f"{logs}/audit.log")


@named(None, "failed")
def failed(name):
    logs = raw_logs()
    items = notes(logs, name)
    has_failed = lambda item: item.result != "ok"  # noqa: E731
    for section, kind in (("--files", "file"), ("--syscalls", "syscall")):
        expected = counted(items, kind, has_failed)
        expect_section(name, f"--failed {section}", kind, expected, f"{logs}/audit.log")


@named(None, "errors")
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


@named(("auditloginfo", "--changes"), "changes")
def changes(name):
    logs = raw_logs()
    items = [item._replace(detail=CHANGES.get(item.detail, item.detail)) for item in notes(logs, name)]
    expected = counted(items, "change", lambda item: item.result == "ok")
    expect_section(name, "--changes", "change", expected, f"{logs}/audit.log")


@named(("auditloginfo", "--addresses"), "addresses")
def addresses(name):
    logs = raw_logs()
    expect_section(name, "--addresses", "address", counted(notes(logs, name), "address"), f"{logs}/audit.log")


@named(("auditloginfo", "--each"), "each")
def each(name):
    """The items one by one, counted, are those of the counting report."""
    logs = raw_logs()
    arguments = f"--uid {SESSIONS[name].auid} --syscalls --commands --files"
    _, expected = report(arguments, f"{logs}/audit.log")
    command, seen = report(f"{arguments} --each", f"{logs}/audit.log")
    for kind in expected.keys() | seen.keys():
        expect_counts(command, expected.get(kind, Counter()), seen.get(kind, Counter()))


def check_through(name, exe):
    logs = raw_logs()
    items = notes(logs, name)
    for section, kind in (("--syscalls", "syscall"), ("--commands", "command"), ("--files", "file")):
        expect_section(name, f"--exe {exe} {section}", kind, counted(items, kind), f"{logs}/audit.log")


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


@check("auditloginfo/sudo-section", needs=("auditloginfo", "--sudo"))
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
        expect_match(plain, r"^   openat \d+$")
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
        for section, kind in (("--syscalls", "syscall"), ("--commands", "command"), ("--files", "file")):
            expected = counted(notes(logs, name), kind)
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
