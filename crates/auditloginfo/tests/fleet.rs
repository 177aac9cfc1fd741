//! The reports of many hosts add up to the report of one run over all their logs, with sort and awk and
//! on Apache Spark.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::{auditloginfo, sample};
use std::fs;
use std::path::PathBuf;
use test_support::{TempDir, command, repository, stderr, stdout, temp_dir, works, write};

/// The number of hosts.
const HOSTS: u64 = 5;

/// Adds up the counts of each item.
const ADD: &str = r"for log; do auditloginfo --uid all -o tsv --no-heading $log; done |
    awk -F '\t' -v OFS='\t' '
        { count[$1 OFS $2, $4 OFS $5] += $3 }
        END { for (item in count) { split(item, part, SUBSEP); print part[1], count[item], part[2] } }' |
    sort";

/// A fleet: each event of the sample belongs to one of the hosts. The log of the first host was rotated.
struct Fleet {
    folder: TempDir,
    /// The logs of each host, separated by blanks.
    hosts: Vec<String>,
}

impl Fleet {
    fn new() -> Fleet {
        let folder = temp_dir();
        let log = |name: String, lines: &[String]| {
            let path = folder.path().join(name);
            write(&path, lines.concat());
            path.display().to_string()
        };
        let sample = fs::read_to_string(sample("raw.log")).expect("the sample");
        let serial = |line: &str| -> Option<u64> {
            line.split_once("):")?.0.rsplit_once(':')?.1.parse().ok()
        };
        let host = |host| {
            let own =
                sample.lines().filter(|line| serial(line).unwrap_or_default() % HOSTS == host);
            let lines: Vec<_> = own.map(|line| format!("node=host{host} {line}\n")).collect();
            let (rotated, current) = lines.split_at(if host == 0 { lines.len() / 2 } else { 0 });
            let current = log(format!("host{host}.log"), current);
            if rotated.is_empty() {
                return current;
            }
            format!("{} {current}", log(format!("host{host}.log.1"), rotated))
        };
        let hosts = (0..HOSTS).map(host).collect();
        Fleet { folder, hosts }
    }

    /// The items of one run over all logs, sorted.
    fn whole(&self) -> Vec<String> {
        let logs = self.hosts.iter().flat_map(|logs| logs.split(' ')).map(PathBuf::from);
        let items =
            stdout(auditloginfo().args(["--uid", "all", "-o", "tsv", "--no-heading"]).args(logs));
        let mut items = lines(items);
        items.sort();
        items
    }
}

/// The `PATH` with the folder of the command under test first.
fn path() -> String {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_auditloginfo"));
    let folder = program.parent().expect("a folder").display();
    format!("{folder}:{}", std::env::var("PATH").unwrap_or_default())
}

fn lines(bytes: Vec<u8>) -> Vec<String> {
    String::from_utf8(bytes).expect("escaped names").lines().map(str::to_owned).collect()
}

#[test]
fn sort_and_awk_add_up_what_hosts_report() {
    let fleet = Fleet::new();
    let mut add = command("sh");
    add.args(["-c", ADD, "sh"]).args(&fleet.hosts).env("PATH", path());
    let whole = fleet.whole();
    assert!(whole.len() > 100);
    assert_eq!(lines(stdout(&mut add)), whole);
}

#[test]
fn spark_adds_up_what_hosts_report() {
    if !works(command("python3").args(["-c", "import pyspark"])) {
        return;
    }
    let fleet = Fleet::new();
    let [list, out] = ["list", "out"].map(|name| fleet.folder.path().join(name));
    write(&list, fleet.hosts.join("\n") + "\n");
    let mut spark = command("python3");
    spark.arg(repository("testdata/make/fleet_spark.py")).arg(&list).arg(&out).env("PATH", path());
    let output = spark.output().expect("it runs");
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(lines(fs::read(out).expect("its output")), fleet.whole());
}
