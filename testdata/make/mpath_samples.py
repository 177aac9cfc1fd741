#!/usr/bin/env python3
"""Makes testdata/samples/mpathstat out of the recorded series of counters and texts.

    mpath_samples.py LAB SAMPLES      LAB holds NN-series-*/series.jsonl.gz and what multipath and iostat printed

A sample is a folder of numbered trees for --root. Of each tree only what the command reads is kept; a tree whose sysfs is
that of the tree before links to it. What a sample shows that the recording did not have is made here, in the open.
"""
import copy, gzip, json, os, re, shutil, sys


def series(path):
    """The samples of a recorded series: time, counters by device, sysfs by path."""
    samples, known = {}, {}
    for line in gzip.open(path, "rt"):
        record = json.loads(line)
        if "file" not in record:
            continue
        sample = samples.setdefault(record["n"], {"files": {}, "links": {}, "dirs": {}})
        name = record["file"].lstrip("/")
        for kind, table in (("text", "files"), ("link", "links"), ("dir", "dirs")):
            if kind in record:
                sample[table][name] = record[kind]
                if not name.endswith(("slaves", "holders")):
                    known[kind, name] = record[kind]
        if name == "proc/uptime":
            sample["wall"] = record["wall"]
    return [model(samples[n], known) for n in sorted(samples)]


def model(sample, known):
    """One sample as devices: counters, addresses, maps."""
    files, links = sample["files"], sample["links"]
    tree = {"uptime": float(files["proc/uptime"].split()[0]), "wall": sample["wall"], "disks": {}, "maps": {}, "paths": {}, "heads": {}}
    for line in files["proc/diskstats"].splitlines():
        words = line.split()
        tree["disks"][words[2]] = [int(word) for word in words[:2] + words[3:]]
    for name in tree["disks"]:
        block = f"sys/block/{name}"
        if f"{block}/dm/uuid" in files:
            tree["maps"][name] = {"uuid": files[f"{block}/dm/uuid"].strip(), "name": files[f"{block}/dm/name"].strip(),
                                  "slaves": list(sample["dirs"].get(f"{block}/slaves", []))}
        elif re.fullmatch(r"nvme\d+n\d+", name) and any(re.sub(r"c\d+", "", other) == name != other for other in tree["disks"]):
            tree["heads"][name] = known.get(("text", f"{block}/wwid"), "").strip()
        elif block in links and ("host" in links[block] or "nvme" in links[block]):
            tree["paths"][name] = {"link": links[block], "state": files.get(f"{block}/device/state", "").strip(),
                                   "ioerr_cnt": known.get(("text", f"{block}/device/ioerr_cnt"), "").strip()}
    return tree


def only(tree, *names):
    """The tree with only these maps, their partitions and volumes, and the paths of them."""
    tree = copy.deepcopy(tree)
    kept = {kernel for kernel, one in tree["maps"].items() if one["name"] in names or not one["uuid"].startswith("mpath-") and "lv" not in names}
    kept |= set(tree["heads"]) & set(names)
    paths = {slave for kernel in kept & set(tree["maps"]) for slave in tree["maps"][kernel]["slaves"]}
    paths |= {path for path in tree["paths"] for head in kept & set(tree["heads"]) if re.sub(r"c\d+", "", path) == head}
    for table in ("maps", "heads"):
        tree[table] = {name: one for name, one in tree[table].items() if name in kept}
    tree["paths"] = {name: one for name, one in tree["paths"].items() if name in paths}
    tree["disks"] = {name: one for name, one in tree["disks"].items() if name in kept | paths}
    return tree


# The samples that JSON reports name the machine of.
NAMED = {"load", "once", "arrays", "offline", "slowing", "unbalanced"}


def text(path, contents):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(contents)


def link(path, target):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path)


def diskstats(tree):
    return "".join("%4d %7d %s %s\n" % (*one[:2], name, " ".join(map(str, one[2:]))) for name, one in tree["disks"].items())


