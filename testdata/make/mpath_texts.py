#!/usr/bin/env python3
"""Writes one topology, and one report of figures, as every version of the tools and every wrapper prints them.

    mpath_texts.py DIR      makes DIR/topology/NAME and DIR/iostat/NAME: all of them mean the same

The map mpath7 (dm-4) has the paths sdc and sdg in two groups. Names of the forms are those of the tools and their versions.
"""
import json, os, sys

WWID = "3600c0ff0000aa11122233344401"
PATHS = [("4:0:0:3", "sdc", "8:32", 100, "active"), ("5:0:0:3", "sdg", "8:96", 10, "enabled")]


def topology_old(name, blank=" "):
    lines = [name, "[size=40G][features=1 queue_if_no_path][hwhandler=1 rdac]"]
    for hctl, dev, number, prio, status in PATHS:
        lines += [f"\\_ round-robin 0 [prio={prio}][{status}]", f" \\_ {hctl} {dev} {number}{blank} [active][ready]{blank}"]
    return lines


def topology_new(name, size="size=40G features='1 queue_if_no_path' hwhandler='1 alua' wp=rw"):
    lines = [name, size]
    for index, (hctl, dev, number, prio, status) in enumerate(PATHS):
        first, below = ("|-+-", "| `-") if index == 0 else ("`-+-", "  `-")
        lines += [f"{first} policy='service-time 0' prio={prio} status={status}", f"{below} {hctl} {dev} {number} active ready running"]
    return lines


def topology_json():
    groups = [{"selector": "service-time 0", "pri": prio, "dm_st": status, "marginal_st": "normal", "group": number,
               "paths": [{"dev": dev, "dev_t": node, "dm_st": "active", "dev_st": "running", "chk_st": "ready", "checker": "tur", "pri": prio}]}
              for number, (hctl, dev, node, prio, status) in enumerate(PATHS, 1)]
    one = {"name": "mpath7", "uuid": WWID, "sysfs": "dm-4", "failback": "manual", "paths": 2, "dm_st": "active", "path_groups": groups}
    return {"major_version": 0, "minor_version": 1, "maps": [one]}


# What less prints at the end of a text.
LESS_END = "\x1b[7m(END)\x1b[27m\x1b[K"


def pasted(command, text):
    """A text as script(1) saves it in a shell with bracketed paste."""
    return f"\x1b[?2004h[root@db1 ~]# {command}\n\x1b[?2004l\r{text}\x1b[?2004h[root@db1 ~]# ".replace("\n", "\r\n")


def wrapped(lines):
    """The lines of a topology with something after each."""
    stamp = lambda number: f'"stream": "stdout", "time": "2026-11-20T10:00:0{number}.{number * 1001}Z"'
    return {
        "list": ["ok: [db1] => {", '    "stdout_lines": ['] + [f'        "{line}",' for line in lines[:-1]] + [f'        "{lines[-1]}"', "    ]", "}"],
        "json-log": [json.dumps({"log": line + "\n"})[:-1] + ", " + stamp(number) + "}" for number, line in enumerate(lines)],
        "table": [f"| {line} |" for line in lines],
        "table-padded": ["| %-80s |" % line for line in lines],
        "cat-A": [line + "^M$" for line in lines],
        "html": [line + "<br>" for line in lines],
        "quotes": [f'"{line}"' for line in lines],
        "continued": [line + " \\" for line in lines[:-1]] + lines[-1:],
        "grep-n": [f"{number}{':-'[number > 1]}{line}" for number, line in enumerate(lines, 1)],
        "grep-H": [f"db-1.txt{':-'[number > 1]}{line}" for number, line in enumerate(lines, 1)],
        "grep-nH": [f"db-1.txt{':-'[number > 1]}{number}{':-'[number > 1]}{line}" for number, line in enumerate(lines, 1)],
        "page": [line + "\u00a0" for line in lines],
        "page-paths": [line + "\u00a0" * (" active" in line) for line in lines],
    }


