#!/usr/bin/env python3
"""Make logs that the original auditloginfo.py can read, out of a recorded one, for its fixtures.

    audit_readable.py LOG.gz

Writes cmd, original and audit.log of testdata/auditloginfo/original-*; audit_original.py --bless
adds what the original prints. The original stops with an error at much of a real log, or misreads
it, so only events are taken that it reads as they are meant: x86_64 calls with a name in every
header, no record with free words; commands and files only if they need no decoding, at most ten
arguments; no directory of a new file, no command that failed. An openat(2) of the working directory
becomes an open(2), which is what the original looks for.
"""

import gzip
import os
import re
import sys

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "auditloginfo")
EVENT = re.compile(rb"msg=audit\(([0-9.:]+)\)")
OPENAT = re.compile(rb" syscall=257 (.*?)a0=ffffff9c a1=(\S+) a2=(\S+) a3=(\S+) ")

# What an event must not hold.
BEYOND = re.compile(rb"""
    type=SYSCALL.* (arch=(?!c000003e)|syscall=(257|85|304|322|437|4[0-9][0-9][0-9]|45[1-9])[ ])
    | type=SYSCALL.* syscall=59\ success=no
    | type=PATH.* (nametype=PARENT|name=[^"])
    | type=EXECVE.* (argc=[0-9]{2}|a[0-9]+=[^"]|a[0-9]+_len)
    | type=(SECCOMP|AVC|OPENAT2|USER)[ ]
""", re.X)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: audit_readable.py LOG.gz")
    with gzip.open(sys.argv[1]) as log:
        events = readable(log.read().splitlines(keepends=True))
    of = lambda pattern: [e for e in events if re.search(pattern, b"".join(e))]
    opens = of(rb"syscall=2 .*success=yes.* auid=7005 ")
    failed = of(rb"syscall=2 .*success=no.* auid=7005 ")
    commands = of(rb"type=EXECVE")
    fixture("original-opens", 7005, opens[:25])
    fixture("original-opens-that-failed", 7005, failed[:25])
    fixture("empty-first-argument-of-a-session", 7005, commands[6:34] + of(rb'type=EXECVE.* a\d=""[ \n]')[:2])
    fixture("original-equal-counts", 7005, distinct(opens, 12) + distinct(failed, 12) + commands[:6])
    fixture("original-unknown-auid", 4242, opens[:2] + commands[:1])
    fixture("original-root-is-an-auid-too", 0, [[line.replace(b" auid=7005 ", b" auid=0 ") for line in event]
                                                for event in opens[30:34]] + opens[34:36])
    daemons = of(rb" auid=4294967295 ")
    fixture("original-daemons", 4294967295, daemons[:12] + opens[:1])
    fixture("original-user-records", 7005, of(rb"type=(USER_CMD|USER_START|CRED_|LOGIN)")[:8] + opens[:2])
    fixture("original-interleaved", 7005, [interleaved(opens[40:52] + commands[20:22])])
    fixture("original-enriched", 7005, [[enriched(line) for line in event] for event in opens[:4] + commands[:2]])
    fixture("original-a-session", 7005, of(rb" ses=3 ")[100:170])


def readable(lines):
    """The events that the original reads as they are meant, in the order of their first records."""
    events = {}
    for line in lines:
        if not line.startswith(b"type=PROCTITLE"):
            line = OPENAT.sub(rb" syscall=2 \1a0=\2 a1=\3 a2=\4 a3=0 ", line)
            events.setdefault(EVENT.search(line)[1], []).append(line)
    return [event for event in events.values()
            if all(b"=" in word for line in event for word in line.split())
            and not any(map(BEYOND.match, event))]


def distinct(events, most):
    """The first events with names that none before them has."""
    names, chosen = set(), []
    for event in events:
        name = re.search(rb'name="(.*?)"', b"".join(event))
        if name and name[1] not in names:
            names.add(name[1])
            chosen.append(event)
    return chosen[:most]


def interleaved(events):
    """One list of the first records of all events, then of the second ones, and so on."""
    return [event[i] for i in range(max(map(len, events))) for event in events if i < len(event)]


def enriched(line):
    """A record as auditd writes it with log_format = ENRICHED and a name of the host."""
    call = b"execve" if b" syscall=59 " in line else b"open"
    added = {b"type=SYSCALL": b'\x1dARCH=x86_64 SYSCALL=%s AUID="oper" UID="oper" GID="oper" EUID="oper"' % call,
             b"type=PATH": b'\x1dOUID="root" OGID="root"'}.get(line.split()[0], b"")
    return b"node=lab " + line.rstrip(b"\n") + added + b"\n"


def fixture(name, auid, events):
    if not events:
        sys.exit(f"{name}: the log holds no such events")
    folder = os.path.join(FIXTURES, name)
    os.makedirs(folder, exist_ok=True)
    content = b"".join(line for event in dict.fromkeys(map(tuple, events)) for line in event)
    for file, bytes_ in (("audit.log", content), ("original", b"%d audit.log\n" % auid),
                         ("cmd", b"auditloginfo --uid %d audit.log\n" % auid)):
        with open(os.path.join(folder, file), "wb") as out:
            out.write(bytes_)
    print(f"{name}: {len(events)} events, {len(content)} bytes")


main()
