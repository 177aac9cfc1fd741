//! The text of the man page, except for the options, and that of `-V`.

use toolkit::cli::{Manual, ValueHint};
use toolkit::escape::escape_control;

/// The man page of `tapestat`.
pub(crate) const MANUAL: Manual = Manual {
    name: "tapestat",
    summary: "report I/O statistics for SCSI tape drives",
    synopsis: &["[options] [DRIVE...] [INTERVAL [COUNT]]"],
    operand: ValueHint::None,
    description: &[
        "`tapestat` reports how much each tape drive reads and writes and how busy it is, from \
         the statistics that Linux keeps for each drive. The first report covers the time since \
         boot. Each further report covers the time since the previous one.",
        "INTERVAL is the time between reports in seconds, with decimals if needed. COUNT is the \
         number of reports. With INTERVAL alone, reports continue until SIGINT or SIGTERM. \
         Without INTERVAL, or with an INTERVAL of 0, there is one report.",
        "DRIVE is the name of a drive in any of its modes (`st0`, `nst0`, `/dev/nst0`) or a link \
         below `/dev/tape`. Without DRIVE, all drives are reported. A drive that appears while \
         the command runs is shown from the report after the one that found it, and so is a drive \
         whose counters were reset.",
        "Options, output and exit status are those of the command with the same name in sysstat. \
         COMPATIBILITY lists the differences.",
    ],
    sections: &[
        COLUMNS,
        EXTENDED,
        RECORDS,
        METRICS,
        ENVIRONMENT,
        EXIT_STATUS,
        COMPATIBILITY,
        FILES,
    ],
    examples: &[
        (
            "Find out why a backup is slow. Drive st1 is as busy as st0 but writes only a seventh \
             as much, because it gets blocks of 10 kB, and st0 gets blocks of 256 kB. The cause \
             is the block size of the backup program, not the drive:",
            "slow-backup",
        ),
        (
            "Do the same in a script: list the drives that get blocks smaller than 64 kB:",
            "small-blocks-jq",
        ),
        (
            "Watch a drive rewind. It is busy in the meantime, and the time that it took is shown \
             when it ends:",
            "rewind",
        ),
        ("Add up how much was written to each drive while the command ran:", "written-awk"),
        ("Show the total of all drives:", "total-human"),
        ("Show drives by serial number, whatever the kernel calls them today:", "serial"),
    ],
    see_also: &["iostat(1)", "mt(1)", "st(4)"],
};

/// The variables that are set, and the version.
pub(crate) fn version() -> String {
    let mut text = String::new();
    for name in ["S_COLORS", "S_COLORS_SGR", "S_TIME_FORMAT"] {
        if let Some(value) = std::env::var_os(name) {
            text.extend([name, "=", &escape_control(value.as_encoded_bytes()), "\n"]);
        }
    }
    let version = env!("CARGO_PKG_VERSION");
    text + "tapestat version " + version + "\n(C) the authors of tapestat; MIT OR Apache-2.0\n"
}

