//! The text of the man page, except for the options.

mod columns;

use toolkit::cli::{Manual, ValueHint};

/// The man page of `mpathstat`.
pub(crate) const MANUAL: Manual = Manual {
    name: "mpathstat",
    summary: "report I/O statistics for multipath devices and each of their paths",
    synopsis: &["[options] [DEVICE...] [INTERVAL [COUNT]]"],
    operand: ValueHint::Output(DEVICES),
    description: &[
        "`mpathstat` reports, at each interval, how many reads and writes each multipath device \
         completed, how much data they transferred and how long they took, and below each device \
         the same for each of its paths. Multipath devices, also called maps, are those of device \
         mapper and those of the native multipathing of the NVMe driver.",
        "All data comes from the kernel: maps and paths from `/sys`, statistics from two readings \
         of `/proc/diskstats`. The command starts no other program and needs neither multipathd \
         nor root privileges. It works even if multipathd hangs.",
        "INTERVAL is the time between reports in seconds, with decimals if needed; the default is \
         one second. COUNT is the number of reports; without it, reports continue until SIGHUP, \
         SIGINT or SIGTERM. A report covers the time since the previous one. Maps that were idle in this \
         time are left out; see REPORT. Below a map that was not idle, all of its paths are shown. If there \
         is no map, the command says so and waits for one, unless only one report is asked for or \
         the input is saved.",
        "DEVICE is a map, given by its name, its WWID or its kernel name, or a path, given by its \
         kernel name or its address (HCTL). It may be preceded by `/dev/mapper/` or `/dev/`, be a link \
         such as those below `/dev/disk/by-id/`, or a device number such as `8:16`. An HBA such as \
         `host1`, a port of the array or an NVMe controller such as `nvme0` stands for its paths. A \
         pattern such as `'data*'` stands for all names that match it. A map is shown with all its \
         paths. A path is shown below its map, without the other paths. Devices come before the \
         interval. A number of up to twelve characters is always an interval or a count; if a map has \
         such a name, write `/dev/mapper/` before it.",
    ],
    sections: &[
        ("REPORT", REPORT),
        ("EXTENDED STATISTICS", EXTENDED),
        ("MARKS", MARKS),
        ("CHANGES", CHANGES),
        ("RECORDS", RECORDS),
        ("METRICS", METRICS),
        ("COLUMNS", columns::COLUMNS),
        ("NOTES", NOTES),
        ("ENVIRONMENT", ENVIRONMENT),
        ("FILES", columns::FILES),
        ("COMPATIBILITY", columns::COMPATIBILITY),
        ("EXIT STATUS", STATUS),
    ],
    examples: &[
        (
            "What hangs? Requests are in flight on all paths of one map and on one path of the other, \
             and none is completed. In these examples, tr(1) and fold(1) make lines fit the page:",
            "page-incident",
        ),
        (
            "Find the slow path of an array. Here, `array` is a saved system; on a live system, \
             omit `--root`. One path is marked:",
            "page-slow-path",
        ),
        ("Is the HBA slow, or the port of the array? Both look slow:", "page-by-host"),
        (
            "But of all paths through `host2`, and of all paths to that port, only this one is \
             slow, and it has errors and timeouts. Check the cable or the zone between the two:",
            "slow-path-errors",
        ),
        ("The same in one command:", "page-host-and-target"),
        (
            "Why does the second path not help? The load is not spread over both, although both are quick; \
             look at the path selector and the priorities of multipath:",
            "unbalanced",
        ),
        ("Examine a support case that contains only saved output:", "page-support-case"),
        ("List paths for a script, slowest first:", "slowest-first"),
    ],
    see_also: &["iostat(1)", "multipath(8)", "multipathd(8)", "nvme(1)", "tapestat(1)"],
};

