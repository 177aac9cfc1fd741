use super::*;
use toolkit::cli::{Request, parse};
use toolkit::datetime::TimeFormat;

fn args(words: &str) -> Result<Args, String> {
    match parse(&COMMAND, words.split_whitespace().map(OsString::from)) {
        Ok(Request::Run(args)) => Ok(args),
        Ok(Request::Print(text)) => Err(text),
        Err(usage) => Err(usage.to_string()),
    }
}

#[test]
fn devices_precede_interval_and_count() {
    let args = args("mpatha -x /dev/sdc 360000000000000000e 3600000000000001 2.5 3").unwrap();
    assert_eq!(args.devices, ["mpatha", "/dev/sdc", "360000000000000000e", "3600000000000001"]);
    assert_eq!(args.sampling.schedule.period(), Duration::from_millis(2500));
    assert_eq!(args.sampling.schedule.count, Some(3));
}

#[test]
fn the_address_of_a_host_is_no_interval() {
    let args = args("10.0.0.1 192.168.1.20 5").unwrap();
    assert_eq!(args.devices, ["10.0.0.1", "192.168.1.20"]);
    assert_eq!(args.sampling.schedule.period(), Duration::from_secs(5));
}

#[test]
fn the_last_of_two_opposites_wins() {
    let last = args("--since-boot -a -y -z").unwrap();
    assert!(!last.sampling.schedule.since_boot && !last.shows_idle);
    let last = args("-y -z --since-boot -a -tU").unwrap();
    assert!(last.sampling.schedule.since_boot && last.shows_idle);
    assert_eq!(last.sampling.output.time, Some(TimeFormat::Epoch));
}

#[test]
fn conflicts_are_usage_errors() {
    for (words, problem) in [
        ("0", "interval 0: expected seconds, 0.001 to 3153600000"),
        (
            "1..2",
            "interval 1..2: expected seconds, 0.001 to 3153600000; write a map as /dev/mapper/1..2",
        ),
        ("1 0", "count 0: expected a whole number, 1 to 18446744073709551615"),
        ("1 2 3", "unexpected third number 3"),
        ("1 sda", "sda: expected a count; maps and paths precede the interval"),
        ("-km", "only one of -k, -m and -G can be given"),
        ("--topology - --iostat -", "only one of --topology and --iostat"),
        ("-g host --columns reads,state", "-g prints sums, which have no column state"),
        ("-g lun", "expected one of host, target, controller, group"),
        ("-o XML", "expected one of JSON, jsonl, tsv"),
    ] {
        let usage = args(words).expect_err(words);
        assert!(usage.contains(problem), "{words}: {usage}");
    }
}