def write(folder, *trees):
    """Writes numbered trees, or one without a number."""
    shutil.rmtree(folder, ignore_errors=True)
    before = None
    for number, tree in enumerate(trees, 1):
        root = f"{folder}/{number}" if len(trees) > 1 else folder
        text(f"{root}/proc/diskstats", tree.get("diskstats") or diskstats(tree))
        text(f"{root}/proc/uptime", "%.2f 0.00\n" % tree["uptime"])
        text(f"{root}/proc/stat", "btime %d\n" % round(tree["wall"] - tree["uptime"]))
        if number == 1 and os.path.basename(folder) in NAMED:
            text(f"{root}/sys/devices/system/cpu/cpu0/.keep", "")
            for name, value in (("hostname", "lab"), ("ostype", "Linux"), ("osrelease", "7.3.4"), ("arch", "x86_64")):
                text(f"{root}/proc/sys/kernel/{name}", value + "\n")
        now = {key: tree.get(key) for key in ("maps", "paths", "heads", "head_links", "ports", "policy")}
        if now == before:
            link(f"{root}/sys", f"../{number - 1}/sys")
            continue
        before = now
        sysfs(f"{root}/sys", tree)


def sysfs(sys_, tree):
    for kernel, one in tree["maps"].items():
        text(f"{sys_}/block/{kernel}/dm/uuid", one["uuid"] + "\n")
        text(f"{sys_}/block/{kernel}/dm/name", one["name"] + "\n")
        for slave in one["slaves"]:
            text(f"{sys_}/block/{kernel}/slaves/{slave}", "")
        if "diskseq" in one:
            text(f"{sys_}/block/{kernel}/diskseq", one["diskseq"] + "\n")
        for name in ("dm/suspended", "queue/iostats"):
            if name in one:
                text(f"{sys_}/block/{kernel}/{name}", one[name] + "\n")
    for head, place in tree.get("head_links", {}).items():
        text(f"{sys_}/{place}/.keep", "")
        link(f"{sys_}/block/{head}", f"../{place}")
    for head, wwid in tree["heads"].items():
        text(f"{sys_}/block/{head}/wwid", wwid + "\n")
        text(f"{sys_}/class/nvme-subsystem/nvme-subsys{head[4]}/iopolicy", tree.get("policy", "numa") + "\n")
    for path, one in tree["paths"].items():
        # The recorded link without the bus: host0/target0:0:0/0:0:0:0/block/sda, nvme/nvme0/nvme1c0n1.
        place = re.sub(r"^\.\./devices/.*?/(host\d|nvme/)", r"\1", one["link"])
        real = f"{sys_}/devices/{place}"
        os.makedirs(real, exist_ok=True)
        link(f"{sys_}/block/{path}", f"../devices/{place}")
        up = "../../../" + place.split("/")[-3] if "/block/" in place else "../../" + place.split("/")[1]
        link(f"{real}/device", up)
        device = os.path.normpath(f"{real}/{up}")
        for name in ("state", "ioerr_cnt", "iotmo_cnt", "access_state", "address"):
            if one.get(name):
                text(f"{device}/{name}", one[name] + "\n")
        for name in ("ana_state", "diskseq", "queue/iostats"):
            if one.get(name):
                text(f"{real}/{name}", one[name] + "\n")
    for target, port in (tree.get("ports") or {}).items():
        text(f"{sys_}/class/fc_transport/{target}/port_name", port + "\n")


def later(tree, seconds=1.0, **grown):
    """The tree after some seconds in which `grown` devices counted on: NAME=(reads, read_ms, writes, write_ms)."""
    tree = copy.deepcopy(tree)
    tree["uptime"] += seconds
    tree["wall"] += seconds
    for name, (reads, read_ms, writes, write_ms) in grown.items():
        one = tree["disks"][name.replace("_", "-")]
        for at, by in ((2, reads), (4, reads * 16), (5, read_ms), (6, writes), (8, writes * 16), (9, write_ms), (11, min(int(seconds * 1000), read_ms + write_ms)), (12, read_ms + write_ms)):
            one[at] += by
    return tree


def edited(tree, edit):
    tree = copy.deepcopy(tree)
    edit(tree)
    return tree


