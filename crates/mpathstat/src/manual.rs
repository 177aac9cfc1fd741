//! What the manual page says beside the options.

use toolkit::cli::{Manual, ValueHint};

/// The manual page of `mpathstat`.
pub(crate) const MANUAL: Manual = Manual {
    name: "mpathstat",
    summary: "what each path of each multipath device does",
    synopsis: &["[options] [DEVICE...] [INTERVAL [COUNT]]"],
    operand: ValueHint::File,
    description: &[
        "`mpathstat` prints, every interval, the reads and writes of each multipath device, and \
         below it those of each of its paths: how many a second, how much, and how long one took. \
         Maps of device mapper and those of the NVMe driver's own multipathing are shown alike.",
        "All of it comes from the kernel: maps and paths from `/sys`, figures from two readings of \
         `/proc/diskstats`. No other program is started, multipathd is not needed, and no user has \
         to be root. It works while multipathd hangs.",
        "Without an interval there is a report each second, without a count until SIGINT or \
         SIGTERM. A report is on the time since the one before. Maps that did nothing in it are \
         left out; below a map that did something all its paths are shown. Where there is no map, \
         the command says so and waits for one, unless it is to make one report only.",
        "A DEVICE is a map, by its name, its WWID or the kernel's name, or a path; `/dev/mapper/` or \
         `/dev/` may stand before it. With a map all its paths are shown, with a path its map and \
         that path alone. Devices stand before the interval, and a number of up to twelve digits is \
         never one.",
    ],
    sections: &[
        ("REPORT", REPORT),
        ("EXTENDED STATISTICS", EXTENDED),
        ("OUT OF LINE", OUT_OF_LINE),
        ("CHANGES", CHANGES),
        ("RECORDS", RECORDS),
        ("WHAT TO KNOW", NOTES),
        ("ENVIRONMENT", ENVIRONMENT),
        ("EXIT STATUS", STATUS),
    ],
    examples: &[
        (
            "Finding the slow path of an array. `array` is a saved machine; a live one needs no \
          `--root`. One path is marked:",
            "slow-path",
        ),
        (
            "Is it the HBA or the port of the array? Both its HBA and its port look worse:",
            "slow-path-by-host",
        ),
        (
            "but of the paths through `host2` and of those to that port only this one is slow, and it \
          has errors and timeouts: the cable or the zone between the two is worth a look.",
            "slow-path-errors",
        ),
        ("A support case, with nothing but saved texts:", "support-case"),
        ("Paths for a script, the slowest first:", "slowest-first"),
    ],
    see_also: &["iostat(1)", "multipath(8)", "multipathd(8)", "nvme(1)", "tapestat(1)"],
};

const REPORT: &[&str] = &[
    "`Reads` and `Writes` are those completed, a second. `KBytesR/S` and `KBytesW/S` are amounts in \
     units of 1024 bytes, a second. `Await` is the time in milliseconds that a read or write took, \
     waiting included. `-` is what is not known: a device that has come since the report before, \
     that is another one under an old name, or whose counters began anew.",
    "Maps are in the natural order of their names, paths in that of their addresses, or in that of \
     the text that `--topology` reads.",
];

const EXTENDED: &[&str] = &[
    "`-x` adds these columns. A map's errors and timeouts are the sums of its paths'.",
    "`r_await`, `w_await`: milliseconds a read and a write took. `rareq-sz`, `wareq-sz`: size of a \
     read and of a write. `InFlight`: requests under way at the end. `aqu-sz`: requests under way on \
     average. `%util`: part of the time in which a request was under way; sums of several devices \
     can pass 100.",
    "`Err/S`, `Tmo/S`: commands a second that ended in an error or ran into their time limit; of \
     SCSI devices only, the latter since Linux 6.1.",
    "`%Share`: the path's part of the reads and writes of all paths of the map. `HCTL`: host, \
     channel, target and LUN, or the NVMe controller. `Group`: number and state of the path group. \
     `State`: that of the device, and how many paths of a map can carry I/O. `Access`: how the array \
     treats the path, by ALUA (which the kernel tells root alone) or ANA; of an NVMe map, how the \
     driver chooses paths. `Multipathd`: the states in device mapper and of the path checker.",
    "`Group` and `Multipathd` are known to multipathd alone. It is asked in the background, with a \
     deadline; until it answers, and 10 seconds after its last answer, they are `-`.",
];

