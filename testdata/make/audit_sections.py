"""What the records of an event hold: commands, files, changes, addresses and refusals."""

import re
import socket

from audit_events import message, number, text
from audit_names import CAPABILITIES, call_name

# Which argument of a call that opens holds the flags.
OPENS = {"open": "a1", "creat": None, "openat": "a2", "openat2": None, "open_by_handle_at": "a2"}

# O_CREAT, O_TRUNC, O_APPEND, O_EXCL.
FLAGS = {"mips": (0x100, 0x200, 0x8, 0x400), "sparc": (0x200, 0x400, 0x8, 0x800)}
GENERIC_FLAGS = (0o100, 0o1000, 0o2000, 0o200)

# More arguments than any kernel passes on; a number beyond is damage.
ARGUMENTS_MOST = 1 << 22

# Operations of io_uring, and the calls that do the same.
OPERATIONS = {9: "sendmsg", 10: "recvmsg", 13: "accept", 16: "connect", 18: "openat", 28: "openat2",
              35: "renameat", 36: "unlinkat", 37: "mkdirat", 38: "symlinkat", 39: "linkat", 41: "fsetxattr",
              42: "setxattr", 55: "ftruncate", 56: "bind"}

# Calls that socketcall makes, by its first argument.
SOCKET_CALLS = dict(enumerate("socket bind connect listen accept getsockname getpeername socketpair send recv"
                              " sendto recvfrom shutdown setsockopt getsockopt sendmsg recvmsg accept4"
                              " recvmmsg sendmmsg".split(), 1))

# Calls with an address that io_uring can make.
ADDRESSED = {"bind", "connect", "accept", "sendmsg", "recvmsg"}

# What a call changes, by the nametype of the path; PARENT is the directory of a file that is listed.
RENAMES = {"rename", "renameat", "renameat2"}
CREATED = {"CREATE": "created"}
REMOVED = {"DELETE": "removed"}
LINKED = {"CREATE": "linked"}
CHANGES = {call: what for calls, what in (
    ("open openat openat2 open_by_handle_at creat mkdir mkdirat mknod mknodat bind mq_open", CREATED),
    ("unlink unlinkat rmdir mq_unlink", REMOVED),
    ("link linkat symlink symlinkat", LINKED),
    ("truncate truncate64 ftruncate ftruncate64", "truncated"),
    ("chmod fchmod fchmodat fchmodat2", "mode"),
    ("chown chown32 lchown lchown32 fchown fchown32 fchownat", "owner"),
    ("setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat file_setattr",
     "attributes"),
    ("mount move_mount", "mounted"),
    ("umount umount2", "unmounted"),
) for call in calls.split()}

# What a call that failed was to do with its names, if their directory was not found.
ATTEMPTS = {call: what for calls, what in (
    ("mkdir mkdirat mknod mknodat bind", ["created"]),
    ("unlink unlinkat rmdir mq_unlink", ["removed"]),
    ("link linkat symlink symlinkat", [None, "linked"]),
    ("rename renameat renameat2", ["moved-from", "moved-to"]),
) for call in calls.split()}

# Calls whose first argument is the open file; the argument that is the directory of a relative name, of a
# rename that of the old name and that of the new one.
DESCRIPTORS = {"ftruncate", "ftruncate64", "fchmod", "fchown", "fchown32", "fsetxattr", "fremovexattr"}
DIRECTORIES = {"symlinkat": "a1", "linkat": "a2", "move_mount": "a2", "renameat": ("a0", "a2"),
               "renameat2": ("a0", "a2")}
DIRECTORIES.update(dict.fromkeys("openat openat2 open_by_handle_at mkdirat mknodat unlinkat fchmodat fchmodat2"
                                 " fchownat setxattrat removexattrat file_setattr".split(), "a0"))

# Further fields that one needs to act on a refusal.
APPARMOR_FACTS = ("target family sock_type protocol addr peer_addr laddr lport faddr fport signal peer fstype"
                  " srcname flags rlimit value bus path interface member peer_label").split()
