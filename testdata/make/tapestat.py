#!/usr/bin/env python3
"""Makes testdata/samples/tapestat: trees for `tapestat --root`.

    tapestat.py RECORDED      RECORDED holds load1/series.jsonl.gz and delete-add/series.jsonl.gz, statistics
                              of real st devices (scsi_debug) recorded under load

load, hotplug and blocks are recordings; the rest is made up, each tree for what its name says.
"""
import gzip, json, os, re, shutil, sys

OUT = os.path.join(os.path.dirname(os.path.realpath(__file__)), '../samples/tapestat')
FILES = 'read_ns write_ns io_ns read_byte_cnt write_byte_cnt read_cnt write_cnt other_cnt resid_cnt in_flight'.split()
BTIME = 1795353586

def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(text if isinstance(text, bytes) else text.encode())

def link(path, target):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path)

def machine(root, uptime, node='lab', cpus=2):
    write(f'{root}/proc/uptime', uptime)
    write(f'{root}/proc/stat', f'cpu  0 0 0 0\nbtime {BTIME}\n')
    for name, text in dict(hostname=node, ostype='Linux', osrelease='7.3.4+deb13-amd64', arch='x86_64').items():
        write(f'{root}/proc/sys/kernel/{name}', text + '\n')
    for cpu in range(cpus):
        write(f'{root}/sys/devices/system/cpu/cpu{cpu}/online', '1\n')

def drive(root, number, values, hctl=None):
    folder = f'{root}/sys/class/scsi_tape/st{number}'
    for name, value in zip(FILES, values):
        write(f'{folder}/stats/{name}', value if isinstance(value, (str, bytes)) else f'{value}\n')
    if hctl:
        link(f'{folder}/device', f'../../../{hctl}')

def recorded(source, out, wanted):
    samples = {}
    with gzip.open(source, 'rt') as lines:
        for line in lines:
            r = json.loads(line)
            if 'text' in r:
                samples.setdefault(r['n'], {})[r['file']] = r['text']
    for index, n in enumerate(wanted, 1):
        machine(f'{out}/{index}', samples[n]['/proc/uptime'])
        for path, text in samples[n].items():
            if re.match(r'/sys/class/scsi_tape/st\d+/stats/', path):
                write(f'{out}/{index}{path}', text)

def transfer(seconds, per_second, block, ns_each):
    """Operations of `block` bytes for so many seconds: time, bytes, count."""
    count = seconds * per_second
    return count * ns_each, count * block, count

def backup(out):
    """Two backups at work, one with blocks of 10 kB; a drive that rewinds; one that does nothing."""
    for tree, seconds in enumerate((600, 605, 610), 1):
        root = f'{out}/{tree}'
        machine(root, f'{seconds}.00 1.00\n', node='backup')
        ns, size, count = transfer(seconds, 1120, 262144, 850000)
        drive(root, 0, [0, ns, ns + 4 * 10**9, 0, size, 0, count, 12, 0, 1])
        ns, size, count = transfer(seconds, 3900, 10240, 246000)
        drive(root, 1, [0, ns, ns + 4 * 10**9, 0, size, 0, count, 12, 0, 1])
        # The rewind began after the first sample and ends before the last: only then it has a time.
        took = 7_200_000_000 if tree == 3 else 0
        drive(root, 2, [5 * 10**11, 0, 5 * 10**11 + took, 1 << 38, 0, 1 << 20, 0, 40 + (tree == 3), 1, int(tree == 2)])
        drive(root, 3, [0] * 10, '8:0:1:0')
        drives = [('7:0:0:0', 'HU1327WEYT'), ('7:0:1:0', 'HU1327WF02'), ('8:0:0:0', 'HU1419ABCD')]
        for number, (hctl, serial) in enumerate(drives):
            page = bytes([1, 0x80, 0, len(serial)]) + serial.encode()
            write(f'{root}/sys/devices/{hctl}/vpd_pg80', page)
            link(f'{root}/sys/class/scsi_tape/st{number}/device', f'../../../devices/{hctl}')
            write(f'{root}/dev/nst{number}', '')
            link(f'{root}/dev/tape/by-id/scsi-35000e111c{number}', f'../../st{number}')
            link(f'{root}/dev/tape/by-id/scsi-35000e111c{number}-nst', f'../../nst{number}')
            link(f'{root}/dev/tape/by-path/pci-0000:07:00.0-sas-phy{number}-lun-0', f'../../st{number}')

