//! The reports of many hosts add up to that of one run over all their logs, with sort and awk and on
//! Apache Spark.

#![allow(clippy::expect_used, reason = "a test ends at what it does not expect")]

mod common;

use common::{Folder, command, file, has, ours, printed, sample, told};
use std::fs;
use std::path::PathBuf;

/// How many hosts there are.
const HOSTS: u64 = 5;

/// Adds up the counts of lines of the same item.
const ADD: &str = r"for log; do auditloginfo --uid all -o tsv $log; done |
    awk -F '\t' -v OFS='\t' '
        { count[$1 OFS $2, $4 OFS $5] += $3 }
        END { for (item in count) { split(item, part, SUBSEP); print part[1], count[item], part[2] } }' |
    sort";

/// A fleet: the events of the sample dealt out to hosts. The first host's log was rotated.
struct Fleet {
    folder: Folder,
    /// The logs of each host, with blanks between them.
    hosts: Vec<String>,
}

impl Fleet {
    fn new(name: &str) -> Fleet {
        let folder = Folder::new(name);
        let sample = fs::read_to_string(sample("raw.log")).expect("the sample");
        let serial = |line: &str| -> Option<u64> {
            line.split_once("):")?.0.rsplit_once(':')?.1.parse().ok()
        };
        let host = |host| {
            let own =
                sample.lines().filter(|line| serial(line).unwrap_or_default() % HOSTS == host);
            let lines: Vec<_> = own.map(|line| format!("node=host{host} {line}\n")).collect();
            let parts = lines.split_at(if host == 0 { lines.len() / 2 } else { 0 });
            let log = folder.write(&format!("host{host}.log"), parts.1.concat());
            if parts.0.is_empty() {
                return log.display().to_string();
            }
            let rotated = folder.write(&format!("host{host}.log.1"), parts.0.concat());
            format!("{} {}", rotated.display(), log.display())
        };
        let hosts = (0..HOSTS).map(host).collect();
        Fleet { folder, hosts }
    }

    /// The items of one run over all logs, in the order of their bytes.
    fn whole(&self) -> Vec<String> {
        let logs = self.hosts.iter().flat_map(|logs| logs.split(' ')).map(PathBuf::from);
        let items = printed(ours().args(["--uid", "all", "-o", "tsv"]).args(logs));
        let mut items = lines(items);
        items.sort();
        items
    }
}

/// The folder of our command, first on the path of searches.
fn path() -> String {
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_auditloginfo"));
    let folder = ours.parent().expect("a folder").display();
    format!("{folder}:{}", std::env::var("PATH").unwrap_or_default())
}

fn lines(bytes: Vec<u8>) -> Vec<String> {
    String::from_utf8(bytes).expect("escaped names").lines().map(str::to_owned).collect()
}

#[test]
fn sort_and_awk_add_up_what_hosts_report() {
    let fleet = Fleet::new("awk");
    let mut add = command("sh");
    add.args(["-c", ADD, "sh"]).args(&fleet.hosts).env("PATH", path());
    let whole = fleet.whole();
    assert!(whole.len() > 100);
    assert_eq!(lines(printed(&mut add)), whole);
}

#[test]
fn spark_adds_up_what_hosts_report() {
    if !has(command("python3").args(["-c", "import pyspark"])) {
        return;
    }
    let fleet = Fleet::new("spark");
    let list = fleet.folder.write("list", fleet.hosts.join("\n") + "\n");
    let out = fleet.folder.0.join("out");
    let mut spark = command("python3");
    spark.arg(file("testdata/make/fleet_spark.py")).arg(list).arg(&out).env("PATH", path());
    let output = spark.output().expect("it runs");
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(lines(fs::read(out).expect("its output")), fleet.whole());
}
