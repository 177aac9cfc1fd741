"""Find the audit records in the bytes of logs, whatever they are wrapped in.

A Reader yields each record as Found: the host that recorded it, the name of its type, its stamp
(seconds, milliseconds, serial) and everything after the stamp. It reads plain logs, gzip, lines that
end in CRLF, lines after the header of syslog or the journal, dmesg, grep and cat -n, several records of
one event in a line, JSON with the record in a string, and `journalctl -o export` or `-o json`. What it
leaves out it counts in `notes`.

Audited users choose some of the text, so a record counts only where the writer of the log puts one: at
the beginning of a line, after the tag of a program that forwards records, or after another record of
the same event; never inside quotes or msg='...', and in JSON only under certain keys.
"""

import json
import os
import re
import sys
import zlib
from collections import Counter, namedtuple

from audit_names import TYPES

LINE_MAX = 64 << 10
JSON_LINE_MAX = 4 << 20
GZIP = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Found = namedtuple("Found", "node kind stamp body")
Start = namedtuple("Start", "node kind stamp end")

# Where a record starts: as auditd writes it, as the kernel prints it, and as kernels of 2006 did.
RECORD = re.compile(rb"""(?: node=(\S+)\ + )? (?: audit:\ * )?
    (?: type=([\w\[\]-]+)\ +(?:msg=)? audit\( (\d+)\.(\d+):(\d+) \):?
      | audit\( (\d+)\.(\d+):(\d+) \):\ * (?: type=(\d+) | (?=avc:) ) )""", re.X)

# Inside a record: a quoted value, a message, another record, a stamp that is in no place of its own.
# A quote opens a value only after a delimiter; a message goes on to the end of the line, since what
# is in it may hold its closing quote.
INSIDE = re.compile(rb"""(?<=[=\[,({:\ ]) "[^"]*"? | (?<![\w-]) msg='.* | (?<=[ \t]) (?P<next>""" + RECORD.pattern
                    + rb""") | audit\(\d+\.\d+:\d+\)""", re.X | re.S)

# What may precede a record or a header: blanks, the > of a quoted mail, the FILE: of grep, the line number
# of grep -n or cat -n. A tag such as "sshd: " is no FILE, since a blank follows it.
BLANKS = re.compile(rb"[ \t]*(?:> ?)*[ \t]*")
FILE_NAME = re.compile(rb"""[^\s:"'=]+:(?=\S)""")
LINE_NUMBER = re.compile(rb"[ \t]*\d+[:\t ][ \t]*")
UPTIME = re.compile(rb"(?:<\d{1,3}>)?\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? *")

# Headers: time, host, tag. The times of syslog, of journalctl -o short, short-iso, short-full,
# short-unix and short-monotonic; the header of RFC 5424; that of logcat, which has no host.
ISO = rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
TIME = (rb"(?:[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d+)?|[A-Z][a-z]{2} " + ISO + rb" \S+|" + ISO
        + rb"|\d{9,}\.\d+|\[ *\d+\.\d+\])")
TAG = rb"(?P<tag>[^\s:\[]+)(?:\[[^\]\s]*\])?:[ \t]*"
STRUCTURED = rb"""(?:-|(?:\[(?:[^\]"]|"(?:\\.|[^"\\])*")*\])+)"""
HEADERS = [re.compile(pattern) for pattern in (
    rb"(?:<\d{1,3}>)?1 " + ISO + rb" (?P<host>\S+) (?P<tag>\S+) \S+ \S+ " + STRUCTURED + rb" ?(?:\xef\xbb\xbf)?",
    rb"(?:<\d{1,3}>)?" + TIME + rb" +(?P<host>[^\s:]+) +" + TAG,
    rb"(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d+ +\d+ +\d+ [VDIWEFA] (?P<host>)(?P<tag>[^:]*?) *: ",
)]

JSON_KEYS = ("message", "MESSAGE", "msg", "log", "event.original", "SyslogMessage", "RecordText")
EXPORT = re.compile(rb"__[A-Z_]+=")