# Real st drives (scsi_debug, Linux 7.3.4): before, after writing with dd bs=32k, 64k and 256k to st0, st1, st2, after
# rewinding, after reading as many blocks; st3 idle. A line a tree: uptime, then the files of each drive.
BLOCKS = """
55.77 0,0,35913651,0,0,0,0,7,0,0 0,0,120697762,0,0,0,0,7,0,0 0,0,33285728,0,0,0,0,7,0,0 0,0,17404553,0,0,0,0,3,0,0
75.75 0,998474397,1053471250,0,6553600,0,200,11,0,0 0,965462346,1103467747,0,13107200,0,200,11,0,0 0,486076693,541722973,0,26214400,0,100,11,0,0 0,0,17404553,0,0,0,0,3,0,0
88.13 0,998474397,1082878153,0,6553600,0,200,15,0,0 0,965462346,1130356179,0,13107200,0,200,15,0,0 0,486076693,560827127,0,26214400,0,100,15,0,0 0,0,17404553,0,0,0,0,3,0,0
104.01 1070943751,998474397,2166715821,6553600,6553600,200,200,18,0,0 1015122368,965462346,2158352885,13107200,13107200,200,200,18,0,0 525631447,486076693,1099168085,26214400,26214400,100,100,18,0,0 0,0,17404553,0,0,0,0,3,0,0
"""

def blocks(out):
    for tree, line in enumerate(BLOCKS.split('\n')[1:-1], 1):
        uptime, *drives = line.split()
        machine(f'{out}/{tree}', uptime + ' 1.00\n')
        for number, values in enumerate(drives):
            drive(f'{out}/{tree}', number, values.split(','))

def reset(out):
    """The counters of st0 begin anew before the second sample; those of st1 go on."""
    for tree, (st0, st1) in enumerate([(1000, 1000), (10, 1050), (60, 1100)], 1):
        root = f'{out}/{tree}'
        machine(root, f'{100 + 5 * tree}.00 1.00\n')
        for number, count in enumerate((st0, st1)):
            ns = count * 10**7
            drive(root, number, [ns, 0, ns, count << 16, 0, count, 0, 0, 0, 0])

def new(out):
    """A drive that comes before the second sample."""
    for tree in (1, 2, 3):
        machine(f'{out}/{tree}', f'{100 + 5 * tree}.00 1.00\n')
        for number in (0, 1)[:tree]:
            count = 1000 * tree
            drive(f'{out}/{tree}', number, [0, count * 10**6, count * 10**6, 0, count << 15, 0, count, 0, 0, 0])

def broken(out):
    """A drive for each way in which a file of statistics can be bad, and two good ones."""
    good = [0, 10**9, 10**9, 0, 1 << 26, 0, 1024, 0, 0, 0]
    bad = ['', 'many\n', '-1\n', '18446744073709551616\n', '12 13\n', '\x1b[2J7\n']
    machine(out, '100.00 1.00\n')
    drive(out, 0, good)
    for number, text in enumerate(bad, 1):
        drive(out, number, good[:5] + [text] + good[6:])
    drive(out, 7, good[:8])                                     # no resid_cnt
    drive(out, 8, [f'{value}\n'.encode().ljust(4096, b'\0') for value in good])
    write(f'{out}/sys/class/scsi_tape/st9/stats', '')           # a file where a folder should be
    drive(out, 10, good)
    os.unlink(f'{out}/sys/class/scsi_tape/st10/stats/read_ns')
    write(f'{out}/sys/class/scsi_tape/st10/stats/read_ns/no-file', '')
    write(f'{out}/sys/class/scsi_tape/stx/stats/io_ns', '1\n')  # no drive

