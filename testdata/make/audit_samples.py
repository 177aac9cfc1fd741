#!/usr/bin/env python3
"""Make the small audit logs of testdata/samples/auditloginfo out of two recorded ones.

    audit_samples.py AUDIT [SAMPLES]

AUDIT is the folder that holds raw/ and rotated-enriched/, SAMPLES where the samples go (default:
../samples/auditloginfo beside this script). What is made:

    raw.log         events of raw/audit.log.gz
    enriched.log    events of the five files of rotated-enriched, as one log
    rotated/        audit.log.2.gz, audit.log.1, audit.log: events around the two cuts between the
                    three youngest files of rotated-enriched, each record in the file it stood in,
                    so that events begin in one file and end in the next

Events are taken whole (that of a kernel module with its 640 paths is left out) and keep the order of
the log. The same input gives the same bytes. How many events were taken, and why, is told on
standard output.
"""

import gzip
import os
import re
import sys

HEAD = re.compile(rb"(?:node=\S+ )?type=(\S+) msg=audit\((\d+\.\d+:\d+)\)")

# Why events are taken, a pattern that one record of the event matches, and how many events at most
# from the raw log and from the enriched one. An event is taken for the first of the reasons.
WANTED = [
    ("i386 calls", rb"type=SYSCALL .* arch=40000003 ", 100, 4),
    ("openat2", rb"type=OPENAT2 ", 4, 2),
    ("rare records", rb"type=(IPC|SOCKETCALL|MQ_OPEN|OBJ_PID|CAPSET|LOGIN) ", 20, 5),
    ("name=(null), a file without a name", rb"type=PATH .* name=\(null\) ", 8, 2),
    ("files called (null), DEADBEEF, name=(null)", rb'type=PATH .* name="(\(null\)|DEAD|name=)', 15, 2),
    ("an argument in pieces among 2402", rb"type=EXECVE msg=audit\([0-9.]*:10426\)", 1, 0),
    ("an argument of 20000 bytes", rb"type=EXECVE msg=audit\([0-9.]*:9387\)", 1, 0),
    ("commands with arguments in hexadecimal", rb"type=EXECVE .{,3000} a\d+=[0-9A-F]{4}", 20, 4),
    ("commands as root", rb"type=SYSCALL .* syscall=59 .* auid=7005 uid=\d+ gid=\d+ euid=0 ", 12, 3),
    ("commands", rb"type=EXECVE msg=audit\([^)]*\): argc=.{,3000}$", 20, 6),
    ("calls of AUID 1000", rb"type=SYSCALL .* auid=1000 ", 12, 0),
    ("calls of daemons", rb"type=SYSCALL .* auid=4294967295 ", 12, 0),
    ("open, creat, open_by_handle_at", rb"type=SYSCALL .* arch=c000003e syscall=(2|85|304) ", 9, 4),
    ("calls without success= (exit)", rb"type=SYSCALL .* syscall=\d+ a0=", 3, 2),
    ("names in hexadecimal", rb"type=PATH .* name=[0-9A-F]{4,200} ", 15, 5),
    ("files created", rb"type=PATH .* nametype=CREATE", 10, 4),
    ("a directory by its descriptor", rb"type=SYSCALL .* syscall=257 .* a0=[0-9a-f]{1,2} ", 7, 3),
    ("failed opens as root", rb"type=SYSCALL .* syscall=257 success=no .* uid=0 ", 10, 3),
]
MOST_RECORDS = 100
OTHER = ("no system call: USER_, LOGIN, DAEMON_, AVC, SECCOMP, ...", 200, 20)

# Lines in which the records of one event stand 174 lines apart, and lines of a busy place.
RAW_LINES = [*range(105265, 105455)]
ENRICHED_LINES = [*range(4000, 4260)]


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit("usage: audit_samples.py AUDIT [SAMPLES]")
    source = sys.argv[1]
    here = os.path.dirname(os.path.abspath(__file__))
    target = sys.argv[2] if len(sys.argv) > 2 else os.path.join(here, "../samples/auditloginfo")
    os.makedirs(os.path.join(target, "rotated"), exist_ok=True)

    raw = read(source, "raw/audit.log.gz")
    write(target, "raw.log", of_events(raw, chosen(raw, RAW_LINES, 2)))

    files = [read(source, f"rotated-enriched/audit.log{n}.gz") for n in (".4", ".3", ".2", ".1", "")]
    enriched = [line for file in files for line in file]
    write(target, "enriched.log", of_events(enriched, chosen(enriched, ENRICHED_LINES, 3)))

    older, old, young = files[2:]
    cuts = older[-40:] + old[:40] + old[-40:] + young[:40]
    events = {event(line) for line in cuts} - {event(line) for line in files[1]}
    write(target, "rotated/audit.log.2.gz", of_events(older, events))
    write(target, "rotated/audit.log.1", of_events(old, events))
    write(target, "rotated/audit.log", of_events(young, events))


def read(*path):
    with gzip.open(os.path.join(*path)) as log:
        return log.read().splitlines(keepends=True)


def event(line):
    return HEAD.match(line)[2]


def of_events(lines, events):
    return [line for line in lines if event(line) in events]


def write(folder, name, lines):
    content = b"".join(lines)
    if name.endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(content)
    print(f"{name}: {len(lines)} lines, {len(content)} bytes")


def chosen(lines, always, column):
    """The events to take; `column` of WANTED says how many of each sort."""
    events = {}
    for line in lines:
        events.setdefault(event(line), []).append(line)
    taken = {event(lines[number]) for number in always}
    print(f"{len(taken):5} events: a stretch of the log in which events interleave")
    calls = {event(line) for line in lines if HEAD.match(line)[1] == b"SYSCALL"}
    take(OTHER[0], [each for each in events if each not in calls], OTHER[column - 1], taken)
    for why, pattern, *most in WANTED:
        is_wanted = re.compile(rb"(?:node=\S+ )?" + pattern).match
        found = [each for each, records in events.items()
                 if len(records) <= MOST_RECORDS and any(map(is_wanted, records))]
        take(why, found, most[column - 2], taken)
    return taken


def take(why, found, most, taken):
    new = [each for each in found if each not in taken][:most]
    taken.update(new)
    print(f"{len(new):5} events: {why}")


main()