def recorded(lab, out):
    """What was recorded as it was: load, names, changes."""
    load = series(f"{lab}/03-series-load/series.jsonl.gz")
    write(f"{out}/load", *load[:4])
    write(f"{out}/once", load[5])
    write(f"{out}/wwid", *series(f"{lab}/20-series/series.jsonl.gz")[:3])
    removed = series(f"{lab}/07-series-delete/series.jsonl.gz")[2:6]
    write(f"{out}/removed", *(only(tree, "mpatha") for tree in removed))
    added = series(f"{lab}/08-series-readd/series.jsonl.gz")[2:6]
    write(f"{out}/added", *(only(tree, "mpatha") for tree in added))
    offline = [only(tree, "mpatha") for tree in series(f"{lab}/04-series-offline/series.jsonl.gz")[3:6]]
    back = edited(later(offline[-1], sda=(9, 9, 9, 9), sdc=(9, 9, 9, 9), dm_0=(18, 27, 18, 27)), lambda tree: tree["paths"]["sdc"].update(state="running"))
    write(f"{out}/offline", *offline, back)
    odd = [only(tree, "odd\\x20name\\x20\\x22q\\x22\\x20\\xc3\\xa9+x@1:2=3\\x25s", "35000c50000000001") for tree in series(f"{lab}/30-series/series.jsonl.gz")[:2]]
    write(f"{out}/blanks", odd[0], later(odd[0], sdg=(10, 20, 0, 0), dm_3=(10, 25, 0, 0)))
    return load


def changed(out, load):
    """Changes that were not recorded, made of what was."""
    first, second = (only(tree, "mpatha", "mpathb", "mpathc") for tree in load[:2])
    third = later(later(second), sda=(40, 60, 20, 30), sdc=(40, 60, 20, 30), dm_0=(80, 130, 40, 70))
    write(f"{out}/idle", first, second, later(second), third)
    new = edited(first, lambda tree: (tree["maps"].pop("dm-1"), tree["disks"].pop("dm-1")))
    gone = edited(later(second, sda=(4, 4, 4, 4), dm_0=(4, 5, 4, 5)), lambda tree: (tree["maps"].pop("dm-2"), tree["disks"].pop("dm-2")))
    write(f"{out}/maps", new, second, gone)

    def move(tree):
        tree["maps"]["dm-0"]["slaves"].remove("sdc")
        tree["maps"]["dm-2"]["slaves"].append("sdc")
        tree["maps"]["dm-2"]["name"] = "renamed"

    moved = edited(later(second, sda=(8, 8, 8, 8), sdc=(4, 4, 4, 4), dm_0=(8, 9, 8, 9), dm_2=(4, 5, 4, 5)), move)
    write(f"{out}/moved", first, second, moved)

    def another(tree):
        tree["paths"]["sdc"]["diskseq"] = "99"
        tree["disks"]["sdc"][2] += 5_000_000

    def counted(tree):
        for number, path in enumerate(tree["paths"].values()):
            path["diskseq"] = str(number + 1)

    first_counted, second_counted = edited(first, counted), edited(second, counted)
    replaced = edited(later(second_counted, sda=(8, 8, 8, 8), dm_0=(8, 9, 8, 9)), another)
    write(f"{out}/replaced", first_counted, second_counted, replaced, later(replaced, sdc=(6, 6, 6, 6), dm_0=(6, 7, 6, 7)))

    def back(tree):
        tree["disks"]["sdc"] = tree["disks"]["sdc"][:2] + [1] * 17

    reset = edited(later(second, sda=(8, 8, 8, 8), dm_0=(8, 9, 8, 9)), back)
    write(f"{out}/reset", first, reset, later(reset, sdc=(6, 6, 6, 6), dm_0=(6, 7, 6, 7)))

    def high(tree):
        for name in ("sda", "dm-0"):
            tree["disks"][name][5] = 2**32 - 10

    def wrapped(tree):
        for name in ("sda", "dm-0"):
            tree["disks"][name][5] -= 2**32

    before = edited(first, high)
    write(f"{out}/wrapped", before, edited(later(before, sda=(8, 30, 0, 0), dm_0=(8, 40, 0, 0)), wrapped))
    vanished = edited(later(second, sda=(8, 8, 8, 8), dm_0=(8, 9, 8, 9)), lambda tree: tree["disks"].pop("sdc"))
    write(f"{out}/vanished", first, second, vanished)
    write(f"{out}/gone", first, second, edited(vanished, lambda tree: tree["paths"].pop("sdc")))


