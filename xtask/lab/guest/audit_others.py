"""auditloginfo beside ausearch, and on the records that the journal has received."""

import functools
import glob
import json
import os
import re
import shutil
import subprocess
from collections import Counter

from audit_checks import expect_same_reports
from audit_log import DIRECT, LOGS, SESSIONS, configure, raw_logs, run_session, start_auditd, stop_auditd, wait_for_auditd
from harness import Failed, check, expect_counts, must, once, read, shell, wait_until, write

OPENS = {"open", "openat", "openat2", "creat", "open_by_handle_at"}
PATH = re.compile(r"^type=PATH .*? : item=\d+ name=(.*?)(?: inode=\d+ dev=\S+ mode=\S+ ouid=.*)? nametype=(\w+) cap_fp=", re.MULTILINE)


# ---- ausearch


@functools.cache
def events(name):
    """The events of a session as `ausearch -i` shows them: the call, whether it succeeded, and the text."""
    logs = raw_logs()
    text = must(f"ausearch -i --input {logs}/audit.log -ul {SESSIONS[name].auid} < /dev/null")
    found = []
    for event in re.split(r"^----\n", text, flags=re.MULTILINE):
        call = re.search(r"^type=SYSCALL .* syscall=(\S+) success=(\w+)", event, re.MULTILINE)
        if call:
            found.append((call[1], call[2] == "yes", event))
    return found


def escaped(name):
    """ausearch prints what auditloginfo escapes as well: DEL, bidirectional controls, and bytes that are no UTF-8."""
    octal = lambda match: "".join(f"\\{byte:03o}" for byte in match[0].encode(errors="surrogateescape"))  # noqa: E731
    return re.sub("[\x7f\u202a-\u202e\u2066-\u2069\udc80-\udcff]", octal, name)


def paths(name, keep):
    """The names of PATH records that are no parents, counted."""
    found = Counter()
    for call, succeeded, event in events(name):
        for path, role in PATH.findall(event):
            if role != "PARENT" and keep(call, succeeded, role):
                found[escaped(path)] += 1
    return found


def section(name, option, pattern):
    """The lines of a section of auditloginfo: the match of the pattern, and the count."""
    command = f"auditloginfo --uid {SESSIONS[name].auid} {option} {raw_logs()}/audit.log"
    found = Counter()
    for match in re.finditer(rf"^   {pattern} (\d+)$", shell(command).out, re.MULTILINE):
        found[match[1]] += int(match[2])
    return command, found


def beside_ausearch_files(name):
    command, seen = section(name, "--files", " (.*)")
    expect_counts(command, paths(name, lambda call, _, role: call in OPENS), seen)


def beside_ausearch_changes(name):
    """Names that were made and removed, by whichever call."""
    command, seen = section(name, "--changes", " (?:created|removed|moved-from|moved-to|linked) (.*)")
    expect_counts(command, paths(name, lambda _, succeeded, role: succeeded and role in ("CREATE", "DELETE")), seen)


def address_by_ausearch(fields):
    """An address of ausearch in the form of auditloginfo, without the scope; only the family where ausearch shows no more."""
    family = re.search(r"saddr_fam=(\S+)", fields)
    internet = re.search(r"laddr=([^% ]+)(?:%\d+)? lport=(\d+)", fields)
    if internet:
        return f"[{internet[1]}]:{internet[2]}" if ":" in internet[1] else f"{internet[1]}:{internet[2]}"
    local = re.search(r"path=(.*) }", fields)
    if local:
        return local[1]
    netlink = re.search(r"nlnk-pid=(\d+)", fields)
    return f"netlink:{netlink[1]}" if netlink else family[1] if family else fields


def address_by_us(text):
    """An address of auditloginfo as far as ausearch shows it: it has no mark for abstract names, and no ports of vsock."""
    text = text.removeprefix("@")
    text = re.sub(r"^vsock:.*", "vsock", text)
    names = {"family-2": "inet", "family-17": "packet", "family-99": "unknown-family(99)", "unix": "local"}
    return names.get(text, text)


def beside_ausearch_addresses(name):
    expected = Counter()
    for _, _, event in events(name):
        for fields in re.findall(r"^type=SOCKADDR .* : saddr=(.*?) *$", event, re.MULTILINE):
            expected[address_by_ausearch(fields)] += 1
    command, lines = section(name, "--addresses", r"\w+ (.*)")
    seen = Counter()
    for text, count in lines.items():
        seen[address_by_us(text)] += count
    expect_counts(command, expected, seen)


for part, compare in (("files", beside_ausearch_files), ("changes", beside_ausearch_changes), ("addresses", beside_ausearch_addresses)):
    for session in DIRECT:
        check(f"auditloginfo/ausearch-{part}-{session}")(functools.partial(compare, session))


# ---- the journal


@once
def journal_logs():
    """The same session as auditd and as the journal received it. The journal may lose records of the busy machine; it then counts as
    missing, and is made again."""
    must("rm -f /etc/machine-id; systemd-machine-id-setup")
    for attempt in range(3):
        logs = f"{LOGS}/journal.{attempt}"
        missing = record_journal(logs)
        if not missing:
            return logs
        print(f"{logs}: records {missing[:5]} are missing", flush=True)
    raise Failed("(preparation)", "a complete journal", f"{len(missing)} missing records: {missing[:5]}")


def record_journal(logs):
    """Makes both logs, and returns the records that the journal lacks."""
    os.makedirs(logs)
    shutil.rmtree("/run/log/journal", ignore_errors=True)
    configure("RAW", 99, "IGNORE")
    # The kernel drops records for which the socket of the journal has no room.
    room = read("/proc/sys/net/core/rmem_default")
    write("/proc/sys/net/core/rmem_default", str(128 << 20))
    journald = subprocess.Popen(["/usr/lib/systemd/systemd-journald"], stdin=subprocess.DEVNULL)
    try:
        wait_until("the journal is there", lambda: glob.glob("/run/log/journal/*/system.journal"))
        start_auditd()
        run_session(logs, "64")
        mark = wait_for_auditd()
        wait_until("the last record is in the journal", lambda: mark in shell("journalctl -o cat _TRANSPORT=audit --lines=100").out, 90)
        stop_auditd()
        shutil.move("/var/log/audit/audit.log", logs)
        must(f"journalctl -o export --all _TRANSPORT=audit > {logs}/export; journalctl -o json --all _TRANSPORT=audit > {logs}/json")
    finally:
        journald.terminate()
        journald.wait(30)
        write("/proc/sys/net/core/rmem_default", room)
    return missing_records(logs)


def missing_records(logs):
    """The serial numbers of auditd's records that are not in the journal. It has none from before its start, and none of LOGIN, whose
    number is among those of control messages."""
    kept = re.findall(r"^type=(?!DAEMON|EOE|LOGIN)\w+ msg=audit\([\d.]+:(\d+)\)", read(f"{logs}/audit.log"), re.MULTILINE)
    received = Counter(int(json.loads(line)["_AUDIT_ID"]) for line in read(f"{logs}/json").splitlines())
    return sorted(Counter(number for number in map(int, kept) if number > min(received)) - received)


def form_journal(form):
    logs = journal_logs()
    expect_same_reports(logs, ["64"], f"{logs}/{form}")


check("auditloginfo/form-journal-export")(functools.partial(form_journal, "export"))
check("auditloginfo/form-journal-json")(functools.partial(form_journal, "json"))
