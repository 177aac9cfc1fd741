#!/usr/bin/env python3
"""Wrap a plain audit log as other programs write it; a report on the result is the same as on the log.

    audit_wrap.py FORM [options] [LOG]

LOG is read from standard input if it is missing or -; one that is compressed by gzip is read as it is.
The result goes to standard output. The same input gives the same bytes, and a log of any size is read
line by line. FORM is one of

    crlf bom no-newline    lines that end in CRLF; a byte order mark before the first; no newline after the last
    node                   node=HOST before each record
    enriched-blank         a blank in place of the byte 0x1d before enriched fields
    enriched-octal         #035 in place of it, as syslog writes it
    grep grep-n            FILE: or FILE:NUMBER: before each line
    syslog                 after a header of syslog, by --header and --tag; kernel means the kernel's form
    dmesg                  in the kernel's form, after the uptime
    doubled                each line twice
    doubled-late           each line again, --delay lines later
    doubled-kernel         after each record the same in the kernel's form
    one-line               all records of an event in a line, as Wazuh writes them
    json                   a line in a string of a JSON object, under --key, as log shippers write it
    json-lines-joined      all records of an event in a string, with newlines between them
    journal-export         as `journalctl -o export` prints the entries of the audit system
    journal-json           as `journalctl -o json` prints them; fields above 4096 bytes only with --all

Forms can be piped into each other. An event's records in one line are cut in several lines before they
exceed what auditloginfo reads, and a record with msg='...' ends its line: nothing may follow it there.
The journal knows nothing of enriched fields; lines that are no record have no place in it.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections import OrderedDict, deque, namedtuple

from audit_names import TYPES

RECORD = re.compile(rb"(?:node=(\S+) )?type=(\S+) msg=audit\((\d+)\.(\d+):(\d+)\):(.*)", re.S)
FIELD = re.compile(rb"""(?<= ) (?:msg='.* | ([a-z][\w.-]*(?:\[\d+\])?) = ("[^"]*"|\S*))""", re.X | re.S)
NUMBERS = {name.encode(): number for number, name in TYPES.items()}

# How many lines may lie between two records of an event that are put together.
GROUP_WINDOW = 2000
LINE_MOST = 60_000
JSON_MOST = 1 << 20
JOURNAL_JSON_MOST = 4096

Record = namedtuple("Record", "node kind seconds millis serial body")


def options():
    parser = argparse.ArgumentParser(usage="audit_wrap.py FORM [options] [LOG]")
    parser.add_argument("form", choices=sorted(FORMS), metavar="FORM")
    parser.add_argument("log", nargs="?", default="-", metavar="LOG")
    parser.add_argument("--host", default="lab", help="where the log does not name one")
    parser.add_argument("--header", default="rfc3164", choices=("rfc3164", "rfc5424", "iso"))
    parser.add_argument("--tag", default="audispd", help="kernel, auditd, audispd, audisp-syslog or any other")
    parser.add_argument("--uptime", action="store_true", help="after kernel:")
    parser.add_argument("--file", default="/var/log/audit/audit.log", help="the name that grep prints")
    parser.add_argument("--delay", type=int, default=500, help="lines before a late double")
    parser.add_argument("--key", default="message", choices=sorted(OBJECTS))
    parser.add_argument("--all", action="store_true", help="long fields of the journal too")
    asked = parser.parse_intermixed_args()
    asked.host, asked.tag, asked.file = (word.encode() for word in (asked.host, asked.tag, asked.file))
    return asked


def read(log):
    stream = sys.stdin.buffer if log == "-" else gzip.open(log) if log.endswith(".gz") else open(log, "rb")
    with stream:
        for line in stream:
            yield line.removesuffix(b"\n")


def parse(line):
    """The record in a line of auditd, without its enriched part; nothing if there is none."""
    found = RECORD.match(line)
    if not found:
        return None
    node, kind, seconds, millis, serial, body = found.groups()
    return Record(node, kind, int(seconds), millis, serial, re.split(b"\x1d|#035", body)[0])


def stamp(record):
    return b"audit(%d.%b:%b)" % (record.seconds, record.millis, record.serial)


def iso_time(record):
    return time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(record.seconds)).encode() + record.millis


def ended(lines, end=b"\n"):
    return (line + end for line in lines)


# One line at a time

def crlf(lines, asked):
    return ended(lines, b"\r\n")


def byte_order_mark(lines, asked):
    yield b"\xef\xbb\xbf"
    yield from ended(lines)


def no_newline(lines, asked):
    for number, line in enumerate(lines):
        yield (b"\n" if number else b"") + line


def node(lines, asked):
    return ended(b"node=%b %b" % (asked.host, line) if line.startswith(b"type=") else line for line in lines)