def topologies():
    name = f"mpath7 ({WWID}) dm-4 LABCO,ARR5"
    new = topology_new(name)
    log = ["Nov 20 10:00:00 | loading //lib64/multipath/libchecktur.so checker", "Nov 20 10:00:00 | sdc: mask = 0x1f"]
    table = ["===== paths list =====", "uuid                         hcil    dev dev_t pri dm_st chk_st vend/prod/rev   dev_st",
             f"{WWID} 4:0:0:3 sdc 8:32  50  undef undef  LABCO,ARR5      unknown"]
    inside = [line for one in new for line in (one, "Nov 20 10:00:01 | sdg: usable paths found")]
    stale = [line.replace("active ready running", "failed faulty offline") for line in new]
    maps = ["name   sysfs uuid", f"mpath7 dm-4  {WWID}"]
    tree = ["mpath7 (254:4)", " |- (8:96)", " `- (8:32)", "vg0-data (254:9)", " `-mpath7 (254:4)", "    |- (8:96)", "    `- (8:32)",
            "lrwxrwxrwx 1 root root 7 Nov 20 09:11 mpath7 -> ../dm-4", "/sys/block/dm-4"]
    found = {
        "0.4.5": topology_old(f"mpath7 ({WWID})"),
        "0.4.7": topology_old(f"mpath7 ({WWID}) dm-4 LABCO,ARR5"),
        "0.4.8": topology_old(f"create: mpath7 ({WWID})  dm-4 LABCO,ARR5", ""),
        "0.4.9": new,
        "0.9.7": new,
        "reload": ["reload: " + new[0], *new[1:]],
        "verbose": log + table + inside + ["Nov 20 10:00:02 | unloading tur checker"],
        "uptime-log": ["557.082297 | sdc: path state = running"] + new,
        "prompt": ["multipathd> " + new[0], *new[1:], "multipathd> "],
        "indented": ["    " + line for line in ["# /sbin/multipath -ll", *new, ""]],
        "tabs": ["\t" + line for line in new],
        "quoted": ["> " + line for line in new] + [">"],
        "quoted-twice": ["> > " + line for line in new],
        "host": ["db1: " + line for line in new],
        "ts": ["Nov 20 18:01:12 " + line for line in new],
        "two-dumps": stale + ["Fri Nov 20 10:05:00 CET 2026"] + new,
        "support-file": maps + new + tree + maps + new,
        "colors": ["\x1b[1m" + new[0] + "\x1b[0m", *new[1:]],
    }
    found.update(wrapped(new))
    found = {name: "\n".join(lines) + "\n" for name, lines in found.items()}
    found["crlf"] = found["0.9.7"].replace("\n", "\r\n")
    found["pasted"] = pasted("multipath -ll", found["0.9.7"])
    found["form-feed"] = "\f" + found["0.9.7"]
    found["json"] = json.dumps(topology_json(), indent=3) + "\n"
    found["json-less"] = found["json"] + LESS_END
    found["json-compact"] = json.dumps(topology_json()) + "\n"
    found["json-sorted"] = json.dumps(topology_json(), indent=2, sort_keys=True) + "\n"
    found["json-prompt"] = "multipathd> " + found["json"]
    found["json-pasted"] = pasted("multipathd show maps json", found["json"])
    return found


# Device, reads, writes, kB read and written, and milliseconds of a read and of a write.
FIGURES = [("sda", 1, 1, 512, 256, 9, 9), ("sdc", 10, 5, 512, 1024, 1, 1), ("sdg", 20, 2, 1536, 256, 3, 3), ("dm-4", 30, 7, 2048, 1280, 2, 2)]
FIRST = "Linux 6.4.0 (labhost) \t11/20/26 \t_x86_64_\t(8 CPU)"
CPU = ["avg-cpu:  %user   %nice %system %iowait  %steal   %idle", "           7.80    0.00    2.47    3.02    0.00   86.71", ""]
V9 = "rrqm/s wrqm/s r/s w/s rkB/s wkB/s avgrq-sz avgqu-sz await svctm %util"
V10 = "rrqm/s wrqm/s r/s w/s rkB/s wkB/s avgrq-sz avgqu-sz await r_await w_await svctm %util"
V120 = "r/s w/s rkB/s wkB/s rrqm/s wrqm/s %rrqm %wrqm r_await w_await aqu-sz rareq-sz wareq-sz svctm %util"
V121 = "r/s rkB/s rrqm/s %rrqm r_await rareq-sz w/s wkB/s wrqm/s %wrqm w_await wareq-sz d/s dkB/s drqm/s %drqm d_await dareq-sz aqu-sz %util"
V12 = V121.replace("aqu-sz %util", "f/s f_await aqu-sz %util")


def values(row):
    _, reads, writes, read, written, read_await, write_await = row
    ios = reads + writes
    found = {"r/s": reads, "w/s": writes, "rkB/s": read, "wkB/s": written, "rMB/s": read / 1024, "wMB/s": written / 1024, "rGB/s": read / 1048576, "wGB/s": written / 1048576, "rsec/s": read * 2,
             "wsec/s": written * 2, "r_await": read_await, "w_await": write_await, "await": (reads * read_await + writes * write_await) / ios,
             "avgrq-sz": (read + written) * 2 / ios, "areq-sz": (read + written) / ios, "rareq-sz": read / reads, "wareq-sz": written / writes,
             "aqu-sz": 0.5, "avgqu-sz": 0.5, "%util": 12.5}
    return found


def table(columns, name=lambda name: name, head="Device:", figure=lambda value, column: "%9.2f" % value):
    lines = ["%-16s" % head + " ".join("%9s" % column for column in columns.split())]
    for row in FIGURES:
        lines.append("%-16s" % name(row[0]) + " ".join(figure(values(row).get(column, 0.0), column) for column in columns.split()))
    return lines


def own_line(lines):
    return [lines[0]] + [part for line in lines[1:] for part in (line.split()[0], " " * 16 + line[16:])]


