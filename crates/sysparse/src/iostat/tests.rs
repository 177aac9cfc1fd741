use super::*;
use std::format;

fn figures(header: &str, row: &str) -> [Option<f64>; 4] {
    let header = Header::parse(header.as_bytes()).expect("a header");
    let row = header.row(row.as_bytes()).expect("a row");
    assert_eq!(row.name, b"odd name");
    [Column::Reads, Column::ReadKib, Column::AwaitMs, Column::Util].map(|kind| row.value(kind))
}

#[test]
fn columns_are_found_by_name_whatever_their_place_and_unit() {
    let wanted = [Some(2.0), Some(1536.0), None, Some(7.5)];
    for (header, row) in [
        ("Device: r/s rkB/s svctm %util", "odd name 2.00 1536.00 0.1 7.50"),
        ("Device %util rMB/s new r/s", "odd name   7,50 1,50 0,00    2,00  "),
        ("  r/s rsec/s %util Device", "  2 3072.0  7.5 odd name"),
        ("r/s rkB/s  %util Device", "2.00 1.5M 7.5% odd name"),
        ("Device r/s rGB/s %util", "odd name 2.00 0.00146484375 7.50"),
        ("Device r/s GB_read/s %util", "odd name 2.00 0.00146484375 7.50"),
        ("Device r/s rMB/s %util", "\x1b[32;22modd name\x1b[0m 2 \x1b[34;1m 1536.0k\x1b[0m 7.5"),
    ] {
        assert_eq!(figures(header, row), wanted, "{header}");
    }
}

#[test]
fn every_amount_has_a_unit() {
    for (unit, kib) in [("k", 1.0), ("M", 1024.0), ("G", 1024.0 * 1024.0)] {
        for (name, wanted) in [
            (format!("r{unit}B/s"), Column::ReadKib),
            (format!("{unit}B_read/s"), Column::ReadKib),
            (format!("w{unit}B/s"), Column::WrittenKib),
            (format!("{unit}B_wrtn/s"), Column::WrittenKib),
            (format!("{unit}B/s"), Column::TotalKib),
        ] {
            assert_eq!(column(name.as_bytes()), Some((wanted, kib)), "{name}");
            assert!(!is_unknown_amount(name.as_bytes()), "{name}");
        }
        for name in [format!("d{unit}B/s"), format!("{unit}B_dscd/s")] {
            assert!(column(name.as_bytes()).is_none() && !is_unknown_amount(name.as_bytes()));
        }
    }
    for name in ["rTB/s", "TB_read/s", "TB_wrtn/s", "TB/s"] {
        assert!(is_unknown_amount(name.as_bytes()), "{name}");
        let header = format!("Device r/s {name} %util");
        assert!(Header::parse(header.as_bytes()).expect("a header").has_unknown_amount(), "{name}");
    }
    assert!(Header::parse(b"Device rTB/s wTB/s").is_none(), "no column is known");
    let two = Header::parse(b"Device r/s rTB/s wTB/s").expect("a header");
    assert!(two.has_unknown_amount());
    assert!(!Header::parse(b"Device r/s rkB/s svctm").expect("a header").has_unknown_amount());
}

#[test]
fn no_other_line_is_a_header() {
    for line in ["", "avg-cpu:  %user   %nice", "device r/s w/s", "Device", "Linux 6.1 Device x"] {
        assert_eq!(Header::parse(line.as_bytes()), None, "{line}");
    }
    let wide = format!("Device {}", "x ".repeat(COLUMNS_MAX + 1));
    assert_eq!(Header::parse(wide.as_bytes()), None);
}

#[test]
fn an_error_in_a_row_has_its_place() {
    let header = Header::parse(b"Device r/s w/s").expect("a header");
    let expected = "a device and as many figures as the header has";
    for row in ["", "sda", "sda 1.0", "1.0 2.0"] {
        assert_eq!(header.row(row.as_bytes()), Err(ParseError { expected, at: 0 }), "{row}");
    }
    let bad = Err(ParseError { expected: "a number", at: 8 });
    for row in ["sda 1.0 nano", "sda 1.0 --1", "sda 1.0 1.2.3"] {
        assert_eq!(header.row(row.as_bytes()), bad, "{row}");
    }
}

#[test]
fn a_figure_that_is_no_number_is_unknown() {
    let header = Header::parse(b"Device r/s w/s").expect("a header");
    for (figure, value) in [
        ("nan", None),
        ("-nan", None),
        ("inf", None),
        ("-inf", None),
        ("-1.50", None),
        ("-0.00", Some(0.0)),
        ("0.00", Some(0.0)),
    ] {
        let line = format!("sda 1.00 {figure}");
        let row = header.row(line.as_bytes()).expect("a row");
        assert_eq!(
            [row.value(Column::Reads), row.value(Column::Writes)],
            [Some(1.0), value],
            "{figure}"
        );
    }
}

#[test]
fn a_letter_is_the_unit_of_a_figure() {
    let header = Header::parse(b"Device rkB/s rMB/s rsec/s").expect("a header");
    let read = |figure: &str| {
        let line = format!("sda {figure} 0 0");
        header.row(line.as_bytes()).expect("a row").value(Column::ReadKib)
    };
    for (figure, kib) in [
        ("3", 3.0),
        ("3s", 1.5),
        ("3B", 3.0 / 1024.0),
        ("3k", 3.0),
        ("3M", 3072.0),
        ("3G", 3_145_728.0),
        ("3T", 3_221_225_472.0),
        ("3%", 3.0),
    ] {
        assert_eq!(read(figure), Some(kib), "{figure}");
    }
}

#[test]
fn a_header_has_the_columns_that_it_names() {
    let header = Header::parse(b"Device r/s wMB/s").expect("a header");
    let columns = [Column::Reads, Column::WrittenKib, Column::Writes, Column::Util];
    assert_eq!(columns.map(|column| header.has(column)), [true, true, false, false]);
}

#[test]
fn a_header_of_sar_is_its_own() {
    assert!(Header::is_sar(b"10:00:01 DEV tps rkB/s"));
    assert!(!Header::is_sar(b"Device r/s w/s") && !Header::is_sar(b"DEVICE tps"));
}

#[test]
fn a_prefix_precedes_a_header_with_two_known_columns() {
    let prefix =
        |line: &'static str| Header::after_prefix(line.as_bytes()).map(|(prefix, _)| prefix);
    assert_eq!(prefix("db1: Device r/s w/s"), Some(&b"db1: "[..]));
    assert_eq!(prefix("10:00:01 DEV tps rkB/s wkB/s"), Some(&b"10:00:01 "[..]));
    assert_eq!(prefix("Device r/s w/s"), None, "nothing precedes it");
    assert_eq!(prefix("a Device r/s x y z"), None, "a sentence with one word that is a column");
    assert_eq!(prefix("no header"), None);
}
