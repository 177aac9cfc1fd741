//! Where each column comes from, the files, and the original.

/// One paragraph per column: its unit, its formula and its source.
pub(super) const COLUMNS: &[&str] = &[
    "Each column with its source. F1 to F17 are the figures after the name of a device in \
     `/proc/diskstats`, as the kernel's documentation (iostats.rst) numbers them; each stands for its \
     increase in the interval of T seconds. A sector has 512 bytes.",
    "`Reads`, `reads`: reads completed per second, F1 / T.",
    "`Writes`, `writes`: writes completed per second, F5 / T.",
    "`KBytesR/S`, `read-kb`: KiB read per second, F3 / 2 / T.",
    "`KBytesW/S`, `written-kb`: KiB written per second, F7 / 2 / T.",
    "`Await`, `await`: milliseconds per read or write, (F4 + F8) / (F1 + F5); 0 if there was none.",
    "`r_await`: milliseconds per read, F4 / F1.",
    "`w_await`: milliseconds per write, F8 / F5.",
    "`areq-sz`: KiB per read or write, (F3 + F7) / 2 / (F1 + F5).",
    "`rareq-sz`: KiB per read, F3 / 2 / F1.",
    "`wareq-sz`: KiB per write, F7 / 2 / F5.",
    "`InFlight`, `in-flight`: requests in flight at the end of the interval, F9 itself.",
    "`aqu-sz`: requests in flight on average, F11 / 1000 / T.",
    "`%util`, `util`: percentage of the time with a request in flight, F10 / 10 / T.",
    "`Disc/S`, `discards`: discards completed per second, F12 / T.",
    "`d_await`: milliseconds per discard, F15 / F12.",
    "`Flush/S`, `flushes`: flushes completed per second, F16 / T.",
    "`f_await`: milliseconds per flush, F17 / F16.",
    "`Err/S`, `errors`: commands that failed per second: the increase of `ioerr_cnt` in \
     `/sys/block/sdX/device` / T.",
    "`Tmo/S`, `timeouts`: commands that timed out per second: `iotmo_cnt` there.",
    "`Rty/S`, `Fov/S`, `retries`, `failovers`: per second, from `/sys/block/nvmeXcYnZ/diag`.",
    "`%Share`, `share`: percentage of F1 + F5 of all paths of the map.",
    "`HCTL`, `hctl`: the last part of the link `/sys/block/sdX/device`.",
    "`Host`, `Target`, `host`, `target`: from the same link, and from `/sys/class/fc_transport`, \
     `iscsi_session` and others there; for NVMe, `address` in the folder of the controller; in JSON of \
     multipathd, `host_wwpn`, or else `host_adapter`, and `target_wwpn`.",
    "`Group`, `group`, `Multipathd`, `multipathd`: from multipathd.",
    "`State`, `state`: `device/state` of the path; for NVMe, `state` of the controller.",
    "`Access`, `access`: `device/access_state` of the path, or `ana_state`; for an NVMe map, `iopolicy` of \
     its subsystem.",
];

/// The files that are read.
pub(super) const FILES: &[&str] = &[
    "`/proc/diskstats`: the counters of all devices.",
    "`/sys/block/*/dm/uuid`, `name`, `slaves`: the maps of device mapper and their paths.",
    "`/sys/class/nvme-subsystem`: the maps of the NVMe driver.",
    "`/sys/block/*/device`: states, addresses, errors and timeouts of paths.",
    "`/sys/kernel/uevent_seqnum`: whether devices changed.",
    "`/proc/uptime`: the time that a report since boot covers.",
    "The socket `@/org/kernel/linux/storage/multipathd`: path groups and path checkers, for `-x` and `-i`.",
];

/// What differs from the original.
pub(super) const COMPATIBILITY: &[&str] = &[
    "The default report has the columns of mpathstat.py of 2016, which reads the output of iostat and \
     multipath. On a current system that prints only headings. docs/compatibility.md of the source \
     lists each difference. Figures are those that iostat(1) prints for the same two moments.",
];
