#!/usr/bin/env python3
"""Make a large audit log to measure with.

    audit_big.py lab SIZE < audit.log      the log again and again, up to SIZE bytes
    audit_big.py plain SIZE < audit.log    the same without events at which the original script stops
    audit_big.py names SIZE COUNT          opens of COUNT different files, up to SIZE bytes

SIZE is a number of bytes, or with K, M or G of 1024, 1024^2, 1024^3. The log goes to standard output
and ends with a whole line. In each repetition serials and times move on, so that every event stays
one of its own; the same arguments give the same bytes.
"""

import random
import re
import sys

# The time and the serial of a record, where it starts; not what some text in it says.
STAMP = re.compile(rb"^(?:node=\S+ )?type=\S+ msg=audit\((\d+)(\.\d+:)(\d+)\)", re.M)


def main():
    words = sys.argv[1:]
    if len(words) == 2 and words[0] == "lab":
        repeat(sys.stdin.buffer.read(), size(words[1]))
    elif len(words) == 2 and words[0] == "plain":
        repeat(plain(sys.stdin.buffer.read()), size(words[1]))
    elif len(words) == 3 and words[0] == "names":
        repeat(opens(int(words[2])), size(words[1]))
    else:
        sys.exit("usage: audit_big.py lab|plain SIZE < audit.log\n       audit_big.py names SIZE COUNT")


def size(word):
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(word[-1], 1)
    return int(word.rstrip("KMG")) * factor


def repeat(log, limit):
    """Writes the log again and again until `limit`, each time with later stamps."""
    if not log.endswith(b"\n"):
        sys.exit("audit_big.py: the log is empty or does not end with a newline")
    stamps, slots, parts, end = {}, [], [], 0
    for found in STAMP.finditer(log):
        # The text between two stamps stays; a stamp is made once for all records of its event.
        parts += [log[end:found.start(1)], None]
        slots.append(stamps.setdefault(found.groups(), len(stamps)))
        end = found.end(3)
    parts.append(log[end:])
    stamps = [(int(seconds), part, int(serial)) for seconds, part, serial in stamps]
    if not stamps:
        sys.exit("audit_big.py: the log holds no record")
    times, serials = [stamp[0] for stamp in stamps], [stamp[2] for stamp in stamps]
    time_step, serial_step = max(times) - min(times) + 1, max(serials)
    later = serial_later = written = 0
    while written < limit:
        made = [b"%d%s%d" % (s + later, part, n + serial_later) for s, part, n in stamps]
        parts[1::2] = [made[slot] for slot in slots]
        piece = b"".join(parts)
        if written + len(piece) > limit:
            piece = piece[:piece.rfind(b"\n", 0, limit - written) + 1]
            limit = 0
        sys.stdout.buffer.write(piece)
        written += len(piece)
        later, serial_later = later + time_step, serial_later + serial_step


# At which the auditloginfo.py of 2016 stops: a word without =, an x86_64 number that is in no header
# of some years ago. Of i386 calls it takes the numbers for those of x86_64.
STOPS = re.compile(rb".* [^= \n]+([ \n]|$)|type=SYSCALL .*(arch=(?!c000003e)|syscall=(45[1-9]|4[6-9]\d|\d{4,}) )")


def plain(log):
    """The log without the events that have a record at which the original stops."""
    event = lambda line: (found := STAMP.match(line)) and found.groups()
    lines = log.splitlines(keepends=True)
    stops = {event(line) for line in lines if STOPS.match(line)}
    return b"".join(line for line in lines if event(line) not in stops)


# The shapes of names, as a desktop, a build and a mail server open them.
SHAPES = ("/usr/lib/x86_64-linux-gnu/lib{w}{n}.so.{d}", "/usr/share/{w}/{w}-{n}.{e}", "/home/{u}/src/{w}/{w}_{n}.{e}",
          "/var/lib/{w}/cache/{h}/{h}{h}", "/proc/{n}/status", "/home/{u}/.cache/{w}/{h}{h}.tmp", "{w}/{w}{n}.{e}",
          "/tmp/{w}-{h}/{n}", "/var/mail/{u}/cur/{n}.M{n}P{d}.{w},S={n}", "/home/{u}/Documents/{w} {n} (copy).{e}",
          "/usr/lib/python3/dist-packages/{w}/__pycache__/{w}{n}.cpython-313.pyc", "/etc/{w}/conf.d/{d}-{w}{n}.conf")
WORDS = ("alpha apt audit backup bash cache core crypto data db debug devel doc engine event fonts gconv git http icons"
         " index io json kernel locale log main mail math media model net parser plugin proxy queue report runtime"
         " schema server session ssl store stream sync system table theme tools update user util view web xml zone").split()
ENDINGS = "c h py rs txt conf json so html md log png".split()
PROGRAMS = ("cat", "bash", "python3.13", "gcc-14", "dovecot", "rsync", "git")


def names(count):
    """`count` different names, some of them relative, some with blanks."""
    dice, found = random.Random(7005), {}
    while len(found) < count:
        word = lambda: dice.choice(WORDS)
        name = dice.choice(SHAPES).replace("{u}", dice.choice(("oper", "alice", "jenkins")))
        name = re.sub(r"\{w\}", lambda _: word(), name)
        name = re.sub(r"\{n\}", lambda _: str(dice.randrange(1, 100000)), name)
        name = re.sub(r"\{d\}", lambda _: str(dice.randrange(10)), name)
        name = re.sub(r"\{h\}", lambda _: f"{dice.getrandbits(32):08x}", name)
        found[name.replace("{e}", dice.choice(ENDINGS))] = True
    return list(found)


def opens(count):
    """A log that opens each of `count` files once, and some of them often, in no order."""
    dice, files = random.Random(59), names(count)
    often = [files[min(int(dice.paretovariate(0.8)) - 1, count - 1)] for _ in files]
    opened = files + often
    dice.shuffle(opened)
    lines = []
    for serial, name in enumerate(opened, 1):
        stamp = f"msg=audit({1795352893 + serial // 400}.{serial * 7 % 1000:03}:{serial})"
        program, failed, pid = dice.choice(PROGRAMS), dice.random() < 0.2, dice.randrange(300, 99999)
        auid = dice.choice((7005, 7005, 7005, 1000, 4294967295))
        written = f'"{name}"' if " " not in name else name.encode().hex().upper()
        file = "" if failed else f"inode={dice.randrange(1, 1 << 21)} dev=fe:00 mode=0100644 ouid=0 ogid=0 rdev=00:00 "
        result = "success=no exit=-2" if failed else f"success=yes exit={dice.randrange(3, 30)}"
        lines.append(
            f"type=SYSCALL {stamp}: arch=c000003e syscall=257 {result} a0=ffffff9c a1={dice.getrandbits(47):x}"
            f" a2={dice.choice(('80000', '0', '241', '2', '90800'))} a3=0 items=1 ppid={pid - 1} pid={pid} auid={auid}"
            f" uid=7005 gid=7005 euid=7005 suid=7005 fsuid=7005 egid=7005 sgid=7005 fsgid=7005 tty=pts0 ses=3"
            f' comm="{program[:15]}" exe="/usr/bin/{program}" subj=unconfined key=(null)\n'
            f'type=CWD {stamp}: cwd="/home/oper/src"\n'
            f"type=PATH {stamp}: item=0 name={written} {file}nametype={'UNKNOWN' if failed else 'NORMAL'}"
            " cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\n"
            f"type=PROCTITLE {stamp}: proctitle={f'{program} {name}'.encode()[:128].hex().upper()}\n")
    return "".join(lines).encode()


main()