def hostile(out):
    """Names that try to steer a terminal or to leave a JSON string."""
    machine(out, '100.00 1.00\n', node='a\x1b[31m"\\')
    drive(out, 0, [0] * 10)
    link(f'{out}/dev/tape/by-id/x\x1b]0;"\\', '../../st0')

def wide(out):
    """Numbers that do not fit their columns."""
    machine(out, '10.00 1.00\n')
    for number in (99, 100, 1000, 10000):
        drive(out, number, [10**10 * number, 0, 10**10 * number, number << 40, 10 << 50, number * 10**8, 10, 0, 0, 0])

def named(root, number, values, hctl, serial, **attributes):
    """A drive with an address, a serial number and other attributes of its SCSI device."""
    drive(root, number, values)
    link(f'{root}/sys/class/scsi_tape/st{number}/device', f'../../../devices/scsi/{hctl}')
    page = bytes([1, 0x80, 0, len(serial)]) + serial.encode()
    write(f'{root}/sys/devices/scsi/{hctl}/vpd_pg80', page)
    for name, value in attributes.items():
        write(f'{root}/sys/devices/scsi/{hctl}/{name}', f'{value}\n')

def writing(seconds, mb_per_second, block, others=0):
    """The counters of a drive that wrote for so many seconds, busy for 90 % of the time."""
    ns, count = seconds * 9 * 10**8, seconds * mb_per_second * 10**6 // block
    return [0, ns, ns, 0, count * block, 0, count, others, 0, 0]

def trees(out, count):
    """The roots and times of a few trees, five seconds apart."""
    for tree in range(1, count + 1):
        machine(f'{out}/{tree}', f'{1000 + 5 * tree}.00 1.00\n')
        yield tree, f'{out}/{tree}', 100 + 5 * tree

def vendor_driver(out):
    """Two drives of a driver that keeps no statistics, one without a driver, and a disk."""
    for tree, root, _ in trees(out, 2):
        devices = [(0, 1, 'lin_tape'), (1, 1, 'lin_tape'), (2, 1, None), (3, 0, 'sd')]
        for target, kind, driver in devices:
            hctl = f'7:0:{target}:0'
            link(f'{root}/sys/bus/scsi/devices/{hctl}', f'../../../devices/scsi/{hctl}')
            for name, value in dict(type=kind, vendor='IBM     ', model='ULT3580-TD9     ').items():
                write(f'{root}/sys/devices/scsi/{hctl}/{name}', f'{value}\n')
            if driver:
                link(f'{root}/sys/devices/scsi/{hctl}/driver', f'../../../bus/scsi/drivers/{driver}')
        if tree == 2:
            named(root, 0, writing(5, 100, 65536), '7:0:2:0', 'LATE')
        write(f'{root}/dev/IBMtape0', '')

def by_sg(out):
    """A drive that is used through sg: its SCSI device completes commands of which st does not know."""
    for tree, root, seconds in trees(out, 3):
        idle = [0, 0, 5 * 10**12, 0, 0, 0, 0, 26770, 0, 0]
        named(root, 0, idle, '8:0:0:0', 'LTFS01', iodone_cnt=hex(5000 + 1500 * tree))
        named(root, 1, writing(seconds, 280, 524288), '8:0:1:0', 'DD02', iodone_cnt=hex(2670 * tree))
        # That of a drive that is asked for its status twice wraps.
        named(root, 2, [0] * 10, '8:0:2:0', 'IDLE03', iodone_cnt=hex((0xfffffff0 + 10 * tree) % (1 << 32)))