def enriched_blank(lines, asked):
    return ended(line.replace(b"\x1d", b" ") for line in lines)


def enriched_octal(lines, asked):
    return ended(line.replace(b"\x1d", b"#035") for line in lines)


def grep(lines, asked):
    return ended(asked.file + b":" + line for line in lines)


def grep_n(lines, asked):
    return ended(b"%b:%d:%b" % (asked.file, number, line) for number, line in enumerate(lines, 1))


# The kernel and syslog

def type_number(kind):
    """The number of a type, by its name or UNKNOWN[NUMBER]; nothing for a name that is not in the table."""
    found = re.fullmatch(rb"(?:UNKNOWN\[)?(\d+)\]?", kind)
    return int(found[1]) if found else NUMBERS.get(kind)


def kernel_form(record):
    number = type_number(record.kind)
    kind = b"%b" % record.kind if number is None else b"%d" % number
    return b"audit: type=%b %b:%b" % (kind, stamp(record), record.body)


def uptime(record):
    return b"[%5d.%b000] " % (record.seconds % 100_000, record.millis)


def dmesg(lines, asked):
    for line in lines:
        record = parse(line)
        yield (uptime(record) + kernel_form(record) if record else line) + b"\n"


def syslog(lines, asked):
    for line in lines:
        record = parse(line)
        if record and asked.tag == b"kernel":
            line = (uptime(record) if asked.uptime else b"") + kernel_form(record)
        yield (header(record, asked) if record else b"") + line + b"\n"


def header(record, asked):
    host = record.node or asked.host
    when = time.gmtime(record.seconds)
    iso = iso_time(record) + b"000+00:00"
    if asked.header == "rfc5424":
        return b"<%d>1 %b %b %b - - - " % (5 if asked.tag == b"kernel" else 29, iso, host, asked.tag)
    short = time.strftime("%b ", when) + f"{when.tm_mday:2d} " + time.strftime("%H:%M:%S", when)
    pid = b"" if asked.tag in (b"kernel", b"audispd") else b"[411]"
    return b"%b %b %b%b: " % (iso if asked.header == "iso" else short.encode(), host, asked.tag, pid)


# Doubles

def doubled(lines, asked):
    return ended(each for line in lines for each in (line, line))


def doubled_late(lines, asked):
    waiting = deque()
    for line in lines:
        yield line + b"\n"
        waiting.append(line)
        if len(waiting) > asked.delay:
            yield waiting.popleft() + b"\n"
    yield from ended(waiting)


def doubled_kernel(lines, asked):
    """The kernel names no host: after the header of syslog it is the same as that of node=."""
    for line in lines:
        yield line + b"\n"
        record = parse(line)
        if record:
            asked.header, asked.tag = "rfc3164", b"kernel"
            yield (header(record, asked) if record.node else b"") + kernel_form(record) + b"\n"


# Whole events

def groups(lines):
    """The lines of each event, which may stand apart; a line that is no record is alone."""
    waiting = OrderedDict()
    for place, line in enumerate(lines):
        record = parse(line)
        if not record:
            yield [line]
            continue
        key = record.node, stamp(record)
        group = waiting.setdefault(key, [place, []])
        group[0] = place
        group[1].append(line)
        waiting.move_to_end(key)
        while next(iter(waiting.values()))[0] + GROUP_WINDOW < place:
            yield waiting.popitem(last=False)[1][1]
    for _, group in waiting.values():
        yield group


def packed(group, most):
    """The lines of a group in lists of at most so many bytes."""
    pack, size = [], 0
    for line in group:
        if pack and size + len(line) >= most:
            yield pack
            pack, size = [], 0
        pack.append(line)
        size += len(line) + 1
    yield pack


def one_line(lines, asked):
    for group in groups(lines):
        plain = [line for line in group if b" msg='" not in line]
        for pack in packed(plain, LINE_MOST) if plain else ():
            yield b" ".join(pack) + b"\n"
        yield from ended(line for line in group if b" msg='" in line)


# JSON

OBJECTS = {
    "message": lambda text, when: {"@timestamp": when, "agent": {"type": "filebeat"}, "input": {"type": "log"},
                                   "log": {"file": {"path": "/var/log/audit/audit.log"}}, "message": text},
    "MESSAGE": lambda text, when: {"PRIORITY": "6", "HOST": "lab", "MESSAGE": text, "ISODATE": when},
    "msg": lambda text, when: {"level": "info", "ts": when, "msg": text},
    "log": lambda text, when: {"log": text + "\n", "stream": "stdout", "time": when},
    "event.original": lambda text, when: {"@timestamp": when, "event": {"module": "auditd", "original": text}},
    "SyslogMessage": lambda text, when: {"TimeGenerated": when, "Computer": "lab", "Facility": "authpriv",
                                         "SyslogMessage": text, "Type": "Syslog"},
    "RecordText": lambda text, when: {"Timestamp": when, "RecordText": text, "Hostname": "lab"},
}