SELINUX_FACTS = ("ioctlcmd src dest saddr daddr laddr lport faddr fport netif msgtype interface member").split()
LANDLOCK_FACTS = "saddr src daddr dest ocomm".split()
CHOSEN = set("profile label peer peer_label name path target srcname fstype addr peer_addr exe ocomm".split())
SECCOMP_ALLOWS = (0x7ffc0000, 0x7fff0000)    # log, allow


# Commands

def argv(records):
    """The command line of EXECVE records: arguments by number, in pieces or not. If the first argument is
    empty, the executable stands for it in brackets."""
    count, pieces = 0, {}
    for fields in (record.fields for record in records if record.kind == "EXECVE"):
        count = max(count, min(number(fields.get("argc")) or 0, ARGUMENTS_MOST))
        for name, value in fields.items():
            found = re.fullmatch(r"a(\d+)(?:\[(\d+)\])?", name)
            if found and int(found[1]) < ARGUMENTS_MOST:
                pieces[int(found[1]), int(found[2] or 0)] = text(value)
    count = max([count, 1] + [index + 1 for index, _ in pieces])
    arguments = [b""] * count
    for (index, _), piece in sorted(pieces.items()):
        arguments[index] += piece
    exe = [text(r.fields["exe"]) for r in records if r.kind == "SYSCALL" and "exe" in r.fields]
    arguments[0] = arguments[0] or b"[%b]" % b"".join(exe[:1])
    return tuple(arguments)


def sudo(record):
    """The command in a USER_CMD record, which sudo writes, and its directory."""
    fields, _ = message(record)
    return (text(fields["cmd"]), text(fields.get("cwd", b""))) if "cmd" in fields else None


def program(call):
    exe = call.fields.get("exe")
    return None if exe is None else text(exe)


# Files

def nametype(fields):
    """The role of a path in its call; kernels of RHEL 7 call the field objtype."""
    return fields.get("nametype", fields.get("objtype", b"")).decode("latin-1")


def paths(records, keep=lambda fields: True):
    """The names of PATH records, except the directory of a new file and name=(null)."""
    for fields in (record.fields for record in records if record.kind == "PATH" and keep(record.fields)):
        name = fields.get("name")
        if name not in (None, b"(null)") and nametype(fields) != "PARENT":
            yield text(name)


def place(name, records, descriptor):
    """An absolute name: after the working directory, or after an open directory."""
    if name.startswith(b"/"):
        return name
    if descriptor is not None:
        return b"[fd %d]/" % descriptor + name
    cwd = next((text(r.fields["cwd"]) for r in records if r.kind == "CWD" and "cwd" in r.fields), b"")
    return cwd + (b"" if cwd.endswith(b"/") or not cwd else b"/") + name


def descriptor(fields, argument):
    """The file descriptor in an argument; nothing for the working directory."""
    value = number(fields.get(argument), 16)
    low = None if value is None else value & 0xffffffff
    return None if low in (None, 0xffffff9c) else low - (1 << 32 if low >> 31 else 0)


def operations(records):
    """The operations of io_uring in an event, by the names of the calls that do the same."""
    values = (number(record.fields.get("uring_op")) for record in records if record.kind == "URINGOP")
    return [OPERATIONS.get(value, f"uring_op-{value}") for value in values]


def work(call, fields, records, wanted):
    """What an event did, as the name of a call, and its fields: what io_uring did, whose arguments the log
    does not hold, what socketcall called, or the call itself. Of several operations of io_uring it is the
    first in the order of their numbers that is wanted."""
    made = [record for record in records if record.kind == "URINGOP"]
    if made:
        made.sort(key=lambda record: number(record.fields.get("uring_op")) or 0)
        chosen = [each for each in made if operations([each])[0] in wanted] or made
        name = operations(chosen)[0]
        succeeded = any(operations([each])[0] == name and each.fields.get("success") == b"yes" for each in made)
        known = {key: each[key] for key, each in (("arch", fields),) if key in each}
        return name, known | {"success": b"yes" if succeeded else b"no"}
    if call == "socketcall":
        call = SOCKET_CALLS.get(number(fields.get("a0"), 16), call)
    return call, fields


