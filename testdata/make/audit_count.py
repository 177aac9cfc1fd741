#!/usr/bin/env python3
"""Count what login users did, out of audit logs: the slow, plain arbiter for auditloginfo.

    audit_count.py [options] LOG...
    audit_count.py --sets LOG... < SETS

All records of all logs are loaded and sorted into events by node, time and serial; only then is
anything counted. Nothing is streamed, nothing bounded, no record can be too late. A line of the
output, in byte order, is

    auid TAB kind TAB count TAB name TAB detail

A syscall has its architecture for detail, a file with --modes its mode, an error the name of the
error, a denial who refused. A command's arguments are joined by a blank. In names, control
characters and bytes that are not UTF-8 are a backslash and three octal digits. --report AUID prints
the text report of the original script instead. With --sets the logs are loaded once; each line of
standard input is a set of options with tabs between its words, and each answer ends with an empty
line.
"""

import argparse
import gzip
import os
import re
import sys
from collections import Counter, defaultdict, namedtuple

from audit_names import CAPABILITIES, call_name, error_name

# Where a record starts in a line, and its fields: a value is quoted, or goes on to the next blank.
# What userspace says inside msg='...' is no field, and neither are the upper-case names that
# auditd adds behind 0x1d when it enriches (syslog turns the 0x1d into a blank or #035).
RECORD = re.compile(rb"(?:\bnode=(\S+) )?\btype=(\S+) (?:msg=)?audit\((\d+)\.(\d+):(\d+)\):?(.*)", re.S)
FIELD = re.compile(rb"""(?:(?<=[ \x1d])|(?<=\#035)) (?:msg='.*'
                        | ([A-Za-z][\w.-]*(?:\[\d+\])?) = ("[^"]*"|[^ \x1d]*))""", re.X | re.S)
LINE_MAX = 65536
UNSET = 4294967295
UNKNOWN = UNSET + 1    # no record of the event holds a login user

KINDS = {1107: "USER_AVC", 1300: "SYSCALL", 1302: "PATH", 1307: "CWD", 1309: "EXECVE", 1326: "SECCOMP",
         1336: "URINGOP", 1337: "OPENAT2", 1400: "AVC", 1423: "LANDLOCK_ACCESS"}
Record = namedtuple("Record", "kind time fields body")

# The options that ask for a section, and what an item of it is called; the first three need not be asked for.
SECTIONS = {"syscalls": "syscall", "commands": "command", "files": "file", "privileged": "privileged",
            "errors": "error", "denials": "denial"}

# Which argument of a call that opens holds the flags, and whether the first is a directory.
OPENS = {"open": ("a1", False), "creat": (None, False), "openat": ("a2", True), "openat2": (None, True),
         "open_by_handle_at": ("a2", True)}
URING_OPENS = (b"18", b"28")

# O_CREAT, O_TRUNC, O_APPEND, O_EXCL.
FLAGS = {"mips": (0x100, 0x200, 0x8, 0x400), "sparc": (0x200, 0x400, 0x8, 0x800)}
GENERIC_FLAGS = (0o100, 0o1000, 0o2000, 0o200)


def options(words):
    parser = argparse.ArgumentParser(usage="audit_count.py [options] LOG...")
    for name in ("uid", "euid", "pid", "session"):
        parser.add_argument("--" + name, action="append", type=identity)
    for name in ("exe", "comm", "key", "node"):
        parser.add_argument("--" + name, action="append", type=os.fsencode)
    for name in ("start", "end", "report"):
        parser.add_argument("--" + name, type=int)
    for name, value in (("failed", b"no"), ("successful", b"yes")):
        parser.add_argument("--" + name, dest="success", action="store_const", const=value)
    for name, kind in SECTIONS.items():
        parser.add_argument("--" + name, dest="kinds", action="append_const", const=kind)
    for name in ("modes", "absolute", "sets"):
        parser.add_argument("--" + name, action="store_true")
    parser.add_argument("--names", help="a file of lines ARCH NUMBER NAME")
    parser.add_argument("logs", nargs="+", metavar="LOG")
    return parser.parse_args(words)


