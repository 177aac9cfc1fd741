use super::*;
use toolkit::cli::{Request, parse};

fn args(words: &str) -> Result<Args, String> {
    match parse(&COMMAND, words.split_whitespace().map(OsString::from)) {
        Ok(Request::Run(args)) => Ok(args),
        Ok(Request::Print(text)) => Err(text),
        Err(usage) => Err(usage.to_string()),
    }
}

#[test]
fn numbers_are_interval_and_count_and_all_else_is_a_drive() {
    let args = args("st0 2.5 -z /dev/nst1 3 -y").unwrap();
    assert_eq!(args.course.period(), Some(Duration::from_millis(2500)));
    assert_eq!(args.course.following(), Some(3));
    assert_eq!(args.drives, ["st0", "/dev/nst1"]);
}

#[test]
fn a_run_without_interval_is_one_report() {
    for words in ["", "0", "-y", "-y 0", "0.0"] {
        let args = args(words).unwrap();
        assert_eq!(args.course.following(), Some(0), "{words:?}");
        assert!(args.course.period().is_none() && !args.course.skips_first(), "{words:?}");
    }
    assert_eq!(args("5").unwrap().course.following(), None);
    assert_eq!(args("5 3").unwrap().course.following(), Some(2));
    assert_eq!(args("-w").unwrap().course.period(), Some(Duration::from_secs(1)));
}

#[test]
fn what_is_no_number_and_no_drive_is_refused() {
    let wrong = [
        "1x",
        "abc",
        "-1",
        "1 -1",
        "1 0",
        "0 1",
        "0 0",
        "1 2 3",
        "1 2.5",
        "1e3",
        "0x1",
        "-",
        "1,5",
        "0.0001",
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
        "--hum",
        "--human=1",
    ];
    for words in wrong {
        assert!(args(words).is_err(), "{words}");
    }
    assert!(args("-k -k").is_ok() && args("-mt").is_ok() && args("-tU 1 2").is_ok());
}