class Reader:
    """Reads logs. `tags` are trusted beside those of the programs that forward records; b"*" is any."""

    def __init__(self, tags=()):
        self.tags = set(tags)
        self.notes = Counter()

    def logs(self, names):
        """The records of logs, in their order; a log that is given twice is read once."""
        known = set()
        for name in names:
            stream = sys.stdin.buffer if name == "-" else open(name, "rb")
            with stream:
                status = os.fstat(stream.fileno())
                if name == "-" or (status.st_dev, status.st_ino) not in known:
                    known.add((status.st_dev, status.st_ino))
                    yield from self.content(unzip(stream.read()))

    def content(self, content):
        content = content.removeprefix(BYTE_ORDER_MARK)
        if EXPORT.match(content):
            for entry in export_entries(content):
                yield from self.journal_entry(entry)
            return
        for line in content.split(b"\n"):
            line = line.rstrip(b"\r")
            yield from self.json(line) if line.lstrip(b" \t").startswith(b"{") else self.line(line)

    # Plain lines

    def line(self, line):
        if len(line) > LINE_MAX:
            self.notes["damaged"] += 1
            return
        if line.startswith((b"type=", b"node=")):
            yield from self.records(line, 0, None)
        elif line:
            place, host, tag = behind_prefix(line)
            if tag is None or self.is_trusted(tag):
                yield from self.records(line, place, host)
            elif RECORD.search(line):
                self.notes["elsewhere, tag " + tag.decode("utf-8", "replace")] += 1

    def is_trusted(self, tag):
        return (tag in (b"kernel", b"auditd", b"audispd") or tag.startswith(b"audisp-")
                or tag in self.tags or b"*" in self.tags)

    def records(self, line, place, host):
        """The records of a line: the first starts at `place`, others of its event after it."""
        start = record_start(RECORD.match(line, place))
        if not start and RECORD.search(line):
            self.notes["elsewhere"] += 1
        while start:
            following, end = self.following(line, start)
            yield Found(start.node or host, start.kind, start.stamp, line[start.end:end])
            start = following

    def following(self, line, start):
        """The record after the one at `start`, if there is one, and where the one at `start` ends."""
        for found in INSIDE.finditer(line, start.end) if b"audit(" in line[start.end:] else ():
            if found["next"]:
                following = record_start(found, 1)
                if following.stamp == start.stamp and following.node in (None, start.node):
                    return following._replace(node=start.node), found.start()
            if found["next"] or found[0].startswith(b"audit("):
                self.notes["damaged"] += 1
                return None, found.start()
        return None, len(line)

    # JSON

    def json(self, line):
        entry = json_object(line) if len(line) <= JSON_LINE_MAX else None
        if entry is None:
            self.notes["damaged"] += 1
        elif "_TRANSPORT" in entry:
            yield from self.journal_entry({name: journal_bytes(value) for name, value in entry.items()})
        else:
            for text in wrapped_texts(entry):
                found = self.text(text)
                if found:    # another key holds the same records, if any
                    host = json_host(entry)
                    yield from (each._replace(node=each.node or host) for each in found)
                    break

    def text(self, text):
        """The records in the lines of a string, up to a line without one: whoever wrote that line may have
        written those after it."""
        found = []
        for line in text.split(b"\n"):
            records = list(self.line(line.rstrip(b"\r")))
            if not records and not re.match(rb"\s*$|----|time->", line):
                break
            found += records
        return found

    # The journal

    def journal_entry(self, entry):
        """The record of an entry. Any program may write an entry, but not with these transports."""
        transport, message = entry.get("_TRANSPORT"), entry.get("MESSAGE")
        if transport not in (b"audit", b"kernel"):
            if message and RECORD.search(message):
                self.notes["elsewhere, transport " + (transport or b"").decode("utf-8", "replace")] += 1
        elif message is None or len(message) > LINE_MAX:
            self.notes["cut" if message is None else "damaged"] += 1
        elif transport == b"kernel":
            yield from self.records(message, UPTIME.match(message).end() if UPTIME.match(message) else 0,
                                    entry.get("_HOSTNAME"))
        else:
            yield from self.audit_entry(entry, message)

    def audit_entry(self, entry, message):
        kind, serial, time = (entry.get(name) or b"" for name in
                              ("_AUDIT_TYPE", "_AUDIT_ID", "_SOURCE_REALTIME_TIMESTAMP"))
        if not (kind.isdigit() and serial.isdigit() and time.isdigit()):
            self.notes["damaged"] += 1
            return
        # The journal puts the type before the text of the record; old versions wrote <audit-1300>.
        names = {entry.get("_AUDIT_TYPE_NAME"), b"<audit-%b>" % kind, b"AUDIT%b" % kind, b"UNKNOWN[%b]" % kind}
        first, blank, rest = message.partition(b" ")
        body = b" " + (rest if blank and first in names else message)
        stamp = int(time) // 1_000_000, int(time) // 1000 % 1000, int(serial)
        yield Found(entry.get("_HOSTNAME"), type_name(kind), stamp, body)