def pretty(human):
    def figure(value, column):
        if human and column in ("rkB/s", "wkB/s"):
            return "%8.1fk" % value
        return ("%8.1f%%" if human and column.startswith("%") else "%9.2f") % value
    lines = []
    for part in ("r/s rkB/s rrqm/s %rrqm r_await rareq-sz", "w/s wkB/s wrqm/s %wrqm w_await wareq-sz", "d/s dkB/s drqm/s %drqm d_await dareq-sz", "f/s f_await aqu-sz %util"):
        lines.append(" ".join("%9s" % column for column in part.split()) + " Device")
        for row in FIGURES:
            lines.append(" ".join(figure(values(row).get(column, 0.0), column) for column in part.split()) + " " + row[0])
        lines.append("")
    return lines[:-1]


def document(names=lambda name: name):
    rename = lambda column: column.lstrip("%")
    disks = [{"disk_device": names(row[0]), **{rename(column): round(values(row).get(column, 0.0), 2) for column in V12.split()}} for row in FIGURES]
    host = {"nodename": "labhost", "sysname": "Linux", "release": "6.4.0", "machine": "x86_64", "number-of-cpus": 8, "date": "11/20/26",
            "statistics": [{"timestamp": "11/20/26 10:00:01", "avg-cpu": {"user": 7.8, "idle": 86.71}, "disk": disks}]}
    return {"sysstat": {"hosts": [host]}}


def iostats():
    mapped = lambda name: {"dm-4": "mpath7"}.get(name, name)
    dev = lambda name: "/dev/" + name
    new = [FIRST, ""] + table(V12, head="Device") + ["", ""]
    found = {
        "9": [FIRST, ""] + CPU + table(V9) + ["", ""],
        "9-h": [FIRST, ""] + CPU + own_line(table(V9)) + ["", ""],
        "10": [FIRST, ""] + CPU + table(V10) + ["", ""],
        "10-h": [FIRST, ""] + CPU + own_line(table(V10)) + ["", ""],
        "10-m": [FIRST, ""] + table(V10.replace("kB", "MB")) + ["", ""],
        "12.8-G": [FIRST, ""] + table(V12.replace("kB", "GB"), head="Device", figure=lambda value, column: "%.12f" % value) + ["", ""],
        "10-sectors": [FIRST, ""] + table(V10.replace("kB", "sec")) + ["", ""],
        "10-N": [FIRST, ""] + table(V10, mapped) + ["", ""],
        "12.0": [FIRST, ""] + CPU + table(V120, head="Device") + ["", ""],
        "12.1": [FIRST, ""] + CPU + table(V121, head="Device") + ["", ""],
        "12.7": [FIRST, ""] + CPU + new[2:],
        "12.7-dev": [FIRST, ""] + table(V12, dev, "Device") + ["", ""],
        "12.7-mapper": [FIRST, ""] + table(V12, lambda name: dev("mapper/" + mapped(name)) if name == "dm-4" else name, "Device") + ["", ""],
        "12.7-pretty": [FIRST, ""] + pretty(False) + ["", ""],
        "12.7-human": [FIRST, ""] + CPU + pretty(True) + ["", ""],
        "12.7-t": [FIRST, "", "11/20/26 10:00:01"] + CPU + new[2:],
        "12.7-t-iso": [FIRST, "", "2026-11-20T10:00:01+0000"] + CPU + new[2:],
        "ts": ["Nov 20 18:01:12 " + line for line in new],
        "ts-brackets": ["[18:01:12] " + line for line in new],
        "ts-iso": ["2026-11-20T18:01:12+0100 " + line for line in new],
        "host": ["db1: " + line for line in new],
        "grep-n": [f"{number}{':-'['Device' not in line]}{line}" for number, line in enumerate(new, 1)],
        "grep-nH": [f"io.txt{mark}{number}{mark}{line}" for number, line in enumerate(new, 1) for mark in [':-'['Device' not in line]]],
        "comma": [line.replace(".", ",") if line[:2] in ("sd", "dm") else line for line in new],
        "colors": [f"\x1b[32;22m{line[:16]}\x1b[0m" + "".join(f"\x1b[34;1m {word}\x1b[0m" for word in line[16:].split()) if line[:2] in ("sd", "dm") else line for line in new],
    }
    found = {name: "\n".join(lines) + "\n" for name, lines in found.items()}
    found["crlf"] = found["12.7"].replace("\n", "\r\n")
    found["pasted"] = pasted("iostat -x 1", found["12.7"])
    found["json"] = json.dumps(document(), indent="\t") + "\n"
    found["json-less"] = found["json"] + LESS_END
    found["json-compact"] = json.dumps(document()) + "\n"
    found["json-dev"] = json.dumps(document(dev), indent=1) + "\n"
    return found


def main(out):
    for folder, texts in (("topology", topologies()), ("iostat", iostats())):
        os.makedirs(f"{out}/{folder}", exist_ok=True)
        for name, text in texts.items():
            with open(f"{out}/{folder}/{name}", "w", newline="") as file:
                file.write(text)


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