def json_line(text, asked):
    """A JSON object with a text in it. Bytes that are not UTF-8 are lost, as log shippers lose them."""
    record = parse(text)
    when = record and iso_time(record).decode() + "Z"
    made = OBJECTS[asked.key](text.decode("utf-8", "replace"), when)
    return json.dumps(made).encode() + b"\n"


def json_form(lines, asked):
    return (json_line(line, asked) for line in lines)


def json_joined(lines, asked):
    return (json_line(b"\n".join(pack), asked) for group in groups(lines) for pack in packed(group, JSON_MOST))


# The journal

def entries(lines, asked):
    """The fields of each record as journald stores them; it makes the message of type and text."""
    boot, skipped = b"0123456789abcdef0123456789abcdef", 0
    for number, line in enumerate(lines, 1):
        record = parse(line)
        kind = record and type_number(record.kind)
        if kind is None:
            skipped += 1
            continue
        moment = record.seconds * 1_000_000 + int(record.millis) * 1000
        name = (TYPES.get(kind) or f"AUDIT{kind}").encode()
        entry = {
            b"__CURSOR": b"s=%b;i=%x;b=%b;m=%x;t=%x;x=%x" % (boot, number, boot, number, moment, number),
            b"__REALTIME_TIMESTAMP": b"%d" % (moment + number % 1000), b"__MONOTONIC_TIMESTAMP": b"%d" % number,
            b"_BOOT_ID": boot, b"_TRANSPORT": b"audit", b"SYSLOG_FACILITY": b"4", b"SYSLOG_IDENTIFIER": b"audit",
            b"_HOSTNAME": record.node or asked.host, b"_AUDIT_TYPE": b"%d" % kind, b"_AUDIT_TYPE_NAME": name,
            b"_AUDIT_ID": record.serial, b"_SOURCE_REALTIME_TIMESTAMP": b"%d" % moment,
            b"MESSAGE": name + b" " + record.body.strip(b" "),
        }
        for field, value in FIELD.findall(record.body):
            entry.setdefault(*journal_field(field, value))
        yield entry
    if skipped:
        sys.stderr.write(f"audit_wrap.py: {skipped} lines have no place in the journal\n")


def journal_field(name, value):
    """How journald calls a field; names of programs it decodes."""
    known = {b"pid": b"_PID", b"uid": b"_UID", b"gid": b"_GID", b"auid": b"_AUDIT_LOGINUID",
             b"ses": b"_AUDIT_SESSION", b"comm": b"_COMM", b"exe": b"_EXE", b"proctitle": b"_CMDLINE",
             b"subj": b"_SELINUX_CONTEXT"}
    if name in (b"comm", b"exe", b"proctitle"):
        is_hex = re.fullmatch(rb"(?:[0-9A-F]{2})+", value)
        value = bytes.fromhex(value.decode()) if is_hex else value.strip(b'"')
    return known.get(name, b"_AUDIT_FIELD_" + name.upper()), value


def is_printable(value):
    """Whether a field is text, but for newlines, which only JSON can hold."""
    try:
        return not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f]", value.decode())
    except UnicodeDecodeError:
        return False


def journal_export(lines, asked):
    for entry in entries(lines, asked):
        for name, value in entry.items():
            if is_printable(value) and b"\n" not in value:
                yield b"%b=%b\n" % (name, value)
            else:
                yield b"%b\n%b%b\n" % (name, len(value).to_bytes(8, "little"), value)
        yield b"\n"


def journal_json(lines, asked):
    for entry in entries(lines, asked):
        made = {name.decode(): journal_value(name, value, asked) for name, value in entry.items()}
        yield json.dumps(made, ensure_ascii=False).encode() + b"\n"


def journal_value(name, value, asked):
    if not asked.all and len(name) + 1 + len(value) >= JOURNAL_JSON_MOST:
        return None
    return value.decode() if is_printable(value) else list(value)


FORMS = {"crlf": crlf, "bom": byte_order_mark, "no-newline": no_newline, "node": node,
         "enriched-blank": enriched_blank, "enriched-octal": enriched_octal, "grep": grep, "grep-n": grep_n,
         "dmesg": dmesg, "syslog": syslog, "doubled": doubled, "doubled-late": doubled_late,
         "doubled-kernel": doubled_kernel, "one-line": one_line, "json": json_form,
         "json-lines-joined": json_joined, "journal-export": journal_export, "journal-json": journal_json}


def main():
    asked = options()
    try:
        for piece in FORMS[asked.form](read(asked.log), asked):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stderr.close()


main()
