use super::*;

fn read(input: &str) -> (Vec<FiguresByName>, Vec<(usize, ParseError)>) {
    let (mut found, mut reported) = (Vec::new(), Vec::new());
    let mut text = IostatText::new(input.as_bytes());
    while let Some(report) = text.next_report(|line, bad| reported.push((line, bad))).unwrap() {
        found.push(report);
    }
    (found, reported)
}

const TEXT: &str = "Linux 6.1 (lab)\n\nDevice r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\n\
    sda 1.0 2.0 8.0 16.0 0.5 1.5 0.01 3.0\nsdb 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0\n\n\
    Device r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\n\n\
    Device r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\nsda 3.0 0 0 0 0 0 0 0\n\
    Device r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\nodd\\x20name 4.0 0 0 0 0 0 0 0\n";

#[test]
fn a_report_ends_with_an_empty_line_or_where_the_next_one_begins() {
    let (reports, reported) = read(TEXT);
    assert_eq!(reported, []);
    assert_eq!(reports.iter().map(HashMap::len).collect::<Vec<_>>(), [2, 0, 1, 1]);
    assert_eq!(reports[0][&b"sda"[..]].await_ms(), Some(3.5 / 3.0));
    assert!(reports[3].contains_key(&b"odd name"[..]));
}

#[test]
fn several_tables_can_make_one_report() {
    let pretty = "r/s rkB/s r_await Device\n1.0 8.0 0.5 sda\n\nw/s wkB/s w_await Device\n2.0 16.0 1.5 sda\n\n\
                  f/s aqu-sz %util Device\n0.0 0.01 3.0 sda\n\n";
    let (reports, reported) = read(&pretty.repeat(2));
    assert_eq!((reports.len(), reported.len()), (2, 0));
    assert!((reports[1][&b"sda"[..]].writes - 2.0).abs() < 1e-9);
}

#[test]
fn damaged_lines_are_reported_and_left_out() {
    let (reports, reported) =
        read(&format!("sda 1.0 2.0 3.0 4.0 5.0\n{}", TEXT.replace("0.5 1.5", "0.5 x")));
    assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 5]);
    assert_eq!(reports.iter().map(HashMap::len).collect::<Vec<_>>(), [1, 0, 1, 1]);
    for end in 0..TEXT.len() {
        read(&TEXT[..end]);
    }
}
