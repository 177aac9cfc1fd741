use super::*;

fn parse(text: &str) -> Option<(Option<Date>, u64, Option<i64>)> {
    let without_order = |date| Date { order: DateOrder::None, ..date };
    whole_line(text.as_bytes())
        .map(|time| (time.date.map(without_order), time.seconds, time.offset))
}

#[test]
fn times_of_every_locale_are_read() {
    let date = Some(Date { year: Some(2026), month: 11, day: 20, ..Date::default() });
    let noon = 12 * 3600 + 3;
    for text in [
        "11/20/2026 12:00:03 PM",
        "11/20/26 12:00:03",
        "20/11/2026 12:00:03",
        "20.11.2026 12:00:03",
        "2026-11-20 12:00:03",
        "20-11-26 12:00:03",
        "2026年11月20日 12:00:03",
        "2026年11月20日 12時00分03秒",
        "2026年11月20日 12时00分03秒",
        "2026년 11월 20일 12시 00분 03초",
        "20.11.2026 12.00.03",
        "20. 11. 26 12:00:03",
        "2026.11.20. 12:00:03",
        "20/11-2026 12:00:03",
        "20/11/26 12:00:03 p. m.",
        "20/11/26 12:00:03 P.M. UTC",
        "11/20/2026 12:00:03PM",
    ] {
        assert_eq!(parse(text), Some((date, noon, None)), "{text}");
    }
    assert_eq!(parse("2026-11-20T12:00:03+0100"), Some((date, noon, Some(3600))));
    assert_eq!(parse("2026-11-20T12:00:03-05:30"), Some((date, noon, Some(-19_800))));
    assert_eq!(parse("2026-11-20T12:00:03Z"), Some((date, noon, Some(0))));
    assert_eq!(parse("12:00:03 AM"), Some((None, 3, None)));
    assert_eq!(parse("23:59:60"), Some((None, 86_400, None)), "a leap second");
    assert_eq!(parse("11:59:58 pm"), Some((None, 86_398, None)));
    let named = Some(Date { month: 11, day: 20, ..Date::default() });
    assert_eq!(parse("Nov 20 12:00:03"), Some((named, noon, None)));
    let epoch = whole_line(b"1795353600").map(|time| (time.is_epoch, time.seconds));
    assert_eq!(epoch, Some((true, 1_795_353_600)));
}

