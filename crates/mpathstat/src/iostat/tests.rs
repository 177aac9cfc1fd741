use super::*;
use std::collections::HashMap;

fn read(input: &str) -> (Vec<FiguresByName>, Vec<(usize, ParseError)>) {
    let (mut found, mut reported) = (Vec::new(), Vec::new());
    let mut text = IostatText::new(input.as_bytes());
    while let Some(report) = text.next_report(|line, bad| reported.push((line, bad))).unwrap() {
        found.push(report.figures);
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

#[test]
fn an_amount_in_an_unknown_unit_is_reported_once() {
    let (reports, reported) = read(&TEXT.replace("kB", "TB"));
    assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3]);
    assert!(reported[0].1.expected.contains("GB"));
    assert_eq!(reports.iter().map(HashMap::len).collect::<Vec<_>>(), [2, 0, 1, 1]);
    let disk = |unit: &str| {
        let disk = format!("{{\"disk_device\": \"sda\", \"r/s\": 1.00, \"r{unit}/s\": 2.00}}");
        format!("{{\"sysstat\": {{\"disk\": [\n{disk},\n{disk}]}}}}\n")
    };
    let (reports, reported) = read(&disk("TB"));
    assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2]);
    assert_eq!(reports[0].len(), 1);
    let (reports, reported) = read(&disk("GB"));
    assert_eq!(reported, []);
    assert!((reports[0][&b"sda"[..]].read_kib - 2_097_152.0).abs() < 1e-9);
}

#[test]
fn json_may_have_decimal_commas() {
    let text = "{\"sysstat\": {\"avg-cpu\": {\"user\": 9,35}, \"disk\": [{\"disk_device\": \"sda\", \
        \"r/s\": 10,75, \"odd\": 1,25, \"rMB/s\": 1,05, \"w/s\": 2, \"w_await\": 0,31, \"util\": 0,5}]}}\n";
    for text in [text.to_owned(), text.replace("10,75", "10,\n75"), text.replace("10,75", "10.75")]
    {
        let (reports, reported) = read(&text);
        assert_eq!(reported, []);
        let sda = &reports[0][&b"sda"[..]];
        let printed = sda.printed.as_deref().unwrap();
        let wanted = [10.75, 1075.2, 2.0, 0.31, 0.5];
        let found = [
            sda.reads,
            sda.read_kib,
            sda.writes,
            printed.write_await_ms.unwrap(),
            printed.util.unwrap(),
        ];
        assert!(
            found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-9),
            "{found:?}"
        );
    }
    let (reports, _) = read(&text.replace("10,75", "10,75,75").replace("2,", "2,x,"));
    let sda = &reports[0][&b"sda"[..]];
    assert!((sda.reads - 10.75).abs() + (sda.writes - 2.0).abs() < 1e-9);
}

fn walls(input: &str) -> Vec<Option<u64>> {
    let mut text = IostatText::new(input.as_bytes());
    let mut walls = Vec::new();
    while let Some(report) = text.next_report(|_, _| ()).unwrap() {
        walls.push(report.wall.map(toolkit::datetime::epoch));
    }
    walls
}

#[test]
fn a_report_of_sar_has_the_rows_of_one_time() {
    let text = "Linux 6.1 (lab) \t2026-11-20 \t_x86_64_\n\n\
        11:50:00 PM DEV tps rkB/s wkB/s await %util\n11:59:00 PM sda 1.0 2.0 3.0 4.0 5.0\n\
        11:59:00 PM sdb 1.0 2.0 3.0 4.0 5.0\n12:09:00 AM sda 1.0 2.0 3.0 4.0 5.0\n\n\
        12:09:00 AM DEV tps rkB/s wkB/s await %util\n12:19:00 AM sda 1.0 2.0 3.0 4.0 5.0\n\
        Average: sda 1.0 2.0 3.0 4.0 5.0\n";
    let (reports, reported) = read(text);
    assert_eq!(reported, []);
    assert_eq!(reports.iter().map(HashMap::len).collect::<Vec<_>>(), [2, 1, 1]);
    let times = walls(text);
    let gaps: Vec<_> = times.windows(2).map(|pair| pair[1].unwrap() - pair[0].unwrap()).collect();
    assert_eq!(gaps, [600, 600]);
}

