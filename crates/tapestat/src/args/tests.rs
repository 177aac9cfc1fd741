use super::*;
use toolkit::cli::{Request, parse};
use toolkit::sampling::Unit;

fn args(words: &str) -> Result<Args, String> {
    match parse(&COMMAND, words.split_whitespace().map(OsString::from)) {
        Ok(Request::Run(args)) => Ok(args),
        Ok(Request::Print(text)) => Err(text),
        Err(usage) => Err(usage.to_string()),
    }
}

#[test]
fn numbers_are_interval_and_count_and_other_words_are_drives() {
    let args = args("st0 2.5 -z /dev/nst1 3 -y").unwrap();
    let schedule = args.schedule();
    assert_eq!(schedule.period(), Duration::from_millis(2500));
    assert_eq!((schedule.count, schedule.since_boot), (Some(3), false));
    let words: Vec<_> = args.drives.iter().map(|drive| &drive.word).collect();
    assert_eq!(words, ["st0", "/dev/nst1"]);
}

#[test]
fn a_word_that_begins_like_a_number_may_be_a_drive() {
    let bad_number = |word| args(word).unwrap().drives.pop().unwrap().bad_number;
    for word in ["7:0:0:0", "[1]23", "1*", ".1*", "./1", "."] {
        assert_eq!(bad_number(word), None, "{word}");
    }
    assert!(bad_number(".5x").is_some());
    let expected = "interval 1x: expected seconds, 0.001 to 3153600000";
    assert_eq!(bad_number("1x").as_deref(), Some(expected));
}

#[test]
fn a_run_without_an_interval_is_one_report_since_boot() {
    for words in ["", "0", "-y", "-y 0", "0.0", "-w"] {
        let schedule = args(words).unwrap().schedule();
        assert_eq!((schedule.count, schedule.since_boot), (Some(1), true), "{words:?}");
        assert_eq!(schedule.period(), Duration::from_secs(1), "{words:?}");
    }
    assert_eq!(args("5").unwrap().schedule().count, None);
}

#[test]
fn wrong_words_are_usage_errors() {
    let wrong = [
        "-1",
        "1 -1",
        "1 0",
        "0 1",
        "0 0",
        "1 2 3",
        "1 2.5",
        "0.0001",
        ".5",
        "1.",
        "1 .5",
        "9999999999",
        "99999999999999999999999",
        "1 99999999999999999999",
        "-km",
        "-m -G",
        "-o XML",
        "-o",
        "--dec=3",
        "-j NAME",
        "-Q",
        "--humm",
        "--human=1",
    ];
    for words in wrong {
        assert!(args(words).is_err(), "{words}");
    }
    for words in ["-k -k", "-mt", "-tU 1 2", "--hum"] {
        assert!(args(words).is_ok(), "{words}");
    }
}

#[test]
fn records_and_human_amounts_are_in_kb() {
    let [kilo, giga] = [Unit::Kilo, Unit::Giga].map(Unit::kib);
    for (words, unit_kib, decimals) in [
        ("-G", giga, 0),
        ("-G --human", kilo, 0),
        ("-G --human -o JSON", giga, 0),
        ("-G -o tsv", kilo, 2),
        ("-G -o tsv --dec 1", kilo, 1),
    ] {
        let scale = args(words).unwrap().scale();
        assert!((scale.unit_kib - unit_kib).abs() < 0.5, "{words}: {}", scale.unit_kib);
        assert_eq!(scale.decimals, decimals, "{words}");
    }
}

#[test]
fn a_row_is_idle_by_what_is_shown_of_it() {
    for (words, rule) in [
        ("", None),
        ("-z", Some(IdleRule::Figures)),
        ("-z -o JSON", Some(IdleRule::Figures)),
        ("-zx", Some(IdleRule::FiguresAndState)),
        ("-zx -o JSON", Some(IdleRule::FiguresAndState)),
        ("-z -o tsv", Some(IdleRule::CountersAndState)),
        ("-zx -o jsonl", Some(IdleRule::CountersAndState)),
        ("-z -o prometheus", Some(IdleRule::CountersAndState)),
    ] {
        assert_eq!(args(words).unwrap().scale().omits_idle, rule, "{words}");
    }
}