def opens(call, records):
    return call in OPENS or any(operation in OPENS for operation in operations(records))


def flags(call, fields, records):
    """The flags of an open, if the log has them."""
    if call == "openat2" or "openat2" in operations(records):
        values = [number(r.fields.get("oflag"), 8) for r in records if r.kind == "OPENAT2"]
        return values[0] if values else None
    return number(fields.get(OPENS.get(call)), 16)


def flag_names(arch, call, fields, records):
    """Whether an open asked to create, truncate, append and be exclusive, and whether to read or write;
    nothing if the log does not hold the flags."""
    if call == "creat":
        return [True, True, False, False], "w"
    value = flags(call, fields, records)
    if value is None:
        return None
    bits = next((FLAGS[name] for name in FLAGS if arch.startswith(name)), GENERIC_FLAGS)
    return [bool(value & bit) for bit in bits], ("r", "w", "rw", "rw")[value & 3]


def mode(arch, call, fields, records):
    """How a file was opened: c(reate), r, w or rw, t(runcate), a(ppend), x (exclusive)."""
    if call == "creat":
        return "cw"    # it always truncates
    asked = flag_names(arch, call, fields, records)
    if asked is None:
        return ""
    create, truncate, append, exclusive = asked[0]
    return "c" * create + asked[1] + "t" * truncate + "a" * append + "x" * exclusive


# Changes

def changes(arch, call, fields, records, absolute, failed):
    """The files that a call changed, and how, by the call and the nametypes of its paths."""
    paths = sorted((record.fields for record in records if record.kind == "PATH"),
                   key=lambda f: number(f.get("item")) or 0)
    found = [each for each in paths if nametype(each) != "PARENT"]
    what = CHANGES.get(call)
    if call in RENAMES:
        changed = renamed(found)
    elif isinstance(what, dict):
        changed = [(each, what[nametype(each)]) for each in found if nametype(each) in what]
        changed += [(each, "truncated") for each in found if truncates(arch, call, fields, records, each)]
    else:
        found = {"mount": found[:1], "move_mount": found[-1:]}.get(call, found)
        changed = [(each, what) for each in found if what]
    if failed:
        names = zip(paths if len(ATTEMPTS.get(call, [])) == 2 else found, ATTEMPTS.get(call, []))
        changed += [(each, what) for each, what in names if what and nametype(each) == "UNKNOWN"]
    for each, what in changed:
        yield changed_name(call, fields, records, each, what, absolute), what


def renamed(found):
    """A rename deletes the old name and creates the new one. A further name that it deletes is overwritten;
    if it creates two, it exchanged them."""
    deleted = [each for each in found if nametype(each) == "DELETE"]
    created = [each for each in found if nametype(each) == "CREATE"]
    moved = max(1, len(created))
    return ([(each, "moved-from") for each in deleted[:moved]] + [(each, "removed") for each in deleted[moved:]]
            + [(each, "moved-to") for each in created])


# Changes by several operations of io_uring in one event

def several(records):
    """The operations that change files, each with whether it succeeded."""
    made = {}
    for record in records:
        name = operations([record])[0] if record.kind == "URINGOP" else None
        if name in RENAMES or name in CHANGES:
            made[name] = made.get(name, False) or record.fields.get("success") == b"yes"
    return made


def same_files(records, role):
    """The inodes with their devices of the paths that have a role."""
    found = (record.fields for record in records if record.kind == "PATH")
    return {(each["inode"], each["dev"]) for each in found if nametype(each) == role and {"inode", "dev"} <= set(each)}