#[test]
fn a_report_of_sar_after_midnight_is_of_the_next_day() {
    let text = "Linux 6.1 (lab) \t2026-11-20 \t_x86_64_\n\n\
        23:50:01 DEV tps rkB/s wkB/s await %util\n00:00:01 sda 1.0 2.0 3.0 4.0 5.0\n\n\
        00:15:01 LINUX RESTART (4 CPU)\n\n\
        00:20:01 DEV tps rkB/s wkB/s await %util\n00:30:01 sda 1.0 2.0 3.0 4.0 5.0\n";
    assert_eq!(walls(text), [1, 1801].map(|seconds| Some(1_795_219_200 + seconds)));
    let (reports, reported) = read(&text.replace("00:15:01 LINUX RESTART (4 CPU)\n\n", ""));
    assert_eq!((reports.len(), reported), (2, vec![]));
}

#[test]
fn averages_and_other_tables_of_sar_are_no_reports() {
    let table = |heading: &str, row: &str| {
        format!("00:00:01 {heading}\n00:10:01 {row}\n00:20:01 {row}\nMoyenne : {row}\n\n")
    };
    let cpu = table("CPU %user %nice %system %iowait %steal", "   all 1.0 0.0 1.0 0.0 0.0");
    let disks = table("DEV tps rkB/s wkB/s await %util", "sda 1.0 2.0 3.0 4.0 5.0");
    let averages =
        "平均時間： DEV tps rkB/s wkB/s await %util\n平均時間： sda 9.0 2.0 3.0 4.0 5.0\n";
    let text = format!("Linux 6.1 (lab) \t2026-11-20 \t_x86_64_\n\n{cpu}{disks}{averages}{cpu}");
    assert_eq!(walls(&text), [601, 1201].map(|seconds| Some(1_795_132_800 + seconds)));
    let (reports, reported) = read(&text.replace("00:10:01    all", "平均時間： all"));
    assert_eq!(reported, []);
    assert_eq!(reports.len(), 2);
    let reads = reports.iter().map(|report| report[&b"sda"[..]].reads);
    assert_eq!(reads.collect::<Vec<_>>(), [1.0; 2]);
}

#[test]
fn averages_of_sar_are_no_report_where_the_device_stands_last() {
    let text = "Linux 6.1 (lab) \t2026-11-20 \t_x86_64_\n\n\
        00:00:01 tps rkB/s wkB/s await %util DEV\n00:10:01 1.0 2.0k 3.0 4.0 5.0% sda\n\n\
        Average: tps rkB/s wkB/s await %util DEV\nAverage: 9.0 2.0k 3.0 4.0 5.0% sda\n";
    for label in ["Average:", "Moyenne :", "平均時間："] {
        for text in [text.to_owned(), text.replacen("\n\nA", "\nA", 1)] {
            let (reports, reported) = read(&text.replace("Average:", label));
            assert_eq!((reports.len(), reported), (1, vec![]), "{label}");
            assert!((reports[0][&b"sda"[..]].reads - 1.0).abs() < 1e-9, "{label}");
        }
    }
}

#[test]
fn what_precedes_the_first_header_precedes_the_lines_before_it() {
    let text =
        format!("2026-11-20T00:00:01+0000\navg-cpu: %user\n      1.0 2.0 3.0 4.0 5.0\n{TEXT}");
    let prefixed = format!("> {}", text.replace('\n', "\n> "));
    let (reports, reported) = read(&prefixed);
    assert_eq!((reports.len(), reported), (4, vec![]));
    assert_eq!(walls(&prefixed), walls(&text));
    assert_eq!(walls(&text)[0], Some(1_795_132_801));
}

#[test]
fn a_text_may_have_no_empty_lines_or_be_indented_by_a_tab() {
    let cpu = "avg-cpu:  %user\n          1.0 2.0 3.0 4.0 5.0\n";
    let text = format!("{cpu}{}", TEXT.replace("\n\n", &format!("\n\n{cpu}")));
    let wanted = read(&text);
    assert_eq!((wanted.0.len(), &wanted.1), (4, &vec![]));
    assert_eq!(read(&text.replace("\n\n", "\n")), wanted);
    assert_eq!(read(&format!("\t{}", text.replace('\n', "\n\t"))), wanted);
}

