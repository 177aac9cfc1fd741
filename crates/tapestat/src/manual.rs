//! What the manual page says beside the options.

use toolkit::cli::{Manual, ValueHint};

/// The manual page of `tapestat`.
pub(crate) const MANUAL: Manual = Manual {
    name: "tapestat",
    summary: "what the tape drives of this machine do",
    synopsis: &["[options] [DRIVE...] [INTERVAL [COUNT]]"],
    operand: ValueHint::None,
    description: &[
        "`tapestat` prints how much the tape drives read and write and how busy they are, from the \
         statistics that Linux keeps of each drive. The first report is about all the time since \
         the machine was booted, each further one about the time since the one before.",
        "INTERVAL is the time from one report to the next in seconds, with decimals if need be; \
         COUNT is the number of reports. With an INTERVAL alone reports follow until SIGINT or \
         SIGTERM ends the run; without one, or with 0, there is one report.",
        "DRIVE is a drive's name in any of its modes (`st0`, `nst0`, `/dev/nst0`) or a link below \
         `/dev/tape`. Without a DRIVE all are reported. A drive that comes while the command runs \
         is reported from the round after the one that found it, and so is a drive whose counters \
         began anew.",
        "Options, output and status are those of the command of the same name in sysstat; what is \
         different is told under COMPATIBILITY.",
    ],
    sections: &[COLUMNS, EXTENDED, RECORDS, ENVIRONMENT, EXIT_STATUS, COMPATIBILITY, FILES],
    examples: &[
        (
            "A backup is slow: its drive st1 is as busy as st0 and writes a seventh, for it gets \
             blocks of 10 kB where st0 gets 256 kB. The backup program's block size is to blame, \
             not the drive:",
            "slow-backup",
        ),
        ("The same for a script: whoever writes blocks smaller than 64 kB.", "small-blocks-jq"),
        ("A rewind, busy while it lasts and with its time when it ended:", "rewind"),
        ("How much was written to each drive while the command ran:", "written-awk"),
        ("All drives together:", "total-human"),
        ("Drives by their serial numbers, whatever the kernel calls them today:", "serial"),
    ],
    see_also: &["iostat(1)", "mt(1)", "st(4)"],
};

type Section = (&'static str, &'static [&'static str]);

const COLUMNS: Section = (
    "COLUMNS",
    &[
        "`r/s`, `w/s`: reads and writes a second that ended.",
        "`kB_read/s`, `kB_wrtn/s`: kilobytes of 1024 bytes read and written a second.",
        "`%Rd`, `%Wr`, `%Oa`: share of the time that reads, writes and all operations took. An \
         operation counts when it ends, with all its time: one that is longer than the interval \
         shows as 0 and then as more than 100, at most 999.",
        "`Rs/s`: reads and writes a second that moved fewer bytes than was asked for, such as a \
         read at a file mark.",
        "`Ot/s`: other operations a second: rewinding, spacing, file marks, tests.",
    ],
);

const EXTENDED: Section = (
    "EXTENDED STATISTICS",
    &[
        "With `-x` these columns follow. There is a `-` where there was no such operation.",
        "`kB/rd`, `kB/wr`: kilobytes a read and a write: the size of the blocks. Reads that met a \
         file mark count with what they got.",
        "`r_await`, `w_await`, `o_await`: milliseconds that a read, a write and any other \
         operation took.",
        "`infl`: requests that have not ended.",
        "`state`: `read` or `write`, whichever took more time, if any ended in the interval; else \
         `busy` if a request is under way or other operations took a tenth of the interval, as \
         when a drive rewinds; else `idle`. In the report since boot only `busy` and `idle`, as \
         of now.",
    ],
);

const RECORDS: Section = (
    "RECORDS",
    &["The keys of `-o jsonl` and the columns of `-o tsv`: `time` (ISO 8601, or seconds since \
         the epoch with `-U`), `seconds` (how long the interval was), `drive` and `name` (as the \
         kernel and as `-j` have it), `reads_per_s`, `writes_per_s`, `read_kb_per_s`, \
         `written_kb_per_s`, `read_pct`, `write_pct`, `all_pct`, `residuals_per_s`, \
         `others_per_s`, `kb_per_read`, `kb_per_write`, `read_ms`, `write_ms`, `other_ms`, \
         `in_flight`, `state`; then what the kernel's counters grew by: `read_ns`, `write_ns`, \
         `io_ns`, `read_bytes`, `write_bytes`, `reads`, `writes`, `others`, `residuals`. Amounts \
         are in kB whatever the unit; what is not known is null or empty. Each line is whole, also \
         when the run is ended."],
);

const ENVIRONMENT: Section = (
    "ENVIRONMENT",
    &[
        "`S_COLORS`: `never`, `always`, or anything else for colours on a terminal only, as \
         without it.",
        "`S_COLORS_SGR`: colours, as in `I=32;22:N=34;1:W=35;1:X=31;1:Z=34;22`: of names, of \
         values, of percentages from 75 (`W` or `M`) and from 90 (`X` or `H`), and of zeros.",
        "`S_TIME_FORMAT`: with the value `ISO` dates and times are those of ISO 8601.",
        "`LC_ALL`, `LC_TIME`, `LC_NUMERIC`, `LANG`: dates, times and the decimal mark. The locale \
         need not be installed.",
    ],
);

const EXIT_STATUS: Section = (
    "EXIT STATUS",
    &["0; 1 if there is no drive with statistics (with `-o JSON` that is an empty list and 0), \
         the command line is wrong or the machine cannot be read; 6 if the report cannot be \
         written."],
);

const COMPATIBILITY: Section = (
    "COMPATIBILITY",
    &["Up to the options that only this command has, output is that of sysstat 12.8 byte for \
         byte, except: names are never cut; a number that is none is an error; a counter that fell \
         is a new beginning, and the drive is back in the next round; JSON strings are escaped; \
         host names and links cannot steer the terminal; messages are in English; the uptime has \
         its decimals also where the locale has a decimal comma."],
);

const FILES: Section = (
    "FILES",
    &[
        "`/sys/class/scsi_tape/stN/stats`: the counters, of Linux 4.2 and later.",
        "`/proc/uptime`: what the report since boot divides by.",
        "`/dev/tape/by-id`, `/dev/tape/by-path`: names for `-j`, made by udev.",
    ],
);