#[test]
fn other_text_is_no_time() {
    for text in [
        "",
        "12:00",
        "24:00:00",
        "25:00:00",
        "12:00:61",
        "12:60:00",
        "13:00:00 PM",
        "12.00.3",
        "12.00.03.04",
        "13/32/2026 12:00:00",
        "sda 12:00:03",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
    assert_eq!(prefix(b"12:00:03x sda"), None);
    assert_eq!(prefix(b"10.20.30.40 sda"), None);
    assert_eq!(prefix(b"sda 12:00:03"), None);
    assert_eq!(date_in(b"Linux 5.4.20 (host) _x86_64_"), None);
}

#[test]
fn a_date_with_slashes_says_whether_its_order_is_certain() {
    let find = |text: &str| {
        let date = date_in(std::format!(") {text}").as_bytes()).expect("a date");
        (date.month, date.day, date.order)
    };
    for (text, wanted) in [
        ("11/20/2026", (11, 20, DateOrder::MonthFirst)),
        ("12/13/26", (12, 13, DateOrder::MonthFirst)),
        ("20/11/2026", (11, 20, DateOrder::DayFirst)),
        ("13/12/26", (12, 13, DateOrder::DayFirst)),
        ("31/12/26", (12, 31, DateOrder::DayFirst)),
        ("05/11/2026", (5, 11, DateOrder::Unknown)),
        ("12/11/2026", (12, 11, DateOrder::Unknown)),
        ("11/12/2026", (11, 12, DateOrder::Unknown)),
        ("05/05/2026", (5, 5, DateOrder::None)),
        ("2026/05/11", (5, 11, DateOrder::None)),
        ("05-11-2026", (11, 5, DateOrder::None)),
        ("05.11.2026", (11, 5, DateOrder::None)),
    ] {
        assert_eq!(find(text), wanted, "{text}");
    }
    let date = Date { year: Some(2026), month: 5, day: 11, order: DateOrder::Unknown };
    assert_eq!(date.exchanged(), Date { month: 11, day: 5, ..date });
}

#[test]
fn years_of_two_digits_are_of_this_century() {
    let date = |text: &str| parse(text).and_then(|(date, ..)| date);
    let last = |year| Some(Date { year: Some(year), month: 12, day: 31, ..Date::default() });
    assert_eq!(date("31.12.99 12:00:03"), last(2099));
    assert_eq!(date("12/31/26 12:00:03"), last(2026));
    assert_eq!(date("32.13.26 12:00:03"), None, "no month has 32 days");
    assert_eq!(date("31/12/2569 12:00:03"), None, "of the Thai calendar");
    for (year, is_known) in [(1969, false), (1970, true), (2200, true), (2201, false)] {
        let wanted = if is_known { last(year) } else { None };
        assert_eq!(date(&std::format!("{year}-12-31 12:00:03")), wanted);
    }
}

#[test]
fn a_time_with_an_unknown_word_is_ambiguous() {
    let is_ambiguous = |text: &str| whole_line(text.as_bytes()).map(|time| time.is_ambiguous);
    for text in [
        "20/11/2026 12:00:03 μμ",
        "20/11/2026  9:00:03 galabnimo",
        "20.11.26 09:05:09.MD UTC",
        "Time: 10:00:00 m",
    ] {
        assert_eq!(is_ambiguous(text), Some(true), "{text}");
    }
    for text in ["20/11/2026 12:00:03 pm", "20/11/2026 09:00:03 AM UTC", "Time: 10:00:00"] {
        assert_eq!(is_ambiguous(text), Some(false), "{text}");
    }
    let long = std::format!("2026-11-20 12:00:03 {}", "x".repeat(WORD_MAX + 1));
    for text in [&long[..], "12:00:03 sda", "12:00:03 PM sda", "2026-11-20 12:00:03 sda 1"] {
        assert_eq!(is_ambiguous(text), None, "{text}");
    }
}

#[test]
fn a_time_may_precede_a_line() {
    let seconds = |line: &'static [u8]| prefix(line).map(|(time, rest)| (time.seconds, rest));
    assert_eq!(seconds(b"18:01:12 sda 1.00"), Some((64_872, &b"sda 1.00"[..])));
    assert_eq!(seconds(b"[18:01:12]\tsda"), Some((64_872, &b"sda"[..])));
    assert_eq!(seconds(b"18:01:12"), Some((64_872, &b""[..])));
    assert_eq!(seconds(b"18.01.12 sda"), Some((64_872, &b"sda"[..])));
    assert_eq!(seconds(b"06:01:12 PM sda"), Some((64_872, &b"sda"[..])));
    assert_eq!(seconds(b"06:01:12 pmem0"), Some((21_672, &b"pmem0"[..])));
    let date = Date { year: Some(2026), month: 11, day: 20, ..Date::default() };
    let order = DateOrder::MonthFirst;
    let first = Some(Date { order, ..date });
    assert_eq!(date_in(b"Linux 6.4.0 (lab) \t11/20/26 \t_x86_64_\t(8 CPU)"), first);
    assert_eq!(date_in(b"Linux 6.4.0 (lab) \t20. 11. 26 \t_x86_64_\t(8 CPU)"), Some(date));
    let day = Date { day: 5, ..date };
    assert_eq!(whole_line(b"05/11-2026 12:00:00").and_then(|time| time.date), Some(day));
    assert_eq!(whole_line(b"11/20/100 12:00:00"), None);
}
