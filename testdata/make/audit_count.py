#!/usr/bin/env python3
"""Count what login users did, out of audit logs: the slow, simple reference implementation for auditloginfo.

    audit_count.py [options] LOG...
    audit_count.py --sets LOG... < SETS

All records of all logs are loaded and sorted into events by node, time and serial; only then is
anything counted. Nothing is streamed, nothing bounded. audit_input.py finds the records in the logs,
audit_events.py joins them, audit_sections.py reads what an event holds. A line of the output, in byte order, is

    auid TAB kind TAB count TAB name TAB detail

The auid is a number, or `unknown` if the log does not hold it. The detail of a syscall is its
architecture, of a file with --modes its mode, of an error its name, of a denial what refused, of a
change how the file changed, of an address the call, of a sudo command its directory. A command's arguments
are joined by a blank. In names, a backslash, control characters, those that turn the direction of
text and bytes that are not UTF-8 are a backslash and three octal digits.

--each prints the items instead of their counts, in the order of the first records of the events, as

    time TAB node TAB auid TAB euid TAB session TAB pid TAB ppid TAB exe TAB cwd TAB success TAB kind TAB name TAB detail

--report AUID prints the text report of the original script instead; --overview a line for each login
user: auid, events, calls, commands, files, calls as root, first and last second; --notes what was left
out, and why. With --sets the logs are loaded once; each line of standard input is a set of options
with tabs between its words, and each answer ends with an empty line.
"""

import argparse
import datetime
import os
import re
import sys
from collections import Counter

import audit_sections as sections
from audit_events import UNKNOWN, UNSET, load, message, number, text, user
from audit_names import call_name, error_name

EVERYONE = "all"

# Characters that turn the direction of the text that follows.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

# The options that ask for a section, and what an item of it is called; the first three are the default.
SECTIONS = {"syscalls": "syscall", "commands": "command", "files": "file", "privileged": "privileged",
            "errors": "error", "denials": "denial", "changes": "change", "addresses": "address", "sudo": "sudo",
            "programs": "program"}

# Options that name the value of a field, with that field and how to read it.
FIELDS = {"euid": ("euid", user), "pid": ("pid", user), "session": ("ses", user), "exe": ("exe", text),
          "comm": ("comm", text)}


def options(words):
    parser = argparse.ArgumentParser(usage="audit_count.py [options] LOG...")
    for name in ("uid", "euid", "pid", "session"):
        parser.add_argument("--" + name, action="append", type=identity)
    for name in ("exe", "comm", "key", "node", "tag"):
        parser.add_argument("--" + name, action="append", type=os.fsencode)
    for name, read in (("start", int), ("end", int), ("report", identity)):
        parser.add_argument("--" + name, type=read)
    for name, value in (("failed", b"no"), ("successful", b"yes")):
        parser.add_argument("--" + name, dest="success", action="store_const", const=value)
    for name, kind in SECTIONS.items():
        parser.add_argument("--" + name, dest="kinds", action="append_const", const=kind)
    for name in ("modes", "absolute", "sets", "overview", "notes", "each"):
        parser.add_argument("--" + name, action="store_true")
    parser.add_argument("--names", help="a file of lines ARCH NUMBER NAME")
    parser.add_argument("logs", nargs="+", metavar="LOG")
    return parser.parse_args(words)


def identity(word):
    """A number, or a word for one."""
    words = {EVERYONE: EVERYONE, UNKNOWN: UNKNOWN, "unset": UNSET, "-1": UNSET}
    return words[word] if word in words else int(word)


# Which records count

def is_wanted(asked, event, record):
    """Whether a record passes the options. Its login user is that of its event."""
    fields, owner = record.fields, event.owner(record)
    if owner is None or not fits(asked.uid, owner):
        return False
    said = message(record)[0] if record.kind == "USER_CMD" else {}
    for option, (name, read) in FIELDS.items():
        value = fields.get(name, said.get(name, b"") if read is text else b"")
        if not fits(getattr(asked, option), read(value)):
            return False
    return ((asked.key is None or any(key in asked.key for key in keys(fields)))
            and (asked.node is None or event.node in asked.node)
            and asked.success in (None, outcome(record))
            and (asked.start is None or asked.start <= event.time)
            and (asked.end is None or event.time <= asked.end))


def keys(fields):
    """The keys of the rules that recorded an event."""
    return [] if fields.get("key") in (None, b"(null)") else text(fields["key"]).split(b"\1")


def fits(asked, value):
    return asked is None or EVERYONE in asked or value in asked


def outcome(record):
    """yes or no, whether a call succeeded; a command of sudo has it in its message."""
    if record.kind == "USER_CMD":
        result = message(record)[0].get("res", b"")
        return b"yes" if result.startswith((b"success", b"1")) else b"no"
    return record.fields.get("success")


# Counting

def count(asked, events):
    """How often each (auid, kind, name, detail) was met."""
    return Counter(item for event in events for item, _ in items(asked, event))


