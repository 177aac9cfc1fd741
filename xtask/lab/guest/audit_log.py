"""Real logs of auditd: calls.c makes known calls under several login users, and writes down each of them."""

import codecs
import glob
import os
import re
import shutil
import socket
import threading
import time
from collections import Counter, namedtuple

from harness import OUT, Failed, must, once, read, shell, wait_until, write

LOGS = "/var/tmp/logs"
CALLS_64, CALLS_32 = "/usr/local/bin/calls64", "/usr/local/bin/calls32"
OPER = 7001

# One login user for each way in which the program runs.
Session = namedtuple("Session", "auid user arch command")
SESSIONS = {
    "64": Session(7101, OPER, "x86_64", [CALLS_64, "all"]),
    "32": Session(7102, OPER, "i386", [CALLS_32, "all"]),
    "root": Session(7103, 0, "x86_64", [CALLS_64, "all"]),
    "io_uring": Session(7106, OPER, "x86_64", [CALLS_64, "io_uring"]),
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
-a always,io_uring -S openat -S mkdirat -S linkat -S renameat -S unlinkat -F auid>=7100 -F auid<7200
"""

AUDITD_CONF = """local_events = yes
write_logs = yes
log_file = /var/log/audit/audit.log
log_group = root
log_format = {format}
flush = NONE
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
q_depth = 90000
overflow_action = IGNORE
plugin_dir = /etc/audit/plugins.d
"""


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
    """Configures auditd and its plugin that sends the records to syslog."""
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
    # A check that failed may have left one.
    end_auditd()
    must("auditd")
    wait_until("auditd answers", lambda: int(audit_status()["pid"]) > 0)
    must("auditctl -e 1; auditctl -R /tmp/rules")


def wait_for_auditd():
    """Waits until auditd has written everything that was logged so far; no figure of the kernel says so. Returns the last text."""
    mark = f"lab-{time.monotonic_ns()}"
    must(f"auditctl -m {mark}")
    wait_until("auditd has written everything", lambda: any(mark in read(path) for path in glob.glob("/var/log/audit/audit.log*")), 120)
    return mark


def stop_auditd():
    wait_for_auditd()
    must("auditctl -D; auditctl -e 0")
    end_auditd()


def end_auditd():
    pid = audit_status()["pid"]
    if pid != "0":
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
        print(audit_status(), shell("dmesg | grep audit | tail -20").out, flush=True)
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
    syslog.wait_for(wait_for_auditd())
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

    def wait_for(self, text):
        """Waits until the plugin has sent a record with this text."""
        wait_until(f"{text} in syslog", lambda: text in read(self.path), 120)

    def close(self):
        self.closing = True
        self.thread.join(30)
        self.socket.close()
        os.remove("/dev/log")


@once
def raw_logs():
    return record("raw", "RAW", 99, "IGNORE", SESSIONS)


@once
def enriched_logs():
    return record("enriched", "ENRICHED", 1, "ROTATE", ["64", "32", "root"], 2)