/// Prints the names of all maps and paths, for completions.
const DEVICES: &str = "command -v mpathstat >/dev/null && mpathstat -a --since-boot -o tsv 1 1 2>/dev/null | tail -n +2 | cut -f 3,6 | tr '\\t' '\\n' | sort -u";

const REPORT: &[&str] = &[
    "`Reads`, `Writes`: reads and writes completed per second. `KBytesR/S`, `KBytesW/S`: \
     kilobytes of 1024 bytes read and written per second. `Await`: average time in milliseconds \
     that a read or write took, including the time in the queue. It is `-` \
     while requests are in flight and none is completed. `-` means that a figure is \
     unknown: the device appeared since the previous report, it is a different device with the \
     same name, its counters were reset, or the kernel is set not to count its I/O \
     (`/sys/block/*/queue/iostats` is 0). A map that is not counted has the sums of its paths instead, if \
     all of these are known.",
    "A map is idle, and left out, if it completed no request (read, write, discard or flush), was not \
     busy and has no request in flight, no request is in flight on any of its paths, and its paths \
     did no more I/O than the map and a path checker explain: 2 reads and writes per second and path \
     more than the map. A map that is known to be suspended is never idle, nor, with `-i`, a map without a \
     usable path: requests that wait need not be in flight. With `-i`, a sum (`-g`) is not idle if it has a \
     mark or no usable path, unless the array wants no I/O on its paths. `-a` shows idle maps, too.",
    "Maps are sorted by name in natural order (`mpath2` before `mpath10`), the paths of a map by \
     address, or as in the file that `--topology` reads. With such a file, a path whose device \
     was removed is named by its device number, or `-`.",
];

const EXTENDED: &[&str] = &[
    "`-x` adds the following columns. The errors and timeouts of a map are the sums of those of \
     its paths.",
    "`r_await`, `w_await`: average time in milliseconds of a read and of a write. `areq-sz`, \
     `rareq-sz`, `wareq-sz`: average size of a read or write, of a read, and of a write. `InFlight`: \
     number of requests in flight at the end of the interval. `aqu-sz`: average number of requests in \
     flight. `%util`: percentage of the time in which at least one request was in flight; the sum of \
     several devices can exceed 100.",
    "`Disc/S`, `d_await`, `Flush/S`, `f_await`: discards and flushes completed per second, and their \
     average time in milliseconds. The kernel counts discards since Linux 4.18, flushes since 5.5, \
     and flushes only on devices that pass them on as requests of their own.",
    "`Err/S`, `Tmo/S`: commands per second that ended with an error or timed out. They are known \
     for SCSI devices, timeouts since Linux 6.1. `Rty/S`, `Fov/S`: commands per second that the NVMe \
     driver sent again, and requests that it moved to another path. Kernels whose NVMe driver has \
     `/sys/block/nvme*/diag` count these and the errors of NVMe paths.",
    "`%Share`: percentage of the reads and writes of all paths of the map that went through this path; `-` \
     if those of a path are unknown and the others are less than those of the map. \
     `HCTL`: host, channel, target and LUN, or the NVMe controller. `Host`: the HBA; for NVMe over a \
     network, the address of the host. `Target`: the port of the array: the iSCSI name and portal, the \
     WWPN of Fibre Channel, the address of SAS, the NVMe controller and its address, or the SCSI \
     target. `Group`: number and state of the path group. `State`: state of the device; for a map, how \
     many of its paths can carry I/O, as described in MARKS. `Access`: access state of the path by \
     ALUA or ANA; for an NVMe map, its I/O policy. Some kernels let only root read ALUA states. \
     `Multipathd`: state of the path in device mapper and state of the path checker.",
    "Only multipathd knows `Group` and `Multipathd`, unless the file for `--topology` contains \
     them. It is asked in the background, with a deadline, on its socket in the network namespace \
     or on `/run/multipathd.socket`, which a container can mount. Until it answers, and when its last \
     answer is more than 10 seconds old, these columns are `-`. An answer counts only if it comes \
     from root, has at most 16 MiB, and is not `timeout` or `fail`, which multipathd answers while it hangs.",
];