def damaged(out, load):
    """Input as no kernel should give it."""
    first, second = (only(tree, "mpatha", "mpathb", "mpathc") for tree in load[:2])
    whole = diskstats(second)
    middle = whole.index(" dm-0 ") + 25
    write(f"{out}/cut", first, dict(second, diskstats=whole[:middle]))
    lines = whole.splitlines()
    strange = "\n".join(lines[:2] + ["", "   8      32 sdc 1 2 three 4 5 6 7 8 9 10 11", "what is this"] + lines[2:] + [""])
    write(f"{out}/strange", first, dict(second, diskstats=strange))
    columns = "".join(" ".join(line.split()[:14] + (["0"] * 10 if number % 2 else [])) + "\n" for number, line in enumerate(lines))
    write(f"{out}/columns", first, dict(second, diskstats=columns))
    write(f"{out}/unreadable", *(only(tree, "mpatha", "mpathb") for tree in load[:2]))
    os.remove(f"{out}/unreadable/1/sys/block/dm-1/dm/uuid")
    os.makedirs(f"{out}/unreadable/1/sys/block/dm-1/dm/uuid/folder")
    os.remove(os.path.realpath(f"{out}/unreadable/1/sys/block/sdc/device/state"))
    os.makedirs(os.path.realpath(f"{out}/unreadable/1/sys/block/sdc/device") + "/state/folder")
    for folder, _, files in list(os.walk(f"{out}/unreadable")):
        if not files and not os.listdir(folder):
            text(f"{folder}/.keep", "")

    def hostile(tree):
        tree["maps"]["dm-0"]["name"] = "evil\\x1b[2J\\x0aname\\xff"
        tree["wall"] = 9_000_000_000_000_000
        for at, name in enumerate(("sda", "sdc", "dm-1")):
            tree["disks"][name][2:] = [2**64 - 1 - at] * 17

    went_back = edited(second, hostile)
    went_back["disks"]["sdc"][2:] = [2**64 - 5] * 17
    write(f"{out}/hostile", edited(first, hostile), went_back)
    none = edited(first, lambda tree: tree.update(maps={}, paths={}, disks={"vda": [254, 0] + [0] * 17}))
    write(f"{out}/none", none, later(none))


def arrays(out, load):
    """Two arrays of four paths each over two HBAs and two ports, at a load that shows; and NVMe."""
    base = {"uptime": 1000.0, "wall": load[0]["wall"], "disks": {}, "maps": {}, "paths": {}, "heads": {},
            "ports": {f"target{host}:0:{port}": f"0x500a098{port}c0ffee{port}" for host in (1, 2) for port in (0, 1)}}
    letters = iter("abcdefgh")
    for number in (0, 1):
        slaves = []
        for host in (1, 2):
            for port in (0, 1):
                name = "sd" + next(letters)
                hctl = f"{host}:0:{port}:{number}"
                access = "active/optimized" if port == number else "active/non-optimized"
                base["paths"][name] = {"link": f"../devices/pci/host{host}/rport-{host}:0-{port}/target{host}:0:{port}/{hctl}/block/{name}", "state": "running",
                                       "ioerr_cnt": "0x1f", "iotmo_cnt": "0x2", "access_state": access}
                base["disks"][name] = [8, 16 * len(base["disks"])] + [1000] * 17
                slaves.append(name)
        base["maps"][f"dm-{number}"] = {"uuid": f"mpath-3600a098000{number}", "name": f"data{number + 9}", "slaves": slaves}
    for number in (0, 1):
        base["disks"][f"dm-{number}"] = [253, number] + [1000] * 17
    base["heads"]["nvme0n1"] = "uuid.4d8d5ce3-7d9e-4c7a-9c4c-1f1e2d3c4b5a"
    base["disks"]["nvme0n1"] = [259, 0] + [0] * 17
    for controller, ana in ((0, "optimized"), (1, "non-optimized")):
        name = f"nvme0c{controller}n1"
        base["paths"][name] = {"link": f"../devices/virtual/nvme-fabrics/ctl/nvme/nvme{controller}/{name}", "state": "live", "ana_state": ana,
                               "address": f"traddr=10.0.{controller}.5,trsvcid=4420,host_traddr=10.0.{controller}.1"}
        base["disks"][name] = [259, controller + 1] + [1000] * 17
    # One path of data9 through host2 is slow: its port, or the cable to it, is worth a look.
    quick, slow, rest = (600, 420, 300, 300), (150, 1350, 75, 900), (0, 0, 0, 0)
    for name, one in base["disks"].items():
        one[10] = 0 if name in ("sdb", "sde", "sdg", "nvme0c1n1") else 2
    load_ = dict(sda=quick, sdc=slow, sdb=rest, sdd=(1, 1, 0, 0), sdf=quick, sdh=quick, sde=rest, sdg=rest, nvme0c0n1=(2000, 400, 1000, 300),
                 nvme0c1n1=rest, dm_0=(750, 1900, 375, 1300), dm_1=(1200, 900, 600, 700))
    second = later(base, 1.0, **load_)
    second["paths"]["sdc"]["ioerr_cnt"], second["paths"]["sdc"]["iotmo_cnt"] = "0x24", "0x3"
    third = later(second, 1.0, **load_)
    write(f"{out}/arrays", base, second, third)