def effect(path, records, names):
    """What operations of these names did to a path; an empty word for nothing. A rename gives the inode
    another name, and a link one more."""
    moves, links = names & RENAMES, {name for name in names if CHANGES.get(name) is LINKED}
    removes = {name for name in names if CHANGES.get(name) is REMOVED}
    creates = {name for name in names if CHANGES.get(name) is CREATED}
    file, role = (path.get("inode"), path.get("dev")), nametype(path)
    deleted, created = same_files(records, "DELETE"), same_files(records, "CREATE")
    if role in ("PARENT", "UNKNOWN"):
        return ""
    if role == "DELETE":
        if moves and (file in created or not removes and not deleted & created):
            return "moved-from"
        return "removed" if moves or removes else ""
    if role == "CREATE":
        if moves and file in deleted:
            return "moved-to"
        if links and (file in same_files(records, "NORMAL") or not creates):
            return "linked"
        return "created" if creates else "moved-to" if moves else ""
    if path.get("name") in (None, b"(null)", b""):
        return "truncated" if "ftruncate" in names else "attributes" if "fsetxattr" in names else ""
    asked = names & set(OPENS) and flag_names("x86_64", "openat2", {}, records)
    if asked and asked[0][1]:
        return "truncated"
    return "attributes" if "setxattr" in names else ""


def is_opened(path, records):
    """Whether an operation can have opened the path: not what was moved, linked or removed, and no new
    directory."""
    if nametype(path) == "CREATE":
        is_directory = (number(path.get("mode"), 8) or 0) & 0o170000 == 0o040000
        return not is_directory and effect(path, records, set(operations_made(records))) == "created"
    return nametype(path) != "DELETE"


def operations_made(records):
    return operations([record for record in records if record.kind == "URINGOP"])


def changes_of_several(records, absolute, failed):
    names = {name for name, done in several(records).items() if done != failed}
    for path in sorted((record.fields for record in records if record.kind == "PATH"),
                       key=lambda f: number(f.get("item")) or 0):
        what = effect(path, records, names)
        if failed and nametype(path) == "UNKNOWN":
            order = {name: value for value, name in OPERATIONS.items()}
            tried = (ATTEMPTS[name][0] for name in sorted(names, key=order.get) if name in ATTEMPTS)
            what = next(filter(None, tried), "")
        if what:
            yield changed_name("", {}, records, path, what, absolute), what


def truncates(arch, call, fields, records, path):
    if call not in OPENS or nametype(path) != "NORMAL":
        return False
    asked = flag_names(arch, call, fields, records)
    return bool(asked and asked[0][1])


def changed_name(call, fields, records, path, what, absolute):
    name = path.get("name")
    name = b"" if name in (None, b"(null)") else text(name)
    argument = DIRECTORIES.get(call)
    if isinstance(argument, tuple):
        argument = argument[0 if what == "moved-from" else 1]
    if not name:
        opened = descriptor(fields, "a0" if call in DESCRIPTORS else argument)
        return b"(null)" if opened is None else b"[fd %d]" % opened
    # The name of a message queue stands in no directory of the process.
    is_absolute = absolute and call not in ("mq_open", "mq_unlink")
    return place(name, records, descriptor(fields, argument)) if is_absolute else name


# Addresses

def addresses(call, fields, records):
    """The socket addresses of a call, each with the name of the call."""
    arch = number(fields.get("arch"), 16)
    order = "big" if arch is not None and not arch & 0x40000000 else "little"
    for record in records:
        value = record.fields.get("saddr", b"")
        if record.kind == "SOCKADDR" and re.fullmatch(rb"(?:[0-9A-Fa-f]{2}){2,}", value):
            yield address(bytes.fromhex(value.decode()), order), call


def address(data, order):
    """A socket address as text. Ports and IP addresses are in network order, all else in `order`."""
    family = int.from_bytes(data[:2], order)
    port = int.from_bytes(data[2:4], "big")
    if family == socket.AF_UNIX:
        return unix_address(data[2:])
    if family == socket.AF_INET and len(data) >= 8:
        return b"%b:%d" % (socket.inet_ntop(family, data[4:8]).encode(), port)
    if family == socket.AF_INET6 and len(data) >= 24:
        return b"[%b]:%d" % (socket.inet_ntop(family, data[8:24]).encode(), port)
    if family == socket.AF_NETLINK and len(data) >= 8:
        return b"netlink:%d" % int.from_bytes(data[4:8], order)
    if family == socket.AF_VSOCK and len(data) >= 12:
        return b"vsock:%d:%d" % (int.from_bytes(data[8:12], order), int.from_bytes(data[4:8], order))
    return b"family-%d" % family