const MARKS: &[&str] = &[
    "`-i` marks what is wrong. A mark follows the figures of its map or path, and that of a path \
     ends with the host and the target of the path:",
    "    |- sdc  150.00  75.00  10.00  <- await 12.50 x sda (host2, 0x500a0980c0ffee0)",
    "In an incident, a mark says where to look next:",
    "    requests hang on a path         <- stuck 12 in flight   fabric from host to port",
    "    all paths are gone              <- no path, 37 queued   array, zone, multipathd",
    "    a path is offline or failed     <- offline, <- failed   cable, HBA, port",
    "    the map itself is suspended     <- suspended            dmsetup info, multipathd",
    "    the array moved the LUN         2/4 (2 standby)         nothing, or the array",
    "    a path is used directly         <- not through the map  LVM filter, fstab, ASM",
    "    one path is slower than others  <- await 12.50 x sda    HBA and port of the mark",
    "    commands fail                   <- errors, <- timeouts  kernel log of the path",
    "The row of each map ends with the number of paths that can carry I/O now, and the number of all \
     paths: `3/4`. States in which an array does not want I/O on a path follow: `2/4 (2 standby)`. \
     These are the ANA states `inaccessible`, `persistent-loss` and `change`, the ALUA states \
     `standby`, `unavailable`, `offline` and `transitioning`, and `ghost` of the path checker. They \
     are no alarm.",
    "`<- stuck 12 in flight`: there are 12 requests in flight, and for 0.9 seconds or more none was \
     completed. `Await` is `-`. iostat on Linux 5.0 or later does not print their \
     number: with `--iostat`, `<- stuck` alone stands for a device that completed nothing and was busy \
     for 90 % of the time or more. The row of the map has this mark if no request is in flight on its paths.",
    "`<- no path, 37 queued`: no path of the map can carry I/O, and 37 requests wait for one. Requests \
     that the NVMe driver holds back are not counted.",
    "`<- suspended`: device mapper holds back all I/O of the map until `dmsetup resume`, and need not \
     count it as in flight. multipathd suspends a map for a moment while it reloads it; a map stays \
     suspended if the program that suspended it hangs or died. Of the texts for `--topology`, only the JSON of \
     multipathd says so.",
    "`<- offline` and so on: the state of a path that cannot carry I/O. It is that of the device \
     (`offline`, `blocked`, `transport-offline`, `gone`, `connecting`, ...), or what multipathd says \
     about it (`failed`, `faulty`).",
    "`<- not through the map`: somebody uses the path itself instead of the map. The reads and writes \
     of all paths exceed those of the map by more than 2 per second and path and by more than 1 %, and \
     so do their sectors, in this report and in the one before. Commands that ended with an error do \
     not count, because they are repeated. One report is enough if the map had nothing to do and the \
     paths completed more than 250 reads and writes each on average, which is more than udev does when \
     it looks at a path. There is no such mark in a report since boot, in the three reports after a \
     map or path was added, and on maps of the NVMe driver.",
    "`<- await 12.50 x sda`: a read or write took 12.5 times as long as on `sda`. \
     `<- share 0.12 x sda`: the path had 0.12 times as many reads and writes as `sda`. For both, a \
     path is compared with its siblings: the paths of the same map and path group that can carry \
     I/O. Path groups are distinguished by their number, if multipathd or `--topology` supplies it, \
     and by their access state otherwise. Reads and writes are added up over several reports, until \
     there are 100 per path on average. Then the paths are judged. The result stands until the next \
     judgment, and the sums start again at zero. A judgment over the time since boot stands for its own \
     report only.",
    "A path is marked by `await` if it had at least 50 reads and writes, and if they took more than 3 \
     times as long, and more than 0.5 ms longer, than on the fastest sibling with at least 50. A path \
     that never has 50, because a path selector avoids it, is compared with the busiest sibling of \
     each report in which it has more than 2 per second, until there is enough. A path is marked by \
     `share` if it had at least 10 reads and writes, and more than 2 per second, but fewer than a \
     quarter of those of the busiest sibling. A path that is idle, or that only a path checker reads, \
     is never marked for being idle.",
    "`<- errors 5.00/s`, `<- timeouts 1.00/s`, `<- retries 2.00/s`, `<- failovers 2.00/s`: commands on \
     the path ended with an error, timed out, were sent again or moved to another path. \
     The kernel counts as an error each command that did not succeed, including a unit attention.",
    "With `-g`, each row ends with the number of usable paths. Two sums are compared by the same rules, but \
     only where both have usable paths: in the maps and path groups that they have in common, and in each \
     of these by itself. There, both count with equally many reads and writes, so a sum is not slow \
     because its maps are. Shares are those of a path on average. Sums that are not shown, because an \
     operand chooses others, count too. `<- stuck 12 in flight` counts the requests on those paths of \
     the sum that have this mark.",
    "Paths of an NVMe map with the I/O policy `numa` are not judged by share, because the driver \
     chooses them by processor; nor are those of one whose policy is unknown, because `numa` is the \
     default. Some path selectors of device mapper distribute I/O unevenly on purpose (io-affinity, or \
     round-robin with a large rr_min_io). With these, a mark by share means little. `-i` reads the \
     states and error counters of each path for each report, which costs up to four system calls per \
     path and one per map.",
];

