"""Join audit records into events, and read their fields.

The records of an event share host, time and serial. All records are held; a record that comes more than
WINDOW records after the last one of its event starts an event of its own. A record that an event has
already, from another sender or in another form, counts once.
"""

import re
from collections import namedtuple
from functools import cached_property, lru_cache

from audit_input import Reader

# How many records may lie between two of one event.
WINDOW = 1 << 15

UNSET = 4294967295
UNKNOWN = "unknown"
REFUSALS = {"AVC", "USER_AVC", "SECCOMP", "LANDLOCK_ACCESS", "SELINUX_ERR", "FANOTIFY", "APPARMOR_DENIED",
            "APPARMOR_ALLOWED"}

# A field: its value is quoted, or ends at the next blank. What userspace writes inside msg='...' is no
# field, and neither are the upper-case names that auditd adds after 0x1d when it enriches (syslog
# turns the 0x1d into a blank or #035). "by auid=" and the like name another user.
FIELD = re.compile(rb"""(?:(?<=[ \x1d])|(?<=\#035)) (?:msg='.* | (?:old|by|sending)\ auid=\S*
                        | ([A-Za-z][\w.-]*(?:\[\d+\])?) = ("[^"]*"|[^ \x1d]*))""", re.X | re.S)
ENRICHED = re.compile(rb"""(?: \x1d | \#035 ) .*
                         | (?: \ [A-Z][A-Z0-9_-]*= (?: "[^"]*" | \{[^}]*\} | [^\s"]* ) )+ \s* $""", re.X | re.S)
MESSAGE = re.compile(rb"(?<= )msg='(.*)", re.S)
CLOSED = re.compile(rb"(.*)'(?=\s*$|\x1d|#035| [A-Z][A-Z0-9_-]*=)", re.S)

# Records that mean nothing without the SYSCALL or URINGOP record of their event.
DEPENDENT = {"EXECVE", "PATH", "PROCTITLE"}

Record = namedtuple("Record", "kind fields body")


class Event:
    def __init__(self, node, stamp):
        self.node, self.time, self.stamp = node, stamp[0], stamp
        self.records, self.known, self.last = [], set(), 0

    def add(self, record):
        """Adds a record; false if the event has it already."""
        identity = record.kind, ENRICHED.sub(b"", record.body).strip()
        if identity in self.known:
            return False
        self.known.add(identity)
        self.records.append(record)
        return True

    def of_kind(self, *kinds):
        return [record for record in self.records if record.kind in kinds]

    @cached_property
    def calls(self):
        return self.of_kind("SYSCALL")

    @cached_property
    def is_complete(self):
        return bool(self.calls or self.of_kind("URINGOP") or not self.of_kind(*DEPENDENT))

    def owner(self, record):
        """The login user that a record of the event is counted for; nothing if the event lacks a record.
        A refusal is never lost."""
        for each in self.calls or [record, *self.records]:
            auid = user(each.fields.get("auid"))
            if auid is not None:
                return auid
        return UNKNOWN if self.is_complete or record.kind in REFUSALS else None


def load(logs, tags=()):
    """The events of logs, and how many records or events were left out for which reason."""
    reader, events, latest = Reader(tags), [], {}
    for place, found in enumerate(reader.logs(logs)):
        record = Record(found.kind, fields(found.body), found.body)
        if not is_sound(record):
            reader.notes["damaged"] += 1
            continue
        event = latest.get((found.node, found.stamp))
        if event is None or place - event.last > WINDOW:
            event = latest[found.node, found.stamp] = Event(found.node, found.stamp)
            events.append(event)
        event.last = place
        reader.notes["doubled"] += not event.add(record)
    reader.notes["incomplete"] = sum(not event.is_complete for event in events)
    return events, +reader.notes


def fields(body):
    """The fields of a record by name, the first of each; nothing if a quote does not end."""
    values = {}
    for name, value in FIELD.findall(body):
        if name != name.upper():
            if value.startswith(b'"') and (len(value) == 1 or not value.endswith(b'"')):
                return None
            value = value if value.startswith(b'"') else value.split(b"#035")[0]
            values.setdefault(name.decode(), value)
    return values


def is_sound(record):
    """Whether the quotes of a record end and, if it is a call, its user and its number can be read."""
    if record.fields is None:
        return False
    return record.kind != "SYSCALL" or (user(record.fields.get("auid")) is not None
                                        and number(record.fields.get("arch"), 16) is not None
                                        and number(record.fields.get("syscall")) is not None)


def message(record):
    """The fields and the text inside msg='...'. The kernel cuts a message at a newline, so that it does
    not end in a log of the kernel."""
    found = MESSAGE.search(record.body)
    inner = found[1] if found else b""
    closed = CLOSED.match(inner)
    inner = closed[1] if closed else inner
    return fields(b" " + inner) or {}, inner


@lru_cache(1 << 16)
def text(value):
    """A value without its quotes; a value without quotes is decoded if it is in hexadecimal."""
    if value.startswith(b'"'):
        return value[1:-1]
    if len(value) % 2 == 0 and re.fullmatch(rb"[0-9A-Fa-f]+", value):
        return bytes.fromhex(value.decode())
    return value


@lru_cache(1 << 16)
def number(value, base=10):
    """A value as a number; nothing if it is no number."""
    digits = {8: rb"[0-7]{1,20}", 10: rb"-?\d{1,20}", 16: rb"[0-9a-fA-F]{1,20}"}[base]
    return int(value, base) if value is not None and re.fullmatch(digits, value) else None


@lru_cache(1 << 16)
def user(value):
    """A user id; -1 and 4294967295 are both unset."""
    found = number(value)
    return UNSET if found == -1 else found if found is not None and 0 <= found <= UNSET else None