const OUT_OF_LINE: &[&str] = &[
    "`-i` marks paths behind their figures: `<- await 12.50 x sda` says that a read or write took \
     12.5 times as long as on `sda`, `<- share 0.12 x sda` that the path had 0.12 times as many.",
    "A path is measured by its siblings: the paths of the same map and group that can carry I/O, \
     where groups are told apart by multipathd's number with `-x` or `--topology`, else by the \
     access state. Their reads and writes are added up, report after report, until they are 100 a \
     path on average; then the paths are judged, the judgement stands until the next, and the sums \
     begin anew.",
    "A path is out of line by `await` if it had 50 or more reads and writes that took more than 3 \
     times as long as on the quickest sibling that had as many, and 0.5 ms longer. It is out of \
     line by `share` if it had 10 or more, but fewer than a quarter of those of the busiest \
     sibling. A path that does nothing is never marked.",
    "Paths of an NVMe map with the policy `numa` are not judged by share, as they are chosen by \
     processor. Some path selectors of device mapper divide unevenly on purpose (io-affinity, \
     round-robin with a large rr_min_io): there a mark by share means little.",
];

const CHANGES: &[&str] = &[
    "A line before a report tells of each change since the one before:",
    "    # 12:00:03 mpathb: path sdd offline (3/4 running)",
    "A map or path was `added`, `removed` or `replaced` by another device of the same name, a map \
     was `renamed`, or a path is in another state, `gone` if its device went and the map still has it. \
     Behind it stands how many of the map's paths can \
     carry I/O.",
    "Maps and paths are read again when the kernel has told of a change \
     (`/sys/kernel/uevent_seqnum`). It does not tell when somebody sets a path offline by hand; \
     that shows when device mapper notices it, or with `-x`, which reads the states for each report.",
];

const RECORDS: &[&str] = &[
    "`-o jsonl` and `-o tsv` give a record a path with these values, the latter under a heading: \
     `time`, `seconds` (the interval), `map`, `wwid`, `device` (of the map), `path`, `hctl`, `host`, \
     `target`, `controller`, `group`, `priority`, `state`, `access`, `multipathd`, `mark`, then the \
     figures: `reads_per_s`, `writes_per_s`, `read_kb_per_s`, `written_kb_per_s`, `await_ms`, \
     `read_await_ms`, `write_await_ms`, `kb_per_read`, `kb_per_write`, `in_flight`, `queue`, \
     `util_pct`, `errors_per_s`, `timeouts_per_s`, `share_pct`. What is not known is `null`, or \
     empty. Errors, timeouts, groups and what multipathd says need `-x`, access states `-x` or `-i`.",
    "With `-g` a record is a sum, and `sum` and `paths` stand in place of a path's values. In \
     `jsonl` a change is a record with `event`.",
];

const NOTES: &[&str] = &[
    "Paths do not add up exactly to their map. The kernel counts a read or write when it ends, and \
     on the map a little later than on the path; maps that work on requests and such that work on \
     bios count merged ones differently; and multipathd's checker adds a read to each path every \
     few seconds.",
    "A path that failed stays below its map and shows zeros. Paths of all groups are shown, also of \
     those that are not in use.",
    "A path shows `-` in the report in which it is added: what it did before was not for the map. \
     So does a map that was made since the last report.",
    "Partitions of maps and logical volumes on them are not shown: they are not multipath devices.",
    "Where the kernel counts nothing on an NVMe map itself, before Linux 6.4, the sum of its paths \
     is shown. A namespace with one path alone and without multipathing is no map.",
    "Counters of milliseconds run over at 32 bits, after 49 days of waiting; that is made good. A \
     report since boot begins when each device appeared.",
    "What is left out of a text for `--iostat` is taken for idle if it is a map, for unknown if it \
     is a path. Sizes of requests are computed from the rounded rates of the text.",
];

const ENVIRONMENT: &[&str] = &[
    "`LC_TIME`, `S_TIME_FORMAT`: how `-t` writes date and time; `ISO` for ISO 8601. Figures always \
     have a decimal point. `TZ`: the time zone.",
    "`S_COLORS`: `always` or `never` for colours in the text report, which else are for terminals; \
     `S_COLORS_SGR`: the colours, as for iostat(1).",
];

const STATUS: &[&str] = &[
    "0, also after SIGINT or SIGTERM; 1 if there was no map, if no device of the command line was \
     known, or if the machine or a text cannot be read or the report not be written; 2 if the \
     command line is wrong. What is damaged in a text or in the kernel's files is told on standard \
     error with file and line, and the rest is used.",
];