const CHANGES: &[&str] = &[
    "Each change since the previous report is shown on a line before the report:",
    "    # 12:00:03 mpathb: path sdd offline (3/4 running)",
    "A map or path was `added` or `removed`, a path was `replaced` by a different device with the same \
     name, a map was `renamed`, or the state or the access state of a path changed. The state is \
     `gone` if the device no longer exists but the map still contains it. With `-x` or `-i`, the \
     state is also `failed` (or `faulty`, `timeout` or `down`) when multipathd takes a path out of use, and \
     `active` when it can be used again. While multipathd does not answer, no such change is shown. \
     The parentheses show how \
     many of the paths of the map can carry I/O.",
    "Maps and paths are read again when the kernel reports a change \
     (`/sys/kernel/uevent_seqnum`), or when the number of devices in `/proc/diskstats` changes. \
     The kernel does not report that somebody set a path offline by hand, and rarely that an array \
     changed an access state. Such a change is shown when device mapper notices it, or immediately \
     with `-x` and `-i`, which read the states for each report. The access states of SCSI paths are \
     read with `-x`, `-i`, `-g group` and formats for programs only, because they cost a system call \
     or more per path.",
];

const RECORDS: &[&str] = &[
    "`-o jsonl` and `-o tsv` print one record per map and one per path below it, `tsv` below a line \
     with the names of the fields: `time` (ISO 8601, or seconds since the epoch with `-U`), `seconds` \
     (the length of the interval), `map`, `wwid`, `device` (the kernel name of the map), `path`, \
     `hctl`, `host`, `target`, `controller`, `group`, `priority`, `state`, `access`, `multipathd`, \
     `mark`, `reads_per_s`, `writes_per_s`, `read_kb_per_s`, `written_kb_per_s`, `await_ms`, \
     `read_await_ms`, `write_await_ms`, `kb_per_read`, `kb_per_write`, `in_flight`, `queue`, \
     `util_pct`, `errors_per_s`, `timeouts_per_s`, `share_pct`, `kb_per_io`, `discards_per_s`, \
     `discard_await_ms`, `flushes_per_s`, `flush_await_ms`, `retries_per_s`, `failovers_per_s`, `kind` \
     (map or path), `usable` and `paths` (how many paths of a map can carry I/O, and how many there \
     are), and the raw counters of the kernel: `reads`, `writes`, `read_sectors`, `written_sectors`, \
     `read_ms`, `write_ms`, `busy_ms`, `queued_ms`, `discards`, `discarded_sectors`, `discard_ms`, \
     `flushes`, `flush_ms`, `errors`, `timeouts`, `retries`, `failovers`. An unknown value is `null` \
     in jsonl and empty in tsv. Errors, timeouts, groups and the states of multipathd need `-x` or \
     `-i`. `mark` has the words `state`, `stuck`, `no-path`, `not-through-map`, `await`, `share`, \
     `errors`, `timeouts`, `retries` and `failovers`, with commas between them.",
    "With `-g`, each record is a sum. It has `time`, `seconds`, `map`, `wwid`, `sum` and `paths` (the \
     number of paths) before the figures, and `usable` and `mark` after them. In `jsonl`, a change is \
     a record with the field `event`; `tsv` leaves changes out.",
];

