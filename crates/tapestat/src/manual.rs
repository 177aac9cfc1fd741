//! The text of the man page, except for the options, and that of `-V`.

use toolkit::cli::{Manual, ValueHint};
use toolkit::escape::escape_control;

/// The man page of `tapestat`.
pub(crate) const MANUAL: Manual = Manual {
    name: "tapestat",
    summary: "report I/O statistics for SCSI tape drives",
    synopsis: &["[options] [DRIVE...] [INTERVAL [COUNT]]"],
    operand: ValueHint::Output(DRIVES),
    description: &[
        "`tapestat` reports how much each tape drive reads and writes and how busy it is, from \
         the statistics that Linux keeps for each drive. The first report covers the time since \
         boot. Each further report covers the time since the previous one.",
        "INTERVAL is the time between reports in seconds, with decimals if needed. COUNT is the \
         number of reports. With INTERVAL alone, reports continue until SIGHUP, SIGINT or SIGTERM. \
         Without INTERVAL, or with an INTERVAL of 0, there is one report.",
        "DRIVE is any name of a drive: that of one of its modes (`st0`, `nst0`, `/dev/nst0`), of its \
         `sg` device, of a link in `/dev` that leads to it over any number of links, of a link in \
         `/dev/tape/by-id` or `by-path` without the folder, its serial number, its address \
         (`7:0:0:0`), or a pattern with `*`, `?` and `[...]` for any of these. If several drives \
         share an id that is given, all of them are shown, and this is reported on stderr. A serial number of \
         digits only is taken for INTERVAL or COUNT; write its first digit in brackets. Without \
         DRIVE, all drives are reported. A DRIVE that does not exist is reported on stderr, and so \
         are drives without statistics that a pattern matches; the others are shown.",
        "A drive that appears while the command runs is shown from the report after the one that \
         found it, and so is a drive that took the name of another one, or whose counters were reset. A \
         counter that decreases while the \
         others do not was not reset: the kernel subtracts the bytes that a drive claims not to have \
         transferred, and some claim too many. The figures that depend on this counter are shown as \
         `-` in this report, and the counter is reported on stderr.",
        "Options, output and exit status are those of the command with the same name in sysstat. \
         COMPATIBILITY lists the differences.",
    ],
    sections: &[
        COLUMNS,
        EXTENDED,
        GAPS,
        JUDGING,
        RECORDS,
        METRICS,
        RECIPES,
        NOTES,
        ENVIRONMENT,
        FILES,
        COMPATIBILITY,
        EXIT_STATUS,
    ],
    examples: &[
        (
            "Find out why a backup is slow. Drive st1 is as busy as st0 but writes only a seventh \
             as much, because it gets blocks of 10 kB, and st0 gets blocks of 256 kB. The cause \
             is the block size of the backup program, not the drive:",
            "page-slow-backup",
        ),
        (
            "Do the same in a script: list the drives that get blocks smaller than 64 kB:",
            "small-blocks-jq",
        ),
        (
            "Watch a drive rewind. It is busy in the meantime, and the time that it took is shown \
             when it ends:",
            "page-rewind",
        ),
        ("Add up how much was written to each drive while the command ran:", "written-awk"),
        ("Show the total of all drives:", "total-human"),
        ("Show what passes through each SCSI host:", "page-sums-host"),
        ("Find out why a drive is not shown:", "page-no-drive"),
        ("Print counters for node_exporter:", "prometheus-written"),
        ("Show drives by serial number, whatever the kernel calls them today:", "page-serial"),
    ],
    see_also: &["iostat(1)", "lsscsi(8)", "mt(1)", "sg_logs(8)", "st(4)"],
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

/// Prints the names of all drives, for completions.
const DRIVES: &str = "command -v tapestat >/dev/null && tapestat -o tsv 2>/dev/null | tail -n +2 | cut -f 3 | sort -u";

const COLUMNS: Section = (
    "COLUMNS",
    &[
        "The files named are those in `/sys/class/scsi_tape/stN/stats`. Each stands for its increase in the \
         interval of T seconds.",
        "`r/s`: reads completed per second, `read_cnt` / T.",
        "`w/s`: writes completed per second, `write_cnt` / T.",
        "`kB_read/s`: kilobytes of 1024 bytes read per second, `read_byte_cnt` / 1024 / T.",
        "`kB_wrtn/s`: kilobytes of 1024 bytes written per second, `write_byte_cnt` / 1024 / T.",
        "`%Rd`, `%Wr`, `%Oa`: percentage of the time that reads (`read_ns`), writes (`write_ns`) and all \
         operations (`io_ns`) took. An operation counts when it ends, with all of its time. If it takes \
         longer than the interval, it shows as 0 first and then as more than 100, but at most as 999.",
        "`Rs/s`: reads and writes per second that transferred fewer bytes than requested, such as \
         a read at a file mark; `resid_cnt` / T.",
        "`Ot/s`: other operations per second, such as rewinding, spacing, writing file marks and \
         testing whether the drive is ready; `other_cnt` / T.",
    ],
);

const EXTENDED: Section = (
    "EXTENDED STATISTICS",
    &[
        "`-x` adds the following columns. `-` means that there was no such operation, or that the \
         value is unknown.",
        "`kB/rd`: average kilobytes per read, the block size: `read_byte_cnt` / 1024 / `read_cnt`. A read \
         that ended at a file mark counts with the bytes that it got.",
        "`kB/wr`: average kilobytes per write: `write_byte_cnt` / 1024 / `write_cnt`.",
        "`r_await`, `w_await`: average milliseconds of a read, `read_ns` / `read_cnt`, and of a write, \
         `write_ns` / `write_cnt`.",
        "`o_await`: average milliseconds of another operation: (`io_ns` - `read_ns` - `write_ns`) / \
         `other_cnt`.",
        "`infl`: number of requests in flight, `in_flight` itself.",
        "`state`: `read` or `write`, whichever took more time, if any completed in the interval. \
         Otherwise `busy`, if a request is in flight or if other operations took at least a tenth \
         of the interval, as when a drive rewinds. Otherwise `idle`. `-` instead of `idle` means that \
         the requests in flight are unknown, or that no counter of `st` changed although the SCSI \
         device completed more than two commands a second: then a program uses the drive through \
         `sg`. The report since boot shows only `busy` or `idle`, for the moment \
         at which it was made.",
    ],
);

const GAPS: Section = (
    "GAPS",
    &[
        "A tape drive that gets data too slowly has to stop, to step back and to start again, which \
         takes seconds and wears drive and tape. Rates do not show this: a drive that stops and \
         starts can write as many MB per second as one that runs steadily. `--gaps` shows it.",
        "A gap is a time of at least 200 ms between two transfers in which no read or write completed \
         and no request was in flight. The time before the first and after the last transfer of \
         the run is no gap. To find gaps, the command reads three counters of each drive (`read_cnt`, \
         `write_cnt` and `in_flight`) every 100 ms between the reports. So it finds every gap of 300 \
         ms or more, some of the shorter ones, and measures each to about 100 ms.",
        "`gap%`: the percentage of the interval that gaps took. `gaps`: how many there were. A gap \
         counts when it ends, with all of its time. If it takes longer than the interval, `gap%` shows \
         as 0 first and then as more than 100, but at most as 999. In records, these are `gap_pct` and \
         `gaps`, which only `--gaps` adds. Both are unknown (`-`) in an interval in which a file could not \
         be read or the kernel lost count of the requests in flight, and with `--root`, because a saved \
         system shows only the moments of its samples.",
    ],
);

const JUDGING: Section = (
    "DRIVE, BLOCK SIZE, CLIENT OR MEDIUM?",
    &[
        "What limits a backup can be read from `-x --gaps`:",
        "    %Wr    w_await   kB/wr   gaps   the limit is\n    \
         > 90   low       < 64    none   the block size: use 256 kB or more\n    \
         > 90   low       >= 64   none   the drive: it takes all that it can\n    \
         > 90   high      >= 64   none   this medium (worn), a dirty head, or the data\n    \
         < 90   low       any     many   the client: it starves the drive\n    \
         < 90   low       any     none   the client, but the drive adapts its speed to it\n    \
         low    any       any     any    positioning or file marks, if %Oa is high",
        "`w_await` is low if `kB/wr` divided by it is about the native speed of the drive or more, \
         and high if it is far less. Data that do not compress are written at the native speed. To \
         tell a bad medium from a bad drive, compare the same drive with another tape, and the same \
         tape with another drive. For reads, use `%Rd`, `r_await` and `kB/rd` in the same way.",
    ],
);

const RECIPES: Section = (
    "RECIPES",
    &[
        "What the drive itself knows, such as TapeAlert flags (a worn medium, a dirty head) and how \
         well data compress, is in its log pages. sg_logs(8) reads them while a backup runs; `-j HCTL` \
         and lsscsi(8) help to find the `sg` device of a drive:",
        "    sg_logs --page=0x2e /dev/sg3     # TapeAlert\n    \
         sg_logs --page=0x1b /dev/sg3     # compression (LTO; other drives: 0x32)",
        "Check a limit in a script: exit with status 1 if any drive wrote in blocks of less than 64 \
         kB in the last minute:",
        "    tapestat -y -o jsonl 60 1 |\n    \
         jq -es 'all(.[]; .kb_per_write == null or .kb_per_write >= 64)' >/dev/null",
        "Record what happens during a backup, to look at it later or elsewhere:",
        "    tapestat --save /var/tmp/backup -x 10 > /dev/null\n    \
         tapestat --root /var/tmp/backup -x 10 | less",
    ],
);

const NOTES: Section = (
    "NOTES",
    &[
        "The statistics are those of the driver `st`. They know nothing of commands that other drivers \
         send. LTFS and Proxmox use a drive through `sg`, and IBM's driver `lin_tape` replaces `st` and \
         keeps no statistics. If there are SCSI tape drives without statistics, they are reported on \
         stderr with their driver. A drive that is used through `sg` shows no figures; `-x` shows its \
         state as `-`.",
        "Amounts are those between computer and drive, before the drive compresses them. What the \
         drive does while no request is in flight, such as writing its buffer to the tape or loading, \
         is not seen. An operation counts when it ends: see COLUMNS on percentages of more than 100. \
         Percentages of a sum (`-T`, `-g`) are those of all its drives added up.",
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
        "    tapestat -o prometheus > $dir/tape.prom.new &&\n    \
         mv $dir/tape.prom.new $dir/tape.prom",
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

const FILES: Section = (
    "FILES",
    &[
        "`/sys/class/scsi_tape/stN/stats`: the counters of a drive, in Linux 4.2 and later.",
        "`/sys/class/scsi_tape/stN/device`: the address, the serial number (`vpd_pg80`), the id \
         (`wwid`) and the commands that the device completed (`iodone_cnt`).",
        "`/sys/bus/scsi/devices`: tape drives without statistics and their drivers.",
        "`/proc/uptime`: the time that the report since boot covers, and in most saved systems that \
         of a sample. If it cannot be read, as in the folder of a sos report, what depends on the time is \
         unknown (`-`), and the rest is printed.",
        "`/dev/tape/by-id`, `/dev/tape/by-path`: names for `-j`, made by udev.",
    ],
);

const COMPATIBILITY: Section = (
    "COMPATIBILITY",
    &["If you use no option that only this command has, the output is that of sysstat 12.8, byte \
       for byte, with these exceptions. Names are never cut. An interval can have decimals. An \
       argument that should be a number but is not one is an error, and a usage error says what \
       is wrong. A word that is not a number can be the name of a drive. A new drive is shown one \
       report earlier, and is not taken for another one that had its name. A drive whose counters were reset is left out of one report, not two, \
       and reported on stderr, and a figure whose counter decreased alone is `-`. Statistics that cannot be read, and drives \
       without any, are reported on stderr. Strings in JSON are escaped, and so are control \
       characters in the names of the host and of links. Messages are in English. The time since \
       boot keeps its decimals in locales with a decimal comma. Dates are those of the common era, \
       in Western digits. `-V` reports an output that cannot be written."],
);

const EXIT_STATUS: Section = (
    "EXIT STATUS",
    &[
        "0: success, also after SIGHUP, SIGINT or SIGTERM. 1: there is no drive with statistics (with `-o \
       JSON` and `-o prometheus`, an empty report is printed and the status is 0), a DRIVE does not \
       exist, the system could not be read, or the command line is wrong. 6: the report could not \
       be written. These are the statuses of the command in sysstat. auditloginfo(1) and mpathstat(1) \
       end with 2 if the command line is wrong, and with 1 if the report could not be written.",
    ],
);
