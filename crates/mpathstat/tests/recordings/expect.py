#!/usr/bin/env python3
"""The report of mpathstat, computed from a recorded series of raw counters by other means than its own.

    expect.py SERIES.jsonl.gz      prints maps and paths with the figures of each interval, idle maps too, without the lines
                                   that tell of changes
"""
import gzip, json, re, sys


def samples(path):
    found = {}
    for line in gzip.open(path, "rt"):
        record = json.loads(line)
        if "file" in record:
            found.setdefault(record["n"], {})[record["file"]] = record
    series = [found[n] for n in sorted(found)]
    # Links that do not change were recorded in the first and last sample only.
    links = {file: record for sample in series for file, record in sample.items() if "link" in record}
    return [links | sample for sample in series]


def plain(name):
    return re.sub(rb"\\x([0-9a-f]{2})", lambda code: bytes([int(code[1], 16)]), name.encode()).decode()


def address(sample, path):
    link = sample.get(f"/sys/block/{path}/device", {}).get("link", "").split("/")[-1]
    numbers = [int(part) for part in link.split(":")] if ":" in link else []
    return numbers, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path)]


def maps(sample):
    """Name, device, paths of each map."""
    names = sorted(sample["/sys/block"]["dir"])
    found = []
    for name in names:
        if sample.get(f"/sys/block/{name}/dm/uuid", {}).get("text", "").startswith("mpath-"):
            slaves = sample[f"/sys/block/{name}/slaves"]["dir"]
            found.append((plain(sample[f"/sys/block/{name}/dm/name"]["text"].strip()), name, sorted(slaves, key=lambda path: address(sample, path))))
        paths = [other for other in names if re.fullmatch(name.replace("n", r"n", 1)[:5] + r"c\d+" + name[5:], other)]
        if paths and "nvme" in name:
            found.append((name, name, paths))
    return sorted(found, key=lambda one: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", one[0])])


def counters(sample):
    return {words[2]: [int(word) for word in words[3:]] for words in map(str.split, sample["/proc/diskstats"]["text"].splitlines())}


def row(name, old, new, seconds):
    if old is None or new is None:
        return name.ljust(43) + "  -         -         -          -          -       "
    d = [b - a for a, b in zip(old, new)]
    ios = d[0] + d[4]
    return "%-43s  %-8.2f  %-8.2f  %-9.2f  %-9.2f  %-8.2f" % (name, d[0] / seconds, d[4] / seconds, d[2] / 2 / seconds, d[6] / 2 / seconds, (d[3] + d[7]) / ios if ios else 0)


series = samples(sys.argv[1])
for old, new in zip(series, series[1:]):
    # Uptime has hundredths; a difference of floating point would not be one.
    hundredths = [round(float(sample["/proc/uptime"]["text"].split()[0]) * 100) for sample in (old, new)]
    seconds = (hundredths[1] - hundredths[0]) / 100
    now = counters(new)
    # What was no part of a map at the first sample has no figures in the interval.
    watched = {name for _, device, paths in maps(old) for name in [device] + paths}
    before = {name: one for name, one in counters(old).items() if name in watched}
    print("%-43s  %-8s  %-8s  %-9s  %-9s  %-8s" % ("Device Name", "Reads", "Writes", "KBytesR/S", "KBytesW/S", "Await"))
    for name, device, paths in maps(new):
        print(row(name, before.get(device), now.get(device), seconds))
        for path in paths:
            print(row("|- " + path, before.get(path), now.get(path), seconds))