const METRICS: &[&str] = &[
    "`-o prometheus` prints the counters of all maps and paths at one moment in the text format of \
     Prometheus, for the textfile collector of node_exporter: counters in requests, bytes and \
     seconds, requests in flight, how many paths of each map are usable, and the states of each path \
     as labels. Without an interval it prints them once. A counter starts again at zero when its \
     device is added again.",
];

const NOTES: &[&str] = &[
    "The figures of paths do not add up exactly to those of their map. The kernel counts a read \
     or write when it completes, which on the map is a little later than on the path. \
     Request-based maps and bio-based maps count merged requests differently. And the path \
     checker of multipathd adds a read to each path every few seconds.",
    "A failed path stays below its map. The paths of all path groups are shown, \
     including those of groups that are not in use.",
    "A path shows `-` in the report in which it is added, because its earlier I/O did not belong \
     to the map. So does a map that was created since the previous report.",
    "Partitions and logical volumes on a map are not shown, because they are not multipath \
     devices.",
    "If the kernel keeps no statistics for an NVMe map itself, as before Linux 6.4, the sum of its \
     paths is shown, and its raw counters and metrics are left out. A namespace that has only one path \
     and no multipathing is not a map.",
    "Before Linux 2.6.25, the kernel counts only the reads and writes of a partition and their amounts. \
     If a path is a partition, its times and requests in flight are `-`.",
    "Counters of milliseconds wrap at 32 bits, after 49 days of waiting time. This is corrected. \
     In a report since boot, each device counts from the time at which it appeared, but rates are \
     per second of the whole time since boot.",
    "If the output given with `--iostat` contains neither a map nor any of its paths, the map counts \
     as idle. Any other device that the output leaves out shows `-`, and so does a figure for which it \
     has no column. Where it has one `await` for reads and one for writes, `Await` is their average by \
     the rates of the output.",
    "If a saved system has no `proc/uptime`, as the folder of a sos report, rates are `-`. \
     `multipath -ll` prints maps before they have a device in version 0.4.5; their figures are found \
     by name. `nvme list-subsys` prints no namespaces; those are shown that have figures. It prints the \
     access states of one namespace; if several have figures, these states are unknown.",
];

const ENVIRONMENT: &[&str] = &[
    "`LC_ALL`, `LC_TIME`, `LANG`: the locale of date and time with `-t`. `S_TIME_FORMAT`: `ISO` \
     selects ISO 8601 instead. Figures always have a decimal point. `TZ`: the time zone.",
    "`S_COLORS`: `always` colors the text report, `never` does not. By default, it has colors on \
     a terminal only. `S_COLORS_SGR`: the colors, as for iostat(1).",
];

const STATUS: &[&str] = &[
    "0: success, also after SIGHUP, SIGINT or SIGTERM. 1: there was no map, none of the given devices is \
     known, the system or a file could not be read, or the report could not be written. 2: the \
     command line is wrong. Damaged lines in such a file or in files of the kernel are reported on \
     stderr with file and line number, and the rest is used.",
];