#[test]
fn grep_marks_lines_and_where_it_leaves_some_out() {
    let lines = TEXT.lines().skip(2).zip(3..);
    let mark = |line: &str| if line.starts_with("Device") { ':' } else { '-' };
    let lines = lines.map(|(line, number)| format!("{number}{}{line}\n", mark(line)));
    let text = lines.collect::<Vec<_>>().concat();
    assert_eq!(read(&text), read(TEXT));
    let parts = text.replace("\n8:", "\n--\n8:").replace("6-\n", "--\n");
    assert_eq!(read(&parts), read(TEXT));
}

#[test]
fn lines_of_another_host_are_reported_once_and_left_out() {
    let of = |host: &str| {
        let line = |line: &str| format!("{host}{line}\n");
        TEXT.lines().map(line).collect::<Vec<_>>()
    };
    let wanted = read(&of("db1: ").concat());
    assert_eq!((wanted.0.len(), wanted.1.len()), (4, 0));
    let both = of("db1: ").into_iter().zip(of("db2: "));
    let mixed: String = both.flat_map(|(one, other)| [one, other]).collect();
    let lines = |text: &str| {
        let (reports, reported) = read(text);
        assert_eq!(reports, wanted.0, "{text}");
        let is_other = |bad: &ParseError| bad.expected.ends_with("select the lines of one host,");
        assert!(reported.iter().all(|(_, bad)| is_other(bad)), "{text}");
        reported.iter().map(|(line, _)| *line).collect::<Vec<_>>()
    };
    assert_eq!(lines(&mixed), [6]);
    let sequence = [of("db1: "), of("db2: ")].concat().concat();
    assert_eq!(lines(&sequence), [TEXT.lines().count() + 1]);
    let time = "2026-11-20T00:00:01+0000 ";
    let timed = format!("{time}{}", mixed.trim_end().replace('\n', &format!("\n{time}")));
    assert_eq!(lines(&timed), [6], "times precede the names");
    let others = format!("{}\nother text\n", of("db1: ").concat());
    assert_eq!(lines(&others), [0; 0], "outside of a table");
}

#[test]
fn a_header_may_be_far_from_the_beginning() {
    let text = format!("{}{TEXT}", "other line\n".repeat(HEAD_MAX));
    assert_eq!(read(&text).0.len(), 4);
}

#[test]
fn a_time_before_a_report_is_its_time() {
    let times = TEXT.replace("Device", "2026-11-20T00:00:01+0000\nDevice");
    assert_eq!(walls(&times), [Some(1_795_132_801); 4]);
    assert_eq!(walls(TEXT), [None; 4]);
}

#[test]
fn an_unknown_time_is_reported_once() {
    for time in ["20/11/2026 09:05:09 μμ", "20/11/2569 21:05:09", "20. nov. 2026 kl. 21.05 +0000"]
    {
        let text = TEXT.replace("\n\nDevice", &format!("\n\n{time}\nDevice"));
        assert_eq!(walls(&text), [None; 4], "{time}");
        let (reports, reported) = read(&text);
        assert_eq!(reports.len(), 4, "{time}");
        assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3], "{time}");
    }
    let (_, reported) = read(&TEXT.replace("\n\n", "\n\n1.0 2.5 33.0 44.0k 5.0%\n"));
    assert_eq!(reported, [], "figures");
}

#[test]
fn a_report_has_few_tables_so_that_ever_new_headers_take_linear_time() {
    const COLUMNS: [&str; 4] = ["r/s", "w/s", "rkB/s", "await"];
    let table = |number: usize| {
        let columns = (0..6).map(|digit| COLUMNS[number >> (2 * digit) & 3]);
        format!("Device {}\nsda 1 2 3 4 5 6\n", columns.collect::<Vec<_>>().join(" "))
    };
    let text: String = (0..4_usize.pow(6)).map(table).collect();
    let (reports, reported) = read(&text);
    assert_eq!((reports.len(), reported), (4_usize.pow(6) / TABLES_MAX, vec![]));
}

#[test]
fn a_name_that_is_too_long_is_damage() {
    let name = "x".repeat(2000);
    let (reports, reported) = read(&format!("Device r/s w/s\n{name} 1.0 2.0\nsda 1.0 2.0\n"));
    assert_eq!((reports[0].len(), reported.len()), (1, 1));
}

#[test]
fn a_name_without_figures_is_damage_unless_they_follow() {
    let (reports, reported) = read("Device: r/s w/s\nsda\n    1.0 2.0\nsdb\nsdc 1.0 2.0\n");
    assert_eq!(reports[0].len(), 2);
    assert_eq!(reported.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4]);
}