def bytes_back(out):
    """A wrong residual takes from the bytes that st0 wrote before the third sample."""
    for tree, root, seconds in trees(out, 4):
        values = writing(seconds, 100, 65536)
        values[8] = 10 * tree
        if tree == 3:
            values[4] -= 700 * 10**6
        drive(root, 0, values)
        drive(root, 1, writing(seconds, 50, 65536))

def below_zero(out):
    """A wrong residual takes from the bytes that st0 wrote more than there were since boot, before the
    second sample; the counter of st2 is below zero from the start."""
    for tree, root, seconds in trees(out, 4):
        values = writing(seconds, 100, 65536)
        values[4] = (values[4], -262144, -131072, 499843072)[tree - 1]
        drive(root, 0, values)
        drive(root, 1, writing(seconds, 50, 65536))
        drive(root, 2, [*writing(seconds, 20, 65536)[:4], (tree - 3) << 20, 0, seconds * 300, 0, 0, 0])

def ids(out):
    """Six units of one target that share an id, of which the kernel does not know; and two drives of
    which it knows that they share one."""
    for tree, root, seconds in trees(out, 2):
        for unit in range(6):
            named(root, unit, writing(seconds, 20 + unit, 65536), f'9:0:0:{unit}', f'VTLUNIT{unit}')
        for target in range(3):
            wwid = 'naa.500cafe00000000' + '112'[target]
            named(root, 6 + target, writing(seconds, 30, 65536), f'9:0:{1 + target}:0', f'TWIN{target}', wwid=wwid)
        for name, number in dict(cafe0001=5, cafe0011=7, cafe0012=8).items():
            link(f'{root}/dev/tape/by-id/scsi-3600{name}', f'../../st{number}')
            link(f'{root}/dev/tape/by-id/scsi-3600{name}-nst', f'../../nst{number}')

def order(out):
    """Drives whose numbers have another order than their addresses and serial numbers; st8 is the second
    path to st0."""
    for tree, root, seconds in trees(out, 2):
        for number, target in enumerate((2, 4, 7, 10, 5, 3, 1, 6)):
            named(root, number, writing(seconds, 10 * target, 262144), f'33:0:{target}:0', f'SER{target:03}')
            link(f'{root}/sys/class/scsi_generic/sg{number + 3}/device', f'../../../devices/scsi/33:0:{target}:0')
        named(root, 8, [0] * 10, '34:0:2:0', 'SER002')

def own_names(out):
    """Links that an administrator made."""
    for tree, root, seconds in trees(out, 2):
        for number in range(2):
            named(root, number, writing(seconds, 100, 1 << 20), f'2:0:{number}:0', f'OWN{number}')
            link(f'{root}/dev/nst/tape{number}', f'../nst{number}')
        link(f'{root}/dev/tape/by-id/scsi-35001', '../../st1')
        link(f'{root}/dev/tape/by-id/scsi-35001-nst', '../../nst1')
        link(f'{root}/dev/backupdrive', 'tape/by-id/scsi-35001-nst')
        link(f'{root}/dev/tape0', '/dev/nst0')
        link(f'{root}/dev/library/st0', '../nst1')

def in_flight_lost(out):
    """Requests in flight of which the kernel lost count, and commands that are no number."""
    for tree, root, seconds in trees(out, 2):
        for number, in_flight in enumerate((4294967295, 18446744073709551615, -1)):
            drive(root, number, [0] * 9 + [in_flight])
        named(root, 3, writing(seconds, 100, 1 << 20)[:9] + [-1], '8:0:3:0', 'SER3', iodone_cnt='many')

def unserved(out):
    """Tape drives beside those of st: one without a driver, and one whose driver is not saved."""
    for tree, root, seconds in trees(out, 1):
        named(root, 0, writing(seconds, 100, 1 << 20), '7:0:0:0', 'SER0')
        link(f'{root}/sys/class/scsi_tape/st2/device', '../../../devices/scsi/7:0:2:0')
        for target in range(3):
            hctl = f'7:0:{target}:0'
            link(f'{root}/sys/bus/scsi/devices/{hctl}', f'../../../devices/scsi/{hctl}')
            for name, value in dict(type=1, vendor='IBM     ', model='ULT3580-TD9     ').items():
                write(f'{root}/sys/devices/scsi/{hctl}/{name}', f'{value}\n')