def record_start(found, group=0):
    """The header of a record, from a match of RECORD whose groups stand after `group`."""
    if not found:
        return None
    node, kind, *stamp = found.groups()[group:group + 5]
    if stamp[0] is None:    # a kernel of 2006
        *stamp, kind = found.groups()[group + 5:group + 9]
    return Start(node, type_name(kind or b"1400"), tuple(map(int, stamp)), found.end())


def type_name(kind):
    number = re.fullmatch(rb"(?:UNKNOWN\[)?(\d+)\]?", kind)
    return TYPES.get(int(number[1]), number[1].decode()) if number else kind.decode()


def behind_prefix(line):
    """Where a record may start in a line, and the host and the tag of the header, if there is one."""
    places = [BLANKS.match(line).end()]
    for prefix in (FILE_NAME, LINE_NUMBER):
        found = prefix.match(line, places[-1])
        if found:
            places.append(found.end())
    for place in places:
        for header in HEADERS:
            found = header.match(line, place)
            if found:
                place = found.end()
                if found["tag"] == b"kernel" and UPTIME.match(line, place):
                    place = UPTIME.match(line, place).end()
                return place, found["host"].strip(b"-") or None, found["tag"]
    uptimes = [UPTIME.match(line, place) for place in places]
    starts = [found.end() if found else place for place, found in zip(places, uptimes)]
    return next((place for place in starts if RECORD.match(line, place)), starts[-1]), None, None


def unzip(content):
    """The content of a .gz file, as far as it goes. Its members may be padded with NUL bytes."""
    if not content.startswith(GZIP):
        return content
    parts = []
    while content.startswith(GZIP):
        part = zlib.decompressobj(31)
        parts.append(part.decompress(content))
        content = part.unused_data.lstrip(b"\0")
    return b"".join(parts)


def json_object(line):
    try:
        entry = json.loads(line.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def utf8(text):
    """Text as bytes. Half a surrogate pair has none, unless it stands for a byte that is not UTF-8."""
    return re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", text).encode("utf-8", "surrogateescape")


def json_host(entry):
    """The host that an object names: a string, or the name in an object."""
    host = entry.get("host")
    named = host.get("name") or host.get("hostname") if isinstance(host, dict) else host
    hosts = [entry.get("hostname"), entry.get("Hostname"), named, entry.get("HOST"), entry.get("Computer")]
    return next((utf8(host) for host in hosts if isinstance(host, str) and re.fullmatch("[!-~]+", host)), None)


def wrapped_texts(entry):
    """The strings of a JSON object that may hold records: those under the keys of log shippers."""
    event = entry.get("event")
    if isinstance(event, dict):
        entry = {"event.original": event.get("original"), **entry}
    return [utf8(entry[key]) for key in JSON_KEYS if isinstance(entry.get(key), str)]


def journal_bytes(value):
    """A field of `journalctl -o json`: text or an array of bytes; nothing for null."""
    if isinstance(value, str):
        return utf8(value)
    if isinstance(value, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in value):
        return bytes(value)
    return None


def export_entries(content):
    """The entries of `journalctl -o export`: NAME=VALUE, or NAME, the length in 64 bits, VALUE."""
    entry, place = {}, 0
    while place < len(content):
        end = content.find(b"\n", place)
        end = len(content) if end < 0 else end
        name, text, value = content[place:end].partition(b"=")
        if name and not text:
            length = int.from_bytes(content[end + 1:end + 9], "little")
            value = content[end + 9:end + 9 + length]
            end += 9 + length
        if name:
            entry[name.decode("latin-1")] = value
        elif entry:
            yield entry
            entry = {}
        place = end + 1
    if entry:
        yield entry