def two_paths(load):
    """One map with two paths, each through a host of its own."""
    tree = {"uptime": 1000.0, "wall": load[0]["wall"], "disks": {"dm-0": [253, 0] + [0] * 17}, "paths": {}, "heads": {},
            "maps": {"dm-0": {"uuid": "mpath-3600a0980000", "name": "data9", "slaves": ["sda", "sdb"]}}}
    for host, name in enumerate(("sda", "sdb"), 1):
        tree["paths"][name] = {"link": f"../devices/pci/host{host}/target{host}:0:0/{host}:0:0:0/block/{name}", "state": "running"}
        tree["disks"][name] = [8, 16 * host - 16] + [0] * 17
    return tree


def a_second_later(tree, **counts):
    """The tree one second later, in which paths completed so many reads in so many milliseconds."""
    tree = copy.deepcopy(tree)
    tree["uptime"] += 1
    tree["wall"] += 1
    for path, (reads, spent) in counts.items():
        for name in (path, "dm-0"):
            disk = tree["disks"][name]
            # Reads, sectors, milliseconds; busy milliseconds, and all requests added up.
            for field, more in ((2, reads), (4, reads * 16), (5, spent), (11, min(spent, 1000) if name == path else 500), (12, spent)):
                disk[field] += more
    return tree