def identity(word):
    """A number, or a word for one; nothing for the word that any number fits."""
    words = {"all": None, "unset": UNSET, "-1": UNSET, "unknown": UNKNOWN}
    return words[word] if word in words else int(word)


# Reading

def load(logs):
    """The records of each event, by (node, time, serial)."""
    events = defaultdict(list)
    for log in logs:
        stream = sys.stdin.buffer if log == "-" else open(log, "rb")
        content = stream.read()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        for line in content.split(b"\n"):
            found = RECORD.search(line) if len(line) <= LINE_MAX else None
            if found:
                node, kind, seconds, part, serial, body = found.groups()
                number = re.fullmatch(rb"(?:UNKNOWN\[)?(\d+)\]?", kind)
                kind = KINDS.get(int(number[1]), "") if number else kind.decode("latin-1")
                values = fields(body)
                if values is not None:
                    record = Record(kind, int(seconds), values, body)
                    events[node, int(seconds), int(part), int(serial)].append(record)
    return events


def fields(body):
    """The fields of a record by name, the first of each; nothing if a quote does not end."""
    values = {}
    for name, value in FIELD.findall(body):
        if name and not re.fullmatch(rb"[A-Z0-9_]+", name):
            if value.startswith(b'"') and not re.fullmatch(b'"[^"]*"', value):
                return None
            value = value if value.startswith(b'"') else value.split(b"#035")[0]
            values.setdefault(name.decode(), value)
    return values


def text(value):
    """A value without its quotes; without quotes it is in hexadecimal if it looks so."""
    if value.startswith(b'"'):
        return value[1:-1]
    if len(value) % 2 == 0 and re.fullmatch(rb"[0-9A-Fa-f]+", value):
        return bytes.fromhex(value.decode())
    return value


def user(value):
    return UNSET if value == b"-1" else int(value) if value and value.isdigit() else None


# What an event says

def argv(records, call):
    """The command line of EXECVE records: arguments by number, in pieces or not. The executable stands
    for an empty first argument."""
    count, pieces = 0, {}
    for fields in (record.fields for record in records if record.kind == "EXECVE"):
        count = max(count, int(fields.get("argc", b"0")))
        for name, value in fields.items():
            found = re.fullmatch(r"a(\d+)(?:\[(\d+)\])?", name)
            if found:
                pieces[int(found[1]), int(found[2] or 0)] = text(value)
    count = max([count] + [index + 1 for index, _ in pieces])
    arguments = [b""] * count
    for (index, _), piece in sorted(pieces.items()):
        arguments[index] += piece
    exe = call.get("exe", b"(null)")
    if call.get("success") == b"yes" and exe != b"(null)" and (not arguments or (0, 0) in pieces and not arguments[0]):
        arguments[:1] = [b"[" + text(exe) + b"]"]
    return tuple(arguments)


def paths(records):
    """The names of PATH records, but for the directory of a new file and for no name at all."""
    for fields in (record.fields for record in records if record.kind == "PATH"):
        name = fields.get("name")
        if name not in (None, b"(null)") and fields.get("nametype") != b"PARENT":
            yield text(name)


def place(name, records, descriptor):
    """An absolute name: behind the working directory, or behind an open directory."""
    if name.startswith(b"/"):
        return name
    if descriptor is not None:
        return b"[fd %d]/" % descriptor + name
    cwd = next((text(r.fields["cwd"]) for r in records if r.kind == "CWD" and "cwd" in r.fields), b"")
    return cwd + (b"" if cwd.endswith(b"/") or not cwd else b"/") + name


def directory(call, fields):
    """The descriptor that relative names of an open start from, if it is not the working directory."""
    if not OPENS.get(call, ("", False))[1] or "a0" not in fields:
        return None
    low = int(fields["a0"], 16) & 0xffffffff
    return None if low == 0xffffff9c else low - (1 << 32 if low >> 31 else 0)