def items(asked, event):
    """The items of an event that count, each with the record that says who acted."""
    calls = event.calls
    for record in event.records:
        for item in own_items(asked, record):
            actor = (calls or [record])[0]
            if is_wanted(asked, event, actor):
                yield (event.owner(record), *item), actor
    wanted = [call for call in calls or event.of_kind("URINGOP")[:1] if is_wanted(asked, event, call)]
    for item in wanted and event_items(asked, event, wanted):
        yield (event.owner(wanted[0]), *item), wanted[0]


def own_items(asked, record):
    """The items of a single record; the filters look at the call of its event, if there is one."""
    refused = sections.refusal(record, asked.names) if "denial" in asked.kinds else None
    if refused:
        yield "denial", *refused
    if record.kind == "USER_CMD" and "sudo" in asked.kinds and sections.sudo(record):
        yield "sudo", *sections.sudo(record)


def event_items(asked, event, calls):
    """The items of an event as a whole. Without a call it is one of io_uring's own."""
    fields, records = calls[0].fields, event.records
    names = [call_name(call.fields, asked.names) for call in calls if call.kind == "SYSCALL"]
    for call, (arch, name) in zip(calls, names):
        yield "syscall", name.encode(), arch
        if sections.program(call):
            yield "program", sections.program(call), ""
    arch, name = names[0] if names else ("", "")
    yield from command_items(event, fields)
    yield from file_items(asked, records, arch, name, fields)
    yield from error_items(asked, records, name, fields)
    if "change" in asked.kinds and len(sections.several(records)) > 1:
        changes = sections.changes_of_several(records, asked.absolute, asked.success == b"no")
        yield from (("change", *found) for found in changes)
    elif "change" in asked.kinds:
        changed = sections.work(name, fields, records, sections.RENAMES | set(sections.CHANGES))
        yield from change_items(asked, records, arch, *changed)
    if "address" in asked.kinds:
        spoken = sections.work(name, fields, records, sections.ADDRESSED)
        yield from (("address", *found) for found in sections.addresses(*spoken, records))


def command_items(event, fields):
    if event.of_kind("EXECVE"):
        arguments = sections.argv(event.records)
        yield "command", arguments, ""
        if user(fields.get("auid")) != 0 and fields.get("euid") == b"0":
            yield "privileged", arguments, ""


def file_items(asked, records, arch, name, fields):
    if sections.opens(name, records):
        how = sections.mode(arch, name, fields, records) if asked.modes else ""
        keep = (lambda path: True) if name in sections.OPENS else lambda path: sections.is_opened(path, records)
        for path in sections.paths(records, keep):
            yield "file", put(asked, path, records, name, fields), how


def error_items(asked, records, name, fields):
    error = number(fields.get("exit"))
    if fields.get("success") == b"no" and error is not None:
        named = [put(asked, path, records, name, fields) for path in sections.paths(records)]
        # An execve of a file in an unknown format has two PATH records of it.
        for what in dict.fromkeys(named) or [(name or sections.operations(records)[0]).encode()]:
            yield "error", what, error_name(-error)


def put(asked, path, records, name, fields):
    """A path, absolute if asked for. Only calls that open files have their directory looked at."""
    if not asked.absolute:
        return path
    argument = sections.DIRECTORIES.get(name) if name in sections.OPENS else None
    return sections.place(path, records, sections.descriptor(fields, argument))


def change_items(asked, records, arch, call, fields):
    if fields.get("success") == (asked.success or b"yes"):
        for name, what in sections.changes(arch, call, fields, records, asked.absolute, asked.success == b"no"):
            yield "change", name, what


# Items one by one

def rows(asked, events):
    """The items of each event by section, and by name; what a call changed stays in the order of its paths."""
    sections_in_order = ["syscall", "command", "file", "program", "change", "address", "sudo", "privileged",
                         "error", "denial"]

    def place(found):
        (_, kind, name, detail), _ = found
        stored = b"".join(each + b"\0" for each in name) if isinstance(name, tuple) else name
        end = b"" if kind in ("command", "privileged", "program") else b"\0" + encoded(detail)
        return sections_in_order.index(kind), b"" if kind == "change" else stored + end

    for event in events:
        found = [(item, actor) for item, actor in items(asked, event) if item[1] in asked.kinds]
        actors = [actor for _, actor in found]
        # Of several records without a call, one with a login user says more.
        actor = max(actors, key=lambda record: user(record.fields.get("auid")) is not None, default=None)
        for item, _ in sorted(found, key=place):
            yield b"\t".join(encoded(value) for value in (*facts(event, actor, item[0]), *map(cell, item[1:]))) + b"\n"


