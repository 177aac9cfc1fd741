use super::*;
use toolkit::cli::{Request, parse};
use toolkit::datetime::Time;

fn args(words: &str) -> Result<Args, String> {
    match parse(&COMMAND, words.split_whitespace().map(OsString::from)) {
        Ok(Request::Run(args)) => Ok(args),
        Ok(Request::Print(text)) => Err(text),
        Err(usage) => Err(usage.to_string()),
    }
}

#[test]
fn devices_come_before_interval_and_count() {
    let read = args("mpatha -x /dev/sdc 360000000000000000e 3600000000000001 2.5 3").unwrap();
    assert_eq!(read.devices, ["mpatha", "/dev/sdc", "360000000000000000e", "3600000000000001"]);
    assert_eq!(read.course.period(), Duration::from_millis(2500));
    assert_eq!(read.course.count, Some(3));
    let read = args("").unwrap();
    assert_eq!((read.course.period(), read.course.count), (Duration::from_secs(1), None));
}

#[test]
fn the_last_of_opposites_counts() {
    let read = args("--since-boot -a -y -z").unwrap();
    assert!(!read.course.since_boot && !read.layout.shown.idle);
    let read = args("-y -z --since-boot -a -tU").unwrap();
    assert!(read.course.since_boot && read.layout.shown.idle);
    assert_eq!(read.layout.look.time, Some(Time::Epoch));
}

#[test]
fn what_does_not_go_together_is_told() {
    for (words, problem) in [
        ("0", "interval 0: expected seconds, 0.001 or more; name a map as /dev/mapper/0"),
        ("1..2", "interval 1..2: expected seconds"),
        ("1 0", "count 0: expected 1 or more"),
        ("1 2.5", "count 2.5: expected 1 or more"),
        ("1 2 3", "unexpected third number 3"),
        ("1 sda", "sda: expected a count; maps and paths stand before the interval"),
        ("-km", "only one of -k, -m and -G can be given"),
        ("--topology - --iostat -", "only one of --topology and --iostat"),
        ("-i -g host", "give one of them"),
        ("-g lun", "expected one of host, target, controller, group"),
        ("-o XML", "expected one of JSON, jsonl, tsv"),
    ] {
        let told = args(words).expect_err(words);
        assert!(told.contains(problem), "{words}: {told}");
    }
}