type Section = (&'static str, &'static [&'static str]);

const COLUMNS: Section = (
    "COLUMNS",
    &[
        "`r/s`, `w/s`: reads and writes completed per second.",
        "`kB_read/s`, `kB_wrtn/s`: kilobytes of 1024 bytes read and written per second.",
        "`%Rd`, `%Wr`, `%Oa`: percentage of the time that reads, writes and all operations took. \
         An operation counts when it ends, with all of its time. If it takes longer than the \
         interval, it shows as 0 first and then as more than 100, but at most as 999.",
        "`Rs/s`: reads and writes per second that transferred fewer bytes than requested, such as \
         a read at a file mark.",
        "`Ot/s`: other operations per second, such as rewinding, spacing, writing file marks and \
         testing whether the drive is ready.",
    ],
);

const EXTENDED: Section = (
    "EXTENDED STATISTICS",
    &[
        "`-x` adds the following columns. `-` means that there was no such operation.",
        "`kB/rd`, `kB/wr`: average kilobytes per read and per write: the block size. A read that \
         ended at a file mark counts with the bytes that it got.",
        "`r_await`, `w_await`, `o_await`: average time in milliseconds of a read, a write and any \
         other operation.",
        "`infl`: number of requests in flight.",
        "`state`: `read` or `write`, whichever took more time, if any completed in the interval. \
         Otherwise `busy`, if a request is in flight or if other operations took at least a tenth \
         of the interval, as when a drive rewinds. Otherwise `idle`. The report since boot shows \
         only `busy` or `idle`, for the moment at which it was made.",
    ],
);

const RECORDS: Section = (
    "RECORDS",
    &["`-o jsonl` and `-o tsv` print one record per drive, `tsv` below a line with the names of \
       the fields: `time` (ISO 8601, or seconds since the epoch with `-U`), `seconds` (the length \
       of the interval), `drive` (the name in the kernel), `name` (the name that `-j` selects), \
       `reads_per_s`, `writes_per_s`, `read_kb_per_s`, `written_kb_per_s`, `read_pct`, \
       `write_pct`, `all_pct`, `residuals_per_s`, `others_per_s`, `kb_per_read`, `kb_per_write`, \
       `read_ms`, `write_ms`, `other_ms`, `in_flight`, `state`, and the increase of each kernel \
       counter: `read_ns`, `write_ns`, `io_ns`, `read_bytes`, `write_bytes`, `reads`, `writes`, \
       `others`, `residuals`. Amounts are in kB, whatever unit is selected. An unknown value is \
       `null` in jsonl and empty in tsv. Every line is complete, even if a signal ends the run."],
);

const METRICS: Section = (
    "METRICS",
    &[
        "`-o prometheus` prints one sample in the text format 0.0.4 of Prometheus, for the textfile \
         collector of node_exporter: `tapestat_drives`, and for each drive the counters \
         `tapestat_reads_total`, `tapestat_writes_total`, `tapestat_other_operations_total`, \
         `tapestat_residuals_total`, `tapestat_read_bytes_total`, `tapestat_written_bytes_total`, \
         `tapestat_read_time_seconds_total`, `tapestat_write_time_seconds_total`, \
         `tapestat_io_time_seconds_total`, and the gauge `tapestat_requests_in_flight`. The label \
         `drive` is the name in the kernel, and with `-j` the label `name` is the persistent name. \
         An unknown value is left out. If there is no drive, `tapestat_drives` is 0, and so is the \
         exit status.",
        "Write to another file first, so that the collector never reads half a file:",
        "    tapestat -o prometheus > $dir/tape.prom.new && mv $dir/tape.prom.new $dir/tape.prom",
    ],
);

const ENVIRONMENT: Section = (
    "ENVIRONMENT",
    &[
        "`S_COLORS`: `always` colors the text report, `never` does not. With any other value, or \
         without the variable, it has colors on a terminal only.",
        "`S_COLORS_SGR`: the colors. The default is `I=32;22:N=34;1:W=35;1:X=31;1:Z=34;22`, for \
         names (`I`), values (`N`), percentages from 75 (`W` or `M`), percentages from 90 (`X` or \
         `H`), and zeros (`Z`).",
        "`S_TIME_FORMAT`: `ISO` selects ISO 8601 for dates and times.",
        "`LC_ALL`, `LC_TIME`, `LC_NUMERIC`, `LANG`: the locale of dates, times and the decimal \
         mark. The locale does not have to be installed. `TZ`: the time zone.",
    ],
);

const EXIT_STATUS: Section = (
    "EXIT STATUS",
    &["0: success, also after SIGINT or SIGTERM. 1: there is no drive with statistics (with `-o \
       JSON`, an empty list is printed and the status is 0), the command line is wrong, or the \
       system could not be read. 6: the report could not be written."],
);

const COMPATIBILITY: Section = (
    "COMPATIBILITY",
    &["If you use no option that only this command has, the output is that of sysstat 12.8, byte \
       for byte, with these exceptions. Names are never cut. An interval can have decimals. An \
       argument that should be a number but is not one is an error, and a usage error says what \
       is wrong. A new drive is shown one report earlier. A drive whose counters were reset is \
       left out of one report, not two. Statistics that cannot be read are reported on stderr. \
       Strings in JSON are escaped, and so are control characters in the names of the host and of \
       links. Messages are in English. The time since boot keeps its decimals in locales with a \
       decimal comma."],
);

const FILES: Section = (
    "FILES",
    &[
        "`/sys/class/scsi_tape/stN/stats`: the counters of a drive, in Linux 4.2 and later.",
        "`/proc/uptime`: the time that the report since boot covers.",
        "`/dev/tape/by-id`, `/dev/tape/by-path`: names for `-j`, made by udev.",
    ],
);