def slowing(out, load):
    """Twenty seconds in which the second path takes longer and longer, and recovers."""
    trees = [two_paths(load)]
    # Average milliseconds of a request on the second path. Slow requests keep the queue full, so fewer of them complete.
    for ms in (1, 1, 1, 2, 1, 1, 2, 3, 5, 8, 12, 14, 15, 13, 14, 9, 3, 1, 2, 1):
        trees.append(a_second_later(trees[-1], sda=(400, 400 + 40 * len(trees) % 200), sdb=(800 // (ms + 1), 800 // (ms + 1) * ms)))
    write(f"{out}/slowing", *trees)


def unbalanced(out, load):
    """The second path is as quick as the first one, and hardly used."""
    first = two_paths(load)
    write(f"{out}/unbalanced", first, a_second_later(first, sda=(900, 900), sdb=(100, 100)))


def not_counted(out, load):
    """The kernel is set not to count a map, or a path."""
    def trees(table, name):
        first = two_paths(load)
        first[table][name]["queue/iostats"] = "0"
        second = a_second_later(first, sda=(900, 900), sdb=(1000, 1000))
        both = [first, second, a_second_later(second, sda=(900, 900), sdb=(1000, 1000))]
        for tree in both:
            tree["disks"][name][2:] = [0] * 17
        return both

    write(f"{out}/not-counted-map", *trees("maps", "dm-0"))
    write(f"{out}/not-counted-path", *trees("paths", "sda"))


def suspended(out, load):
    """A map that somebody suspended before the second sample: nothing moves, and nothing is in flight."""
    trees = [two_paths(load)]
    for _ in range(2):
        trees.append(a_second_later(trees[-1]))
        trees[-1]["maps"]["dm-0"]["dm/suspended"] = "1"
    write(f"{out}/suspended", *trees)


def delayed_removal(out, load):
    """The last paths of an NVMe map go, and the kernel keeps it for some time (delayed_removal_secs)."""
    first = {"uptime": 1000.0, "wall": load[0]["wall"], "maps": {}, "paths": {}, "heads": {"nvme1n1": "uuid.4d8d5ce3"},
             "head_links": {"nvme1n1": "devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1", "nvme2n1": "devices/pci/nvme/nvme2/nvme2n1"},
             "disks": {"nvme1n1": [259, 1] + [0] * 17, "nvme2n1": [259, 4] + [0] * 17}}
    for controller in (0, 1):
        name = f"nvme1c{controller}n1"
        first["paths"][name] = {"link": f"../devices/virtual/nvme-fabrics/ctl/nvme/nvme{controller}/{name}", "state": "live", "ana_state": "optimized"}
        first["disks"][name] = [259, controller + 2] + [0] * 17
    second = later(first, nvme1n1=(1000, 500, 0, 0), nvme1c0n1=(500, 250, 0, 0), nvme1c1n1=(500, 250, 0, 0))

    def lost(tree):
        tree["paths"] = {}
        for name in ("nvme1c0n1", "nvme1c1n1"):
            tree["disks"].pop(name)
        tree["disks"]["nvme1n1"][10] = 16

    third = edited(later(second), lost)
    write(f"{out}/delayed-removal", first, second, third, later(third))


def two_namespaces(out, load):
    """The counters of two namespaces of a subsystem on which requests hang, without sysfs."""
    first = {"uptime": 1000.0, "wall": load[0]["wall"], "maps": {}, "paths": {}, "heads": {}, "disks": {}}
    for namespace in (1, 2):
        for name in (f"nvme3n{namespace}", f"nvme3c4n{namespace}", f"nvme3c5n{namespace}"):
            first["disks"][name] = [259, len(first["disks"])] + [10] * 8 + [0] * 9
    trees = [first]
    for _ in range(3):
        trees.append(later(trees[-1]))
        for namespace in (1, 2):
            one = trees[-1]["disks"][f"nvme3n{namespace}"]
            one[10], one[11] = 4, one[11] + 600
    write(f"{out}/two-namespaces", *trees)


def texts(lab, out):
    """What multipath and iostat printed, and the same as other versions and settings print it."""
    shutil.copy(f"{lab}/01-friendly/multipath-ll.txt", f"{out}/friendly.txt")
    shutil.copy(f"{lab}/03-load/iostat-xkyz.txt", f"{out}/iostat-12.txt")
    lines = open(f"{out}/iostat-12.txt").read().splitlines()
    # avg-cpu is not ours, and the first two reports are enough.
    text(f"{out}/iostat-comma.txt", re.sub(r"(\d)\.(\d\d)", r"\1,\2", "\n".join(lines[:36]) + "\n"))
    coloured = [re.sub(r"^(\S+)( .*)$", "\x1b[32;22m\\1\x1b[0m\\2", re.sub(r"( +\d+\.\d\d)", "\x1b[34;1m\\1\x1b[0m", line)) if re.match(r"(dm|nvme|sd)", line) else line for line in lines[:19]]
    text(f"{out}/iostat-colours.txt", "\n".join(coloured) + "\n")
    old = ["Linux 3.10.0 (lab)\t11/22/26\t_x86_64_\t(2 CPU)", ""]
    pretty = list(old)
    rows = [line.split() for line in lines if re.match(r"(dm|nvme|sd)", line)][:10]
    old.append("Device:         rrqm/s   wrqm/s     r/s     w/s    rkB/s    wkB/s avgrq-sz avgqu-sz   await  svctm  %util")
    for name, *words in rows:
        r, rkb, _, _, rwait, _, w, wkb, _, _, wwait = map(float, words[:11])
        ios = r + w
        await_ = (r * rwait + w * wwait) / ios if ios else 0.0
        old.append("%-13s %8.2f %8.2f %7.2f %7.2f %8.2f %8.2f %8.2f %8.2f %7.2f %6.2f %6.2f" % (name, 0, 0, r, w, rkb, wkb, (rkb + wkb) * 2 / ios if ios else 0, float(words[-2]), await_, 0, float(words[-1])))
    text(f"{out}/iostat-9.txt", "\n".join(old + ["", ""]))
    for heads, take in ((lines[6].split()[1:7], slice(0, 6)), (lines[6].split()[7:13], slice(6, 12)), (lines[6].split()[19:], slice(18, None))):
        pretty.append(" ".join("%8s" % head for head in heads) + " Device")
        pretty += [" ".join("%8s" % word for word in row[1:][take]) + " " + row[0] for row in rows]
        pretty.append("")
    text(f"{out}/iostat-pretty.txt", "\n".join(pretty + [""]))
    topology = open(f"{out}/friendly.txt").read().splitlines()
    topology[2] = topology[2].replace("policy=", "polcy=")
    topology[4] = topology[4][:12]
    topology.insert(7, "Oct 28 14:02:44 | sde: couldn't get target port group")
    topology[8] = "mpathb (35000c50000000002 dm-1 LABCO,Virtual B"
    text(f"{out}/damaged.txt", "\n".join(topology) + "\n")


def main(lab, out):
    os.makedirs(out, exist_ok=True)
    load = recorded(lab, out)
    changed(out, load)
    damaged(out, load)
    arrays(out, load)
    slowing(out, load)
    unbalanced(out, load)
    for make in (not_counted, suspended, delayed_removal, two_namespaces):
        make(out, load)
    texts(lab, out)


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