def mode(arch, call, fields, records):
    """How a file was asked for: c(reate), r, w or rw, t(runcate), a(ppend), x (exclusive)."""
    if call == "creat":
        return "cw"
    if call == "openat2":
        flags = [int(r.fields["oflag"], 8) for r in records if r.kind == "OPENAT2" and "oflag" in r.fields]
    else:
        argument = OPENS.get(call, (None,))[0]
        flags = [int(fields[argument], 16)] if argument in fields else []
    if not flags:
        return ""
    values = next((FLAGS[name] for name in FLAGS if arch.startswith(name)), GENERIC_FLAGS)
    create, truncate, append, exclusive = (bool(flags[0] & value) for value in values)
    return "c" * create + ("r", "w", "rw", "rw")[flags[0] & 3] + "t" * truncate + "a" * append + "x" * exclusive


def denial(record, given):
    """What was refused, and by whom; nothing if the record tells of no refusal."""
    fields = dict(record.fields)
    refused = re.search(rb"avc:\s+denied\s+\{ (.*?) \}", record.body)
    if refused and record.kind == "USER_AVC":    # its fields stand inside msg='...'
        pairs = re.findall(rb"\b(scontext|tcontext|tclass|path|name|capability)=(\"[^\"]*\"|[^ ']*)", record.body)
        fields.update((name.decode(), value) for name, value in pairs)
    plain = lambda *names: [fields[name].strip(b'"') for name in names if name in fields]
    named = [text(fields[name]) for name in ("path", "name") if name in fields][:1]
    number = int(fields.get("capability", b"-1"))
    capability = [CAPABILITIES[number].encode()] if 0 <= number < len(CAPABILITIES) else []
    if record.kind == "SECCOMP":
        return b" ".join([text(fields.get("exe", b"")), call_name(fields, given)[1].encode()]), "seccomp"
    if record.kind == "LANDLOCK_ACCESS":
        return b" ".join(plain("blockers") + named), "landlock"
    if fields.get("apparmor") == b'"DENIED"':
        profile = [text(fields.get("profile", b""))]
        return b" ".join(profile + plain("operation", "denied_mask") + named + capability), "apparmor"
    if refused:
        return b" ".join(plain("scontext", "tcontext", "tclass") + [refused[1]] + named + capability), "selinux"
    return None


# Counting

# Options that name the value of a field: the field, and how its value is read.
FIELDS = {"uid": ("auid", lambda value: UNKNOWN if user(value) is None else user(value)), "euid": ("euid", user), "pid": ("pid", user), "session": ("ses", user),
          "exe": ("exe", text), "comm": ("comm", text)}


def is_wanted(asked, node, record):
    fields = record.fields
    for option, (name, read) in FIELDS.items():
        values = getattr(asked, option) or [None]
        if None not in values and read(fields.get(name, b"")) not in values:
            return False
    keys = [] if fields.get("key") in (None, b"(null)") else text(fields["key"]).split(b"\1")
    return ((asked.key is None or any(key in asked.key for key in keys))
            and (asked.node is None or node in asked.node)
            and asked.success in (None, fields.get("success"))
            and (asked.start is None or asked.start <= record.time)
            and (asked.end is None or record.time <= asked.end))


def count(asked, events):
    """How often each (auid, kind, name, detail) was met."""
    counts = Counter()
    for (node, *_), records in events.items():
        calls = [r for r in records if r.kind == "SYSCALL" and {"auid", "arch", "syscall"} <= r.fields.keys()]
        if "denial" in asked.kinds:
            known = [r for r in records if user(r.fields.get("auid")) is not None and r.kind != "SYSCALL"]
            whose = [r for r in calls[:1] or known or records if is_wanted(asked, node, r)]
            for record in records:
                what = denial(record, asked.names)
                if what and whose:
                    auid = user(whose[0].fields.get("auid"))
                    counts[(UNKNOWN if auid is None else auid, "denial", *what)] += 1
        wanted = [call for call in calls if is_wanted(asked, node, call)]
        for call in wanted:
            arch, name = call_name(call.fields, asked.names)
            counts[user(call.fields["auid"]), "syscall", name.encode(), arch] += 1
        if wanted:
            count_event(asked, wanted[0], records, counts)
        operations = [r for r in records if r.kind == "URINGOP" and not calls]
        if operations and is_wanted(asked, node, operations[0]):
            call = {"auid": b"%d" % UNKNOWN, "arch": b"c000003e", "syscall": b"426"}
            operation = operations[0]._replace(fields={**operations[0].fields, **call})
            count_event(asked, operation, records, counts)
    return counts