def replaced(out):
    """Before the second sample st0 and st1 swap their names, and another drive with higher counters takes
    the place of st2."""
    for tree, root, seconds in trees(out, 3):
        swapped = tree > 1
        for serial, target, rate in (('A', 0, 10), ('B', 1, 30)):
            number = 1 - target if swapped else target
            named(root, number, writing(seconds, rate, 65536), f'7:0:{target}:0', f'SWAP{serial}')
        serial, earlier = ('NEW', 9000) if swapped else ('OLD', 0)
        named(root, 2, writing(earlier + 5 * tree, 20, 65536), '7:0:2:0', serial)

def no_uptime(out):
    """The time of the third sample is missing, and that of the sixth is no number."""
    for tree, root, seconds in trees(out, 7):
        named(root, 0, writing(seconds, 20, 65536), '7:0:0:0', 'SER0')
        if tree == 3:
            os.unlink(f'{root}/proc/uptime')
        if tree == 6:
            write(f'{root}/proc/uptime', 'soon\n')

def quiet(out):
    """Drives whose figures are 0 over five minutes: with a request in flight, with one write, with one
    request for its status, used through sg, and idle."""
    for tree in (1, 2):
        root, seconds = f'{out}/{tree}', 300 * tree
        machine(root, f'{seconds}.00 1.00\n')
        named(root, 0, [0] * 9 + [tree - 1], '7:0:0:0', 'SER0', iodone_cnt='0x40')
        ns = 500000 * tree
        named(root, 1, [0, ns, ns, 0, 512 * tree, 0, tree, 0, 0, 0], '7:0:1:0', 'SER1', iodone_cnt='0x40')
        named(root, 2, [0, 0, ns, 0, 0, 0, 0, tree, 0, 0], '7:0:2:0', 'SER2', iodone_cnt='0x40')
        named(root, 3, [0] * 10, '7:0:3:0', 'SER3', iodone_cnt=hex(5000 * tree))
        named(root, 4, [0] * 10, '7:0:4:0', 'SER4', iodone_cnt='0x40')

def stats_gone(out):
    """A drive whose statistics are gone in the second sample."""
    for tree, root, seconds in trees(out, 3):
        for number in range(2 if tree == 1 else 1):
            named(root, number, writing(seconds, 100, 1 << 20), f'7:0:{number}:0', f'SER{number}')
        if tree > 1:
            link(f'{root}/sys/class/scsi_tape/st1/device', '../../../devices/scsi/7:0:1:0')

def main(source):
    shutil.rmtree(OUT, ignore_errors=True)
    recorded(f'{source}/load1/series.jsonl.gz', f'{OUT}/load', [2, 3, 4, 5])
    recorded(f'{source}/delete-add/series.jsonl.gz', f'{OUT}/hotplug', [0, 1, 5, 6])
    blocks(f'{OUT}/blocks')
    backup(f'{OUT}/backup')
    reset(f'{OUT}/reset')
    new(f'{OUT}/new')
    broken(f'{OUT}/broken')
    hostile(f'{OUT}/hostile')
    wide(f'{OUT}/wide')
    for make in (vendor_driver, by_sg, bytes_back, below_zero, ids, order, own_names, in_flight_lost, unserved, replaced, no_uptime,
                 quiet, stats_gone):
        make(f'{OUT}/{make.__name__.replace("_", "-")}')
    machine(f'{OUT}/none', '100.00 1.00\n')
    machine(f'{OUT}/nostats', '100.00 1.00\n')
    write(f'{OUT}/nostats/sys/class/scsi_tape/st0/dev', '9:0\n')

if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