def facts(event, record, auid):
    """When, where and by whom; whether it succeeded."""
    said = message(record)[0] if record.kind == "USER_CMD" else {}
    known = {**said, **record.fields}
    seconds, millis, _ = event.stamp
    time = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    cwds = [text(each.fields["cwd"]) for each in event.of_kind("CWD") if "cwd" in each.fields]
    cwd = cwds[0] if cwds and (event.calls or record.kind == "URINGOP") else text(said.get("cwd", b""))
    exe = known.get("exe", b"(null)")
    ids = ["" if user(known.get(name)) is None else user(known[name]) for name in ("euid", "ses", "pid", "ppid")]
    return (f"{time}.{millis:03}+00:00", cell(event.node or b""), auid, *ids,
            b"" if exe == b"(null)" else cell(text(exe)), cell(cwd), success(event, record))


def success(event, record):
    """yes or no; what io_uring did rather than whether it was asked to."""
    made = [(sections.operations([each])[0], number(each.fields.get("uring_op")), each.fields.get("success"))
            for each in event.of_kind("URINGOP")]
    named = sorted(value for name, value, _ in made if not name.startswith("uring_op-"))
    if named and record.kind in ("SYSCALL", "URINGOP"):
        return b"yes" if any(value == named[0] and done == b"yes" for _, value, done in made) else b"no"
    result = outcome(record) if record.kind in ("SYSCALL", "URINGOP", "USER_CMD") else None
    return result if result in (b"yes", b"no") else b""


def encoded(value):
    return value if isinstance(value, bytes) else str(value).encode()


# The overview

def overview(asked, events):
    """For each login user: events, calls, commands, files, calls as root, first and last second."""
    rows = {}
    for event in events:
        wanted = [record for record in event.calls or event.records if is_wanted(asked, event, record)]
        if wanted:
            calls = [record for record in wanted if record.kind == "SYSCALL"]
            row = rows.setdefault(event.owner(wanted[0]), [0, 0, 0, 0, 0, event.time, event.time])
            row[0] += 1
            row[1] += len(calls)
            row[4] += sum(call.fields.get("euid") == b"0" for call in calls)
            row[5:] = min(row[5], event.time), max(row[6], event.time)
    for (auid, kind, _, _), times in count(asked, events).items():
        if kind in ("command", "file"):
            rows[auid][2 if kind == "command" else 3] += times
    return [b"\t".join(str(cell).encode() for cell in (auid, *row)) + b"\n" for auid, row in rows.items()]


# Printing

def printed(name, unsafe=TURNING):
    """A name as it is printed. The characters in `unsafe` are printed in octal."""
    control = "\0-\x1f\x7f-\x9f\udc80-\udcff"    # the last are bytes that are not UTF-8
    octal = lambda found: "".join(f"\\{byte:03o}" for byte in found[0].encode("utf-8", "surrogateescape"))
    text = name.decode("utf-8", "surrogateescape")
    return re.sub(f"[{control}{re.escape(unsafe)}]", octal, text).encode()


def cell(name):
    """A name in a table. A backslash is in octal too, so that the name can be read back."""
    name = b" ".join(name) if isinstance(name, tuple) else name.encode() if isinstance(name, str) else name
    return printed(name, TURNING + "\\")


def table(counts, kinds):
    for (auid, kind, name, detail), times in counts.items():
        if kind in kinds:
            yield b"%b\t%b\t%d\t%b\t%b\n" % (str(auid).encode(), kind.encode(), times, cell(name), cell(detail))


def report(counts, auid):
    yield b"Audit report for AUID %b\n" % str(auid).encode()
    for kind, title, indent in (("syscall", b"System calls made", 3), ("command", b"Commands executed", 3),
                                ("file", b"Files opened", 4)):
        yield b"\n" + title + b":\n"
        merged = Counter()
        for (whose, of, name, _), times in counts.items():
            if (whose, of) == (auid, kind):
                merged[b"".join(each + b" " for each in name) if kind == "command" else name] += times
        for name, times in sorted(merged.items(), key=lambda item: (item[1], item[0]), reverse=True):
            yield b" " * indent + printed(name) + b" %d\n" % times


def answer(asked, events, notes):
    asked.kinds = asked.kinds or list(SECTIONS.values())[:3]
    if asked.notes:
        lines = sorted(b"%b\t%d\n" % (reason.encode(), times) for reason, times in notes.items())
    elif asked.overview:
        lines = sorted(overview(asked, events))
    elif asked.each:
        lines = rows(asked, events)
    elif asked.report is not None:
        lines = report(count(asked, events), asked.report)
    else:
        lines = sorted(table(count(asked, events), asked.kinds))
    sys.stdout.buffer.writelines(lines)


def main():
    asked = options(sys.argv[1:])
    events, notes = load(asked.logs, asked.tag or ())
    if not asked.sets:
        answer(asked, events, notes)
        return
    for line in sys.stdin:
        words = [word for word in line.rstrip("\n").split("\t") if word]
        answer(options(words + asked.logs), events, notes)
        sys.stdout.buffer.write(b"\n")


main()