def count_event(asked, call, records, counts):
    """Counts what belongs to the event of a call."""
    fields, auid = call.fields, user(call.fields["auid"])
    arch, name = call_name(fields, asked.names)
    put = lambda path: place(path, records, directory(name, fields)) if asked.absolute else path
    if any(record.kind == "EXECVE" for record in records):
        counts[auid, "command", argv(records, fields), ""] += 1
        if auid != 0 and fields.get("euid") == b"0":
            counts[auid, "privileged", argv(records, fields), ""] += 1
    if name in OPENS or any(r.kind == "URINGOP" and r.fields.get("uring_op") in URING_OPENS for r in records):
        how = mode(arch, name, fields, records) if asked.modes else ""
        for path in paths(records):
            counts[auid, "file", put(path), how] += 1
    if "error" in asked.kinds and fields.get("success") == b"no":
        for what in [put(path) for path in paths(records)] or [name.encode()]:
            counts[auid, "error", what, error_name(-int(fields["exit"]))] += 1


# Printing

def printed(name, behind=b"", unsafe=""):
    """The bytes of a name as they are printed; `behind` follows each argument of a command. The
    characters of `unsafe` are escaped too."""
    name = b"".join(each + behind for each in name) if isinstance(name, tuple) else name
    safe = lambda char: not (char in unsafe or char < " " or "\x7f" <= char <= "\x9f" or "\udc80" <= char <= "\udcff")
    octal = lambda char: "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))
    return "".join(c if safe(c) else octal(c) for c in name.decode("utf-8", "surrogateescape")).encode()


def table(counts, kinds):
    for (auid, kind, name, detail), times in counts.items():
        if kind in kinds:
            name = printed(b" ".join(name) if isinstance(name, tuple) else name, unsafe="\\")
            whose = b"unknown" if auid == UNKNOWN else b"%d" % auid
            yield b"%s\t%s\t%d\t%s\t%s\n" % (whose, kind.encode(), times, name, detail.encode())


def report(counts, auid):
    yield b"Audit report for AUID %d\n" % auid
    for kind, title, indent in (("syscall", b"System calls made", 3), ("command", b"Commands executed", 3),
                                ("file", b"Files opened", 4)):
        yield b"\n" + title + b":\n"
        merged = Counter()
        for (whose, of, name, _), times in counts.items():
            if (whose, of) == (auid, kind):
                merged[name] += times
        own = lambda name: b"".join(each + b" " for each in name) if kind == "command" else name
        for name, times in sorted(merged.items(), key=lambda item: (item[1], own(item[0])), reverse=True):
            yield b" " * indent + printed(name, b" ") + b" %d\n" % times


def answer(asked, events):
    asked.kinds = asked.kinds or list(SECTIONS.values())[:3]
    counts = count(asked, events)
    if asked.report is None:
        lines = sorted(table(counts, asked.kinds))
    else:
        lines = report(counts, asked.report)
    sys.stdout.buffer.writelines(lines)


def main():
    asked = options(sys.argv[1:])
    events = load(asked.logs)
    if not asked.sets:
        answer(asked, events)
        return
    for line in sys.stdin:
        words = [word for word in line.rstrip("\n").split("\t") if word]
        answer(options(words + asked.logs), events)
        sys.stdout.buffer.write(b"\n")


main()