def unix_address(name):
    """A path ends at its first NUL; a name that begins with one is abstract."""
    if name.strip(b"\0") and name.startswith(b"\0"):
        return b"@" + name[1:].rstrip(b"\0")
    return name.split(b"\0")[0] or b"unix"


# Refusals

def refusal(record, given):
    """What was refused, and by what; nothing if the record is no refusal."""
    fields, inner = record.fields, b""
    if record.kind == "USER_AVC":    # its fields stand inside msg='...'
        fields, inner = message(record)
    if record.kind == "SECCOMP":
        return seccomp(fields, given)
    if record.kind == "LANDLOCK_ACCESS":
        return b" ".join(words(fields, "blockers", "path") + facts(fields, LANDLOCK_FACTS)), "landlock"
    if record.kind == "FANOTIFY":
        shown = facts(fields, "resp fan_type fan_info subj_trust obj_trust".split())
        return (b" ".join(shown), "fanotify") if fields.get("resp") == b"2" else None
    if record.kind == "SELINUX_ERR":
        is_denied = fields.get("seresult") == b"denied"
        if not is_denied and fields.get("reason") != b"bounds":
            return None
        named = {"scontext": fields.get("scontext", fields.get("oldcontext")),
                 "tcontext": fields.get("tcontext", fields.get("newcontext")),
                 "tclass": fields.get("tclass"), "perms": fields.get("op" if is_denied else "perms")}
        shown = [value for value in named.values() if value is not None]
        return b" ".join(shown + facts(fields, ["reason", "taskcontext"])), "selinux"
    if record.kind in ("AVC", "USER_AVC", "APPARMOR_ALLOWED", "APPARMOR_DENIED"):
        return apparmor(record.kind, fields) or selinux(fields, inner or record.body)
    return None


def words(fields, *names):
    """The values of those fields that are there; of NAME|NAME the first one."""
    chosen = [[name for name in each.split("|") if name in fields][:1] for each in names]
    return [word(name, fields[name]) for each in chosen for name in each]


def facts(fields, names):
    return [name.encode() + b"=" + word(name, fields[name]) for name in names if fields.get(name, b"?") != b"?"]


def word(name, value):
    """A value. Only strings that users choose may be in hexadecimal: tclass=fd and dest=5432 are not."""
    return text(value) if name in CHOSEN else value.strip(b'"')


def capability(fields):
    value = number(fields.get("capability"))
    if value is None:
        return words(fields, "capability")
    return [CAPABILITIES[value].encode() if 0 <= value < len(CAPABILITIES) else b"%d" % value]


def seccomp(fields, given):
    code = re.fullmatch(rb"0x([0-9a-f]+)", fields.get("code", b""))
    if code and int(code[1], 16) & 0xffff0000 in SECCOMP_ALLOWS:
        return None
    known = number(fields.get("arch"), 16) is not None and number(fields.get("syscall")) is not None
    arch, name = call_name(fields, given) if known else ("", "")
    call = [name.encode(), b"arch=" + arch.encode()] if known else []
    return b" ".join(words(fields, "exe") + call), "seccomp"


def apparmor(kind, fields):
    verdict = text(fields.get("apparmor", b"")) or kind.removeprefix("APPARMOR_").encode()
    if verdict not in (b"DENIED", b"ALLOWED"):
        return None
    named = words(fields, "profile|label", "operation", "denied_mask|denied|mask", "name") + capability(fields)
    return (b" ".join(named + facts(fields, APPARMOR_FACTS)),
            "apparmor" if verdict == b"DENIED" else "apparmor-complain")


def selinux(fields, body):
    refused = re.search(rb"avc:\s+denied\s+\{\s*(.*?)\s*\}", body)
    if not refused:
        return None
    named = words(fields, "scontext", "tcontext", "tclass") + [refused[1]] + words(fields, "path|name")
    permissive = [b"permissive=1"] if fields.get("permissive") == b"1" else []
    return b" ".join(named + capability(fields) + facts(fields, SELINUX_FACTS) + permissive), "selinux"
